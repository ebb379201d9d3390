"""Surveys, their results and answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.care.services.answering import answer_lines
from voronka.connect.schemas.common import Given, PublicId, Told

if TYPE_CHECKING:
    from voronka.care.models import Response as ResponseRow
    from voronka.care.models import Survey as SurveyRow
    from voronka.care.queries.results import Figures


Source = Literal["email", "sms", "page", "site"]


class SurveySwitch(Given):
    """Whether a survey asks."""

    is_on: bool


class Results(Told):
    """What came of a survey on the days asked for: `stars` count the ratings from one to five, `share` is a percent."""

    asked: int
    opened: int
    answered: int
    bad: int
    share: Annotated[Decimal | None, Field(examples=["37.5"])]
    mean: Annotated[Decimal | None, Field(examples=["4.25"])]
    stars: Annotated[list[int], Field(examples=[[1, 0, 2, 7, 15]])]


class Survey(Told):
    """A survey. It asks `delay_hours` after an order is delivered or cancelled; who has left is asked at once.

    One of the moment `site` asks where a widget of a site shows it.
    """

    id: PublicId
    name: str
    moment: Literal["delivered", "cancelled", "left", "site"]
    is_on: bool
    delay_hours: int
    by_email: bool
    by_sms: bool
    results: Results


class SurveyList(Told):
    """Surveys, those switched on first."""

    items: list[Survey]


class Said(Told):
    """What was answered to one question."""

    question: str
    answer: str | list[str]


class SurveyAnswer(Told):
    """An answer. `rating` is null where none is asked, `client` where his data were erased or nobody knows him yet.

    `source` is where he was asked.
    """

    id: PublicId
    client: PublicId | None
    order: PublicId | None
    source: Source
    rating: Annotated[int | None, Field(examples=[2])]
    is_bad: bool
    answers: list[Said]
    at: datetime
    changed_at: datetime


class SurveyAnswerList(Told):
    """A page of answers, the newest first."""

    items: list[SurveyAnswer]
    next: str | None


def survey_out(row: "SurveyRow", found: "Figures") -> Survey:
    """Return a survey as a document."""
    share = None if found.share is None else found.share.quantize(Decimal("0.1"))
    results = Results(
        asked=found.invited, opened=found.opened, answered=found.answered, bad=found.bad, share=share, mean=found.mean,
        stars=list(found.stars),
    )  # fmt: skip
    return Survey(
        id=row.public_id, name=row.name, moment=row.moment, is_on=row.is_on, delay_hours=row.delay_hours,
        by_email=row.by_email, by_sms=row.by_sms, results=results,
    )  # fmt: skip


def answers_out(
    rows: Sequence["ResponseRow"], clients: Mapping[int, str], orders: Mapping[int, str], *, hides: bool
) -> list[SurveyAnswer]:
    """Return answers as documents; clients and orders by their public ids. `hides` leaves out clients' own words."""
    return [
        SurveyAnswer(
            id=one.public_id, client=clients.get(one.invitation.client_id or 0),
            order=orders.get(one.invitation.subject_id) if one.invitation.subject_kind == "order" else None,
            source=one.invitation.channel, rating=one.rating, is_bad=one.is_bad, at=one.at, changed_at=one.changed_at,
            answers=[
                Said(question=question, answer=answer)
                for question, answer in (
                    answer_lines(one.invitation.version, one, hides=hides) if one.invitation.version else []
                )
            ],
        )
        for one in rows
    ]  # fmt: skip
