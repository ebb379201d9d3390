"""docs/proofs.md names tests that are there: a promise whose test was renamed or dropped is told."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
NAMED = re.compile(r"`([a-z_/]+)::(\w+)`")
PROOFS = sorted(set(NAMED.findall((ROOT / "docs" / "proofs.md").read_text("utf-8"))))


@cache
def names_in(place: str) -> frozenset[str]:
    """Return the names of the tests of a file, as the page names it."""
    folder, _, name = place.rpartition("/")
    path = ROOT / folder / f"{name}.py" if folder.startswith("tests/") else None
    path = path or ROOT / "src" / "voronka" / folder / "tests" / f"{name}.py"
    if not path.exists():
        return frozenset()
    return frozenset(re.findall(r"^\s*(?:async )?def test_(\w+)\(", path.read_text("utf-8"), re.MULTILINE))


def test_the_page_names_many() -> None:
    assert len(PROOFS) > 150


@pytest.mark.parametrize("place", sorted({place for place, _name in PROOFS}))
def test_every_named_test_is_there(place: str) -> None:
    named = {name for one, name in PROOFS if one == place}
    assert named - names_in(place) == set(), place
