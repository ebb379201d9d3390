"""From where an order leaves and for when it may be promised, by what lies where now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from voronka.accounts import queries as accounts
from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.orders.models import DeliveryMethod, RoutingSettings
from voronka.orders.rules.promising import Need, Promise, Way, promise
from voronka.orders.rules.routing import Point, Route, Rule, Spot, route
from voronka.stock import queries as stock
from voronka.work import queries as work

ZERO = Decimal(0)
Wanted = Sequence[tuple[int, int | None, Decimal]]  # number of the line, variant, quantity


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of an order before it is placed.

    `free` is what may be promised of each variant now, by place; kits have theirs by their parts. `short` are lines by
    number that cannot be promised whole.
    """

    route: Route
    promise: Promise
    free: Mapping[int, Mapping[int, Decimal]]
    short: Mapping[int, Decimal]


def routing_settings() -> RoutingSettings:
    """Return how the company chooses where goods leave from; the usual way where nothing was set."""
    return RoutingSettings.objects.first() or RoutingSettings()


def outlook(
    lines: Wanted, *, actor: Actor, now: datetime, city: str = "", delivery: DeliveryMethod | None = None,
    place: str = "",
) -> Outlook:  # fmt: skip
    """Return from where the lines would be taken, what is short and what may be promised; nothing is written.

    `place` is the public id of the place chosen by hand. Ten statements, however many lines.
    """
    ours = routing_settings()
    parts = _parts(lines)
    needed = sorted({variant for by_line in parts.values() for variant in by_line})
    places = [one for one in stock.places(Actor.system(actor.company_id)) if one.is_selling]
    allowed = _allowed(places, delivery, place)
    free = stock.available(needed)
    spots = [
        Spot(one.pk, one.kind, one.priority, _point(one), {pk: by.get(one.pk, ZERO) for pk, by in free.items()})
        for one in allowed
    ]
    wanted: dict[int, Decimal] = {}
    for by_line in parts.values():
        for variant, quantity in by_line.items():
            wanted[variant] = wanted.get(variant, ZERO) + quantity
    found = route(wanted, spots, Rule(ours.rule), _where(places, city))
    short = _short(parts, found)
    needs = _needs(parts, found, free, ours.transfer_days)
    return Outlook(found, _promise(needs, delivery, now, actor, ours), free, short)


def _parts(lines: Wanted) -> dict[int, Mapping[int, Decimal]]:
    """Return by line what it takes from stock: kits as their parts, services nothing."""
    goods = [(one, variant, many) for one, variant, many in lines if variant is not None and many > 0]
    kinds = {
        one.id: one.kind for one in catalogue.variants_by_ids([variant for _one, variant, _many in goods]).values()
    }
    return {
        one: catalogue.taken_from_stock({variant: many}) if kinds.get(variant) == "kit" else {variant: many}
        for one, variant, many in goods
        if kinds.get(variant) not in ("service", None)
    }


def _allowed(places: Sequence[Any], delivery: DeliveryMethod | None, chosen: str) -> list[Any]:
    """Return the places that goods may leave from: the one chosen by hand, those of the way of delivery, or all."""
    if chosen:
        return [one for one in places if one.public_id == chosen]
    own = set(delivery.places) if delivery is not None else set()
    return [one for one in places if one.pk in own] if own else list(places)


def _point(place: Any) -> Point | None:
    return (float(place.lat), float(place.lon)) if place.lat is not None and place.lon is not None else None


def _where(places: Sequence[Any], city: str) -> Point | None:
    """Return about where a client lives: where a place of the company in the same city is."""
    name = city.strip().casefold()
    return next((_point(one) for one in places if name and one.city.casefold() == name and _point(one)), None)


def _short(parts: Mapping[int, Mapping[int, Decimal]], found: Route) -> dict[int, Decimal]:
    """Return by line what is short of it: the last lines of the same goods are short first."""
    left, short = dict(found.short), {}
    for line in sorted(parts, reverse=True):
        lacks = [Decimal(0)]
        for variant, quantity in parts[line].items():
            many = min(left.get(variant, ZERO), quantity)
            left[variant] = left.get(variant, ZERO) - many
            lacks.append(many)
        if max(lacks) > 0:
            short[line] = max(lacks)
    return short


def _needs(
    parts: Mapping[int, Mapping[int, Decimal]],
    found: Route,
    free: Mapping[int, Mapping[int, Decimal]],
    transfer_days: int,
) -> list[Need]:
    lacking = sorted(found.short)
    coming = stock.arrivals(lacking) if lacking else {}
    leads = catalogue.lead_days(lacking) if lacking else {}
    here: dict[int, Decimal] = {}
    away: dict[int, Decimal] = {}
    for take in found.takes:
        side = here if take.place == found.place else away
        side[take.variant] = side.get(take.variant, ZERO) + take.quantity
    return [
        Need(line, quantity, _taken(here, variant, quantity), _taken(away, variant, quantity), transfer_days,
             coming.get(variant, ()), leads.get(variant))
        for line, by_line in parts.items()
        for variant, quantity in by_line.items()
    ]  # fmt: skip


def _taken(side: dict[int, Decimal], variant: int, quantity: Decimal) -> Decimal:
    many = min(side.get(variant, ZERO), quantity)
    side[variant] = side.get(variant, ZERO) - many
    return many


def _promise(
    needs: Sequence[Need], delivery: DeliveryMethod | None, now: datetime, actor: Actor, ours: RoutingSettings
) -> Promise:
    zone = accounts.get_company_rules().zone
    week = work.schedule_of(None, zone)

    def works(day: date) -> bool:
        return week.hours_on(day) is not None

    spans = [(time.fromisoformat(since), time.fromisoformat(until)) for since, until in delivery.intervals] if (
        delivery is not None) else []  # fmt: skip
    way = Way(days=delivery.days_max if delivery else 0, intervals=spans, last_hour=ours.last_hour)
    return promise(needs, way, now.astimezone(actor.zone).replace(tzinfo=None), works)
