"""Surveys as they are set up."""

from django.utils.translation import gettext as _

from voronka.care.models import CareSettings, Survey, SurveyVersion
from voronka.care.permissions import SEE
from voronka.kit.actors import Actor
from voronka.kit.errors import Denied, NotFound


def get_rules() -> CareSettings:
    """Return how often a client is asked; the shipped rules, not kept, where nothing was set up."""
    return CareSettings.objects.first() or CareSettings()


def list_surveys(actor: Actor) -> list[Survey]:
    """Return all surveys, those switched on first. Raises Denied."""
    require_see(actor)
    return list(Survey.objects.order_by("-is_on", "moment", "id"))


def get_survey(actor: Actor, public_id: str) -> Survey:
    """Return a survey by the id of its address. Raises Denied, NotFound."""
    require_see(actor)
    found = Survey.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such survey."))
    return found


def surveys_for_site() -> list[tuple[str, str]]:
    """Return the surveys that a site may ask: public id and name, those switched on first."""
    rows = Survey.objects.exclude(moment="left").order_by("-is_on", "name", "id")
    return list(rows.values_list("public_id", "name")[:200])


def get_version(survey_id: int, number: int) -> SurveyVersion | None:
    """Return what a survey asked in a version."""
    return SurveyVersion.objects.filter(survey=survey_id, number=number).first()


def require_see(actor: Actor) -> None:
    """Raise Denied for one who may see no answers at all."""
    if not actor.may(SEE):
        raise Denied(_("You have no right to do this: %(right)s. Ask your administrator.") % {"right": SEE.name})


def version_of(survey: Survey) -> SurveyVersion:
    """Return what a survey asks now."""
    return SurveyVersion.objects.get(survey=survey, number=survey.questions)
