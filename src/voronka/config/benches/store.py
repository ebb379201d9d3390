"""The company in which pages of a shop are measured: 50,000 goods in three places, each with a buffer, 100,000 orders.

Nine orders of ten are done; open ones hold their goods. Each good has a price, a barcode, what a supplier asks for it;
a tenth of the buffers asks for an order.
"""

from collections.abc import Mapping

import psycopg
from django.db import transaction

from voronka.catalogue import services as catalogue
from voronka.catalogue.models import PriceKind
from voronka.config.benches.frame import Staff, fill_quickly, owner_connection, rows_of
from voronka.config.benches.staff import staff_of
from voronka.kit.tenancy import company_context
from voronka.orders import services as orders
from voronka.orders.models import Status
from voronka.stock import services as stock
from voronka.stock.models import Place
from voronka.stock.services.places import place_outside

GOODS, ORDERS, CLIENTS, PLACES, SUPPLIERS, PAPERS, MANAGERS = 50_000, 100_000, 20_000, 3, 20, 400, 10
_AT = 8_000_000_000  # ids of the fill, which no other table's rows have
_TABLES = (
    "people_client, catalogue_category, catalogue_product, catalogue_variant, catalogue_price, catalogue_barcode,"
    " catalogue_cost, stock_balance, stock_worth, stock_buffer, stock_document, stock_documentline, stock_reservation,"
    " stock_move, stock_goodssum, orders_order, orders_orderline, orders_passage, orders_shipment, orders_shipmentline,"
    " orders_orderfact"
)


def store_of(scale: float, *, managers: int = MANAGERS) -> Staff:
    """Return the company of this scale and its people; made when it is not there. Raises SettingError."""
    staff = staff_of(f"store{rows_of(scale, GOODS)}", managers)
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM orders_order WHERE company_id = %s)", [staff.company_id])
        if not (cursor.fetchone() or (False,))[0]:
            _fill(owner, cursor, staff, scale)
            cursor.execute(f"VACUUM (ANALYZE) {_TABLES}")
    return staff


def start_of(staff: Staff) -> int:
    """Return the id before the first one of each table."""
    return _AT + staff.company_id * 10_000_000


def _fill(owner: psycopg.Connection, cursor: psycopg.Cursor, staff: Staff, scale: float) -> None:
    with company_context(staff.company_id, employee_id=staff.owner.employee_id):
        values = _values(staff, scale)
    fill_quickly(cursor)
    with owner.transaction():
        for statement in _FILL:
            cursor.execute(statement, values)


@transaction.atomic
def _values(staff: Staff, scale: float) -> Mapping[str, object]:
    """Return what the statements of the fill need; makes places, kinds of prices, statuses and suppliers."""
    orders.ship_settings()
    catalogue.ship_kinds()
    customer = place_outside("customer")
    drafts = [stock.PlaceDraft(f"Магазин {number}", "shop", is_selling=True) for number in range(1, PLACES + 1)]
    known = set(Place.objects.values_list("name", flat=True))  # left by a fill that was stopped
    for one in drafts:
        if one.name not in known:
            stock.save_place(one, actor=staff.owner)
    places = Place.objects.filter(name__in=[one.name for one in drafts]).order_by("id")
    phases = ("new", "work", "ready", "shipping", "done", "cancelled")
    first = {one.phase: one.pk for one in Status.objects.order_by("-position")}
    return {
        "company": staff.company_id,
        "at": start_of(staff),
        "goods": rows_of(scale, GOODS),
        "orders": round(ORDERS * scale),
        "clients": round(CLIENTS * scale),
        "papers": max(10, round(PAPERS * scale)),
        "suppliers": SUPPLIERS,
        "places": [one.pk for one in places],
        "customer": customer,
        "kind": PriceKind.objects.get(is_default=True).pk,
        "people": [one.employee_id for one in staff.workers],
        "crew": len(staff.workers),
        "phases": list(phases),
        "statuses": [first[one] for one in phases],
    }


