"""What the desk says: why this client, what a button will do, moments by both clocks."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.deals.models import Deal
from voronka.deals.rules.buttons import Button
from voronka.deals.rules.chips import Chip, ChipKind
from voronka.deals.rules.ladder import ARCHIVE
from voronka.deals.steps.planning import minutes_in_words
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.work.queries import Ahead, Why


def why_words(why: Why, deal: Deal, actor: Actor, *, now: datetime) -> tuple[str, str]:
    """Return the sentence of why this client is on the screen, and what is added to it."""
    waited = wording.duration(why.waited_minutes * 60, actor.language)
    at = _near_moment(why.at, deal.client.zone, now, actor.language)
    task = deal.open_task.title if deal.open_task is not None else ""
    match str(why.code):
        case "promised" | "promised_late":
            more = _("%(minutes)s have passed.") % {"minutes": waited} if why.waited_minutes else ""
            kind = deal.open_task.kind if deal.open_task is not None else "call"
            if kind == "call":
                return _("A call was promised %(at)s client time.") % {"at": at}, more
            return _("%(task)s: promised %(at)s client time.") % {"task": task, "at": at}, more
        case "fresh" | "fresh_late":
            norm = ngettext("answer within %(n)s minute", "answer within %(n)s minutes", deal.pipeline.answer_minutes)
            more = _("No promised calls are due. By the rule: %(norm)s.") % {
                "norm": norm % {"n": deal.pipeline.answer_minutes}
            }
            return _("A new request, waiting for %(waited)s.") % {"waited": waited}, more
        case "due_vip":
            return _("A VIP client: first among the due ones."), task
        case "due_high" | "due":
            return _("It is time: %(task)s.") % {"task": task}, _("Due since %(at)s client time.") % {"at": at}
        case "backlog":
            return _("From the backlog: %(task)s.") % {"task": task}, _("Nothing promised, fresh or due is waiting.")
        case "backlog_turn":
            more = _("Every tenth turn goes to the one who has waited longest.")
            return _("The oldest of the backlog."), more
        case "held":
            return _("You have this client in hand."), task
        case "ahead":
            return _("You opened the card yourself."), _("Next step: %(task)s, %(at)s client time.") % {
                "task": task,
                "at": at,
            }
    return _("The client's calling hours are over."), task


def _near_moment(at: datetime, zone: str, now: datetime, language: str) -> str:
    """Say a moment in one zone; today is not named."""
    said = wording.moment(at, zone, now, language)
    today = wording.day(now.date(), now.date(), language)
    return said.removeprefix(today).lstrip()


def button_then(button: Button, deal: Deal, actor: Actor) -> str:
    """Return what a plain press of the button will do, in a few words: the second line of the button."""
    steps = {step.get("kind"): step for step in button.outcomes[0].steps}
    if "deals.miss_ladder" in steps:
        rungs = steps["deals.miss_ladder"].get("rungs") or [5, 30, 180, 1440, ARCHIVE]
        at = min(deal.misses, len(rungs) - 1)
        then = _("archive") if rungs[at] == ARCHIVE else minutes_in_words(rungs[at])
        return _("%(n)s of %(all)s: %(then)s") % {"n": at + 1, "all": len(rungs), "then": then}
    if "deals.mark_paid" in steps:
        if not actor.writes("deal.sum"):
            return ""
        return _("asks the sum") if not deal.sum else money_words(deal.sum, deal.currency, actor)
    if "deals.mark_refused" in steps:
        return _("asks the reason")
    task = steps.get("deals.set_task")
    if task is None:
        return _("to the archive") if "deals.archive" in steps else ""
    if task.get("when", "asked") == "asked":
        return _("asks the time")
    if task["when"] == "client_morning":
        return task.get("words") or _("next morning")
    return _("in %(time)s") % {"time": minutes_in_words(task.get("minutes", 60))}


def owes_words(count: int) -> str:
    """Return that a press asks for so many empty fields first; empty for none."""
    if not count:
        return ""
    return ngettext("asks for a field", "asks for %(n)s fields", count) % {"n": count}


def money_words(amount: Decimal, currency: str, actor: Actor) -> str:
    """Return a sum as people read it."""
    return wording.money(amount, currency, actor.language)


def chip_words(chip: Chip, actor: Actor, *, now: datetime) -> tuple[str, str]:
    """Return the name of a chip by the client's clock, and what it is by mine."""
    client, mine = f"{chip.client:%-H:%M}", f"{chip.mine:%-H:%M}"
    match chip.kind:
        case ChipKind.IN_MINUTES:
            name = _("in %(time)s") % {"time": minutes_in_words(chip.minutes or 0)}
            if chip.minutes == 60:
                name = _("in an hour")
            then = f"{client} · " + _("%(time)s yours") % {"time": mine}
            return name, then
        case ChipKind.TODAY:
            name = _("today %(time)s") % {"time": client}
        case ChipKind.TOMORROW:
            name = _("tomorrow %(time)s") % {"time": client}
        case ChipKind.WEEKDAY:
            name = f"{_weekday(chip.client.date(), actor.language)} {client}"
        case _:
            today = now.astimezone(chip.client.tzinfo).date()
            name = f"{wording.day(chip.client.date(), today, actor.language)} {client}"
    if chip.days_differ:
        mine = f"{wording.short_day(chip.mine.date(), actor.language)} {mine}"
    then = _("%(time)s yours") % {"time": mine}
    if chip.load:
        then += ", " + ngettext("%(n)s task", "%(n)s tasks", chip.load) % {"n": chip.load}
    return name, then


