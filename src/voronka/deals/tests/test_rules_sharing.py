"""To whom a deal goes: the rules alone, on plain values."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.deals.rules.sharing import Decision, Hours, Person, Rule, Skip, Way, decide

NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ids = st.lists(st.integers(1, 30), min_size=1, max_size=8, unique=True)


def team(*people: Person) -> dict[int, Person]:
    return {one.id: one for one in people}


def run(rule: Rule, people: dict[int, Person], count: int) -> list[int]:
    """Decide `count` times, the turn and the loads moving on as the service moves them."""
    turn, given_to = rule.turn, []
    for _number in range(count):
        step = Rule(rule.id, rule.way, rule.hours, rule.seats, turn)
        chosen = decide([step], people, []).employee_id
        assert chosen is not None
        turn = chosen
        given_to.append(chosen)
        people[chosen] = Person(chosen, people[chosen].load + 1)
    return given_to


@given(ids, st.integers(0, 30) | st.none(), st.integers(1, 40))
def test_a_turn_is_fair_wherever_it_begins(seats: list[int], turn: int | None, count: int) -> None:
    people = team(*(Person(one) for one in seats))
    counts = Counter(run(Rule(1, Way.TURN, seats=seats, turn=turn), people, count))
    each = [counts[one] for one in seats]
    assert max(each) - min(each) <= 1


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 6), min_size=1, max_size=6), st.integers(1, 30))
def test_load_levels_out_and_never_goes_to_a_busier_one(loads: dict[int, int], count: int) -> None:
    people = team(*(Person(one, load) for one, load in loads.items()))
    for _number in range(count):
        [chosen] = run(Rule(1, Way.LOAD, seats=list(loads)), people, 1)
        assert people[chosen].load - 1 <= min(one.load for one in people.values())


@given(
    ids, st.sets(st.integers(1, 30)), st.sampled_from([Way.TURN, Way.LOAD, Way.OWNER]), st.sampled_from(list(Hours))
)
def test_whoever_is_away_or_gone_is_never_chosen(seats: list[int], away: set[int], way: Way, hours: Hours) -> None:
    people = team(*(Person(one, is_away=one in away) for one in seats[:-1]))
    found = decide([Rule(1, way, hours, seats)], people, [], owners=seats)
    assert found.employee_id not in away
    assert found.employee_id != seats[-1]
    if found.employee_id is None:
        assert set(found.skipped) == set(seats)
    else:
        assert found.employee_id not in found.skipped


def test_the_first_rule_that_finds_somebody_decides() -> None:
    people = team(Person(1, is_away=True), Person(2), Person(3))
    rules = [
        Rule(1, Way.TURN, seats=[2], holds=False),
        Rule(2, Way.OWNER),
        Rule(3, Way.TURN, seats=[3]),
        Rule(4, Way.TURN, seats=[2]),
    ]
    assert decide(rules, people, [], owners=[1]) == Decision(3, 3, Way.TURN, 1, {1: Skip.AWAY})
    assert decide(rules, people, [], owners=[1, 2]).employee_id == 2
    assert decide([], people, [2]).employee_id is None
    assert decide([Rule(5, Way.POOL), *rules], people, [2]).rule_id == 5


@pytest.mark.parametrize(
    ("hours", "expected"), [(Hours.ANY, 1), (Hours.NOW, 3), (Hours.NEXT, 3)], ids=["any", "now", "next"]
)
def test_hours_decide_who_is_there(hours: Hours, expected: int) -> None:
    people = team(
        Person(1, is_working=False, starts_at=NOON + timedelta(hours=2)),
        Person(2, is_working=False, starts_at=NOON + timedelta(hours=1)),
        Person(3, load=9, starts_at=NOON),
    )
    assert decide([Rule(1, Way.LOAD, hours)], people, [1, 2, 3]).employee_id == expected
    people.pop(3)
    late = decide([Rule(1, Way.LOAD, hours)], people, [1, 2])
    assert late.employee_id == {Hours.ANY: 1, Hours.NOW: None, Hours.NEXT: 2}[hours]
