"""Orders are changed and cancelled at any step; stock, parts and sums follow in the same transaction."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.events import publish
from voronka.loyalty import services as loyalty
from voronka.orders.events import OrderChanged
from voronka.orders.models import Order, OrderLine, OrderPart, Shipment, ShipmentLine
from voronka.orders.permissions import CHANGE
from voronka.orders.rules.pricing import ZERO
from voronka.orders.services.drafts import Counted, OrderDraft, count, with_promo
from voronka.orders.services.finishing import settle_left
from voronka.orders.services.locking import bumped, holder_of, lines_of, lock_order, require_open
from voronka.orders.services.owing import owed_now
from voronka.orders.services.placing import (
    OnShort,
    Short,
    fill_head,
    promo_lines,
    promo_words,
    reserve_lines,
    write_shorts,
)
from voronka.orders.services.return_delivery import require_covered
from voronka.orders.services.returning import gone_of
from voronka.orders.services.tasks import end_parts
from voronka.stock import queries as stock_queries
from voronka.stock import services as stock


@again
@transaction.atomic
def change(
    public_id: str,
    draft: OrderDraft,
    *,
    actor: Actor,
    version: int,
    now: datetime,
    on_short: OnShort = "refuse",
) -> Order:
    """Write an order anew as the draft says; lines name the ones they were by `position`.

    Goods are let go of and promised as quantities change; what is being picked or has left stays. Raises Denied,
    NotFound, Conflict (another version, an ended order, less than has left), OutOfStock, Invalid.
    """
    order = lock_order(actor, public_id, CHANGE, version=version)
    require_open(order)
    _require_same(order, draft)
    olds = {one.position: one for one in lines_of(order)}
    counted = count(draft, actor=actor, now=now, kept=olds)
    lines = list(counted.lines)
    _require_left(olds, lines, _picked(order))
    top = max([*olds, 0])
    for line in lines:
        if not line.position:
            top += 1
            line.position = top
    before = order.total
    counted = _follow_promo(order, draft, counted, actor=actor, now=now)
    _require_given_back(order, olds, lines)
    require_covered(order, counted.whole.delivery, counted.whole.delivery_tax)
    fill_head(order, draft, counted)
    order.owed = owed_now(order, list(olds.values()))
    if draft.responsible_id is not None:
        order.responsible_id = draft.responsible_id
    order.version += 1
    _write_lines(order, olds, lines, now)
    shorts = _follow(order, olds, lines, draft, actor=actor, now=now, on_short=on_short)
    if draft.place_id is not None:
        order.place_id = draft.place_id
    order.save()
    write_shorts(order, shorts, now)
    settle_left(order, actor=actor, now=now)
    publish(OrderChanged(order_id=order.pk, client_id=order.client_id, total=str(order.total), was=str(before)))
    return order


def _follow_promo(order: Order, draft: OrderDraft, counted: Counted, *, actor: Actor, now: datetime) -> Counted:
    """Let the promo code follow: another one, none, or the same reckoned anew on the lines as they are now."""
    holder = loyalty.Holder("order", order.pk)
    lines = promo_lines(counted.lines)
    if draft.promo is None and order.promo_code_id is None:
        return counted
    if draft.promo is None or (order.promo_code and order.promo_code.code.upper() == draft.promo.strip().upper()):
        # The same code typed again is used already: its day and its counters are those of the first time.
        used = loyalty.amend(holder, lines, actor=actor, now=now, operation=uuid.uuid4())
    elif draft.promo:
        used = loyalty.exchange(
            draft.promo, holder, order.client_id, lines, actor=actor, now=now, operation=uuid.uuid4()
        )
    else:
        loyalty.reverse(holder, actor=actor, now=now)
        used = None
    if used is None:
        order.promo_code_id, order.promo_words = None, ""
        return counted
    order.promo_code_id, order.promo_words = used.code_id, promo_words(used)
    return with_promo(counted, used.discounts)


@transaction.atomic
def explain_delay(public_id: str, cause: str, *, actor: Actor, now: datetime) -> Order:
    """Say why an order is late, and tell the client's page of a new promise by `change`. Raises Denied, NotFound."""
    order = lock_order(actor, public_id, CHANGE)
    tidy = " ".join(cause.split())[:200]
    if order.late_cause != tidy:
        order.late_cause = tidy
        bumped(order, "late_cause")
        publish(
            OrderChanged(order_id=order.pk, client_id=order.client_id, total=str(order.total), was=str(order.total))
        )
    return order


