"""What variants cost the buyer at a moment, and the percent of VAT."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from voronka.catalogue.models import ClientTerms, Price
from voronka.catalogue.rules import vat


def vat_percent(code: str, day: date) -> Decimal | None:
    """Return the percent of a product's VAT code on a day; None where nothing is taxed.

    Raises KeyError for an unknown code, ValueError for a day before the rate came into force.
    """
    return vat.percent_on(code, day)


def in_force(at: datetime) -> Q:
    """Return the condition of prices that hold at a moment."""
    return Q(since__lte=at) & (Q(until__isnull=True) | Q(until__gt=at))


def agreed(at: datetime) -> Q:
    """Return the condition of personal terms that hold at a moment."""
    begun = Q(since__isnull=True) | Q(since__lte=at)
    return begun & (Q(until__isnull=True) | Q(until__gt=at))


def price_now(variant_ids: Sequence[int], kind: str = "", at: datetime | None = None) -> dict[int, Decimal]:
    """Return what variants cost at a moment, by the kind of price of this code (empty: the default one).

    Variants without a price are left out. `at` is now for pages and jobs.
    """
    found = Price.objects.filter(in_force(at or timezone.now()), variant_id__in=list(variant_ids))
    found = found.filter(kind__code=kind) if kind else found.filter(kind__is_default=True)
    return dict(found.values_list("variant_id", "amount"))


def terms_of(client_id: int, at: datetime | None = None) -> tuple[str, Decimal]:
    """Return the code of the kind of price that a client pays (empty: the default one) and his discount in percent.

    Those of a moment; `at` is now for pages and jobs.
    """
    rows = ClientTerms.objects.filter(agreed(at or timezone.now()), client_id=client_id)
    row = rows.values_list("kind__code", "discount_percent").first()
    return ("", Decimal(0)) if row is None else (row[0] or "", row[1])
