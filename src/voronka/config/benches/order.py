"""Orders of five lines with their goods reserved, by eight connections: the application's function beside the same
written by hand as set-based SQL, sent bare by psycopg from the same processes, in turns.

The hand-written transaction names the company, takes the goods in the order of keys by one conditional update, writes
lines priced from the catalogue, promises, passage and events, takes the number last and commits. The control looks
first and takes afterwards, and must promise more than there is.
"""

import json
import random
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
from django.db import transaction

from voronka.catalogue import services as catalogue
from voronka.catalogue.models import Price, PriceKind
from voronka.config.benches.frame import ROUNDS, Result, middle, owner_connection
from voronka.config.benches.reserve import Shelf, fill, prepare, race
from voronka.kit.ids import new_public_id
from voronka.kit.tenancy import company_context
from voronka.orders import services as orders
from voronka.orders.models import Status
from voronka.people import queries as people
from voronka.people import services as people_services
from voronka.people.services import ClientDraft
from voronka.stock import services as stock

GOODS, LINES = 1_000, 5
LEAST = 0.4  # of the hand-written transactions a second
_PLENTY, _FEW = 100_000_000, 100
_PRICE = Decimal("100.00")
_NAME = "Bench Buyer"


class _Bench:
    """The shelf with what an order needs beside goods."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        staff = shelf.staff
        with company_context(staff.company_id, employee_id=staff.owner.employee_id), transaction.atomic():
            orders.ship_settings()
            catalogue.ship_kinds()
            kind = PriceKind.objects.get(is_default=True)
            priced = set(Price.objects.values_list("variant_id", flat=True))
            since = datetime(2026, 1, 1, tzinfo=UTC)
            Price.objects.bulk_create(
                Price(variant_id=one, kind=kind, amount=_PRICE, since=since)
                for one in shelf.goods
                if one not in priced
            )
            found = people.find_clients(staff.owner, _NAME, most=1)
            client = found[0] if found else people_services.create_client(
                actor=staff.owner, draft=ClientDraft(name=_NAME), now=datetime.now(UTC)
            )  # fmt: skip
            self.client_id = client.pk
            self.status_id = Status.objects.get(code="new").pk
        draw = random.Random(1)  # noqa: S311 - which goods are wanted is no secret
        self.baskets = [tuple(sorted(draw.sample(list(shelf.goods), LINES))) for _n in range(2_000)]


def run(*, scale: float, seconds: float) -> Result:
    """Measure; figures are orders a second."""
    result = Result("order", scale)
    bench = _Bench(prepare(GOODS, "order"))
    each = max(seconds / 2, 1.0)
    runs: dict[str, list[float]] = {"bare": [], "app": []}
    for _round in range(ROUNDS):
        for way, make in (("bare", _bare(bench)), ("app", _by_application(bench))):
            _clear(bench, _PLENTY)
            done, length = race(bench.shelf, make, bench.baskets, each)
            runs[way].append(done / length)
    figures = result.figures
    figures["app_per_s"], figures["bare_per_s"] = middle(runs["app"]), middle(runs["bare"])
    result.ratios["app_to_bare"] = middle([a / b for a, b in zip(runs["app"], runs["bare"], strict=True)])
    figures["oversold"] = _oversold(bench, _by_application(bench))
    figures["control_oversold"] = _oversold(bench, _bare(bench, careless=True))
    result.demand(figures["oversold"] == 0, "more was promised than there is")
    result.demand(
        figures["control_oversold"] > 0, "the control, without its condition, promised no more than there is"
    )
    result.demand(scale < 1 or result.ratios["app_to_bare"] >= LEAST, f"app_to_bare is under {LEAST}")
    return result


def _clear(bench: _Bench, many: int) -> None:
    company = bench.shelf.staff.company_id
    with owner_connection() as owner:
        with owner.transaction():  # a line without its order, or an order without its lines, is refused at the end
            owner.execute("DELETE FROM orders_passage WHERE company_id = %s", [company])
            owner.execute("DELETE FROM orders_orderline WHERE company_id = %s", [company])
            owner.execute("DELETE FROM orders_order WHERE company_id = %s", [company])
            owner.execute("DELETE FROM kit_event WHERE company_id = %s AND name = 'orders.OrderPlaced'", [company])
        owner.execute("VACUUM (ANALYZE) orders_order, orders_orderline, orders_passage")
    fill(bench.shelf, many)


def _oversold(bench: _Bench, make: Any) -> int:
    """Let all want a few baskets at once; return how many more pieces were promised than there are."""
    _clear(bench, _FEW)
    race(bench.shelf, make, bench.baskets[:1], 60.0)
    with owner_connection() as owner:
        row = owner.execute(
            "SELECT COALESCE(max(many), 0) FROM (SELECT sum(quantity) AS many FROM stock_reservation"
            " WHERE company_id = %s GROUP BY variant_id) x",
            [bench.shelf.staff.company_id],
        ).fetchone()
    return max(0, int((row or (0,))[0]) - _FEW)


def _by_application(bench: _Bench) -> Any:
    def make(shelf: Shelf, number: int, bare: psycopg.Connection) -> Callable[[Sequence[int]], bool]:
        actor = shelf.staff.owner

        def place(basket: Sequence[int]) -> bool:
            lines = [orders.LineDraft(Decimal(1), one) for one in basket]
            draft = orders.OrderDraft(client_id=bench.client_id, lines=lines, place_id=shelf.place_id)
            with company_context(actor.company_id, employee_id=actor.employee_id):
                try:
                    orders.place(draft, actor=actor, now=datetime.now(UTC), operation=uuid.uuid4())
                except stock.OutOfStock:
                    return False
            return True

        return place

    return make


_BEGIN = (
    "SELECT set_config('app.company_id', %s, true), set_config('app.actor', %s, true), nextval('orders_order_id_seq')"
)
_TAKE = (
    "UPDATE stock_balance b SET reserved = b.reserved + 1 FROM (SELECT id FROM stock_balance WHERE company_id = %s"
    " AND place_id = %s AND variant_id = ANY (%s) ORDER BY variant_id FOR UPDATE) l"
    " WHERE b.id = l.id AND b.on_hand - b.reserved >= 1"
)
_LINES = (
    "INSERT INTO orders_orderline (company_id, order_id, position, variant_id, name, unit, quantity, price, discount,"
    " promo_discount, vat, percent, tax, total, cost, shipped_cost, options, is_goods, shipped, returned)"
    " SELECT v.company_id, %s, row_number() OVER (ORDER BY v.id), v.id, v.name, p.unit, 1, c.amount, 0, 0, p.vat, 22,"
    " round(c.amount * 22 / 122, 2), c.amount, COALESCE(round(w.value / w.quantity, 2), 0), 0, '{}', true, 0, 0"
    " FROM catalogue_variant v JOIN catalogue_product p ON p.company_id = v.company_id AND p.id = v.product_id"
    " JOIN catalogue_price c ON c.company_id = v.company_id AND c.variant_id = v.id AND c.since <= %s"
    " AND (c.until IS NULL OR c.until > %s)"
    " LEFT JOIN stock_worth w ON w.company_id = v.company_id AND w.variant_id = v.id AND w.quantity > 0"
    " WHERE v.company_id = %s AND v.id = ANY (%s)"
)
_PROMISE = (
    "INSERT INTO stock_reservation (company_id, operation, holder_kind, holder_id, holder_line, variant_id, place_id,"
    " quantity, state, expires_at, made_at) SELECT company_id, %s, 'order', order_id, position, variant_id, %s,"
    " quantity, 'allocated', NULL, %s FROM orders_orderline WHERE company_id = %s AND order_id = %s"
)
_EVENTS = (
    "INSERT INTO kit_event (company_id, name, at, employee_id, cause, subject_kind, subject_id, client_id, payload)"
    " VALUES (%s, 'stock.GoodsReserved', clock_timestamp(), %s, NULL, 'stock_holder', %s, NULL, %s),"
    " (%s, 'orders.OrderPlaced', clock_timestamp(), %s, NULL, 'order', %s, %s, %s)"
)
_PASSAGE = (
    "INSERT INTO orders_passage (company_id, order_id, status_id, at, employee_id, cause)"
    " VALUES (%s, %s, %s, %s, %s, '')"
)
_NUMBER = (
    "INSERT INTO orders_numbering AS n (company_id, kind, next) VALUES (%s, 'order', 2)"
    " ON CONFLICT (company_id, kind) DO UPDATE SET next = n.next + 1 RETURNING next - 1"
)
_HEAD = (
    "INSERT INTO orders_order (id, company_id, public_id, number, operation, client_id, subject_kind, channel,"
    " outer_number, status_id, phase, status_at, responsible_id, currency, goods_sum, discount_sum, delivery_cost,"
    " delivery_vat, delivery_tax, total, tax, cost, paid, promo_words, place_id, routing, address, city,"
    " recipient_name, recipient_phone, comment, late_cause, cancel_cause, link_hash, link_version, version, made_at)"
    " SELECT %s, %s, %s, %s, %s, %s, '', 'phone', '', %s, 'new', %s, %s, 'RUB', sum(total), 0, 0, 'main', 0,"
    " sum(total), sum(tax), sum(cost), 0, '', %s, '{}', '', '', '', '', '', '', '', %s, 1, 1, %s"
    " FROM orders_orderline WHERE company_id = %s AND order_id = %s"
)


def _bare(bench: _Bench, *, careless: bool = False) -> Any:
    def make(shelf: Shelf, number: int, bare: psycopg.Connection) -> Callable[[Sequence[int]], bool]:
        actor, place_id = shelf.staff.owner, shelf.place_id
        company, me = actor.company_id, actor.employee_id
        who = json.dumps({"employee": me, "origin": ""})

        def place(basket: Sequence[int]) -> bool:
            goods, now = list(basket), datetime.now(UTC)
            taken = 0
            with bare.transaction(), bare.cursor() as cursor:
                row = cursor.execute(_BEGIN, [str(company), who]).fetchone()
                order_id = row[2] if row else 0
                taken = (
                    _look_and_take(cursor, company, place_id, goods)
                    if careless
                    else cursor.execute(_TAKE, [company, place_id, goods]).rowcount
                )
                if taken < len(goods):
                    raise psycopg.Rollback
                operation = uuid.uuid4()
                cursor.execute(_LINES, [order_id, now, now, company, goods])
                cursor.execute(_PROMISE, [operation, place_id, now, company, order_id])
                reserved = {"holder_kind": "order", "holder_id": order_id, "state": "allocated", "lines": len(goods)}
                placed = {"order_id": order_id, "client_id": bench.client_id, "channel": "phone", "lines": len(goods)}
                cursor.execute(
                    _EVENTS,
                    [company, me, order_id, json.dumps(reserved), company, me, order_id, bench.client_id,
                     json.dumps(placed)],
                )  # fmt: skip
                cursor.execute(_PASSAGE, [company, order_id, bench.status_id, now, me])
                given = cursor.execute(_NUMBER, [company]).fetchone()
                cursor.execute(
                    _HEAD,
                    [order_id, company, new_public_id(), (given or (0,))[0], operation, bench.client_id,
                     bench.status_id, now, me, place_id, uuid.uuid4().hex, now, company, order_id],
                )  # fmt: skip
            return taken == len(goods)

        return place

    return make


_LOOK = (
    "SELECT min(on_hand - reserved) FROM stock_balance"
    " WHERE company_id = %s AND place_id = %s AND variant_id = ANY (%s)"
)
_LOCK = (
    "SELECT 1 FROM stock_balance WHERE company_id = %s AND place_id = %s AND variant_id = ANY (%s)"
    " ORDER BY variant_id FOR UPDATE"
)
# The table itself refuses more than there is; without a condition the promise is all that is written too much.
_TAKE_BLINDLY = (
    "UPDATE stock_balance SET reserved = least(on_hand, reserved + 1)"
    " WHERE company_id = %s AND place_id = %s AND variant_id = ANY (%s)"
)


def _look_and_take(cursor: "psycopg.Cursor[Any]", company: int, place_id: int, goods: list[int]) -> int:
    key = [company, place_id, goods]
    row = cursor.execute(_LOOK, key).fetchone()
    if row is None or row[0] < 1:
        return 0
    time.sleep(0.005)  # an honest shop asks something else here
    cursor.execute(_LOCK, key)
    return cursor.execute(_TAKE_BLINDLY, key).rowcount
