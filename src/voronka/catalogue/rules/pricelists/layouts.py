"""Where the columns of a price list are: found by itself, found again by what is remembered, or asked about."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from .columns import Kind, guess, kind_of, share_fitting, tidy
from .values import Cell, text_of

Row = tuple[int, Sequence[Cell]]

SEARCHED_ROWS, SAMPLED_ROWS = 60, 300
_LEAST_FIT, _LEAST_GUESS = 0.6, 0.6
_CHEAP = ("закуп", "дилер", "ваша", "опт", "партн", "скидк")
_ONE_OF = frozenset({Kind.PRICE, Kind.NAME, Kind.CODE})


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its place from 0 and what it is called (tidy; empty where it is not)."""

    index: int
    heading: str = ""


class Misfit(NamedTuple):
    """Why a remembered layout does not fit: `code` is gone, twice, content or nothing; and which column."""

    code: str
    kind: Kind | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a price list is laid out. `header_row` is its number in the file, 0 without one; `sheet` may be empty.

    `other_prices` are columns of prices that are not taken; `is_stocked`: the column of quantities is filled where all
    prices are. `moved` are kinds whose column stood elsewhere last time.
    """

    columns: dict[Kind, Column]
    header_row: int = 0
    header_rows: int = 1
    headings: tuple[str, ...] = ()
    other_prices: tuple[int, ...] = ()
    is_stocked: bool = True
    sheet: str = ""
    moved: tuple[Kind, ...] = field(default=(), compare=False)

    @property
    def fingerprint(self) -> str:
        """Return a short sign of what the columns are called, whatever their order."""
        named = "|".join(sorted(filter(None, self.headings))) or "|".join(
            f"{kind}{column.index}" for kind, column in sorted(self.columns.items())
        )
        return hashlib.sha256(named.encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {
            "columns": {kind.value: [column.index, column.heading] for kind, column in self.columns.items()},
            "header_row": self.header_row,
            "header_rows": self.header_rows,
            "headings": list(self.headings),
            "other_prices": list(self.other_prices),
            "is_stocked": self.is_stocked,
            "sheet": self.sheet,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Layout":
        """Return what `as_json` kept. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            columns={Kind(kind): Column(int(at[0]), str(at[1])) for kind, at in kept["columns"].items()},
            header_row=int(kept["header_row"]),
            header_rows=int(kept["header_rows"]),
            headings=tuple(map(str, kept["headings"])),
            other_prices=tuple(map(int, kept["other_prices"])),
            is_stocked=bool(kept["is_stocked"]),
            sheet=str(kept["sheet"]),
        )


def find_layout(rows: Sequence[Row], *, sheet: str = "") -> Layout | None:
    """Find the columns by their names and by what stands in them; None when there is neither name nor price."""
    best: tuple[float, Layout] | None = None
    for place, headings, taken in _header_places(rows):
        sample = [cells for _number, cells in rows[place + taken : place + taken + SAMPLED_ROWS]]
        columns, others = _named(headings, sample)
        score = (
            len(columns) + 0.5 * (Kind.PRICE in columns) + 0.5 * (Kind.NAME in columns) - 0.01 * place - 0.1 * taken
        )
        if len(columns) >= 2 and (best is None or score > best[0]):
            _guessed(columns, others, sample, skip={at for at, name in enumerate(headings) if name})
            layout = _made(columns, rows[place][0], taken, headings, others, sheet, sample)
            best = (score, layout)
    if best is not None and _is_enough(best[1]):
        return best[1]
    bare: dict[Kind, Column] = {}
    _guessed(bare, [], [cells for _number, cells in rows[:SAMPLED_ROWS]], skip=set())
    layout = _made(bare, 0, 0, (), [], sheet, [cells for _number, cells in rows[:SAMPLED_ROWS]])
    return layout if _is_enough(layout) and Kind.PRICE in bare else None


def _is_enough(layout: Layout) -> bool:
    return Kind.NAME in layout.columns and bool({Kind.PRICE, Kind.QUANTITY} & layout.columns.keys())


def _made(
    columns: dict[Kind, Column], row: int, taken: int, headings: Sequence[str], others: list[int], sheet: str,
    sample: Sequence[Sequence[Cell]],
) -> Layout:  # fmt: skip
    prices = [columns[Kind.PRICE].index, *others] if Kind.PRICE in columns else []
    full = [cells for cells in sample if prices and all(_at(cells, at) for at in prices)]
    stocked = Kind.QUANTITY in columns and any(_at(cells, columns[Kind.QUANTITY].index) for cells in full)
    return Layout(columns, row, taken, tuple(headings), tuple(others), stocked or not full, sheet)


def _at(cells: Sequence[Cell], index: int) -> str:
    return text_of(cells[index]) if index < len(cells) else ""


def _header_places(rows: Sequence[Row]) -> Iterable[tuple[int, list[str], int]]:
    """Yield where a header may stand: place among the rows, headings (tidy) by column, rows that it takes."""
    searched = list(rows[:SEARCHED_ROWS])
    for place, (_number, cells) in enumerate(searched):
        names = [tidy(cell) if isinstance(cell, str) else "" for cell in cells]
        if sum(kind_of(name) is not None for name in names) >= 1:
            yield place, names, 1
    for place, ((_first, upper), (_second, lower)) in enumerate(pairwise(searched)):
        if all(cell is None or isinstance(cell, str) for cell in [*upper, *lower]):
            names = _joined(upper, lower)
            if sum(kind_of(name) is not None for name in names) >= 2:
                yield place, names, 2


