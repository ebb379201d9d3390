"""Addresses of clients."""

from datetime import UTC, datetime
from io import BytesIO

from isolation_table import EVERYBODY, SECRET, Given, Row, World

from voronka.accounts import queries as accounts
from voronka.people import services
from voronka.people.models import Address
from voronka.people.services import ClientDraft, bulk

EDITS = "owner head manager marketer"
CREATES = "owner head manager marketer cashier"
EXPORTS = "owner head marketer"
SETS_UP = "owner head"
DELETES = "owner head"
BULK = "owner"  # a change of many cards is its maker's own


def build(world: World) -> None:
    """Make a manager's client with a file, an organisation with a contact person, a custom field."""
    now = datetime.now(UTC)
    manager = world.people["manager"]
    mine = ClientDraft(name=SECRET, responsible_id=manager.employee_id)
    client = services.create_client(actor=world.owner, draft=mine, now=now)
    firm = ClientDraft(name=f"ООО {SECRET}", kind="organisation", responsible_id=manager.employee_id)
    organisation = services.create_client(actor=world.owner, draft=firm, now=now)
    services.add_contact_person(actor=world.owner, organisation_id=organisation.pk, person_id=client.pk)
    file_id = services.attach_file(
        actor=world.owner, client_id=client.pk, source=BytesIO(b"x"), name="x.txt", content_type="text/plain", now=now
    )
    twin, gone = (
        services.create_client(
            actor=world.owner, draft=ClientDraft(name=SECRET, responsible_id=manager.employee_id), now=now
        )
        for _n in range(2)
    )
    merged = services.merge_clients(actor=world.owner, survivor_id=twin.pk, other_ids=[gone.pk], chosen={}, now=now)
    binned = services.create_client(actor=world.owner, draft=ClientDraft(name=f"{SECRET} в корзине"), now=now)
    services.bin_client(actor=world.owner, client_id=binned.pk, now=now)
    leaving = services.create_client(
        actor=world.owner, draft=ClientDraft(name=f"{SECRET} лишний", responsible_id=manager.employee_id), now=now
    )
    runs = {}
    for code in ("draft", "running", "done"):
        run = bulk.begin_bulk(actor=world.owner, public_ids=[client.public_id], now=now)
        if code != "draft":
            action = bulk.read_action(world.owner, "vip", value="no")
            bulk.start_bulk(actor=world.owner, public_id=run.public_id, action=action)
        if code == "done":
            bulk.run(run.pk)
        runs[code] = run.public_id
    run = bulk.begin_bulk(actor=world.owner, public_ids=[client.public_id], now=now)
    runs["draft"] = run.public_id
    field = services.add_field(actor=world.owner, name=SECRET, kind="text")
    for line in (f"{SECRET}, 1", f"{SECRET}, 2"):
        services.add_address(
            actor=world.owner, client_id=client.pk, address=services.AddressDraft(label=SECRET, line=line), now=now
        )
    world.kept |= {
        "card": client.public_id,
        "card_address": Address.objects.get(client=client).public_id,
        "firm": organisation.public_id,
        "card_file": file_id,
        "field": field.public_id,
        "twin": twin.public_id,
        "merge": merged.public_id,
        "bulk": runs,
        "binned": binned.public_id,
        "leaving": leaving.public_id,
        "form_key": accounts.get_company_rules().form_key,
    }


def _card(world: World) -> dict[str, str]:
    return {"public_id": world.kept["card"]}


def _firm(world: World) -> dict[str, str]:
    return {"public_id": world.kept["firm"]}


def _address(world: World) -> dict[str, str]:
    return {"address": world.kept["card_address"], "act": "main", "label": SECRET, "line": "Ленина, 7"}


def _file(world: World) -> dict[str, str]:
    return {"public_id": world.kept["card"], "file_id": world.kept["card_file"]}


def _merge(world: World) -> dict[str, str]:
    return {"public_id": world.kept["merge"]}


def _pair(world: World) -> dict[str, str]:
    return {"ids": f"{world.kept['card']},{world.kept['twin']}"}


def _field(world: World) -> dict[str, str]:
    return {"public_id": world.kept["field"]}


def _leaving(world: World) -> dict[str, str]:
    return {"public_id": world.kept["leaving"]}


def _bulk(state: str) -> Given:
    return lambda world: {"public_id": world.kept["bulk"][state]}


def _form(world: World) -> dict[str, str]:
    return {"form_key": world.kept["form_key"]}


def _person(world: World) -> dict[str, str]:
    return {"person": world.kept["card"], "position": "директор"}


def _edit(world: World) -> dict[str, str]:
    return {"kind": "person", "name": "Другое имя", "version": "3", "base": "{}"}  # two addresses came since


def _new(world: World) -> dict[str, str]:
    return {"kind": "person", "name": "Новый Клиент"}


