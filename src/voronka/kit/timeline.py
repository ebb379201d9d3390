"""The timeline of a client: the event log read backwards, each kind of event told by the part that announced it.

One index read of the log a page, whatever the number of kinds; each part tells all its events of the page at
once, so ten of a kind cost one query, not ten. Kinds that nobody tells stay out of sight.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.events.listeners import RecordedEvent, recorded
from voronka.kit.events.log import Event
from voronka.kit.pieces import Entry, FeedDay
from voronka.kit.tenancy import current_company_id

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PAGE = 50
SEARCH_PART, SEARCHED = 250, 1_000  # events read at once, and in one search


@dataclass(frozen=True, slots=True)
class Told:
    """How an event reads: icon, head (text, or safe markup), kind of mark, what stands at the right, more text.

    `inside` are pairs of a word and a text that open in place.
    """

    icon: str
    head: str | SafeString
    kind: str = ""
    side: str = ""
    text: str = ""
    url: str = ""
    inside: Sequence[tuple[str, str]] = ()


# Tells events of the page by their row ids (`seq` of a RecordedEvent here); those left out stay out of sight.
Teller = Callable[[Sequence[RecordedEvent], Actor], Mapping[int, Told]]


@dataclass(frozen=True, slots=True)
class _Kind:
    tab: str
    tell: Teller


_kinds: dict[str, _Kind] = {}
_tabs: "dict[str, str | _StrPromise]" = {}


def tells(tab: str, title: "str | _StrPromise", *events: type[Event]) -> Callable[[Teller], Teller]:
    """Register a function of `panels.py` that tells these events, under a tab of the timeline (calls, notes, ...)."""

    def register(tell: Teller) -> Teller:
        _tabs.setdefault(tab, title)
        for event in events:
            _kinds[event.name()] = _Kind(tab, tell)
        return tell

    return register


def tabs() -> "Mapping[str, str | _StrPromise]":
    """Return the tabs by code with their (lazy) titles."""
    return _tabs


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the timeline by days, newest first; `before` asks for the next one, None at the end."""

    days: Sequence[FeedDay]
    before: int | None


def read(
    client_id: int,
    *,
    actor: Actor,
    now: datetime,
    tab: str = "",
    before: int | None = None,
    limit: int = PAGE,
    text: str = "",
) -> Page:
    """Return a page of a client's timeline, times by the clock of the one who reads; with `text` what says it."""
    if text:
        pairs, after = find_told(client_id, text, actor=actor, tab=tab, before=before, limit=limit)
    else:
        pairs, after = read_told(client_id, actor=actor, tab=tab, before=before, limit=limit)
    return Page(_days(pairs, actor, now), after)


def read_told(
    client_id: int, *, actor: Actor, tab: str = "", before: int | None = None, limit: int = PAGE
) -> tuple[list[tuple[RecordedEvent, Told]], int | None]:
    """Return a page of a client's events, newest first, each with its words; then the place of the next page."""
    return _told(_rows(client_id, tab, before, limit), actor, limit)


def _told(rows: list[RecordedEvent], actor: Actor, limit: int) -> tuple[list[tuple[RecordedEvent, Told]], int | None]:
    """Let each part tell its events of a page, all at once; with the place of the next page."""
    told: dict[int, Told] = {}
    for tell in {_kinds[event.name].tell for event in rows}:
        told |= tell([event for event in rows if _kinds[event.name].tell is tell], actor)
    pairs = [(event, told[event.seq]) for event in rows if event.seq in told]
    return pairs, rows[-1].seq if len(rows) == limit else None