_FILL = (
    """
    INSERT INTO people_client (id, company_id, public_id, kind, name, name_key, last_name, first_name, middle_name,
      gender, city, address, position, zone, zone_source, zone_sure, is_vip, comment, inn, kpp, ogrn, bik, account,
      fields, responsible_id, external_id, first_source, version, made_at)
    SELECT %(at)s + n, %(company)s, 'c' || to_char(%(at)s + n, 'FM00000000000'), 'person', last || ' Анна', '', last,
      'Анна', '', '', 'Москва', '', '', 'Europe/Moscow', 'phone', true, false, '', '', '', '', '', '', '{}',
      (%(people)s::bigint[])[1 + n %% %(crew)s], '', '', 1, now() - interval '1 minute' * n
    FROM (SELECT n, 'Иванова' || initcap(chr(1072 + n %% 32) || chr(1072 + n / 32 %% 32)) AS last
      FROM generate_series(1, %(clients)s) AS n) AS named
    """,
    """
    INSERT INTO catalogue_category (id, company_id, public_id, name, path, position, parent_id)
    SELECT %(at)s + n, %(company)s, 'g' || to_char(%(at)s + n, 'FM00000000000'), 'Раздел ' || n,
      CASE WHEN n <= 10 THEN '/' ELSE '/' || %(at)s + 1 + n %% 10 || '/' END || %(at)s + n || '/', n,
      CASE WHEN n > 10 THEN %(at)s + 1 + n %% 10 END
    FROM generate_series(1, 110) AS n
    """,
    """
    INSERT INTO catalogue_product (id, company_id, public_id, kind, name, unit, is_weighed, vat, marking, brand,
      description, attributes, is_on_sale, version, created_at, category_id)
    SELECT %(at)s + n, %(company)s, 'p' || to_char(%(at)s + n, 'FM00000000000'), 'goods',
      (ARRAY['Стол', 'Стул', 'Шкаф', 'Полка', 'Кровать', 'Комод', 'Тумба', 'Диван', 'Кресло', 'Зеркало', 'Вешалка',
        'Скамья'])[1 + n %% 12] || ' ' || (ARRAY['обеденный', 'рабочий', 'детский', 'садовый', 'складной'])[1 + n %% 5]
        || ', ' || (ARRAY['дуб', 'ясень', 'бук', 'сосна', 'орех', 'берёза', 'белый'])[1 + n %% 7] || ' № ' || n,
      '796', false, 'main', '', 'Марка ' || n %% 50, '', '{}', n %% 40 > 0, 1, now() - interval '1 minute' * n,
      %(at)s + 11 + n %% 100
    FROM generate_series(1, %(goods)s) AS n
    """,
    """
    INSERT INTO catalogue_variant (id, company_id, public_id, product_id, code, name, options, maker_code, scale_code,
      is_on_sale, position)
    SELECT p.id, p.company_id, 'v' || to_char(p.id, 'FM00000000000'), p.id, 'A-' || lpad((p.id - %(at)s)::text, 6, '0'),
      p.name, '{}', 'M' || p.id - %(at)s, '', true, 0
    FROM catalogue_product p WHERE p.company_id = %(company)s
    """,
    """
    INSERT INTO catalogue_price (id, company_id, variant_id, kind_id, amount, since, source, made_at)
    SELECT v.id, v.company_id, v.id, %(kind)s, 100 + (v.id - %(at)s) * 7919 %% 90001, now() - interval '90 days',
      'hand', now()
    FROM catalogue_variant v WHERE v.company_id = %(company)s AND v.id %% 50 > 0
    """,
    """
    INSERT INTO catalogue_barcode (id, company_id, variant_id, value, key, kind)
    SELECT v.id, v.company_id, v.id, 'B' || v.id, 'B' || v.id, 'code128'
    FROM catalogue_variant v WHERE v.company_id = %(company)s
    """,
    """
    INSERT INTO catalogue_supplier (id, company_id, public_id, name, currency, lead_days, comment, is_on)
    SELECT %(at)s + n, %(company)s, 's' || to_char(%(at)s + n, 'FM00000000000'), 'Поставщик ' || n, 'RUB', 3 + n %% 10,
      '', true
    FROM generate_series(1, %(suppliers)s) AS n
    """,
    """
    INSERT INTO catalogue_cost (id, company_id, variant_id, supplier_id, amount, currency, seen_at)
    SELECT v.id, v.company_id, v.id, %(at)s + 1 + v.id %% %(suppliers)s, 60 + (v.id - %(at)s) * 7919 %% 50001, 'RUB',
      now()
    FROM catalogue_variant v WHERE v.company_id = %(company)s
    """,
    """
    INSERT INTO orders_order (id, company_id, public_id, number, operation, subject_kind, channel, outer_number, phase,
      status_at, currency, goods_sum, discount_sum, delivery_cost, delivery_vat, delivery_tax, total, tax, cost, paid,
      owed, promo_words, routing, address, city, recipient_name, recipient_phone, comment, promised_at,
      first_promised_at, late_cause, cancel_cause, link_hash, link_version, version, made_at, shipped_at, delivered_at,
      closed_at, client_id, place_id, responsible_id, status_id)
    SELECT %(at)s + n, %(company)s, 'o' || to_char(%(at)s + n, 'FM00000000000'), n, gen_random_uuid(), '',
      (ARRAY['phone', 'form', 'api', 'mail'])[1 + n %% 4], '', (%(phases)s::text[])[phase], made, 'RUB', 3000, 0, 0,
      'main', 0, 3000, 540.99, 1500, CASE WHEN phase = 5 THEN 3000 ELSE 0 END, CASE WHEN phase = 6 THEN 0 ELSE 3000 END,
      '', '{}', 'ул. Лесная, ' || n %% 300, 'Москва', '', '+79' || lpad((n * 7919::bigint %% 1000000007)::text, 9, '0'),
      '', made + interval '3 days', made + interval '3 days', '', '', md5(n::text), 1, 1, made,
      CASE WHEN phase = 5 THEN made + interval '1 day' END,
      CASE WHEN phase = 5 THEN made + interval '2 days' END, CASE WHEN phase > 4 THEN made + interval '2 days' END,
      %(at)s + 1 + n * 7919::bigint %% %(clients)s, (%(places)s::bigint[])[1 + n %% 3],
      (%(people)s::bigint[])[1 + n %% %(crew)s], (%(statuses)s::bigint[])[phase]
    FROM (SELECT n, now() - interval '1 minute' * ((%(orders)s - n) * 130000::bigint / %(orders)s) AS made,
        CASE WHEN n %% 100 < 90 THEN 5 WHEN n %% 100 < 95 THEN 6 ELSE 1 + LEAST(n %% 100 - 95, 3) END AS phase
      FROM generate_series(1, %(orders)s) AS n) AS told
    """,
    """
    INSERT INTO orders_orderline (id, company_id, order_id, position, variant_id, name, unit, quantity, price, discount,
      promo_discount, vat, percent, tax, total, cost, shipped_cost, options, is_goods, shipped, returned)
    SELECT o.id * 10 + place, o.company_id, o.id, place, v.id, v.name, '796', 1, 1000, 0, 0, 'main', 22, 180.33, 1000,
      500, CASE WHEN o.phase = 'done' THEN 500 ELSE 0 END, '{}', true, CASE WHEN o.phase = 'done' THEN 1 ELSE 0 END, 0
    FROM orders_order o CROSS JOIN generate_series(1, 3) AS place JOIN catalogue_variant v
      ON v.id = %(at)s + 1 + ((o.id - %(at)s) * 7919 + place * 101) %% %(goods)s
    WHERE o.company_id = %(company)s
    """,
    """
    INSERT INTO orders_passage (company_id, order_id, status_id, at, employee_id, cause)
    SELECT o.company_id, o.id, s, o.made_at + interval '1 hour' * place, o.responsible_id, ''
    FROM orders_order o CROSS JOIN LATERAL (VALUES (1, (%(statuses)s::bigint[])[1]), (2, o.status_id)) AS p (place, s)
    WHERE o.company_id = %(company)s AND (place = 1 OR o.phase <> 'new')
    """,
    """
    INSERT INTO orders_shipment (id, company_id, public_id, operation, number, state, tracking, made_at, packed_at,
      shipped_at, delivered_at, version, order_id, place_id)
    SELECT o.id, o.company_id, 'h' || to_char(o.id, 'FM00000000000'), gen_random_uuid(), o.number,
      CASE o.phase WHEN 'done' THEN 'delivered' WHEN 'shipping' THEN 'shipped' ELSE 'picking' END, '', o.made_at,
      o.shipped_at, o.shipped_at, o.delivered_at, 1, o.id, o.place_id
    FROM orders_order o WHERE o.company_id = %(company)s AND o.phase IN ('ready', 'shipping', 'done')
    """,
    """
    INSERT INTO orders_shipmentline (id, company_id, shipment_id, line_id, variant_id, quantity, picked)
    SELECT l.id, l.company_id, l.order_id, l.id, l.variant_id, 1, l.shipped
    FROM orders_orderline l JOIN orders_shipment s ON s.id = l.order_id WHERE l.company_id = %(company)s
    """,
    """
    INSERT INTO stock_reservation (company_id, operation, holder_kind, holder_id, holder_line, variant_id, place_id,
      quantity, state, made_at)
    SELECT o.company_id, o.operation, 'order', o.id, l.position, l.variant_id, o.place_id, 1, 'allocated', o.made_at
    FROM orders_order o JOIN orders_orderline l ON l.company_id = o.company_id AND l.order_id = o.id
    WHERE o.company_id = %(company)s AND o.phase IN ('new', 'work', 'ready')
    """,
    """
    INSERT INTO stock_balance (company_id, variant_id, place_id, is_external, on_hand, reserved)
    SELECT v.company_id, v.id, place, false, many + COALESCE(held, 0), COALESCE(held, 0)
    FROM catalogue_variant v CROSS JOIN unnest(%(places)s::bigint[]) WITH ORDINALITY AS p (place, nth)
      CROSS JOIN LATERAL (SELECT CASE WHEN v.id %% 10 = 0 THEN (v.id / 10 + nth) %% 14
        ELSE 14 + (v.id * 7 + nth * 3) %% 8 END AS many) m
      LEFT JOIN (SELECT variant_id, place_id, sum(quantity) AS held FROM stock_reservation
        WHERE company_id = %(company)s GROUP BY 1, 2) r ON r.variant_id = v.id AND r.place_id = place
    WHERE v.company_id = %(company)s
    """,
    """
    INSERT INTO stock_worth (company_id, variant_id, quantity, value)
    SELECT company_id, variant_id, sum(on_hand), sum(on_hand) * 500 FROM stock_balance
    WHERE company_id = %(company)s GROUP BY 1, 2 HAVING sum(on_hand) > 0
    """,
    """
    INSERT INTO stock_buffer (id, company_id, public_id, variant_id, place_id, supplier_id, target, min_lot, multiple,
      made_at, per_day, week_least, week_most, zone, zone_since, dips, judged_on)
    SELECT v.id, v.company_id, 'b' || to_char(v.id, 'FM00000000000'), v.id, (%(places)s::bigint[])[1 + v.id %% 3],
      %(at)s + 1 + v.id %% %(suppliers)s, 20, 0, 1, now() - interval '60 days', 0.5, 1, 6,
      (ARRAY['red', 'yellow', 'green'])[1 + v.id %% 3], current_date - 5, 0, current_date
    FROM catalogue_variant v WHERE v.company_id = %(company)s
    """,
    """
    INSERT INTO stock_document (id, company_id, public_id, kind, number, state, partner_number, comment, reason,
      expected_on, made_at, version, author_id, supplier_id, target_id)
    SELECT %(at)s + n, %(company)s, 'd' || to_char(%(at)s + n, 'FM00000000000'), 'purchase', n,
      CASE WHEN n %% 4 = 0 THEN 'open' ELSE 'done' END, '', '', '', current_date + 3, now() - interval '1 hour' * n, 1,
      (%(people)s::bigint[])[1], %(at)s + 1 + n %% %(suppliers)s, (%(places)s::bigint[])[1 + n %% 3]
    FROM generate_series(1, %(papers)s) AS n
    """,
    """
    INSERT INTO stock_documentline (company_id, document_id, variant_id, wanted, done, damaged, cost, lot_number, note)
    SELECT d.company_id, d.id, v.id, 10, CASE WHEN d.state = 'done' THEN 10 ELSE 0 END, 0, 500, '', ''
    FROM stock_document d CROSS JOIN generate_series(1, 25) AS nth JOIN catalogue_variant v
      ON v.id = %(at)s + 1 + ((d.id - %(at)s) * 127 + nth * 31) %% %(goods)s
    WHERE d.company_id = %(company)s
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO stock_move (company_id, operation, line, document_kind, document_id, variant_id, quantity, source_id,
      target_id, value, at, made_at, employee_id)
    SELECT o.company_id, s.operation, l.position, 'shipment', s.id, l.variant_id, 1, o.place_id, %(customer)s, 500,
      o.shipped_at, o.shipped_at, o.responsible_id
    FROM orders_order o JOIN orders_shipment s ON s.order_id = o.id
      JOIN orders_orderline l ON l.company_id = o.company_id AND l.order_id = o.id
    WHERE o.company_id = %(company)s AND o.phase = 'done'
    """,
    """
    INSERT INTO orders_numbering (company_id, kind, next) VALUES (%(company)s, 'order', %(orders)s + 1)
    ON CONFLICT (company_id, kind) DO UPDATE SET next = EXCLUDED.next
    """,
    "SELECT set_config('app.company_id', %(company)s::text, true)",
    # What was written a moment ago the planner takes for a hundred rows until he is told.
    "ANALYZE orders_order, orders_orderline, orders_passage, orders_shipment, stock_balance, stock_move",
    "SELECT orders_keep_facts(NULL)",
    "SELECT stock_touch_place(id) FROM unnest(%(places)s::bigint[]) AS p (id)",
    "SELECT stock_keep_sums()",
)
