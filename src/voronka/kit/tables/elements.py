"""Rows of an XML file: the element that repeats is a row, what stands in it are the columns (YML, lists of goods).

Read thrice as a stream: to learn what repeats, what it holds, and for the rows. Nothing is kept but names.
"""

from collections import Counter
from collections.abc import Callable
from typing import BinaryIO

from .errors import Reason, TableError
from .markup import LocalNames, stream
from .shapes import Limits
from .wire import Plain, RowSink

SHEET = "xml"
_DEEPEST, _MOST_PATHS, _MOST_GROUPS = 40, 20_000, 200_000
# YML names some goods by their parts.
_COMPOSED = (("typePrefix", "vendor", "model"), ("artist", "title"), ("title",))
Path = tuple[str, ...]


class ElementBook:
    """An XML file as a table of one sheet."""

    def __init__(self, source: BinaryIO, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._local = LocalNames()
        self._counts: Counter[Path] = Counter()
        self._holders: set[Path] = set()
        self._attributes: dict[Path, set[str]] = {}
        self._worded: set[Path] = set()
        self._groups: dict[str, tuple[str, str]] = {}
        self.sheets = [SHEET]
        self._learn()
        self._record = self._find_record()

    def choose(self, name: str | None) -> str:
        """Return the only sheet; raises TableError(NO_SHEET) for another."""
        if name not in (None, SHEET):
            raise TableError(Reason.NO_SHEET, detail=name or "")
        return SHEET

    def estimate(self, sheet: str) -> int:
        """Return the number of rows, with that of the names."""
        return min(self._counts[self._record] + 1, self._limits.rows)

    def send(self, sheet: str, sink: RowSink) -> None:
        """Send the row of names and a row for each record; columns come in the order they are met."""
        columns = self._columns()
        if len(columns) > self._limits.columns:
            raise TableError(Reason.TOO_WIDE, 1, str(self._limits.columns))
        sink.add(1, list(columns), sum(map(len, columns)))
        reader = _Records(self._record, self._local, self._groups)
        number = 1

        def take(record: dict[str, str]) -> None:
            nonlocal number
            number += 1
            cells: list[Plain] = [record.get(column) or None for column in columns]
            sink.add(number, cells, sum(len(value) for value in record.values()))

        reader.read(self._source, take)

    def _learn(self) -> None:
        path: list[str] = []
        text: list[str] = []
        group: dict[str, str] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal group
            if path:
                self._holders.add(tuple(path))
            path.append(self._local[name])
            if len(path) > _DEEPEST:
                raise TableError(Reason.BOMB)
            self._counts[tuple(path)] += 1
            if len(self._counts) > _MOST_PATHS:
                raise TableError(Reason.NOT_A_TABLE, detail="markup")
            if attributes:
                self._attributes.setdefault(tuple(path), set()).update(attributes)
            if path[-1] == "category" and path[-2:-1] == ["categories"]:
                group = attributes
                text.clear()

        def end(_name: str) -> None:
            if path[-1] == "category" and path[-2:-1] == ["categories"] and len(self._groups) < _MOST_GROUPS:
                self._groups[group.get("id", "")] = ("".join(text).strip(), group.get("parentId", ""))
            path.pop()

        def hear(words: str) -> None:
            text.append(words)
            if words.strip():
                self._worded.add(tuple(path))

        self._source.seek(0)
        stream(self._source, start, end, hear, after_piece=text_kept_short(text), may_name_type=True)

    def _find_record(self) -> Path:
        """Return the path of what repeats; raises TableError for an XML without such."""
        offers = [path for path in self._counts if path[-1] == "offer" and path[-2:-1] == ("offers",)]
        if offers:
            return offers[0]
        values = {path for path in self._attributes if path in self._worded and path not in self._holders}
        known = {path for path in self._holders | self._attributes.keys() if len(path) > 1}
        listed = (known - values) or known
        if not listed:
            raise TableError(Reason.NOT_A_TABLE, detail="markup")
        kinds = {path: len(self._attributes.get(path, ())) for path in listed}
        for path in self._counts:
            if path not in listed and path[:-1] in kinds:
                kinds[path[:-1]] += 1
        # Two prices within each of the goods come more often than goods do, and tell less of themselves.
        whole = [path for path in listed if not any(self._counts[over] > 1 and kinds[over] > kinds[path]
                 for deep in range(2, len(path)) if (over := path[:deep]) in kinds)]  # fmt: skip
        return max((self._counts[path], -len(path), path) for path in whole)[2]

    def _columns(self) -> list[str]:
        columns: dict[str, None] = {}
        reader = _Records(self._record, self._local, self._groups)
        reader.read(self._source, lambda record: columns.update(dict.fromkeys(record)))
        if not columns:
            raise TableError(Reason.EMPTY)
        return list(columns)


def text_kept_short(text: list[str]) -> Callable[[], bool]:
    """Return what is called between pieces of the file: forgets text that nobody asked for."""

    def after() -> bool:
        if len(text) > 10_000:
            text.clear()
        return False

    return after


class _Records:
    """The records of a file, one at a time: values by name of element, attribute (`id`) or `param`."""

    def __init__(self, record: Path, local: LocalNames, groups: dict[str, tuple[str, str]]) -> None:
        self._record = record
        self._local = local
        self._groups = groups

    def read(self, source: BinaryIO, take: Callable[[dict[str, str]], None]) -> None:
        """Call `take` for each record in order."""
        depth, deep = 0, len(self._record)
        path: list[str] = []
        values: dict[str, str] = {}
        text: list[str] = []
        name = ""

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth, name
            path.append(self._local[tag])
            if depth:
                depth += 1
                if depth == 2:
                    is_named = path[-1] == "param" and "name" in attributes
                    name = f"param {attributes['name']}" if is_named else path[-1]
                    text.clear()
            elif len(path) == deep and tuple(path) == self._record:
                depth = 1
                values.clear()
                values.update({self._local[key]: value for key, value in attributes.items()})

        def end(_tag: str) -> None:
            nonlocal depth
            path.pop()
            if depth == 2:
                value = "".join(text).strip()
                if value:
                    values[name] = f"{values[name]}, {value}" if name in values else value
            elif depth == 1:
                take(self._with_group(dict(values)))
            depth = max(depth - 1, 0)

        def say(piece: str) -> None:
            if depth >= 2:
                text.append(piece)

        source.seek(0)
        stream(source, start, end, say, after_piece=lambda: False, may_name_type=True)

    def _with_group(self, record: dict[str, str]) -> dict[str, str]:
        found: list[str] = []
        number = record.get("categoryId", "")
        while number in self._groups and len(found) < _DEEPEST:
            name, number = self._groups[number]
            found.insert(0, name)
        if found:
            record["category"] = " / ".join(found)
        if "name" not in record:
            for parts in _COMPOSED:
                if composed := " ".join(record[part] for part in parts if part in record):
                    record["name"] = composed
                    break
        return record
