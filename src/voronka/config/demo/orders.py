"""Ninety days of the demo shop's orders: the past set by set with its goods gone through the ledger, the last days by
the verbs themselves, so that something stands at every step.

Goods of the past are promised and shipped by the stock's own verbs; heads, lines, passages and shipments are written in
bulk, as the rest of the past.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries import VariantCard
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.ids import new_public_id
from voronka.orders import services
from voronka.orders.models import (
    DeliveryMethod,
    Numbering,
    Order,
    OrderLine,
    Passage,
    PaymentMethod,
    Shipment,
    ShipmentLine,
    Status,
)
from voronka.orders.rules.pricing import Asked, priced, whole_of
from voronka.orders.services.placing import hash_of, token_of
from voronka.people.models import Client
from voronka.stock import services as stock
from voronka.stock.models import Balance

DAYS, OPEN_DAYS = 90, 10
_CHANNELS = ("form", "form", "form", "phone", "phone", "mail", "shop", "market")
_CAUSES = ("Ждали поставку", "Курьер не успел", "Клиент перенёс", "")
_WAY = ("new", "agreed", "preparing", "ready", "shipping", "handed_over", "closed")
_HOURS = (0, 2, 20, 30, 40, 72, 80)  # from the order to each step, before chance


@dataclass(slots=True)
class _Shop:
    """What past orders are made of."""

    actor: Actor
    chance: random.Random
    statuses: dict[str, Status]
    delivery: Sequence[DeliveryMethod]
    payment: Sequence[PaymentMethod]
    clients: Sequence[Client]
    cards: dict[int, VariantCard]
    prices: dict[int, Decimal]
    costs: dict[int, Decimal]
    free: dict[tuple[int, int], Decimal]  # place, variant: how many lie there still


def fill_orders(*, actor: Actor, now: datetime, chance: random.Random, many: int) -> None:
    """Write about `many` orders of ninety days for clients of the company; nothing where no goods lie anywhere."""
    services.ship_settings()
    shop = _shop(actor, now, chance)
    if not shop.free or not shop.clients:
        return
    moments = sorted(now - timedelta(minutes=chance.randint(OPEN_DAYS * 1440, DAYS * 1440)) for _n in range(many))
    past = [made for at in moments if (made := _past(shop, at)) is not None]
    _write(past)
    _open(shop, now, max(many // 12, 10))
    services.refresh_figures(list(Order.objects.values_list("client_id", flat=True).distinct()))
    services.refresh_facts(None)
    stock.keep_sums()


def _shop(actor: Actor, now: datetime, chance: random.Random) -> _Shop:
    rows = Balance.objects.filter(is_external=False, place__is_selling=True, on_hand__gte=3, reserved=0)
    found = list(rows.order_by("id").values_list("place_id", "variant_id", "on_hand"))
    chosen = chance.sample(found, k=min(600, len(found)))
    ids = sorted({variant_id for _place, variant_id, _many in chosen})
    prices = catalogue.price_now(ids, at=now)
    return _Shop(
        actor, chance, {one.code: one for one in Status.objects.all()}, list(DeliveryMethod.objects.order_by("id")),
        list(PaymentMethod.objects.order_by("id")),
        list(Client.objects.order_by("id").select_related("responsible")[:: max(1, Client.objects.count() // 150)]),
        catalogue.variants_by_ids(ids), prices,
        {pk: one.amount for pk, one in catalogue.costs_of(ids, now).items()},
        {(place, variant): many - 2 for place, variant, many in chosen if variant in prices},
    )  # fmt: skip


@dataclass(slots=True)
class _Past:
    """An order of the past with what hangs on it."""

    order: Order
    lines: list[OrderLine]
    way: list[tuple[Status, datetime]]
    shipped: bool


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_order_id_seq')")
        return int(cursor.fetchone()[0])


def _past(shop: _Shop, at: datetime) -> _Past | None:
    chance = shop.chance
    place_id = chance.choice(sorted({place for place, _variant in shop.free}))
    lying = [variant for place, variant in sorted(shop.free) if place == place_id]
    chosen = chance.sample(lying, k=min(len(lying), chance.choice((1, 1, 2, 2, 3, 4))))
    lines: list[OrderLine] = []
    for variant in chosen:
        line = _line(shop, len(lines) + 1, variant, place_id)
        if line is not None:
            lines.append(line)
    if not lines:
        return None
    cancelled = chance.random() < 0.08
    order = _head(shop, at, place_id, lines)
    if not cancelled:
        _ship(shop, order, lines, at)
    return _Past(order, lines, _steps(shop, order, at, cancelled=cancelled), shipped=not cancelled)


def _line(shop: _Shop, number: int, variant: int, place_id: int) -> OrderLine | None:
    has = shop.free[place_id, variant]
    if has < 1:
        del shop.free[place_id, variant]
        return None
    many = Decimal(shop.chance.randint(1, min(int(has), 3)))
    card, price = shop.cards[variant], shop.prices[variant]
    [sums] = priced([Asked(many, price, percent=Decimal(22))])
    return OrderLine(
        position=number, variant_id=variant, name=card.name, unit=card.unit, quantity=many, price=price,
        discount=sums.discount, vat="main", percent=Decimal(22), tax=sums.tax, total=sums.total,
        cost=shop.costs.get(variant, Decimal(0)) * many, is_goods=True,
    )  # fmt: skip


def _head(shop: _Shop, at: datetime, place_id: int, lines: Sequence[OrderLine]) -> Order:
    chance, client = shop.chance, shop.chance.choice(shop.clients)
    method = chance.choice(shop.delivery)
    delivery = services.drafts.delivery_price(method, sum((one.total for one in lines), Decimal(0)))
    whole = whole_of([(one.discount, one.total, one.tax) for one in lines], delivery, Decimal(22))
    order = Order(
        pk=_next_id(), public_id=new_public_id(), operation=uuid.UUID(int=chance.getrandbits(128)), client=client,
        channel=chance.choice(_CHANNELS), responsible_id=client.responsible_id, goods_sum=whole.goods,
        discount_sum=whole.discount, delivery_cost=delivery, delivery_percent=Decimal(22) if delivery else None,
        delivery_tax=whole.delivery_tax, total=whole.total, tax=whole.tax,
        cost=sum((one.cost for one in lines), Decimal(0)), delivery_method=method,
        payment_method=chance.choice(shop.payment), place_id=place_id, made_at=at,
        promised_at=at + timedelta(days=chance.randint(3, 5)),
        address="" if method.kind == "pickup" else f"ул. Мира, {chance.randint(1, 140)}",
        city="Красноярск", recipient_name=client.name[:200],
    )  # fmt: skip
    order.first_promised_at = order.promised_at
    order.link_hash = hash_of(token_of(order))
    return order


def _ship(shop: _Shop, order: Order, lines: Sequence[OrderLine], at: datetime) -> None:
    """Let the goods leave through the ledger of the stock."""
    holder = stock.Holder("order", order.pk)
    asked = [stock.Line(one.position, one.variant_id or 0, one.quantity, order.place_id) for one in lines]
    stock.reserve(holder, asked, actor=shop.actor, now=at, only_on_sale=False)
    operation = uuid.UUID(int=shop.chance.getrandbits(128))
    for moved in stock.ship(holder, actor=shop.actor, now=at + timedelta(hours=40), operation=operation):
        lines[moved.line - 1].shipped_cost += moved.value
    for one in lines:
        one.shipped = one.quantity
        shop.free[order.place_id or 0, one.variant_id or 0] -= one.quantity


def _steps(shop: _Shop, order: Order, at: datetime, *, cancelled: bool) -> list[tuple[Status, datetime]]:
    """Bring an order through its statuses and return when it came to each."""
    slow = shop.chance.choice((0.7, 0.8, 0.9, 1.0, 1.0, 1.2, 1.9))
    way = [
        (shop.statuses[code], at + timedelta(hours=hours * slow))
        for code, hours in zip(_WAY, _HOURS, strict=True)
        if code in shop.statuses
    ]
    if cancelled:
        way = [*way[:2], (shop.statuses["cancelled"], way[1][1] + timedelta(hours=5))]
        order.cancel_cause = shop.chance.choice(("Передумал", "Нашёл дешевле", "Не дозвонились"))
    last, when = way[-1]
    order.status, order.phase, order.status_at, order.closed_at = last, last.phase, when, when
    if not cancelled:
        order.paid, order.owed = order.total, order.total
        order.shipped_at, order.delivered_at = way[-3][1], way[-2][1]
        if order.promised_at is not None and order.delivered_at > order.promised_at:
            order.late_cause = shop.chance.choice(_CAUSES)
    return way


def _write(past: Sequence[_Past]) -> None:
    """Write what was lived through, in the order of time: numbers without gaps."""
    for number, one in enumerate(past, 1):
        one.order.number = number
    Order.objects.bulk_create([one.order for one in past], batch_size=500)
    for one in past:
        for line in one.lines:
            line.order = one.order
    OrderLine.objects.bulk_create([line for one in past for line in one.lines], batch_size=1000)
    Passage.objects.bulk_create(
        [
            Passage(order=one.order, status=status, at=at, employee_id=one.order.responsible_id)
            for one in past
            for status, at in one.way
        ],
        batch_size=1000,
    )
    gone = [one for one in past if one.shipped]
    shipments = [
        Shipment(
            order=one.order, number=number, operation=uuid.uuid5(one.order.operation, "out"),
            place_id=one.order.place_id or 0, method=one.order.delivery_method, state=Shipment.State.DELIVERED,
            made_at=one.order.made_at, packed_at=one.way[-4][1], shipped_at=one.order.shipped_at,
            delivered_at=one.order.delivered_at,
        )
        for number, one in enumerate(gone, 1)
    ]  # fmt: skip
    Shipment.objects.bulk_create(shipments, batch_size=500)
    ShipmentLine.objects.bulk_create(
        [
            ShipmentLine(
                shipment=box, line=line, variant_id=line.variant_id or 0, quantity=line.quantity, picked=line.quantity
            )
            for box, one in zip(shipments, gone, strict=True)
            for line in one.lines
        ],
        batch_size=1000,
    )  # fmt: skip
    for kind, count in (("order", len(past)), ("shipment", len(gone))):
        Numbering.objects.update_or_create(kind=kind, defaults={"next": count + 1})


def _open(shop: _Shop, now: datetime, many: int) -> None:
    """Place orders of the last days by the verbs and leave each somewhere on its way."""
    for number in range(many):
        at = now - timedelta(minutes=(many - number) * (OPEN_DAYS * 1440 // (many + 1)))
        place_id = shop.chance.choice(sorted({place for place, _variant in shop.free}))
        lying = [variant for (place, variant), has in sorted(shop.free.items()) if place == place_id and has >= 2]
        chosen = shop.chance.sample(lying, k=min(len(lying), shop.chance.randint(1, 4)))
        if not chosen:
            continue
        client, method = shop.chance.choice(shop.clients), shop.chance.choice(shop.delivery)
        draft = services.OrderDraft(
            client_id=client.pk, lines=[services.LineDraft(Decimal(1), one) for one in chosen],
            channel=shop.chance.choice(_CHANNELS), delivery=method.public_id, place_id=place_id,
            payment=next(one.public_id for one in shop.payment if not one.wants_prepayment),
            address="" if method.kind == "pickup" else f"пр. Мира, {shop.chance.randint(1, 140)}",
            city="Красноярск", recipient_phone="+73912000001", promised_at=at + timedelta(days=4),
        )  # fmt: skip
        operation = uuid.UUID(int=shop.chance.getrandbits(128))
        if number % 9 == 4:  # more than there is: the rest waits
            has = shop.free[place_id, chosen[0]] + 2
            draft = replace(draft, lines=[services.LineDraft(has + 3, chosen[0]), *draft.lines[1:]])
        for variant in chosen:
            shop.free[place_id, variant] -= 1
        try:
            order = services.place(draft, actor=shop.actor, now=at, operation=operation, on_short="backorder")
            _go_on(shop, order, number, many, at, now)
        except Refusal:
            continue  # a rule of the company may be in the way of an invented order


def _go_on(shop: _Shop, order: Order, number: int, many: int, at: datetime, now: datetime) -> None:
    """Let older orders be further on their way; nothing happens later than now."""
    far = 5 - number * 6 // max(many, 1)
    actor = shop.actor

    def after(hours: int) -> datetime:
        return min(at + timedelta(hours=hours), now)

    if number % 11 == 7:
        services.cancel(order.public_id, "Клиент передумал", actor=actor, now=after(2))
        return
    if number % 3:  # a third pays when the goods are there, some pay a part
        services.note_paid(order.pk, order.total if number % 5 else order.total // 2, now=after(1))
    if far >= 1:
        services.set_status(order.public_id, "agreed", actor=actor, now=after(2))
    if far >= 2:
        services.split(order.public_id, actor=actor, now=after(2))
        services.set_status(order.public_id, "preparing", actor=actor, now=after(5))
    if far < 3:
        return
    if far == 3:
        services.start_picking(order.public_id, actor=actor, now=after(7), operation=uuid.uuid4())
        return
    shipments = services.hand_over(order.public_id, actor=actor, now=after(22), operation=uuid.uuid4())
    if shipments and number % 4 == 0:
        services.ask_return(
            order.public_id, [services.Back(1, Decimal(1))], actor=actor, now=after(62), operation=uuid.uuid4(),
            reason="Не подошёл цвет",
        )  # fmt: skip
