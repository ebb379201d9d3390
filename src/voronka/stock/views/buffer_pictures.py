"""Geometry of buffers: what lies there on the scale of its thirds, and the weeks inside of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from voronka.stock.queries.replenishing import Level
from voronka.stock.services.refusals import shown

TICKS, STEP, WIDTH = 39, 5.95, 232
WEEKS_BACK, WEEKS_AHEAD = 9, 3
_W, _H = 388, 84


_STROKES = {  # what stands on the scale: what lies there, what is coming, nothing
    "is-have": ("2", "3", "14"),
    "is-coming": ("2.5", "2", "13"),
    "is-none": ("13", "3", "3"),
}


def _ticks(quantity: Decimal, target: Decimal) -> int:
    many = int((max(quantity, Decimal(0)) / target * TICKS).to_integral_value())
    return min(max(many, 1 if quantity > 0 else 0), TICKS)


def buffer(level: Level) -> dict[str, str]:
    """Return the strokes of a buffer as drawn, and where its needle stands."""
    have = _ticks(level.free, level.target)
    both = max(_ticks(level.free + level.coming, level.target), have)
    share = min(max(float(level.free / level.target), 0), 1)
    return {"strokes": _drawn(have, both), "needle": f"M{max(share * WIDTH, 0.5):.1f} 0V26"}


@lru_cache(maxsize=TICKS * TICKS)
def _drawn(have: int, both: int) -> SafeString:
    """Return the strokes of a scale. There are few such scales; drawn by a template they took half of the page."""
    kinds = ["is-have" if place < have else "is-coming" if place < both else "is-none" for place in range(TICKS)]
    return format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1" />',
        (
            (kind, f"{1.5 + place * STEP + (0.5 if kind == 'is-coming' else 0):.1f}", *_STROKES[kind])
            for place, kind in enumerate(kinds)
        ),
    )


def told(level: Level, zone: str) -> str:
    """Return the picture in words."""
    values = {"free": shown(level.free), "target": shown(level.target), "zone": zone, "coming": shown(level.coming)}
    return _("%(free)s of %(target)s, %(coming)s coming, %(zone)s") % values


def deep(
    level: Level, days: Sequence[tuple[date, Decimal]], arrivals: Sequence[tuple[date, Decimal]], today: date
) -> dict[str, Any]:
    """Return the weeks behind as a line in the colours, and those ahead by what goes in a day and what is ordered."""
    top = max([level.target, *(many for _day, many in days)])
    span = (WEEKS_BACK + WEEKS_AHEAD) * 7

    def x(day: date) -> float:
        return round((day - today + timedelta(days=WEEKS_BACK * 7)).days / span * _W, 1)

    def y(many: Decimal) -> float:
        return round(_H - float(max(many, Decimal(0)) / top) * _H, 1)

    line = "".join(f"{'L' if number else 'M'}{x(day)} {y(many)}" for number, (day, many) in enumerate(days))
    third = float(level.target / top) * _H / 3
    bands = [("is-red", 1), ("is-yellow", 2), ("is-green", 3)]
    return {
        "line": line,
        "plan": _ahead(level, arrivals, today, x, y),
        "bands": [(kind, round(_H - third * place, 1), round(third, 1)) for kind, place in bands],
        "ticks": [f"M{round(week / (WEEKS_BACK + WEEKS_AHEAD) * _W, 1)} {_H}v4" for week in range(13)],
        "now_x": x(today),
        "since": today - timedelta(days=WEEKS_BACK * 7),
        "until": today + timedelta(days=WEEKS_AHEAD * 7),
    }


def _ahead(level: Level, arrivals: Sequence[tuple[date, Decimal]], today: date, x: Any, y: Any) -> str:
    """Return the line ahead; what should have come by now comes tomorrow."""
    coming: dict[date, Decimal] = {}
    for day, many in arrivals:
        at = max(day, today + timedelta(days=1))
        coming[at] = coming.get(at, Decimal(0)) + many
    many, drawn = level.on_hand, [f"M{x(today)} {y(level.on_hand)}"]
    for ahead in range(1, WEEKS_AHEAD * 7 + 1):
        day = today + timedelta(days=ahead)
        many = max(many - level.per_day, Decimal(0))
        drawn.append(f"L{x(day)} {y(many)}")
        if day in coming:
            many += coming[day]
            drawn.append(f"V{y(many)}")
    return "".join(drawn)
