"""Talks by other channels than the chat of the site: what comes, what goes, by what kinds of accounts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from voronka.messaging.ports.accounts import Keys

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class CameFile:
    """A file that came with a line: what it is called, its size in bytes and its type where told.

    Its bytes are `body`, or fetched later by `ref`; `why` it is not kept.
    """

    name: str
    size: int = 0
    kind: str = ""
    why: str = ""
    body: bytes = b""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """A line that came from outside. `outside` is the talk's place there, `sign` the other side's id of this line.

    `choice` is the button of the bot that was pressed; `starts` that the person has only opened the talk, `move` by
    which key of a talk of the site. `stamp` tells a correction from what it corrects. `is_sure` says that the other
    side vouches for the phone. `robot` is why nobody wrote it, where nobody did: it is never answered by itself.
    """

    outside: str
    sign: str
    text: str = ""
    name: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    language: str = "ru"
    choice: str = ""
    starts: bool = False
    stamp: str = ""
    is_sure: bool = False
    files: tuple[CameFile, ...] = ()
    subject: str = ""
    sender: str = ""
    quoted: str = ""
    client_id: int | None = None
    move: str = ""


@dataclass(frozen=True, slots=True)
class Turned:
    """A person has stopped the bot, or lets it write again."""

    outside: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Crowd:
    """A group of strangers in which the bot stands, or stands no more: nothing that is said there is taken."""

    outside: str
    name: str
    is_left: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """A piece of news of the other side, known by `sign`. `told` is None for what does not concern us.

    `press` is to be told that its press has arrived.
    """

    sign: str
    told: Came | Turned | Crowd | None
    press: str = ""


@dataclass(frozen=True, slots=True)
class FileOut:
    """A file as it goes: what it is called, its type by its bytes, the bytes."""

    name: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class LineOut:
    """A line as it goes. `buttons` are ids and titles; `asks_phone` offers to share the number; no person wrote one
    `by_machine`.

    `sign` is our id of it for the other side, `answers` those of the letters before it, the last one last.
    """

    outside: str
    text: str
    sign: str = ""
    address: str = ""
    subject: str = ""
    author: str = ""
    answers: tuple[str, ...] = ()
    buttons: tuple[tuple[str, str], ...] = ()
    asks_phone: bool = False
    files: tuple[FileOut, ...] = ()
    by_machine: bool = False


@dataclass(frozen=True, slots=True)
class LineSent:
    """What became of handing a line over: sent; failed for good; waiting, it may be tried again; unknown.

    `pause` are the seconds for which the other side wants nothing, `is_all` that it means everything we would send.
    """

    state: Literal["sent", "failed", "waiting", "unknown"]
    code: str = ""
    words: str = ""
    outside_id: str = ""
    pause: float = 0.0
    is_all: bool = False


class Way(Protocol):
    """A channel of talks as one account opens it. Every call may take seconds: never inside a transaction."""

    def hello(self) -> str:
        """Ask the other side who we are there. Raises Refused, Silent."""

    def send(self, line: LineOut) -> LineSent:
        """Hand a line over."""


class Bot(Way, Protocol):
    """A bot of a messenger."""

    def bring(self, url: str, secret: str) -> None:
        """Have news brought to an address of ours. Raises Refused, Silent."""

    def fetch(self) -> None:
        """Have no news brought: they are fetched. Raises Refused, Silent."""

    def news(self, after: int, seconds: int) -> list[News]:
        """Wait for news; those up to number `after` are forgotten there, 0 forgets none. Raises Refused, Silent."""

    def heard(self, press: str) -> None:
        """Say that a press has arrived. Raises Refused, Silent."""

    def take_file(self, ref: str) -> bytes:
        """Return the bytes of a file. Raises Refused, Silent."""


@dataclass(frozen=True, slots=True)
class WayKind:
    """A kind of account of talks; `read` reads what is brought to our address, and raises Forged for what is none.

    A part of a line takes so many `files`, none where 0, and with them a text of at most `caption` UTF-16 units.
    """

    kind: str
    name: "str | _StrPromise"
    most: int
    open: Callable[[Keys], Way]
    read: Callable[[bytes], News] | None = None
    files: int = 0
    caption: int = 0


_ways: dict[str, WayKind] = {}


def register_way(kind: WayKind) -> None:
    """Register a kind of account of talks; once each, at start."""
    if kind.kind in _ways:
        raise ValueError(f"way of talks {kind.kind} is registered twice")
    _ways[kind.kind] = kind


def ways() -> Mapping[str, WayKind]:
    """Return the kinds of accounts of talks by their codes."""
    return _ways
