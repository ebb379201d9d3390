"""What a visitor's scenarios answer to what happens on his page (flows.services.hear), within the page's call."""

from dataclasses import dataclass, field
from datetime import datetime

from voronka.flows import queries as automations
from voronka.flows import services as flows
from voronka.flows.ports import Heard
from voronka.site.models import Visit, Visitor
from voronka.site.ports import Moment
from voronka.site.rules.leaving import PAUSE
from voronka.site.rules.stage import Past

VISITOR = "visitor"  # the kind of record, as automations know it
ANSWERS = ("acted", "closed")


@dataclass(slots=True)
class Tried:
    """The visitor's screen while a scenario is tried out: what it was given (services.showing.try_out).

    No page says when that was closed: it is taken for closed at once.
    """

    past: list[Past] = field(default_factory=list)


@dataclass(slots=True)
class Stage:
    """What one moment on a page has led to: one thing `shown` at most. `tried` is set while a scenario is tried out."""

    moment: Moment
    shown: str = ""
    tried: Tried | None = None

    def anew(self) -> "Stage":
        """Return the stage of the next moment on the same page."""
        return Stage(self.moment, tried=self.tried)


def codes_of(moment: Moment) -> list[str]:
    """Return the codes by which triggers of scenarios know a moment: its kind, and `returned` at the first page of a
    further visit.
    """
    found = [moment.kind]
    if moment.kind == "page" and has_returned(moment.visitor_id, moment.now):
        found.append("returned")
    return found


def has_returned(visitor_id: int, now: datetime) -> bool:
    """Tell whether the page begins a further visit; the collector may not have written that visit yet."""
    last = Visit.objects.filter(visitor=visitor_id).order_by("-begun_at").first()
    if last is None:
        return False
    if last.last_at < now - PAUSE:
        return True
    return last.number > 1 and last.pages <= 1


def hear(moment: Moment) -> datetime | None:
    """Let the scenarios of a visitor answer; return when they want to be asked again while he is on this page."""
    if Visitor.objects.filter(pk=moment.visitor_id, is_bot=True).exists():
        return None
    return flows.hear(VISITOR, moment.visitor_id, heard_of(moment, Stage(moment)), now=moment.now)


def heard_of(moment: Moment, stage: Stage) -> Heard:
    """Return a moment as automations hear it."""
    key, answered = str(moment.about.get("id", ""))[:64], str(moment.about.get("key", ""))
    return Heard(
        codes_of(moment), moment.page, moment.about, f"{moment.kind} {key}"[:64] if key else "",
        answered if moment.kind in ANSWERS else "", stage,
    )  # fmt: skip


def is_hearing() -> bool:
    """Tell whether a scenario of visitors is on, so that pages have to report what happens on them."""
    return automations.is_any_on(VISITOR)
