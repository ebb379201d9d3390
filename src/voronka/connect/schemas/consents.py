"""Consents of clients: what holds now, and what is given or withdrawn."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Told
from voronka.people.services import ConsentDraft

if TYPE_CHECKING:
    from voronka.people.models import Consent as ConsentRow

Purpose = Literal["advertising", "personal_data"]
ConsentChannel = Literal["any", "email", "sms", "phone"]


class Consent(Told):
    """What holds now: the newest word of the client on a purpose and channel."""

    purpose: Purpose
    channel: ConsentChannel
    given: bool
    at: Moment
    text_version: str
    source: str


class ConsentGiven(Given):
    """A consent given or withdrawn; `source` says where, in words."""

    purpose: Purpose
    channel: ConsentChannel = "any"
    given: bool = True
    text_version: Annotated[str, Field(max_length=100)] = ""
    source: Annotated[str, Field(min_length=1, max_length=200, examples=["paper form No. 12"])]


class ConsentList(Told):
    """What holds now, by purpose and channel."""

    items: list[Consent]


def consent_out(row: "ConsentRow") -> Consent:
    """Return a consent as it goes out."""
    names = ("purpose", "channel", "given", "at", "text_version", "source")
    return Consent(**{name: getattr(row, name) for name in names})


def consent_in(sent: ConsentGiven) -> ConsentDraft:
    """Return a consent as the services take it."""
    return ConsentDraft(purpose=sent.purpose, given=sent.given, channel=sent.channel, text_version=sent.text_version)
