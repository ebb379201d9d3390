"""An order is placed: all of it, or nothing."""

import functools
import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import DateTimeField, DecimalField
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.events import packed
from voronka.kit.ids import new_public_id
from voronka.kit.tenancy import current_company_id
from voronka.loyalty import services as loyalty
from voronka.orders.events import OrderPlaced
from voronka.orders.models import Order, OrderLine, OrderPart
from voronka.orders.permissions import MAKE
from voronka.orders.services.drafts import Counted, OrderDraft, count, with_promo
from voronka.orders.services.tasks import open_tasks
from voronka.people import queries as people
from voronka.stock import services as stock

OnShort = Literal["refuse", "backorder"]
HOLDER = "order"
TRIES = 8


@dataclass(frozen=True, slots=True)
class Short:
    """So many of a line could not be promised now."""

    position: int
    variant_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Placed:
    """An order just placed as its tables hold it, so that whoever tells of it need not read it back."""

    order: Order
    lines: Sequence[OrderLine]
    status_code: str


def place(
    draft: OrderDraft, *, actor: Actor, now: datetime, operation: uuid.UUID, on_short: OnShort = "refuse"
) -> Order:
    """Write an order with its lines and promise its goods, or do nothing at all.

    The same operation sent again returns the order it placed. With `backorder` what is short waits as parts of the
    order (purchase), else OutOfStock names every short line by its number. Raises Denied, NotFound, Invalid naming the
    lines at fault, Conflict where the channel's number is taken.
    """
    return place_whole(draft, actor=actor, now=now, operation=operation, on_short=on_short).order


@again
@transaction.atomic
def place_whole(
    draft: OrderDraft, *, actor: Actor, now: datetime, operation: uuid.UUID, on_short: OnShort = "refuse"
) -> Placed:
    """Do what `place` does and return all that was written."""
    client = people.get_client_for(actor, MAKE, client_id=draft.client_id, address=draft.client)
    draft = replace(draft, client_id=client.pk)
    order_id, is_done, status_id, phase, status_code = _begin(operation)
    if is_done:
        return _placed(order_id, client.pk)
    if status_id is None:
        raise Conflict(_("There is no status in which orders begin: Settings, Orders."), code="no_status")
    counted = count(draft, actor=actor, now=now)
    for position, line in enumerate(counted.lines, 1):
        line.position = position
    _require_new_number(draft)
    counted, used = _use_promo(order_id, draft, counted, actor=actor, now=now, operation=operation)
    reserved, shorts = reserve_lines(
        order_id, [(one.position, one.variant_id, one.quantity) for one in counted.lines if one.is_goods],
        draft, actor=actor, now=now, operation=operation, on_short=on_short,
    )  # fmt: skip
    order = Order(pk=order_id, operation=operation, status_id=status_id, phase=phase, status_at=now, made_at=now)
    order.public_id = new_public_id()
    fill_head(order, draft, counted)
    order.owed = order.total
    order.client = client
    order.responsible_id = draft.responsible_id or client.responsible_id or actor.employee_id
    if used is not None:
        order.promo_code_id, order.promo_words = used.code_id, promo_words(used)
    places = {one.place_id for one in reserved}
    order.place_id = draft.place_id or (places.pop() if len(places) == 1 else None)
    order.link_hash = hash_of(token_of(order))
    order.first_promised_at = order.promised_at
    told = OrderPlaced(
        order_id=order_id, client_id=client.pk, channel=order.channel, total=str(order.total),
        lines=len(counted.lines),
    )  # fmt: skip
    order.number = _write(order, counted.lines, packed(told), actor)
    order._state.adding = False
    write_shorts(order, shorts, now)
    return Placed(_as_stored(order), [_as_stored(one) for one in counted.lines], status_code)


def _placed(order_id: int, client_id: int) -> Placed:
    """Return the order that an operation has placed, to its own client alone."""
    found = Order.objects.get(pk=order_id)
    if found.client_id != client_id:
        raise Conflict(_("The form has lost its number: open it anew."), code="operation")
    return Placed(found, list(found.lines.order_by("position")), found.status.code)


R = TypeVar("R", Order, OrderLine)


def _as_stored(row: R) -> R:
    """Return the row as it is read back: what was typed as 2 as 2.000, moments by the clock of Greenwich."""
    for name, step in _stored(type(row)):
        value = getattr(row, name)
        if value is not None:
            setattr(row, name, value.astimezone(UTC) if step is None else Decimal(value).quantize(step))
    return row


