"""Promos as subjects of events."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voronka.kit.subjects import SubjectKind, register_subject
from voronka.loyalty.models import Promo


def _page(pk: int) -> str:
    return reverse("loyalty:promo", args=[Promo.objects.values_list("public_id", flat=True).get(pk=pk)])


def _names(ids: list[int]) -> Mapping[int, str]:
    return dict(Promo.objects.filter(pk__in=ids).values_list("id", "name"))


register_subject(SubjectKind("promo", _("promo code"), _page, _names))
