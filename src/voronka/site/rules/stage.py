"""When a widget may be shown: one thing at a time, no oftener than said, and every refusal has its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from voronka.site.rules.widgets import Wrong, places_of

MOST_PATTERNS, LONGEST_PATTERN = 20, 200
SHOWN_LASTS = timedelta(minutes=30)  # what nobody told the end of: the tab was closed
TIMED_LASTS = timedelta(hours=2)
WAITING_LASTS = timedelta(days=1)
ANSWERED_LASTS = timedelta(days=1)  # a page that stands open for longer has yesterday's terms
# Why something was not shown: asked before, its own rule, closed once, enough in this visit, too soon after the last,
# another one is there, its time is over, it is switched off, a machine, nothing to say here, asked by a survey lately.
REASONS = ("again", "often", "closed", "cap", "gap", "other", "late", "off", "bot", "empty", "asked")

Pattern = Annotated[str, StringConstraints(max_length=LONGEST_PATTERN, strip_whitespace=True)]
Device = Literal["phone", "tablet", "computer"]
Label = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]


class Rules(BaseModel):
    """When, where, to whom and how often; `number` is of seconds, percent or pages.

    `left` is so many seconds after one is back who had gone from a basket or the checkout.
    """

    model_config = ConfigDict(extra="forbid")

    when: Literal["seconds", "exit", "scroll", "idle", "returning", "pages", "purchase", "left", "scenario"] = (
        "seconds"
    )
    number: int = Field(default=30, ge=0, le=3_600)
    paths: list[Pattern] = Field(default_factory=list, max_length=MOST_PATTERNS)
    but: list[Pattern] = Field(default_factory=list, max_length=MOST_PATTERNS)
    goods: bool = False
    categories: list[Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,20}$")]] = Field(
        default_factory=list, max_length=MOST_PATTERNS
    )
    devices: list[Device] = Field(default_factory=list, max_length=3)
    visits: Literal["all", "new", "returning"] = "all"
    client: Literal["all", "known", "unknown"] = "all"
    basket: Literal["all", "empty", "filled"] = "all"
    source: Label = ""
    campaign: Label = ""
    often: Literal["once", "days", "always"] = "days"
    days: int = Field(default=7, ge=1, le=365)
    never_after_closing: bool = True

    @model_validator(mode="after")
    def _in_bounds(self) -> "Rules":
        if self.when == "scroll" and not 1 <= self.number <= 100:
            raise ValueError("number")
        return self


def read_rules(said: Mapping[str, Any]) -> Rules:
    """Return the rules of showing. Raises Wrong."""
    try:
        return Rules.model_validate(dict(said))
    except ValidationError as wrong:
        raise Wrong(places_of(wrong)) from None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a visitor and his page. `page` is a path, `categories` public ids with all above them."""

    page: str
    device: str
    has_product: bool = False
    categories: frozenset[str] = frozenset()
    visit: int = 1
    is_known: bool = False
    has_basket: bool = False
    source: str = ""
    campaign: str = ""
    has_left: bool = False


def fits(rules: Rules, facts: Facts) -> bool:
    """Tell whether a widget is for this page and this visitor, whatever else is shown."""
    return (
        _is_there(rules, facts)
        and (not rules.devices or facts.device in rules.devices)
        and rules.visits in ("all", "returning" if facts.visit > 1 else "new")
        and (rules.when != "returning" or facts.visit > 1)
        and (rules.when != "left" or facts.has_left)
        and rules.client in ("all", "known" if facts.is_known else "unknown")
        and rules.basket in ("all", "filled" if facts.has_basket else "empty")
        and (not rules.source or rules.source.casefold() == facts.source.casefold())
        and (not rules.campaign or rules.campaign.casefold() == facts.campaign.casefold())
    )


def _is_there(rules: Rules, facts: Facts) -> bool:
    if rules.paths and not any(matches(one, facts.page) for one in rules.paths):
        return False
    if any(matches(one, facts.page) for one in rules.but):
        return False
    if rules.categories:
        return not facts.categories.isdisjoint(rules.categories)
    return facts.has_product or not rules.goods


def matches(pattern: str, path: str) -> bool:
    """Tell whether a path is of a pattern: `*` stands for anything, the rest for itself.

    Each piece is looked for once, from left to right: no pattern costs more than its path is long.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return path == first
    last = rest.pop()
    if len(path) < len(first) + len(last) or not path.startswith(first) or not path.endswith(last):
        return False
    at, end = len(first), len(path) - len(last)
    for piece in rest:
        found = path.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


@dataclass(frozen=True, slots=True)
class Past:
    """A showing as it stands; `is_asked` where the visitor himself wanted it."""

    widget_id: int
    key: str
    state: str
    rank: int
    offered_at: datetime
    shown_at: datetime | None = None
    ended_at: datetime | None = None
    ends_at: datetime | None = None
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shown, by whose rules."""

    widget_id: int
    key: str
    rank: int
    rules: Rules
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a site may interrupt, and since when this visit lasts."""

    most: int
    gap: timedelta
    visit_from: datetime


def is_alive(one: Past, now: datetime) -> bool:
    """Tell whether a showing waits for the screen or has it."""
    if one.ended_at is not None or (one.ends_at is not None and one.ends_at <= now):
        return False
    if one.state == "waiting":
        return one.offered_at > now - WAITING_LASTS
    if one.state not in ("shown", "acted") or one.shown_at is None:
        return False
    return one.shown_at > now - (SHOWN_LASTS if one.ends_at is None else TIMED_LASTS)


def may_be_answered(since: datetime, ends_at: datetime | None, now: datetime) -> bool:
    """Tell whether what is there since a moment may still be answered: to its deadline, else for a day."""
    return now < (ends_at if ends_at is not None else since + ANSWERED_LASTS)


def may_begin_anew(rules: Rules, offered_at: datetime, ends_at: datetime | None, now: datetime) -> bool:
    """Tell whether a visitor may have of a widget again what he had: a deadline, a gift, a vote.

    Only a widget that comes once in so many days makes a new offer then. One that comes each time comes with the same
    deadline, and with none once that is over: else its end would be no end.
    """
    if ends_at is not None and ends_at > now:
        return False
    return rules.often == "days" and now - offered_at >= timedelta(days=rules.days)


def why_not(wanted: Wanted, past: Sequence[Past], limits: Limits, now: datetime) -> str:
    """Return why something is not shown now, "" where it may be. The order of reasons is what is told of it."""
    if any(one.key == wanted.key for one in past):
        return "again"
    if wanted.ends_at is not None and wanted.ends_at <= now:
        return "late"
    own = [one for one in past if one.widget_id == wanted.widget_id and one.state != "missed"]
    if wanted.rules.never_after_closing and any(one.state == "closed" for one in own):
        return "closed"
    if wanted.rules.often == "once" and own:
        return "often"
    if wanted.rules.often == "days" and any(now - one.offered_at < timedelta(days=wanted.rules.days) for one in own):
        return "often"
    if any(is_alive(one, now) and one.rank >= wanted.rank for one in past):
        return "other"
    counted = [one for one in past if not one.is_asked and one.state != "missed"]
    if sum((one.shown_at or one.offered_at) >= limits.visit_from for one in counted) >= limits.most:
        return "cap"
    last = max((one.ended_at or one.shown_at or one.offered_at for one in counted if one.shown_at), default=None)
    # Without a gap nothing is too soon, also where two calls of a page were judged in another order than they came.
    if limits.gap and last is not None and now - last < limits.gap and not any(is_alive(one, now) for one in past):
        return "gap"
    return ""