def _require_same(order: Order, draft: OrderDraft) -> None:
    if draft.client_id != order.client_id:
        message = _("The client of an order stays: cancel it and make another one.")
        raise Invalid(message, fields={"client": message})


def _picked(order: Order) -> dict[int, Decimal]:
    """Return by position how many pieces lie in shipments that are picked or packed; of kits, one piece each."""
    rows = ShipmentLine.objects.filter(shipment__order=order, shipment__state__in=["picking", "packed"])
    found: dict[int, Decimal] = {}
    for position, variant_id, own_id, quantity in rows.values_list(
        "line__position", "variant_id", "line__variant_id", "quantity"
    ):
        if variant_id == own_id:
            found[position] = found.get(position, Decimal(0)) + quantity
        else:
            found[position] = max(found.get(position, Decimal(0)), Decimal("0.001"))
    return found


def _require_left(olds: dict[int, OrderLine], lines: Sequence[OrderLine], picked: dict[int, Decimal]) -> None:
    """Refuse to order less of a line than has left or is being picked, or to change the money of what has left."""
    now = {one.position: one for one in lines if one.position}
    if len(now) != sum(1 for one in lines if one.position):
        raise Invalid(_("One line of the order is named twice."), code="line_twice")
    wrong: dict[str, str] = {}
    for position, old in olds.items():
        new = now.get(position)
        least = old.shipped + picked.get(position, Decimal(0))
        if (new.quantity if new else Decimal(0)) < least:
            wrong[f"quantity-{position}"] = _("%(name)s: %(n)s have left already or are being picked.") % {
                "name": old.name, "n": f"{least.normalize():f}",
            }  # fmt: skip
        elif new is not None and old.shipped and (new.price, new.vat) != (old.price, old.vat):
            wrong[f"price-{position}"] = _("%(name)s has left at its price: write the rest as another line.") % {
                "name": old.name
            }
    if wrong:
        raise Conflict(" ".join(list(wrong.values())[:20]), code="left_already", fields=wrong)


def _require_given_back(order: Order, olds: dict[int, OrderLine], lines: Sequence[OrderLine]) -> None:
    """Refuse to let a line cost less than what its returns have promised the client for it."""
    gone = gone_of(order)
    wrong: dict[str, str] = {}
    for line in lines:
        old = olds.get(line.position)
        _many, money, tax = gone.get(old.pk if old is not None else 0, (ZERO, ZERO, ZERO))
        if line.total < money or line.tax < tax:
            wrong[f"price-{line.position}"] = _("%(name)s: more than that is to be given back for it.") % {
                "name": line.name
            }
    if wrong:
        raise Conflict(" ".join(list(wrong.values())[:20]), code="given_back", fields=wrong)


_KEPT = ("pk", "shipped", "returned", "shipped_cost")
_WRITTEN = (
    "name",
    "unit",
    "quantity",
    "price",
    "discount",
    "promo_discount",
    "vat",
    "percent",
    "tax",
    "total",
    "cost",
    "options",
)


def _write_lines(order: Order, olds: dict[int, OrderLine], lines: Sequence[OrderLine], now: datetime) -> None:
    kept = {one.position for one in lines}
    gone = [one.pk for position, one in olds.items() if position not in kept]
    if gone:
        live = OrderPart.objects.filter(line_id__in=gone, state__in=["waiting", "doing"]).order_by("id")
        end_parts(live, now, state=OrderPart.State.CANCELLED)
        OrderPart.objects.filter(line_id__in=gone).update(line=None)
        ShipmentLine.objects.filter(line_id__in=gone, shipment__state=Shipment.State.CANCELLED).delete()
        OrderLine.objects.filter(pk__in=gone).delete()
    new, same = [], []
    for line in lines:
        line.order = order
        old = olds.get(line.position)
        if old is None:
            new.append(line)
            continue
        for name in _KEPT:
            setattr(line, name, getattr(old, name))
        if any(getattr(line, name) != getattr(old, name) for name in _WRITTEN):
            same.append(line)
    OrderLine.objects.bulk_create(new)
    if same:
        OrderLine.objects.bulk_update(same, _WRITTEN)


