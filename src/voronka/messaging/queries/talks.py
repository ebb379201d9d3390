"""Talks as operators see them: the list, one of them with its lines, who else is at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor, Reach
from voronka.kit.errors import NotFound
from voronka.messaging.models import CannedAnswer, ChannelAccount, Talk, TalkLine, TalkSeat
from voronka.messaging.models.sms import SmsProvider
from voronka.messaging.permissions import SET_UP_CHAT, TALK
from voronka.messaging.queries.channels import hidden_talks
from voronka.messaging.queries.chat import MOST_LINES

PAGE, CARD_TALKS = 50, 10
HERE_FOR, TYPES_FOR = timedelta(seconds=40), timedelta(seconds=12)
TABS = ("mine", "free", "all", "snoozed", "closed")


@dataclass(frozen=True, slots=True)
class TalkRow:
    """A talk of the list; `is_new` where it has lines that the reader has not seen."""

    talk: Talk
    is_new: bool
    is_mine: bool


@dataclass(frozen=True, slots=True)
class TalkPage:
    """A page of talks; `after` is how many come before the next page, 0 at the end."""

    rows: Sequence[TalkRow]
    after: int


def visible(actor: Actor) -> QuerySet[Talk]:
    """Return the talks within the actor's reach: nobody's are in everybody's. Raises Denied."""
    actor.require(TALK)
    rows, reach = Talk.objects.select_related("owner", "client").exclude(hidden_talks(actor)), actor.reach(TALK)
    if reach is Reach.ALL:
        return rows
    mine = Q(owner=None) | Q(owner_id=actor.employee_id)
    if reach is Reach.TEAM and actor.team_id is not None:
        mine |= Q(owner__team_id=actor.team_id)
    return rows.filter(mine)


def list_talks(actor: Actor, tab: str, *, now: datetime, after: int = 0, channel: str = "") -> TalkPage:
    """Return talks of a tab, or of one channel of it: who waits longest comes first, then the latest. Raises Denied."""
    is_open = Q(state="open") | Q(state="snoozed", wakes_at__lte=now)
    asked = {
        "mine": is_open & Q(owner_id=actor.employee_id),
        "free": is_open & Q(owner=None),
        "all": is_open,
        "snoozed": Q(state="snoozed", wakes_at__gt=now),
        "closed": Q(state="closed"),
    }[tab]
    rows = (
        visible(actor)
        .filter(asked, **({"channel": channel} if channel else {}))
        .order_by(F("waits_since").asc(nulls_last=True), "-last_at", "-id")
    )
    found = list(rows[after : after + PAGE + 1])
    seats = dict(
        TalkSeat.objects.filter(talk__in=found, employee_id=actor.person_id).values_list("talk_id", "read_number")
    )
    page = [
        TalkRow(one, one.last_number > seats.get(one.pk, 0), one.owner_id == actor.employee_id)
        for one in found[:PAGE]
    ]
    return TalkPage(page, after + PAGE if len(found) > PAGE else 0)


def channels_used() -> set[str]:
    """Return the channels that the company has: the site, and those of its accounts."""
    sms = ["sms"] if SmsProvider.objects.exists() else []
    return {"chat", *sms, *ChannelAccount.objects.order_by("kind").values_list("kind", flat=True).distinct()}


def talks_of(actor: Actor, client_id: int) -> list[Talk]:
    """Return the latest talks with a client that are within reach. Raises Denied."""
    return list(visible(actor).filter(client_id=client_id).order_by("-last_at", "-id")[:CARD_TALKS])


def get_talk(actor: Actor, public_id: str) -> Talk:
    """Return a talk within reach. Raises Denied, NotFound."""
    found = visible(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such talk."))
    return found


def list_lines(talk: Talk, *, after: int = 0) -> list[TalkLine]:
    """Return the lines beyond one, notes and events too: the newest of them, in order."""
    rows = TalkLine.objects.filter(talk=talk, number__gt=after).select_related("author", "article")
    return list(rows.order_by("-number")[:MOST_LINES])[::-1]


@dataclass(frozen=True, slots=True)
class Beside:
    """A colleague who is at the same talk."""

    name: str
    types: bool


def beside(actor: Actor, talk: Talk, *, now: datetime) -> list[Beside]:
    """Return the colleagues who have the talk open now, and whether they write."""
    seats = TalkSeat.objects.filter(talk=talk, here_at__gt=now - HERE_FOR).exclude(employee_id=actor.person_id)
    return [
        Beside(one.employee.name, one.typed_at is not None and one.typed_at > now - TYPES_FOR)
        for one in seats.select_related("employee").order_by("employee__last_name", "id")
    ]


def operators() -> list[tuple[str, str]]:
    """Return the public ids and names of those who may answer in chats."""
    people = accounts.list_employees()
    reach = {one.role_id: accounts.reach_of_role(one.role)[TALK.code] for one in people}
    return [(one.public_id, one.name) for one in people if reach[one.role_id] is not Reach.NONE]


def list_canned(actor: Actor) -> list[CannedAnswer]:
    """Return the texts that operators put in, by their codes. Raises Denied."""
    if not actor.may(SET_UP_CHAT):
        actor.require(TALK)
    return list(CannedAnswer.objects.order_by("code"))


def public_ids_of_talks(ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of talks by their ids."""
    return dict(Talk.objects.filter(pk__in=ids).values_list("pk", "public_id"))
