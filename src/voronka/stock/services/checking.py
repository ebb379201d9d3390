"""What is kept of the ledger's sums is compared with the ledger itself."""

from django.db import connection

from voronka.kit.tenancy import current_company_id
from voronka.stock.queries.sums import differing_sums

_QUESTIONS = {
    "the balance of variant {} in place {} is {}, the moves say {}": """
        WITH told AS (
          SELECT x.variant_id, x.place_id, sum(x.quantity) AS quantity FROM (
            SELECT variant_id, target_id AS place_id, quantity FROM stock_move WHERE company_id = %(company)s
            UNION ALL
            SELECT variant_id, source_id, -quantity FROM stock_move WHERE company_id = %(company)s) x
          GROUP BY x.variant_id, x.place_id)
        SELECT COALESCE(b.variant_id, t.variant_id), COALESCE(b.place_id, t.place_id), COALESCE(b.on_hand, 0),
          COALESCE(t.quantity, 0)
        FROM (SELECT * FROM stock_balance WHERE company_id = %(company)s) b
          FULL JOIN told t ON t.variant_id = b.variant_id AND t.place_id = b.place_id
        WHERE COALESCE(b.on_hand, 0) <> COALESCE(t.quantity, 0)""",
    "of variant {} in place {} {} are reserved, the reservations say {}": """
        WITH told AS (
          SELECT variant_id, place_id, sum(quantity) AS quantity FROM stock_reservation
          WHERE company_id = %(company)s AND state IN ('held', 'allocated') GROUP BY variant_id, place_id)
        SELECT COALESCE(b.variant_id, t.variant_id), COALESCE(b.place_id, t.place_id), COALESCE(b.reserved, 0),
          COALESCE(t.quantity, 0)
        FROM (SELECT * FROM stock_balance WHERE company_id = %(company)s) b
          FULL JOIN told t ON t.variant_id = b.variant_id AND t.place_id = b.place_id
        WHERE COALESCE(b.reserved, 0) <> COALESCE(t.quantity, 0)""",
    "the balance of variant {} over all places is {}": """
        SELECT variant_id, sum(on_hand) FROM stock_balance WHERE company_id = %(company)s
        GROUP BY variant_id HAVING sum(on_hand) <> 0""",
    "the balance of variant {} takes place {} for the wrong side": """
        SELECT b.variant_id, b.place_id FROM stock_balance b
          JOIN stock_place p ON p.company_id = b.company_id AND p.id = b.place_id
        WHERE b.company_id = %(company)s AND b.is_external <> p.is_external""",
    "lot {} in place {} has {}, the moves say {}": """
        WITH told AS (
          SELECT x.lot_id, x.place_id, sum(x.quantity) AS quantity FROM (
            SELECT lot_id, target_id AS place_id, quantity FROM stock_move WHERE company_id = %(company)s
            UNION ALL
            SELECT lot_id, source_id, -quantity FROM stock_move WHERE company_id = %(company)s) x
            JOIN stock_place p ON p.company_id = %(company)s AND p.id = x.place_id AND NOT p.is_external
          WHERE x.lot_id IS NOT NULL GROUP BY x.lot_id, x.place_id)
        SELECT COALESCE(b.lot_id, t.lot_id), COALESCE(b.place_id, t.place_id), COALESCE(b.on_hand, 0),
          COALESCE(t.quantity, 0)
        FROM (SELECT * FROM stock_lotbalance WHERE company_id = %(company)s) b
          FULL JOIN told t ON t.lot_id = b.lot_id AND t.place_id = b.place_id
        WHERE COALESCE(b.on_hand, 0) <> COALESCE(t.quantity, 0)""",
    "variant {}: {} pieces have a worth, {} lie in the places": """
        WITH told AS (
          SELECT variant_id, sum(on_hand) AS quantity FROM stock_balance
          WHERE company_id = %(company)s AND NOT is_external GROUP BY variant_id)
        SELECT COALESCE(w.variant_id, t.variant_id), COALESCE(w.quantity, 0), COALESCE(t.quantity, 0)
        FROM (SELECT * FROM stock_worth WHERE company_id = %(company)s) w
          FULL JOIN told t ON t.variant_id = w.variant_id
        WHERE COALESCE(w.quantity, 0) <> COALESCE(t.quantity, 0)""",
    "variant {} is worth {}, its moves say {}": """
        WITH told AS (
          SELECT m.variant_id, sum(CASE WHEN t.is_external THEN -m.value ELSE m.value END) AS value
          FROM stock_move m
            JOIN stock_place s ON s.company_id = m.company_id AND s.id = m.source_id
            JOIN stock_place t ON t.company_id = m.company_id AND t.id = m.target_id
          WHERE m.company_id = %(company)s AND s.is_external <> t.is_external GROUP BY m.variant_id)
        SELECT COALESCE(w.variant_id, t.variant_id), COALESCE(w.value, 0), COALESCE(t.value, 0)
        FROM (SELECT * FROM stock_worth WHERE company_id = %(company)s) w
          FULL JOIN told t ON t.variant_id = w.variant_id
        WHERE COALESCE(w.value, 0) <> COALESCE(t.value, 0)""",
    "variant {}: its layers of cost hold {} for {}, it has {} for {}": """
        SELECT w.variant_id, COALESCE(l.quantity, 0), COALESCE(l.value, 0), w.quantity, w.value
        FROM stock_worth w LEFT JOIN (
            SELECT variant_id, sum(quantity) AS quantity, sum(value) AS value FROM stock_costlayer
            WHERE company_id = %(company)s GROUP BY variant_id) l ON l.variant_id = w.variant_id
        WHERE w.company_id = %(company)s
          AND EXISTS (SELECT 1 FROM stock_stocksettings s WHERE s.company_id = %(company)s AND s.cost_method = 'fifo')
          AND (COALESCE(l.quantity, 0), COALESCE(l.value, 0)) IS DISTINCT FROM (w.quantity, w.value)""",
}


def compare_with_ledger() -> list[str]:
    """Return where balances, reservations, lots, worth and kept sums of the current company differ from the ledger;
    belongs into one transaction.
    """
    found = []
    with connection.cursor() as cursor:
        for sentence, question in _QUESTIONS.items():
            cursor.execute(question, {"company": current_company_id()})
            found += [sentence.format(*row) for row in cursor.fetchall()]
    found += [f"variant {pk}: its sums are {kept}, its balances say {told}" for pk, kept, told in differing_sums()]
    return found
