"""An order as it is typed, and as it is counted before it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.orders.models import DeliveryMethod, Order, OrderLine, PaymentMethod
from voronka.orders.rules import pricing
from voronka.orders.rules.pricing import ZERO, Asked, Sums, Whole

MOST_LINES = 1000
CHANNELS = frozenset(Order.Channel.values)


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as it is typed; without a variant it is free text. What is None is found: price, name, VAT of the goods.

    `discount` is a sum off the whole line, None is what the client's terms give. `position` names a line of the order
    that is changed, None adds one.
    """

    quantity: Decimal
    variant_id: int | None = None
    name: str = ""
    price: Decimal | None = None
    discount: Decimal | None = None
    vat: str = ""
    unit: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    position: int | None = None


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order as it is typed. `delivery` and `payment` are public ids of methods, empty for none.

    A new order may name its client by `client`, the id of his address, with 0 for `client_id`. `discount` is a sum off
    the goods of the whole order, beside those of lines. `promo` is a code of loyalty; None leaves an order that is
    changed the one it has, empty takes it away. `delivery_cost` None is what the method asks. `place_id` is where all
    goods are taken from, `places` those to choose from, the best first, with `routing` saying why; without either the
    stock chooses.
    """

    client_id: int
    lines: Sequence[LineDraft]
    channel: str = "phone"
    subject: tuple[str, int] | None = None
    outer_number: str = ""
    responsible_id: int | None = None
    currency: str = "RUB"
    discount: Decimal = ZERO
    promo: str | None = None
    delivery: str = ""
    payment: str = ""
    delivery_cost: Decimal | None = None
    place_id: int | None = None
    places: Sequence[int] | None = None
    routing: Mapping[str, object] = field(default_factory=dict)
    address: str = ""
    city: str = ""
    delivery_on: date | None = None
    delivery_from: time | None = None
    delivery_to: time | None = None
    recipient_name: str = ""
    recipient_phone: str = ""
    comment: str = ""
    promised_at: datetime | None = None
    repeat_of_id: int | None = None
    exchange_of_id: int | None = None
    client: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """An order counted: rows of its lines without an order, what they come to, its methods."""

    lines: Sequence[OrderLine]
    whole: Whole
    cost: Decimal
    delivery: DeliveryMethod | None
    payment: PaymentMethod | None
    delivery_percent: Decimal | None


def count(draft: OrderDraft, *, actor: Actor, now: datetime, kept: Mapping[int, OrderLine] | None = None) -> Counted:
    """Count an order: names, prices, discounts, taxes and costs of the moment. Raises Invalid naming each bad line.

    `kept` are the lines of the order that is changed: what a draft leaves open stays as it is on them.
    """
    _require_lines(draft)
    day = now.astimezone(actor.zone).date()
    delivery, payment = find_delivery(draft.delivery), find_payment(draft.payment)
    lines = _found(draft, now, kept or {})
    _add_taxes(lines, day, kept or {})
    sums = _priced(lines, draft)
    for line, one in zip(lines, sums, strict=True):
        line.discount, line.total, line.tax = one.discount, one.total, one.tax
    cost = draft.delivery_cost
    if cost is None:
        cost = delivery_price(delivery, sum((one.total for one in lines), ZERO))
    if not cost.is_finite() or not 0 <= cost <= pricing.MOST_SUM or pricing.rounded(cost) != cost:
        message = _("This cost of delivery cannot be.")
        raise Invalid(message, fields={"delivery_cost": message})
    percent = _percent(delivery.vat, day) if delivery is not None and cost else None
    try:
        whole = pricing.whole_of([(one.discount, one.total, one.tax) for one in lines], cost, percent)
    except ValueError:
        raise Invalid(_("The sum is too big."), code="too_big") from None
    return Counted(lines, whole, sum((one.cost for one in lines), ZERO), delivery, payment, percent)


def with_promo(counted: Counted, taken: Sequence[Decimal]) -> Counted:
    """Return the order with what a promo code takes off each line, its lines changed; the cost of delivery stays."""
    for line, off in zip(counted.lines, taken, strict=True):
        line.promo_discount = off
        line.discount += off
        line.total -= off
        line.tax = pricing.tax_in(line.total, line.percent)
    sums = [(one.discount, one.total, one.tax) for one in counted.lines]
    return replace(counted, whole=pricing.whole_of(sums, counted.whole.delivery, counted.delivery_percent))


def delivery_price(method: DeliveryMethod | None, goods: Decimal) -> Decimal:
    """Return what a way of delivery asks for goods of this sum."""
    if method is None or (method.free_from is not None and goods >= method.free_from):
        return ZERO
    return method.cost


def _require_lines(draft: OrderDraft) -> None:
    if not draft.lines:
        message = _("An order needs at least one line.")
        raise Invalid(message, code="no_lines", fields={"lines": message})
    if len(draft.lines) > MOST_LINES:
        message = _("At most %(most)d lines.") % {"most": MOST_LINES}
        raise Invalid(message, code="too_many_lines", fields={"lines": message})
    if draft.channel not in CHANNELS:
        message = _("There is no such channel of orders.")
        raise Invalid(message, fields={"channel": message})
    require_near(draft.promised_at, "promised_at")
    if (draft.delivery_from is None) != (draft.delivery_to is None) or (
        draft.delivery_from is not None and draft.delivery_to is not None and draft.delivery_from >= draft.delivery_to
    ):
        message = _("The interval of delivery ends before it begins.")
        raise Invalid(message, fields={"delivery_to": message})


def require_near(promised_at: datetime | None, field: str) -> None:
    """Raise Invalid for a moment that no clock can show in every zone, or that nobody means."""
    if promised_at is not None and not 2000 <= promised_at.year <= 2100:
        message = _("This is no day.")
        raise Invalid(message, fields={field: message})


def find_delivery(public_id: str) -> DeliveryMethod | None:
    """Return the way of delivery in use, None for an empty id. Raises Invalid."""
    if not public_id:
        return None
    found = DeliveryMethod.objects.filter(public_id=public_id).first()
    if found is None:
        message = _("There is no such way of delivery.")
        raise Invalid(message, fields={"delivery": message})
    return found


def find_payment(public_id: str) -> PaymentMethod | None:
    """Return the way of payment in use, None for an empty id. Raises Invalid."""
    if not public_id:
        return None
    found = PaymentMethod.objects.filter(public_id=public_id).first()
    if found is None:
        message = _("There is no such way of payment.")
        raise Invalid(message, fields={"payment": message})
    return found


@dataclass(slots=True)
class _Row:
    """A line while it is found out: what is open still is None."""

    draft: LineDraft
    old: OrderLine | None
    position: int
    variant_id: int | None
    name: str
    unit: str
    vat: str
    percent: Decimal | None
    price: Decimal | None
    discount: Decimal | None
    cost: Decimal | None
    is_goods: bool

    def line(self) -> OrderLine:
        """Return the row of the table, without its sums."""
        options = dict(self.draft.options) or (self.old.options if self.old else {})
        return OrderLine(
            position=self.position, variant_id=self.variant_id, quantity=self.draft.quantity, name=self.name,
            unit=self.unit or "796", vat=self.vat or "main", percent=self.percent, options=options,
            price=ZERO if self.price is None else self.price, is_goods=self.is_goods,
            discount=ZERO if self.discount is None else self.discount,
            cost=ZERO if self.cost is None else self.cost,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Quote:
    """What goods are called, cost the buyer and are worth: the columns of orders_quote."""

    name: str
    unit: str
    vat: str
    kind: str
    price: Decimal | None
    discount_percent: Decimal
    worth_quantity: Decimal | None
    worth_value: Decimal | None


def _row(draft: LineDraft, place: int, kept: Mapping[int, OrderLine]) -> _Row:
    name = " ".join(draft.name.split())[:500]
    if draft.position is None:
        return _Row(draft, None, 0, draft.variant_id, name, draft.unit[:4], draft.vat, None, draft.price,
                    draft.discount, None, is_goods=False)  # fmt: skip
    old = kept.get(draft.position)
    if old is None:
        message = _("Line %(n)d: %(what)s") % {"n": place, "what": _("this line is not of the order any more")}
        raise Invalid(message, fields={f"line-{place}": message})
    same = draft.quantity == old.quantity
    keeps = draft.discount is None and draft.price in (None, old.price)
    vat = draft.vat or old.vat
    return _Row(
        draft, old, old.position, old.variant_id, name or old.name, draft.unit[:4] or old.unit, vat,
        old.percent if vat == old.vat else None, old.price if draft.price is None else draft.price,
        _discount_of(old, draft.quantity) if keeps else draft.discount, old.cost if same else None, old.is_goods,
    )  # fmt: skip


def _discount_of(old: OrderLine, quantity: Decimal) -> Decimal:
    """Return the discount of a line for another quantity at the same price: each piece keeps its part of it."""
    whole = old.discount - old.promo_discount
    if quantity == old.quantity or not quantity.is_finite() or not 0 < quantity <= pricing.MOST_QUANTITY:
        return whole
    return pricing.rounded(whole * quantity / old.quantity)


def _found(draft: OrderDraft, now: datetime, kept: Mapping[int, OrderLine]) -> list[OrderLine]:
    """Return the lines with the names, units, prices and costs of the moment. Raises Invalid naming each bad one."""
    rows = [_row(one, place, kept) for place, one in enumerate(draft.lines, 1)]
    quotes = _quoted([one.variant_id for one in rows if one.variant_id is not None], draft.client_id, now)
    wrong: dict[str, str] = {}
    for place, row in enumerate(rows, 1):
        if row.variant_id is not None:
            quote = quotes.get(row.variant_id)
            if quote is None:
                wrong[f"variant-{place}"] = _("There are no such goods.")
                continue
            row.name, row.unit, row.vat = row.name or quote.name, row.unit or quote.unit, row.vat or quote.vat
            row.is_goods = quote.kind != "service"
            _price(row, quote.price, quote.discount_percent)
            _cost(row, quote)
            if row.price is None:
                wrong[f"price-{place}"] = _("%(name)s has no price: write one.") % {"name": quote.name}
        if not row.name:
            wrong[f"name-{place}"] = _("A name is needed.")
    _refuse(wrong)
    return [one.line() for one in rows]


def _price(row: _Row, found: Decimal | None, percent: Decimal) -> None:
    """Give a line the price of the moment and what the client's terms take off it."""
    if row.price is not None or found is None:
        return
    row.price = found
    many = row.draft.quantity
    if row.discount is None and percent and many.is_finite() and 0 < many <= pricing.MOST_QUANTITY:
        row.discount = pricing.rounded(found * many * percent / 100)


