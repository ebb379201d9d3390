"""What the client gives back, to any place of the company; the same ordered again."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.orders import ports
from voronka.orders.models import Order, OrderLine, Return, ReturnLine
from voronka.orders.permissions import MAKE, RETURN
from voronka.orders.queries.reach import require_reach
from voronka.orders.rules.pricing import ZERO, part_of
from voronka.orders.services import return_delivery
from voronka.orders.services.carrying import carry, close_refunded, tell_of
from voronka.orders.services.drafts import OrderDraft, draft_of
from voronka.orders.services.finishing import close_if_done
from voronka.orders.services.locking import bumped, lines_of, lock_order, next_number
from voronka.orders.services.owing import owed_now
from voronka.orders.services.placing import OnShort, place
from voronka.orders.services.return_delivery import DEAD
from voronka.stock import services as stock

CONDITIONS = frozenset(ReturnLine.Condition.values)


@dataclass(frozen=True, slots=True)
class Back:
    """So many of the line at a position come back."""

    position: int
    quantity: Decimal
    condition: str = "sale"


@transaction.atomic
def ask_return(
    public_id: str,
    goods: Sequence[Back],
    *,
    actor: Actor,
    now: datetime,
    operation: uuid.UUID,
    reason: str = "",
    kind: str = "return",
    fault: str = "client",
    delivery: Decimal | None = None,
) -> Return:
    """Write down what the client wants to give back and what he gets for it: his shares of the lines' sums.

    The last pieces of a line take what is left of its sum, so that all its returns together are the line to the kopeck.
    `delivery` is how much of that goes back as well; None: all that is left of it, where the reason asks for it
    (`return_delivery.goes_back`); never more than was charged, over all returns of the order. The same operation
    returns what it wrote. Raises Denied, NotFound, Conflict for more than he has, Invalid.
    """
    order = lock_order(actor, public_id, RETURN, by_record=False)
    known = Return.objects.filter(operation=operation).first()
    if known is not None and known.order_id == order.pk:
        return known
    if known is not None:
        raise Conflict(_("The form has lost its number: open it anew."), code="operation")
    if kind not in Return.Kind.values:
        raise Invalid(_("Choose one of the list."), fields={"kind": _("Choose one of the list.")})
    if fault not in Return.Fault.values:
        raise Invalid(_("Choose one of the list."), fields={"fault": _("Choose one of the list.")})
    lines = asked_lines(order, goods)
    made = Return(
        order=order, operation=operation, kind=kind, reason=" ".join(reason.split())[:300], made_at=now,
        employee_id=actor.employee_id, fault=fault,
    )  # fmt: skip
    return_delivery.give(order, made, lines, delivery)
    made.number = next_number("return")
    made.save(force_insert=True)
    for one in lines:
        one.back = made
    ReturnLine.objects.bulk_create(lines)
    bumped(order)
    tell_of(made)
    return made


def asked_lines(order: Order, goods: Sequence[Back]) -> list[ReturnLine]:
    """Return the lines of a return with their shares. Raises Invalid, Conflict naming the lines at fault."""
    if not goods:
        raise Invalid(_("Say what comes back."), code="no_lines", fields={"lines": _("Say what comes back.")})
    lines = {one.position: one for one in lines_of(order)}
    gone = gone_of(order)
    wrong: dict[str, str] = {}
    wanted: dict[tuple[int, str], Decimal] = {}
    for one in goods:
        many = one.quantity
        if one.position not in lines or one.condition not in CONDITIONS:
            wrong[f"line-{one.position}"] = _("There is no such line in the order.")
        elif not many.is_finite() or many <= 0 or many >= 10**9 or many.quantize(Decimal("0.001")) != many:
            wrong[f"quantity-{one.position}"] = _("Say how many.")
        else:
            key = (one.position, one.condition)
            wanted[key] = wanted.get(key, Decimal(0)) + many
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    found = []
    for (position, condition), many in sorted(wanted.items()):
        line = lines[position]
        count, money, tax = gone.get(line.pk, (Decimal(0), ZERO, ZERO))
        if count + many > line.shipped:
            wrong[f"quantity-{position}"] = _("%(name)s: the client has only %(n)s to give back.") % {
                "name": line.name, "n": f"{max(line.shipped - count, Decimal(0)).normalize():f}",
            }  # fmt: skip
            continue
        part = part_of(line.total, line.quantity, many, money, count)
        part_tax = min(part_of(line.tax, line.quantity, many, tax, count), part)
        gone[line.pk] = (count + many, money + part, tax + part_tax)
        found.append(ReturnLine(line=line, quantity=many, sum=part, tax=part_tax, condition=condition))
    if wrong:
        raise Conflict(" ".join(wrong.values()), code="more_than_shipped", fields=wrong)
    return found


def gone_of(order: Order) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """Return by line what live returns take: how many, what sum, what tax of it."""
    rows = ReturnLine.objects.filter(back__order=order).exclude(back__state__in=DEAD)
    told = rows.values("line_id").annotate(many=Sum("quantity"), money=Sum("sum"), taxes=Sum("tax")).order_by()
    return {row["line_id"]: (row["many"], row["money"], row["taxes"]) for row in told}


def _lock_both(actor: Actor, public_id: str) -> tuple[Order, Return]:
    order_id = Return.objects.filter(public_id=public_id).values_list("order__public_id", flat=True).first()
    if order_id is None:
        raise NotFound(_("There is no such return."))
    order = lock_order(actor, order_id, RETURN, by_record=False)
    back = Return.objects.select_for_update().get(public_id=public_id)
    return order, back


def _require_asked(back: Return) -> None:
    if back.state != Return.State.ASKED:
        words = {
            "received": _("Return № %(number)d is received already."),
            "refunded": _("Return № %(number)d is paid back already."),
            "rejected": _("Return № %(number)d is rejected."),
            "cancelled": _("Return № %(number)d is withdrawn."),
        }[back.state]
        raise Conflict(words % {"number": back.number}, code=f"return_{back.state}")


@again
@transaction.atomic
def receive_return(
    public_id: str,
    place_id: int,
    *,
    actor: Actor,
    now: datetime,
    conditions: Mapping[int, str] | None = None,
    delivery: Decimal | None = None,
) -> Return:
    """Take what comes back in at any place, at the cost at which it left; what is damaged goes off the books at once.

    `conditions` say by the ids of the return's lines what they turned out to be, `delivery` how much of that goes back
    (None: as it was written down). What was paid for goods that are exchanged pays the order of those given instead.
    An order of which the client has paid what he kept is closed by it; of which all came back, a person says what
    became of it. Received already: nothing happens.
    """
    order, back = _lock_both(actor, public_id)
    if back.state in (Return.State.RECEIVED, Return.State.REFUNDED):
        return back
    _require_asked(back)
    rows = list(back.lines.select_related("line").order_by("id"))
    for row in rows:
        turned = (conditions or {}).get(row.pk, row.condition)
        if turned not in CONDITIONS:
            raise Invalid(_("Choose one of the list."), fields={f"condition-{row.pk}": _("Choose one of the list.")})
        if turned != row.condition:
            row.condition = turned
            row.save(update_fields=["condition"])
    if delivery is not None:
        return_delivery.give(order, back, rows, delivery)
        back.save(update_fields=["sum", "delivery", "delivery_tax"])
    _take_in(order, back, rows, place_id, actor=actor, now=now)
    for row in rows:
        line = OrderLine.objects.get(pk=row.line_id)
        line.returned += row.quantity
        line.save(update_fields=["returned"])
    back.state, back.place_id, back.received_at = Return.State.RECEIVED, place_id, now
    back.version += 1
    back.save(update_fields=["state", "place", "received_at", "version"])
    lines = lines_of(order)
    order.owed = owed_now(order, lines)
    bumped(order, "owed")
    tell_of(back)
    if any(one.returned < one.quantity for one in lines):
        close_if_done(order, actor=actor, now=now)
    return carry(order, back, actor=actor, now=now)


def _take_in(
    order: Order, back: Return, rows: Sequence[ReturnLine], place_id: int, *, actor: Actor, now: datetime
) -> None:
    goods: list[tuple[int, Decimal]] = []
    damaged: list[tuple[int, Decimal]] = []
    for row in rows:
        if not row.line.is_goods or row.line.variant_id is None:
            continue
        parts = list(catalogue.taken_from_stock({row.line.variant_id: row.quantity}).items())
        goods += parts
        if row.condition == ReturnLine.Condition.DAMAGED:
            damaged += parts
    if not goods:
        return
    # Who may take returns brings the goods to their place as well, whatever else he may do in the stock.
    keeper = replace(Actor.system(actor.company_id), employee_id=actor.employee_id)
    stock.return_in(
        "order", order.pk, goods, place_id, actor=keeper, now=now, operation=uuid.uuid5(back.operation, "in")
    )
    if damaged:
        # Who may take returns in may find them damaged; the right to write off other goods is another matter.
        stock.write_off(
            damaged, place_id, actor=keeper, now=now,
            operation=uuid.uuid5(back.operation, "off"), paper="order_return", paper_id=back.pk,
        )  # fmt: skip


@transaction.atomic
def reject_return(public_id: str, cause: str, *, actor: Actor, now: datetime, withdrawn: bool = False) -> Return:
    """Say that a return is not taken, or that the client has withdrawn it; he may ask again. Said again: nothing."""
    order, back = _lock_both(actor, public_id)
    state = Return.State.CANCELLED if withdrawn else Return.State.REJECTED
    if back.state == state:
        return back
    _require_asked(back)
    if not withdrawn and not cause.strip():
        raise Invalid(_("Say why it is not taken."), fields={"cause": _("Say why it is not taken.")})
    back.state, back.closed_at = state, now
    back.reason = " · ".join(one for one in (back.reason, " ".join(cause.split())) if one)[:300]
    back.version += 1
    back.save(update_fields=["state", "closed_at", "reason", "version"])
    bumped(order)
    tell_of(back)
    return back


@transaction.atomic
def note_refunded(return_id: int, *, now: datetime) -> Return:
    """Keep that the money of a return went back: billing says so. Said again, it changes nothing."""
    order_id = Return.objects.filter(pk=return_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound(_("There is no such return."))
    order = Order.objects.select_for_update().get(pk=order_id)
    back = Return.objects.select_for_update().get(pk=return_id)
    if back.state == Return.State.REFUNDED:
        return back
    if back.state != Return.State.RECEIVED:
        raise Conflict(
            _("Return № %(number)d is to be received first.") % {"number": back.number}, code="not_received"
        )
    close_refunded(back, now)
    bumped(order)
    return back


def settle_returns(order: Order, *, now: datetime) -> None:
    """Let received returns be paid back where no more has been kept of the order's money than what stays is worth.

    The order is locked, and money of it has just gone back: of those that wait the oldest return takes it first. What
    has come off the order's papers and is still to be given back is kept as well, so long as its provider has not
    said that it went back.
    """
    states = (Return.State.RECEIVED, Return.State.REFUNDED)
    rows = list(Return.objects.select_for_update().filter(order=order, state__in=states).order_by("id"))
    stays = order.owed + sum((back.sum for back in rows if back.state == Return.State.RECEIVED), ZERO)
    keeper = ports.money()
    kept = order.paid + keeper.to_give(order.pk) + keeper.asked(order.pk)
    for back in rows:
        if back.state == Return.State.RECEIVED:
            stays -= back.sum
            if kept <= stays:
                close_refunded(back, now)


@again
@transaction.atomic
def repeat(
    public_id: str, *, actor: Actor, now: datetime, operation: uuid.UUID, on_short: OnShort = "refuse"
) -> Order:
    """Order the same again at the prices of today. Raises Denied, NotFound, OutOfStock, Invalid."""
    order = Order.objects.filter(public_id=public_id).select_related(
        "responsible", "delivery_method", "payment_method"
    ).first()  # fmt: skip
    if order is None:
        raise NotFound(_("There is no such order."))
    require_reach(actor, order, MAKE)
    return place(repeated(order), actor=actor, now=now, operation=operation, on_short=on_short)


def repeated(order: Order) -> OrderDraft:
    """Return the draft of the same again: what has a price in the catalogue at that of today, the rest as it was."""
    draft = draft_of(order, lines_of(order))
    lines = [
        replace(
            one, position=None, discount=None if one.variant_id else ZERO, vat="",
            price=None if one.variant_id is not None else one.price,
        )
        for one in draft.lines
    ]  # fmt: skip
    return replace(
        draft, lines=lines, delivery_cost=None, outer_number="", promised_at=None, delivery_on=None,
        delivery_from=None, delivery_to=None, repeat_of_id=order.pk, place_id=None, routing={},
        subject=None,
    )  # fmt: skip
