"""What a channel does for messages: the one face of e-mail, SMS, push and messengers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from voronka.kit.actors import Actor
    from voronka.kit.texts import Value

HandedState = Literal["accepted", "rejected", "retry", "unknown"]
ReceiptState = Literal["accepted", "delivered", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it goes to a channel. `public_id` may stand in its headers and addresses.

    `by_machine` says that no person wrote it or pressed for it, `is_tracked` that openings and clicks may be counted.
    """

    message_id: int
    public_id: str
    address: str
    sender: str
    subject: str
    text: str
    html: str
    traffic: str
    client_id: int | None = None
    by_machine: bool = False
    is_tracked: bool = False


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of a hand-over.

    `retry` says that nothing has left and it may be tried again; `unknown` that nobody can tell. `words` are the other
    side's, for people; `cost` in the company's currency. `part_ids` are the provider's numbers of the parts of an SMS,
    where each has its own.
    """

    message_id: int
    state: HandedState
    provider: str = ""
    provider_id: str = ""
    code: str = ""
    words: str = ""
    parts: int | None = None
    cost: Decimal | None = None
    part_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider tells later. The message is named by its id, or by the provider and its id there."""

    channel: str
    state: Literal["accepted", "delivered", "failed"]
    at: datetime
    message_id: int | None = None
    provider: str = ""
    provider_id: str = ""
    code: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a channel can send now: it is set up, and there is money for it.

    `carries` are the kinds of messages that it has a way for; None where it tells none apart.
    """

    is_set_up: bool = True
    has_budget: bool = True
    carries: frozenset[str] | None = None


class Channel(Protocol):
    """A way out. It answers for each message as it goes; what it did not answer for counts as unknown."""

    def hand_over(self, batch: Sequence[Outgoing]) -> Iterator[Handed]:
        """Hand messages over, outside of any transaction; an exception leaves the unanswered ones unknown."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A channel with what tells of its readiness; `chunk` messages are handed over between two notes of it."""

    channel: Channel
    readiness: Callable[[], Readiness]
    chunk: int


_channels: dict[str, Registered] = {}


def register_channel(
    name: str, channel: Channel, *, readiness: Callable[[], Readiness] = Readiness, chunk: int = 50
) -> None:
    """Make a channel known by the name that messages bear."""
    _channels[name] = Registered(channel, readiness, chunk)


def find_channel(name: str) -> Registered | None:
    """Return a channel, None where nobody has registered one."""
    return _channels.get(name)


@dataclass(frozen=True, slots=True)
class SmsReceipt:
    """What a provider tells later of a message, by his number; `address` is the receiver's where he names it."""

    provider_id: str
    state: ReceiptState
    code: str = ""
    words: str = ""
    address: str = ""
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message to us. A part of a longer one has `part` (reference, how many, which) and waits for the others."""

    address: str
    text: str
    to: str = ""
    provider_id: str = ""
    part: tuple[int, int, int] | None = None
    at: datetime | None = None


class Silent(Exception):
    """No answer came. `is_sent` is False where surely nothing has left."""

    def __init__(self, words: str, *, is_sent: bool) -> None:
        super().__init__(words)
        self.words, self.is_sent = words, is_sent

    @property
    def code(self) -> str:
        """The code of the catalogue."""
        return "no_answer" if self.is_sent else "provider_down"


class Refused(Exception):
    """The provider said no. `code` is of the catalogue, `words` his own."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code, self.words = code, words[:200]


Take = Callable[[SmsReceipt | Incoming], None]