@functools.cache
def _stored(model: type[Order] | type[OrderLine]) -> tuple[tuple[str, Decimal | None], ...]:
    """Return the columns of moments (None) and of numbers, with how fine their table keeps them."""
    return tuple(
        (one.attname, Decimal(1).scaleb(-one.decimal_places) if isinstance(one, DecimalField) else None)
        for one in model._meta.concrete_fields
        if isinstance(one, DecimalField | DateTimeField)
    )


def hold(what: object) -> None:
    """Let others who name the same operation or number wait until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [str(what), current_company_id()])


def _use_promo(
    order_id: int, draft: OrderDraft, counted: Counted, *, actor: Actor, now: datetime, operation: uuid.UUID
) -> tuple[Counted, loyalty.Quote | None]:
    """Use the code of the draft; its lock is taken before those of the stock, as in every verb of orders."""
    if not draft.promo:
        return counted, None
    used = loyalty.redeem(
        draft.promo, loyalty.Holder(HOLDER, order_id), draft.client_id, promo_lines(counted.lines), actor=actor,
        now=now, operation=operation,
    )  # fmt: skip
    return with_promo(counted, used.discounts), used


def promo_lines(lines: Sequence[OrderLine]) -> list[loyalty.Line]:
    """Return lines as promo codes see them: before the code, after their own discounts."""
    return [loyalty.Line(one.variant_id, one.total) for one in lines]


def promo_words(used: loyalty.Quote) -> str:
    """Return what an order says of its code."""
    return " · ".join(one for one in (used.code, used.name) if one)[:200]


def _begin(operation: uuid.UUID) -> tuple[int, bool, int | None, str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT order_id, is_done, status_id, phase, status_code FROM orders_begin(%s)", [operation])
        row: tuple[int, bool, int | None, str, str] = cursor.fetchone()
    return row


class _Exact(DjangoJSONEncoder):
    """Django's own cuts moments off after the millisecond; the table keeps them whole."""

    def default(self, o: object) -> Any:
        """Return a moment as text, anything else as Django does."""
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def _write(order: Order, lines: Sequence[OrderLine], events: str, actor: Actor) -> int:
    head = json.dumps(_plain(order), cls=_Exact, ensure_ascii=False)
    rows = json.dumps([_plain(one) for one in lines], cls=_Exact, ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT orders_place(%s::jsonb, %s::jsonb, %s::jsonb, %s)", [head, rows, events, actor.employee_id]
        )
        return int(cursor.fetchone()[0])


def _plain(row: Order | OrderLine) -> dict[str, Any]:
    """Return the columns of a row; nothing of it is read from the database."""
    return {name: getattr(row, name) for name in _columns(type(row))}


@functools.cache
def _columns(model: type[Order] | type[OrderLine]) -> tuple[str, ...]:
    return tuple(one.attname for one in model._meta.concrete_fields if one.attname not in ("company_id", "order_id"))


def _require_new_number(draft: OrderDraft) -> None:
    """Refuse a number that the channel has given to another order already: by words, before the key does."""
    if not draft.outer_number:
        return
    hold(f"{draft.channel} {draft.outer_number[:60]}")
    found = Order.objects.filter(channel=draft.channel, outer_number=draft.outer_number[:60]).first()
    if found is not None:
        message = _("Order %(outer)s of this channel is here already: № %(number)d.")
        raise Conflict(message % {"outer": draft.outer_number, "number": found.number}, code="outer_number_taken")


