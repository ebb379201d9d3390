"""Addresses of surveys: their pages, and the client's own, whose wrong links lead nowhere."""

from isolation_table import NOW, SECRET, Row, World

from voronka.care import services
from voronka.care.models import Invitation
from voronka.care.queries.surveys import version_of
from voronka.care.rules.questions import Question
from voronka.people.testing import make_client

SEE = "owner head manager marketer reader"
SET_UP = "owner head marketer"
NOWHERE = (404, 429)


def build(world: World) -> None:
    """Make a survey that the manager's client has answered."""
    owner, manager = world.owner, world.people["manager"]
    asked = [Question("", SECRET, "one", "always", (SECRET, "other")), Question("", SECRET, "text")]
    draft = services.SurveyDraft(
        name=SECRET, moment="delivered", subject=SECRET, body=SECRET, sms=SECRET, ask=SECRET, questions=asked
    )
    row = services.save_survey(actor=owner, draft=draft, now=NOW)
    buyer = make_client(owner, SECRET, responsible_id=manager.employee_id)
    invitation = Invitation.objects.create(
        survey=row, version=version_of(row), client=buyer, subject_kind="order", subject_id=1, state="asked",
        channel="email", manager_id=manager.employee_id, due_at=NOW, asked_at=NOW, made_at=NOW,
    )  # fmt: skip
    text = version_of(row).questions[1]["key"]
    answer = services.respond(invitation.pk, now=NOW, rating=4, answers={text: [SECRET]})
    world.kept["survey"], world.kept["survey_answer"] = row.public_id, answer.public_id


def one(**more: str):
    return lambda world: {"public_id": world.kept["survey"], **more}


def _sent(world: World, **more: str):
    return {
        "name": "Опрос", "moment": "delivered", "delay": "2", "unit": "days", "by_email": "yes", "subject": "Как вам?",
        "body": "Здравствуйте", "ask": "Как вам?", "bad_upto": "3", **more,
    }  # fmt: skip


def _wrong(world: World):
    return {"token": "0" * 32}


ROWS = [
    Row("care:page", args=_wrong, is_open=True, answer=NOWHERE),
    Row("care:page", "POST", args=_wrong, is_open=True, answer=NOWHERE),
    Row("care:surveys", roles=SEE),
    Row("care:survey", roles=SEE, args=one()),
    Row("care:answers-file", roles="owner head marketer", args=one(code="csv")),
    Row("care:survey-new", roles=SET_UP),
    Row("care:survey-new", "POST", roles=SET_UP, answer=(302,), data=_sent),
    Row("care:survey-edit", roles=SET_UP, args=one()),
    Row("care:survey-edit", "POST", roles=SET_UP, answer=(302,), args=one(), data=_sent),
    Row("care:survey-switch", "POST", roles=SET_UP, answer=(302,), args=one(), data=lambda world: {"what": "on"}),
    Row("care:add-ready", "POST", roles=SET_UP, answer=(302,)),
    Row("care:rules", roles=SET_UP),
    Row(
        "care:rules", "POST", roles=SET_UP, answer=(302,),
        data=lambda world: {"again_days": "10", "link_days": "20", "change_days": "5"},
    ),
]  # fmt: skip
