"""What variants cost the company, and rates of currencies."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Min, Q

from voronka.catalogue.models import Cost, Rate, Supplier
from voronka.catalogue.rules.markups import Bought, cheapest, in_roubles
from voronka.kit.db.among import held_in
from voronka.kit.db.arrays import Array


def rates_on(at: datetime) -> dict[str, Decimal]:
    """Return how many roubles one unit of each currency is at a moment."""
    rows = Rate.objects.filter(since__lte=at.date()).order_by("currency", "-since").distinct("currency")
    return dict(rows.values_list("currency", "per_unit"))


def costs_of(variant_ids: Sequence[int], at: datetime) -> dict[int, Bought]:
    """Return what counts as the cost of variants, in roubles: the lowest of suppliers in use, else what was typed.

    Those without a cost, or with none whose currency has a rate, are left out.
    """
    rows = list(
        Cost.objects.filter(Q(supplier__isnull=True) | Q(supplier__is_on=True), variant_id__in=list(variant_ids))
        .order_by("variant_id", "id")
        .values_list("variant_id", "amount", "currency", "supplier_id")
    )
    rates = rates_on(at) if any(currency != "RUB" for _id, _amount, currency, _supplier in rows) else {}
    found: dict[int, list[Bought]] = {}
    for variant_id, amount, currency, supplier_id in rows:
        roubles = in_roubles(amount, currency, rates)
        if roubles is not None:
            found.setdefault(variant_id, []).append(Bought(roubles, currency, supplier_id))
    lowest = {variant_id: cheapest(costs) for variant_id, costs in found.items()}
    return {variant_id: one for variant_id, one in lowest.items() if one is not None}


def lead_days(variant_ids: Sequence[int]) -> dict[int, int]:
    """Return in how many days the quickest supplier in use brings each variant; those of nobody known are left out."""
    rows = Cost.objects.filter(
        variant_id__in=list(variant_ids), supplier__is_on=True, supplier__lead_days__isnull=False
    )
    return dict(rows.values_list("variant_id").annotate(Min("supplier__lead_days")).order_by())


def variants_with_cost() -> list[int]:
    """Return the ids of all variants that something is asked for: what rules can be applied to."""
    return list(Cost.objects.order_by("variant_id").values_list("variant_id", flat=True).distinct())


def asked_by_suppliers(variant_ids: Sequence[int], at: datetime) -> dict[tuple[int, int], Decimal]:
    """Return what each supplier in use last asked for variants, in roubles, by (variant, supplier)."""
    in_use = held_in("supplier_id", Supplier.objects.filter(is_on=True).values("id"))  # a join would ask for each
    rows = list(
        Cost.objects.filter(in_use, variant_id__any_of=Array(variant_ids)).values_list(
            "variant_id", "supplier_id", "amount", "currency"
        )
    )
    rates = rates_on(at) if any(currency != "RUB" for _variant, _supplier, _amount, currency in rows) else {}
    found = {}
    for variant_id, supplier_id, amount, currency in rows:
        roubles = in_roubles(amount, currency, rates)
        if roubles is not None and supplier_id is not None:
            found[variant_id, supplier_id] = roubles
    return found


def lead_days_of(supplier_ids: Sequence[int]) -> dict[int, int | None]:
    """Return how many days suppliers in use take, None where nobody has said."""
    return dict(Supplier.objects.filter(pk__in=list(supplier_ids), is_on=True).values_list("id", "lead_days"))
