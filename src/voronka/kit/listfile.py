"""Lists as files: what every list that leaves the company is made of, and how it is written.

The right to take lists out and the log of it belong to `accounts.services.take_list_out`.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import cast

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.kit import tables
from voronka.kit.actors import EXPORT, Actor
from voronka.kit.errors import NotFound
from voronka.kit.files import attachment
from voronka.kit.tables.writers import Writable

MOST_ROWS = 50_000
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list that may leave as a file.

    `what` is its code in the log of exports, `name` begins the name of the file, `query` says in words what was asked
    for. `count` tells how many rows there are, no further than the number it is given; `rows` walks them, each as long
    as `heads`. Whoever makes it has asked for the right to see the list, and leaves out what the actor may not see.
    """

    what: str
    name: str
    heads: Sequence[str]
    count: Callable[[int], int]
    rows: Callable[[], Iterable[Sequence[Writable]]]
    query: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A list as a file: its bytes, the name it is handed over by, its type, how many rows stand under the heads."""

    source: BytesIO
    name: str
    content_type: str
    rows: int


def require_format(code: str) -> None:
    """Raise NotFound for a format that lists are not written in."""
    if code not in FORMATS:
        raise NotFound(_("There is no such format."))


def write_list(made: ListFile, code: str, *, actor: Actor, now: datetime) -> WrittenFile:
    """Write a list in a format; no cell of it becomes a formula. Raises NotFound for an unknown format."""
    require_format(code)
    write = tables.write_csv if code == "csv" else tables.write_xlsx
    with tempfile.TemporaryDirectory(prefix="voronka-export-") as folder:
        path = Path(folder) / f"list.{code}"
        rows = write(path, _with_heads(made)) - 1
        source = BytesIO(path.read_bytes())
    name = f"{made.name}-{now.astimezone(actor.zone):%Y-%m-%d}.{code}"
    return WrittenFile(source, name, FORMATS[code], rows)


def _with_heads(made: ListFile) -> Iterator[Sequence[Writable]]:
    yield list(made.heads)
    yield from made.rows()


def handed_over(written: WrittenFile) -> HttpResponse:
    """Return a list that was written as a file, for the browser to keep."""
    answer = attachment(written.source, written.name, content_type=written.content_type)
    return cast("HttpResponse", answer)  # both are answers; the stubs know no common type for views


def file_links(actor: Actor, view: str, query: str = "") -> list[tuple[str, str]]:
    """Return name and address of each format that a list may be taken out in, none without the right.

    `view` takes the code of the format as its only argument; `query` is the question part of the list's address.
    """
    if not actor.may(EXPORT):
        return []
    tail = f"?{query}" if query else ""
    return [(code.upper(), f"{reverse(view, args=[code])}{tail}") for code in FORMATS]


def query_without(values: QueryDict, *names: str) -> str:
    """Return the question part of an address without some of its names, as a file of the whole list is asked for."""
    kept = values.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()
