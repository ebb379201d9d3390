"""A visit as a scale: a segment for each page, as long as its time."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, GAP, LEAST = 336.0, 2.0, 3.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A page on the scale: where it begins and how wide it is, in points of WIDTH."""

    title: str
    left: str
    wide: str


def scale_of(pages: Sequence[tuple[str, int]]) -> list[Bar]:
    """Return the bars of pages (title, seconds), each wide enough to be seen; of many pages the last forty."""
    shown = list(pages)[-40:]
    if not shown:
        return []
    room = WIDTH - GAP * (len(shown) - 1) - LEAST * len(shown)
    whole = sum(seconds for _title, seconds in shown)
    left, found = 0.0, []
    for title, seconds in shown:
        wide = LEAST + room * (seconds / whole if whole else 1 / len(shown))
        found.append(Bar(title, f"{left:.1f}", f"{wide:.1f}"))
        left += wide + GAP
    return found
