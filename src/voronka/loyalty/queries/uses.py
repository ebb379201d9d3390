"""Where codes were used."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from voronka.loyalty.models import Promo, PromoCode, PromoUse


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


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return public ids by id; kinds: promo, promo_code. Raises KeyError."""
    rows: dict[str, QuerySet[Promo] | QuerySet[PromoCode]] = {
        "promo": Promo.objects.filter(pk__in=list(ids)),
        "promo_code": PromoCode.objects.filter(pk__in=list(ids)),
    }
    return dict(rows[kind].values_list("id", "public_id"))