def _cost(row: _Row, quote: _Quote) -> None:
    """Give a line what its pieces are worth to the company now."""
    if row.cost is None and quote.worth_quantity and row.draft.quantity.is_finite():
        many = min(row.draft.quantity, pricing.MOST_QUANTITY)
        row.cost = pricing.rounded((quote.worth_value or ZERO) / quote.worth_quantity * many)


def _quoted(ids: Sequence[int], client_id: int, now: datetime) -> dict[int, _Quote]:
    """Return what goods are called, cost this client and are worth, by id; unknown ids are left out."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM orders_quote(%s::bigint[], %s, %s)", [list(set(ids)), client_id, now])
        return {row[0]: _Quote(*row[1:]) for row in cursor.fetchall()}


def _add_taxes(lines: Sequence[OrderLine], day: date, kept: Mapping[int, OrderLine]) -> None:
    wrong: dict[str, str] = {}
    for place, line in enumerate(lines, 1):
        old = kept.get(line.position)
        if old is not None and old.vat == line.vat:
            continue  # a line of the order that is changed keeps the rate of its sale
        try:
            line.percent = catalogue.vat_percent(line.vat, day)
        except KeyError:
            wrong[f"vat-{place}"] = _("There is no such rate.")
        except ValueError:
            wrong[f"vat-{place}"] = _("This rate was not in force on %(day)s.") % {"day": day.isoformat()}
    _refuse(wrong)


def _percent(vat: str, day: date) -> Decimal | None:
    try:
        return catalogue.vat_percent(vat, day)
    except (KeyError, ValueError):
        message = _("The way of delivery has a VAT rate that is not in force.")
        raise Invalid(message, fields={"delivery": message}) from None


def _priced(lines: Sequence[OrderLine], draft: OrderDraft) -> list[Sums]:
    asked = [Asked(one.quantity, one.price, one.discount, one.percent) for one in lines]
    wrong = {}
    for place, one in enumerate(asked, 1):
        found = pricing.problem(one)
        if found:
            wrong[f"{'price' if found == 'too_big' else found}-{place}"] = problem_words(found)
    _refuse(wrong)
    try:
        return pricing.priced(asked, draft.discount)
    except ValueError:
        message = _("The discount is more than the goods cost, or below zero.")
        raise Invalid(message, fields={"discount": message}) from None


def problem_words(code: str) -> str:
    """Return what is wrong with a line in words."""
    return {
        "quantity": _("How many has to be more than nothing, not finer than a thousandth."),
        "price": _("The price cannot be below zero nor finer than a kopeck."),
        "discount": _("The discount is more than the line, or below zero."),
        "too_big": _("The sum is too big."),
    }[code]


def _refuse(wrong: Mapping[str, str]) -> None:
    """Raise Invalid that names every bad line, if there is one."""
    if not wrong:
        return
    said = [_("Line %(n)s: %(what)s") % {"n": key.rpartition("-")[2], "what": words} for key, words in wrong.items()]
    raise Invalid(" ".join(said[:20]), code="lines", fields=wrong)


def draft_of(order: Order, lines: Sequence[OrderLine]) -> OrderDraft:
    """Return the draft that an order would be written with again as it is, for changing a thing or two."""
    return OrderDraft(
        client_id=order.client_id,
        lines=[
            LineDraft(one.quantity, one.variant_id, one.name, one.price, one.discount - one.promo_discount, one.vat,
                      one.unit, one.options, one.position)
            for one in lines
        ],
        channel=order.channel, outer_number=order.outer_number, responsible_id=order.responsible_id,
        subject=(order.subject_kind, order.subject_id) if order.subject_id is not None else None,
        currency=order.currency,
        delivery=order.delivery_method.public_id if order.delivery_method else "",
        payment=order.payment_method.public_id if order.payment_method else "",
        delivery_cost=order.delivery_cost, place_id=order.place_id, routing=order.routing, address=order.address,
        city=order.city, delivery_on=order.delivery_on, delivery_from=order.delivery_from,
        delivery_to=order.delivery_to, recipient_name=order.recipient_name, recipient_phone=order.recipient_phone,
        comment=order.comment, promised_at=order.promised_at,
    )  # fmt: skip


def with_lines(draft: OrderDraft, lines: Sequence[LineDraft]) -> OrderDraft:
    """Return the draft with other lines."""
    return replace(draft, lines=lines)
