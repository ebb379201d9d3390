"""How a file of clients is to be read, and what a row comes to: plain values that can travel between processes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from voronka.kit.tables import Cell
from voronka.people.rules.duplicates import Card as Person
from voronka.people.rules.duplicates import card as make_person

FIX, HEED, LATE = "fix", "heed", "late"
WITHOUT, REJECT = "without", "reject"

# What is done with a row that has a value of this kind wrong, unless the person says otherwise. A sum is money: to
# drop it silently or to guess at it would both be wrong. A name that is a formula or markup is nobody's.
WAYS = {
    "bad_phone": WITHOUT,
    "bad_email": WITHOUT,
    "bad_messenger": WITHOUT,
    "bad_inn": WITHOUT,
    "bad_requisite": WITHOUT,
    "bad_date": WITHOUT,
    "bad_sum": REJECT,
    "bad_name": REJECT,
    "bad_field": WITHOUT,
    "too_long": WITHOUT,
}
# The account comes after the bank's code, by which it is checked.
REQUISITES = ("inn", "kpp", "ogrn", "bik", "account")
MESSENGERS = ("telegram", "whatsapp", "vk", "max", "site")
CONSENTS = {"consent": "personal_data", "consent_ads": "advertising"}
TEXTS = {
    "city": 120,
    "region": 120,
    "address": 500,
    "address_label": 60,
    "postcode": 20,
    "position": 200,
    "external_id": 100,
    "source": 200,
    "comment": 10_000,
}
# Addresses that have a name of their own: the first of them is the main one of a client who has no other.
ADDRESSES = ("address_home", "address_office", "address_delivery", "address_legal")
TARGETS = (
    "name",
    "last_name",
    "first_name",
    "middle_name",
    "organisation",
    "phone",
    "email",
    *MESSENGERS,
    *TEXTS,
    *ADDRESSES,
    "birthday",
    "gender",
    "purchases_sum",
    "is_vip",
    *REQUISITES,
    *CONSENTS,
)
MOST_CONTACTS = 30
# The columns of a card that a row says nothing about.
BLANK: Mapping[str, object] = {
    "kind": "person",
    **dict.fromkeys(("name", "name_key", "last_name", "first_name", "middle_name", "gender"), ""),
    **dict.fromkeys(("city", "address", "address_label", "postcode"), ""),
    **dict.fromkeys(("position", "comment", "external_id", "first_source"), ""),
    **dict.fromkeys(("inn", "kpp", "ogrn", "bik", "account"), ""),
    "birthday": None,
    "purchases_sum": None,
    "is_vip": False,
}


class Contact(NamedTuple):
    """A way to reach the client: `value` normalised, `raw` as it was written."""

    kind: str
    value: str
    raw: str = ""
    extension: str = ""


class Note(NamedTuple):
    """What is said about a cell: `kind` is FIX (put right, `shown` is the new value), HEED or LATE (the row goes)."""

    column: int
    kind: str
    code: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """How rows are read: the meaning of each column ("" for none), kinds and choices of custom fields by target,
    what to do with wrong values (see WAYS), the company's country and zone, the day of the import, what addresses of
    their own columns are called on cards.
    """

    targets: tuple[str, ...]
    custom: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    ways: Mapping[str, str] = field(default_factory=lambda: dict(WAYS))
    country: str = "RU"
    zone: str = "Europe/Moscow"
    today: date = date(2026, 1, 1)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ReadRow:
    """A row as a client. Addresses with columns of their own stand in its values under `addresses`: label and line.

    `has_address` is False where the first of these stands in for the main one, which the card may have.
    `reason` says why it cannot be one: codes with columns, `bad_sum@6,bad_phone@2`, else "".
    `cells` are put back by whoever keeps them; `is_double` by the check.
    """

    number: int
    values: dict[str, object]
    contacts: list[Contact]
    keys: tuple[str, ...] = ()
    consents: tuple[tuple[str, bool], ...] = ()
    notes: list[Note] = field(default_factory=list)
    reason: str = ""
    has_name: bool = False
    has_address: bool = True
    is_double: bool = False
    cells: list[Cell] = field(default_factory=list)
    _person: Person | None = None

    @property
    def person(self) -> Person:
        """Return what the rules of duplicates compare, made when it is first asked for: most rows have no namesake."""
        if self._person is None:
            self._person = person_of(self.values, self.contacts)
        return self._person

    def __reduce__(self) -> tuple[Callable[..., "ReadRow"], tuple[object, ...]]:
        """Travel between processes without what the other side has already, or can make anew."""
        contacts = [tuple(one) for one in self.contacts]
        notes = [tuple(one) for one in self.notes]
        kept = (self.number, self.values, contacts, self.keys, self.consents, notes, self.reason, self.has_name)
        return _arrived, (*kept, self.has_address)


def _arrived(
    number: int,
    values: dict[str, object],
    contacts: Iterable[tuple[str, str, str, str]],
    keys: tuple[str, ...],
    consents: tuple[tuple[str, bool], ...],
    notes: Iterable[tuple[int, str, str, str]],
    reason: str,
    has_name: bool,
    has_address: bool,
) -> ReadRow:
    """Put a row together again."""
    ways, told = [Contact._make(one) for one in contacts], [Note._make(one) for one in notes]
    return ReadRow(number, values, ways, keys, consents, told, reason, has_name, has_address)


def person_of(values: Mapping[str, object], contacts: Iterable[Contact]) -> Person:
    """Return what the rules of duplicates compare."""
    ways = list(contacts)
    birthday = values.get("birthday")
    return make_person(
        name=str(values.get("name") or ""),
        key=str(values.get("name_key") or ""),
        last=str(values.get("last_name") or ""),
        first=str(values.get("first_name") or ""),
        middle=str(values.get("middle_name") or ""),
        gender=str(values.get("gender") or ""),
        organisation=values.get("kind") == "organisation",
        phones=[one.value for one in ways if one.kind == "phone"],
        emails=[one.value for one in ways if one.kind == "email"],
        inn=str(values.get("inn") or ""),
        kpp=str(values.get("kpp") or ""),
        city=str(values.get("city") or ""),
        birthday=birthday if isinstance(birthday, date) else None,
    )
