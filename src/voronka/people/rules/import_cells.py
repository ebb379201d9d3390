"""Cells of a file as values: texts, and what a custom field of each kind keeps."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from voronka.kit.tables import Cell
from voronka.people.rules.texts import clean_text
from voronka.people.rules.values import parse_bool, parse_date, parse_money, parse_number


def raw(value: object) -> str:
    """Return what was written, fit to keep."""
    text = str(value)[:254]
    return text if text.isprintable() else clean_text(text, 254).text


def gender_of(cell: Cell) -> str:
    """Return m or f, "" where the cell does not tell."""
    text = line_of(cell, 20).lower()
    if text[:1] in ("м", "m"):
        return "m"
    return "f" if text[:1] in ("ж", "f", "w") else ""


def line_of(cell: Cell, limit: int) -> str:
    """Return a cell as one clean line of at most `limit` signs."""
    return clean_text(plain_text(cell), limit).text if cell is not None else ""


def plain_text(cell: Cell) -> str:
    """Write a cell as text: whole numbers without the fraction that a spreadsheet keeps."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return cell if isinstance(cell, str) else str(cell)


def is_plain_sum(text: str) -> bool:
    """Tell whether a sum was written with nothing but figures, spaces and one point or comma."""
    return "".join(text.split()).replace(",", ".", 1).replace(".", "", 1).isdigit()


# --- Custom fields: JSON values by kind, None where the cell cannot be one ---------------------------------------


def as_text(cell: Cell, options: Sequence[str]) -> object:
    """Return a cell as a text field keeps it."""
    return line_of(cell, 2_000) or None


def _as_number(cell: Cell, options: Sequence[str]) -> object:
    return _figure(parse_number(cell).value)


def _as_money(cell: Cell, options: Sequence[str]) -> object:
    value = parse_money(cell).value
    return None if value is None else f"{value:.2f}"


def _as_date(cell: Cell, options: Sequence[str]) -> object:
    day = parse_date(cell).value
    return None if day is None else day.isoformat()


def _as_yes_no(cell: Cell, options: Sequence[str]) -> object:
    return parse_bool(cell).value


def _as_choice(cell: Cell, options: Sequence[str]) -> object:
    text = line_of(cell, 200).lower()
    return next((one for one in options if one.lower() == text), None)


def _as_choices(cell: Cell, options: Sequence[str]) -> object:
    by_name = {one.lower(): one for one in options}
    words = [word.strip().lower() for word in line_of(cell, 2_000).replace(";", ",").split(",")]
    chosen = [by_name.get(word) for word in words if word]
    return chosen if chosen and None not in chosen else None


def _as_link(cell: Cell, options: Sequence[str]) -> object:
    text = line_of(cell, 1_000)
    is_link = text.lower().startswith(("http://", "https://")) and " " not in text
    return text if is_link else None


def _figure(value: Decimal | None) -> object:
    return None if value is None else f"{value.normalize():f}"


READERS: dict[str, Callable[[Cell, Sequence[str]], object]] = {
    "text": as_text,
    "number": _as_number,
    "money": _as_money,
    "date": _as_date,
    "yes_no": _as_yes_no,
    "choice": _as_choice,
    "choices": _as_choices,
    "link": _as_link,
}