def _joined(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[str]:
    """Join a header of two rows: a name above several columns is merged over them, so it stands in the first only."""
    names, above = [], ""
    for at in range(max(len(upper), len(lower))):
        top, bottom = _at(upper, at), _at(lower, at)
        above = top or (above if bottom else "")
        names.append(tidy(f"{above} {bottom}"))
    return names


def _named(headings: Sequence[str], sample: Sequence[Sequence[Cell]]) -> tuple[dict[Kind, Column], list[int]]:
    found: dict[Kind, list[int]] = {}
    for at, name in enumerate(headings):
        kind = kind_of(name)
        if kind is not None and share_fitting(kind, [cells[at] for cells in sample if at < len(cells)]) >= _LEAST_FIT:
            found.setdefault(kind, []).append(at)
    columns = {kind: Column(_best(kind, places, headings, sample), "") for kind, places in found.items()}
    others = [at for at in found.get(Kind.PRICE, ()) if at != columns[Kind.PRICE].index]
    if Kind.PRICE not in columns and Kind.RETAIL in columns:
        columns[Kind.PRICE] = columns.pop(Kind.RETAIL)
    elif Kind.RETAIL in columns:
        others.append(columns[Kind.RETAIL].index)
    if Kind.CODE not in columns and Kind.MAKER_CODE in columns:
        columns[Kind.CODE] = columns[Kind.MAKER_CODE]
        del columns[Kind.MAKER_CODE]
    return {kind: Column(column.index, headings[column.index]) for kind, column in columns.items()}, others


def _best(kind: Kind, places: Sequence[int], headings: Sequence[str], sample: Sequence[Sequence[Cell]]) -> int:
    """Return which of several columns of one meaning is it."""
    if kind is Kind.PRICE:
        cheap = [at for at in places if any(word in headings[at] for word in _CHEAP)]
        return (cheap or list(places))[0]
    if kind is Kind.NAME:
        full = [at for at in places if "наимен" in headings[at] or "назван" in headings[at] or headings[at] == "name"]
        return (full or list(places))[0]
    filled = {at: sum(bool(_at(cells, at)) for cells in sample) for at in places}
    return max(places, key=lambda at: (filled[at], -at))


def _guessed(
    columns: dict[Kind, Column], others: list[int], sample: Sequence[Sequence[Cell]], skip: set[int]
) -> None:
    """Add what can be told by the values of columns without a name."""
    taken = {column.index for column in columns.values()} | set(others) | skip
    width = max(map(len, sample), default=0)
    asked = (
        (at, guess([cells[at] for cells in sample if at < len(cells)])) for at in range(width) if at not in taken
    )
    offers = sorted(((share, kind, at) for at, shares in asked for kind, share in shares.items()), key=_order)
    for share, kind, at in offers:
        if share >= _LEAST_GUESS and kind not in columns and at not in taken:
            columns[kind] = Column(at)
            taken.add(at)


def _order(offer: tuple[float, Kind, int]) -> tuple[float, int]:
    return (-offer[0], offer[2])


def fit_layout(kept: Layout, rows: Sequence[Row]) -> Layout | Misfit:
    """Find the columns of a remembered layout again, wherever they have moved.

    A column is known by its name alone, and what stands in it must fit; whatever is in doubt is told, never guessed.
    """
    if not kept.header_row:
        return _fit_bare(kept, rows)
    needed = {kind: column.heading for kind, column in kept.columns.items() if column.heading}
    best: tuple[int, int, list[str], int] | None = None
    for place, names, taken in _header_places(rows):
        known = sum(heading in names for heading in needed.values())
        if best is None or known > best[0]:
            best = (known, place, names, taken)
    if best is None or not best[0]:
        return Misfit("nothing")
    _known, place, names, taken = best
    counts = Counter(names)
    columns: dict[Kind, Column] = {}
    sample = [cells for _number, cells in rows[place + taken : place + taken + SAMPLED_ROWS]]
    for kind, column in kept.columns.items():
        if not column.heading:
            columns[kind] = column
            continue
        if not counts[column.heading]:
            return Misfit("gone", kind, column.heading)
        at = column.index if _at_name(names, column.index) == column.heading else names.index(column.heading)
        if counts[column.heading] > 1 and at != column.index:
            return Misfit("twice", kind, column.heading)
        columns[kind] = Column(at, column.heading)
    for kind, column in columns.items():
        if share_fitting(kind, [cells[column.index] for cells in sample if column.index < len(cells)]) < _LEAST_FIT:
            return Misfit("content", kind, column.heading)
    moved = tuple(kind for kind, column in columns.items() if column.index != kept.columns[kind].index)
    old = {name: at for at, name in enumerate(kept.headings)}
    others = [at for at, name in enumerate(names) if old.get(name) in kept.other_prices]
    made = _made(columns, rows[place][0], taken, names, others, kept.sheet, sample)
    return Layout(
        made.columns, made.header_row, taken, made.headings, made.other_prices, made.is_stocked, kept.sheet, moved
    )


def _at_name(names: Sequence[str], index: int) -> str:
    return names[index] if index < len(names) else ""


def _fit_bare(kept: Layout, rows: Sequence[Row]) -> Layout | Misfit:
    sample = [cells for _number, cells in rows[:SAMPLED_ROWS]]
    found: dict[Kind, Column] = {}
    _guessed(found, [], sample, skip=set())
    for kind, column in kept.columns.items():
        if share_fitting(kind, [cells[column.index] for cells in sample if column.index < len(cells)]) < _LEAST_FIT:
            return Misfit("content", kind)
        if kind in _ONE_OF and kind in found and found[kind] != column:
            return Misfit("content", kind)
    return kept
