"""One session with a message centre over SMPP 3.4: bound, windowed, kept alive, and honest about what it does not know.

A session is used by one thread. Whatever comes while it writes is taken at once: `take` keeps a receipt or an answer
before the centre is told that we have it, so a crash between the two makes it come again, never makes it lost.
"""

import contextlib
import itertools
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from voronka.kit.outgoing.addresses import OutgoingRefused, judge_host
from voronka.messaging.channels.smpp import text as texts
from voronka.messaging.channels.smpp.errors import explain_status, explain_word
from voronka.messaging.channels.smpp.pdu import (
    LAST_SEQUENCE,
    RESPONSE,
    Bind,
    Broken,
    Command,
    Pdu,
    Short,
    Status,
    Stream,
    Tag,
    read_id,
)
from voronka.messaging.ports import Handed, Incoming, Outgoing, SmsReceipt
from voronka.messaging.rules import sms
from voronka.messaging.rules.receipts import read_receipt
from voronka.messaging.services.sms_faults import FAULTS

MOST_WINDOW = 100
Take = Callable[[SmsReceipt | Incoming], None]


@dataclass(frozen=True, slots=True)
class Account:
    """What a centre is reached by. `window` is how many answers may be waited for; the rest is in seconds."""

    host: str
    port: int
    system_id: str
    password: str
    system_type: str = ""
    tls: bool = False
    window: int = 10
    default: texts.Default = "gsm"
    answer_seconds: float = 10.0
    idle_seconds: float = 30.0
    throttle_seconds: float = 1.0
    allow_private: tuple[str, ...] = ()


