"""What a campaign's bench hands messages to: an SMTP server and a message centre that take all and count, each in a
process of its own.

It speaks the same with whoever comes, the product or the bare client, and knows nothing of either.
"""

import asyncio
import contextlib
import json
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

_DATA_END = b"\r\n.\r\n"


@dataclass(frozen=True, slots=True)
class Sink:
    """A running sink: its port, and the file that it writes its counts into when it is told to."""

    port: int
    file: Path
    process_id: int

    def counts(self) -> Counter[str]:
        """Return how many messages came to each address since the last question."""
        self.file.unlink(missing_ok=True)
        os.kill(self.process_id, signal.SIGUSR1)
        for _turn in range(3_000):
            if self.file.exists():
                return Counter(json.loads(self.file.read_text()))
            signal.sigtimedwait([], 0.01)
        raise TimeoutError("the sink tells nothing")


class _Letters(asyncio.Protocol):
    """One session of SMTP: every command is answered, every letter is counted by its recipient.

    It takes commands in a row, as mail servers do; who writes them one by one, as smtplib does, is answered one by one.
    What came at once is answered at once.
    """

    def __init__(self, counts: Counter[str]) -> None:
        self.counts, self.rest, self.is_text, self.to = counts, b"", False, ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._say(b"220 sink\r\n")

    def _say(self, words: bytes) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        if words:
            self.transport.write(words)

    def data_received(self, data: bytes) -> None:
        self._say(b"".join(self._heard(data)))

    def _heard(self, data: bytes) -> Iterator[bytes]:
        self.rest += data
        while True:
            end = _DATA_END if self.is_text else b"\r\n"
            head, found, self.rest = self.rest.partition(end)
            if not found:
                self.rest = head
                return
            if self.is_text:
                self.is_text = False
                self.counts[self.to] += 1
                yield b"250 taken\r\n"
            else:
                yield self._answer(head)

    def _answer(self, line: bytes) -> bytes:
        word = line[:4].upper()
        if word == b"RCPT":
            self.to = line.partition(b"<")[2].partition(b">")[0].decode()
        if word == b"DATA":
            self.is_text = True
            return b"354 go\r\n"
        if word == b"QUIT":
            return b"221 bye\r\n"
        return b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n" if word == b"EHLO" else b"250 ok\r\n"


def _tell(counts: Counter[str], file: Path) -> None:
    part = file.with_suffix(".part")
    part.write_text(json.dumps(counts))
    counts.clear()
    part.rename(file)


def _letters(port_of: Any, file: Path) -> None:  # a connection of multiprocessing
    counts: Counter[str] = Counter()

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, _tell, counts, file)
        server = await loop.create_server(lambda: _Letters(counts), "127.0.0.1", 0)
        port_of.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def _texts(port_of: Any, file: Path) -> None:  # a connection of multiprocessing
    """Serve the stand-in of a message centre (SMPP): what it takes is counted by the receiver's number."""
    from voronka.messaging.channels.smpp.standin import Habits, centre

    with centre(Habits(sends_receipts=False)) as made:

        def told(_number: int, _frame: FrameType | None) -> None:
            _tell(Counter(one.short.destination for one in made.taken), file)
            made.taken.clear()

        signal.signal(signal.SIGUSR1, told)
        port_of.send(made.port)
        while True:
            signal.pause()


@contextlib.contextmanager
def sink(kind: str, folder: Path) -> Iterator[Sink]:
    """Run a sink of letters or of texts inside the block."""
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe()
    file = folder / f"sink-{kind}.json"
    process = context.Process(target=_letters if kind == "letters" else _texts, args=(theirs, file), daemon=True)
    process.start()
    try:
        yield Sink(mine.recv(), file, process.pid or 0)
    finally:
        process.terminate()
        process.join()
