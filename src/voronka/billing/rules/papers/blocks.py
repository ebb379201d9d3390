"""The blocks that forms are made of. Measures are millimetres and points; widths of columns are shares of the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `align` is left, center, right or justify."""

    text: str
    size: float = 0
    bold: bool = False
    align: str = "left"
    muted: bool = False
    above: float = 0
    below: float = 1
    indent: float = 0


@dataclass(frozen=True, slots=True)
class Lined:
    """A value on a line, its name before it, the small words of the form beneath, its number in the form after it."""

    label: str
    value: str = ""
    caption: str = ""
    number: str = ""
    bold: bool = False
    size: float = 0
    align: str = "left"
    label_width: float = 0


@dataclass(frozen=True, slots=True)
class Row:
    """Blocks side by side: `widths` are shares; `rules` is solid or dashed (lines between), frame (around each) or none."""

    cells: tuple[tuple["Block", ...], ...]
    widths: tuple[float, ...]
    gap: float = 3
    align: str = "top"
    rules: str = ""
    below: float = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table. `value` is the number behind the text, for spreadsheets and sums of a page; `note` stands small
    beneath.
    """

    text: str = ""
    span: int = 1
    rows: int = 1
    align: str = ""
    bold: bool = False
    bare: bool = False
    size: float = 0
    value: Decimal | None = None
    places: int = 2
    muted: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class PageSum:
    """A column (from 0) whose numbers add up at the foot of each page."""

    column: int
    places: int = 2


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose head stands on every page; `page_sums` put a line of sums at the foot of each, named `page_label`
    over the first `page_span` columns; other columns say X.
    """

    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    head: tuple[tuple[Cell, ...], ...] = ()
    aligns: tuple[str, ...] = ()
    size: float = 0
    stroke: float = 0.5
    outline: float = 0
    inset: float = 1
    page_sums: tuple[PageSum, ...] = ()
    page_label: str = ""
    page_span: int = 1
    below: float = 1


@dataclass(frozen=True, slots=True)
class Sign:
    """A line to sign: who, his post where the form asks for it, the picture of his signature, his name."""

    role: str
    name: str = ""
    post: str | None = None
    picture: str = ""
    captions: bool = True
    number: str = ""
    role_width: float = 1.2
    size: float = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the company (logo, stamp, sign); `over` lays it over what stands there, moved by dx and dy."""

    key: str
    width: float
    over: bool = False
    dx: float = 0
    dy: float = 0


@dataclass(frozen=True, slots=True)
class Qr:
    """The code of a payment, drawn as one path of SVG."""

    svg: str
    size: float = 30


@dataclass(frozen=True, slots=True)
class Rule:
    """A line over the whole width; `dashed` where the paper is cut."""

    weight: float = 1
    above: float = 2
    below: float = 2
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Space:
    """Empty room."""

    height: float


@dataclass(frozen=True, slots=True)
class Box:
    """Blocks that stay on one page; with `stroke` a frame around them."""

    blocks: tuple["Block", ...]
    stroke: float = 0
    inset: float = 0
    keep: bool = True


@dataclass(frozen=True, slots=True)
class Rich:
    """A paragraph of runs, for texts that companies write: each run is a text and its marks (b, i, u)."""

    runs: tuple[tuple[str, str], ...]
    size: float = 0
    align: str = "left"
    above: float = 0
    below: float = 1.5
    indent: float = 0
    marker: str = ""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a page."""


Block = Text | Lined | Row | Table | Sign | Picture | Qr | Rule | Space | Box | Rich | PageBreak


@dataclass(frozen=True, slots=True)
class Form:
    """A whole paper: `margins` are left, top, right, bottom; `foot` stands under every page before its number."""

    title: str
    blocks: tuple[Block, ...]
    author: str = ""
    landscape: bool = False
    font: str = "PT Sans"
    size: float = 8
    margins: tuple[float, float, float, float] = (15, 10, 10, 10)
    foot: str = ""
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def plain(block: object) -> Any:  # a tree of JSON
    """Return a block as JSON takes it, with the kind of each under `k`; numbers behind cells as text."""
    if isinstance(block, Cell):
        return _cell(block)
    if isinstance(block, Block):
        held = {one.name: plain(getattr(block, one.name)) for one in fields(block)}
        return {"k": type(block).__name__.lower(), **held}
    if isinstance(block, PageSum):
        return {"column": block.column, "places": block.places}
    if isinstance(block, Sequence) and not isinstance(block, str):
        return [plain(one) for one in block]
    return block


def _cell(cell: Cell) -> dict[str, object]:
    """Only what differs from the usual: a paper of a thousand lines has fifteen thousand cells."""
    told: dict[str, object] = {"t": cell.text}
    if cell.span != 1:
        told["s"] = cell.span
    if cell.rows != 1:
        told["r"] = cell.rows
    if cell.align:
        told["a"] = cell.align
    if cell.bold:
        told["b"] = True
    if cell.bare:
        told["n"] = True
    if cell.size:
        told["z"] = cell.size
    if cell.muted:
        told["m"] = True
    if cell.note:
        told["o"] = cell.note
    if cell.value is not None:
        told["v"] = int(cell.value.scaleb(cell.places))
    return told
