"""Ideas for a scenario as a mind map: kept as a tree, typed as lines that are indented under one another."""

from collections.abc import Sequence
from typing import Any

MOST_IDEAS, LONGEST, DEEPEST = 200, 200, 6
STEP = 2
Idea = dict[str, Any]  # JSON: {"text": ..., "under": [...]}


def read_ideas(text: str) -> list[Idea]:
    """Read lines into a tree: a line that is further in stands under the one above it."""
    found: list[Idea] = []
    ways: list[tuple[int, list[Idea]]] = [(-1, found)]
    count = 0
    for line in text.replace("\0", "").replace("\t", " " * STEP).splitlines():
        words = " ".join(line.lstrip(" -*•").split())
        if not words or count >= MOST_IDEAS:
            continue
        indent = len(line) - len(line.lstrip(" "))
        while ways[-1][0] >= indent:
            ways.pop()
        made: Idea = {"text": words[:LONGEST], "under": []}
        ways[-1][1].append(made)
        if len(ways) < DEEPEST:
            ways.append((indent, made["under"]))
        count += 1
    return found


def write_ideas(ideas: Sequence[Idea], depth: int = 0) -> str:
    """Return a tree as lines."""
    said = ""
    for one in ideas:
        said += f"{' ' * STEP * depth}{one['text']}\n{write_ideas(one['under'], depth + 1)}"
    return said


def count_ideas(ideas: Sequence[Idea]) -> int:
    """Return how many there are."""
    return sum(1 + count_ideas(one["under"]) for one in ideas)
