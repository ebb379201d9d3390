"""What an HTML letter says: runs of text and tables, in their order; tables that only lay out are dissolved."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

MOST_SIGNS, MOST_TABLES, MOST_ROWS, MOST_CELLS, MOST_DEEP = 150_000, 50, 1_000, 40, 20
_BREAKS = frozenset({"br", "p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "hr", "blockquote", "li"})
_SILENT = frozenset({"style", "script", "title", "template", "noscript"})
Block = str | list[list[str]]


@dataclass(slots=True)
class _Table:
    """An open table: its finished rows of cells, each a list of blocks."""

    rows: list[list[list[Block]]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects blocks; what is not text is passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._tables: list[_Table] = []
        self._silent = 0
        self._count = 0

    def _here(self) -> list[Block]:
        for table in reversed(self._tables):
            if table.rows and table.rows[-1]:
                return table.rows[-1][-1]
        return self.blocks

    def _say(self, text: str) -> None:
        here = self._here()
        if here and isinstance(here[-1], str):
            here[-1] += text
        else:
            here.append(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Begin a line, a table, a row, a cell; or something that is not shown."""
        if tag in _SILENT:
            self._silent += 1
        if tag == "table" and len(self._tables) < MOST_DEEP and self._count < MOST_TABLES:
            self._count += 1
            self._tables.append(_Table())
        elif tag == "tr" and self._tables and len(self._tables[-1].rows) < MOST_ROWS:
            self._tables[-1].rows.append([])
        elif tag in ("td", "th") and self._tables:
            self._begin_cell(self._tables[-1])
        elif tag in _BREAKS:
            self._say("\n")

    def _begin_cell(self, table: _Table) -> None:
        if not table.rows:
            table.rows.append([])
        if len(table.rows[-1]) < MOST_CELLS:
            table.rows[-1].append([])

    def handle_endtag(self, tag: str) -> None:
        """End a line or a table."""
        if tag in _SILENT and self._silent:
            self._silent -= 1
        if tag == "table" and self._tables:
            self._close(self._tables.pop())
        elif tag in _BREAKS and tag not in ("br", "hr"):
            self._say("\n")

    def handle_data(self, data: str) -> None:
        """Take what is shown."""
        if not self._silent:
            self._say(data if data.strip() else " ")

    def end(self) -> list[Block]:
        """Return what was said; tables left open are closed."""
        self.close()
        while self._tables:
            self._close(self._tables.pop())
        return self.blocks

    def _close(self, table: _Table) -> None:
        """Put a table down as rows of texts; one that lays out other tables, or has one column, as what it holds."""
        rows = [row for row in table.rows if row]
        is_inner = all(isinstance(block, str) for row in rows for cell in row for block in cell)
        here = self._here()
        if is_inner and rows and max(len(row) for row in rows) > 1:
            found = [[tidy_line(" ".join(str(one) for one in cell)) for cell in row] for row in rows]
            kept = [row for row in found if any(row)]
            if kept:
                here.append(kept)
            return
        for row in rows:
            for cell in row:
                here.extend(cell)
                here.append("\n")


def tidy_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def blocks_of(html: str) -> tuple[list[Block], bool]:
    """Return texts and tables of a letter, and whether all of it was read."""
    reader = _Reader()
    reader.feed(html[:MOST_SIGNS])
    blocks = reader.end()
    tidied: list[Block] = []
    for block in blocks:
        if isinstance(block, str):
            if (text := tidy_text(block)) == "":
                continue
            if tidied and isinstance(tidied[-1], str):
                tidied[-1] += "\n" + text
            else:
                tidied.append(text)
        else:
            tidied.append(block)
    return tidied, len(html) <= MOST_SIGNS


def tidy_text(text: str) -> str:
    """Return a text with tidy lines, never two empty ones together."""
    lines = [" ".join(line.replace("\xa0", " ").split(" ")).strip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def plain_of(blocks: list[Block]) -> str:
    """Return blocks as a person reads them: cells of a row divided by a dash of the table."""
    said = [block if isinstance(block, str) else "\n".join(" | ".join(row) for row in block) for block in blocks]
    return "\n\n".join(said)