ROWS = [
    Row("people:client-list"),
    Row("people:client-count"),
    Row("people:client-export", roles=EXPORTS, args=lambda w: {"code": "csv"}),
    Row(
        "people:bulk-begin",
        "POST",
        roles="owner head marketer",
        answer=(302,),
        data=lambda w: {"what": "ids", "id": w.kept["card"]},
    ),
    Row("people:bulk", roles=BULK, args=_bulk("draft")),
    Row("people:bulk-progress", roles=BULK, args=_bulk("running")),
    Row(
        "people:bulk-start",
        "POST",
        roles=BULK,
        answer=(302,),
        args=_bulk("draft"),
        data=lambda w: {"do": "vip", "value": "yes"},
    ),
    Row("people:bulk-stop", "POST", roles=BULK, answer=(302,), args=_bulk("running")),
    Row("people:bulk-undo", "POST", roles=BULK, answer=(302,), args=_bulk("done")),
    Row("people:bin", roles=DELETES),
    Row("people:bin-export", roles=DELETES, args=lambda w: {"code": "csv"}),
    Row("people:bin-restore", "POST", roles=DELETES, answer=(302,), data=lambda w: {"id": w.kept["binned"]}),
    Row("people:client-delete", "POST", roles=DELETES, answer=(302,), args=_leaving),
    Row("people:client-add", roles=CREATES),
    Row("people:client-add", "POST", roles=CREATES, answer=(302,), data=_new),
    Row("people:duplicates", "POST", roles=CREATES, data=_new),
    Row("people:double-list", roles=EDITS),
    Row("people:double-export", roles=EXPORTS, args=lambda w: {"code": "csv"}),
    Row("people:double-list", "POST", roles=EDITS, answer=(302,)),
    Row("people:double-merge", "POST", roles=EDITS, answer=(302,), data=_pair, by_record=True),
    Row("people:different", "POST", roles=EDITS, answer=(302,), data=_pair, by_record=True),
    Row("people:merge", roles=EDITS, data=_pair, by_record=True),
    Row("people:merge", "POST", roles=EDITS, answer=(302,), data=_pair, by_record=True),
    Row("people:merge-run", roles=EVERYBODY, args=_merge, by_record=True),
    Row("people:merge-undo", "POST", roles=EDITS, answer=(302,), args=_merge, by_record=True),
    Row("people:client-detail", roles=EVERYBODY, args=_card, by_record=True),
    Row("people:client-feed", roles=EVERYBODY, args=_card, by_record=True),
    Row("people:client-file", roles=EVERYBODY, args=_file, by_record=True),
    Row("people:client-edit", roles=EDITS, args=_card, by_record=True),
    Row("people:client-edit", "POST", roles=EDITS, answer=(302,), args=_card, data=_edit, by_record=True),
    Row(
        "people:note-add",
        "POST",
        roles=EDITS,
        answer=(302,),
        args=_card,
        data=lambda w: {"text": "a"},
        by_record=True,
    ),
    Row(
        "people:consent-add",
        "POST",
        roles=EDITS,
        answer=(302,),
        args=_card,
        data=lambda w: {"purpose": "advertising", "given": "yes"},
        by_record=True,
    ),
    Row("people:addresses", roles=EDITS, args=_card, data=_address, by_record=True),
    Row("people:addresses", "POST", roles=EDITS, answer=(302,), args=_card, data=_address, by_record=True),
    Row("people:address-act", "POST", roles=EDITS, answer=(302,), args=_card, data=_address, by_record=True),
    Row("people:full-answer", roles=EDITS, args=_card, by_record=True),
    Row(
        "people:full-answer",
        "POST",
        roles=EDITS,
        answer=(302,),
        args=_card,
        data=lambda w: {"code": "city", "value": "Омск"},
        by_record=True,
    ),
    Row("people:client-history", roles="owner head reader", args=_card, by_record=True),
    Row("people:person-add", roles=EDITS, args=_firm, by_record=True),
    Row("people:person-add", "POST", roles=EDITS, answer=(302,), args=_firm, data=_person, by_record=True),
    Row("people:person-remove", "POST", roles=EDITS, answer=(302,), args=_firm, data=_person, by_record=True),
    Row("people:weights", roles=SETS_UP),
    Row("people:weights", "POST", roles=SETS_UP, answer=(302,), data=lambda w: {"weight-city": "30"}),
    Row("people:fields", roles=SETS_UP),
    Row("people:fields", roles=SETS_UP, data=lambda w: {"of": "deal"}),
    Row("people:fields", "POST", roles=SETS_UP, answer=(302,), data=lambda w: {"name": "Размер", "kind": "number"}),
    Row("people:field", roles=SETS_UP, args=_field),
    Row("people:field", "POST", roles=SETS_UP, answer=(302,), args=_field, data=lambda w: {"name": "Иначе"}),
    Row("people:field-move", "POST", roles=SETS_UP, answer=(302,), args=_field, data=lambda w: {"to": "up"}),
    Row("people:field-switch", "POST", roles=SETS_UP, answer=(302,), args=_field),
    # Anybody may send a form; an empty one changes nothing. What a full one does: people/tests/test_intake.py.
    Row("people:lead-form", args=_form, is_open=True, names_company=True),
    Row("people:lead-form", "POST", answer=(422,), args=_form, is_open=True, names_company=True),
]
