"""Papers of the store to carry in the hand, as PDF: a head with a code, a table with boxes to tick, room for names."""

import atexit
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.typeset import TypesetFailed, Typesetter
from voronka.stock.rules import codes

MOST_ROWS = 6_000
MODULE_MM = Decimal("0.3")  # of a bar: readers of the hand see it from a foot away
BARS_MM = 11
TEMPLATE = Path(__file__).resolve().parents[1] / "typst" / "sheet.typ"
_printer = Typesetter(TEMPLATE, seconds=60.0)
atexit.register(_printer.stop)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its name, its share of the width, how it is aligned; `is_box`: an empty cell is a box to
    tick.
    """

    name: str
    width: float
    align: str = "left"
    is_box: bool = False
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper, which begins on a page of its own.

    A row of one cell is a heading over those that follow. `code` is written as Code 128 beside the title; `signs` are
    those who put their names below.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    facts: Sequence[tuple[str, str]] = ()
    code: str = ""
    remark: str = ""
    total: Sequence[str] = ()
    signs: Sequence[str] = field(default=())
    is_wide: bool = False


def print_sheets(sheets: Sequence[Sheet], *, title: str, foot: str, actor: Actor, now: datetime) -> bytes:
    """Return sheets as PDF, one after another; `foot` stands at the bottom of every page beside its number.

    Whoever calls has asked for the right to see what is on them. Not to be called inside a transaction: drawing takes
    seconds. Raises Invalid where there is nothing to print or too much, Conflict where it could not be drawn.
    """
    rows = sum(len(one.rows) for one in sheets)
    if not rows:
        raise Invalid(_("There is nothing to print: not one line."), code="no_lines")
    if rows > MOST_ROWS:
        words = _("At most %(most)d lines at once: choose fewer, or take the file for Excel.") % {"most": MOST_ROWS}
        raise Invalid(words, code="too_many")
    told = {"title": title, "lang": actor.language, "sheets": [_told(one, foot) for one in sheets]}
    try:
        return _printer.typeset(told, day=now.astimezone(actor.zone).date(), tags=False)
    except TypesetFailed as failed:
        raise Conflict(_("The paper could not be drawn. Try fewer lines at once."), code="not_drawn") from failed


def _told(sheet: Sheet, foot: str) -> dict[str, Any]:
    return {
        "title": sheet.title,
        "facts": [[f"{name}:", words] for name, words in sheet.facts if words],
        "code": _code(sheet.code) if sheet.code else None,
        "remark": sheet.remark,
        "columns": [
            {"name": one.name, "width": one.width, "align": one.align, "box": one.is_box, "bold": one.is_bold}
            for one in sheet.columns
        ],
        "rows": [list(row) for row in sheet.rows],
        "total": list(sheet.total),
        "signs": list(sheet.signs),
        "wide": sheet.is_wide,
        "foot": f"{foot} · {sheet.title}" if foot else sheet.title,
    }


def _code(text: str) -> dict[str, Any]:
    code = codes.encode(codes.CODE128, text)
    drawing = codes.svg(code, bar_modules=int(BARS_MM / MODULE_MM))
    return {"svg": drawing, "width": float(code.width * MODULE_MM), "height": float(BARS_MM), "text": text}
