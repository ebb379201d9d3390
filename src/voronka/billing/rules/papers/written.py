"""Texts that a company writes itself: a small HTML read into blocks. Nothing is fetched and nothing runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from voronka.billing.rules.papers.blocks import Block, Cell, Form, PageBreak, Picture, Qr, Rich, Rule, Table
from voronka.billing.rules.papers.paper import Paper, short_day

_BLOCKS = {"p", "div", "h1", "h2", "h3", "li", "center", "blockquote"}
_MARKS = {"b": "b", "strong": "b", "i": "i", "em": "i", "u": "u"}
_SIZES = {"h1": 14.0, "h2": 11.5, "h3": 10.0}
_SILENT = {"script", "style", "head", "title", "template", "iframe", "object"}
_PLACES = {"logo": 40.0, "stamp": 36.0, "sign_director": 24.0, "sign_accountant": 24.0}
_ALIGNS = {"left", "center", "right", "justify"}
MOST_BLOCKS = 5000


@dataclass(slots=True)
class _Open:
    """A paragraph that is being read."""

    tag: str
    align: str
    runs: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Reads tags that papers need; others are passed over, their words kept; scripts and styles are dropped whole."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(convert_charrefs=True)
        self.paper = paper
        self.blocks: list[Block] = []
        self.marks: list[str] = []
        self.open: _Open | None = None
        self.silent = 0
        self.lists: list[list[int]] = []  # the count of each open list; -1 in one without numbers
        self.table: list[list[Cell]] | None = None
        self.row: list[Cell] | None = None
        self.cell: dict[str, object] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what the tag opens."""
        given = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self.silent += 1
        elif tag in _MARKS:
            self.marks.append(_MARKS[tag])
        elif tag in ("td", "th") and self.row is not None:
            self._close_cell()
            span = given.get("colspan", "1")
            self.cell = {
                "text": "", "bold": tag == "th", "align": given.get("align", "center" if tag == "th" else "left"),
                "span": int(span) if span.isdecimal() and len(span) < 3 and 0 < int(span) < 50 else 1,
            }  # fmt: skip
        elif tag == "tr" and self.table is not None:
            self._close_row()
            self.row = []
        elif tag == "table":
            self._close()
            self.table = []
        elif tag in ("ol", "ul"):
            self._close()
            self.lists.append([0 if tag == "ol" else -1])
        elif tag in _BLOCKS and self.cell is None:
            self._close()
            align = "center" if tag == "center" else given.get("align", "")
            self.open = _Open(tag, align if align in _ALIGNS else "left")
        else:
            self._void(tag, given)

    def _void(self, tag: str, given: dict[str, str]) -> None:
        if tag == "br":
            self.handle_data("\n")
        elif tag == "hr":
            self._close()
            self.blocks.append(PageBreak() if given.get("class") == "page" else Rule(0.8))
        elif tag == "img" and given.get("src") in _PLACES:
            self._close()
            if given["src"] in self.paper.pictures:
                self.blocks.append(Picture(given["src"], _PLACES[given["src"]]))
        elif tag == "img" and given.get("src") == "qr" and self.paper.qr:
            self._close()
            self.blocks.append(Qr(self.paper.qr))

    def handle_endtag(self, tag: str) -> None:
        """Close what the tag closes."""
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _MARKS and _MARKS[tag] in self.marks:
            self.marks.reverse()
            self.marks.remove(_MARKS[tag])
            self.marks.reverse()
        elif tag in ("td", "th"):
            self._close_cell()
        elif tag == "tr":
            self._close_row()
        elif tag == "table" and self.table is not None:
            self._close_row()
            self.blocks += _table(self.table)
            self.table = None
        elif tag in ("ol", "ul") and self.lists:
            self._close()
            self.lists.pop()
        elif tag in _BLOCKS:
            self._close()

    def _close_cell(self) -> None:
        if self.cell is not None and self.row is not None:
            align = str(self.cell["align"])
            self.row.append(Cell(
                str(self.cell["text"]).strip(), bold=bool(self.cell["bold"]), span=int(str(self.cell["span"])),
                align=align if align in ("left", "center", "right") else "left",
            ))  # fmt: skip
        self.cell = None

    def _close_row(self) -> None:
        self._close_cell()
        if self.row and self.table is not None:
            self.table.append(self.row)
        self.row = None

    def handle_data(self, data: str) -> None:
        """Take words in."""
        if self.silent:
            return
        words = data if data == "\n" else " ".join(data.split("\n"))
        if self.cell is not None:
            self.cell["text"] = f"{self.cell['text']}{words}"
        elif self.table is None and (words.strip() or (self.open is not None and words)):
            if self.open is None:
                self.open = _Open("p", "left")
            self.open.runs.append((words, "".join(sorted(set(self.marks)))))

    def _close(self) -> None:
        one, self.open = self.open, None
        if one is None or not "".join(words for words, _marks in one.runs).strip() or len(self.blocks) > MOST_BLOCKS:
            return
        marker = ""
        if one.tag == "li" and self.lists:
            count = self.lists[-1]
            if count[0] >= 0:
                count[0] += 1
            marker = f"{count[0]}." if count[0] > 0 else "–"
        heading = one.tag in _SIZES
        runs = tuple((words, marks + "b" if heading and "b" not in marks else marks) for words, marks in one.runs)
        self.blocks.append(Rich(
            runs, size=_SIZES.get(one.tag, 0), align=one.align, above=3 if heading else 0, below=2, marker=marker,
            indent=6.0 * max(0, len(self.lists) - 1),
        ))  # fmt: skip

    def finish(self) -> tuple[Block, ...]:
        """Return the blocks of all that was read."""
        self.close()
        self._close()
        self._close_row()
        if self.table:
            self.blocks += _table(self.table)
        return tuple(self.blocks)


def _table(rows: Sequence[Sequence[Cell]]) -> list[Block]:
    """Return a table whose columns are as wide as their longest words ask for; rows that are short get empty cells."""
    count = max((sum(cell.span for cell in row) for row in rows), default=0)
    if not count:
        return []
    filled = [[*row, *(Cell("") for _at in range(count - sum(cell.span for cell in row)))] for row in rows]
    lengths = [4.0] * count
    for row in filled:
        at = 0
        for cell in row:
            if cell.span == 1:
                lengths[at] = max(lengths[at], min(40.0, float(len(cell.text))))
            at += cell.span
    is_head = all(cell.bold for cell in filled[0])
    head, body = (filled[:1], filled[1:]) if is_head else ([], filled)
    return [
        Table(tuple(lengths), tuple(tuple(row) for row in body), head=tuple(tuple(row) for row in head), inset=1.8)
    ]


def written_form(html: str, *, title: str, paper: Paper) -> Form:
    """Return the form of a filled text. Known are p, h1-h3, b, i, u, br, hr, lists, tables and pictures by their names
    (logo, stamp, sign_director, sign_accountant, qr); `<hr class="page">` begins a page.
    """
    reader = _Reader(paper)
    reader.feed(html.replace("<![", "<! ["))  # a marked section of SGML, which the parser would die of
    return Form(
        title,
        reader.finish(),
        author=paper.seller.name,
        font="Golos Text",
        size=9,
        margins=(20, 15, 14, 18),
        foot=f"{title} от {short_day(paper.day)}",
    )
