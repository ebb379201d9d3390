"""PDF by Typst in a warm caged child: no network, no files but our template, our fonts and the pictures handed over."""

import atexit
import base64
import json
from datetime import UTC, date, datetime
from pathlib import Path

from voronka.billing.rules.papers.blocks import Form, plain
from voronka.kit.warm import TooMuch, TooSlow, WarmChild

PART = Path(__file__).resolve().parents[2]
TEMPLATE = PART / "typst" / "form.typ"
FONTS = PART / "typst" / "fonts"
CHILD = "voronka.kit.typeset_child"
DONE = 1
MEMORY_MIB = 1024  # of address space: fonts and code are mapped, not held
SECONDS = 20.0
PPI = 132.0


class PrintFailed(Exception):
    """A form could not be drawn; the message tells why, for the log."""


class Printer(WarmChild):
    """The warm child that draws forms."""

    def __init__(self, *, memory_mib: int = MEMORY_MIB, seconds: float = SECONDS) -> None:
        super().__init__(CHILD, [str(TEMPLATE), str(FONTS), str(memory_mib), str(seconds)], seconds=seconds)

    def draw(self, form: Form, *, day: date, page: int = 0) -> bytes:
        """Return a form as PDF, or one `page` of it (from 1) as a picture in PNG. Raises PrintFailed."""
        told = {
            "title": form.title,
            "author": form.author,
            "landscape": form.landscape,
            "font": form.font,
            "size": form.size,
            "margins": list(form.margins),
            "foot": form.foot,
            "blocks": plain(form.blocks),
            "pictures": {key: base64.b64encode(body).decode("ascii") for key, body in form.pictures.items()},
        }
        moment = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
        try:
            kind, answer = self.ask({
                "form": told, "timestamp": moment, "tags": not page, "format": "png" if page else "pdf", "page": page,
                "ppi": PPI,
            })  # fmt: skip
        except TooSlow:
            raise PrintFailed("the form took too long") from None
        except TooMuch:
            raise PrintFailed("the form took too much memory") from None
        said = json.loads(answer)
        if kind != DONE:
            raise PrintFailed(said)
        return base64.b64decode(said)


_printer = Printer()
atexit.register(_printer.stop)


def to_pdf(form: Form, *, day: date) -> bytes:
    """Return a form as PDF, its fonts embedded; the same form and `day` give the same bytes. Raises PrintFailed.

    Not to be called inside a transaction that holds locks: a form of many pages takes seconds.
    """
    return _printer.draw(form, day=day)


def to_picture(form: Form, *, day: date, page: int) -> bytes:
    """Return a page of a form (from 1; the last one where there are fewer) as PNG, to look at. Raises PrintFailed."""
    return _printer.draw(form, day=day, page=max(1, page))
