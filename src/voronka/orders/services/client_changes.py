"""A client changes his order himself on its page: another day, another address, less of it or more."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict
from voronka.orders.models import Order, OrderLine, Shipment
from voronka.orders.permissions import CHANGE
from voronka.orders.rules import client_page
from voronka.orders.rules.pricing import ZERO, part_of
from voronka.orders.services.addresses import keep_delivery
from voronka.orders.services.changing import change
from voronka.orders.services.drafts import LineDraft, OrderDraft, delivery_price, draft_of
from voronka.orders.services.locking import bumped, lines_of, lock_order
from voronka.people.services.cleaning import Problems, fit

DAYS_AHEAD = 60
_EVENING = time(20)


@dataclass(frozen=True, slots=True)
class Wish:
    """How a client wants his order: None, an empty name, or a line that is not named, stays as it is.

    `hours` are one of the delivery method's intervals, an empty pair for any hour; `comment` is said beside what was
    said before; `quantities` are by position, zero takes a line away. `keep_address` puts the address among his own.
    """

    day: date | None = None
    hours: tuple[time, time] | tuple[()] | None = None
    city: str | None = None
    address: str | None = None
    recipient_name: str = ""
    recipient_phone: str = ""
    comment: str = ""
    quantities: Mapping[int, Decimal] = field(default_factory=dict)
    keep_address: bool = False


class Recounted(Conflict):
    """The order would come to another sum than the client has agreed to: `total`."""

    code = "recounted"

    def __init__(self, message: str, total: Decimal) -> None:
        """Keep the sum."""
        super().__init__(message)
        self.total = total


def is_being_picked(order: Order) -> bool:
    """Tell whether somebody picks the order, or has sent some of it."""
    return Shipment.objects.filter(order=order).exclude(state=Shipment.State.CANCELLED).exists()


def first_day(order: Order, now: datetime, zone: tzinfo) -> date:
    """Return the first day that a client may wish, by the company's clock: the one that is promised, else tomorrow."""
    said = order.delivery_on
    if said is None and order.promised_at is not None:
        said = order.promised_at.astimezone(zone).date()
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return max(said, tomorrow) if said is not None else tomorrow


def hours_of(order: Order) -> list[tuple[str, str]]:
    """Return the hours that a client may choose among: those of the way, and those that were agreed with him."""
    found = [(since, until) for since, until in (order.delivery_method.intervals if order.delivery_method else [])]
    if order.delivery_from is not None and order.delivery_to is not None:
        agreed = f"{order.delivery_from:%H:%M}", f"{order.delivery_to:%H:%M}"
        found += [agreed] if agreed not in found else []
    return found


@again
@transaction.atomic
def change_by_client(
    public_id: str, wish: Wish, *, agreed: Decimal, version: int, actor: Actor, now: datetime
) -> Order:
    """Change an order as its client wishes, while nobody has begun to pick it.

    More of a line is sold at the price of today, less keeps the price of the order. `agreed` is the sum that the client
    has seen: where the order comes to another one, nothing is done and Recounted says to which. Raises NotFound,
    Conflict `too_late` or of another version, OutOfStock, Invalid at the places of the form.
    """
    order = lock_order(actor, public_id, CHANGE, version=version)
    lines = list(lines_of(order))
    if not client_page.may_change(order.phase, [one.shipped for one in lines], is_picked=is_being_picked(order)):
        raise Conflict(_("We are putting the order together already: call the shop to change it."), code="too_late")
    draft = _wished(order, lines, wish, actor, now)
    before = order.promised_at
    order = change(public_id, draft, actor=actor, version=version, now=now)
    if order.total != agreed:
        raise Recounted(_("With this the order comes to another sum: look at it and press again."), order.total)
    if before is not None and order.promised_at is not None and order.promised_at > before:
        order.late_cause = _("The client moved the day")
        bumped(order, "late_cause")
    if wish.keep_address:
        keep_delivery(order, actor=actor, now=now)
    return order


