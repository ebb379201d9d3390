"""Geometry of the reports' pictures."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.audience.rules import pictures

DAY = 86_400.0
STAGES = st.lists(
    st.tuples(st.integers(0, 5_000), st.one_of(st.none(), st.floats(0, 90 * DAY))), min_size=1, max_size=12
)


def numbers(path: str) -> list[float]:
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", path)]


@given(now=STAGES, data=st.data())
def test_a_stream_of_any_figures_fits_its_picture(now: list[tuple[int, float | None]], data: st.DataObject) -> None:
    was = data.draw(st.lists(STAGES.map(lambda rows: rows[0]), min_size=len(now), max_size=len(now)))
    chosen = data.draw(st.integers(0, len(now) - 1))
    found = pictures.stream([f"Stage {n}" for n in range(len(now))], now, was, chosen)
    assert len(found.places) == len(now)
    widths = max(pictures.WIDTH, len(now) * pictures.NARROW)
    for path in (found.shape, found.chosen):
        assert path.startswith("M")
        assert all(-1 <= number <= widths + 1 for number in numbers(path))
    starts = [float(place.x) for place in found.places]
    assert starts == sorted(starts)
    assert all(b - a >= pictures.NARROW - 0.2 for a, b in pairwise(starts))


def test_a_stage_of_no_time_at_all_gets_the_width_of_its_words() -> None:
    found = pictures.stream(["New", "Offer"], [(4, 5e-324), (2, None)], [(0, 5e-324), (0, None)], 0)
    assert [place.is_scaled for place in found.places] == [False, False]
    assert [float(place.x) for place in found.places] == [0, pictures.NARROW]


def test_width_is_time_and_height_is_deals() -> None:
    found = pictures.stream(
        ["New", "Offer", "Contract"], [(400, 600.0), (200, 2 * DAY), (100, 4 * DAY)], [(0, None)] * 3, 1
    )
    new, offer, contract = (float(place.x) for place in found.places)
    assert [place.is_scaled for place in found.places] == [False, True, True]
    assert contract - offer == pytest.approx((pictures.WIDTH - contract) / 2, abs=0.2)
    assert (new, offer) == (0, pictures.NARROW)
    upper = found.shape.split("L")[0].removeprefix("M").split()
    assert float(upper[1]) == pictures.MIDDLE - pictures.HALF
    assert found.was == ""
    assert ("5", "day") not in found.labels
    assert [day for _x, day, _anchor in found.labels] == [1, 2, 3, 4, 5]


def test_a_change_is_worse_by_its_own_measure() -> None:
    assert pictures.shift(5, 19, 24, norm=10, less_is_better=True).is_worse
    assert not pictures.shift(5, 19, 24, less_is_better=False).is_worse
    gone = pictures.shift(None, 19, 24, less_is_better=True)
    assert (gone.was, gone.is_worse) == ("", False)
    assert float(pictures.shift(1, 999, 24, less_is_better=True).now) == pictures.SHIFT - 6


@pytest.mark.parametrize(
    ("count", "before", "most", "shown"),
    [(3, 1, 3, (1, 2)), (0, 4, 4, (0, 0)), (500, 250, 500, (17, 17)), (1, 0, 900, (0, 1))],
)
def test_ticks_stand_for_several_where_they_do_not_fit(
    count: int, before: int, most: int, shown: tuple[int, int]
) -> None:
    found = pictures.ticks(count, before, most, 146)
    assert (found.usual.count("M"), found.over.count("M")) == pytest.approx(shown, abs=1)


def test_an_hour_over_the_norm_says_how_much() -> None:
    found = pictures.wait([(9, 300.0, 900.0), (10, 1200.0, None), (11, None, None)], 600.0, ["5", "20", ""])
    assert [hour.label for hour in found.hours] == ["", "20", ""]
    assert found.hours[1].over
    assert found.hours[2].bar == "0"
    assert found.hours[1].y_was == ""
    assert float(found.hours[0].y_was) < float(found.y_norm)
