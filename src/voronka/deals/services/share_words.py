"""Rules of sharing and their decisions in sentences."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from voronka.deals.models import ShareRule
from voronka.deals.rules.sharing import Decision, Hours, Skip, Way
from voronka.deals.services.share_rules import CHANNELS
from voronka.kit import facets, wording
from voronka.kit.actors import Actor


def channel_names() -> dict[str, str]:
    """Return the ways that deals come by, in words."""
    words = {
        "form": _("a form of the site"),
        "api": _("a program (API)"),
        "import": _("a file"),
        "hand": _("typed by hand"),
    }
    return {one: words[one] for one in CHANNELS}


def way_names() -> dict[str, str]:
    """Return the ways of choosing, in words."""
    return {
        Way.OWNER: _("to whoever has had the client before"),
        Way.TURN: _("in turn"),
        Way.LOAD: _("to the one with the fewest tasks today"),
        Way.POOL: _("to nobody: into the common pool"),
    }


def hours_names() -> dict[str, str]:
    """Return who counts as being there, in words."""
    return {
        Hours.ANY: _("anybody who is not away today"),
        Hours.NOW: _("only those at work this minute"),
        Hours.NEXT: _("those at work, else whoever comes first"),
    }


def rule_words(rule: ShareRule, names: Mapping[int, str], actor: Actor) -> tuple[str, str]:
    """Return a rule as two sentences: when it holds, and what it does."""
    known = facets.facets_of("client", Actor.system(actor.company_id))
    parts = []
    if rule.channels:
        channels = channel_names()
        parts.append(
            _("came by %(channels)s") % {"channels": ", ".join(channels.get(one, one) for one in rule.channels)}
        )
    for code, value in rule.asked.items():
        facet = known.get(code)
        options = dict(facet.options()) if facet is not None and facet.options is not None else {}
        name = str(facet.name) if facet is not None else _("(gone)")
        parts.append(f"{name}: {options.get(str(value), value)}")
    if rule.sum_from is not None:
        parts.append(_("sum from %(sum)s") % {"sum": wording.number(rule.sum_from, actor.language)})
    if rule.sum_to is not None:
        parts.append(_("sum up to %(sum)s") % {"sum": wording.number(rule.sum_to, actor.language)})
    when = " · ".join(parts) or _("Every new deal")
    does = way_names()[rule.way]
    if rule.way != Way.POOL:
        seats = [names[one.employee_id] for one in rule.seats.all() if one.employee_id in names]
        if rule.way != Way.OWNER:
            does += ": " + (", ".join(seats) if seats else _("all of the pipeline"))
        if rule.hours != Hours.ANY:
            does += f"; {hours_names()[rule.hours]}"
    return when, does


def decision_words(decision: Decision, rule_name: str, names: Mapping[int, str]) -> tuple[str, str]:
    """Return whom a deal goes to and why, then who was passed over."""
    return why_words(
        str(decision.way) if decision.rule_id is not None else "",
        decision.employee_id,
        decision.figure,
        rule_name,
        names,
    ), skipped_words([f"{reason}:{one}" for one, reason in decision.skipped.items()], names)


def why_words(why: str, employee_id: int | None, figure: int, rule_name: str, names: Mapping[int, str]) -> str:
    """Return whom a deal goes to and why, in one sentence."""
    name = names.get(employee_id or 0, "")
    if employee_id is None:
        return (
            _("Into the common pool: so says the rule.")
            if why == Way.POOL
            else _("Into the common pool: no rule found anybody.")
        )
    said = {
        Way.OWNER: _("has had this client before"),
        Way.TURN: _("it is his turn, %(n)s go round") % {"n": figure},
        Way.LOAD: _("the fewest tasks today: %(n)s") % {"n": figure},
        "escalation": _("the one before did not answer in time"),
        "hand_over": _("handed over from a colleague"),
    }.get(why, "")
    if rule_name:
        said = _("%(why)s, rule “%(rule)s”") % {"why": said, "rule": rule_name}
    return f"{name}: {said}."


def skipped_words(skipped: Sequence[str], names: Mapping[int, str]) -> str:
    """Return who was passed over and why; `skipped` are `reason:employee`."""
    words = {
        Skip.AWAY: _("away today"),
        Skip.OFF_HOURS: _("not at work now"),
        Skip.LATER: _("comes to work later"),
        Skip.NOT_HERE: _("works here no longer"),
    }
    said = []
    for one in skipped:
        reason, _colon, employee = one.partition(":")
        name = names.get(int(employee), "") if employee.isdecimal() else ""
        if name and reason in words:
            said.append(f"{name} — {words[Skip(reason)]}")
    return _("Passed over: %(who)s.") % {"who": ", ".join(said)} if said else ""