def _wished(order: Order, lines: list[OrderLine], wish: Wish, actor: Actor, now: datetime) -> OrderDraft:
    problems = Problems()
    draft = draft_of(order, lines)
    changes: dict[str, object] = {}
    for name, most in (("city", 120), ("address", 500)):
        said = getattr(wish, name)
        if said is not None:
            changes[name] = fit(name, said, most, problems)
    if said := fit("wish", wish.comment, 2_000, problems, lines=True):
        changes["comment"] = "\n".join(one for one in (order.comment, said) if one)[:4_000]
    for name, most in (("recipient_name", 200), ("recipient_phone", 40)):
        said = fit(name, getattr(wish, name), most, problems)
        if said:
            changes[name] = said
    if "recipient_phone" in changes and not 5 <= sum(one.isdigit() for one in wish.recipient_phone) <= 15:
        problems.add("recipient_phone", _("This is not a phone."))
    changes |= _day(order, wish, actor, now, problems)
    changes |= _contents(order, lines, draft, wish, problems)
    problems.settle()
    return replace(draft, **changes)  # type: ignore[arg-type]  # by the names of its own fields


def _day(order: Order, wish: Wish, actor: Actor, now: datetime, problems: Problems) -> dict[str, object]:
    found: dict[str, object] = {}
    if wish.day is not None and wish.day != order.delivery_on:
        today = now.astimezone(actor.zone).date()
        first = first_day(order, now, actor.zone)
        if not first <= wish.day <= today + timedelta(days=DAYS_AHEAD):
            problems.add("day", _("Choose a day from %(first)s to %(last)s.") % {
                "first": first.strftime("%d.%m"), "last": (today + timedelta(days=DAYS_AHEAD)).strftime("%d.%m"),
            })  # fmt: skip
        found["delivery_on"] = wish.day
    since, until = order.delivery_from, order.delivery_to
    if wish.hours is not None:
        since, until = wish.hours or (None, None)
        if wish.hours and (f"{wish.hours[0]:%H:%M}", f"{wish.hours[1]:%H:%M}") not in hours_of(order):
            problems.add("hours", _("Choose one of the list."))
        found |= {"delivery_from": since, "delivery_to": until}
    day = wish.day or order.delivery_on
    if day is not None and (found.keys() & {"delivery_on", "delivery_to"}) and (day, until) != (
        order.delivery_on, order.delivery_to
    ):  # fmt: skip
        found["promised_at"] = datetime.combine(day, until or _EVENING, actor.zone)
    return found


def _contents(
    order: Order, lines: list[OrderLine], draft: OrderDraft, wish: Wish, problems: Problems
) -> dict[str, object]:
    """Return the lines as they are wished, and the delivery's cost where it follows the sum."""
    wanted: list[LineDraft] = []
    known = {one.position for one in lines}
    if wish.quantities.keys() - known:
        problems.add("lines", _("There is no such line in the order."))
    for line, held in zip(lines, draft.lines, strict=True):
        many = wish.quantities.get(line.position, line.quantity)
        if many < line.quantity and many:
            off = part_of(held.discount or ZERO, line.quantity, many, ZERO, Decimal(0))
            wanted.append(replace(held, quantity=many, discount=off))
        elif many:
            wanted.append(held)
        if many > line.quantity:
            if line.variant_id is None:
                problems.add(f"line-{line.position}", _("Call the shop for more of this."))
                continue
            wanted.append(LineDraft(many - line.quantity, line.variant_id, options=line.options))
    if not wanted:
        problems.add("lines", _("Nothing is left of the order: cancel it instead."))
    if all(wish.quantities.get(one.position, one.quantity) == one.quantity for one in lines):
        return {}
    goods = sum((one.total for one in lines), ZERO)
    is_by_method = order.delivery_cost == delivery_price(order.delivery_method, goods)
    return {"lines": wanted, "delivery_cost": None if is_by_method else order.delivery_cost}
