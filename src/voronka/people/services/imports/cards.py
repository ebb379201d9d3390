"""Cards as a run sees them: those found in the base, and those that its own rows make, before they are written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from voronka.people.rules.addresses import MOST_ADDRESSES, is_within, same_place
from voronka.people.rules.duplicates import Card as Person
from voronka.people.rules.import_plan import Contact, ReadRow

# Columns of a client that a row may fill one by one. The name and the zone go by rules of their own.
PLAIN = (
    "birthday",
    "city",
    "address",
    "address_label",
    "postcode",
    "position",
    "comment",
    "inn",
    "kpp",
    "ogrn",
    "bik",
    "account",
    "external_id",
    "purchases_sum",
    "first_source",
)
NAME = ("kind", "name", "name_key", "last_name", "first_name", "middle_name", "gender")
ZONE = ("zone", "zone_source", "zone_sure")
ADDRESS = ("address", "address_label", "postcode")
COLUMNS = (*NAME, *PLAIN, *ZONE, "is_vip", "fields")

SKIP, FILL, OVERWRITE, MAKE = "skip", "fill", "overwrite", "new"
POLICIES = (FILL, OVERWRITE, SKIP, MAKE)


@dataclass(slots=True, eq=False)
class Card:
    """A card. `added_contacts`, `added_addresses` and `added_keys` are those that this chunk adds, `changed` the
    columns that it changes; `addresses` are the lines of those beside the main one.

    `known_version` is the version that stands in the base before this chunk is written.
    """

    id: int
    values: dict[str, object]
    contacts: list[Contact]
    keys: set[str]
    version: int = 1
    known_version: int = 0
    is_new: bool = False
    responsible_id: int | None = None
    added_contacts: list[Contact] = field(default_factory=list)
    added_keys: set[str] = field(default_factory=set)
    addresses: list[str] = field(default_factory=list)
    added_addresses: list[tuple[str, str]] = field(default_factory=list)  # label, line
    changed: set[str] = field(default_factory=set)
    person: Person | None = None  # as the rules compare it; made when asked for, anew after a change

    def as_written(self) -> "Card":
        """Return the card as the base will show it once this chunk is written; changing the one leaves the other."""
        return Card(
            id=self.id,
            values=dict(self.values),
            contacts=list(self.contacts),
            keys=set(self.keys),
            addresses=list(self.addresses),
            version=self.version,
            known_version=self.version,
            responsible_id=self.responsible_id,
            person=self.person,
        )


@dataclass(slots=True)
class Change:
    """What one row does to a card: replaced and written values by code, `contacts`, `addresses` by name."""

    before: dict[str, object]
    written: dict[str, object]

    def __bool__(self) -> bool:
        return bool(self.written)


def apply_row(card: Card, row: ReadRow, policy: str) -> Change:
    """Put a row's values into a card by the policy `fill` (empty fields only) or `overwrite`; return what changed.

    Ways to reach the client are added either way, none is taken away. A name is replaced as a whole; `fill` touches
    it only where it was but a stand-in. A zone that somebody set, or that is surer than the row's, stays.
    """
    change = Change({}, {})
    city, line = str(card.values["city"]), str(card.values["address"])
    _apply_name(card, row, policy, change)
    for name in PLAIN:
        if name == "address" and card.values[name] and not row.has_address:
            continue  # what stands in for a main address is added below as one more
        # What is said of an address goes with it: the card may have kept another one.
        if name not in ("address_label", "postcode") or card.values["address"] == row.values["address"]:
            _apply_value(card, name, row.values.get(name), policy, change)
    # A line is one place however the file spells its city.
    now = str(card.values["city"]), str(card.values["address"])
    if "address" in change.written and not is_within(("", line) if line else (city, ""), now):
        for name in ("address_label", "postcode"):  # those of the old address
            _write(card, name, row.values.get(name) or "", change)
    if row.values.get("is_vip") and not card.values["is_vip"]:
        _write(card, "is_vip", True, change)
    if row.values["zone_sure"] and not card.values["zone_sure"] and card.values["zone_source"] != "hand":
        for name in ZONE:
            _write(card, name, row.values[name], change)
    _apply_custom(card, row, policy, change)
    _apply_contacts(card, row.contacts, change)
    added = add_addresses(card, row)
    if added:
        change.written["addresses"] = [list(one) for one in added]
    fresh = set(row.keys) - card.keys
    if change:
        card.added_keys |= fresh
        card.keys |= fresh
        card.version += 1
        card.person = None
    return change


def _apply_name(card: Card, row: ReadRow, policy: str, change: Change) -> None:
    if not row.has_name or row.values["name_key"] == card.values["name_key"]:
        return
    stands_in = not card.values["name"] or any(one.value == card.values["name"] for one in card.contacts)
    if policy == OVERWRITE or stands_in:
        for name in NAME:
            _write(card, name, row.values[name], change)


def _apply_value(card: Card, name: str, value: object, policy: str, change: Change) -> None:
    if value in (None, ""):
        return
    is_free = card.values[name] in (None, "")
    if is_free or (policy == OVERWRITE and name != "first_source"):
        _write(card, name, value, change)


def _apply_custom(card: Card, row: ReadRow, policy: str, change: Change) -> None:
    given = row.values.get("fields")
    if not isinstance(given, dict) or not given:
        return
    held = card.values["fields"]
    held = dict(held) if isinstance(held, dict) else {}
    for code, value in given.items():
        if held.get(code) == value or (held.get(code) not in (None, "", []) and policy != OVERWRITE):
            continue
        change.before[f"fields.{code}"], change.written[f"fields.{code}"] = held.get(code), value
        held[code] = value
        card.changed.add("fields")
    card.values["fields"] = held


def _apply_contacts(card: Card, contacts: Iterable[Contact], change: Change) -> None:
    known = {(one.kind, one.value) for one in card.contacts}
    fresh = [one for one in contacts if (one.kind, one.value) not in known]
    if fresh:
        card.contacts.extend(fresh)
        card.added_contacts.extend(fresh)
        change.written["contacts"] = [[one.kind, one.value] for one in fresh]


def add_addresses(card: Card, row: ReadRow) -> list[tuple[str, str]]:
    """Add the addresses of a row that the card does not have; return them. None is taken away."""
    given = row.values.get("addresses")
    added: list[tuple[str, str]] = []
    for label, line in given if isinstance(given, list) else []:
        known = [str(card.values["address"]), *card.addresses]
        if not any(same_place(("", line), ("", one)) for one in known) and len(known) < MOST_ADDRESSES:
            card.addresses.append(line)
            added.append((label, line))
    card.added_addresses += added
    return added


def _write(card: Card, name: str, value: object, change: Change) -> None:
    if card.values[name] == value:
        return
    change.before[name], change.written[name] = plain(card.values[name]), plain(value)
    card.values[name] = value
    card.changed.add(name)


def plain(value: object) -> object:
    """Return a value as JSON keeps it: days in ISO, sums as text."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
