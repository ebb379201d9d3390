"""What pages of automations say of walks and of what happened on the way."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from voronka.flows.models import Automation, Run, RunStep
from voronka.flows.services import nodes
from voronka.kit import wording
from voronka.kit.actors import Actor

STATES = {
    "running": (pgettext_lazy("a walk", "on the way"), "accent"),
    "failed": (pgettext_lazy("a walk", "stuck"), "late"),
    "done": (pgettext_lazy("a walk", "ended"), "gain"),
    "left": (pgettext_lazy("a walk", "left"), ""),
    "stopped": (pgettext_lazy("a walk", "stopped"), ""),
}
SCENE_ENDS = {
    "person": (pgettext_lazy("a scenario", "handed over"), "gain"),
    "taken": (pgettext_lazy("a scenario", "a person took over"), ""),
    "silence": (pgettext_lazy("a scenario", "fell silent"), "heed"),
    "off": (pgettext_lazy("a scenario", "switched off"), ""),
    "limit": (pgettext_lazy("a scenario", "went in a circle"), "late"),
    "broken": (pgettext_lazy("a scenario", "broke"), "late"),
    "senseless": (pgettext_lazy("a scenario", "asked of a field that was put away"), "late"),
}
AGAIN = {
    Automation.Again.NEVER: pgettext_lazy("coming in again", "never"),
    Automation.Again.DAYS: gettext_lazy("after some days"),
    Automation.Again.ALWAYS: gettext_lazy("each time"),
}


def state_of(run: Run) -> tuple[str, str]:
    """Return the words of a walk's state and the tone of its chip."""
    words, tone = STATES[run.state]
    if run.why == "goal":
        return _("goal reached"), "gain"
    if run.why in ("circle", "crowd"):
        return _("kept out"), "heed"
    if run.why in SCENE_ENDS:
        said, tone = SCENE_ENDS[run.why]
        return str(said), tone
    return str(words), tone


def clock(at: datetime | None, actor: Actor, now: datetime) -> str:
    """Say a moment by the reader's clock."""
    return wording.moment(at, actor.zone.key, now, actor.language) if at is not None else ""


SAID = {
    "waited": gettext_lazy("The wait is over"),
    "came": gettext_lazy("What was waited for came"),
    "late": gettext_lazy("What was waited for did not come"),
    "stayed": gettext_lazy("Stayed long enough"),
    "left": gettext_lazy("Left the page before"),
    "goal": gettext_lazy("The goal is reached"),
    "gone": gettext_lazy("The record is not there any more"),
    "stopped": gettext_lazy("Stopped by a person"),
    "again": gettext_lazy("A person lets it be tried again"),
    "end": gettext_lazy("The end of the map"),
    "said": pgettext_lazy("a scenario", "Said"),
    "asked": pgettext_lazy("a scenario", "Asked"),
    "acted": pgettext_lazy("a scenario", "Done"),
    "kept": pgettext_lazy("a scenario", "Kept"),
    "not_kept": gettext_lazy("Not kept: the talk is with no client, or the value suits the field not"),
    "reminded": gettext_lazy("Reminded once"),
    "silence": gettext_lazy("Nobody answered in time"),
    "taken": gettext_lazy("A person has the talk now"),
    "closed": gettext_lazy("The talk was closed"),
    "off": gettext_lazy("The scenario was switched off"),
    "anew": gettext_lazy("The visitor began anew"),
    "broken": gettext_lazy("The scenario broke"),
}


def line_words(line: RunStep, names: Mapping[int, str], actor: Actor, now: datetime) -> str:
    """Say a line of the log."""
    about = line.about
    match line.code:
        case "entered" if about.get("trigger") == "talk":
            return _("Somebody wrote")
        case "answered" | "again" | "no_answer":
            return _answer(line, str(about.get("said", "")))
        case "called":
            return _called(str(about.get("why", "")))
        case "entered":
            return (
                _("Brought in by hand") if about.get("by_hand") else nodes.event_words(str(about.get("trigger", "")))
            )
        case "kept_out":
            return _kept_out(about, names)
        case "waits":
            return _waits(about, actor, now)
        case "stays":
            until = clock(datetime.fromisoformat(str(about["until"])), actor, now)
            return _("Waits until %(at)s while he is on the page") % {"at": until}
        case "checked":
            return _("The condition is met") if line.way == "yes" else _("The condition is not met")
        case "split":
            return _("Share %(n)d of the split") % {"n": int(line.way) + 1 if line.way.isdecimal() else 1}
        case "did":
            return "; ".join(_effect(one) for one in line.effects) or _("Done")
        case "failed" | "held":
            return _halted(line.code, str(about.get("error", "")))
    return str(SAID.get(line.code, line.code))


def _answer(line: RunStep, said: str) -> str:
    if line.code == "again":
        return _("Not what was asked for: “%(said)s”; asked again") % {"said": said}
    if line.code == "no_answer":
        return _("No answer in the end: “%(said)s”") % {"said": said}
    return _("Answered: “%(said)s”") % {"said": said}


def _halted(code: str, why: str) -> str:
    if code == "held":
        return _("Waits for a person: %(why)s") % {"why": why}
    return _("Did not work five times: %(why)s") % {"why": why}


def _called(why: str) -> str:
    return {
        "limit": _("It went on and on without asking: a person was called"),
        "broken": _("It broke: a person was called"),
        "senseless": _("It asks of a field that was put away: a person was called"),
        "silence": _("Nobody answered: a person was called"),
    }.get(why, _("A person was called"))


def _waits(about: Mapping[str, object], actor: Actor, now: datetime) -> str:
    until = clock(datetime.fromisoformat(str(about["until"])), actor, now) if "until" in about else ""
    if about.get("event"):
        words = _("Waits for “%(event)s”, until %(at)s at most")
        return words % {"event": nodes.event_words(str(about["event"])), "at": until}
    return _("Waits until %(at)s") % {"at": until}


def _effect(one: Mapping[str, object]) -> str:
    words = str(one.get("words", ""))
    return words if one.get("happens", True) else f"{words} ({_('did not happen')})"


def _kept_out(about: Mapping[str, object], names: Mapping[int, str]) -> str:
    if about.get("why") == "crowd":
        return _("Not let in: it came into automations more than twenty times within an hour")
    held = about.get("chain", [])
    chain = [names.get(int(one), "…") for one in held] if isinstance(held, list) else []
    words = _("Not let in: automations bring one another on in a circle (%(chain)s)")
    return words % {"chain": " → ".join(chain)}
