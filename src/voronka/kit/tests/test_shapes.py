"""Geometry of the small pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.kit import shapes


@pytest.mark.parametrize(
    ("hour", "sky"),
    [(8.99, "night"), (9, "day"), (18.9, "day"), (19, "dusk"), (19.99, "dusk"), (20, "night"), (2, "night")],
)
def test_sky(hour, sky):
    assert shapes.sky(hour, (9, 20)) == sky


def test_a_lane_past_midnight_begins_again_on_the_left():
    assert [(box.x, box.width) for box in shapes.lane(18, 27, 11)] == [("198", "66"), ("0", "33")]
    assert [(box.x, box.width) for box in shapes.lane(9, 20, 11)] == [("99", "121")]


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 50))
def test_queue_keeps_order_and_bounds(done, left, promised):
    kinds = [mark.kind for mark in shapes.queue(done, left, promised)]
    assert 1 <= len(kinds) <= 112
    assert kinds.count("is-now") <= 1
    order = ["is-done", "is-now", "is-promised", ""]
    assert kinds == sorted(kinds, key=order.index)
    if left == 0 and done:
        assert set(kinds) == {"is-done"}


def test_queue_of_a_usual_day_has_a_tick_for_each_client():
    kinds = [mark.kind for mark in shapes.queue(21, 37, 4)]
    assert len(kinds) == 58
    assert kinds.count("is-done") == 21
    assert kinds[21] == "is-now"
    assert kinds.count("is-promised") == 3


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(0, 500), st.integers(0, 500)), max_size=24))
def test_load_stays_inside_its_picture(hours):
    for column in shapes.load(hours, 12):
        assert 0 <= float(column.y_plan) - 0.5 <= 62.1
        assert float(column.y_text) >= 0


@pytest.mark.parametrize(
    ("done", "total", "share"), [(0, 0, 0), (0, 10, 0), (1, 1000, 0), (999, 1000, 99), (10, 10, 100), (12, 10, 100)]
)
def test_percent(done, total, share):
    assert shapes.percent(done, total) == share


def test_progress_marks_failures_and_the_place_reached():
    kinds = [mark.kind for mark in shapes.progress_ticks(58, 100, late=[0, 38, 90])]
    assert kinds[0] == kinds[38] == "is-late"
    assert kinds[58] == "is-now"
    assert kinds[90] == ""
    assert kinds.count("is-done") == 56


@given(st.floats(-50, 150))
def test_ring_never_leaves_its_circle(share):
    drawn, whole = shapes.ring(share).split()
    assert 0 <= float(drawn) <= float(whole)


@pytest.mark.parametrize(
    ("days", "norm", "marks"),
    [(0, 3, ["", "", ""]), (2, 3, ["is-past", "is-past", ""]), (5, 3, ["is-past"] * 3 + ["is-over"] * 2)],
)
def test_age(days, norm, marks):
    assert shapes.age(days, norm) == marks


def test_dots_of_a_closed_deal_are_all_past():
    assert shapes.dots(7, 6) == ["is-past"] * 6
    assert shapes.dots(3, 6) == ["is-past", "is-past", "is-now", "", "", ""]


def test_ribbon_puts_presses_on_their_minutes():
    drawn = shapes.ribbon([(9 * 60, "miss", ""), (18 * 60, "paid", "+1 ₽")], 9, 18, 13.5 * 60)
    assert [tick.x for tick in drawn.ticks] == ["0", "1000"]
    assert drawn.flags[0].anchor == "end"
    assert drawn.now == "500"
