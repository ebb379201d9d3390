"""From where the goods of an order are taken, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0
# Up to so many places the fewest parcels are found for certain, among more by taking the fullest again and again.
MOST_SURE = 12
ZERO = Decimal(0)

Point = tuple[float, float]


class Rule(StrEnum):
    """What is wanted of the way."""

    NEAREST = "nearest"
    FULLEST = "fullest"
    ONE_PARCEL = "one_parcel"
    SHOP_FIRST = "shop_first"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with what is free there by variant. Degrees of the map in `at`; lower `priority` is asked first."""

    place: int
    kind: str
    priority: int
    at: Point | None
    free: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Take:
    """So many of a variant from a place."""

    place: int
    variant: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code with figures; views make words of it.

    `nearest` (place, km, next_place, next_km), `no_map` (place, priority), `fullest` (place, has, of), `whole` (place,
    others: how many more have everything), `fewest` (places), `shop` (place, km), `no_shop`, `rest` (place, has, of),
    `short` (variant, quantity). Kilometres are whole and missing where a place is not on the map.
    """

    code: str
    figures: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """What is taken from where, what nowhere is, and why; `place` gives first, None where nothing is taken."""

    place: int | None
    takes: tuple[Take, ...]
    short: Mapping[int, Decimal]
    reasons: tuple[Reason, ...]

    @property
    def places(self) -> tuple[int, ...]:
        """Return the places that give something, the first first."""
        return tuple(dict.fromkeys(take.place for take in self.takes))

    def stored(self) -> dict[str, object]:
        """Return the reasons as they are kept with an order: a document of plain values."""
        return {"why": [{"code": one.code, **one.figures} for one in self.reasons]}


def distance_km(one: Point, other: Point) -> float:
    """Return the way over the ground between two points of the map in kilometres."""
    lat, lon, lat2, lon2 = (radians(degrees) for degrees in (*one, *other))
    arc = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(arc)))


def route(wanted: Mapping[int, Decimal], spots: Sequence[Spot], rule: Rule, to: Point | None = None) -> Route:
    """Return from where to take what is wanted (quantities above zero by variant), the client being at `to`.

    All that is free anywhere is taken before anything is short. The answer does not hang on the order of the spots.
    """
    asked = {variant: quantity for variant, quantity in wanted.items() if quantity > 0}
    useful = [spot for spot in spots if any(spot.free.get(variant, ZERO) > 0 for variant in asked)]
    near = sorted(useful, key=lambda spot: _rank(spot, to))
    chosen = _chosen(asked, near, rule)
    takes, left = _taken(asked, chosen)
    used = list(dict.fromkeys(take.place for take in takes))
    first = next((spot for spot in near if used and spot.place == used[0]), None)
    reasons = [] if first is None else _why(asked, first, used, near, rule, to)
    reasons += _rests(asked, takes, used)
    reasons += [Reason("short", {"variant": one, "quantity": _plain(left[one])}) for one in sorted(left)]
    return Route(first.place if first else None, takes, left, tuple(reasons))


def _rank(spot: Spot, to: Point | None) -> tuple[float, int, int]:
    km = distance_km(spot.at, to) if spot.at and to else float("inf")
    return (km, spot.priority, spot.place)


def _chosen(asked: Mapping[int, Decimal], near: list[Spot], rule: Rule) -> list[Spot]:
    if rule is Rule.FULLEST:
        return _fullest_first(asked, near)
    if rule is Rule.SHOP_FIRST:
        return sorted(near, key=lambda spot: spot.kind != "shop")
    if rule is Rule.ONE_PARCEL:
        return _fewest(asked, near)
    return near


def _taken(asked: Mapping[int, Decimal], spots: Iterable[Spot]) -> tuple[tuple[Take, ...], dict[int, Decimal]]:
    left, takes = dict(asked), []
    for spot in spots:
        for variant in sorted(left):
            many = min(left[variant], max(ZERO, spot.free.get(variant, ZERO)))
            if many > 0:
                takes.append(Take(spot.place, variant, many))
                left[variant] -= many
        left = {variant: more for variant, more in left.items() if more > 0}
    return tuple(takes), left


def _share(asked: Mapping[int, Decimal], spot: Spot) -> Decimal:
    """Return what part of the lines a place can give, each line weighing one."""
    parts = (min(quantity, max(ZERO, spot.free.get(one, ZERO))) / quantity for one, quantity in asked.items())
    return sum(parts, ZERO)


def _fullest_first(asked: Mapping[int, Decimal], near: list[Spot]) -> list[Spot]:
    left, ordered, rest = dict(asked), [], list(near)
    while left and rest:
        best = max(rest, key=lambda spot: _share(left, spot))  # the nearer one of equals: max keeps the first
        if _share(left, best) == 0:
            break
        ordered.append(best)
        rest.remove(best)
        left = _taken(left, [best])[1]
    return ordered


def _fewest(asked: Mapping[int, Decimal], near: list[Spot]) -> list[Spot]:
    """Return the fewest places that together have all that is there; of equals those that are nearer together."""
    greedy = _fullest_first(asked, near)
    if len(near) > MOST_SURE:
        return greedy
    least = _taken(asked, near)[1]
    for many in range(1, len(greedy)):
        for group in combinations(near, many):
            if _taken(asked, group)[1] == least:
                return _fullest_first(asked, list(group))
    same = (group for group in combinations(near, len(greedy)) if _taken(asked, group)[1] == least)
    return _fullest_first(asked, list(next(same, greedy)))


def _km(spot: Spot, to: Point | None) -> dict[str, int | str]:
    return {"km": round(distance_km(spot.at, to))} if spot.at and to else {}


def _why(
    asked: Mapping[int, Decimal], first: Spot, used: list[int], near: list[Spot], rule: Rule, to: Point | None
) -> list[Reason]:
    if rule is Rule.FULLEST:
        return [Reason("fullest", {"place": first.place, "has": _has(asked, first), "of": len(asked)})]
    if rule is Rule.ONE_PARCEL:
        full = sum(1 for spot in near if not _taken(asked, [spot])[1])
        if len(used) == 1 and full:
            return [Reason("whole", {"place": first.place, "others": full - 1, **_km(first, to)})]
        return [Reason("fewest", {"places": len(used)})]
    reasons = []
    if rule is Rule.SHOP_FIRST and first.kind == "shop":
        return [Reason("shop", {"place": first.place, **_km(first, to)})]
    if rule is Rule.SHOP_FIRST:
        reasons.append(Reason("no_shop"))
    return [*reasons, _nearest(first, near, to)]


def _nearest(first: Spot, near: list[Spot], to: Point | None) -> Reason:
    if not _km(first, to):
        return Reason("no_map", {"place": first.place, "priority": first.priority})
    after = next((spot for spot in near if spot.place != first.place and _km(spot, to)), None)
    more = {"next_place": after.place, "next_km": _km(after, to)["km"]} if after else {}
    return Reason("nearest", {"place": first.place, **_km(first, to), **more})


def _rests(asked: Mapping[int, Decimal], takes: Sequence[Take], used: list[int]) -> list[Reason]:
    """Tell what the places after the first give: how many lines of how many."""
    by_place = {place: {take.variant for take in takes if take.place == place} for place in used[1:]}
    return [
        Reason("rest", {"place": place, "has": len(lines), "of": len(asked)}) for place, lines in by_place.items()
    ]


def _has(asked: Mapping[int, Decimal], spot: Spot) -> int:
    return sum(1 for variant, quantity in asked.items() if spot.free.get(variant, ZERO) >= quantity)


def _plain(quantity: Decimal) -> str:
    return format(quantity.normalize(), "f")
