"""Talks as operators see them: the list, one of them with its lines, who else is at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor, Reach
from voronka.kit.errors import NotFound
from voronka.messaging.models import (
    CannedAnswer,
    ChannelAccount,
    ChatDepartment,
    ChatOperator,
    DepartmentMember,
    Talk,
    TalkLine,
    TalkSeat,
)
from voronka.messaging.models.sms import SmsProvider
from voronka.messaging.permissions import SET_UP_CHAT, TALK
from voronka.messaging.queries.channels import hidden_talks
from voronka.messaging.queries.chat import MOST_LINES

PAGE, CARD_TALKS = 50, 10
HERE_FOR, TYPES_FOR = timedelta(seconds=40), timedelta(seconds=12)
IN_FOR = timedelta(minutes=5)  # since his desk was last seen open an operator counts as there
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
    """Return the talks within the actor's reach: nobody's of no department, or of his, are in it. Raises Denied."""
    actor.require(TALK)
    rows = Talk.objects.select_related("owner", "client", "department").exclude(hidden_talks(actor))
    reach = actor.reach(TALK)
    if reach is Reach.ALL:
        return rows
    served = DepartmentMember.objects.filter(employee_id=actor.person_id).values("department_id")
    mine = Q(owner=None, department=None) | Q(owner=None, department__in=served) | Q(owner_id=actor.employee_id)
    if reach is Reach.TEAM and actor.team_id is not None:
        mine |= Q(owner__team_id=actor.team_id)
    return rows.filter(mine)


def count_waiting(actor: Actor) -> int:
    """Return how many visitors wait whom the actor may answer: his own, and nobody's. Raises Denied."""
    of_his = Q(owner=None) | Q(owner_id=actor.employee_id)
    return visible(actor).filter(of_his, state="open", waits_since__isnull=False).count()


def first_tab(actor: Actor, *, now: datetime) -> str:
    """Return the tab that the desk opens with: one's own talks; without any, those that wait for somebody."""
    seen = visible(actor).filter(_is_open(now))
    is_nobodys = not seen.filter(owner_id=actor.employee_id).exists() and seen.filter(owner=None).exists()
    return "free" if is_nobodys else "mine"


def _is_open(now: datetime) -> Q:
    return Q(state="open") | Q(state="snoozed", wakes_at__lte=now)


def list_talks(
    actor: Actor,
    tab: str,
    *,
    now: datetime,
    after: int = 0,
    department: str = "",
    tag: str = "",
    channel: str = "",
) -> TalkPage:
    """Return talks of a tab, or of a department, tag or channel of it.

    Whose time to be answered is over or near comes first, then who waits longest, then the latest. Raises Denied.
    """
    is_open = _is_open(now)
    asked = {
        "mine": is_open & Q(owner_id=actor.employee_id),
        "free": is_open & Q(owner=None),
        "all": is_open,
        "snoozed": Q(state="snoozed", wakes_at__gt=now),
        "closed": Q(state="closed"),
    }[tab]
    rows = visible(actor).filter(asked)
    if department:
        rows = rows.filter(department__public_id=department)
    if channel:
        rows = rows.filter(channel=channel)
    if tag:
        rows = rows.filter(tags__contains=[tag])
    rows = rows.order_by(F("due_at").asc(nulls_last=True), F("waits_since").asc(nulls_last=True), "-last_at", "-id")
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
    return [(public_id, name) for _pk, public_id, name in _operators()]


def _operators() -> list[tuple[int, str, str]]:
    people = accounts.list_employees()
    reach = {one.role_id: accounts.reach_of_role(one.role)[TALK.code] for one in people}
    return [(one.pk, one.public_id, one.name) for one in people if reach[one.role_id] is not Reach.NONE]


def operator_ids() -> list[int]:
    """Return the ids of those who may answer in chats."""
    return [pk for pk, _public_id, _name in _operators()]


def list_departments(*, offered: bool = False) -> list[ChatDepartment]:
    """Return the departments by name, with their people; only those that visitors may choose where `offered`."""
    rows = ChatDepartment.objects.prefetch_related("members__employee").order_by("name")
    return list(rows.filter(is_offered=True) if offered else rows)


def is_in(actor: Actor) -> bool:
    """Tell whether the actor takes talks by turn."""
    return ChatOperator.objects.filter(employee_id=actor.person_id, is_in=True).exists()


def list_canned(actor: Actor) -> list[CannedAnswer]:
    """Return the texts that operators put in, by their codes. Raises Denied."""
    if not actor.may(SET_UP_CHAT):
        actor.require(TALK)
    return list(CannedAnswer.objects.select_related("department").order_by("code"))


def public_ids_of_talks(ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of talks by their ids."""
    return dict(Talk.objects.filter(pk__in=ids).values_list("pk", "public_id"))


def visitor_of_talk(talk_id: int, *, only_there: bool = False) -> tuple[str, datetime]:
    """Return by what sites know who wrote in a talk (models.chat.Talk.visitor), and when he wrote last.

    The first is "" where it came from no site; with `only_there` also where it went on elsewhere, and whoever writes
    there need not be who wrote on the site.
    """
    said = TalkLine.objects.filter(talk=OuterRef("pk"), by="visitor").order_by("-number").values("at")[:1]
    rows = Talk.objects.filter(pk=talk_id, **({"channel": "chat"} if only_there else {}))
    rows = rows.annotate(wrote_at=Coalesce(Subquery(said), "begun_at"))
    return rows.values_list("visitor", "wrote_at").first() or ("", datetime.min.replace(tzinfo=UTC))


def talks_seen(actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of those of the talks that are within reach. Raises Denied."""
    return dict(visible(actor).filter(pk__in=ids).values_list("pk", "public_id"))


def talk_name(row: Talk) -> str:
    """Return by what a talk is named where others stand beside it: who he says he is, else its public id."""
    return row.name or f"№ {row.public_id}"
