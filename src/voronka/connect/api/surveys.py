"""Operations on surveys."""

from datetime import date
from typing import Annotated

from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.care import services
from voronka.care.queries import results, surveys
from voronka.care.queries.results import Ask
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.api.paging import cursor_of, place_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import surveys as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.orders import queries as orders
from voronka.people import queries as people

router = Router(tags=["surveys"])
SEE, SET_UP = "care.see", "care.set_up"
Since = Annotated[date | None, Query(description="Asked on this day or later.", example="2026-11-01")]
Until = Annotated[date | None, Query(description="Asked on this day or before.", example="2026-11-30")]


@operation(
    router, "GET", "", scope=scopes.SURVEYS_READ, answer=docs.SurveyList, right=SEE,
    summary=gettext_lazy("List surveys with their results"),
)  # fmt: skip
def list_surveys(request: ApiRequest, since: Since = None, until: Until = None) -> docs.SurveyList:
    """Return all surveys with what they have come to among the clients within reach."""
    actor = request.auth.actor
    rows = surveys.list_surveys(actor)
    found = results.figures_of(actor, [one.pk for one in rows], Ask(since, until))
    return docs.SurveyList(items=[docs.survey_out(one, found[one.pk]) for one in rows])


@operation(
    router, "GET", "/{survey}", scope=scopes.SURVEYS_READ, answer=docs.Survey, right=SEE,
    summary=gettext_lazy("Get a survey with its results"),
)  # fmt: skip
def get_survey(request: ApiRequest, survey: IdInPath, since: Since = None, until: Until = None) -> docs.Survey:
    """Return a survey with what it has come to."""
    actor = request.auth.actor
    row = surveys.get_survey(actor, survey)
    return docs.survey_out(row, results.figures_of(actor, [row.pk], Ask(since, until))[row.pk])


@operation(
    router, "GET", "/{survey}/answers", scope=scopes.SURVEYS_READ, answer=docs.SurveyAnswerList, right=SEE,
    summary=gettext_lazy("List the answers to a survey"),
)  # fmt: skip
def list_survey_answers(
    request: ApiRequest,
    survey: IdInPath,
    bad: Annotated[bool, Query(description="Only those that are bad.")] = False,
    source: Annotated[docs.Source | None, Query(description="Only of those asked there.", example="site")] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.SurveyAnswerList:
    """Return a page of answers, the newest first."""
    actor = request.auth.actor
    row = surveys.get_survey(actor, survey)
    asked = {"survey": survey, "bad": str(bad), "since": str(since), "until": str(until), "source": source or ""}
    place = place_of(cursor, asked)
    before = int(place) if place.isascii() and place.isdecimal() and len(place) < 18 else None
    page, after = results.read_page(actor, row, Ask(since, until, None, bad, source or ""), before=before, size=limit)
    clients = people.public_ids("client", [one.invitation.client_id for one in page if one.invitation.client_id])
    about = [one.invitation.subject_id for one in page if one.invitation.subject_kind == "order"]
    items = docs.answers_out(
        page, clients, orders.public_ids("order", about), hides=people.hides_any(actor)
    )  # fmt: skip
    return docs.SurveyAnswerList(items=items, next=cursor_of(str(after or ""), asked))


@operation(
    router, "POST", "/{survey}/switch", scope=scopes.SURVEYS_WRITE, answer=docs.Survey, right=SET_UP,
    summary=gettext_lazy("Switch a survey on or off"),
)  # fmt: skip
def switch_survey(request: ApiRequest, survey: IdInPath, sent: docs.SurveySwitch) -> docs.Survey:
    """Switch a survey; those who wait are not asked by one that is off."""
    actor = request.auth.actor
    row = services.switch_survey(actor=actor, public_id=survey, is_on=sent.is_on, now=request.auth.now)
    return docs.survey_out(row, results.figures_of(actor, [row.pk], Ask())[row.pk])