def _follow(
    order: Order,
    olds: dict[int, OrderLine],
    lines: Sequence[OrderLine],
    draft: OrderDraft,
    *,
    actor: Actor,
    now: datetime,
    on_short: OnShort,
) -> Sequence[Short]:
    """Let the promises follow the lines: first what is wanted no more comes free, then what is new is promised."""
    held = promised(order)
    less: dict[int, Decimal] = {}
    more: list[tuple[int, int | None, Decimal]] = []
    waiting = _waiting(order)
    by_position = {one.position: one for one in lines}
    for position in sorted({*olds, *by_position}):
        line = by_position.get(position)
        wanted = line.quantity - line.shipped if line is not None and line.is_goods else Decimal(0)
        has = held.get(position, Decimal(0))
        wanted -= min(waiting.get(position, Decimal(0)), max(wanted - has, Decimal(0)))
        if wanted < has:
            less[position] = has - wanted
        elif wanted > has and line is not None:
            more.append((position, line.variant_id, wanted - has))
    if less:
        stock.release(holder_of(order), actor=actor, now=now, lines=less)
        again = promised(order)
        # Kits are let go of whole.
        more += [
            (at, by_position[at].variant_id, held[at] - less[at] - again.get(at, Decimal(0)))
            for at in less
            if at in by_position and held[at] - less[at] > again.get(at, Decimal(0))
        ]
    _trim(order, lines, now)
    if not more:
        return []
    return reserve_lines(
        order.pk, more, draft, actor=actor, now=now, operation=uuid.uuid4(), on_short=on_short
    )[1]  # fmt: skip


def promised(order: Order) -> dict[int, Decimal]:
    """Return how many of each line, by its position, are promised and have not left; kits are counted whole."""
    rows = OrderLine.objects.filter(order=order).values_list("position", "variant_id", "quantity", "shipped")
    own = {position: (variant_id, quantity - shipped) for position, variant_id, quantity, shipped in rows}
    found: dict[int, Decimal] = {}
    for one in stock_queries.held_for("order", order.pk):
        variant_id, left = own.get(one.line, (one.variant_id, Decimal(0)))
        if variant_id == one.variant_id:
            found[one.line] = found.get(one.line, Decimal(0)) + one.quantity
        else:
            found[one.line] = left  # a kit is promised whole or not at all
    return found


def _waiting(order: Order) -> dict[int, Decimal]:
    """Return how many of each line wait for goods that are not there."""
    rows = OrderPart.objects.filter(
        order=order, kind=OrderPart.Kind.PURCHASE, state__in=["waiting", "doing"], line__isnull=False
    )
    found: dict[int, Decimal] = {}
    for position, quantity in rows.values_list("line__position", "quantity"):
        found[position] = found.get(position, Decimal(0)) + (quantity or Decimal(0))
    return found


def _trim(order: Order, lines: Sequence[OrderLine], now: datetime) -> None:
    """Let no more wait than a line still wants beside what is promised."""
    held = promised(order)
    wants = {one.position: one.quantity - one.shipped - held.get(one.position, Decimal(0)) for one in lines}
    rows = OrderPart.objects.select_related("line").filter(
        order=order, kind=OrderPart.Kind.PURCHASE, state__in=["waiting", "doing"], line__isnull=False
    )
    for part in rows.order_by("id"):
        left = max(wants.get(part.line.position, Decimal(0)), Decimal(0))
        if left == 0:
            end_parts([part], now, state=OrderPart.State.CANCELLED)
            continue
        part.quantity = min(part.quantity or Decimal(0), left)
        wants[part.line.position] = left - part.quantity
        part.save(update_fields=["quantity"])