def find_told(
    client_id: int, text: str, *, actor: Actor, tab: str = "", before: int | None = None, limit: int = PAGE
) -> tuple[list[tuple[RecordedEvent, Told]], int | None]:
    """Return the events whose words as the actor reads them hold `text`, and the place to look on from.

    Texts stand in the rows of many parts, so that no index holds them all: one call looks through the next thousand
    events of the client and no further, and what it returns may be empty though the place to look on is not None.
    """
    wanted = _folded(text)

    def words(told: Told) -> str:
        return _folded(" ".join([str(told.head), told.side, told.text, *(said for _word, said in told.inside)]))

    found: list[tuple[RecordedEvent, Told]] = []
    for _part in range(SEARCHED // SEARCH_PART):
        pairs, after = read_told(client_id, actor=actor, tab=tab, before=before, limit=SEARCH_PART)
        found += [(event, told) for event, told in pairs if wanted in words(told)]
        if len(found) >= limit:
            return found[:limit], found[limit - 1][0].seq
        if after is None:
            return found, None
        before = after
    return found, before


def _folded(text: str) -> str:
    return " ".join(strip_tags(text).casefold().replace("ё", "е").split())


def read_with_counts(
    client_id: int, *, actor: Actor, now: datetime, tab: str = "", before: int | None = None, limit: int = PAGE
) -> tuple[Page, Mapping[str, int]]:
    """Return a page of a client's timeline and how many events each tab holds (`counts`), by one read of the log."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(_BOTH), _given(client_id, tab, before, limit))
        found = cursor.fetchall()
    rows = [recorded(row[2:], by=row[1]) for row in found if row[2] is not None]
    pairs, after = _told(rows, actor, limit)
    return Page(_days(pairs, actor, now), after), _by_tab(json.loads(found[0][0] or "{}").items())


def counts(client_id: int) -> Mapping[str, int]:
    """Return how many events each tab holds, among the newest thousand."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(_COUNTS), _given(client_id))
        return _by_tab(cursor.fetchall())


def _by_tab(found: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    tabs: dict[str, int] = {}
    for name, count in found:
        tabs[_kinds[name].tab] = tabs.get(_kinds[name].tab, 0) + count
    return tabs


# A client's events are those of his card and of the cards that were joined to it: the log is never rewritten. Each id
# is one probe of the index, that stops at the page's end.
_OTHERS, _WHO = "/* other ids */", "/* who */"
_IDS = f"(SELECT %(client)s::bigint AS id {_OTHERS}) ids"
_ROWS = f"""
SELECT {_WHO} AS by_whom, e.id, e.company_id, e.name, e.at, e.employee_id, e.cause, e.subject_kind, e.subject_id,
  e.client_id, e.payload::text
FROM {_IDS} CROSS JOIN LATERAL (SELECT * FROM kit_event WHERE company_id = %(company)s AND client_id = ids.id
  AND name = ANY (%(names)s) AND (%(before)s::bigint IS NULL OR id < %(before)s) ORDER BY id DESC LIMIT %(limit)s) e
ORDER BY e.id DESC LIMIT %(limit)s
"""  # noqa: S608 - constants
_COUNTS = f"""
SELECT name, count(*) AS n FROM (SELECT e.id, e.name FROM {_IDS} CROSS JOIN LATERAL
  (SELECT id, name FROM kit_event WHERE company_id = %(company)s AND client_id = ids.id
    AND name = ANY (%(all_names)s) ORDER BY id DESC LIMIT {SEARCHED}) e ORDER BY e.id DESC LIMIT {SEARCHED}) newest
GROUP BY name
"""  # noqa: S608 - constants
_BOTH = f"""
SELECT c.found::text, e.* FROM (SELECT jsonb_object_agg(name, n) AS found FROM ({_COUNTS}) counted) c
LEFT JOIN ({_ROWS}) e ON true ORDER BY e.id DESC
"""  # noqa: S608 - constants
_other_ids: list[str] = []
_names: list[str] = []


def also_under(query: str) -> None:
    """Register the query of other ids under which a client's events stand, with `%(company)s` and `%(client)s`."""
    _other_ids.append(query)


def named_by(query: str) -> None:
    """Register the query that names the employee of an event `e`: the only one, of the part that knows employees."""
    _names[:] = [query]


def _statement(text: str) -> str:
    others = " ".join(f"UNION ALL ({query})" for query in _other_ids)
    who = f"COALESCE(({_names[0]}), '')" if _names else "''"
    return text.replace(_OTHERS, others).replace(_WHO, who)


def _given(client_id: int, tab: str = "", before: int | None = None, limit: int = PAGE) -> dict[str, Any]:
    return {
        "company": current_company_id(),
        "client": client_id,
        "all_names": list(_kinds),
        "names": [name for name, kind in _kinds.items() if tab in ("", kind.tab)],
        "before": before,
        "limit": limit,
    }


def _rows(client_id: int, tab: str, before: int | None, limit: int) -> list[RecordedEvent]:
    with connection.cursor() as cursor:
        cursor.execute(_statement(_ROWS), _given(client_id, tab, before, limit))
        return [recorded(row[1:], by=row[0]) for row in cursor.fetchall()]


def _days(events: Sequence[tuple[RecordedEvent, Told]], actor: Actor, now: datetime) -> list[FeedDay]:
    """Lay a page out by days. What is told late (a visit, a receipt, a file of the past) stands where it happened."""
    today = now.astimezone(actor.zone).date()
    events = sorted(events, key=lambda pair: pair[0].at, reverse=True)

    def day_of(pair: tuple[RecordedEvent, Told]) -> object:
        return pair[0].at.astimezone(actor.zone).date()

    return [
        FeedDay(
            wording.day_head(group[0][0].at.astimezone(actor.zone).date(), today, actor.language),
            [_entry(event, told, actor.zone) for event, told in group],
        )
        for group in (list(pairs) for _day, pairs in groupby(events, key=day_of))
    ]


def _entry(event: RecordedEvent, told: Told, zone: ZoneInfo) -> Entry:
    return Entry(
        time=wording.clock(event.at, str(zone)),
        icon=told.icon,
        head_html=told.head,
        kind=told.kind,
        side=told.side,
        text=told.text,
        url=told.url,
        inside=told.inside,
    )
