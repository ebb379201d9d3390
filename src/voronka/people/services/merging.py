"""Cards of one client made one, by hand, and parted again exactly.

A joined card exists no more: its rows go to the card that stays, the card itself and every row that the survivor has an
equal of are kept whole in the run. See docs/adr/0017-merged-cards-are-gone.md.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from voronka.kit import stakes
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, Refusal
from voronka.kit.events import publish
from voronka.kit.limits import require_writes
from voronka.people.events import ClientChanged, ClientParted, ClientsMerged, MergeUndone
from voronka.people.models import Client, ContactPoint, MergedCard, MergeRun
from voronka.people.permissions import EDIT_CLIENTS
from voronka.people.queries.clients import get_client_for
from voronka.people.queries.merging import get_merge, newer_merge, survivors_of
from voronka.people.rules import merging as rules
from voronka.people.rules.limits import COLUMNS, custom_code
from voronka.people.rules.merging import BOTH, CUSTOM, GROUPS, MergeCard
from voronka.people.services.addresses import keep_addresses
from voronka.people.services.cards import CONTACTS_LIMIT, ContactValue, match_keys, write_keys
from voronka.people.services.limiting import limit_name

MOST_CARDS = 10


class NewerMerge(Conflict):
    """A newer merge stands on this one; `newer` is to be taken back first."""

    code = "newer_merge"

    def __init__(self, newer: MergeRun) -> None:
        super().__init__(_("Another card was joined to this one later: take that back first."))
        self.newer = newer


@transaction.atomic
def merge_clients(
    *,
    actor: Actor,
    survivor_id: int,
    other_ids: Sequence[int],
    chosen: Mapping[str, int | str],
    now: datetime,
    seen: Mapping[int, int] | None = None,
) -> MergeRun:
    """Join cards to the one that stays; return the run, by which it can be taken back.

    `chosen` names, by the code of a field (rules.merging), the card whose value it is to have, `both` for two comments;
    the rest is chosen by the rules. `seen` are the versions of the cards that the actor looked at. Raises Invalid for
    less than two or more than ten cards, Conflict when one was changed or joined meanwhile, NotFound, Denied, Refusal.
    """
    ids = sorted({survivor_id, *other_ids})
    if not 2 <= len(ids) <= MOST_CARDS:
        raise Invalid(_("Choose two to ten different cards."), code="merge_count")
    clients = _lock(actor, ids)
    _require_seen(clients, seen or {})
    _require_one_kind(clients)
    cards = merge_cards(clients)
    _require_choices(actor, cards, chosen, survivor_id)
    values = rules.merged_values(cards, chosen, survivor_id)
    values["made_at"] = min(client.made_at for client in clients)
    survivor = next(client for client in clients if client.pk == survivor_id)
    others = [client for client in clients if client.pk != survivor_id]
    return _join(actor, survivor, others, values, now)


def _lock(actor: Actor, ids: Sequence[int]) -> list[Client]:
    """Lock what hangs on the cards, then the cards in key order; return them as they are after the locks."""
    stakes.lock_rows("client", ids)
    standing = set(Client.objects.select_for_update().filter(pk__in=ids).order_by("id").values_list("id", flat=True))
    if survivors_of(one for one in ids if one not in standing):
        raise Conflict(
            _("One of these cards was joined to another meanwhile. Here is what is left."), code="merged_meanwhile"
        )
    return [get_client_for(actor, EDIT_CLIENTS, client_id=one) for one in ids]


def _require_seen(clients: Sequence[Client], seen: Mapping[int, int]) -> None:
    if any(client.version != seen.get(client.pk, client.version) for client in clients):
        raise Conflict(
            _("One of these cards was changed while you were looking. Look again and join."), code="card_changed"
        )


def _require_one_kind(clients: Sequence[Client]) -> None:
    if len({client.kind for client in clients}) > 1:
        raise Refusal(
            _("A person and an organisation are two clients: make the person its contact person instead."),
            code="merge_kinds",
        )
    contacts = ContactPoint.objects.filter(client_id__in=[client.pk for client in clients])
    if contacts.values_list("kind", "value").distinct().count() > CONTACTS_LIMIT:
        raise Refusal(
            _("Together these cards have more than %(most)d contacts. Take the old ones away first.")
            % {"most": CONTACTS_LIMIT},
            code="merge_contacts",
        )


def merge_cards(clients: Sequence[Client]) -> list[MergeCard]:
    """Return cards as the rules of merging see them."""
    rows = ContactPoint.objects.filter(client_id__in=[client.pk for client in clients])
    counts = dict(rows.values("client_id").annotate(n=Count("pk")).values_list("client_id", "n"))
    columns = [*(column for group in GROUPS.values() for column in group), "fields"]
    return [
        MergeCard(
            client.pk, {name: getattr(client, name) for name in columns}, client.made_at, counts.get(client.pk, 0)
        )
        for client in clients
    ]


def open_codes(actor: Actor, cards: Sequence[MergeCard]) -> list[str]:
    """Return the codes of the fields that the actor sees and may choose the value of."""
    codes = rules.codes_of(cards)
    return [code for code in codes if all(actor.writes(one) for one in _limits_of(code))]


def _limits_of(code: str) -> set[str]:
    if code.startswith(CUSTOM):
        return {custom_code(code.removeprefix(CUSTOM))}
    return {COLUMNS[column] for column in GROUPS[code] if column in COLUMNS}


def _require_choices(
    actor: Actor, cards: Sequence[MergeCard], chosen: Mapping[str, int | str], survivor_id: int
) -> None:
    """Raise Invalid for a choice that is none, Denied for one in a field that the actor may not change."""
    known, ids = set(rules.codes_of(cards)), {card.id for card in cards}
    for code, choice in chosen.items():
        if code not in known or not (choice in ids or (choice == BOTH and code == "comment")):
            raise Invalid(_("There is no such choice."), code="merge_choice", fields={code: _("Choose a card.")})
    if chosen.get("comment") == BOTH and len(rules.joined_comment(cards, survivor_id)) > rules.COMMENT_LIMIT:
        words = _("The comments are too long together: choose one.")
        raise Invalid(words, code="merge_comment", fields={"comment": words})
    differing = {code for code, choice in chosen.items() if choice != rules.best_of(cards, code, survivor_id)}
    require_writes(actor, sorted(set().union(*map(_limits_of, differing))), name_of=limit_name)


def _join(
    actor: Actor, survivor: Client, others: Sequence[Client], values: Mapping[str, Any], now: datetime
) -> MergeRun:
    plan: dict[str, Any] = {
        "cards": [stakes.kept_row(one) for one in others],
        "moves": [],
    }
    run = MergeRun.objects.create(survivor=survivor, by_id=actor.employee_id, at=now, plan={})
    MergedCard.objects.bulk_create(
        [MergedCard(old_id=one.pk, old_public_id=one.public_id, survivor=survivor, run=run) for one in others]
    )
    ids = [one.pk for one in others]
    for stake in stakes.stakes_in("client"):
        plan["moves"] += [[stake.part, moved] for moved in stake.move(ids, survivor.pk)]
    kept, values = keep_addresses(survivor, others, values, [moved for _part, moved in plan["moves"]])
    plan["moves"] += [["people", moved] for moved in kept]
    plan["values"] = _differences(survivor, values)
    run.plan = plan
    run.save(update_fields=["plan"])
    gone = Client.objects.filter(pk__in=ids)
    gone._raw_delete(gone.db)  # its rows have gone already, and a cascade would look for them in every table
    codes = _write(survivor, values)
    publish(
        ClientsMerged(client_id=survivor.pk, merge_id=run.pk, merged=[one.public_id for one in others]),
        ClientChanged(client_id=survivor.pk, fields=codes, version=survivor.version),
        at=now,
    )
    return run


def _differences(survivor: Client, values: Mapping[str, Any]) -> dict[str, list[object]]:
    """Return the columns that change, custom fields one by one, with their plain values before and after."""
    was = stakes.kept_row(survivor)
    after = stakes.kept_row(Client(**{**{name: getattr(survivor, name) for name in was}, **values}))
    found = {name: [was[name], after[name]] for name in was if was[name] != after[name] and name != "fields"}
    held, got = was["fields"], after["fields"]
    for code in sorted({*held, *got}):
        if held.get(code) != got.get(code):
            found[CUSTOM + code] = [held.get(code), got.get(code)]
    return found


def _write(client: Client, values: Mapping[str, Any]) -> list[str]:
    """Write columns of a card and its signs; return the codes of the fields that differ, contacts always among them."""
    differ = [name for name, value in values.items() if getattr(client, name) != value]
    custom = {
        CUSTOM + code
        for code in {*client.fields, *values.get("fields", client.fields)}
        if client.fields.get(code) != values.get("fields", client.fields).get(code)
    }
    for name in differ:
        setattr(client, name, values[name])
    client.version += 1
    client.save(update_fields=[*differ, "version"])
    write_signs(client)
    codes = {"responsible" if name == "responsible_id" else name for name in differ}
    return sorted({*codes, *custom, "contacts"} - {"name_key", "fields"})


def write_signs(client: Client) -> None:
    """Make the signs of likely duplicates what the card and its contacts give."""
    rows = ContactPoint.objects.filter(client_id=client.pk).order_by("position", "id")
    write_keys(client.pk, match_keys(vars(client), [ContactValue(one.kind, one.value, one.raw) for one in rows]))


@transaction.atomic
def undo_merge(*, actor: Actor, public_id: str, now: datetime) -> MergeRun:
    """Part the cards of a merge again: each is what it was, with every row that was its own.

    What was changed on the survivor since stays, field by field; what was added since stays with it, but for presses
    and tasks of a deal, which go with their deal. Taken back already, it is harmless. Raises NewerMerge while another
    card was joined to the survivor later, Conflict when the client's data were erased since, NotFound, Denied.
    """
    survivor_id = get_merge(actor, public_id).survivor_id
    stakes.lock_rows("client", [survivor_id])
    survivor = get_client_for(actor, EDIT_CLIENTS, client_id=survivor_id, lock=True)
    run = MergeRun.objects.select_for_update().get(public_id=public_id)
    if run.survivor_id != survivor_id:
        raise Conflict(_("The card was joined to another meanwhile. Open it anew."), code="merged_meanwhile")
    if run.undone_at is not None:
        return run
    newer = newer_merge(run)
    if newer is not None:
        raise NewerMerge(newer)
    if not run.plan:
        raise Conflict(_("The client's data were erased since. It cannot be taken back."), code="erased")
    _part(run, survivor)
    run.undone_at, run.undone_by_id = now, actor.employee_id
    run.save(update_fields=["undone_at", "undone_by"])
    return run


def _part(run: MergeRun, survivor: Client) -> None:
    cards = run.plan["cards"]
    for row in cards:
        stakes.revive("people.Client", row)
    by_part = {stake.part: stake for stake in stakes.stakes_in("client")}
    for part, moved in reversed(run.plan["moves"]):
        by_part[part].move_back(moved)
    run.merged.all().delete()
    back = rules.given_back(stakes.kept_row(survivor), run.plan["values"])
    columns = {field.attname: field for field in Client._meta.concrete_fields}
    typed = {name: columns[name].to_python(value) for name, value in back.items()}
    codes = _write(survivor, typed)
    parted = list(Client.objects.filter(pk__in=[row["id"] for row in cards]).order_by("id"))
    for card in parted:
        write_signs(card)
    publish(
        MergeUndone(client_id=survivor.pk, merge_id=run.pk, parted=[one.public_id for one in parted]),
        ClientChanged(client_id=survivor.pk, fields=codes, version=survivor.version),
        *(ClientParted(client_id=one.pk, merge_id=run.pk) for one in parted),
    )
