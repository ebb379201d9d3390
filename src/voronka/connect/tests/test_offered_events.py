"""What is offered to webhooks is announced: an event that nobody writes would be waited for in vain."""

import ast
import re
from functools import cache
from pathlib import Path

import voronka
from voronka.connect.services import outward

SOURCE = Path(voronka.__file__).parent


@cache
def announced() -> frozenset[str]:
    """Return the names of events whose making stands somewhere in the product."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        if "tests" in path.parts or path.name == "testing.py" or path.name == "events.py":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        parts: dict[str, str] = {}
        aliases: dict[str, str] = {}
        for one in ast.walk(tree):
            if not isinstance(one, ast.ImportFrom) or not (one.module or "").startswith("voronka."):
                continue
            words = (one.module or "").split(".")
            for name in one.names:
                if words[2:3] == ["events"]:
                    parts[name.asname or name.name] = f"{words[1]}.{name.name}"
                elif len(words) == 2 and name.name == "events":
                    aliases[name.asname or "events"] = words[1]
        for one in ast.walk(tree):
            # Made at once, or one of two chosen and made afterwards; listening to one, or telling it, makes none.
            made = [one.func] if isinstance(one, ast.Call) else []
            made += [one.body, one.orelse] if isinstance(one, ast.IfExp) else []
            for each in made:
                if isinstance(each, ast.Name) and each.id in parts:
                    found.add(parts[each.id])
                elif (
                    isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in aliases
                ):
                    found.add(f"{aliases[each.value.id]}.{each.attr}")
    return frozenset(found)


def announced_by_the_database() -> set[str]:
    """Return the names of events that functions of the database write themselves."""
    texts = [path.read_text("utf-8") for path in SOURCE.glob("*/sql/*.sql")]
    return {name for text in texts for name in re.findall(r"kit_write_kind\('([a-z]+\.[A-Za-z]+)'", text)}


def test_every_event_that_is_offered_is_announced_by_somebody() -> None:
    assert len(announced()) > 100
    assert set(outward.names()) - announced() - announced_by_the_database() == set()


def test_what_is_of_the_past_is_offered_to_nobody() -> None:
    assert "messaging.LetterWritten" not in outward.names()
    assert outward.unknown_among(["messaging.LetterWritten"]) == ["messaging.LetterWritten"]
