"""What happens to surveys, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveySaved(Event):
    """A survey was made, changed, switched on or off."""

    subject: ClassVar = ("survey", "survey_id")
    survey_id: int
    is_new: bool
    is_on: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyAsked(Event):
    """A client was asked: by email, sms, on the page where he left (page), on the site (site).

    A visitor of the site who is no client yet has no `client_id`; it is told again once he is one.
    """

    subject: ClassVar = ("invitation", "invitation_id")
    invitation_id: int
    survey_id: int
    client_id: int | None
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveySkipped(Event):
    """A client was not asked; `code` says why: recently, rated, off, cancelled, bad_text, or a reason of the gate."""

    subject: ClassVar = ("invitation", "invitation_id")
    invitation_id: int
    survey_id: int
    client_id: int
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyAnswered(Event):
    """A client rated by one to five (None where no rating is asked), answered, or changed what he had said.

    `channel` is where he was asked, as SurveyAsked has it. A visitor of the site who is no client yet has no
    `client_id`: once he is one, it is told again, as new.
    """

    subject: ClassVar = ("response", "response_id")
    response_id: int
    survey_id: int
    client_id: int | None
    rating: int | None
    is_bad: bool
    is_new: bool
    was: int | None = None
    channel: str = ""
