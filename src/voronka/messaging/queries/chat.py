"""Talks for screens: how the chat is set up, whether somebody is there, the lines of a talk."""

from dataclasses import dataclass
from datetime import datetime

from voronka.accounts import queries as accounts
from voronka.messaging.models import ChatSettings, Talk, TalkLine
from voronka.messaging.rules.chat import PUBLIC
from voronka.work import queries as work

MOST_LINES, MODULE = 200, "chat"


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
