"""Promos as subjects of events."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voronka.kit.subjects import SubjectKind, register_subject
from voronka.loyalty.models import Promo, Referral


def _page(pk: int) -> str:
    return reverse("loyalty:promo", args=[Promo.objects.values_list("public_id", flat=True).get(pk=pk)])


def _names(ids: list[int]) -> Mapping[int, str]:
    return dict(Promo.objects.filter(pk__in=ids).values_list("id", "name"))


register_subject(SubjectKind("promo", _("promo code"), _page, _names))


def _referral_page(pk: int) -> str:
    return f"{reverse('loyalty:referrals')}?one={Referral.objects.values_list('public_id', flat=True).get(pk=pk)}"


def _referral_names(ids: list[int]) -> Mapping[int, str]:
    rows = Referral.objects.filter(pk__in=ids).values_list("id", "friend__name")
    return {pk: name or str(_("erased client")) for pk, name in rows}


register_subject(SubjectKind("referral", _("referral"), _referral_page, _referral_names))
register_subject(
    SubjectKind(
        "referral_terms",
        _("terms of the referral programme"),
        lambda _pk: reverse("loyalty:referral-terms"),
        lambda ids: {pk: str(_("terms of the referral programme")) for pk in ids},
    )
)
