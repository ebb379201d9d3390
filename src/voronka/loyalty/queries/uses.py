"""Where codes were used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from voronka.loyalty.models import Promo, PromoCode, PromoUse, Referral


@dataclass(frozen=True, slots=True)
class Used:
    """The code of a sale: as it is printed, the promo's name and public id, what it took off."""

    code_id: int
    code: str
    promo: str
    promo_id: str
    amount: Decimal


def used_in(kind: str, ids: Sequence[int]) -> dict[int, Used]:
    """Return the live code of each sale that has one, by the sale's id."""
    rows = PromoUse.objects.filter(holder_kind=kind, holder_id__in=list(ids), given_back_at=None)
    return {
        one.holder_id: Used(one.code_id, one.code.code, one.promo.name, one.promo.public_id, one.amount)
        for one in rows.select_related("code", "promo")
    }


def taken_by(codes: Sequence[str]) -> dict[str, Decimal]:
    """Return what codes, as they are printed, have taken off sales so far; unused ones are left out."""
    rows = PromoUse.objects.filter(code__code__in=list(codes), given_back_at=None)
    return {code: Decimal(took) for code, took in rows.values_list("code__code").annotate(took=Sum("amount"))}


def promo_of(code: str) -> str:
    """Return the public id of the promo that a code, as it is printed, is of; "" for none."""
    return PromoCode.objects.filter(code=code).values_list("promo__public_id", flat=True).first() or ""


def batches(kept: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return public id and name of the promos that give codes for single use and are on, the newest first.

    Those of `kept` (public ids) are among them, off or not: what was chosen is not lost while it is off for a time.
    """
    found = dict(
        Promo.objects.filter(is_batch=True, is_on=True).order_by("-id").values_list("public_id", "name")[:200]
    )
    lacking = {one for one in kept if one and one not in found}
    others = Promo.objects.filter(public_id__in=lacking, is_batch=True) if lacking else Promo.objects.none()
    for one in others.order_by("-id"):
        found[one.public_id] = one.name if one.is_on else _("%(promo)s (off)") % {"promo": one.name}
    return list(found.items())


def holding(promos: Iterable[str], at: datetime) -> set[str]:
    """Return which promos (public ids) give codes for single use at a moment."""
    rows = Promo.objects.filter(public_id__in=set(promos), is_batch=True)
    return {one.public_id for one in rows if one.holds_at(at)}


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return public ids by id; kinds: promo, promo_code, referral. Raises KeyError."""
    rows: dict[str, QuerySet[Promo] | QuerySet[PromoCode] | QuerySet[Referral]] = {
        "referral": Referral.objects.filter(pk__in=list(ids)),
        "promo": Promo.objects.filter(pk__in=list(ids)),
        "promo_code": PromoCode.objects.filter(pk__in=list(ids)),
    }
    return dict(rows[kind].values_list("id", "public_id"))
