"""What the planner says: its title, sums, cards, the team's day, in words of the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.clocks import MINUTES_A_DAY
from voronka.kit.wording import NB
from voronka.work.models import Leave
from voronka.work.queries.planner import Card, Loose, MateDay, Plan, Whose
from voronka.work.rules.bands import Band
from voronka.work.rules.clock import sky
from voronka.work.rules.load import HourLoad
from voronka.work.rules.planner import Free, PlanDay, PlanHour, freest
from voronka.work.rules.schedule import Schedule

CARDS_IN_SIGHT, TICKS_IN_SIGHT = 2, 16
BAR_WIDTH, MATE_HOURS, MATE_HEIGHT = 120, 10, 22


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads, by whose planner and clock, and when."""

    actor: Actor
    whose: Whose
    now: datetime

    @property
    def language(self) -> str:
        """The reader's language."""
        return self.actor.language

    @property
    def today(self) -> date:
        """Today by the clock of the planner."""
        return self.now.astimezone(ZoneInfo(self.whose.zone)).date()

    @property
    def is_mine(self) -> bool:
        """Whether the planner is the reader's own."""
        return self.whose.employee_id == self.actor.employee_id


def title(days: Sequence[date], look: Reading) -> str:
    """Return the days as a heading: "9-15 March", "30 March - 5 April", "Thursday, 12 March"."""
    months = wording.MONTHS[wording.tongue(look.language)]
    first, last = days[0], days[-1]
    year = "" if last.year == look.today.year else f" {last.year}"
    end = f"{last.day}{NB}{months[last.month - 1]}{year}"
    if len(days) == 1:
        weekday = wording.WEEKDAYS[wording.tongue(look.language)][first.weekday()].capitalize()
        return f"{weekday}, {end}"
    if first.month == last.month:
        return f"{first.day}\u2013{end}"
    return f"{first.day}{NB}{months[first.month - 1]} \u2013 {end}"


def sums(days: Sequence[PlanDay], look: Reading) -> SafeString:
    """Return the sentence over the grid: how much is ahead, how much of it promised, where it is freest."""
    ahead = sum(day.ahead for day in days)
    promised = sum(len(hour.cards) for day in days for hour in day.hours if not hour.is_gone)
    if not ahead:
        said = _("Nothing is planned here yet.")
    else:
        tasks = ngettext("<b>%(n)s</b> task with a time ahead", "<b>%(n)s</b> tasks with a time ahead", ahead)
        said = _("%(tasks)s, promised <b>%(promised)s</b>.") % {"tasks": tasks % {"n": ahead}, "promised": promised}
    free = freest(days)
    if free is not None:
        said += " " + free_words(free, look)
    return mark_safe(said)  # noqa: S308  numbers and our own words only


def free_words(free: Free, look: Reading) -> str:
    """Return where the planner is freest: "Freest: Fri after 16"."""
    day = wording.short_day(free.day, look.language)
    if free.day == look.today:
        day = wording.NEAR_DAYS[wording.tongue(look.language)][0]
    if free.to_end:
        return _("Freest is %(day)s after %(hour)s.") % {"day": day, "hour": free.from_hour}
    return _("Freest is %(day)s from %(from)s to %(to)s.") % {"day": day, "from": free.from_hour, "to": free.to_hour}


def day_piece(day: PlanDay, look: Reading, address: str, named: dict[date, str]) -> dict[str, object]:
    """Return the head of a day: its name, how full it is, what its days off are called."""
    width = min(BAR_WIDTH, round(day.total / day.norm * BAR_WIDTH)) if day.norm else 0
    return {
        "short": wording.short_day(day.day, look.language),
        "number": day.day.day,
        "total": day.total,
        "is_today": day.is_today,
        "is_off": day.is_off,
        "off": named.get(day.day) or _("day off"),
        "width": width,
        "is_over": bool(day.norm) and day.total > day.norm and not day.hours[-1].is_gone,
        "label": ngettext("%(n)s task of %(norm)s", "%(n)s tasks of %(norm)s", day.total)
        % {"n": day.total, "norm": day.norm},
        "url": address,
    }


def cell_piece(
    hour: PlanHour, day: PlanDay, plan: Plan, look: Reading, *, place: str, url: str, wide: bool
) -> dict[str, object]:
    """Return an hour of a day as its cell shows it."""
    classes = [
        name
        for name, on in (
            ("is-off", hour.is_off),
            ("is-lunch", hour.is_lunch),
            ("is-today", day.is_today),
            ("is-gone", hour.is_gone),
            ("is-full", hour.is_full),
        )
        if on
    ]
    in_sight = hour.cards if wide else hour.cards[:CARDS_IN_SIGHT]
    return {
        "open": _cell_head(" ".join(classes), hour, day, look),
        "cards": [card_piece(plan.cards[one.task_id], look, place=place) | {"wide": wide} for one in in_sight],
        "rest": _cell_rest(hour, len(hour.cards) - len(in_sight), look, url),
    }


