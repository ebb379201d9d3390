"""Maps: they never lead in a circle, changes keep them whole, drawings have a place for everything; hours of clocks."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.flows.rules import maps
from voronka.flows.rules.layout import draw, outline
from voronka.flows.rules.maps import START, BadMap, Map
from voronka.flows.rules.waits import next_hour, share_of

SETTINGS = {"wait": {"minutes": 5}, "clock": {"hour": "10:00"}, "await": {"event": "x", "minutes": 5},
            "check": {"filters": {}}, "split": {"shares": [50, 30, 20]}, "act": {"step": {}},
            "stay": {"seconds": 35}, "door": {"event": "test.moment"}}  # fmt: skip


@st.composite
def drawn(draw_: st.DrawFn) -> Map:
    """Return a map as people draw it: by adding, removing, carrying, leading; what is refused is left out."""
    held = Map()
    for _turn in range(draw_(st.integers(1, 14))):
        verb = draw_(st.sampled_from(("add", "add", "add", "remove", "move", "lead")))
        place = draw_(st.sampled_from(held.places()))
        ids = [one.id for one in held.nodes]
        try:
            if verb == "add" or not ids:
                kind = draw_(st.sampled_from(maps.KINDS))
                held, _made = maps.insert(held, place, kind, SETTINGS[kind])
            elif verb == "remove":
                held = maps.remove(held, draw_(st.sampled_from(ids)))
            elif verb == "move":
                held = maps.move(held, draw_(st.sampled_from(ids)), place)
            else:
                held = maps.lead(held, place, draw_(st.sampled_from(["", *ids])))
        except BadMap:
            continue
    return held


@given(drawn())
def test_every_way_through_a_map_ends_and_everything_has_a_place(held: Map) -> None:
    assert Map.model_validate(held.model_dump(mode="json")) == held
    assert set(held.reached()) == {one.id for one in held.nodes}
    longest = 0
    waiting = [(held.first, 0)]
    while waiting:
        here, steps = waiting.pop()
        longest = max(longest, steps)
        assert steps <= len(held.nodes)
        found = held.node(here)
        waiting += [(found.exits.get(way, ""), steps + 1) for way in found.ways()] if found else []
    sheet = draw(held)
    places = [(box.row, box.column) for box in sheet.boxes.values()]
    ends = [(one.row, one.column) for one in sheet.edges if not one.to]
    assert len(set(places)) == len(places), "two nodes stand in one place"
    assert len(set(ends)) == len(ends)
    assert {one.place for one in sheet.edges} == set(held.places())
    begun = [(sheet.boxes[one.place[0]].row if one.place[0] else -1, one.column) for one in sheet.edges]
    assert len(set(begun)) == len(begun), "two pluses lie on each other"
    for edge in sheet.edges:
        above = -1 if edge.place == START else sheet.boxes[edge.place[0]].row
        assert edge.row > above, "a line leads down"
    lines = outline(held)
    assert {one.node for one in lines if one.node} == {one.id for one in held.nodes}
    assert [one.place for one in lines].count(START) == 1


@given(drawn(), st.data())
def test_what_was_added_can_be_taken_out_again(held: Map, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(held.places()))
    try:
        more, made = maps.insert(held, place, "wait", {"minutes": 1})
    except BadMap:
        return
    assert more.target(place) == made
    assert maps.remove(more, made) == held


def test_a_circle_is_refused_and_a_branch_may_join_another() -> None:
    held, first = maps.insert(Map(), START, "check", {})
    held, second = maps.insert(held, (first, "yes"), "wait", {"minutes": 1})
    held, third = maps.insert(held, (first, "no"), "wait", {"minutes": 2})
    with pytest.raises(BadMap, match="circle"):
        maps.lead(held, (second, "next"), first)
    joined = maps.lead(held, (second, "next"), third)
    assert joined.target((second, "next")) == third
    assert [one.is_again for one in outline(joined)].count(True) == 1


@given(st.text(min_size=1), st.lists(st.integers(1, 50), min_size=2, max_size=5))
def test_a_split_sends_the_same_one_the_same_way(key: str, shares: list[int]) -> None:
    assert share_of(key, shares) == share_of(key, shares)
    assert 0 <= share_of(key, shares) < len(shares)


def test_a_split_keeps_its_shares() -> None:
    found = [share_of(f"client:{number}", [70, 30]) for number in range(2_000)]
    assert 0.66 < found.count(0) / 2_000 < 0.74


@pytest.mark.parametrize(
    ("now", "minute", "zone", "due"),
    [
        # Berlin, 29 March 2026: the clock goes from 2:00 to 3:00; 2:30 is not there, so 3:00 it is.
        (datetime(2026, 3, 28, 20, 0, tzinfo=UTC), 150, "Europe/Berlin", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (datetime(2026, 3, 28, 20, 0, tzinfo=UTC), 600, "Europe/Berlin", datetime(2026, 3, 29, 8, 0, tzinfo=UTC)),
        # 25 October: 2:30 comes twice, the first one holds; at the second one it is tomorrow's turn.
        (datetime(2026, 10, 24, 20, 0, tzinfo=UTC), 150, "Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, 29, tzinfo=UTC), 150, "Europe/Berlin", datetime(2026, 10, 26, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 8, 0, tzinfo=UTC), 600, "Europe/Berlin", datetime(2026, 10, 25, 9, 0, tzinfo=UTC)),
        (datetime(2026, 11, 2, 7, 0, 20, tzinfo=UTC), 600, "Europe/Moscow", datetime(2026, 11, 2, 7, 0, tzinfo=UTC)),
    ],
)
def test_an_hour_of_the_clients_clock(now: datetime, minute: int, zone: str, due: datetime) -> None:
    assert next_hour(now, minute, zone) == due
