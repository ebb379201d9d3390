"""Statements of banks as tables (CSV, XLSX): columns are learnt from their headings and from what stands in them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from voronka.billing.rules.statements import Move, Problem, Statement, with_keys

_HEADINGS: tuple[tuple[str, str], ...] = (
    ("number", r"№|номер|n док|number|doc"),
    ("income", r"кредит|приход|поступ|зачисл|credit"),
    ("outgo", r"дебет|расход|списан|debit"),
    ("amount", r"сумма|amount|sum"),
    ("inn", r"инн|inn|tax"),
    ("purpose", r"назначени|описание|основание|purpose|descr|details"),
    ("name", r"контрагент|плательщик|корреспондент|наименование|отправитель|имя|фио|payer|counterpart|name"),
    ("day", r"дата|date|день"),
    ("account", r"сч[её]т|account|iban"),
)
_DAYS = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")
_SUM = re.compile(r"[+-]?\d{1,14}([.]\d{1,2})?")
_LOOKED_AT = 30


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column (from 0) holds what; the heading stands in row `head` (from 0)."""

    head: int
    places: dict[str, int]


def find_columns(rows: Sequence[Sequence[object]]) -> Columns | None:
    """Find the heading among the first rows: one that names a day, a sum and somebody or something to know it by."""
    for at, row in enumerate(rows[:_LOOKED_AT]):
        places = _places(row)
        if {"day"} <= places.keys() and places.keys() & {"amount", "income"} and places.keys() & {"name", "purpose"}:
            return Columns(at, _told_apart(places, rows[at + 1 : at + 1 + _LOOKED_AT]))
    return None


def _places(row: Sequence[object]) -> dict[str, int]:
    places: dict[str, int] = {}
    for at, cell in enumerate(row):
        heading = " ".join(str(cell or "").lower().split())
        name = next((name for name, pattern in _HEADINGS if heading and re.search(pattern, heading)), None)
        if name == "number" and "сч" in heading:
            name = "account"
        if name == "number" and "дата" in heading and "day" not in places:
            name = "day"
        if name is not None and len(heading) <= 80:
            places.setdefault(name, at)
    return places


def _told_apart(places: dict[str, int], rows: Sequence[Sequence[object]]) -> dict[str, int]:
    """Drop a column whose cells are not of its kind: a heading "Дата" above texts is no day."""
    fits: dict[str, Callable[[object], bool]] = {
        "day": lambda cell: read_day(cell) is not None,
        "amount": lambda cell: read_sum(cell) is not None,
        "income": lambda cell: read_sum(cell) is not None,
        "outgo": lambda cell: read_sum(cell) is not None,
    }
    kept = dict(places)
    for name, fit in fits.items():
        if name in places:
            cells = [
                row[places[name]] for row in rows if len(row) > places[name] and row[places[name]] not in (None, "")
            ]
            if cells and sum(map(fit, cells)) * 2 < len(cells):
                del kept[name]
    return kept


def read_rows(rows: Sequence[Sequence[object]], *, account: str) -> Statement:
    """Read a table's movements on the own `account`. Rows that cannot be read are told by their number, from 1."""
    columns = find_columns(rows)
    if columns is None or not {"day"} <= columns.places.keys() or not columns.places.keys() & {"amount", "income"}:
        return Statement(None, None, (), (), (Problem(0, "no_columns"),))
    moves: list[Move] = []
    problems: list[Problem] = []
    for at, row in enumerate(rows[columns.head + 1 :], columns.head + 2):
        if not any(cell not in (None, "") for cell in row) or _is_total(row):
            continue
        found = _read_row(row, columns.places, account, at)
        (moves if isinstance(found, Move) else problems).append(found)  # type: ignore[arg-type]  # told apart above
    days = [move.day for move in moves]
    keyed = tuple(with_keys(iter(moves)))
    return Statement(min(days, default=None), max(days, default=None), (), keyed, tuple(problems))


def _is_total(row: Sequence[object]) -> bool:
    first = next((str(cell).strip().lower() for cell in row if cell not in (None, "")), "")
    return first.startswith(("итого", "всего", "total", "остаток", "обороты"))


def _read_row(row: Sequence[object], places: dict[str, int], account: str, at: int) -> Move | Problem:
    def cell(name: str) -> object:
        place = places.get(name)
        return row[place] if place is not None and place < len(row) else None

    def words(name: str, most: int) -> str:
        value = cell(name)
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "")
        return " ".join(text.split())[:most]

    day = read_day(cell("day"))
    if day is None:
        return Problem(at, "day", words("day", 20))
    income, outgo, amount = (read_sum(cell(name)) for name in ("income", "outgo", "amount"))
    moved = income or (-outgo if outgo else None) or amount
    if not moved:
        return Problem(at, "amount", words("amount", 40) or words("income", 40))
    return Move(
        account=account,
        is_income=moved > 0,
        day=day,
        amount=abs(moved),
        number=words("number", 20),
        name=words("name", 200),
        inn=words("inn", 12),
        other_account=words("account", 34),
        purpose=words("purpose", 500),
        line=at,
    )


def read_day(cell: object) -> date | None:
    """Read a day as tables hold it."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(cell or "").strip()
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a bank's day has no zone
        except ValueError:
            continue
    return None


def read_sum(cell: object) -> Decimal | None:
    """Read a sum as tables hold it; None where there is none."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float | Decimal):
        value = Decimal(str(cell))
        return value.quantize(Decimal("0.01")) if value.is_finite() and abs(value) < 10**14 else None
    text = re.sub(r"[\s\u00a0\u202f']|₽|руб\.?|rub", "", str(cell).lower()).replace("−", "-")
    text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text.replace(",", "")
    if not _SUM.fullmatch(text):
        return None
    try:
        return Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
