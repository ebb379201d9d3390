"""What is said first: the funnel that adds up, what stands out and what chance brings, how spans are said."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from voronka.audience.rules.funnel import Finding, Step, find, stage_to_open, steps_of
from voronka.audience.rules.managers import Figures, stand_out
from voronka.audience.rules.periods import Period
from voronka.audience.rules.shares import change
from voronka.audience.views import words


def funnel(*lost: int, won: int, seconds: float = 100.0) -> list[Step]:
    return steps_of(
        list(range(len(lost))),
        won,
        {n: (count, Decimal(count)) for n, count in enumerate(lost)},
        dict.fromkeys(range(len(lost)), seconds),
    )


@given(lost=st.dictionaries(st.integers(0, 7), st.integers(0, 900)), won=st.integers(0, 900))
def test_a_funnel_adds_up_whatever_was_lost_where(lost: dict[int, int], won: int) -> None:
    steps = steps_of([0, 1, 2, 3, 4], won, {stage: (count, Decimal(count)) for stage, count in lost.items()}, {})
    assert steps[0].reached == won + sum(lost.values())
    assert sum(step.lost for step in steps) == sum(lost.values()) == sum(step.lost_sum for step in steps)
    for step, following in pairwise(steps):
        assert following.reached == step.passed
    assert steps[-1].passed == won


@pytest.mark.parametrize(
    ("now", "was", "wanted"),
    [
        (funnel(0, 0, won=0), funnel(5, 5, won=5), Finding("none")),
        (funnel(2, 1, won=3), funnel(2, 1, won=3), Finding("few")),
        (funnel(20, 5, won=60), funnel(21, 6, won=62), Finding("steady", 0)),
        (funnel(20, 60, won=45), funnel(20, 25, won=66), Finding("losing", 1)),
        (funnel(60, 60, won=45), funnel(20, 25, won=99), Finding("losing", 1, others=(0,))),
        (funnel(5, 5, won=90), funnel(40, 5, won=60), Finding("better", 0)),
        (funnel(20, 5, won=60), funnel(0, 0, won=0), Finding("alone", 0)),
        (funnel(20, 60, won=45, seconds=400), funnel(20, 25, won=66), Finding("losing", 1, is_slower=True)),
    ],
)
def test_what_stands_out(now: list[Step], was: list[Step], wanted: Finding) -> None:
    assert find(now, was) == wanted


def test_the_stage_that_is_opened_by_itself() -> None:
    now = funnel(3, 9, 1, won=2)
    assert stage_to_open(Finding("few"), now) == 1
    assert stage_to_open(Finding("losing", 2), now) == 2
    assert stage_to_open(Finding("none"), []) == 0


def test_chance_is_not_told_as_a_change() -> None:
    assert change(5, 9, 9, 9) == 0.0
    assert abs(change(50, 100, 52, 100)) < 1
    assert change(50, 100, 80, 100) < -1.64
    assert change(0, 10, 0, 10) == 0.0


def worked(*, won: int = 0, lost: int = 0, answered: int = 0, answer: float | None = None) -> Figures:
    return Figures(won=won, lost=lost, answered=answered, answer=answer)


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([(worked(won=5, lost=15), worked(won=15, lost=15))], (0, False, True)),
        ([(worked(answered=20, answer=1200), worked(answered=20, answer=540))], (0, True, False)),
        ([(worked(answered=20, answer=500), worked(answered=20, answer=100))], None),
        ([(worked(answered=3, answer=9000), worked(answered=20, answer=100))], None),
        ([(worked(won=5, lost=5), worked(won=6, lost=5))], None),
        (
            [
                (worked(won=20, lost=80), worked(won=35, lost=65)),
                (worked(won=5, lost=15, answered=20, answer=7200), worked(won=15, lost=5, answered=20, answer=600)),
            ],
            (1, True, True),
        ),
    ],
)
def test_who_stands_out(rows: list[tuple[Figures, Figures]], wanted: tuple[int, bool, bool] | None) -> None:
    found = stand_out(rows, 600)
    assert (None if found is None else (found.at, found.is_slower, found.converts_less)) == wanted


def test_calls_and_talks_are_what_the_definitions_say() -> None:
    one = Figures(by_result={"no_answer": 4, "wrong_number": 1, "talk": 2, "paid": 1, "step": 7, "odd": 1})
    assert (one.presses, one.calls, one.talks) == (16, 9, 4)
    assert Figures(won=1, lost=2, archived=1).conversion == 0.25
    assert Figures().conversion is None


@pytest.mark.parametrize(
    ("seconds", "ru", "en"),
    [
        (None, "—", "—"),
        (0, "0 мин", "0 min"),
        (20, "1 мин", "1 min"),
        (1140, "19 мин", "19 min"),
        (7200, "2 ч", "2 h"),
        (86_400, "1 день", "1 day"),
        (397_440, "4,6 дня", "4.6 days"),
        (432_000, "5 дней", "5 days"),
        (86_400_000, "1 000 дней", "1 000 days"),
    ],
)
def test_spans_are_said_by_the_language(seconds: float | None, ru: str, en: str) -> None:
    for language, said in (("ru", ru), ("en", en)):
        with translation.override(language):
            assert words.span(seconds).replace("\u00a0", " ").replace("\u202f", " ") == said
    with translation.override("ru"):
        assert words.span_before(259_200, 397_440) == "3"
        assert words.span_before(36_000, 397_440) == "0,4"
        assert words.span_before(600, 7200) == "0,2\u00a0ч"
        assert words.span_before(None, 7200) == "—"


@pytest.mark.parametrize(
    ("first", "last", "ru", "en"),
    [
        ("2026-03-01", "2026-03-12", "1–12 марта", "1–12 March"),
        ("2026-03-12", "2026-03-12", "12 марта", "12 March"),
        ("2026-02-27", "2026-03-05", "27 февраля – 5 марта", "27 February – 5 March"),
        ("2025-12-20", "2026-01-05", "20 декабря 2025 – 5 января 2026", "20 December 2025 – 5 January 2026"),
        ("2025-03-01", "2025-03-12", "1–12 марта 2025", "1–12 March 2025"),
    ],
)
def test_periods_are_said_by_the_language(first: str, last: str, ru: str, en: str) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    for language, said in (("ru", ru), ("en", en)):
        with translation.override(language):
            assert words.period_words(period, date(2026, 3, 12)).replace("\u00a0", " ") == said


def test_hours_are_said_as_stretches() -> None:
    with translation.override("ru"):
        assert words.hours_words([9, 13, 18, 19]) == "9, 13 и 18–19"
        assert words.hours_words([9]) == "9"
        assert words.hours_words([]) == ""
