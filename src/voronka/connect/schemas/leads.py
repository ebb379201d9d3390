"""Leads as programs send them, and what they came to."""

from typing import Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Line, PublicId, Text, Told, Values
from voronka.connect.schemas.consents import Purpose
from voronka.connect.schemas.outer import Outer
from voronka.people import queries as people
from voronka.people.services import ConsentDraft, Received, TouchData, signs_of


class Lead(Given):
    """Somebody asked for contact: he lands on his card, known by phone, e-mail or outer id, and gets a deal."""

    name: Annotated[str, Field(max_length=300, examples=["Анна"])] = ""
    phones: Annotated[
        list[Annotated[str, Field(max_length=254)]], Field(max_length=10, examples=[["+79161234567"]])
    ] = []
    emails: Annotated[list[Annotated[str, Field(max_length=254)]], Field(max_length=10)] = []
    city: Annotated[str, Field(max_length=120)] = ""
    message: Text = ""
    zone: Annotated[str, Field(max_length=64)] = ""
    external_id: Annotated[str, Field(max_length=100)] = ""
    source: Annotated[str, Field(max_length=200, examples=["yandex"])] = ""
    medium: Annotated[str, Field(max_length=200)] = ""
    campaign: Annotated[str, Field(max_length=200)] = ""
    term: Annotated[str, Field(max_length=200)] = ""
    content: Annotated[str, Field(max_length=200)] = ""
    referrer: Line = ""
    page: Line = ""
    extra: Annotated[dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=2_000)]],
                     Field(max_length=50)] = {}  # fmt: skip
    fields: Values = {}
    consents: Annotated[list[Purpose], Field(max_length=2)] = []
    wants_contact: bool = True


class LeadTaken(Told):
    """What the lead came to: `taken` onto a card, `waiting` in the inbox to be sorted, or `spam` of a blocked sender.

    Only a taken lead has a client; the others have a `lead`, by which events tell how it is sorted.
    """

    state: Literal["taken", "waiting", "spam"]
    client: PublicId | None
    is_new_client: bool
    lead: PublicId | None


def touch_in(sent: Lead, outer: Outer, request_id: str) -> TouchData:
    """Return a lead as the services take it, with what looks like spam in it. Raises Invalid."""
    names = ("name", "city", "message", "external_id", "source", "medium", "campaign", "term", "content", "referrer")
    return TouchData(
        channel="api",
        **{name: getattr(sent, name) for name in names},
        phones=tuple(sent.phones),
        emails=tuple(sent.emails),
        browser_zone=sent.zone,
        page=sent.page,
        extra=sent.extra,
        fields=outer.values_in(sent.fields),
        consents=tuple(ConsentDraft(purpose=one) for one in dict.fromkeys(sent.consents)),
        signs=tuple(signs_of(sent.name, sent.message, sent.emails)),
        request_id=request_id,
        wants_contact=sent.wants_contact,
    )


def lead_out(received: Received) -> LeadTaken:
    """Return what a lead came to; one that came before and was sorted since is told as it stands now."""
    done, lead = received.done, received.lead
    client_id = done.client_id if done is not None else lead.client_id if lead is not None else None
    client = people.public_ids("client", [client_id])[client_id] if client_id is not None else None
    state: Literal["taken", "waiting", "spam"] = "taken"
    if lead is not None and lead.state in ("waiting", "spam"):
        state = "waiting" if received.waits else "spam"
    return LeadTaken(
        state=state,
        client=client if state == "taken" else None,
        is_new_client=done is not None and done.is_new,
        lead=lead.public_id if lead is not None else None,
    )
