"""The shared strings of a workbook, kept in a file of their own so that a million of them cost no memory."""

import tempfile
from array import array
from collections import OrderedDict
from types import TracebackType

BLOCK = 256
KEPT_BLOCKS = 128


class SharedStrings:
    """Strings by index, written once in order, then read, mostly in that order too: cells name them as they come."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__, at the latest with the child
        self._offsets = array("Q", [0])
        self._open: list[str] = []
        self._count = 0
        self._kept: OrderedDict[int, list[str]] = OrderedDict()

    def __enter__(self) -> "SharedStrings":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, text: str) -> None:
        """Add the next string."""
        self._open.append(text)
        self._count += 1
        if len(self._open) == BLOCK:
            self.close_block()

    def close_block(self) -> None:
        """Write what is open; to be called once more after the last string.

        XML holds no NUL, so it parts the strings.
        """
        if self._open:
            written = self._file.write("\0".join(self._open).encode("utf-8", "replace"))
            self._offsets.append(self._offsets[-1] + written)
            self._open = []

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < self._count:
            raise IndexError(index)
        number, place = divmod(index, BLOCK)
        block = self._kept.get(number)
        if block is None:
            block = self._read(number)
            self._kept[number] = block
            if len(self._kept) > KEPT_BLOCKS:
                self._kept.popitem(last=False)
        return block[place]

    def _read(self, number: int) -> list[str]:
        start, end = self._offsets[number], self._offsets[number + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8").split("\0")
