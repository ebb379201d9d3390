"""Parts of an order as lanes over days."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.orders.models import OrderPart, Shipment
from voronka.orders.queries.orders import OrderCard
from voronka.orders.rules.lanes import Bar, Scale, bar_of, scale_of
from voronka.orders.services.words import DEPARTMENT_WORDS, PART_STATE_WORDS, PART_WORDS, SHIPMENT_WORDS
from voronka.orders.views.words import day_words, many


@dataclass(frozen=True, slots=True)
class Lane:
    """A part of the work: its icon and name, who does it, its bar, how it stands."""

    icon: str
    name: str
    who: str
    bar: Bar
    state: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A day over the lanes."""

    x: int
    text: str
    kind: str


def lanes_of(
    card: OrderCard, reserved: tuple[Decimal, Decimal], actor: Actor, now: datetime
) -> tuple[Scale, list[Tick], list[Lane]]:
    """Return the scale, its days and the lanes of an order; `reserved` is how many of how many pieces are promised."""
    order, zone = card.order, actor.zone
    today, begun = now.astimezone(zone).date(), order.made_at.astimezone(zone).date()
    promised = order.promised_at.astimezone(zone).date() if order.promised_at else None
    scale = scale_of(begun, today, promised)
    ticks = [
        Tick(number * 30 + 15, str(day.day), "is-now" if day == today else "is-off" if day.weekday() >= 5 else "")
        for number, day in enumerate(scale.days)
    ]
    lanes = _reserve(card, reserved, scale, begun, today, actor)
    lanes += [_part(one, scale, today, actor, now) for one in card.parts if one.state != "cancelled"]
    lanes += [_shipment(one, scale, today, actor, now) for one in card.shipments if one.state != "cancelled"]
    if not any(one.state != "cancelled" for one in card.shipments) and order.phase not in ("done", "cancelled"):
        way = order.delivery_method.name if order.delivery_method else _("no way of delivery chosen")
        day = promised or today
        bar = bar_of(scale, day, day, today, is_done=False)
        said = day_words(order.promised_at, actor, now) or _("no date promised")
        lanes.append(Lane("truck", str(PART_WORDS["shipment"][1]), way, bar, said, "" if promised else "heed"))
    return scale, ticks, lanes


def _reserve(
    card: OrderCard, reserved: tuple[Decimal, Decimal], scale: Scale, begun: date, today: date, actor: Actor
) -> list[Lane]:
    held, wanted = reserved
    if not wanted:
        return []
    names = sorted(
        {one.place.name for one in card.shipments} | ({card.order.place.name} if card.order.place else set())
    )
    is_whole = held >= wanted
    said = _("all reserved") if is_whole else _("%(n)s of %(all)s reserved") % {
        "n": many(held, actor), "all": many(wanted, actor),
    }  # fmt: skip
    bar = bar_of(scale, begun, begun if is_whole else today, today, is_done=True)
    icon, name = PART_WORDS["reserve"]
    return [Lane(icon, str(name), ", ".join(names), bar, said, "" if is_whole else "late")]


def _part(one: OrderPart, scale: Scale, today: date, actor: Actor, now: datetime) -> Lane:
    icon, name = PART_WORDS[one.kind]
    who = " → ".join(place.name for place in (one.source, one.target) if place) or str(
        DEPARTMENT_WORDS.get(one.department.partition(":")[0], "")
    )
    since = one.made_at.astimezone(actor.zone).date()
    end = one.done_at or one.due_at
    is_done = one.state == "done"
    bar = bar_of(scale, since, end.astimezone(actor.zone).date() if end else None, today, is_done=is_done)
    what = one.line.name if one.line else ""
    said = [str(PART_STATE_WORDS[one.state])]
    if one.quantity is not None and what:
        said.insert(0, f"{what}, {many(one.quantity, actor)}")
    if end is not None:
        said.append(day_words(end, actor, now))
    is_late = not is_done and one.due_at is not None and one.due_at < now
    return Lane(icon, str(name), who, bar, ": ".join(said), "late" if is_late else "")


def _shipment(one: Shipment, scale: Scale, today: date, actor: Actor, now: datetime) -> Lane:
    since = one.made_at.astimezone(actor.zone).date()
    end = one.delivered_at or one.shipped_at or one.packed_at
    is_done = one.state in ("shipped", "delivered")
    bar = bar_of(scale, since, end.astimezone(actor.zone).date() if end else today, today, is_done=is_done)
    said = f"{SHIPMENT_WORDS[one.state]}, {day_words(end or one.made_at, actor, now)}"
    if one.tracking:
        said += f" · {one.tracking}"
    icon, name = PART_WORDS["shipment"]
    return Lane(icon, f"{name} № {one.number}", one.place.name, bar, said)
