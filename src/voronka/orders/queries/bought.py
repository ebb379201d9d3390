"""What clients have bought, and who orders again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median_low

from django.db.models import Count, Exists, OuterRef

from voronka.orders.models import ClientFigures, Order, OrderLine

LEAST_USUAL, MOST_USUAL = 20, 500  # orders that tell the usual sum


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


def has_ordered_since(client_id: int, moment: datetime) -> bool:
    """Tell whether a client has ordered since a moment, cancelled orders left out: at once, unlike his figures."""
    return Order.objects.filter(client_id=client_id, made_at__gte=moment).exclude(phase="cancelled").exists()


def usual_total() -> Decimal | None:
    """Return the median of the latest orders, cancelled ones left out; None where they are too few to say."""
    rows = Order.objects.filter(total__gt=0).exclude(phase="cancelled").order_by("-id")
    found = list(rows.values_list("total", flat=True)[:MOST_USUAL])
    return median_low(found) if len(found) >= LEAST_USUAL else None


def repeats_by_employee(start: datetime, end: datetime, employee_ids: Sequence[int] | None) -> dict[int | None, int]:
    """Return how many orders of clients who had ordered before were made in a stretch, by who answers for them.

    Cancelled orders neither count nor make another one a repeated one.
    """
    earlier = Order.objects.filter(client_id=OuterRef("client_id"), pk__lt=OuterRef("pk")).exclude(phase="cancelled")
    rows = Order.objects.filter(Exists(earlier), made_at__gte=start, made_at__lt=end).exclude(phase="cancelled")
    if employee_ids is not None:
        rows = rows.filter(responsible_id__in=list(employee_ids))
    return dict(rows.order_by().values_list("responsible_id").annotate(n=Count("id")))


def placed_since(client_ids: Iterable[int], since: datetime) -> list[tuple[int, datetime, Decimal]]:
    """Return whose order was made when and for how much, of these clients; cancelled ones are left out."""
    rows = Order.objects.filter(client_id__in=set(client_ids), made_at__gte=since).exclude(phase="cancelled")
    return [
        (client_id, at, total)
        for client_id, at, total in rows.order_by("id").values_list("client_id", "made_at", "total")
        if client_id is not None
    ]


def last_bought(client_id: int) -> tuple[datetime, list[int]] | None:
    """Return when a client ordered last, and the variants of that order; None where he has none but cancelled ones."""
    order = Order.objects.filter(client_id=client_id).exclude(phase="cancelled").order_by("-made_at", "-id").first()
    if order is None:
        return None
    goods = OrderLine.objects.filter(order=order, variant_id__isnull=False).order_by("position")
    return order.made_at, [pk for pk in goods.values_list("variant_id", flat=True) if pk is not None]


def bought_with(variant_id: int, since: datetime, *, most: int) -> list[int]:
    """Return the variants that stand in the same orders as one, those that do so most often first."""
    lines = OrderLine.objects.filter(order__made_at__gte=since).exclude(order__phase="cancelled")
    holding = lines.filter(variant_id=variant_id)
    newest = holding.order_by("-id").values_list("order_id", flat=True)[:1_000]
    beside = lines.filter(order_id__in=list(newest), variant_id__isnull=False).exclude(variant_id=variant_id)
    rows = beside.order_by().values_list("variant_id").annotate(n=Count("order_id", distinct=True))
    return [pk for pk, _n in rows.order_by("-n", "variant_id")[:most] if pk is not None]


def times_bought(variant_id: int, since: datetime) -> int:
    """Return in how many orders a variant stands; cancelled ones are left out."""
    rows = OrderLine.objects.filter(variant_id=variant_id, order__made_at__gte=since).exclude(
        order__phase="cancelled"
    )
    return rows.values("order_id").distinct().count()
