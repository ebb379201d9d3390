"""Which orders are likely one and the same, placed twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

NEAR = timedelta(hours=48)
LEAST_SHARE = Decimal("0.6")
PHONE_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Placed:
    """An order as it is compared: `goods` are quantities by variant or, for free text, by its words."""

    order: int
    client: int
    phone: str
    goods: Mapping[int | str, Decimal]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Alike:
    """An order like another: `share` of goods in common (0 to 1), `same` is client or phone, `minutes` between them."""

    order: int
    share: Decimal
    same: str
    minutes: int


def alike(one: Placed, others: Iterable[Placed], near: timedelta = NEAR) -> list[Alike]:
    """Return the orders that are likely the same as one, the likeliest first.

    Of one client or with one phone, most of the goods the same, near in time. Nothing is like itself.
    """
    found = []
    for other in others:
        same = _same_person(one, other)
        apart = abs(one.made_at - other.made_at)
        if other.order == one.order or not same or apart > near:
            continue
        common = share_of(one.goods, other.goods)
        if common >= LEAST_SHARE:
            found.append(Alike(other.order, common, same, round(apart.total_seconds() / 60)))
    return sorted(found, key=lambda two: (-two.share, two.minutes, two.order))


def share_of(one: Mapping[int | str, Decimal], other: Mapping[int | str, Decimal]) -> Decimal:
    """Return what share of the goods of two orders is common to both: 1 for the same, 0 for nothing or for no goods."""
    keys = {*_named(one), *_named(other)}
    mine, theirs = _named(one), _named(other)
    zero = Decimal(0)
    both = sum((_part(mine.get(key, zero), theirs.get(key, zero)) for key in keys), zero)
    return both / len(keys) if keys else zero


def last_digits(phone: str) -> str:
    """Return the digits of a number that tell it from others whatever stands before them; empty for too few."""
    digits = "".join(sign for sign in phone if sign.isascii() and sign.isdigit())
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else ""


def _named(goods: Mapping[int | str, Decimal]) -> dict[int | str, Decimal]:
    """Return goods with free text made alike: case and spaces do not matter."""
    named: dict[int | str, Decimal] = {}
    for key, quantity in goods.items():
        name = " ".join(key.casefold().split()) if isinstance(key, str) else key
        named[name] = named.get(name, Decimal(0)) + quantity
    return {key: quantity for key, quantity in named.items() if quantity > 0}


def _part(mine: Decimal, theirs: Decimal) -> Decimal:
    return min(mine, theirs) / max(mine, theirs) if mine and theirs else Decimal(0)


def _same_person(one: Placed, other: Placed) -> str:
    if one.client == other.client:
        return "client"
    phone = last_digits(one.phone)
    return "phone" if phone and phone == last_digits(other.phone) else ""
