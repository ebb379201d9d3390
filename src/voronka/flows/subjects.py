"""Automations as subjects of events."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voronka.flows.models import Automation
from voronka.kit.subjects import SubjectKind, register_subject


def _page(pk: int) -> str:
    return reverse("flows:automation", args=[Automation.objects.values_list("public_id", flat=True).get(pk=pk)])


def _names(ids: list[int]) -> Mapping[int, str]:
    return dict(Automation.objects.filter(pk__in=ids).values_list("id", "name"))


register_subject(SubjectKind("automation", _("automation"), _page, _names))
