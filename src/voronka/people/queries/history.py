"""Changes of cards, as the history keeps them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.limits import shaded
from voronka.kit.models import Change, EventRow
from voronka.kit.stakes import kept_row
from voronka.people.events import ClientChanged
from voronka.people.models import Address, Client

TABLE, ADDRESSES = "people_client", "people_address"
WALKED = 400
_EMPLOYEES = {"responsible_id": "responsible", "binned_by_id": "binned_by"}
_INNER = {"name_key", "sort_key", "version", "company_id", "id", "public_id"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a card before and after one change; `who` is empty for the system."""

    at: datetime
    who: str
    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class CardChange:
    """One change of a card by its number in the history: its fields before and after, own fields one by one."""

    id: int
    at: datetime
    employee_id: int | None
    fields: Sequence[FieldChange]


def fields_changed_since(client_id: int, version: int) -> set[str]:
    """Return the codes of the fields that were changed after the card's `version` was read."""
    events = EventRow.objects.filter(client_id=client_id, name=ClientChanged.name()).order_by("-id")
    changed: set[str] = set()
    for payload in events.values_list("payload", flat=True)[:500]:
        if 0 < payload.get("version", 0) <= version:
            break
        if payload.get("version", 0):
            changed |= set(payload["fields"])
    return changed


def list_changes(client: Client, actor: Actor, *, limit: int = 200) -> list[FieldChange]:
    """Return the changes of a card's columns that the actor may see, newest first, each with the value it led to.

    `client` is the card with all its values.
    """
    rows = list(Change.objects.filter(table=TABLE, row_id=client.pk).order_by("-id")[:limit])
    people = accounts.employee_names([(row.actor or {}).get("employee") or 0 for row in rows])
    now = {name: getattr(client, name) for name in _columns()}
    found = []
    for row in rows:
        who = people.get((row.actor or {}).get("employee") or 0, "")
        before, after = shaded(actor, TABLE, row.before), shaded(actor, TABLE, now)
        # A card that is here again after its deletion had been joined to another, and was parted as it was.
        for name, value in sorted(before.items()) if row.operation == "update" else ():
            if name not in _INNER and name in after:
                found.append(FieldChange(row.at, who, name.removesuffix("_id"), value, after[name]))
        now |= {name: value for name, value in row.before.items() if name in now}
    return found


def read_changes(
    client: Client, actor: Actor, *, before: int | None = None, limit: int = 50
) -> tuple[list[CardChange], int | None]:
    """Return a page of the changes of a card, newest first, and the number that the next page begins behind.

    Values are as the history keeps them, of fields that the actor may see; `client` is the card with all its values.
    What a change led to is known only by going back from the card: a late page reads the changes above it too.
    """
    found: list[CardChange] = []
    now = kept_row(client)
    for row in Change.objects.filter(table=TABLE, row_id=client.pk).order_by("-id").iterator(chunk_size=WALKED):
        if before is None or row.pk < before:
            if len(found) == limit:
                return found, found[-1].id
            found.append(_change(row, now, actor))
        now |= {name: value for name, value in row.before.items() if name in now}
    return found, None


def _change(row: Change, now: dict[str, object], actor: Actor) -> CardChange:
    was, became = shaded(actor, TABLE, row.before), shaded(actor, TABLE, now)
    names = sorted(set(was) & set(became) - _INNER) if row.operation == "update" else []
    pieces = [piece for name in names for piece in _pieces(name, was[name], became[name])]
    changed = [FieldChange(row.at, "", _EMPLOYEES.get(code, code), first, last) for code, first, last in pieces]
    return CardChange(row.pk, row.at, (row.actor or {}).get("employee"), changed)