def _cell_head(classes: str, hour: PlanHour, day: PlanDay, look: Reading) -> SafeString:
    """Return the beginning of a cell. A week has hundreds of them, so they are made without templates."""
    label = _("%(day)s, %(hour)s:00") % {"day": wording.short_day(day.day, look.language), "hour": hour.hour}
    if hour.span is None:
        return format_html('<td class="{}" data-label="{}">', classes, label)
    span = hour.span.start.isoformat(), hour.span.end.isoformat()
    return format_html('<td class="{}" data-start="{}" data-end="{}" data-label="{}">', classes, *span, label)


def _cell_rest(hour: PlanHour, rest: int, look: Reading, url: str) -> SafeString:
    """Return what stands in a cell behind its cards: how many more, ticks of the done and the planned, the needle."""
    parts = []
    if rest:
        parts.append(
            format_html('<a class="v-plan-rest" href="{}">{}</a>', url, _("%(n)s more promised") % {"n": rest})
        )
    if hour.done:
        said = ngettext("%(n)s task done", "%(n)s tasks done", hour.done) % {"n": hour.done}
        ticks = _ticks(hour.done)
        parts.append(format_html('<span class="v-ticks is-done" role="img" aria-label="{}">{}</span>', said, ticks))
    if hour.ticks:
        said = ngettext("%(n)s task planned", "%(n)s tasks planned", hour.ticks) % {"n": hour.ticks}
        parts.append(
            format_html('<a class="v-ticks" href="{}" aria-label="{}">{}</a>', url, said, _ticks(hour.ticks))
        )
    if hour.is_now:
        minute = (look.now - hour.span.start) / (hour.span.end - hour.span.start) if hour.span else None
        needle = f"is-p{round(minute * 10)}" if minute is not None else ""
        parts.append(format_html('<i class="v-plan-now {}"></i>', needle))
    return mark_safe("".join(parts))  # noqa: S308 - each part has escaped what it shows


def _ticks(count: int) -> SafeString:
    return mark_safe("<i></i>" * min(count, TICKS_IN_SIGHT))  # noqa: S308 - nothing of anybody's


def card_piece(card: Card, look: Reading, *, place: str = "") -> dict[str, object]:
    """Return a task as a card: names, both clocks, its sky, and what the script must know to move it."""
    task = card.task
    at, mine = task.ready_at, look.whose.zone
    is_late = task.ready_at < look.now and task.band == Band.PROMISED
    piece: dict[str, object] = {
        "id": task.public_id,
        "name": wording.short_name(card.name),
        "full_name": card.name,
        "title": task.title,
        "at": at.isoformat(),
        "mine": wording.clock(at, mine),
        "promised": task.band == Band.PROMISED,
        "is_late": is_late,
        "is_now": abs(at - look.now) < timedelta(minutes=30),
        "move_url": reverse("work:task-move", args=[task.public_id]),
        "open_url": reverse("work:task-open", args=[task.public_id]),
        "place_class": place,
        "zone": card.zone or mine,
        "other_clock": "",
        "sky": "day",
    }
    if card.hours is not None and card.zone:
        theirs = wording.clock(at, card.zone)
        there, here = at.astimezone(ZoneInfo(card.zone)), at.astimezone(ZoneInfo(mine))
        if there.date() != here.date():
            theirs = f"{wording.short_day(there.date(), look.language)} {theirs}"
        piece |= {
            "theirs": theirs,
            "theirs_face": wording.clock(at, card.zone, face=True),
            "place": card.place or wording.place_of(card.zone, look.language),
            "offset": wording.offset(at, card.zone, mine, look.language),
            "sky": str(sky(card.hours.window, at)),
            "opens": card.hours.window.opens_minute,
            "closes": card.hours.window.closes_minute,
            "call": call_words(card, at, look),
            "other_clock": theirs if there.utcoffset() != here.utcoffset() else "",
        }
    return piece


def call_words(card: Card, at: datetime, look: Reading) -> str:
    """Return the client's calling hours of that day by my clock: "call from 9 to 11"."""
    if card.hours is None or card.hours.window.never_closes:
        return ""
    spans = card.hours.window.spans_on(at.astimezone(ZoneInfo(card.zone)).date())
    if not spans:
        return ""
    start, end = (wording.clock(one, look.whose.zone).removesuffix(":00") for one in (spans[0].start, spans[-1].end))
    return _("calls from %(from)s to %(to)s by your clock") % {"from": start, "to": end}


def loose_pieces(loose: Loose, look: Reading) -> list[dict[str, object]]:
    """Return the tasks without a time for the side, each with how pressing it is."""
    rows = []
    for card in loose.cards:
        word, tone = _pressing(card, look)
        rows.append(card_piece(card, look) | {"word": word, "tone": tone})
    return rows


