"""What an order is to be paid in all, kept on it: lists, counts, texts and papers read the same figure."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum

from voronka.orders.models import Order, OrderLine, Return
from voronka.orders.queries.keeping import CAME_BACK, owed_of
from voronka.orders.rules.pricing import ZERO


def owed_now(order: Order, lines: Sequence[OrderLine]) -> Decimal:
    """Return what a locked order is to be paid in all, by its lines and returns as they are now.

    Whoever changes the sum of an order, cancels it or takes goods of it back writes that as `owed` in the same
    transaction. Returns are read only where a line says that something came back.
    """
    return owed_of(order, lines, *_came_back(order, lines))


def _came_back(order: Order, lines: Sequence[OrderLine]) -> tuple[Decimal, Decimal]:
    if not any(one.returned for one in lines):
        return ZERO, ZERO
    rows = Return.objects.filter(order=order, state__in=CAME_BACK)
    told = rows.aggregate(money=Sum("sum"), delivery=Sum("delivery"))
    return told["money"] or ZERO, told["delivery"] or ZERO