class Forged(Exception):
    """What came to our address was not written by the provider."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider's notice is about: a message by his number, or answers of subscribers.

    A notice is never believed: it makes us ask the provider sooner, so one that comes twice or late does no harm.
    """

    number: str = ""
    has_answers: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a kind, as a person types it. `least` and `most` bound a number."""

    name: str
    label: "str | _StrPromise"
    help: "str | _StrPromise" = ""
    look: str = "text"
    is_needed: bool = True
    default: str = ""
    choices: tuple[tuple[str, "str | _StrPromise"], ...] = ()
    least: int = 0
    most: int = 0


class Gateway(Channel, Protocol):
    """An account spoken to. Every call may take seconds: never inside a transaction."""

    def bursts(self, batch: Sequence[Outgoing]) -> Iterator[list[Handed]]:
        """Hand messages over as `hand_over` does; answers that came at once are told of together.

        What is told is kept before more is asked for, so nothing is held back to make a burst longer.
        """
        return ([one] for one in self.hand_over(batch))

    def status(self, message_id: int, number: str, address: str) -> SmsReceipt | None:
        """Ask how a message stands; None where the provider tells by himself only. Raises Refused, Silent."""

    def balance(self) -> Decimal | None:
        """Return the money left; None where the provider does not tell. Raises Refused, Silent."""

    def incoming(self, after: int) -> list[Incoming]:
        """Ask what subscribers wrote since the message of this number, oldest first. Raises Refused, Silent."""

    def listen(self, seconds: float) -> None:
        """Take receipts for a time, where they come over a session of ours."""

    def close(self) -> None:
        """End what is open."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What an account is opened by: the settings of its kind, and the secret."""

    settings: Mapping[str, str]
    secret: str
    allow_private: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of provider. `is_real` says that messages leave, `tells_money` that it can be asked for the balance.

    `tells_state` and `tells_answers` say that it can be asked how a message stands and what subscribers wrote;
    `keeps_session` that all this comes by itself over a session of ours. `notice` reads what it posts to our address,
    the secret of the address given: it returns what to ask about, and raises Forged.
    """

    kind: str
    name: "str | _StrPromise"
    settings: tuple[Setting, ...]
    secret: "str | _StrPromise"
    open: Callable[[Keys, Take], Gateway]
    is_real: bool = True
    tells_money: bool = False
    tells_state: bool = False
    tells_answers: bool = False
    keeps_session: bool = False
    notice: "Callable[[bytes, str], Notice] | None" = None
    is_safe: Callable[[Mapping[str, str]], bool] = field(default=lambda _settings: True)
    # The provider's own codes with ours, for the catalogue.
    codes: tuple[tuple[str, str], ...] = ()
    pages: str = ""


_kinds: dict[str, Kind] = {}


def register_sms_kind(kind: Kind) -> None:
    """Register a kind of provider of SMS; once each, at start."""
    if kind.kind in _kinds:
        raise ValueError(f"kind of SMS {kind.kind} is registered twice")
    _kinds[kind.kind] = kind


def sms_kinds() -> Mapping[str, Kind]:
    """Return the kinds of providers of SMS by their codes."""
    return _kinds


# --- Talks by other channels than the chat of the site -------------------------------------------------------------


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

    `choice` is the button of the bot that was pressed; `starts` that the person has only opened the talk. `stamp` tells
    a correction from what it corrects. `is_sure` says that the other side vouches for the phone. `robot` is why nobody
    wrote it, where nobody did: it is never answered by itself.
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


@dataclass(frozen=True, slots=True)
class Turned:
    """A person has stopped the bot, or lets it write again."""

    outside: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class News:
    """A piece of news of the other side, known by `sign`. `told` is None for what does not concern us.

    `press` is to be told that its press has arrived.
    """

    sign: str
    told: Came | Turned | None
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


# --- What letters tell of, kept by upper parts --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LetterGoods:
    """A thing on sale as a letter shows it; `picture` is the public id of its file, `price` written out."""

    name: str
    price: str = ""
    picture: str = ""


class Shelf(Protocol):
    """Who knows the goods."""

    def find(self, text: str, most: int) -> list[tuple[str, str]]:
        """Return public ids and names of what is on sale and answers to a text, best first."""

    def cards(self, public_ids: Sequence[str]) -> Mapping[str, LetterGoods]:
        """Return what may be shown of these goods now; what is no longer on sale is left out."""


# Tells number, total, url and lines (name, quantity, total) of an order of a client, the newest where none is named;
# None where there is none, or the actor may not see it.
OrderWords = Callable[[int, int | None, "Actor | None"], "Mapping[str, Value] | None"]


@dataclass(frozen=True, slots=True)
class LeftAsk:
    """What one who has just left is asked on the very page: a question, and what he presses; posted to `url`."""

    question: str
    url: str
    name: str
    choices: tuple[tuple[str, str], ...]


# Message and client, the moment, and whether something may be written: looking at the page writes nothing.
AskLeft = Callable[[int, int, datetime, bool], LeftAsk | None]

_left: list[AskLeft] = []
_shelves: list[Shelf] = []
_orders: list[OrderWords] = []
_requisites: list[Callable[[], str]] = []


def register_shelf(shelf: Shelf) -> None:
    """Say who knows the goods."""
    _shelves[:] = [shelf]


def find_shelf() -> Shelf | None:
    """Return who knows the goods, None in an installation without a catalogue."""
    return _shelves[0] if _shelves else None


def register_order_words(tell: OrderWords) -> None:
    """Say who tells letters of orders."""
    _orders[:] = [tell]


def order_words(client_id: int, order_id: int | None, actor: "Actor | None") -> "Mapping[str, Value] | None":
    """Return what a letter may say of an order."""
    return _orders[0](client_id, order_id, actor) if _orders else None


def register_requisites(tell: Callable[[], str]) -> None:
    """Say who knows the company's requisites, as lines of a letter's foot."""
    _requisites[:] = [tell]


def requisites_words() -> str:
    """Return the company's requisites as lines; nothing where nobody has them."""
    return _requisites[0]() if _requisites else ""


def register_left_ask(ask: AskLeft) -> None:
    """Say who asks those who left why."""
    _left[:] = [ask]


def left_ask(message_id: int, client_id: int, now: datetime, *, writes: bool) -> LeftAsk | None:
    """Return what one who left by this message is asked, None for nothing."""
    return _left[0](message_id, client_id, now, writes) if _left else None
