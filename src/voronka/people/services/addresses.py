"""Several addresses of a client: added, changed, taken away, made the main one.

The main address stands on the card itself, where zone, lists, filters and signs of doubles look for it; the others are
rows of their own. See docs/adr/0066-main-address-on-the-card.md.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.kit.limits import require_writes
from voronka.kit.stakes import Moved, changed, drop_rows
from voronka.people.models import Address, Client
from voronka.people.permissions import EDIT_CLIENTS
from voronka.people.queries.addresses import MAIN
from voronka.people.queries.clients import get_client_for
from voronka.people.queries.history import fields_changed_since
from voronka.people.queries.rows import list_custom_fields
from voronka.people.rules.addresses import MOST_ADDRESSES, Place, is_within, same_place
from voronka.people.services.cards import prepare_card
from voronka.people.services.cleaning import Problems, fit
from voronka.people.services.clients import draft_of, save_card
from voronka.people.services.limiting import limit_name
from voronka.people.services.shapes import AddressDraft

CODES = ("client.address", "client.city")
OTHERS = "addresses"  # what events call the addresses beside the main one
_MAIN_CODES = frozenset({"city", "address", "address_label", "postcode", "import_undone"})  # it may differ


@transaction.atomic
def add_address(
    *, actor: Actor, client_id: int, address: AddressDraft, now: datetime, is_main: bool = False
) -> list[str]:
    """Add an address to a card; return the codes of the fields that differ now.

    The first one is the main one, and one that only says more than the main one takes its place. One that the client
    has already is not added again: its label and postcode are what is given. Raises Denied, NotFound, Invalid.
    """
    client = _locked(actor, client_id)
    return _add(client, _fitted(address), actor, now, is_main=is_main)


@transaction.atomic
def keep_address(*, actor: Actor, client_id: int, address: AddressDraft, now: datetime) -> list[str]:
    """Keep an address that an order was given, where the client has none such; what he has stays as it is.

    Raises Denied, NotFound, Invalid.
    """
    client = _locked(actor, client_id)
    wanted = _fitted(address)
    held = [main_of(client), *map(_draft, _rows(client))]
    if any(is_within((wanted.city, wanted.line), (one.city, one.line)) for one in held):
        return []
    return _add(client, wanted, actor, now)


@transaction.atomic
def change_address(
    *,
    actor: Actor,
    client_id: int,
    address_id: str,
    changes: Mapping[str, str],
    now: datetime,
    version: int | None = None,
) -> list[str]:
    """Change fields of AddressDraft of one address, MAIN or a row's id; return the codes of the fields that differ.

    `version` is the card's as the actor read it: a main address that is another one since is not found. Raises Denied,
    NotFound, Invalid, also where the client has such an address already.
    """
    client = _locked(actor, client_id)
    _require_seen(client, address_id, version)
    row = None if address_id == MAIN else _row(client, address_id)
    held = main_of(client) if row is None else _draft(row)
    wanted = _fitted(dataclasses.replace(held, **changes))
    if wanted == held:
        return []
    others = [_draft(one) for one in _rows(client) if row is None or one.pk != row.pk]
    others += [main_of(client)] if row is not None else []
    if any(same_place((one.city, one.line), (wanted.city, wanted.line)) for one in others):
        message = _("The client has this address already.")
        raise Invalid(message, fields={"line": message})
    if row is None:
        return _write_main(client, wanted, actor, now)
    for name, value in dataclasses.asdict(wanted).items():
        setattr(row, name, value)
    row.version = client.version + 1
    row.save(update_fields=["label", "city", "line", "postcode", "version"])
    return _write_main(client, main_of(client), actor, now, beside=(OTHERS,))


@transaction.atomic
def remove_address(
    *, actor: Actor, client_id: int, address_id: str, now: datetime, version: int | None = None
) -> list[str]:
    """Take an address away; after the main one the next is the main one. Raises Denied, NotFound.

    `version` is the card's as the actor read it: a main address that is another one since is not found.
    """
    client = _locked(actor, client_id)
    _require_seen(client, address_id, version)
    if address_id != MAIN:
        _drop(client, _row(client, address_id))
        return _write_main(client, main_of(client), actor, now, beside=(OTHERS,))
    following = _rows(client)[:1]
    if not following:
        return _write_main(client, AddressDraft(), actor, now)
    wanted = _draft(following[0])
    _drop(client, following[0])
    return _write_main(client, wanted, actor, now, beside=(OTHERS,))


@transaction.atomic
def make_main(*, actor: Actor, client_id: int, address_id: str, now: datetime) -> list[str]:
    """Make an address the main one; the one that was it stands among the others. Raises Denied, NotFound."""
    client = _locked(actor, client_id)
    if address_id == MAIN:
        return []
    return _swap(client, _row(client, address_id), actor, now)


def keep_addresses(
    survivor: Client, others: Sequence[Client], values: Mapping[str, Any], moves: Sequence[Moved]
) -> tuple[list[Moved], dict[str, Any]]:
    """Keep the main addresses that cards made one do not have in common, as others; return what was done.

    The rows of the cards are the survivor's already, as `moves` tell; `values` are the columns that it is to have, and
    are returned with what equal addresses say beside them: no label or postcode is lost with an address that is held
    twice. Raises Refusal where there are too many.
    """
    main = AddressDraft(
        label=values["address_label"], city=values["city"], line=values["address"], postcode=values["postcode"]
    )
    rows = _rows(survivor)
    equal = [row for row in rows if same_place(_place(row), _place(main))]
    kept = [row for row in rows if row not in equal]
    was = {row.pk: _draft(row) for row in kept}
    place = _next_place(survivor.pk)
    made: list[Address] = []
    for held in [*map(main_of, [survivor, *others]), *map(_draft, equal), *_dropped(moves)]:
        if not (held.city or held.line):
            continue
        if same_place(_place(held), _place(main)):
            main = dataclasses.replace(main, label=main.label or held.label, postcode=main.postcode or held.postcode)
        elif known := next((row for row in [*kept, *made] if same_place(_place(row), _place(held))), None):
            known.label, known.postcode = known.label or held.label, known.postcode or held.postcode
        elif not any(is_within(_place(held), one) for one in [_place(main), *map(_place, [*kept, *made])]):
            made.append(Address(client_id=survivor.pk, position=place + len(made), **dataclasses.asdict(held)))
    if len(kept) + len(made) + bool(main.city or main.line) > MOST_ADDRESSES:
        raise Refusal(
            _("Together these cards have more than %(most)d addresses. Take the old ones away first.")
            % {"most": MOST_ADDRESSES},
            code="merge_addresses",
        )
    done = drop_rows(Address, equal)
    Address.objects.bulk_create(made)
    if made:  # whoever changes one gives it another version: it outlives the undo
        done.append({"model": Address._meta.label, "made": [row.pk for row in made], "as_made": {"version": 0}})
    done += _fill([row for row in kept if _draft(row) != was[row.pk]], was, survivor.version + 1)
    return done, {**values, "address_label": main.label, "postcode": main.postcode}


def _dropped(moves: Sequence[Moved]) -> list[AddressDraft]:
    """Return the addresses of joined cards whose rows went because the survivor has equal ones."""
    rows = [row for one in moves if one["model"] == Address._meta.label for row in one.get("dropped", ())]
    names = [one.name for one in dataclasses.fields(AddressDraft)]
    return [AddressDraft(**{name: row[name] for name in names}) for row in rows]


def _fill(rows: Sequence[Address], was: Mapping[int, AddressDraft], version: int) -> list[Moved]:
    """Write label and postcode of rows under a version; return what was done, so that the version goes back last."""
    if not rows:
        return []
    notes = [
        changed(Address, "version", [(row.pk, row.version, version) for row in rows]),
        changed(Address, "label", [(row.pk, was[row.pk].label, row.label) for row in rows]),
        changed(Address, "postcode", [(row.pk, was[row.pk].postcode, row.postcode) for row in rows]),
    ]
    for row in rows:
        row.version = version
    Address.objects.bulk_update(rows, ["label", "postcode", "version"])
    return notes


def _place(one: Address | AddressDraft) -> Place:
    return one.city, one.line


def main_of(client: Client) -> AddressDraft:
    """Return the main address of a card, empty where it has none."""
    return AddressDraft(label=client.address_label, city=client.city, line=client.address, postcode=client.postcode)


def _locked(actor: Actor, client_id: int) -> Client:
    client = get_client_for(actor, EDIT_CLIENTS, client_id=client_id, lock=True)
    require_writes(actor, CODES, name_of=limit_name)
    return client


def _require_seen(client: Client, address_id: str, version: int | None) -> None:
    """Raise NotFound where the main address may be another one than that of `version`: its id is always the same."""
    if address_id != MAIN or version in (None, client.version):
        return
    codes = fields_changed_since(client.pk, version or 0)
    if not codes or codes & _MAIN_CODES:
        raise NotFound(_("The client has no such address."))


def _fitted(address: AddressDraft) -> AddressDraft:
    """Return an address fit to keep. Raises Invalid."""
    problems = Problems()
    limits = {"label": 60, "city": 120, "line": 500, "postcode": 20}
    texts = {name: fit(name, getattr(address, name), most, problems) for name, most in limits.items()}
    if not problems.fields and not (texts["city"] or texts["line"]):
        problems.add("line", _("Write the city or the address."))
    problems.settle()
    return AddressDraft(**texts)


def _add(client: Client, wanted: AddressDraft, actor: Actor, now: datetime, *, is_main: bool = False) -> list[str]:
    main, rows = main_of(client), _rows(client)
    place = (wanted.city, wanted.line)
    if is_within((main.city, main.line), place):
        label, postcode = wanted.label or main.label, wanted.postcode or main.postcode
        known = [row for row in rows if same_place((row.city, row.line), place)]
        for row in known:
            _drop(client, row)
        beside = (OTHERS,) if known else ()
        return _write_main(
            client, dataclasses.replace(wanted, label=label, postcode=postcode), actor, now, beside=beside
        )
    known = [one for one in rows if same_place((one.city, one.line), place)]
    if not known:
        if len(rows) + 1 >= MOST_ADDRESSES:
            message = _("At most %(most)d addresses.") % {"most": MOST_ADDRESSES}
            raise Invalid(message, fields={"line": message})
        known = [_made(client, wanted, _next_place(client.pk))]
    elif not _said_more(client, known[0], wanted) and not is_main:
        return []
    if is_main:
        return _swap(client, known[0], actor, now)
    return _write_main(client, main_of(client), actor, now, beside=(OTHERS,))


def _said_more(client: Client, row: Address, wanted: AddressDraft) -> bool:
    """Take label and postcode where they are given and differ; tell whether they do."""
    if (wanted.label or row.label, wanted.postcode or row.postcode) == (row.label, row.postcode):
        return False
    row.label, row.postcode = wanted.label or row.label, wanted.postcode or row.postcode
    row.version = client.version + 1
    row.save(update_fields=["label", "postcode", "version"])
    return True


def _swap(client: Client, row: Address, actor: Actor, now: datetime) -> list[str]:
    """Put a row onto the card and the card's address among the rows, under a new id: no id comes to mean another.

    The card's address may be one of the rows: whoever edits a card types into it what he likes.
    """
    wanted, before = _draft(row), main_of(client)
    _drop(client, row)
    equal = [one for one in _rows(client) if same_place(_place(one), _place(before))]
    if same_place(_place(wanted), _place(before)):
        wanted = dataclasses.replace(
            wanted, label=wanted.label or before.label, postcode=wanted.postcode or before.postcode
        )
    elif equal:
        _said_more(client, equal[0], before)
    elif before.city or before.line:
        _made(client, before, row.position)
    return _write_main(client, wanted, actor, now, beside=(OTHERS,))


def _write_main(
    client: Client, address: AddressDraft, actor: Actor, now: datetime, *, beside: Sequence[str] = ()
) -> list[str]:
    """Write the main address as editing the card does, with the zone that follows from it, and announce it."""
    wanted = dataclasses.replace(
        draft_of(client),
        city=address.city, address=address.line, address_label=address.label, postcode=address.postcode,
    )  # fmt: skip
    card = prepare_card(
        wanted,
        company=accounts.get_company_rules(),
        known_fields=list_custom_fields(active=False),
        today=now.astimezone(actor.zone).date(),
        client_id=client.pk,
    )
    return save_card(client, card, beside=beside)


def _rows(client: Client) -> list[Address]:
    return list(Address.objects.filter(client_id=client.pk).order_by("position", "id"))


def _row(client: Client, address_id: str) -> Address:
    found = (
        Address.objects.filter(client_id=client.pk, public_id=address_id).first() if address_id.isalnum() else None
    )
    if found is None:
        raise NotFound(_("The client has no such address."))
    return found


def _made(client: Client, address: AddressDraft, position: int) -> Address:
    values = dataclasses.asdict(address)
    return Address.objects.create(client=client, position=position, version=client.version + 1, **values)


def _drop(client: Client, row: Address) -> None:
    """Delete a row; the history keeps with its last state the version of the card that it went with."""
    Address.objects.filter(pk=row.pk).update(version=client.version + 1)
    row.delete()


def _draft(row: Address) -> AddressDraft:
    return AddressDraft(label=row.label, city=row.city, line=row.line, postcode=row.postcode)


def _next_place(client_id: int) -> int:
    last = Address.objects.filter(client_id=client_id).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1