def values_changed(versions: Collection[tuple[int, int]], actor: Actor) -> dict[tuple[int, int], list[FieldChange]]:
    """Return, by id and version that a change of a card led to, its fields before and after, as the actor sees them.

    Own fields stand one by one as `custom.CODE`. Of older changes, beyond the newest few hundred, nothing is returned.
    """
    ids = {client_id for client_id, version in versions if version}
    if not ids:
        return {}
    state = {client.pk: kept_row(client) for client in Client.objects.filter(pk__in=ids)}
    found: dict[tuple[int, int], list[FieldChange]] = {}
    for row in Change.objects.filter(table=TABLE, row_id__in=ids).order_by("-id")[:WALKED]:
        now = state.setdefault(row.row_id, {})
        place = (row.row_id, now.get("version", 0))
        if row.operation == "update" and place in versions and "version" in row.before:
            before, after = shaded(actor, TABLE, row.before), shaded(actor, TABLE, now)
            found[place] = [
                FieldChange(row.at, "", code, was, became)
                for name in sorted(set(before) & set(after) - _INNER)
                for code, was, became in _pieces(name, before[name], after[name])
            ]
        now |= row.before
    return found


def addresses_changed(
    versions: Collection[tuple[int, int]], actor: Actor
) -> dict[tuple[int, int], list[tuple[str, str]]]:
    """Return, by id and version that a change of a card led to, its other addresses before and after, in words.

    What the actor may not see is left out; an address that came or went has nothing on one side.
    """
    ids = {client_id for client_id, version in versions if version}
    found: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for _row, before, after in _address_changes(ids) if ids else ():
        held = after or before
        place = (int(str(held["client_id"])), int(str(held["version"])))
        texts = _address_words(before, actor), _address_words(after, actor)
        if place in versions and texts[0] != texts[1]:
            found.setdefault(place, []).append(texts)
    return found


def list_address_changes(client: Client, actor: Actor) -> list[FieldChange]:
    """Return the changes of the other addresses of a card that the actor may see, newest first.

    The history keeps what was changed or taken away: of an address that was added it has no row.
    """
    found = [
        (row, _address_words(before, actor), _address_words(after, actor))
        for row, before, after in _address_changes({client.pk})
        if row is not None
    ]
    people = accounts.employee_names([(row.actor or {}).get("employee") or 0 for row, _was, _now in found])
    return [
        FieldChange(row.at, people.get((row.actor or {}).get("employee") or 0, ""), "addresses", was, now)
        for row, was, now in found
        if was != now
    ]


def _address_changes(
    client_ids: Collection[int],
) -> Iterator[tuple[Change | None, dict[str, object], dict[str, object]]]:
    """Yield each change of the other addresses of clients, newest first: its row, the columns before and after.

    An address that went has nothing after; at last come those that were added, which have no row.
    """
    state = {row.pk: kept_row(row) for row in Address.objects.filter(client_id__in=client_ids)}
    changes = Change.objects.filter(table=ADDRESSES)
    rows = changes.filter(row_id__in=[*state, *_gone(client_ids)]).order_by("-id")[:WALKED]
    for row in rows:
        now = state.get(row.row_id, {})
        was = {**now, **row.before}
        yield row, was, now
        state[row.row_id] = was
    for first in state.values():
        yield None, {}, first


def _gone(client_ids: Collection[int]) -> list[int]:
    """Return the ids of the other addresses of clients that were deleted, newest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_gone_addresses(%s, %s)", [list(client_ids), WALKED])
        return [row[0] for row in cursor.fetchall()]


def _address_words(columns: dict[str, object], actor: Actor) -> str:
    seen = shaded(actor, ADDRESSES, columns)
    return ", ".join(str(seen[name]) for name in ("label", "postcode", "city", "line") if seen.get(name))


def _pieces(name: str, before: object, after: object) -> Iterator[tuple[str, object, object]]:
    """Yield the change of a column; of the own fields each that differs."""
    if name != "fields" or not isinstance(before, dict) or not isinstance(after, dict):
        yield name, before, after
        return
    for code in sorted({*before, *after}):
        if before.get(code) != after.get(code):
            yield f"custom.{code}", before.get(code), after.get(code)


def _columns() -> list[str]:
    return [field.attname for field in Client._meta.concrete_fields]
