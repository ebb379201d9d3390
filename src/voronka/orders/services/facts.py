"""What the report reads of orders: reckoned anew from them, kept as one row an order."""

from collections.abc import Sequence

from django.db import connection, transaction

from voronka.kit.tenancy import current_company_id

_COLUMNS = (
    "made_at", "responsible_id", "is_cancelled", "first_promised_at", "came_at", "total", "paid", "cost", "left_cost",
    "is_flawed", "statuses", "minutes",
)  # fmt: skip
_DIFFERING = """
    SELECT COALESCE(k.order_id, t.order_id), (@k)::text, (@t)::text
    FROM (SELECT * FROM orders_orderfact WHERE company_id = %s) k
      FULL JOIN orders_reckon_facts(NULL) t ON t.order_id = k.order_id
    WHERE (@k) IS DISTINCT FROM (@t) ORDER BY 1"""
for _side in ("k", "t"):
    _DIFFERING = _DIFFERING.replace(f"@{_side}", ", ".join(f"{_side}.{one}" for one in _COLUMNS))


@transaction.atomic
def refresh_facts(order_ids: Sequence[int] | None) -> None:
    """Reckon anew what the report reads of orders, of all for None."""
    ids = None if order_ids is None else sorted(set(order_ids))
    with connection.cursor() as cursor:
        cursor.execute("SELECT orders_keep_facts(%s::bigint[])", [ids])


def differing_facts() -> list[tuple[int, str, str]]:
    """Return the orders whose kept facts are not what they say: id, kept, reckoned."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING, [current_company_id()])
        return list(cursor.fetchall())