def _pressing(card: Card, look: Reading) -> tuple[str, str]:
    due, band = card.task.due_at, card.task.band
    if due is not None and due < look.now:
        return _("overdue"), "late"
    if due is not None and band != Band.PROMISED:
        if due - look.now < timedelta(days=1) and due.astimezone(ZoneInfo(look.whose.zone)).date() == look.today:
            return _("until %(time)s") % {"time": wording.clock(due, look.whose.zone)}, ""
        return wording.day(due.astimezone(ZoneInfo(look.whose.zone)).date(), look.today, look.language), ""
    if band == Band.FRESH:
        waited = wording.duration((look.now - card.task.ready_at).total_seconds(), look.language)
        return _("waiting %(time)s") % {"time": waited}, "heed"
    return "", ""


def hours_in_sight(mate: MateDay) -> Sequence[HourLoad]:
    """Return ten hours of a day: all of a usual one, those from two hours ago of a longer one."""
    now = next((at for at, hour in enumerate(mate.hours) if hour.is_now), 0)
    start = max(0, min(now - 2, len(mate.hours) - MATE_HOURS))
    return mate.hours[start : start + MATE_HOURS]


def mate_piece(mate: MateDay, look: Reading) -> dict[str, object]:
    """Return a colleague's day as a row of small columns."""
    hours = hours_in_sight(mate)
    tallest = max([6, *(max(hour.done, hour.planned) for hour in hours)])
    bars = []
    for number, hour in enumerate(hours):
        count = hour.done + hour.planned
        if not count:
            continue
        tall = max(2.0, min(count, tallest) / tallest * (MATE_HEIGHT - 1))
        kind = "is-full" if hour.planned > 4 else "is-done" if hour.done and not hour.planned else ""
        bars.append({"x": number * 15 + 2, "y": f"{MATE_HEIGHT - tall:.1f}", "tall": f"{tall:.1f}", "kind": kind})
    total = mate.done + mate.planned
    mine = mate.whose.employee_id == look.actor.employee_id
    return {
        "name": _("You") if mine else mate.whose.name,
        "url": "" if mine else f"{reverse('work:planner')}?who={mate.whose.public_id}",
        "bars": bars,
        "total": total,
        "is_over": mate.over is not None,
        "label": _("%(done)s done, %(planned)s planned") % {"done": mate.done, "planned": mate.planned},
    }


def advice(mates: Sequence[MateDay], look: Reading) -> dict[str, object] | None:
    """Return who is overloaded and what may be taken from him; None when nobody is."""
    for mate in mates:
        if mate.over is None or mate.whose.employee_id == look.actor.employee_id:
            continue
        head = _("%(name)s is overloaded from %(from)s to %(to)s.") % {
            "name": mate.whose.name,
            "from": mate.over.from_hour,
            "to": mate.over.to_hour,
        }
        take = ngettext(
            "%(n)s task without a promise may be taken.", "%(n)s tasks without promises may be taken.", mate.over.over
        ) % {"n": mate.over.over}
        return {"head": head, "take": take, "url": reverse("work:planner-take", args=[mate.whose.public_id])}
    return None


def week_facts(schedule: Schedule, leaves: Sequence[Leave], look: Reading) -> list[tuple[str, str]]:
    """Return working hours, lunch and the nearest leave as named values."""
    facts: list[tuple[str, str]] = []
    names = wording.SHORT_DAYS[wording.tongue(look.language)]
    start = 0
    for at in range(1, 8):
        if at < 7 and schedule.week[at] == schedule.week[start]:
            continue
        hours = schedule.week[start]
        if hours is not None:
            name = names[start] if at - 1 == start else f"{names[start]}\u2013{names[at - 1]}"
            facts.append((name, minutes_words(hours.opens, hours.closes)))
        start = at
    if schedule.lunch is not None:
        facts.append((_("Lunch"), minutes_words(schedule.lunch.opens, schedule.lunch.closes)))
    facts += [(leave_name(one.kind), stretch_words(one, look)) for one in leaves[:2]]
    return facts


def minutes_words(opens: int, closes: int) -> str:
    """Return hours of a day: "9:00-18:00"."""
    closes = closes or MINUTES_A_DAY
    return f"{opens // 60}:{opens % 60:02}\u2013{closes // 60}:{closes % 60:02}"


def leave_name(kind: str) -> str:
    """Return the name of a kind of leave."""
    return {
        "vacation": _("Vacation"),
        "sick": _("Sick leave"),
        "trip": _("Business trip"),
    }.get(kind, _("Not at work"))


def stretch_words(leave: Leave, look: Reading) -> str:
    """Return days in a row: "4 - 10 May"."""
    months = wording.MONTHS[wording.tongue(look.language)]
    first, last = leave.starts_on, leave.ends_on
    year = "" if last.year == look.today.year else f" {last.year}"
    end = f"{last.day}{NB}{months[last.month - 1]}{year}"
    if first == last:
        return end
    start = str(first.day) if (first.month, first.year) == (last.month, last.year) else (
        f"{first.day}{NB}{months[first.month - 1]}"
    )  # fmt: skip
    return _("from %(from)s to %(to)s") % {"from": start, "to": end}


def bold(text: str) -> SafeString:
    """Return a name set off in a sentence."""
    return format_html("<b>{}</b>", text)
