"""Campaigns in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.messaging.models import Campaign, CampaignVariant

TONES = {"asks": "late", "running": "gain", "paused": "heed", "scheduled": "heed", "stopped": "late"}
SHOWN_STATES = (
    "planned", "waiting", "held", "handed", "accepted", "delivered", "failed", "unknown", "refused", "cancelled",
)  # fmt: skip


def state(code: str) -> str:
    """Return a state of a campaign in a word or two."""
    words = {
        "draft": pgettext("of a campaign", "draft"),
        "scheduled": pgettext("of a campaign", "waits for its hour"),
        "asks": pgettext("of a campaign", "asks whether to run"),
        "running": pgettext("of a campaign", "runs"),
        "paused": pgettext("of a campaign", "paused"),
        "done": pgettext("of a campaign", "finished"),
        "stopped": pgettext("of a campaign", "stopped"),
    }
    return words.get(code, code)


def looks() -> dict[str, str]:
    """Return the ways to look at the list, by code."""
    return {
        "": pgettext("campaigns", "All"),
        "draft": pgettext("campaigns", "Drafts"),
        "live": pgettext("campaigns", "Going"),
        "ended": pgettext("campaigns", "Ended"),
    }


def asks(why: str) -> str:
    """Say why a campaign asks before it runs."""
    words = {
        "overdue": _("Its hour passed while the system was not running."),
        "left": _("The system was not running for a while in the middle of it."),
        "restored": _("The data come from a backup: what has gone since is not known here."),
        "gone": _("Whoever started it works here no more."),
        "broken": _("It stopped at a fault of the system: let it run to try again, or stop it."),
        "invalid": _("A condition of its list makes no sense any more."),
        "conflict": _("The list is empty: nobody would get it."),
        "not_found": _("Its list is there no more: stop it, and make a copy with another list."),
        "denied": _("Whoever started it may not see its clients any more."),
    }
    return words.get(why, _("It could not go on by itself."))


def traffics() -> list[tuple[str, str]]:
    """Return the kinds of messages to choose from."""
    return [("advertising", _("advertising")), ("service", _("about their orders and questions"))]


def ways() -> list[tuple[str, str]]:
    """Return when a campaign may go."""
    return [
        ("now", _("as soon as it is started")),
        ("at", _("at an hour, for all at once")),
        ("clock", _("at an hour by each client's own clock")),
    ]


def money(sums: Mapping[str, Decimal], actor: Actor) -> str:
    """Return sums by currency."""
    return " + ".join(wording.money(sums[one], one, actor.language) for one in sorted(sums))


def when(row: Campaign, actor: Actor, now: datetime) -> str:
    """Say when a campaign goes."""
    if row.way == "clock" and row.on_day is not None and row.minute is not None:
        day = wording.day(row.on_day, now.astimezone(actor.zone).date(), actor.language)
        return _("%(day)s at %(hour)s by each client's own clock") % {
            "day": day, "hour": f"{row.minute // 60:02}:{row.minute % 60:02}",
        }  # fmt: skip
    if row.way == "at" and row.starts_at is not None:
        return wording.moment(row.starts_at, actor.zone.key, now, actor.language)
    return _("as soon as it is started")


def facts(
    row: Campaign, variants: Sequence[CampaignVariant], list_name: str, actor: Actor, now: datetime
) -> list[tuple[str, str]]:
    """Return the settings of a campaign in words."""
    shares = sum(one.share for one in variants)
    texts = ", ".join(
        one.template.name if len(variants) == 1 else f"{chr(64 + one.number)}: {one.template.name}"
        f" ({round(one.share * 100 / shares)} %)"
        for one in variants
    )  # fmt: skip
    found = [
        (_("To whom"), list_name),
        (_("What it is"), dict(traffics())[row.traffic]),
        (pgettext("of a campaign", "Text"), texts),
        (pgettext("of a campaign", "When"), when(row, actor, now)),
    ]
    if row.a_minute:
        found.append(
            (_("How fast"), _("at most %(n)s a minute") % {"n": wording.number(row.a_minute, actor.language)})
        )
    started = row.run_by.name if row.run_by is not None and row.started_at is not None else ""
    if started and row.started_at is not None:
        at = wording.moment(row.started_at, actor.zone.key, now, actor.language)
        found.append((pgettext("of a campaign", "Started"), f"{at}, {started}"))
    return found


def left(row: Campaign, minutes: int | None, actor: Actor) -> str:
    """Say beside the bar what a campaign does now."""
    if row.state != "running":
        return state(row.state)
    if row.frozen_at is None:
        return _("the recipients are being written down")
    if minutes is None:
        return _("waits for the hour of those who are left")
    said = ngettext("about %(n)s minute left", "about %(n)s minutes left", minutes)
    return said % {"n": wording.number(minutes, actor.language)}
