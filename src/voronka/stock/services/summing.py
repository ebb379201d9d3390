"""The sums of goods over all places: noted where they change, reckoned anew by a listener."""

from django.db import connection, transaction


def touch_place(place_id: int) -> None:
    """Have the sums of all goods that have lain in a place reckoned anew; they are read from the balances till then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stock_touch_place(%s)", [place_id])


@transaction.atomic
def keep_sums() -> int:
    """Reckon the sums of all goods that were touched; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stock_keep_sums()")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
