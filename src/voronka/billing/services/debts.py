"""What clients owe: reckoned anew from their invoices, kept as one row a client."""

from collections.abc import Sequence

from django.db import connection, transaction

from voronka.kit.tenancy import current_company_id

_DIFFERING = """
    SELECT COALESCE(k.client_id, t.client_id), k.amount, t.amount
    FROM (SELECT * FROM billing_clientdebt WHERE company_id = %s) k
      FULL JOIN billing_reckon_debts(NULL) t ON t.client_id = k.client_id
    WHERE k.amount IS DISTINCT FROM t.amount ORDER BY 1"""


@transaction.atomic
def refresh_debts(client_ids: Sequence[int] | None) -> None:
    """Reckon anew what clients owe, what everybody owes for None."""
    ids = None if client_ids is None else sorted(set(client_ids))
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_keep_debts(%s::bigint[])", [ids])


def differing_debts() -> list[tuple[int, object, object]]:
    """Return the clients whose kept debts are not those of their invoices: id, kept, reckoned."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING, [current_company_id()])
        return list(cursor.fetchall())
