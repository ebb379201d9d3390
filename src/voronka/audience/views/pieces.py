"""Parts that both reports show: a row of the team, the answers by hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.audience.queries.figures import NOW, WAS, Answered
from voronka.audience.queries.managers import Managers, Pair
from voronka.audience.rules import pictures
from voronka.audience.rules.managers import RESULTS, Figures
from voronka.audience.views import words
from voronka.audience.views.asking import Ask
from voronka.deals.queries import reports as deals
from voronka.kit.clocks import day_bounds

LATE_PROMISE = timedelta(minutes=10)
WORST = 6  # times the norm at which a line of answers ends


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure now and before, and the address of what stands behind it."""

    text: str
    was: str = ""
    url: str = ""
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class TeamRow:
    """An employee's line: his figures, two of them as pictures."""

    name: str
    url: str
    figures: Mapping[str, Cell]
    answer: pictures.Shift
    conversion: pictures.Shift
    outcomes: Sequence[tuple[str, str, str]]  # code, x, width of each kind of outcome
    is_quiet: bool = False
    is_pool: bool = False


def count_overdue(ask: Ask) -> Mapping[int, int]:
    """Return by employee how many deals wait for a step whose time is over: a promise of ten minutes, a day."""
    midnight, _end = day_bounds(ask.today, ask.rules.zone)
    return deals.count_overdue(promised_before=ask.now - LATE_PROMISE, due_before=midnight)


