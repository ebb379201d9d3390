"""A table of a letter, or a file of one, read as lines of an order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from voronka.orders.rules.letters.said import Said, codes_in, number_of, unit_of

Cell = str | int | float | bool | datetime | date | None
HEADED_WITHIN = 30
_HEADS = {
    "quantity": r"(?:кол(?:ичество|-?во|\.)?|qty|quantity|amount|count|заказ|order(?:ed)?)(?:[\s,.(].*)?",
    "barcode": r"(?:штрих-?\s?код|ш/к|шк|barcode|ean|gtin)(?:[\s,.(].*)?",
    "code": r"(?:арт(?:икул|\.)?|код(?:\s+товара)?|sku|article|art\.?|code|item\s+(?:no|code|number))(?:[\s,.(].*)?",
    "name": r"(?:наименование|название|товары?|номенклатура|name|item|product|goods|description)(?:[\s,.(].*)?",
    "unit": r"(?:ед(?:\.|иница)?(?:\s*изм(?:\.|ерения)?)?|unit|uom)(?:[\s,.(].*)?",
}
_TOTAL = re.compile(r"(?:итого|всего|total|сумма)\b.*", re.IGNORECASE)


@dataclass(slots=True)
class _Columns:
    """Where each kind of column stands."""

    at: dict[str, int] = field(default_factory=dict)

    def is_enough(self) -> bool:
        """Tell whether goods and how many can be told."""
        return "quantity" in self.at and bool(self.at.keys() & {"name", "code", "barcode"})


def text_of(cell: Cell) -> str:
    """Return a cell as it would be written."""
    if cell is None or isinstance(cell, bool | datetime | date):
        return "" if cell is None else str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return " ".join(str(cell).split())


def read_rows(rows: Sequence[Sequence[Cell]]) -> tuple[list[Said], list[str]] | None:
    """Return lines of goods and rows that are none; None where no row heads columns of goods and quantities."""
    texts = [[text_of(cell) for cell in row] for row in rows]
    for number, row in enumerate(texts[:HEADED_WITHIN]):
        columns = _columns(row)
        if columns.is_enough():
            return _lines(texts[number + 1 :], columns)
    return None


def _columns(row: Sequence[str]) -> _Columns:
    found = _Columns()
    for place, heading in enumerate(row[:40]):
        said = heading.casefold().strip(" :*")[:60]
        for kind, form in _HEADS.items():
            if kind not in found.at and re.fullmatch(form, said):
                found.at[kind] = place
                break
    return found


def _lines(rows: Sequence[Sequence[str]], columns: _Columns) -> tuple[list[Said], list[str]]:
    lines: list[Said] = []
    unclear: list[str] = []
    for row in rows:
        cells = {kind: row[at].strip() if at < len(row) else "" for kind, at in columns.at.items()}
        shown = " | ".join(cell for cell in row if cell)[:400]
        goods = [cells.get(kind, "") for kind in ("name", "code", "barcode")]
        if not shown or _TOTAL.fullmatch(shown) or any(_TOTAL.fullmatch(one) for one in goods if one):
            continue
        if not any(goods) or not cells["quantity"] or cells["quantity"] in ("0", "-", "–", "—"):
            if any(goods) and cells["quantity"] == "" and not any(one.isdigit() for one in shown):
                continue  # a heading of a group
            if any(goods) and cells["quantity"] in ("0", "-", "–", "—", ""):
                continue  # a form sent with what is not wanted left empty
            unclear.append(shown)
            continue
        lines.append(_line(cells, shown))
    return lines, unclear


def _line(cells: dict[str, str], shown: str) -> Said:
    quantity, unit = _quantity(cells["quantity"])
    name = cells.get("name", "")
    codes = tuple(one for one in (cells.get("code", ""), cells.get("barcode", "")) if one)
    return Said(
        shown, (name or (codes[0] if codes else ""))[:300], codes or codes_in(name), quantity,
        unit_of(cells.get("unit", "")) or unit,
    )  # fmt: skip


def _quantity(text: str) -> tuple[Decimal | None, str]:
    """Return how many a cell says, and in which unit where it says that too: 3, "3 шт"."""
    fits = re.fullmatch(r"([\d\s .,]*\d)\s*([^\d\s].*)?", text)
    if fits is None:
        return None, ""
    unit = unit_of(fits[2] or "")
    return (number_of(fits[1]), unit) if unit or not fits[2] else (None, "")
