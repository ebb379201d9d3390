"""Cards made one: which card stays, and whose value of each field it is to have. Plain values.

A field is a group of columns that belong together: the parts of a name, a zone with where it is from. What a card does
not say is never chosen over what another one says; the card that stays has the word where both say something, except
where more is plainly better: a fuller name, a surer zone, VIP.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Values = Mapping[str, Any]  # columns of a card, `fields` its custom ones by code

GROUPS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "name_key", "last_name", "first_name", "middle_name", "gender"),
    "birthday": ("birthday",),
    "city": ("city",),
    "address": ("address", "address_label", "postcode"),
    "zone": ("zone", "zone_source", "zone_sure"),
    "call_hours": ("call_opens_minute", "call_closes_minute"),
    "position": ("position",),
    "is_vip": ("is_vip",),
    "responsible": ("responsible_id",),
    "comment": ("comment",),
    "inn": ("inn",),
    "kpp": ("kpp",),
    "ogrn": ("ogrn",),
    "bank": ("bik", "account"),
    "external_id": ("external_id",),
    "purchases_sum": ("purchases_sum",),
    "first_source": ("first_source",),
}
CUSTOM = "custom."
BOTH = "both"
COMMENT_LIMIT = 10_000
_ZONE_RANK = {"hand": 5, "browser": 4, "address": 3, "phone": 2, "company": 0}


@dataclass(frozen=True, slots=True)
class MergeCard:
    """A card as the rules see it; `contacts` is the number of its ways to reach the client."""

    id: int
    values: Values
    made_at: datetime
    contacts: int = 0


def codes_of(cards: Sequence[MergeCard]) -> list[str]:
    """Return the codes of the fields that the cards may differ in, custom ones as `custom.CODE`."""
    custom = sorted({code for card in cards for code in card.values["fields"]})
    return [*GROUPS, *(CUSTOM + code for code in custom)]


def value_of(card: MergeCard, code: str) -> tuple[Any, ...]:
    """Return a field of a card: the values of its columns."""
    if code.startswith(CUSTOM):
        return (card.values["fields"].get(code.removeprefix(CUSTOM)),)
    return tuple(card.values[column] for column in GROUPS[code])


def is_filled(card: MergeCard, code: str) -> bool:
    """Tell whether a card says anything in a field."""
    if code == "zone":
        return bool(card.values["zone_source"] != "company")
    return any(value not in (None, "", [], False) for value in value_of(card, code))


def fullness(card: MergeCard) -> int:
    """Return how much a card tells: fields that are filled, contacts."""
    return sum(is_filled(card, code) for code in codes_of([card])) + card.contacts


def survivor_of(cards: Sequence[MergeCard]) -> int:
    """Return the id of the card that should stay: the one that tells most, the oldest among equals."""
    return min(cards, key=lambda card: (-fullness(card), card.made_at, card.id)).id


def differs(cards: Sequence[MergeCard], code: str) -> bool:
    """Tell whether the cards say different things in a field, so that there is something to choose."""
    said = [value_of(card, code) for card in cards if is_filled(card, code)]
    return any(one != said[0] for one in said)


def best_of(cards: Sequence[MergeCard], code: str, survivor_id: int) -> int | str:
    """Return the id of the card whose value of a field is best, or BOTH where two comments can stand together."""
    said = [card for card in cards if is_filled(card, code)]
    if code == "comment" and differs(cards, code):
        return BOTH if len(joined_comment(said, survivor_id)) <= COMMENT_LIMIT else said[0].id
    ranked = sorted(said, key=lambda card: (-_rank(card, code), card.id != survivor_id, -fullness(card), card.id))
    return ranked[0].id if ranked else survivor_id


def _rank(card: MergeCard, code: str) -> float:
    if code == "name":
        return sum(bool(card.values[part]) for part in ("last_name", "first_name", "middle_name"))
    if code == "zone":
        return 2.0 * _ZONE_RANK.get(card.values["zone_source"], 1) + bool(card.values["zone_sure"])
    if code == "purchases_sum":
        return float(card.values["purchases_sum"] or 0)
    if code == "first_source":
        return -card.made_at.timestamp()
    return 0


def joined_comment(cards: Sequence[MergeCard], survivor_id: int) -> str:
    """Return the comments of the cards one under another, the survivor's first, none twice."""
    order = sorted(cards, key=lambda card: (card.id != survivor_id, card.id))
    return "\n".join(dict.fromkeys(text for card in order if (text := str(card.values["comment"]).strip())))


def merged_values(cards: Sequence[MergeCard], chosen: Mapping[str, int | str], survivor_id: int) -> dict[str, Any]:
    """Return the columns that the survivor is to have; a field without a choice has its best value."""
    by_id = {card.id: card for card in cards}
    values: dict[str, Any] = {"fields": {}}
    for code in codes_of(cards):
        choice = chosen.get(code, best_of(cards, code, survivor_id))
        if choice == BOTH:
            values["comment"] = joined_comment(cards, survivor_id)
            continue
        found = value_of(by_id[int(choice)], code)
        if not code.startswith(CUSTOM):
            values |= dict(zip(GROUPS[code], found, strict=True))
        elif found[0] is not None:
            values["fields"][code.removeprefix(CUSTOM)] = found[0]
    return values


def given_back(now: Values, values: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return the columns that go back when cards are parted: groups that still hold what the merge wrote.

    `values` has each column's value before and after the merge, custom fields as `custom.CODE`.
    """
    back: dict[str, Any] = {}
    groups = [*GROUPS.values(), ("made_at",)]
    for group in groups:
        own = [column for column in group if column in values]
        if all(now[column] == values[column][1] for column in own):
            back |= {column: values[column][0] for column in own}
    fields = dict(now["fields"])
    for code in (code for code in values if code.startswith(CUSTOM)):
        name = code.removeprefix(CUSTOM)
        if fields.get(name) == values[code][1]:
            fields[name] = values[code][0]
    if any(code.startswith(CUSTOM) for code in values):
        back["fields"] = {code: value for code, value in fields.items() if value is not None}
    return back
