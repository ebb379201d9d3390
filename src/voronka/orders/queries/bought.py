"""What clients have bought, and who orders again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef

from voronka.orders.models import ClientFigures, Order


@dataclass(frozen=True, slots=True)
class Bought:
    """How often a client has ordered, for how much in all and on the average, and when last."""

    count: int
    total: Decimal
    average: Decimal
    last_at: datetime | None


def figures_of(client_id: int) -> Bought:
    """Return what a client has bought by his orders, cancelled ones left out; nought where he has none."""
    row = ClientFigures.objects.filter(client_id=client_id).first()
    return Bought(row.count, row.total, row.average, row.last_at) if row else Bought(0, Decimal(0), Decimal(0), None)


def repeats_by_employee(start: datetime, end: datetime, employee_ids: Sequence[int] | None) -> dict[int | None, int]:
    """Return how many orders of clients who had ordered before were made in a stretch, by who answers for them.

    Cancelled orders neither count nor make another one a repeated one.
    """
    earlier = Order.objects.filter(client_id=OuterRef("client_id"), pk__lt=OuterRef("pk")).exclude(phase="cancelled")
    rows = Order.objects.filter(Exists(earlier), made_at__gte=start, made_at__lt=end).exclude(phase="cancelled")
    if employee_ids is not None:
        rows = rows.filter(responsible_id__in=list(employee_ids))
    return dict(rows.order_by().values_list("responsible_id").annotate(n=Count("id")))
