"""Orders of five lines with their goods reserved, by eight connections, in turns: the application's function, the API
of the web program over HTTP, and the same written by hand as set-based SQL, sent bare by psycopg.

All three are sent from the same eight processes. A program calls the API as a careful one does: each connection with a
key of its own, made for orders alone, a fresh Idempotency-Key for each order, reading the whole answer, and sending the
same again when it is told to wait.

The hand-written transaction names the company, takes the goods in the order of keys by one conditional update, writes
lines priced from the catalogue, promises, passage and events, takes the number last and commits. The control looks
first and takes afterwards, and must promise more than there is.
"""

import contextlib
import http.client
import json
import os
import random
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
from django.db import transaction

from voronka.catalogue import services as catalogue
from voronka.catalogue.models import Price, PriceKind, Variant
from voronka.config.benches.frame import ROUNDS, Result, app_connection, middle, owner_connection
from voronka.config.benches.reserve import PROCESSES, Shelf, fill, prepare, race
from voronka.config.benches.serving import served
from voronka.config.env import SettingError
from voronka.connect.rules import scopes
from voronka.connect.services import keys
from voronka.kit.ids import new_public_id
from voronka.kit.tenancy import company_context
from voronka.orders import services as orders
from voronka.orders.models import Status
from voronka.people import queries as people
from voronka.people import services as people_services
from voronka.people.services import ClientDraft
from voronka.stock import services as stock

GOODS, LINES = 1_000, 5
LEAST, LEAST_API = 0.4, 0.25  # of the hand-written transactions a second
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
            self.client_id, self.client = client.pk, client.public_id
            self.public_ids = dict(Variant.objects.values_list("id", "public_id"))
            self.status_id = Status.objects.get(code="new").pk
        draw = random.Random(1)  # noqa: S311 - which goods are wanted is no secret
        self.baskets = [tuple(sorted(draw.sample(list(shelf.goods), LINES))) for _n in range(2_000)]


def run(*, scale: float, seconds: float) -> Result:
    """Measure; figures are orders a second."""
    result = Result("order", scale)
    bench = _Bench(prepare(GOODS, "order"))
    each = max(seconds / 2, 1.0)
    figures, ratios = result.figures, result.ratios
    with _program(bench) as by_api:
        ways = {"hand_sql": _bare(bench), "orders": _by_application(bench), "api_orders": by_api}
        runs: dict[str, list[float]] = {way: [] for way in ways}
        for _round in range(ROUNDS):
            for way, make in ways.items():
                _clear(bench, _PLENTY)
                done, length = race(bench.shelf, make, bench.baskets, each)
                runs[way].append(done / length)
                result.demand(_placed(bench) == done, f"{way}: other orders were written than were answered")
        figures["api_oversold"] = _oversold(bench, by_api)
    for way, found in runs.items():
        figures[f"{way}_per_s"] = middle(found)
    for way, name in (("orders", "to_hand_sql"), ("api_orders", "api_to_hand_sql")):
        ratios[name] = middle([a / b for a, b in zip(runs[way], runs["hand_sql"], strict=True)])
    figures["oversold"] = _oversold(bench, _by_application(bench))
    figures["control_oversold"] = _oversold(bench, _bare(bench, careless=True))
    for name in ("oversold", "api_oversold"):
        result.demand(figures[name] == 0, f"{name}: more was promised than there is")
    result.demand(
        figures["control_oversold"] > 0, "the control, without its condition, promised no more than there is"
    )
    for name, least in (("to_hand_sql", LEAST), ("api_to_hand_sql", LEAST_API)):
        result.demand(scale < 1 or ratios[name] >= least, f"{name} is under {least}")
    return result


