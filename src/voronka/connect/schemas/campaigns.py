"""Campaigns: what goes to whom and when, how far it is, what came of it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AwareDatetime, Field

from voronka.connect.schemas.common import Given, Moment, Money, Named, PublicId, Told, named
from voronka.connect.schemas.messages import State, Traffic
from voronka.kit.actors import Actor
from voronka.messaging import queries
from voronka.messaging.queries import campaign_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voronka.messaging.models import Campaign as CampaignRow
    from voronka.messaging.models import CampaignCheck as CheckRow
    from voronka.messaging.models import CampaignVariant as VariantRow
    from voronka.messaging.models import Message as MessageRow
    from voronka.messaging.queries.campaigns import Progress, Results
    from voronka.messaging.queries.touches import Counted, TouchCounts
    from voronka.messaging.services.campaigns import Check

CampaignState = Literal["draft", "scheduled", "asks", "running", "paused", "done", "stopped"]
CampaignChannel = Literal["email", "sms"]
Way = Literal["now", "at", "clock"]
Reason = Literal["", "overdue", "left", "restored", "gone", "broken", "invalid", "conflict", "not_found", "denied"]


class CampaignVariant(Told):
    """A text of a campaign and its share of the recipients, in parts of all shares."""

    number: Annotated[int, Field(examples=[1])]
    template: Named
    share: Annotated[int, Field(examples=[1])]


class Campaign(Told):
    """A campaign. `saved_list` is the list of clients that it goes to, null where it was drawn up on a page.

    It goes as soon as it is started (`way` now), at `starts_at`, or at `hour` of `on_day` by each client's own clock.
    `asks_why` is why it asks a person before it runs. `version` guards changes of a draft against each other.
    """

    id: PublicId
    name: Annotated[str, Field(examples=["Autumn"])]
    channel: CampaignChannel
    traffic: Traffic
    state: CampaignState
    asks_why: Reason
    asks_words: Annotated[str, Field(examples=["Its hour passed while the system was not running."])]
    saved_list: PublicId | None
    variants: list[CampaignVariant]
    way: Way
    starts_at: datetime | None
    on_day: date | None
    hour: Annotated[str | None, Field(examples=["10:00"])]
    a_minute: Annotated[int | None, Field(examples=[600])]
    window_days: Annotated[int, Field(examples=[7])]
    version: Annotated[int, Field(examples=[1])]
    started_by: Named | None
    made_at: Moment
    started_at: datetime | None
    ended_at: datetime | None


class CampaignList(Told):
    """A page of campaigns, the newest first."""

    items: list[Campaign]
    next: str | None


class CampaignProgress(Told):
    """How far a campaign is: clients of its list, those with a message, those of whom nothing more is to go."""

    total: Annotated[int, Field(examples=[1200])]
    frozen: Annotated[int, Field(examples=[1200])]
    ended: Annotated[int, Field(examples=[800])]
    a_minute: Annotated[int, Field(examples=[600], description="Handed over in a minute, of late.")]


class CampaignWhole(Campaign):
    """A campaign with how far it is, null before its start."""

    progress: CampaignProgress | None


class Touched(Told):
    """How many letters were opened, or followed by a link: by people, by machines, in all."""

    people: Annotated[int, Field(examples=[120])]
    machines: Annotated[int, Field(examples=[40])]
    total: Annotated[int, Field(examples=[160])]


class CampaignFigures(Told):
    """What became of a campaign, or of one of its texts (`variant` from 1; 0 for all of them).

    `refused` and `failed` count by the code of the reason, `states` by the state of the message; `money` is what the
    orders after it came to, by currency.
    """

    variant: Annotated[int, Field(examples=[0])]
    planned: int
    handed: int
    accepted: int
    delivered: int
    bounced: int
    complaints: int
    left: int
    unknown: int
    states: dict[str, int]
    refused: Annotated[dict[str, int], Field(examples=[{"no_consent": 12}])]
    failed: Annotated[dict[str, int], Field(examples=[{"bounce": 3}])]
    orders: int
    lost: int
    money: Annotated[dict[str, Money], Field(examples=[{"RUB": "184000.50"}])]
    parts: int
    cost: Money | None


class CampaignResults(Told):
    """What came of a campaign: all of it first, then each of several texts. Openings are of letters of blocks."""

    figures: list[CampaignFigures]
    opened: Touched
    clicked: Touched


class CheckGoing(Told):
    """How far the judging of all clients of a list is."""

    seen: Annotated[int, Field(examples=[40_000])]
    total: Annotated[int, Field(examples=[200_000])]


class CampaignCheck(Told):
    """What a campaign would come to, reckoned on the first `seen` of the `total` clients of its list; on all of them
    as of `all_at`, where they were judged by `judge_campaign` within half an hour. `going` is how far that is.

    `refused` and `waits` count by the code of the reason, `missing` the clients for whom a field of the text says
    nothing.
    """

    total: int
    seen: int
    all_at: datetime | None
    going: CheckGoing | None
    goes: int
    refused: Annotated[dict[str, int], Field(examples=[{"no_consent": 12}])]
    waits: dict[str, int]
    missing: Annotated[dict[str, int], Field(examples=[{"client.first_name": 4}])]
    parts: int
    cost: Money | None


class Recipient(Told):
    """A client's message of a campaign. `client` is null where it is not within your reach."""

    message: PublicId
    client: PublicId | None
    variant: int
    state: State
    code: Annotated[str, Field(examples=["no_consent"])]
    why: Annotated[str, Field(examples=["Did not go: the client never agreed to advertising."])]
    due_at: Moment
    handed_at: datetime | None
    ended_at: datetime | None


class RecipientList(Told):
    """A page of the recipients, in the order in which they were written down."""

    items: list[Recipient]
    next: str | None


