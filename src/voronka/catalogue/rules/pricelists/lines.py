"""Rows of a price list as lines of goods; what cannot be taken is told by its row and never stops the rest."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .columns import Kind, is_barcode, tidy
from .layouts import Layout, Row
from .packs import pieces_of
from .values import Cell, read_money, read_quantity, text_of

_TOTAL = re.compile(r"(?:итого|всего|total|subtotal)\b", re.IGNORECASE)
_PARTS = re.compile(r"\s*[/\\>]\s*(?=[A-ZА-ЯЁ])")
_LONGEST_NAME, _LONGEST_CODE, _DEEPEST = 500, 80, 8
_VAT = re.compile(r"(\d{1,2})\s*%?")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of goods as the supplier has it; `row` is its number in the file, without `price` it is on request.

    `pieces` is how many the price is of, where that is sure.
    """

    row: int
    name: str
    code: str = ""
    maker_code: str = ""
    barcode: str = ""
    price: Decimal | None = None
    retail: Decimal | None = None
    currency: str = ""
    quantity: Decimal | None = None
    quantity_text: str = ""
    unit: str = ""
    pack: str = ""
    pieces: int = 1
    vat: str = ""
    brand: str = ""
    category: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that was not taken: its number, why (a code), and its cells for the file of such rows.

    Codes: no_name, long_name, no_price, negative, zero, huge, unclear, unreadable, shifted, fault.
    """

    row: int
    code: str
    cells: tuple[Cell, ...]


def read_lines(rows: Iterable[Row], layout: Layout) -> Iterator[Line | Bad]:
    """Yield the lines below the header, with the groups they stand in."""
    path: list[str] = []
    block: list[str] = []
    last_header = layout.header_row + layout.header_rows - 1 if layout.header_row else 0
    for number, cells in rows:
        if number <= last_header or _is_header_again(cells, layout):
            continue
        if (group := _group(cells, layout)) is not None:
            block.extend(group)
            continue
        if block:
            path = (block if len(block) >= len(path) else [*path[: len(path) - len(block)], *block])[:_DEEPEST]
            block = []
        found = _line(number, cells, layout, tuple(path))
        if found is not None:
            yield found


def _is_header_again(cells: Sequence[Cell], layout: Layout) -> bool:
    named = [column for column in layout.columns.values() if column.heading]
    same = sum(tidy(_text(cells, column.index)) == column.heading for column in named)
    return len(named) > 1 and same * 2 > len(named)


def _group(cells: Sequence[Cell], layout: Layout) -> list[str] | None:
    """Return the names of a row that only names a group, None for another row."""
    filled = [(at, text) for at, cell in enumerate(cells) if (text := text_of(cell))]
    texts = list(dict.fromkeys(text for _at, text in filled))
    if len(texts) != 1 or not any(map(str.isalpha, texts[0])):
        return None
    places = {at for at, _text in filled}
    values = {layout.columns[kind].index for kind in (Kind.PRICE, Kind.BARCODE) if kind in layout.columns}
    if len(places) == 1 and places & values and read_money(cells[next(iter(places))]).amount is not None:
        return None
    name = layout.columns[Kind.NAME].index
    if Kind.CATEGORY in layout.columns and places == {name}:
        return None
    return [part.strip() for part in _PARTS.split(texts[0]) if part.strip()]


def _text(cells: Sequence[Cell], index: int) -> str:
    return text_of(cells[index]) if index < len(cells) else ""


def _line(number: int, cells: Sequence[Cell], layout: Layout, path: tuple[str, ...]) -> Line | Bad | None:
    def text(kind: Kind, most: int = _LONGEST_CODE) -> str:
        column = layout.columns.get(kind)
        return _text(cells, column.index)[:most] if column else ""

    def cell(kind: Kind) -> Cell:
        column = layout.columns.get(kind)
        return cells[column.index] if column and column.index < len(cells) else None

    def bad(code: str) -> Bad:
        return Bad(number, code, tuple(cells))

    name = text(Kind.NAME, _LONGEST_NAME + 1)
    if _TOTAL.match(name) or _TOTAL.match(text(Kind.CODE)):
        return None
    money, quantity = read_money(cell(Kind.PRICE)), read_quantity(cell(Kind.QUANTITY))
    if not name:
        return bad("no_name") if money.amount is not None or text(Kind.CODE) else None
    if len(name) > _LONGEST_NAME:
        return bad("long_name")
    if money.fault:
        return bad(money.fault)
    if Kind.PRICE in layout.columns and money.amount is None and not money.is_asked:
        return bad("no_price")
    if _is_shifted(cells, layout, quantity.text):
        return bad("shifted")
    retail = read_money(cell(Kind.RETAIL))
    barcode = text(Kind.BARCODE).replace(" ", "")
    listed = text(Kind.CATEGORY, 500)
    return Line(
        row=number, name=name, code=text(Kind.CODE), maker_code=text(Kind.MAKER_CODE),
        barcode=barcode if is_barcode(barcode) else "", price=money.amount, retail=retail.amount,
        currency=_currency(text(Kind.CURRENCY)) or money.currency, quantity=quantity.number,
        quantity_text=quantity.text,
        unit=text(Kind.UNIT, 20), pack=text(Kind.PACK, 40),
        pieces=pieces_of(text(Kind.PACK, 40), text(Kind.UNIT, 20), layout.columns[Kind.PRICE].heading)
        if Kind.PRICE in layout.columns else 1, vat=_vat(text(Kind.VAT)), brand=text(Kind.BRAND, 120),
        category=tuple(part.strip() for part in listed.split(" / ") if part.strip()) if listed else path,
    )  # fmt: skip


def _is_shifted(cells: Sequence[Cell], layout: Layout, quantity: str) -> bool:
    """Tell whether the values of this row stand a column too far to the left.

    The last price is missing while quantities, which good rows of this list leave empty, hold something.
    """
    if layout.is_stocked or not layout.other_prices or not quantity:
        return False
    return not all(_text(cells, at) for at in layout.other_prices)


def _currency(text: str) -> str:
    return read_money(f"1 {text}").currency if text else ""


def _vat(text: str) -> str:
    if found := _VAT.match(text):
        return found[1]
    return "none" if "без" in text.lower() else ""
