"""An order as those who ask its client about it have to know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from voronka.orders.models import Feedback, Order

ALONE = timedelta(hours=1)
AROUND = timedelta(days=2)  # a shop may tell us of an order by night what its page told in the morning


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """An order that a client may be asked about; `is_rated`: he has said by himself how it was.

    `outer_number` is what its channel calls it.
    """

    id: int
    public_id: str
    number: int
    client_id: int
    phase: str
    responsible_id: int | None
    is_rated: bool
    outer_number: str
    total: Decimal


def asked_about(order_id: int) -> AskedAbout | None:
    """Return an order by its id."""
    row = Order.objects.filter(pk=order_id).first()
    if row is None:
        return None
    is_rated = Feedback.objects.filter(order=row).exists()
    return AskedAbout(
        row.pk, row.public_id, row.number, row.client_id, row.phase, row.responsible_id, is_rated, row.outer_number,
        row.total,
    )  # fmt: skip


def calls_of(client_ids: Sequence[int]) -> dict[str, list[datetime]]:
    """Return by which numbers the orders of clients are called, in capitals, and when those were made."""
    found: dict[str, list[datetime]] = {}
    rows = Order.objects.filter(client_id__in=list(client_ids))
    for number, outer, at in rows.values_list("number", "outer_number", "made_at"):
        for one in {str(number), outer.strip().upper()} - {""}:
            found.setdefault(one, []).append(at)
    return found


def told_of(number: str, total: Decimal | None, client_id: int | None, *, around: datetime) -> int | None:
    """Return the order that a page of thanks speaks of, None where that is not sure.

    A number is ours, or that of the order's channel. Anybody may tell one: without a client the sum must be told as
    well. A client's only order of those hours is meant also where the shop numbers it otherwise.
    """
    near = Order.objects.filter(made_at__gt=around - AROUND, made_at__lt=around + AROUND)
    if client_id is not None:
        near = near.filter(client_id=client_id)
    elif total is None:
        return None
    else:
        near = near.filter(total=total)
    if number:
        named = Q(outer_number__iexact=number)
        if number.isascii() and number.isdecimal() and len(number) < 10:
            named |= Q(number=int(number))
        found = list(near.filter(named).values_list("id", flat=True)[:2])
        if len(found) == 1:
            return found[0]
    if client_id is None:
        return None
    lone = near.filter(made_at__gt=around - ALONE, made_at__lt=around + ALONE)
    found = list((lone if total is None else lone.filter(total=total)).values_list("id", flat=True)[:2])
    return found[0] if len(found) == 1 else None