class VariantGiven(Given):
    """A text of a campaign: a template of its channel, and its share."""

    template: PublicId
    share: Annotated[int, Field(ge=1, le=100)] = 1


class CampaignGiven(Given):
    """A draft of a campaign to a saved list of clients."""

    name: Annotated[str, Field(min_length=1, max_length=100, examples=["Autumn"])]
    channel: CampaignChannel = "email"
    traffic: Traffic = "advertising"
    saved_list: Annotated[PublicId, Field(min_length=1, description="A saved list of clients, yours or shared.")]
    variants: Annotated[list[VariantGiven], Field(min_length=1, max_length=4)]
    way: Way = "now"
    starts_at: Annotated[AwareDatetime | None, Field(examples=["2026-11-24T12:30:00+03:00"])] = None
    on_day: Annotated[date | None, Field(examples=["2026-11-24"])] = None
    hour: Annotated[str | None, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["10:00"])] = None
    a_minute: Annotated[int | None, Field(ge=1, le=60_000, examples=[600])] = None
    window_days: Annotated[int, Field(ge=1, le=60)] = 7


class CampaignChange(CampaignGiven):
    """A draft as it is to be, whole; with `version` nothing is changed when somebody has saved since."""

    version: Annotated[int | None, Field(ge=1, le=2**31 - 1, examples=[1])] = None


class TestGiven(Given):
    """On which client a text is looked at; the letter goes to the address of the key's maker."""

    client: PublicId
    variant: Annotated[int, Field(ge=1, le=4)] = 1


class TestTold(Told):
    """Where a test goes."""

    address: Annotated[str, Field(examples=["olga@example.com"])]


class StartGiven(Given):
    """The most clients that may be in the list: where there are more now, nothing begins."""

    at_most: Annotated[int, Field(ge=1, le=100_000_000, examples=[1500])]


class ResumeGiven(Given):
    """Of a campaign that asks: its `asks_why`, which says that you have read it. Of a paused one nothing."""

    confirm: Reason = ""


def campaign_out(row: "CampaignRow", variants: "Sequence[VariantRow]") -> Campaign:
    """Return a campaign as it goes out."""
    return Campaign(**_fields(row, variants))


def whole_out(row: "CampaignRow", variants: "Sequence[VariantRow]", progress: "Progress | None") -> CampaignWhole:
    """Return a campaign as it goes out, with how far it is."""
    far = None
    if progress is not None:
        far = CampaignProgress(
            total=progress.total, frozen=progress.frozen, ended=progress.ended, a_minute=progress.a_minute
        )
    return CampaignWhole(**_fields(row, variants), progress=far)


def _fields(row: "CampaignRow", variants: "Sequence[VariantRow]") -> "Mapping[str, object]":
    starter = row.run_by if row.started_at is not None else None
    minute = row.minute
    return {
        "id": row.public_id, "name": row.name, "channel": row.channel, "traffic": row.traffic, "state": row.state,
        "asks_why": row.asks_why if row.state == "asks" else "",
        "asks_words": campaign_words.asks(row.asks_why) if row.state == "asks" else "",
        "saved_list": row.view or None,
        "variants": [
            CampaignVariant(
                number=one.number, share=one.share,
                template=Named(id=one.template.public_id, name=one.template.name),
            )
            for one in variants
        ],
        "way": row.way, "starts_at": row.starts_at, "on_day": row.on_day,
        "hour": f"{minute // 60:02}:{minute % 60:02}" if minute is not None else None,
        "a_minute": row.a_minute, "window_days": row.window_days, "version": row.version,
        "started_by": named(starter.public_id, starter.name) if starter is not None else None,
        "made_at": row.made_at, "started_at": row.started_at, "ended_at": row.ended_at,
    }  # fmt: skip


def figures_out(one: "Results") -> CampaignFigures:
    """Return what became of a campaign or a text as it goes out."""
    return CampaignFigures(
        variant=one.variant, planned=one.planned, handed=one.handed, accepted=one.accepted, delivered=one.delivered,
        bounced=one.bounced, complaints=one.complaints, left=one.left, unknown=one.unknown, states=dict(one.states),
        refused=dict(one.refused), failed=dict(one.failed), orders=one.orders, lost=one.lost, money=dict(one.money),
        parts=one.parts, cost=one.cost,
    )  # fmt: skip


def results_out(found: "Sequence[Results]", touches: "TouchCounts") -> CampaignResults:
    """Return what came of a campaign as it goes out."""
    return CampaignResults(
        figures=[figures_out(one) for one in found],
        opened=_touched(touches.opened),
        clicked=_touched(touches.clicked),
    )


def _touched(one: "Counted") -> Touched:
    return Touched(people=one.human, machines=one.machine, total=one.raw)


def check_out(found: "Check", kept: "CheckRow | None") -> CampaignCheck:
    """Return what a campaign would come to as it goes out."""
    going = kept if kept is not None and kept.ended_at is None else None
    return CampaignCheck(
        total=found.total, seen=found.seen, all_at=found.at, goes=found.goes, refused=dict(found.refused),
        going=CheckGoing(seen=going.seen, total=going.total) if going is not None else None,
        waits=dict(found.waits), missing=dict(found.missing), parts=found.parts, cost=found.cost,
    )  # fmt: skip


def recipient_out(row: "MessageRow", client: str | None, actor: Actor, now: datetime) -> Recipient:
    """Return a recipient as it goes out."""
    return Recipient(
        message=row.public_id, client=client, variant=row.variant, state=row.state, code=row.code,
        why=queries.why(row, actor, now), due_at=row.due_at, handed_at=row.handed_at, ended_at=row.ended_at,
    )  # fmt: skip
