"""Buffers from a table: article, place, target, lot, multiple, days, supplier or place it comes from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.tables import Cell, open_table
from voronka.stock.models import Place
from voronka.stock.permissions import ORDER
from voronka.stock.rules import quantities
from voronka.stock.services.buffers import MOST_AT_ONCE, BufferDraft, save_buffers
from voronka.stock.services.refusals import quantity_words

MOST_BYTES = 20 * 1024 * 1024
# Heads of columns as they are written in either language, in small letters.
HEADS: Mapping[str, frozenset[str]] = {
    "code": frozenset({"article", "артикул", "код", "sku", "штрихкод", "штрих-код", "barcode"}),
    "place": frozenset({"place", "место", "склад", "магазин", "warehouse"}),
    "target": frozenset({"buffer", "target", "буфер", "целевой запас", "запас"}),
    "min_lot": frozenset({"lot", "least", "minimum lot", "партия", "минимум", "мин. партия", "минимальная партия"}),
    "multiple": frozenset({"multiple", "pack", "кратно", "кратность", "упаковка"}),
    "lead_days": frozenset({"days", "lead days", "lead time", "срок", "дней", "срок поставки", "срок, дней"}),
    "supplier": frozenset({"supplier", "поставщик"}),
    "source": frozenset({"source", "from", "откуда", "источник"}),
}
_SEARCHED = 20
_MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class BufferLoad:
    """What a file did: how many buffers are new, how many others changed."""

    new: int
    changed: int


def load_buffers(path: Path, *, actor: Actor, now: datetime, place_id: int | None = None) -> BufferLoad:
    """Set buffers from a file, all lines or none; `place_id` is meant where a line names no place.

    Raises TableError for a file that is no table, Invalid with what is wrong by row: `{"7": ...}`.
    """
    actor.require(ORDER)
    numbers, drafts, wrong = _read(path, place_id)
    if wrong:
        raise Invalid(next(iter(wrong.values())), code="rows", fields=wrong)
    try:
        return BufferLoad(*save_buffers(drafts, actor=actor, now=now))
    except Invalid as refused:
        rows = {
            str(numbers[int(key.split(".")[0]) - 1]): _at(numbers[int(key.split(".")[0]) - 1], words)
            for key, words in refused.fields.items()
            if key.split(".")[0].isdecimal()
        }
        raise Invalid(next(iter(rows.values()), refused.message), code="rows", fields=rows) from refused


def _at(row: int, words: str) -> str:
    return _("Row %(row)d: %(words)s") % {"row": row, "words": words}


def _read(path: Path, place_id: int | None) -> tuple[list[int], list[BufferDraft], dict[str, str]]:
    with open_table(path) as table:
        rows = [
            (row.number, row.cells) for row in islice(table.rows(), MOST_AT_ONCE + _SEARCHED + 1) if not row.fault
        ]
    columns, begins = _columns(rows)
    found = rows[begins:]
    if len(found) > MOST_AT_ONCE:
        raise Invalid(_("Not more than %(most)d lines at once.") % {"most": MOST_AT_ONCE}, code="too_many_rows")
    names = _Names(_text(cells, columns.get("code")) for _number, cells in found)
    numbers, drafts, wrong = [], [], {}
    for number, cells in found:
        values = {name: _text(cells, at) for name, at in columns.items()}
        try:
            drafts.append(_draft(values, names, place_id))
            numbers.append(number)
        except ValueError as error:
            wrong[str(number)] = _at(number, str(error))
            if len(wrong) >= _MOST_TOLD:
                break
    return numbers, drafts, wrong


def _columns(rows: Sequence[tuple[int, Sequence[Cell]]]) -> tuple[dict[str, int], int]:
    """Return where the columns are, and the index of the first row below their heads."""
    for at, (_number, cells) in enumerate(rows[:_SEARCHED]):
        found: dict[str, int] = {}
        for index, cell in enumerate(cells):
            said = " ".join(str(cell or "").lower().split())
            for name, heads in HEADS.items():
                if said in heads:
                    found.setdefault(name, index)
        if {"code", "target"} <= set(found):
            return found, at + 1
    raise Invalid(_("There are no columns “Article” and “Buffer”: write these words above them."), code="no_columns")


def _text(cells: Sequence[Cell], at: int | None) -> str:
    if at is None or at >= len(cells) or cells[at] is None:
        return ""
    cell = cells[at]
    if isinstance(cell, float):
        return f"{Decimal(str(cell)):f}".removesuffix(".0")
    return str(cell).strip()


class _Names:
    """Rows by what a file calls them: articles or barcodes, places, suppliers."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.variants = catalogue.ids_by_codes([one for one in codes if one])
        places = Place.objects.filter(is_external=False).exclude(name__startswith="@").values_list("name", "id")
        self.places = {name.lower(): pk for name, pk in places}
        self.suppliers = {name.lower(): pk for pk, _public, name in catalogue.supplier_choices()}


def _draft(values: Mapping[str, str], names: _Names, place_id: int | None) -> BufferDraft:
    """Return the buffer that a row means. Raises ValueError with the words for people."""
    code = values.get("code", "")
    if code not in names.variants:
        raise ValueError(_("there are no goods of the article “%(code)s”") % {"code": code[:60]})
    place = _named(values.get("place", ""), names.places, _("there is no place “%(name)s”")) or place_id
    if place is None:
        raise ValueError(_("say in which place"))
    days = values.get("lead_days", "")
    if days and not (days.isdecimal() and len(days) <= 4):
        raise ValueError(_("days are a whole number, not “%(text)s”") % {"text": days[:40]})
    return BufferDraft(
        names.variants[code],
        place,
        _number(values.get("target", ""), None),
        int(days) if days else None,
        _number(values.get("min_lot", ""), Decimal(0)),
        _number(values.get("multiple", ""), Decimal(1)),
        _named(values.get("supplier", ""), names.suppliers, _("there is no supplier “%(name)s”")),
        _named(values.get("source", ""), names.places, _("there is no place “%(name)s”")),
    )


def _named(name: str, known: Mapping[str, int], words: str) -> int | None:
    if not name:
        return None
    if name.lower() not in known:
        raise ValueError(words % {"name": name[:80]})
    return known[name.lower()]


def _number(text: str, empty: Decimal | None) -> Decimal:
    if empty is not None and text in {"", "0"}:
        return empty
    try:
        return quantities.parse(text)
    except ValueError as error:
        raise ValueError(quantity_words(str(error))) from error
