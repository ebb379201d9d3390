"""Campaigns as people ask about them: the list, one of them, how far it is, what it brought, who got it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.tenancy import current_company_id
from voronka.messaging.models import Campaign, CampaignGain, CampaignVariant, Message, MessageStep
from voronka.messaging.permissions import SEE_CAMPAIGNS
from voronka.messaging.queries.messages import told
from voronka.messaging.rules.states import DUE_STAGE, TAKEN, WENT_STAGE, stage_of

PAGE = 30
_HANDED = ("handed", "accepted", "delivered", "failed", "unknown")
_PACE = timedelta(minutes=2)


def list_campaigns(
    actor: Actor, *, states: Sequence[str] = (), channel: str = "", before: int = 0, limit: int = PAGE
) -> list[Campaign]:
    """Return campaigns, newest first, behind the id `before`. Raises Denied."""
    actor.require(SEE_CAMPAIGNS)
    rows = Campaign.objects.select_related("run_by", "by")
    if states:
        rows = rows.filter(state__in=states)
    if channel:
        rows = rows.filter(channel=channel)
    if before:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-id")[:limit])


def get_campaign(actor: Actor, public_id: str) -> Campaign:
    """Return a campaign. Raises Denied, NotFound."""
    actor.require(SEE_CAMPAIGNS)
    rows = Campaign.objects.select_related("run_by", "by").filter(public_id=public_id)
    found = rows.first() if public_id.isalnum() else None
    if found is None:
        raise NotFound(_("There is no such campaign."))
    return found


def variants_of(row: Campaign) -> list[CampaignVariant]:
    """Return the texts of a campaign with their templates, in order."""
    return list(row.variants.select_related("template").order_by("number"))


def variants_by_campaign(ids: Sequence[int]) -> dict[int, list[CampaignVariant]]:
    """Return the texts of campaigns with their templates, by campaign: one statement."""
    found: dict[int, list[CampaignVariant]] = {one: [] for one in ids}
    rows = CampaignVariant.objects.filter(campaign_id__in=ids).select_related("template")
    for row in rows.order_by("campaign_id", "number"):
        found[row.campaign_id].append(row)
    return found


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is: recipients of the frozen list, those with their row, those of whom nothing is to go."""

    total: int
    frozen: int
    ended: int
    a_minute: int = 0

    @property
    def left_minutes(self) -> int | None:
        """Return in how many minutes it ends at the pace of now, None where there is none."""
        left = self.total - self.ended
        return None if not self.a_minute else -(-left // self.a_minute)


def progress_of(row: Campaign, now: datetime) -> Progress:
    """Return how far a campaign is, and how many a minute were handed over lately."""
    frozen, open_ = count_open([row.pk]).get(row.pk, (0, 0))
    lately = Message.objects.filter(
        channel=row.channel, handed_at__gt=now - _PACE, cause_kind="campaign", cause_id=row.pk
    ).count()
    pace = lately * 60 // int(_PACE.total_seconds()) if row.state == "running" else 0
    # Cards that were joined or erased meanwhile make fewer rows than were counted at the start.
    total = frozen if row.frozen_at is not None else max(row.total, frozen)
    return Progress(total, frozen, frozen - open_, pace)


def count_open(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return how many rows campaigns have, and of how many of them something is still to come: two statements.

    What an index knows is enough for it, however many wait.
    """
    stages = _counted(Message.objects.filter(cause_kind="campaign", cause_id__in=ids), "stage")
    taken = _count_taken(ids) if any(WENT_STAGE in one for one in stages.values()) else {}
    return {
        pk: (sum(one.values()), one.get(DUE_STAGE, 0) + one.get("held", 0) + sum(_going(taken, pk, one).values()))
        for pk, one in stages.items()
    }


def count_states(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return how many rows of campaigns are in each state, by campaign: three statements.

    All are counted by their stage, which an index knows; only those that have still to go, or are in the hands of
    senders, are looked at one by one.
    """
    rows = Message.objects.filter(cause_kind="campaign", cause_id__in=ids)
    found = _counted(rows, "stage")
    due = _counted(rows.filter(stage=DUE_STAGE), "state") if any(DUE_STAGE in one for one in found.values()) else {}
    taken = _count_taken(ids) if any(WENT_STAGE in one for one in found.values()) else {}
    for pk, states in found.items():
        if states.pop(DUE_STAGE, 0):
            states.update(due.get(pk, {}))
        if WENT_STAGE in states:
            going = _going(taken, pk, states)
            states.update(going)
            if (accepted := states.pop(WENT_STAGE) - sum(going.values())) > 0:
                states["accepted"] = accepted
    return found


def _going(taken: Mapping[int, Mapping[str, int]], pk: int, stages: Mapping[str, int]) -> dict[str, int]:
    """Return the rows of a campaign in the hands of senders by state, no more than had gone when it was counted.

    What a sender took between the two statements stands among those that are due already.
    """
    found, left = {}, stages.get(WENT_STAGE, 0)
    for state in TAKEN[::-1]:
        if count := min(taken.get(pk, {}).get(state, 0), left):
            found[state] = count
            left -= count
    return found


def _counted(rows: QuerySet[Message], by: str) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for cause_id, name, count in rows.values("cause_id", by).annotate(n=Count("id")).values_list("cause_id", by, "n"):
        if cause_id is not None:
            found.setdefault(cause_id, {})[name] = count
    return found


_TAKEN = """
SELECT m.cause_id, m.state, count(*) FROM (
    SELECT DISTINCT unnest(ids) AS id FROM messaging_messageclaim WHERE company_id = %s) AS taken
JOIN messaging_message m ON m.company_id = %s AND m.id = taken.id
WHERE m.state = ANY (%s) AND m.cause_kind = 'campaign' AND m.cause_id = ANY (%s) GROUP BY m.cause_id, m.state
"""


def _count_taken(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return how many rows of campaigns senders have taken and not noted, by campaign and state: one statement."""
    found: dict[int, dict[str, int]] = {}
    company_id = current_company_id()
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, [company_id, company_id, list(TAKEN), list(ids)])
        for cause_id, state, count in cursor.fetchall():
            found.setdefault(cause_id, {})[state] = count
    return found


# One statement: what changes hands between two questions is seen by neither.
_OPEN = """
SELECT EXISTS (SELECT 1 FROM messaging_message WHERE company_id = %s AND cause_kind = 'campaign' AND cause_id = %s
               AND stage IN ('due', 'held'))
    OR EXISTS (SELECT 1 FROM messaging_messageclaim c, unnest(c.ids) AS taken (id)
               JOIN messaging_message m ON m.company_id = %s AND m.id = taken.id
               WHERE c.company_id = %s AND m.state IN ('claimed', 'handed')
                 AND m.cause_kind = 'campaign' AND m.cause_id = %s)
"""


def has_open(pk: int) -> bool:
    """Tell whether a message of a campaign has still to go, or is in the hands of a sender."""
    company_id = current_company_id()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [company_id, pk, company_id, company_id, pk])
        return bool(cursor.fetchone()[0])


def count_gains(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the orders of campaigns and their money by currency, by campaign: one statement."""
    found: dict[int, dict[str, Any]] = {}
    rows = CampaignGain.objects.filter(campaign__in=ids, is_lost=False).values("campaign_id", "currency")
    for pk, currency, count, total in rows.annotate(n=Count("id"), s=Sum("sum")).values_list(
        "campaign_id", "currency", "n", "s"
    ):
        one = found.setdefault(pk, {"orders": 0, "money": {}})
        one["orders"] += count
        one["money"][currency] = total
    return found


@dataclass(slots=True)
class Results:
    """What became of a campaign, or of one variant of it (0: of all). Openings and clicks: `queries.touches`."""

    variant: int
    states: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    complaints: int = 0
    left: int = 0
    orders: int = 0
    lost: int = 0
    money: dict[str, Decimal] = field(default_factory=dict)
    parts: int = 0
    cost: Decimal | None = None

    @property
    def planned(self) -> int:
        """All that have a row."""
        return sum(self.states.values())

    @property
    def handed(self) -> int:
        """Those whose hand-over has begun."""
        return sum(self.states[one] for one in _HANDED)

    @property
    def accepted(self) -> int:
        """Those that the other side has taken, delivered ones too; what came back later had been taken."""
        return self.states["accepted"] + self.states["delivered"] + sum(self.failed[one] for one in _CAME_BACK)

    @property
    def delivered(self) -> int:
        """Those of whom it is told that they reached the client."""
        return self.states["delivered"]

    @property
    def bounced(self) -> int:
        """Those that came back, or to an address that does not exist."""
        return sum(self.failed[one] for one in ("bounce", "returned"))

    @property
    def unknown(self) -> int:
        """Those of whom nobody knows whether they have left."""
        return self.states["unknown"]

    def share(self, count: int) -> float:
        """Return a count as a share of those handed over."""
        return count / self.handed if self.handed else 0.0


_CAME_BACK = ("returned",)


def results_of(row: Campaign) -> list[Results]:
    """Return what became of a campaign: of all first, then of each variant where there are several. Four statements."""
    found: dict[int, Results] = {}
    rows = Message.objects.filter(cause_kind="campaign", cause_id=row.pk)
    for variant, state, code, count, parts, cost in (
        rows.values("variant", "state", "code")
        .annotate(n=Count("id"), p=Sum("parts"), c=Sum("cost"))
        .values_list("variant", "state", "code", "n", "p", "c")
    ):
        one = found.setdefault(variant, Results(variant))
        one.states[state] += count
        if state == "refused":
            one.refused[code] += count
        elif state == "failed":
            one.failed[code] += count
        if state in _HANDED:
            one.parts += parts or 0
            one.cost = cost if one.cost is None else one.cost + (cost or 0)
    _add_answers(row, found)
    _add_gains(row, found)
    variants = [found[number] for number in sorted(found)]
    return [_together(variants), *(variants if len(variants) > 1 else [])]


def _add_answers(row: Campaign, found: dict[int, Results]) -> None:
    steps = MessageStep.objects.filter(
        code__in=("complaint", "left"), message__cause_kind="campaign", message__cause_id=row.pk
    )
    said = steps.values("message__variant", "code").annotate(n=Count("message_id", distinct=True))
    for variant, code, count in said.values_list("message__variant", "code", "n"):
        one = found.setdefault(variant, Results(variant))
        if code == "complaint":
            one.complaints += count
        else:
            one.left += count


def _add_gains(row: Campaign, found: dict[int, Results]) -> None:
    rows = CampaignGain.objects.filter(campaign=row).values("variant", "currency", "is_lost")
    for variant, currency, is_lost, count, total in rows.annotate(n=Count("id"), s=Sum("sum")).values_list(
        "variant", "currency", "is_lost", "n", "s"
    ):
        one = found.setdefault(variant, Results(variant))
        if is_lost:
            one.lost += count
        else:
            one.orders += count
            one.money[currency] = one.money.get(currency, Decimal(0)) + total


def _together(variants: Sequence[Results]) -> Results:
    whole = Results(0)
    for one in variants:
        whole.states += one.states
        whole.refused += one.refused
        whole.failed += one.failed
        whole.complaints += one.complaints
        whole.left += one.left
        whole.orders += one.orders
        whole.lost += one.lost
        whole.parts += one.parts
        if one.cost is not None:
            whole.cost = one.cost + (whole.cost or 0)
        for currency, total in one.money.items():
            whole.money[currency] = whole.money.get(currency, Decimal(0)) + total
    return whole


def list_recipients(
    row: Campaign, *, state: str = "", code: str = "", variant: int = 0, after: int = 0, limit: int = PAGE
) -> list[Message]:
    """Return rows of a campaign in the order of ids behind `after`, those of a state, a reason, a variant."""
    rows = told().filter(cause_kind="campaign", cause_id=row.pk, pk__gt=after, client_id__isnull=False)
    if state:
        rows = rows.filter(stage=stage_of(state), state=state)
    if code:
        rows = rows.filter(code=code)
    if variant:
        rows = rows.filter(variant=variant)
    return list(rows.order_by("id")[:limit])


def campaigns_by_id(ids: Sequence[int]) -> Mapping[int, Campaign]:
    """Return campaigns by id."""
    return Campaign.objects.in_bulk(ids)


def public_ids_of(ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of campaigns by id."""
    return dict(Campaign.objects.filter(pk__in=ids).values_list("id", "public_id"))
