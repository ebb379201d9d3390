"""Tests as subjects of events."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voronka.kit.subjects import SubjectKind, register_subject
from voronka.trials.models import Trial


def _page(pk: int) -> str:
    return reverse("trials:trial", args=[Trial.objects.values_list("public_id", flat=True).get(pk=pk)])


def _names(ids: list[int]) -> Mapping[int, str]:
    return dict(Trial.objects.filter(pk__in=ids).values_list("id", "name"))


register_subject(SubjectKind("trial", _("A/B test"), _page, _names))