class Unbound(Exception):
    """No session came about; surely nothing was sent. `code` is of the catalogue."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code, self.words = code, words


class Lost(Exception):
    """The session broke. What was not answered may have arrived."""


@dataclass(slots=True)
class _Message:
    """A message on its way: which of its parts wait, and what was answered.

    `ids` are the numbers of the parts, empty where the centre took one without a number, None where it has not.
    """

    outgoing: Outgoing
    parts: list[Short]
    ids: list[str | None] = field(default_factory=list)
    answered: int = 0
    written: int = 0
    tries: int = 0
    code: str = ""
    words: str = ""


class Session:
    """A session, bound from `open` to `close`."""

    def __init__(self, account: Account, take: Take, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._account, self._take, self._clock = account, take, clock
        self._socket: socket.socket | None = None
        self._stream = Stream()
        self._numbers = itertools.cycle(range(1, LAST_SEQUENCE + 1))
        self._sent: dict[int, tuple[_Message, int, float]] = {}
        self._again: deque[tuple[_Message, int]] = deque()
        self._hold_till = 0.0
        self._heard = self._asked_at = 0.0
        self._asked = 0

    @property
    def is_open(self) -> bool:
        """Whether the session is bound."""
        return self._socket is not None

    def open(self) -> None:
        """Connect and bind. Raises Unbound."""
        account = self._account
        try:
            bind = Bind(account.system_id, account.password, account.system_type).pack()
        except ValueError as wrong:
            raise Unbound("wrong_credentials", str(wrong)) from wrong
        self._socket, self._stream = _connect(account), Stream()
        self._heard = self._clock()
        try:
            number = self._write(Command.BIND_TRANSCEIVER, bind)
            answer = self._await(number, Command.BIND_TRANSCEIVER)
        except Lost as lost:
            self._drop()
            raise Unbound("provider_down", str(lost)) from lost
        if answer.status:
            self._drop()
            code, name = explain_status(answer.status)
            raise Unbound(code if FAULTS[code].state == "retry" else "wrong_credentials", name)

    def _await(self, number: int, command: int) -> Pdu:
        """Return the answer to a PDU; what comes with it is taken as well. Raises Lost."""
        end = self._clock() + self._account.answer_seconds
        found: Pdu | None = None
        while found is None:
            if self._clock() > end:
                raise Lost("no answer in time")
            for pdu in self._read(0.05):
                if pdu.sequence == number and pdu.command in (command | RESPONSE, Command.GENERIC_NACK):
                    found = pdu
                else:
                    self._answer(pdu)
        return found

    def close(self) -> None:
        """Unbind and hang up; nothing is raised."""
        if self._socket is not None:
            with contextlib.suppress(Lost):
                self._await(self._write(Command.UNBIND), Command.UNBIND)
        self._drop()

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._asked = None, 0

    def submit(self, batch: Sequence[Outgoing]) -> Iterator[list[Handed]]:
        """Hand messages over through the window, and tell of each when its last part is answered.

        What the centre answered at once is told at once, so that it is kept together.

        When the session breaks, those with a part on its way are told as unknown, and Lost is raised; those not begun
        are not told of.
        """
        waiting, done = deque(batch), deque[Handed]()
        self._sent, self._again = {}, deque()
        begun: deque[tuple[_Message, int]] = deque()
        try:
            while waiting or begun or self._sent or self._again:
                self._fill(waiting, begun, done)
                for pdu in self._read(self._pause(waits=bool(waiting or begun))):
                    if pdu.command & RESPONSE and pdu.sequence in self._sent:
                        done.extend(self._answered(pdu))
                    else:
                        self._answer(pdu)
                self._check_silence()
                if done:
                    told = list(done)
                    done.clear()
                    yield told
        except Lost:
            self._drop()
            yield [*done, *self._broken(begun)]
            raise

    def _fill(self, waiting: deque[Outgoing], begun: deque[tuple[_Message, int]], done: deque[Handed]) -> None:
        """Write as many parts as the window takes; those that the centre was too busy for go first."""
        room = min(self._account.window, MOST_WINDOW) - len(self._sent)
        octets = bytearray()
        if self._clock() < self._hold_till:
            return
        while room > 0 and (self._again or begun or waiting):
            if self._again:
                message, place = self._again.popleft()
            elif begun:
                message, place = begun.popleft()
            else:
                outgoing = waiting.popleft()
                if outgoing.is_late():
                    done.append(outgoing.night())
                    continue
                message, place = self._begin(outgoing), 0
                if not message.parts:
                    done.append(self._told(message))
                    continue
                begun.extend((message, number) for number in range(1, len(message.parts)))
            if message.code:  # refused for good: what is left of it would reach the phone as pieces
                message.answered += 1
                if message.answered == len(message.parts):
                    done.append(self._told(message))
                continue
            number = next(self._numbers)
            self._sent[number] = (message, place, self._clock())
            octets += Pdu(Command.SUBMIT_SM, 0, number, message.parts[place].pack()).pack()
            room -= 1
        if octets:
            self._send(octets)

    def _begin(self, outgoing: Outgoing) -> _Message:
        """Return a message cut into parts; one that no centre would take has none, and says why."""
        digits = outgoing.address.lstrip("+")
        sender = outgoing.sender.strip()
        problem = (
            "bad_number" if not (digits.isascii() and digits.isdecimal() and 5 <= len(digits) <= 15)
            else "wrong_sender" if not (sender.isascii() and 0 < len(sender) <= (15 if sender.isdecimal() else 11))
            else "empty_text" if not outgoing.text
            else "too_long" if len(sms.count(outgoing.text, self._account.default).parts) > sms.MOST_PARTS else ""
        )  # fmt: skip
        if problem:
            return _Message(outgoing, [], code=problem)
        pieces = list(texts.parts_of(outgoing.text, outgoing.message_id, self._account.default))
        kind = (1, 1) if sender.isdecimal() and len(sender) > 6 else (3, 0) if sender.isdecimal() else (5, 0)
        return _Message(
            outgoing,
            [Short(sender, digits, octets, coding, esm, kind, wants_receipt=1) for coding, esm, octets in pieces],
            ids=[None] * len(pieces),
        )

    def _answered(self, pdu: Pdu) -> Iterator[Handed]:
        message, place, _at = self._sent.pop(pdu.sequence)
        if pdu.status == Status.OK and pdu.command == Command.SUBMIT_SM | RESPONSE:
            message.ids[place] = read_id(pdu.body)
        else:
            code, name = explain_status(pdu.status or Status.SYSTEM_ERROR)
            if FAULTS[code].state == "retry" and message.tries < 5:
                message.tries += 1
                self._hold_till = self._clock() + self._account.throttle_seconds * 2 ** (message.tries - 1)
                self._again.append((message, place))
                return
            message.code, message.words = message.code or code, message.words or name
        message.answered += 1
        if message.answered == len(message.parts):
            yield self._told(message)

    def _told(self, message: _Message) -> Handed:
        """Return what came of a message whose parts are all answered."""
        ids = tuple(one for one in message.ids if one)
        code = message.code
        state = FAULTS[code].state if code else "accepted"
        if code and any(one is not None for one in message.ids):
            code, state = "partial", "unknown"
        return Handed(
            message.outgoing.message_id, state, provider_id=ids[0] if ids else "", code=code, words=message.words,
            parts=len(message.parts), part_ids=ids,
        )  # fmt: skip

    def _broken(self, begun: deque[tuple[_Message, int]]) -> Iterator[Handed]:
        """Tell of the messages that the break has caught: unknown, all with anything on its way or taken."""
        waiting = [*((message, place) for message, place, _at in self._sent.values()), *self._again, *begun]
        caught = {id(message): message for message, _place in waiting}
        flying = {id(message) for message, _place, _at in self._sent.values()}
        self._sent, self._again = {}, deque()
        for key, message in caught.items():
            if message.code and key not in flying:  # it was refused, and no part of it waits for an answer
                yield self._told(message)
                continue
            message.code = "no_answer"
            told = self._told(message)
            yield replace(told, state="unknown", code="no_answer")

    def listen(self, seconds: float) -> None:
        """Take receipts and answers for a time, and keep the session alive. Raises Lost."""
        end = self._clock() + seconds
        try:
            while (left := end - self._clock()) > 0:
                for pdu in self._read(min(left, 0.5, self._account.idle_seconds / 2)):
                    self._answer(pdu)
                self._check_silence()
        except Lost:
            self._drop()
            raise

    def _check_silence(self) -> None:
        """Ask whether the centre is there when it has said nothing for long; raise Lost when it is not."""
        now = self._clock()
        oldest = next(iter(self._sent.values()))[2] if self._sent else now
        if now - oldest > self._account.answer_seconds:
            raise Lost("a message is not answered in time")
        if self._asked:
            if now - self._asked_at > self._account.answer_seconds:
                raise Lost("the centre does not answer")
        elif now - self._heard > self._account.idle_seconds:
            self._asked, self._asked_at = self._write(Command.ENQUIRE_LINK), now

    def _pause(self, *, waits: bool) -> float:
        """Return how long a read may wait: for an answer, or to the end of a hold; else not at all."""
        if self._sent:
            return 0.2
        held = self._hold_till - self._clock()
        return min(held, 0.5) if held > 0 and (waits or self._again) else 0.0

    def _read(self, seconds: float) -> list[Pdu]:
        """Return what came within a time. Raises Lost."""
        if self._socket is None:
            raise Lost("not bound")
        try:
            self._socket.settimeout(max(seconds, 0.001))
            data = self._socket.recv(65536)
            _acknowledge(self._socket)
        except TimeoutError:
            return []
        except OSError as error:
            raise Lost(type(error).__name__) from error
        if not data:
            raise Lost("the centre hung up")
        self._heard = self._clock()
        try:
            return list(self._stream.feed(data))
        except Broken as broken:
            raise Lost(str(broken)) from broken

    def _write(self, command: int, body: bytes = b"") -> int:
        number = next(self._numbers)
        self._send(Pdu(command, 0, number, body).pack())
        return number

    def _send(self, octets: bytes | bytearray) -> None:
        if self._socket is None:
            raise Lost("not bound")
        try:
            self._socket.settimeout(self._account.answer_seconds)
            self._socket.sendall(octets)
        except OSError as error:
            raise Lost(type(error).__name__) from error

    def _answer(self, pdu: Pdu) -> None:
        """Answer what the centre asks. Raises Lost when it wants to end."""
        match pdu.command:
            case Command.DELIVER_SM:
                status = self._deliver(pdu)
                self._send(Pdu(Command.DELIVER_SM | RESPONSE, status, pdu.sequence, b"\0").pack())
            case Command.ENQUIRE_LINK:
                self._send(Pdu(Command.ENQUIRE_LINK | RESPONSE, 0, pdu.sequence).pack())
            case Command.UNBIND:
                self._send(Pdu(Command.UNBIND | RESPONSE, 0, pdu.sequence).pack())
                raise Lost("the centre unbound")
            case command if command & RESPONSE:
                if pdu.sequence == self._asked:
                    self._asked = 0
            case _:
                self._send(Pdu(Command.GENERIC_NACK, Status.UNKNOWN_COMMAND, pdu.sequence).pack())

    def _deliver(self, pdu: Pdu) -> int:
        """Keep what a deliver_sm says; return the status to answer: not kept means that it shall come again."""
        try:
            short = Short.read(pdu.body)
        except Broken:
            return Status.SYSTEM_ERROR
        try:
            self._take(read_delivery(short, self._account.default))
        except Exception:  # noqa: BLE001 - whatever kept us from keeping it, the centre has it still
            return Status.TEMPORARY
        return Status.OK


def read_delivery(short: Short, default: texts.Default) -> SmsReceipt | Incoming:
    """Return what a deliver_sm is: a receipt by esm_class or its own parameters, never by what its text looks like."""
    said, part = texts.read_text(short, default)
    kind = short.esm_class & texts.KIND
    known_id = short.extra.get(Tag.RECEIPTED_MESSAGE_ID, b"").rstrip(b"\0").decode("ascii", "replace")
    if kind in (texts.RECEIPT, texts.INTERIM) or known_id:
        state = short.extra.get(Tag.MESSAGE_STATE, b"")
        told = read_receipt(said, known_id=known_id, known_state=state[0] if state else None)
        code = explain_word(told.word) if told.state == "failed" else ""
        words = " ".join(one for one in (told.word, told.error) if one)
        return SmsReceipt(told.provider_id, told.state, code, words, short.source.lstrip("+"))
    return Incoming(short.source.lstrip("+"), said, short.destination.lstrip("+"), part=part)


def _acknowledge(line: socket.socket) -> None:
    """Tell the other machine at once that its octets are here.

    While a full window waits we have nothing to say, so the word of it would be held back for 40 ms, and a centre that
    gathers small writes (Nagle) keeps its next answers till then. Said after each read, for the system forgets it.
    """
    if hasattr(socket, "TCP_QUICKACK"):
        with contextlib.suppress(OSError):  # what was read is not lost by it; the next read tells of a break
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _connect(account: Account) -> socket.socket:
    """Connect to a judged address. Raises Unbound."""
    try:
        addresses = judge_host(account.host, account.port, allow_private=account.allow_private)
    except OutgoingRefused as refused:
        raise Unbound("provider_down", refused.reason.value) from refused
    last = "no address"
    for address in addresses:
        try:
            plain = socket.create_connection((address, account.port), timeout=account.answer_seconds)
        except OSError as error:
            last = type(error).__name__
            continue
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not account.tls:
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=account.host)
        except OSError as error:
            plain.close()
            last = type(error).__name__
    raise Unbound("provider_down", last)
