"""PDF of forms by the kit's warm caged Typst (`kit/typeset.py`)."""

import atexit
from datetime import date
from pathlib import Path

from voronka.billing.rules.papers.blocks import Form, plain
from voronka.kit.typeset import FONTS, MEMORY_MIB, SECONDS, Typesetter
from voronka.kit.typeset import TypesetFailed as PrintFailed

__all__ = ["FONTS", "PrintFailed", "Printer", "to_pdf", "to_picture"]

TEMPLATE = Path(__file__).resolve().parents[2] / "typst" / "form.typ"


class Printer(Typesetter):
    """The warm child that draws forms."""

    def __init__(self, *, memory_mib: int = MEMORY_MIB, seconds: float = SECONDS) -> None:
        super().__init__(TEMPLATE, memory_mib=memory_mib, seconds=seconds)

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
        }
        return self.typeset(told, day=day, pictures=form.pictures, page=page)


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
