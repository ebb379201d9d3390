"""Parts that both reports show: a row of the team, the answers by hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.audience.queries import asked
from voronka.audience.queries.figures import NOW, WAS, Answered
from voronka.audience.queries.managers import Managers, Pair
from voronka.audience.rules import pictures
from voronka.audience.rules.managers import RESULTS, Figures
from voronka.audience.views import words
from voronka.audience.views.asking import Ask

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
    return asked.count_overdue(ask.today, ask.rules.zone, ask.now)


def team_rows(
    ask: Ask,
    managers: Managers,
    overdue: Mapping[int, int],
    norm_seconds: float,
    wanted: Sequence[str],
    *,
    pipeline: str = "",
) -> tuple[list[TeamRow], TeamRow, list[Pair]]:
    """Return the lines of those who did something or are late, by their money; the line of all; the figures again.

    `wanted` are the codes of the figures that are shown.
    """
    seen: list[tuple[str, str, Pair, int]] = []
    for person in ask.scope.people:
        if ask.person is not None and person != ask.person:
            continue
        pair, late = managers.of(person.employee_id), overdue.get(person.employee_id, 0)
        if not (pair[NOW].is_empty and pair[WAS].is_empty and not late):
            seen.append((person.name, person.public_id, pair, late))
    seen.sort(key=lambda one: (-one[2][NOW].sum, -one[2][NOW].presses, one[0]))
    scale = _Scale.of([one[2] for one in seen], managers.whole, norm_seconds)
    make = _RowMaker(ask, scale, wanted, pipeline)
    rows = [make.row(name, who, pair, late) for name, who, pair, late in seen]
    pool = managers.of(None)
    if ask.employee_ids is None and not (pool[NOW].is_empty and pool[WAS].is_empty):
        rows.append(make.row(_("Common pool"), "pool", pool, 0))
    whole = make.row(pgettext("reports", "All"), "", managers.whole, sum(one[3] for one in seen))
    return rows, whole, [one[2] for one in seen]


@dataclass(frozen=True, slots=True)
class _Scale:
    """What the lines of pictures run to."""

    norm: float
    answer: float
    conversion: float
    presses: int

    @classmethod
    def of(cls, every: Sequence[Pair], whole: Pair, norm: float) -> "_Scale":
        both = [one for pair in (*every, whole) for one in pair]
        answers = [one.answer for one in both if one.answer is not None]
        shares = [one.conversion for one in both if one.conversion is not None]
        longest = max(norm * 2, min(max([*answers, 0]), norm * WORST))
        return cls(norm, longest, max([*shares, 0.1]), max([*(pair[NOW].presses for pair in every), 1]))


@dataclass(frozen=True, slots=True)
class _RowMaker:
    """Makes lines of the team, each figure with the address of what stands behind it."""

    ask: Ask
    scale: _Scale
    wanted: Sequence[str]
    pipeline: str

    def row(self, name: str, who: str, pair: Pair, late: int) -> TeamRow:
        """Return the line of an employee (public id, pool, or empty for all)."""
        now, was = pair
        by_result = [(code, now.by_result.get(code, 0)) for code in results_of([pair])]
        return TeamRow(
            name=name,
            url=self.ask.address(manager=who) if who not in ("", "pool") and self.ask.person is None else "",
            figures={code: self.cell(code, who, pair, late) for code in self.wanted},
            answer=pictures.shift(
                was.answer, now.answer, self.scale.answer, norm=self.scale.norm, less_is_better=True
            ),
            conversion=pictures.shift(was.conversion, now.conversion, self.scale.conversion, less_is_better=False),
            outcomes=pictures.strip(by_result, self.scale.presses),
            is_quiet=who in ("", "pool"),
            is_pool=who == "pool",
        )

    def cell(self, code: str, who: str, pair: Pair, late: int) -> Cell:
        """Return one figure now and before."""
        now, was = pair
        if code == "overdue":
            return Cell(words.count(late), is_bad=late > 0)
        if code == "sum":
            return Cell(self.ask.money(now.sum), self.ask.money(was.sum), self.behind("won", who) if now.won else "")
        if code == "repeats":  # orders have a list of their own, the log of deals knows none
            return Cell(words.count(now.repeats), words.count(was.repeats))
        if code == "conversion":
            falls = now.conversion is not None and was.conversion is not None and now.conversion < was.conversion
            url = self.behind("closed", who) if now.closed else ""
            return Cell(words.percent(now.conversion), words.percent(was.conversion), url, falls)
        if code == "answer":
            slow = now.answer is not None and now.answer > self.scale.norm
            url = self.behind("answered", who) if now.answered else ""
            return Cell(words.span(now.answer), words.span(was.answer), url, slow)
        value, before = _count_of(now, code), _count_of(was, code)
        return Cell(words.count(value), words.count(before), self.behind(code, who) if value else "")

    def behind(self, code: str, who: str) -> str:
        """Return the address behind a figure; presses are counted over all pipelines."""
        of_presses = code in OF_PRESSES or code.startswith("press.")
        return self.ask.behind("" if of_presses else self.pipeline, code, who)


OF_PRESSES = frozenset({"presses", "calls", "talks"})


def _count_of(one: Figures, code: str) -> int:
    if code.startswith("press."):
        return one.by_result.get(code.removeprefix("press."), 0)
    return int(getattr(one, code))


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
