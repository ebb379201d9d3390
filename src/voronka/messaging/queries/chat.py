"""Talks for screens: how the chat is set up, whether somebody is there, the lines of a talk."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Max

from voronka.accounts import queries as accounts
from voronka.messaging.models import ChatSettings, Talk, TalkLine, TalkSeat
from voronka.messaging.rules.chat import PUBLIC
from voronka.work import queries as work

MOST_LINES, MODULE = 200, "chat"
MEASURED, FEWEST, NEWEST = timedelta(days=30), 10, 300  # what of first answers tells how soon people answer


def get_chat() -> ChatSettings:
    """Return how the company's chat is set up; where nobody has done it, or its module is off, it is off."""
    row = ChatSettings.objects.first() or ChatSettings()
    row.is_on = row.is_on and MODULE not in accounts.list_modules_off()
    return row


@dataclass(frozen=True, slots=True)
class HoursNow:
    """Whether the company works now; `until` is when it stops, or begins again, None when it never does."""

    is_open: bool
    until: datetime | None
    zone: str


def hours_now(now: datetime) -> HoursNow:
    """Return whether the company works now, by its own week, days off and lunch."""
    zone = accounts.get_company_rules().zone
    schedule = work.schedule_of(None, zone)
    if schedule.is_working(now):
        return HoursNow(True, schedule.ends_at(now), zone)
    return HoursNow(False, schedule.next_working_moment(now), zone)


def lines_shown(talk: Talk, *, after: int = 0) -> list[TalkLine]:
    """Return what the visitor sees of his talk beyond a line: the newest of it, in order."""
    rows = TalkLine.objects.filter(talk=talk, by__in=PUBLIC, number__gt=after).select_related("author")
    return list(rows.order_by("-number")[:MOST_LINES])[::-1]


def read_number(talk: Talk) -> int:
    """Return the last line of a talk that somebody of ours has read."""
    return TalkSeat.objects.filter(talk=talk).aggregate(most=Max("read_number"))["most"] or 0


def usual_seconds(now: datetime) -> int | None:
    """Return in how many seconds of working time half of the visitors were answered first; None where few were."""
    rows = Talk.objects.filter(channel="chat", begun_at__gt=now - MEASURED, first_seconds__isnull=False)
    newest = rows.order_by("-begun_at").values_list("first_seconds", flat=True)[:NEWEST]
    found = [one for one in newest if one is not None]
    return int(median(found)) if len(found) >= FEWEST else None
