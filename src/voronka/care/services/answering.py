"""What a client answers: kept once an invitation, changed while it may be; a bad rating makes one task at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.care.events import SurveyAnswered
from voronka.care.models import Invitation, Response, Survey, SurveyVersion
from voronka.care.queries.surveys import get_rules
from voronka.care.rules import questions as rules
from voronka.care.rules.questions import Answer, Question
from voronka.care.services.links import page_address
from voronka.care.services.tasks import follow
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.people import queries as people


@dataclass(frozen=True, slots=True)
class Page:
    """What the client's page has to know; `closed` is why nothing more is taken, else empty."""

    invitation: Invitation
    survey: Survey
    version: SurveyVersion
    response: Response | None
    questions: list[Question]
    closed: str

    @property
    def asks_rating(self) -> bool:
        """Tell whether stars are asked: who left is asked why, no more."""
        return self.survey.moment != "left"


def link_of(invitation: Invitation) -> str:
    """Return the address of the client's page."""
    return page_address(invitation.public_id)


def get_page(invitation_id: int, *, now: datetime, locks: bool = False) -> Page:
    """Return what the client's page shows; `locks` for whoever writes. Raises NotFound."""
    rows = Invitation.objects.select_related("survey", "version").filter(pk=invitation_id, state="asked")
    row = (rows.select_for_update(of=("self",)) if locks else rows).first()
    if row is None or row.version is None:
        raise NotFound(_("There is no such page."))
    response = Response.objects.filter(invitation=row).first()
    rating = response.rating if response is not None else None
    asked = rules.fitting(rules.read(row.version.questions), rating, row.version.bad_upto)
    return Page(row, row.survey, row.version, response, asked, _closed(row, response, now))


def _closed(row: Invitation, response: Response | None, now: datetime) -> str:
    known = get_rules()
    if row.client_id is None and row.visitor_id is None:
        return "gone"
    if response is not None:
        return "kept" if now >= response.at + timedelta(days=known.change_days) else ""
    return "late" if row.asked_at is None or now >= row.asked_at + timedelta(days=known.link_days) else ""


@transaction.atomic
def respond(
    invitation_id: int, *, now: datetime, rating: int | None = None,
    answers: Mapping[str, list[str]] | None = None,
) -> Response:  # fmt: skip
    """Keep a rating, or answers as a form sends them; whatever is pressed twice is one response and one task.

    Answers to questions that do not fit the rating are dropped. Raises NotFound, Conflict `closed`, Invalid.
    """
    page = get_page(invitation_id, now=now, locks=True)
    row = page.invitation
    is_gone = row.client_id is not None and row.client_id not in people.lock_clients([row.client_id])
    if page.closed or is_gone:
        raise Conflict(closed_words(page.closed or "gone"), code="closed")
    response, was = page.response, page.response.rating if page.response else None
    rated = _rating(page, rating)
    every = rules.read(page.version.questions)
    asked = rules.fitting(every, rated, page.version.bad_upto)
    said: dict[str, Answer] = dict(response.answers) if response else {}
    if answers is not None:
        given = {one.key: rules.clean(one, answers.get(one.key, [])) for one in asked}
        said = {key: value for key, value in given.items() if value is not None}
    said = rules.still(said, asked)
    if response is None and rated is None and not said:
        raise Invalid(_("Choose an answer first."), fields={"answer": _("Choose an answer first.")})
    if response is not None and (response.rating, response.answers) == (rated, said):
        return response
    is_new = response is None
    response = response or Response(invitation=row, survey=row.survey, manager_id=row.manager_id, at=now)
    response.rating, response.answers, response.changed_at = rated, said, now
    response.is_bad = rules.is_bad(rated, page.version.bad_upto)
    response.save()
    if row.opened_at is None:
        row.opened_at = now
        row.save(update_fields=["opened_at"])
    # Nobody could be called by a task about a stranger: it is set once he is known (services/on_site.py).
    if row.client_id is not None and (response.is_bad or response.task_id is not None):
        follow(response, row, page.version, now=now)
    publish(told_answered(response, row, is_new=is_new, was=was), at=now)
    return response


def told_answered(response: Response, row: Invitation, *, is_new: bool, was: int | None = None) -> SurveyAnswered:
    """Return what the log is told of an answer."""
    return SurveyAnswered(
        response_id=response.pk, survey_id=row.survey_id, client_id=row.client_id, rating=response.rating,
        is_bad=response.is_bad, is_new=is_new, was=was, channel=row.channel,
    )  # fmt: skip


def _rating(page: Page, rating: int | None) -> int | None:
    """Return the rating after this press. Raises Invalid."""
    if not page.asks_rating:
        return None
    found = rating if rating is not None else page.response.rating if page.response else None
    if found is None or not rules.LEAST <= found <= rules.MOST:
        raise Invalid(_("Choose one to five stars."), fields={"rating": _("Choose one to five stars.")})
    return found


def closed_words(code: str) -> str:
    """Say why nothing more is taken."""
    return {
        "late": _("The time to answer is over. Thank you for coming all the same."),
        "kept": _("Your answer is kept and cannot be changed any more. Thank you!"),
    }.get(code, _("This survey is closed."))


def answer_lines(version: SurveyVersion, response: Response, *, hides: bool) -> list[tuple[str, str]]:
    """Return what was answered as pairs of question and answer, in the order of the questions.

    The client's own words may hold any field of his card: with `hides` they are left out.
    """
    asked = [one for one in rules.read(version.questions) if not (hides and one.kind == "text")]
    return [(one.text, rules.words(response.answers[one.key])) for one in asked if one.key in response.answers]
