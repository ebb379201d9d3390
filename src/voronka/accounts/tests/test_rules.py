"""Roles as plain values."""

import pytest

from voronka.accounts.rules import allowed_reach, beyond, rights_of_role, split_name
from voronka.kit.actors import Reach, Right

SEE = Right("x.see", "see", by_record=True, shipped={"manager": Reach.OWN})
SET = Right("x.set", "set")
DECLARED = [SEE, SET]


@pytest.mark.parametrize(
    ("code", "stored", "rights"),
    [
        ("owner", {}, {"x.see": Reach.ALL, "x.set": Reach.ALL}),
        ("owner", {"x.see": 0}, {"x.see": Reach.ALL, "x.set": Reach.ALL}),
        ("manager", {}, {"x.see": Reach.OWN, "x.set": Reach.NONE}),
        ("manager", {"x.see": 0, "x.set": 3}, {"x.see": Reach.NONE, "x.set": Reach.ALL}),
        ("manager", {"gone.right": 3}, {"x.see": Reach.OWN, "x.set": Reach.NONE}),
        ("reader", {"x.see": 2}, {"x.see": Reach.TEAM, "x.set": Reach.NONE}),
    ],
)
def test_a_role_amounts_to_its_choices_over_what_ships(code, stored, rights):
    assert rights_of_role(code, stored, DECLARED) == rights


def test_a_right_without_records_is_yes_or_no():
    assert allowed_reach(SEE) == (Reach.NONE, Reach.OWN, Reach.TEAM, Reach.ALL)
    assert allowed_reach(SET) == (Reach.NONE, Reach.ALL)


@pytest.mark.parametrize(
    ("given", "own", "wider"),
    [
        ({"x.see": Reach.OWN}, {"x.see": Reach.TEAM}, []),
        ({"x.see": Reach.ALL}, {"x.see": Reach.TEAM}, ["x.see"]),
        ({"x.see": Reach.NONE}, {}, []),
        ({"x.set": Reach.ALL, "x.see": Reach.OWN}, {}, ["x.see", "x.set"]),
    ],
)
def test_what_is_wider_than_own(given, own, wider):
    assert beyond(given, own) == wider


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("Анна Петрова", "Анна", "Петрова"),
        ("  Анна   де ла Крус ", "Анна", "де ла Крус"),
        ("Анна", "Анна", ""),
    ],
)
def test_names_are_split(typed, first, last):
    assert split_name(typed) == (first, last)
