"""Requests of the inbox: what came and is no deal yet, and what it was sorted to."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Named, PublicId, Told, Values
from voronka.connect.schemas.outer import Outer
from voronka.deals.queries.inbox import Likely as LikelyFound
from voronka.people import queries as people

if TYPE_CHECKING:
    from voronka.people.models import InboxLead

LeadState = Literal["waiting", "accepted", "attached", "spam"]
TEXTS = (
    "name", "city", "message", "source", "medium", "campaign", "term", "content", "page", "referrer", "external_id",
)  # fmt: skip


class InboxRequest(Told):
    """A request as it came, without what your role may not see. `signs` are codes of what looks like spam.

    `client` and `deal` say what it was sorted to, as far as you may see them.
    """

    id: PublicId
    state: LeadState
    channel: Annotated[str, Field(examples=["form"])]
    at: Moment
    due_at: Moment
    is_late: bool
    signs: Annotated[list[str], Field(examples=[["links"]])]
    name: Annotated[str, Field(examples=["Анна"])]
    phones: Annotated[list[str], Field(examples=[["+79161234567"]])]
    emails: list[str]
    city: str
    message: str
    source: Annotated[str, Field(examples=["yandex"])]
    medium: str
    campaign: str
    term: str
    content: str
    page: str
    referrer: str
    external_id: str
    extra: dict[str, str]
    fields: Values
    consents: list[str]
    client: PublicId | None
    deal: PublicId | None
    decided_by: Named | None
    decided_at: datetime | None


class InboxRequestList(Told):
    """A page of requests: waiting ones the oldest first, sorted ones the newest first."""

    items: list[InboxRequest]
    next: str | None


class LikelyClient(Told):
    """A client who may have sent the request: why (`signs`), whether surely, and his open deals."""

    client: Named
    city: str
    is_vip: bool
    signs: Annotated[list[str], Field(examples=[["phone"]])]
    is_sure: bool
    deals: list[PublicId]


class LikelyClientList(Told):
    """The clients who may have sent the request, the surest first."""

    items: list[LikelyClient]


class AttachGiven(Given):
    """Whom the request is from."""

    client: PublicId


class RejectGiven(Given):
    """`block` blocks the sender too: his phones and addresses go to spam from now on."""

    block: bool = False


class SortedRequest(Told):
    """What a request came to. `was_sorted`: somebody was quicker, and nothing was changed now."""

    request: InboxRequest
    is_new_deal: bool
    was_sorted: bool


def request_out(
    row: "InboxLead",
    outer: Outer,
    now: datetime,
    *,
    clients: Mapping[int, str],
    deals: Collection[str],
    fields: Collection[str],
) -> InboxRequest:
    """Return a request as it goes out.

    `clients` by inner id, `deals` by public id and codes of own `fields` are those that the reader may see.
    """
    sent, deal = people.sent_shown(outer.actor, row), str(row.outcome.get("deal", ""))
    consents = [str(one.get("purpose", "")) for one in _list(sent.get("consents")) if isinstance(one, Mapping)]
    extra = sent.get("extra")
    return InboxRequest(
        id=row.public_id,
        state=row.state,
        channel=row.channel,
        at=row.at,
        due_at=row.due_at,
        is_late=people.is_late(row, now),
        signs=list(row.signs),
        phones=[str(one) for one in _list(sent.get("phones"))],
        emails=[str(one) for one in _list(sent.get("emails"))],
        extra={str(name): str(value) for name, value in extra.items()} if isinstance(extra, Mapping) else {},
        fields=_fields(sent.get("fields"), outer, fields),
        consents=[one for one in consents if one],
        client=clients.get(row.client_id or 0) if row.state != "waiting" else None,
        deal=deal if deal in deals and row.state != "waiting" else None,
        decided_by=outer.employee(row.decided_by_id),
        decided_at=row.decided_at,
        **{name: str(sent.get(name) or "") for name in TEXTS},
    )


def _list(value: object) -> list[Any]:  # JSON as it came
    return list(value) if isinstance(value, list | tuple) else []


def _fields(values: object, outer: Outer, known: Collection[str]) -> Values:
    """Return values of own fields that are known: nobody has checked them yet, so one may name no employee."""
    if not isinstance(values, Mapping):
        return {}
    seen = {str(code): value for code, value in values.items() if code in known}
    sure = {code: value for code, value in seen.items() if code not in outer.people_fields or str(value).isdecimal()}
    return outer.values_out(sure)


def likely_out(one: LikelyFound) -> LikelyClient:
    """Return a client who may have sent a request as he goes out."""
    return LikelyClient(
        client=Named(id=one.public_id, name=one.name),
        city=one.city,
        is_vip=one.is_vip,
        signs=list(one.signs),
        is_sure=one.is_sure,
        deals=[deal.public_id for deal in one.deals],
    )
