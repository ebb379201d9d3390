"""Sales that were lost: by goods, places, causes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Max, Sum

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.stock.models import LostSale
from voronka.stock.permissions import SEE

PERIODS = (7, 30, 90, 365)


@dataclass(frozen=True, slots=True)
class LostGoods:
    """What was wanted in vain of a variant in a place for a cause. `sum` by the price of now, None without one."""

    variant_id: int
    variant: str
    code: str
    name: str
    place_id: int | None
    place: str
    cause: str
    quantity: Decimal
    times: int
    last_at: datetime
    sum: Decimal | None


@dataclass(frozen=True, slots=True)
class LostAsk:
    """Of what period, in days till now, and of which place and cause, where one is asked for."""

    days: int = 30
    place_id: int | None = None
    cause: str = ""


def list_lost(actor: Actor, ask: LostAsk, *, now: datetime, most: int = 1_000) -> list[LostGoods]:
    """Return what was lost, the greatest sums first, those without a price last. Raises Denied without the right."""
    actor.require(SEE)
    found = LostSale.objects.filter(at__gt=now - timedelta(days=ask.days), at__lte=now)
    if ask.place_id is not None:
        found = found.filter(place_id=ask.place_id)
    if ask.cause:
        found = found.filter(cause=ask.cause)
    rows = list(
        found.values_list("variant_id", "variant__public_id", "variant__code", "variant__name", "place_id",
                          "place__name", "cause")
        .annotate(many=Sum("quantity"), times=Count("id"), last=Max("at"))
        .order_by("-many", "variant_id", "place_id", "cause")[:most]
    )  # fmt: skip
    prices = catalogue.price_now(sorted({row[0] for row in rows}), at=now)
    lost = [_lost(row, prices.get(row[0])) for row in rows]
    return sorted(lost, key=lambda one: (one.sum is None, -(one.sum or 0), -one.quantity, one.variant_id))


def _lost(row: Sequence[object], price: Decimal | None) -> LostGoods:
    variant_id, variant, code, name, place_id, place, cause, many, times, last = row
    total = None if price is None else (price * many).quantize(Decimal("0.01"))  # type: ignore[operator]
    return LostGoods(
        variant_id, variant, code, name, place_id, place or "", cause, many, times, last, total,  # type: ignore[arg-type]
    )  # fmt: skip