def _clear(bench: _Bench, many: int) -> None:
    company = bench.shelf.staff.company_id
    with owner_connection() as owner:
        with owner.transaction():  # a line without its order, or an order without its lines, is refused at the end
            owner.execute("DELETE FROM orders_orderfact WHERE company_id = %s", [company])
            owner.execute("DELETE FROM orders_passage WHERE company_id = %s", [company])
            owner.execute("DELETE FROM orders_orderline WHERE company_id = %s", [company])
            owner.execute("DELETE FROM orders_order WHERE company_id = %s", [company])
            owner.execute("DELETE FROM kit_event WHERE company_id = %s AND name = 'orders.OrderPlaced'", [company])
        owner.execute("VACUUM (ANALYZE) orders_order, orders_orderline, orders_passage")
    fill(bench.shelf, many)


def _placed(bench: _Bench) -> int:
    with owner_connection() as owner:
        row = owner.execute(
            "SELECT count(*) FROM orders_order WHERE company_id = %s", [bench.shelf.staff.company_id]
        ).fetchone()
    return int((row or (0,))[0])


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


@contextlib.contextmanager
def _program(bench: _Bench) -> Iterator[Any]:
    """Serve the web program as it is served on this machine, and yield what makes a caller of its API."""
    owner = bench.shelf.staff.owner
    with company_context(owner.company_id, employee_id=owner.employee_id):
        made = [
            keys.make_key(actor=owner, name="Bench", scopes=[scopes.ORDERS_WRITE], days=1, now=datetime.now(UTC))
            for _number in range(PROCESSES)
        ]
    try:
        processes = (os.cpu_count() or 1) + 1  # as `voronka web` starts them
        with served("voronka.config.web:app", processes, {"VORONKA_API_PER_MINUTE": "10000"}) as port:
            by_api = _by_api(bench, port, [key for _row, key in made])
            _warm(bench, by_api, processes)
            yield by_api
    finally:
        with company_context(owner.company_id, employee_id=owner.employee_id):
            for row, _key in made:
                keys.revoke_key(actor=owner, public_id=row.public_id, now=datetime.now(UTC))


def _warm(bench: _Bench, by_api: Any, processes: int) -> None:
    """Place orders one after another on new lines, until every process has loaded what it needs."""
    _clear(bench, _PLENTY)
    with app_connection() as unused:
        for _number in range(processes * 4):
            by_api(bench.shelf, 0, unused)(bench.baskets[0])


def _by_api(bench: _Bench, port: int, keys_of: Sequence[str]) -> Any:
    def make(shelf: Shelf, number: int, bare: psycopg.Connection) -> Callable[[Sequence[int]], bool]:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        always = {"Authorization": f"Bearer {keys_of[number]}", "Content-Type": "application/json"}

        def place(basket: Sequence[int]) -> bool:
            lines = [{"variant": bench.public_ids[one], "quantity": "1"} for one in basket]
            body = json.dumps({"client": bench.client, "lines": lines})
            headers = {**always, "Idempotency-Key": str(uuid.uuid4())}
            status, told = _sent(line, body, headers)
            while status == 503:  # told to wait a little: the same order is sent again
                time.sleep(1)
                status, told = _sent(line, body, headers)
            if status == 409:
                return False
            if status != 201 or len(told["lines"]) != LINES:
                raise SettingError(f"An order of the bench was answered {status}: {told}")
            return True

        return place

    return make


def _sent(line: http.client.HTTPConnection, body: str, headers: dict[str, str]) -> tuple[int, Any]:
    line.request("POST", "/api/v1/orders", body, headers)
    answer = line.getresponse()
    return answer.status, json.loads(answer.read())


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
    " delivery_vat, delivery_tax, total, tax, cost, paid, owed, promo_words, place_id, routing, address, city,"
    " recipient_name, recipient_phone, comment, late_cause, cancel_cause, link_hash, link_version, version, made_at)"
    " SELECT %s, %s, %s, %s, %s, %s, '', 'phone', '', %s, 'new', %s, %s, 'RUB', sum(total), 0, 0, 'main', 0,"
    " sum(total), sum(tax), sum(cost), 0, sum(total), '', %s, '{}', '', '', '', '', '', '', '', %s, 1, 1, %s"
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
