"""A letter as it came, read in a caged child: its text, tables and files within bounds, and who or what wrote it."""

import base64
import io
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from voronka.kit import cage
from voronka.kit.letter_html import Block

CHILD = "voronka.kit.letter_child"
MOST_BYTES, MEMORY_MIB, SECONDS = 15 * 2**20, 400, 10


class LetterUnreadable(Exception):
    """A letter that cannot be read within bounds; `code` says why: large, nested, memory, time, unreadable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A file of a letter; pictures inside the text are `is_inline` and come without their bytes."""

    name: str
    body: bytes
    is_inline: bool


@dataclass(frozen=True, slots=True)
class ReadLetter:
    """What a letter says. `text` is what a person reads, `blocks` the same as texts and tables (rows of cells).

    `robot` says why nobody wrote it: auto, bulk, bounce. `is_doubtful` is told by the server that took it: the sender
    is perhaps another. `problems`: long, nested, files - something of it was left out.
    `answers` are the ids of the letters before it, the nearest first; `to` the addresses that it came to.
    """

    sender: str
    sender_name: str
    subject: str
    message_id: str
    is_reply: bool
    robot: str
    is_doubtful: bool
    text: str
    blocks: Sequence[Block]
    files: Sequence[LetterFile]
    problems: Sequence[str]
    answers: Sequence[str] = ()
    to: Sequence[str] = ()


def read_letter(raw: bytes) -> ReadLetter:
    """Read a letter as it came over the line. Raises LetterUnreadable; a hostile one costs SECONDS at most."""
    if len(raw) > MOST_BYTES:
        raise LetterUnreadable("large")
    with tempfile.TemporaryFile() as source:
        source.write(raw)
        source.seek(0)
        told = _told(source)
    files = [LetterFile(one["name"], base64.b64decode(one["body"]), one["inline"]) for one in told.pop("files")]
    return ReadLetter(**told, files=files)


def _told(source: io.IOBase) -> dict:  # type: ignore[type-arg]  # plain JSON of our own child
    child = cage.start_caged(CHILD, [str(MEMORY_MIB), str(SECONDS)], stdin=source.fileno())
    try:
        assert child.stdout is not None
        try:
            kind, body = cage.FrameReader(child.stdout.fileno()).read(SECONDS + 10.0)
        except cage.ChildSilent:
            raise LetterUnreadable("time") from None
        except cage.ChildGone:
            raise LetterUnreadable("unreadable") from None
    finally:
        cage.stop(child)
    answer = json.loads(body)
    if kind != 1:
        raise LetterUnreadable(str(answer))
    return dict(answer)
