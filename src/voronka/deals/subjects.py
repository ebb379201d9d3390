"""The deal as a subject of events, tasks and files."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voronka.deals.models import Deal
from voronka.kit.subjects import SubjectKind, register_subject


def _page(deal_id: int) -> str:
    return reverse("deals:deal-detail", args=[Deal.objects.values_list("public_id", flat=True).get(pk=deal_id)])


def _names(ids: list[int]) -> Mapping[int, str]:
    rows = Deal.objects.filter(pk__in=ids).values_list("id", "title", "client__name")
    return {pk: title or client for pk, title, client in rows}


register_subject(SubjectKind("deal", str(_("deal")), _page, _names))
