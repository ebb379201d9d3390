"""Tests in words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.trials.models import Trial
from voronka.trials.permissions import SEE
from voronka.trials.queries.results import Figures, Result, results_of, trial_of
from voronka.trials.rules.arms import letter_of
from voronka.trials.rules.bands import LEAST_BUYERS, Band
from voronka.trials.rules.verdicts import BETTER, SAME, WORSE

TONES = {"running": "heed", "decided": "gain", "stopped": ""}


def kinds() -> dict[str, str]:
    """Return the kinds of what is tested."""
    return {
        "letter": pgettext("of an A/B test", "campaign"),
        "flow": pgettext("of an A/B test", "automation"),
        "widget": pgettext("of an A/B test", "widget"),
    }


def looks() -> dict[str, str]:
    """Return the ways to look at the list, by code."""
    return {
        "": pgettext("A/B tests", "All"),
        "running": pgettext("A/B tests", "Running"),
        "ended": pgettext("A/B tests", "Ended"),
    }


def state(row: Trial) -> str:
    """Return where a test is in a word or two."""
    if row.state == "running" and row.skewed_at is not None:
        return pgettext("of an A/B test", "shares are off")
    return {
        "draft": pgettext("of an A/B test", "draft"),
        "running": pgettext("of an A/B test", "running"),
        "decided": pgettext("of an A/B test", "ended"),
        "stopped": pgettext("of an A/B test", "stopped"),
    }[row.state]


def tone(row: Trial) -> str:
    """Return the tone of the state."""
    return "late" if row.skewed_at is not None else TONES.get(row.state, "")


def outcome(row: Trial) -> str:
    """Say how a test has ended, without figures."""
    by_money = row.metric == "money"
    words = {
        "win": _("%(arm)s has won by money.") if by_money else _("%(arm)s has won: more of those shown it buy."),
        "taken": _("%(arm)s was chosen by hand."),
        "same": _("There is no difference that matters."),
        "unclear": _("Its days are over, and no difference is to be seen."),
        "changed": _("What it tested was changed."),
        "by_hand": _("Stopped by hand."),
        "skewed": _("Its days are over; the shares of its arms were off."),
    }
    said = words.get(row.code, "")
    return said % {"arm": letter_of(row.winner)} if row.winner else said


def difference(value: float, row: Trial, actor: Actor, *, signed: bool = True) -> str:
    """Say a difference by head: money, or percent points of buyers."""
    if row.metric == "money":
        exact = Decimal(str(round(value, 2 if abs(value) < 10 else 0)))
        return wording.money(exact, row.currency, actor.language, signed=signed)
    return f"{'+' if signed and value > 0 else ''}{wording.number(round(value * 100, 2), actor.language)} %"


def span(band: Band, row: Trial, actor: Actor) -> str:
    """Say between what the difference surely lies."""
    said = _("from %(low)s to %(high)s")
    return said % {"low": difference(band.low, row, actor), "high": difference(band.high, row, actor)}


def sentence(found: Result, actor: Actor) -> str:
    """Say what a test has come to, and when it ends: the first line of its page."""
    row = found.trial
    if row.state == "draft":
        return _("Not started yet.")
    if found.is_skewed and row.state == "running":
        return _("The arms are not shown in their shares, so nothing may be concluded: something loses people.")
    if row.state != "running":
        return _ended(found, actor)
    if not sum(one.shown for one in found.figures.values()):
        return _("Shown to nobody yet.")
    said = _running(found, actor)
    if found.days_left is None:
        return said
    ends = ngettext(
        "It ends by itself in about %(n)d day.", "It ends by itself in about %(n)d days.", found.days_left
    ) % {"n": found.days_left}
    return f"{said} {ends}"


def _running(found: Result, actor: Actor) -> str:
    if not found.leader:
        counts = [found.figures.get(one.number, Figures()).buyers for one in found.arms]
        least = _("Too early to say: %(least)d buyers are needed in each arm, there are %(counts)s so far.")
        return least % {"least": LEAST_BUYERS, "counts": _(" and ").join(str(one) for one in counts)}
    return _compared(found, found.leader, actor) + " " + _("That is not sure yet.")


def _compared(found: Result, number: int, actor: Actor) -> str:
    row, band = found.trial, found.reading.bands.get(number)
    if band is None:
        return ""
    given = {
        "arm": letter_of(number), "control": letter_of(found.control),
        "sum": difference(abs(band.estimate), row, actor, signed=False),
    }  # fmt: skip
    if row.metric == "money":
        more = _("%(arm)s brings %(sum)s more than %(control)s from each who was shown it.")
        less = _("%(arm)s brings %(sum)s less than %(control)s from each who was shown it.")
    else:
        more = _("Of those shown %(arm)s %(sum)s more buy than of those shown %(control)s.")
        less = _("Of those shown %(arm)s %(sum)s fewer buy than of those shown %(control)s.")
    return (more if band.estimate >= 0 else less) % given


def _ended(found: Result, actor: Actor) -> str:
    row = found.trial
    said = outcome(row)
    if row.code == "win" and row.winner != found.control:
        return f"{said} {_compared(found, row.winner, actor)}".strip()
    return said


def told_of(actor: Actor, kind: str, subject_id: int, *, place: str = "") -> tuple[str, str] | None:
    """Return the sentence of the newest test of a thing and the address of its page; None for who may not see it."""
    row = trial_of(kind, subject_id, place=place) if actor.may(SEE) else None
    if row is None:
        return None
    found = results_of([row], now=datetime.now(UTC))[0]
    return sentence(found, actor), reverse("trials:trial", args=[row.public_id])


def verdict(code: str) -> str:
    """Return what is known of an arm against the control."""
    words: Mapping[str, str] = {
        BETTER: pgettext("an arm of a test", "surely more"),
        WORSE: pgettext("an arm of a test", "surely less"),
        SAME: pgettext("an arm of a test", "no difference that matters"),
    }
    return words.get(code, pgettext("an arm of a test", "not sure yet"))