def _weekday(day: date, language: str) -> str:
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    name = names[day.weekday()]
    return name if language == "en" else name.lower()


def moment_result(at: datetime, client_zone: str, actor: Actor, *, now: datetime) -> str:
    """Return what a chosen moment means by both clocks, as the foot of the strip says it."""
    sentence = both_clocks(at, client_zone, actor, now=now)
    return sentence[:1].upper() + sentence[1:]


def both_clocks(at: datetime, client_zone: str, actor: Actor, *, now: datetime) -> str:
    """Return a moment by the client's clock and by mine; one clock where they agree, weekdays where dates differ."""
    theirs = wording.moment(at, client_zone, now, actor.language)
    there, here = at.astimezone(ZoneInfo(client_zone)), at.astimezone(actor.zone)
    if there.utcoffset() == here.utcoffset():
        return _("%(theirs)s.") % {"theirs": theirs}
    mine = wording.clock(at, actor.zone.key)
    if there.date() != here.date():
        hour = _("at %(time)s") % {"time": wording.clock(at, client_zone)}
        theirs = f"{wording.short_day(there.date(), actor.language)} {hour}"
        mine = f"{wording.short_day(here.date(), actor.language)} {mine}"
    return _("%(theirs)s client time — %(mine)s yours.") % {"theirs": theirs, "mine": mine}


def load_words(tasks: int, *, team: bool = False) -> str:
    """Return how busy I am, or the team is, in the hour that the needle stands at."""
    if team:
        return _("The team has {n} tasks then.").format(n=tasks) if tasks else _("The team is free then.")
    return _("You have {n} tasks then.").format(n=tasks) if tasks else _("You are free then.")


def next_words(ahead: Ahead | None, name: str, left: int, actor: Actor, *, now: datetime) -> str:
    """Return who comes after the client in hand, in the words of the queue's foot."""
    if ahead is None or not name:
        return "" if left else _("New requests will come here by themselves")
    if ahead.band == 0:
        at = _near_moment(ahead.ready_at, actor.zone.key, now, actor.language)
        return _("Next: %(name)s, promised %(at)s") % {"name": name, "at": at}
    if ahead.band == 1:
        return _("Next: %(name)s, a new request") % {"name": name}
    return _("Next: %(name)s") % {"name": name}


def toast_words(name: str, label: str) -> str:
    """Return the head of a toast: of whom, and what was pressed, its outcome where the button has several."""
    said = label.rsplit(": ", 1)[-1]
    if said[1:2].islower():
        said = said[:1].lower() + said[1:]
    return f"{name}: {said}"


def sentences(parts: Sequence[str]) -> str:
    """Join what a press did into sentences, each with a capital and a full stop."""
    return " ".join(f"{one[:1].upper()}{one[1:].rstrip('.')}." for one in parts if one)


def shortened(text: str, most: int = 90) -> str:
    """Return the first line of what was written down, cut at a word."""
    line = text.strip().split("\n", 1)[0]
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0]}…"
