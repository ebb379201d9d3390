"""docs/api-coverage.md: every address of the screens is done by an operation named there, or says why it is not."""

import re
from pathlib import Path

import pytest
from django.urls import get_resolver

from voronka.connect.api import assembly  # noqa: F401 - registers the operations
from voronka.connect.api.operations import ABOUT

DOCS = Path(__file__).resolve().parents[4] / "docs"
PAGE, SETTINGS = DOCS / "api-coverage.md", DOCS / "api-coverage-settings.md"
ADDRESS = re.compile(r"`((?:[a-z]+:)?[a-z0-9_-]+)`")
OPERATION = re.compile(r"`([a-z_]+)`")
SHORTEST_REASON = 20
WORKING_DAY = {
    *("clients", "merging", "bulk", "leads", "imports", "deals", "tasks", "assignments", "planner", "reminders"),
    *("saved", "walks", "letters", "messages", "reports", "campaigns"),
}


def addresses() -> dict[str, str]:
    """Return every named address of the screens with its path."""
    found: dict[str, str] = {}

    def walk(patterns, namespace: str, before: str) -> None:
        for one in patterns:
            path = before + str(one.pattern)
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns, f"{one.namespace}:" if one.namespace else namespace, path)
            elif namespace != "api:":
                found[f"{namespace}{one.name}"] = path

    walk(get_resolver().url_patterns, "", "")
    return found


def rows_of(page: Path) -> list[tuple[list[str], str]]:
    """Return the rows of a page: the addresses of each, and what it says of them."""
    lines = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| `")]
    cells = [line.strip("|").split(" | ") for line in lines]
    return [(ADDRESS.findall(one[0]), one[1].strip(" |")) for one in cells]


def named(page: Path) -> list[str]:
    return [name for names, _said in rows_of(page) for name in names]


def pages() -> list[Path]:
    return [PAGE, SETTINGS]


def test_every_address_stands_there_once() -> None:
    known, listed = addresses(), [name for page in pages() for name in named(page)]
    assert set(known) - set(listed) == set(), "these addresses are not in docs/api-coverage.md"
    assert set(listed) - set(known) == set(), "there are no such addresses"
    assert [name for name in listed if listed.count(name) > 1] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_every_row_names_operations_that_are_there_or_says_why_not(page: Path) -> None:
    for names, said in rows_of(page):
        operations = OPERATION.findall(said)
        assert [one for one in operations if one not in ABOUT] == [], names
        assert operations or len(said) >= SHORTEST_REASON, f"{names}: neither an operation nor a reason"


def test_every_operation_of_the_working_day_is_named() -> None:
    """An operation that no page leads to would be a second way round the screens' rules: it is asked about here."""
    said = {one for page in pages() for _names, words in rows_of(page) for one in OPERATION.findall(words)}
    of_the_day = {name for name, about in ABOUT.items() if about.tag in WORKING_DAY}
    assert of_the_day - said == set()