def fill_head(order: Order, draft: OrderDraft, counted: Counted) -> None:
    """Write what was typed and counted on the order."""
    whole = counted.whole
    order.channel, order.outer_number = draft.channel, draft.outer_number[:60]
    if draft.subject is not None:
        order.subject_kind, order.subject_id = draft.subject
    order.currency = draft.currency
    order.goods_sum, order.discount_sum, order.delivery_cost = whole.goods, whole.discount, whole.delivery
    order.total, order.tax, order.delivery_tax, order.cost = whole.total, whole.tax, whole.delivery_tax, counted.cost
    order.delivery_method, order.payment_method = counted.delivery, counted.payment
    order.delivery_vat = counted.delivery.vat if counted.delivery else "main"
    order.delivery_percent = counted.delivery_percent
    order.routing = dict(draft.routing)
    order.address, order.city = draft.address.strip()[:500], draft.city.strip()[:120]
    order.delivery_on, order.delivery_from, order.delivery_to = (
        draft.delivery_on, draft.delivery_from, draft.delivery_to,
    )  # fmt: skip
    order.recipient_name = draft.recipient_name.strip()[:200]
    order.recipient_phone = draft.recipient_phone.strip()[:40]
    order.comment = draft.comment.strip()[:4000]
    order.promised_at = draft.promised_at
    order.repeat_of_id, order.exchange_of_id = (
        draft.repeat_of_id or order.repeat_of_id, draft.exchange_of_id or order.exchange_of_id,
    )  # fmt: skip


def reserve_lines(
    order_id: int,
    wanted: Sequence[tuple[int, int | None, Decimal]],
    draft: OrderDraft,
    *,
    actor: Actor,
    now: datetime,
    operation: uuid.UUID,
    on_short: OnShort,
) -> tuple[Sequence[stock.Reserved], list[Short]]:
    """Promise (position, variant, quantity) to the order in one call; return what was promised and what is short.

    What can be promised is asked for again with less until all of it can: others take goods at the same time.
    """
    lefts = {position: quantity for position, _variant, quantity in wanted}
    variants = {position: variant_id for position, variant_id, _quantity in wanted if variant_id is not None}
    for turn in range(TRIES):
        lines = [
            stock.Line(position, variants[position], quantity, draft.place_id)
            for position, quantity in lefts.items()
            if quantity > 0
        ]
        if not lines:
            found: Sequence[stock.Reserved] = ()
            break
        try:
            found = stock.reserve(
                stock.Holder(HOLDER, order_id), lines, actor=actor, now=now, operation=operation,
                places=list(draft.places) if draft.places else None,
            )  # fmt: skip
            break
        except stock.OutOfStock as short:
            if on_short == "refuse" or any(one.kind != "short" for one in short.troubles):
                raise
            _reduce(lefts, variants, short.troubles, to_nothing=turn >= TRIES - 2)
    else:
        raise Conflict(_("Others are taking these goods right now: try again."), code="busy")
    shorts = [
        Short(position, variants[position], quantity - lefts[position])
        for position, _variant, quantity in wanted
        if quantity > lefts[position]
    ]
    return found, shorts


def _reduce(
    lefts: dict[int, Decimal], variants: dict[int, int], troubles: Sequence[stock.Trouble], *, to_nothing: bool
) -> None:
    """Take off what is short; of kits, which are short by their parts, the whole line waits."""
    kits = [one for one in troubles if variants.get(one.line) != one.variant_id]
    for one in kits or troubles:
        # What is free was counted under the locks, after the lines of the same goods before this one. Where a kit was
        # short it has taken of what others wanted: those are asked for again.
        free = Decimal(0) if kits or to_nothing or one.free is None else max(one.free, Decimal(0))
        lefts[one.line] = free if free < lefts[one.line] else Decimal(0)


def write_shorts(order: Order, shorts: Sequence[Short], now: datetime) -> None:
    """Let what is short wait as parts of the order."""
    if not shorts:
        return
    rows = dict(OrderLine.objects.filter(order=order).values_list("position", "id"))
    parts = [
        OrderPart(
            order=order, kind=OrderPart.Kind.PURCHASE, line_id=rows[one.position], variant_id=one.variant_id,
            quantity=one.quantity, due_at=order.promised_at, made_at=now,
        )
        for one in shorts
    ]  # fmt: skip
    OrderPart.objects.bulk_create(parts)
    open_tasks(order, parts, now)


def token_of(order: Order) -> str:
    """Return the secret of the client's own link: derived, so that it can be shown again; a new version ends it."""
    made = salted_hmac("voronka.orders.link", f"{order.public_id}:{order.link_version}", algorithm="sha256")
    return made.hexdigest()[:40]


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def require_operation(operation: uuid.UUID | str) -> uuid.UUID:
    """Return an operation id as it came from outside. Raises Invalid."""
    try:
        return operation if isinstance(operation, uuid.UUID) else uuid.UUID(operation)
    except ValueError:
        raise Invalid(_("The operation has no proper id."), code="operation") from None
