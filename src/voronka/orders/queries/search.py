"""Search of orders by what a person types."""

from django.db import connection

from voronka.kit.actors import Actor
from voronka.orders.queries.reach import owners_reached
from voronka.people import queries as people

FOUND_CLIENTS = 200
TEXT_LIMIT = 100
ALL = 1_000_000
_MOST_NUMBER = 10**9


def search_orders(actor: Actor, text: str, *, most: int = ALL) -> list[int]:
    """Return the ids of orders that a typed text means, the newest `most` of them: a number (always), the channel's
    number, a client, a part of the name of a line. Who sees them all is still to be asked.
    """
    line = text.strip()[:TEXT_LIMIT].replace("\0", "")
    if not line:
        return []
    plain = line.lstrip("№# ").strip()
    is_number = plain.isascii() and plain.isdigit() and len(plain) < len(str(_MOST_NUMBER))
    clients = people.search_clients(actor, line, most=FOUND_CLIENTS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM orders_search(%s, %s, %s::bigint[], %s::bigint[], %s)",
            [line, int(plain) if is_number else None, clients, owners_reached(actor), most],
        )
        return list(dict.fromkeys(row[0] for row in cursor.fetchall()))
