"""What clients have bought: reckoned anew from their orders, kept as one row a client."""

from collections.abc import Sequence

from django.db import connection, transaction

from voronka.kit.tenancy import current_company_id

_DIFFERING = """
    SELECT COALESCE(k.client_id, t.client_id), (k.count, k.total, k.average, k.last_at)::text,
      (t.count, t.total, t.average, t.last_at)::text
    FROM (SELECT * FROM orders_clientfigures WHERE company_id = %s) k
      FULL JOIN orders_reckon_figures(NULL) t ON t.client_id = k.client_id
    WHERE (k.count, k.total, k.average, k.last_at) IS DISTINCT FROM (t.count, t.total, t.average, t.last_at)"""


@transaction.atomic
def refresh_figures(client_ids: Sequence[int]) -> None:
    """Reckon the figures of clients anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT orders_keep_figures(%s::bigint[])", [sorted(set(client_ids))])


def differing_figures() -> list[tuple[int, str, str]]:
    """Return the clients whose kept figures are not those of their orders: id, kept, reckoned."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING, [current_company_id()])
        return list(cursor.fetchall())
