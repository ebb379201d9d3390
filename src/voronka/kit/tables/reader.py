"""The parent's side of reading a file: starts the caged child, takes its rows, outlives whatever happens to it."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

from voronka.kit import cage

from .errors import Fault, Reason, TableError
from .shapes import Kind, Limits, Row
from .wire import DONE, META, REFUSED, ROWS

CHILD = "voronka.kit.tables.child"

# What the child's death by a signal means: Rust and C libraries abort when memory is refused, the kernel
# sends the others.
DEATHS = {signal.SIGXCPU: Reason.TIME, signal.SIGKILL: Reason.TIME, signal.SIGABRT: Reason.MEMORY}


@dataclass(slots=True)
class Table:
    """A file being read. `encoding` and `delimiter` are None for spreadsheets; `sheet` is the one whose rows come.

    `estimated_rows` is for a progress bar only. `peak_kib` is the child's largest resident memory, known
    after the last row.
    """

    kind: Kind
    sheets: list[str]
    sheet: str | None
    encoding: str | None
    delimiter: str | None
    estimated_rows: int
    _child: subprocess.Popen[bytes]
    _frames: cage.FrameReader
    _silent_seconds: float
    peak_kib: int = field(default=0)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold a value, once, in order, as the child reads them; raises TableError."""
        while True:
            kind, body = next_frame(self._child, self._frames, self._silent_seconds)
            if kind != ROWS:
                self.peak_kib = json.loads(body)["peak_kib"]
                return
            batch = json.loads(body, object_hook=_moment)
            faults = batch["faults"]
            if not faults:
                yield from map(Row, batch["numbers"], batch["rows"])
                continue
            for index, (number, cells) in enumerate(zip(batch["numbers"], batch["rows"], strict=True)):
                fault = faults.get(str(index))
                yield Row(number, cells, Fault(fault) if fault else None)


def next_frame(child: subprocess.Popen[bytes], frames: cage.FrameReader, seconds: float) -> tuple[int, bytes]:
    """Return the child's next frame, or raise the TableError it sent or died of."""
    try:
        kind, body = frames.read(seconds)
    except cage.ChildSilent:
        raise TableError(Reason.TIME) from None
    except cage.ChildGone:
        died_of = -cage.stop(child)
        raise TableError(DEATHS.get(signal.Signals(died_of), Reason.BOMB) if died_of > 0 else Reason.MEMORY) from None
    if kind == REFUSED:
        told = json.loads(body)
        raise TableError(Reason(told["code"]), told["row"], told["detail"])
    if kind not in (META, ROWS, DONE):
        raise TableError(Reason.BOMB)
    return kind, body


def _moment(value: dict[str, str]) -> object:
    if "d" in value:
        return date.fromisoformat(value["d"])
    if "t" in value:
        return datetime.fromisoformat(value["t"])
    return value


@contextmanager
def open_table(
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Iterator[Table]:
    """Open a file from outside and yield it as a Table; its kind is decided by content, never by name.

    `sheet` names a sheet of a workbook (the first visible one by default); `encoding` and `delimiter`
    override what was found in a text file. Raises TableError, now or while the rows are read. Moments are
    naive: a spreadsheet has no zone.
    """
    size = path.stat().st_size
    if size == 0:
        raise TableError(Reason.EMPTY)
    if size > limits.file_mib * cage.MIB:
        raise TableError(Reason.TOO_BIG, detail=str(limits.file_mib))
    order = json.dumps({"sheet": sheet, "encoding": encoding, "delimiter": delimiter, "limits": asdict(limits)})
    with path.open("rb") as source:
        child = cage.start_caged(CHILD, [order], stdin=source)
    try:
        assert child.stdout is not None
        frames = cage.FrameReader(child.stdout.fileno())
        told = json.loads(next_frame(child, frames, limits.silent_seconds)[1])
        yield Table(
            kind=Kind(told["kind"]),
            sheets=told["sheets"],
            sheet=told["sheet"],
            encoding=told["encoding"],
            delimiter=told["delimiter"],
            estimated_rows=told["estimated_rows"],
            _child=child,
            _frames=frames,
            _silent_seconds=limits.silent_seconds,
        )
    finally:
        cage.stop(child)
