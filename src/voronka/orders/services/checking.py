"""What is kept of orders is compared with what it is kept of: `voronka check orders`."""

from django.db import connection

from voronka.kit.tenancy import current_company_id
from voronka.orders.services.facts import differing_facts
from voronka.orders.services.figures import differing_figures

_QUESTIONS = {
    "order № {}: its sums are {}, those of its lines {}": """
        SELECT o.number, (o.goods_sum, o.discount_sum, o.tax - o.delivery_tax, o.cost)::text,
          (COALESCE(s.goods, 0), COALESCE(s.discount, 0), COALESCE(s.tax, 0), COALESCE(s.cost, 0))::text
        FROM orders_order o LEFT JOIN (
            SELECT order_id, sum(total + discount) AS goods, sum(discount) AS discount, sum(tax) AS tax,
              sum(cost) AS cost
            FROM orders_orderline WHERE company_id = %(company)s GROUP BY order_id) s ON s.order_id = o.id
        WHERE o.company_id = %(company)s
          AND (o.goods_sum, o.discount_sum, o.tax - o.delivery_tax, o.cost) IS DISTINCT FROM
              (COALESCE(s.goods, 0), COALESCE(s.discount, 0), COALESCE(s.tax, 0), COALESCE(s.cost, 0))""",
    "order № {}: it says that {} is to be paid, its lines and returns say {}": """
        WITH r AS MATERIALIZED (SELECT * FROM orders_reckon_owed())
        SELECT o.number, o.owed, r.owed FROM orders_order o JOIN r ON r.order_id = o.id
        WHERE o.company_id = %(company)s AND o.owed <> r.owed""",
    "order № {}, line {}: {} x {} less {} is not {}": """
        SELECT o.number, l.position, l.quantity, l.price, l.discount, l.total
        FROM orders_orderline l JOIN orders_order o ON o.company_id = l.company_id AND o.id = l.order_id
        WHERE l.company_id = %(company)s AND round(l.quantity * l.price, 2) - l.discount <> l.total""",
    "order № {} stands in a status of phase {}, it says {}": """
        SELECT o.number, s.phase, o.phase FROM orders_order o
          JOIN orders_status s ON s.company_id = o.company_id AND s.id = o.status_id
        WHERE o.company_id = %(company)s AND o.phase <> s.phase""",
    "order № {}, line {}: {} have left, the shipments say {}": """
        SELECT o.number, l.position, l.shipped, COALESCE(s.many, 0)
        FROM orders_orderline l JOIN orders_order o ON o.company_id = l.company_id AND o.id = l.order_id
          LEFT JOIN (
            SELECT x.line_id, x.variant_id, sum(x.quantity) AS many FROM orders_shipmentline x
              JOIN orders_shipment h ON h.company_id = x.company_id AND h.id = x.shipment_id
            WHERE x.company_id = %(company)s AND h.state IN ('shipped', 'delivered')
            GROUP BY x.line_id, x.variant_id) s ON s.line_id = l.id AND s.variant_id = l.variant_id
        WHERE l.company_id = %(company)s AND l.is_goods AND l.shipped <> COALESCE(s.many, 0)
          AND NOT EXISTS (SELECT 1 FROM orders_shipmentline k WHERE k.company_id = l.company_id AND k.line_id = l.id
                          AND k.variant_id <> l.variant_id)""",
    "order № {}, line {}: {} came back, the returns say {}": """
        SELECT o.number, l.position, l.returned, COALESCE(s.many, 0)
        FROM orders_orderline l JOIN orders_order o ON o.company_id = l.company_id AND o.id = l.order_id
          LEFT JOIN (
            SELECT x.line_id, sum(x.quantity) AS many FROM orders_returnline x
              JOIN orders_return r ON r.company_id = x.company_id AND r.id = x.back_id
            WHERE x.company_id = %(company)s AND r.state IN ('received', 'refunded') GROUP BY x.line_id) s
            ON s.line_id = l.id
        WHERE l.company_id = %(company)s AND l.returned <> COALESCE(s.many, 0)""",
    "return № {}: its sum is {}, that of its lines and of the delivery {}": """
        SELECT r.number, r.sum, COALESCE(s.sum, 0) + r.delivery FROM orders_return r LEFT JOIN (
            SELECT back_id, sum(sum) AS sum FROM orders_returnline WHERE company_id = %(company)s GROUP BY back_id) s
            ON s.back_id = r.id
        WHERE r.company_id = %(company)s AND r.sum <> COALESCE(s.sum, 0) + r.delivery""",
    "order № {}: returns give {} of the delivery back, it cost {}": """
        SELECT o.number, s.sum, o.delivery_cost FROM orders_order o JOIN (
            SELECT order_id, sum(delivery) AS sum, sum(delivery_tax) AS tax FROM orders_return
            WHERE company_id = %(company)s AND state IN ('asked', 'received', 'refunded') GROUP BY order_id) s
            ON s.order_id = o.id
        WHERE o.company_id = %(company)s AND (s.sum > o.delivery_cost OR s.tax > o.delivery_tax)""",
    "order № {}, line {}: returns of {} are more than its sum {}": """
        SELECT o.number, l.position, s.sum, l.total
        FROM orders_orderline l JOIN orders_order o ON o.company_id = l.company_id AND o.id = l.order_id
          JOIN (
            SELECT x.line_id, sum(x.sum) AS sum FROM orders_returnline x
              JOIN orders_return r ON r.company_id = x.company_id AND r.id = x.back_id
            WHERE x.company_id = %(company)s AND r.state IN ('asked', 'received', 'refunded') GROUP BY x.line_id) s
            ON s.line_id = l.id
        WHERE l.company_id = %(company)s AND s.sum > l.total""",
    "order № {} is ended, and goods are promised to it still": """
        SELECT DISTINCT o.number FROM orders_order o
          JOIN stock_reservation v ON v.company_id = o.company_id AND v.holder_kind = 'order' AND v.holder_id = o.id
            AND v.state IN ('held', 'allocated')
        WHERE o.company_id = %(company)s AND o.phase = 'cancelled'""",
    "order № {}, line {}: {} are promised, it wants only {}": """
        SELECT o.number, l.position, v.many, l.quantity - l.shipped
        FROM orders_orderline l JOIN orders_order o ON o.company_id = l.company_id AND o.id = l.order_id
          JOIN (
            SELECT holder_id, holder_line, variant_id, sum(quantity) AS many FROM stock_reservation
            WHERE company_id = %(company)s AND holder_kind = 'order' AND state IN ('held', 'allocated')
            GROUP BY holder_id, holder_line, variant_id) v
            ON v.holder_id = o.id AND v.holder_line = l.position AND v.variant_id = l.variant_id
        WHERE l.company_id = %(company)s AND v.many > l.quantity - l.shipped""",
    "goods are promised to order {}, which is not there": """
        SELECT DISTINCT v.holder_id FROM stock_reservation v
        WHERE v.company_id = %(company)s AND v.holder_kind = 'order' AND v.state IN ('held', 'allocated')
          AND NOT EXISTS (SELECT 1 FROM orders_order o WHERE o.company_id = %(company)s AND o.id = v.holder_id)""",
}


def compare_orders() -> list[str]:
    """Return where orders of the current company differ from their lines, shipments, returns and promises.

    Belongs into one transaction. Figures of clients and facts of the report that the listener has not come to yet
    differ as well.
    """
    found = []
    with connection.cursor() as cursor:
        for sentence, question in _QUESTIONS.items():
            cursor.execute(question, {"company": current_company_id()})
            found += [sentence.format(*row) for row in cursor.fetchall()]
    found += [f"order {pk}: the report reads {kept} of it, it says {told}" for pk, kept, told in differing_facts()]
    found += [f"client {pk}: his figures are {kept}, his orders say {told}" for pk, kept, told in differing_figures()]
    return found
