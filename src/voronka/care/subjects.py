"""Surveys, those asked and what they answered, as subjects of events."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voronka.care.models import Invitation, Response, Survey
from voronka.kit.subjects import SubjectKind, register_subject


def _page(pk: int) -> str:
    return reverse("care:survey", args=[Survey.objects.values_list("public_id", flat=True).get(pk=pk)])


def _names(ids: list[int]) -> Mapping[int, str]:
    return dict(Survey.objects.filter(pk__in=ids).values_list("id", "name"))


def _page_of_asked(pk: int) -> str:
    return _page(Invitation.objects.values_list("survey_id", flat=True).get(pk=pk))


def _names_of_asked(ids: list[int]) -> Mapping[int, str]:
    return dict(Invitation.objects.filter(pk__in=ids).values_list("id", "survey__name"))


def _page_of_answer(pk: int) -> str:
    return _page(Response.objects.values_list("survey_id", flat=True).get(pk=pk))


def _names_of_answers(ids: list[int]) -> Mapping[int, str]:
    return dict(Response.objects.filter(pk__in=ids).values_list("id", "survey__name"))


register_subject(SubjectKind("survey", _("survey"), _page, _names))
register_subject(SubjectKind("invitation", _("question to a client"), _page_of_asked, _names_of_asked))
register_subject(SubjectKind("response", _("answer to a survey"), _page_of_answer, _names_of_answers))