def team_rows(
    ask: Ask, managers: Managers, overdue: Mapping[int, int], norm_seconds: float, *, pipeline: str = ""
) -> tuple[list[TeamRow], TeamRow, list[tuple[Figures, Figures]]]:
    """Return the lines of those who did something or are late, by their money; the line of all; the figures again."""
    seen: list[tuple[str, str, Pair, int]] = []
    for person in ask.scope.people:
        if ask.person is not None and person != ask.person:
            continue
        pair, late = managers.of(person.employee_id), overdue.get(person.employee_id, 0)
        if not (pair[NOW].is_empty and pair[WAS].is_empty and not late):
            seen.append((person.name, person.public_id, pair, late))
    seen.sort(key=lambda one: (-one[2][NOW].sum, -one[2][NOW].presses, one[0]))
    every = [one[2] for one in seen]
    if len(every) != 1:
        every = [*every, managers.whole]
    scale = _Scale.of(every, norm_seconds)
    rows = [_row(ask, name, who, pair, late, scale, pipeline) for name, who, pair, late in seen]
    pool = managers.of(None)
    if ask.employee_ids is None and not (pool[NOW].is_empty and pool[WAS].is_empty):
        rows.append(_row(ask, _("Common pool"), "pool", pool, 0, scale, pipeline, is_quiet=True))
    ids = {one.employee_id for one in ask.scope.people} if ask.person is None else {ask.person.employee_id}
    late = sum(count for who, count in overdue.items() if who in ids)
    return (
        rows,
        _row(ask, pgettext("reports", "All"), "", managers.whole, late, scale, pipeline, is_quiet=True),
        [one[2] for one in seen],
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """What the lines of pictures run to."""

    norm: float
    answer: float
    conversion: float
    presses: int

    @classmethod
    def of(cls, every: Sequence[Pair], norm: float) -> "_Scale":
        answers = [one.answer for pair in every for one in pair if one.answer is not None]
        shares = [one.conversion for pair in every for one in pair if one.conversion is not None]
        presses = [pair[NOW].presses for pair in every[:-1] or every]
        return cls(
            norm, max(norm * 2, min(max([*answers, 0]), norm * WORST)), max([*shares, 0.1]), max([*presses, 1])
        )


def _row(
    ask: Ask, name: str, who: str, pair: Pair, late: int, scale: _Scale, pipeline: str, *, is_quiet: bool = False
) -> TeamRow:
    now, was = pair
    behind = {"pipeline": pipeline, "view": "", "stage": "", **({"who": who} if who else {})}

    def cell(what: str, value: int, before: int, *, is_bad: bool = False, plain: bool = False) -> Cell:
        more = {**behind, "pipeline": ""} if plain else behind
        url = behind_address(ask, what, **more) if value else ""
        return Cell(words.count(value), words.count(before), url, is_bad)

    slow = now.answer is not None and now.answer > scale.norm
    falls = now.conversion is not None and was.conversion is not None and now.conversion < was.conversion
    found = {
        "presses": cell("presses", now.presses, was.presses, plain=True),
        "calls": cell("calls", now.calls, was.calls, plain=True),
        "talks": cell("talks", now.talks, was.talks, plain=True),
        "opened": cell("opened", now.opened, was.opened),
        "won": cell("won", now.won, was.won),
        "lost": cell("lost", now.lost, was.lost),
        "archived": cell("archived", now.archived, was.archived),
        "sum": Cell(ask.money(now.sum), ask.money(was.sum), behind_address(ask, "won", **behind) if now.won else ""),
        "conversion": Cell(words.percent(now.conversion), words.percent(was.conversion), is_bad=falls,
                           url=behind_address(ask, "closed", **behind) if now.closed else ""),
        "answer": Cell(words.span(now.answer), words.span(was.answer), is_bad=slow,
                       url=behind_address(ask, "answered", **behind) if now.answered else ""),
        "overdue": Cell(words.count(late), is_bad=late > 0),
        **{f"result.{code}": cell(f"press.{code}", now.by_result.get(code, 0), was.by_result.get(code, 0), plain=True)
           for code in results_of([pair])},
    }  # fmt: skip
    return TeamRow(
        name=name,
        url=ask.address(manager=who) if who not in ("", "pool") and ask.person is None else "",
        figures=found,
        answer=pictures.shift(was.answer, now.answer, scale.answer, norm=scale.norm, less_is_better=True),
        conversion=pictures.shift(was.conversion, now.conversion, scale.conversion, less_is_better=False),
        outcomes=pictures.strip([(code, now.by_result.get(code, 0)) for code in results_of([pair])], scale.presses),
        is_quiet=is_quiet,
        is_pool=who == "pool",
    )


def results_of(every: Sequence[Pair]) -> list[str]:
    """Return the kinds of outcome in their order: the usual ones, then others that were pressed."""
    pressed = {code for pair in every for one in pair for code in one.by_result}
    return [*RESULTS, *sorted(pressed - set(RESULTS))]


def behind_address(ask: Ask, what: str, **more: str) -> str:
    """Return the address of the deals or presses behind a figure of the report."""
    return ask.address("audience:behind", what=what, **more)


@dataclass(frozen=True, slots=True)
class Answers:
    """The picture of first answers by hours of calling, its sentence and its table."""

    wait: pictures.Wait
    norm: int
    say: str
    label: str
    rows: Sequence[tuple[int, str, str, str]]  # hour, requests, answer, before


def answers_of(ask: Ask, managers: Managers, norm_minutes: int) -> Answers | None:
    """Return the answers by hour of asking, None when nothing was answered in the period."""
    now = {one.hour: one for one in managers.hours if one.period == NOW}
    was = {one.hour: one for one in managers.hours if one.period == WAS}
    if not now:
        return None
    opens, closes = ask.rules.call_opens_minute // 60, -(-ask.rules.call_closes_minute // 60)
    hours, norm = range(opens, closes), norm_minutes * 60.0

    def median(rows: Mapping[int | None, Answered], hour: int) -> float | None:
        return rows[hour].median if hour in rows else None

    columns = [(hour, median(now, hour), median(was, hour)) for hour in hours]
    late = [hour for hour, value, _was in columns if value is not None and value > norm]
    labels = ["" if value is None else _short(value) for _hour, value, _was in columns]
    return Answers(
        pictures.wait(columns, norm, labels),
        norm_minutes,
        _say_hours(now, late, hours),
        _("First answer by hour of asking, norm %(norm)s min: %(hours)s over it")
        % {"norm": norm_minutes, "hours": words.hours_words(late) or "0"},
        [
            (hour, words.count(now[hour].count if hour in now else 0), words.span(value), words.span(before))
            for hour, value, before in columns
        ],
    )


def _short(seconds: float) -> str:
    """Say an answer over a narrow column: minutes, whole hours from an hour and a half on."""
    if seconds < 5400:
        return str(words.minutes(seconds))
    return pgettext("hours over a column", "%(n)sh") % {"n": round(seconds / 3600)}


def _say_hours(now: Mapping[int | None, Answered], late: Sequence[int], hours: Sequence[int]) -> str:
    asked = sum(one.count for one in now.values())
    outside = sum(one.count for hour, one in now.items() if hour not in hours)
    said = []
    if late:
        slow = sum(now[hour].count for hour in late)
        said.append(
            _("Slower than the norm at %(hours)s: %(share)s of the requests come then.")
            % {"hours": words.hours_words(list(late)), "share": words.percent(slow / asked)}
        )
    else:
        said.append(_("Within the norm at every hour of calling."))
    if outside:
        said.append(_("%(share)s come outside of these hours.") % {"share": words.percent(outside / asked)})
    return " ".join(said)
