"""What is coming, by the day it is expected."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import F, Q

from voronka.stock.models import DocumentLine


def arrivals(variant_ids: Sequence[int]) -> dict[int, list[tuple[date, Decimal]]]:
    """Return what is ordered or under way by variant: day and quantity, the earliest first.

    What has no day is left out: nobody can promise by it.
    """
    lines = DocumentLine.objects.filter(
        Q(document__kind="purchase", document__state__in=["open", "sent"])
        | Q(document__kind="transfer", document__state="sent"),
        variant_id__in=list(variant_ids),
        wanted__gt=F("done"),
        document__expected_on__isnull=False,
    ).order_by("document__expected_on", "id")
    found: dict[int, list[tuple[date, Decimal]]] = {}
    for variant_id, day, wanted, done in lines.values_list("variant_id", "document__expected_on", "wanted", "done"):
        if day is not None and wanted is not None:
            found.setdefault(variant_id, []).append((day, wanted - done))
    return found
