"""A message centre on this machine: speaks SMPP 3.4 as real ones do, with their habits and their troubles.

For tests and for a try without money: it sends nothing to anybody. Receipts follow by themselves.
"""

import itertools
import select
import socket
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from voronka.messaging.channels.smpp.pdu import (
    RESPONSE,
    Bind,
    Broken,
    Command,
    Pdu,
    Short,
    Status,
    Stream,
    Tag,
)
from voronka.messaging.channels.smpp.text import RECEIPT, UCS2

REFUSED = 0x45  # ESME_RSUBMITFAIL

# What centres write into receipts: that of the specification, and what is met instead.
RECEIPTS = {
    "usual": "id:{id} sub:001 dlvrd:001 submit date:2611260900 done date:2611260901 stat:{stat} err:{err} text:{text}",
    "short": "id:{id} submit date:2611260900 done date:2611260901 stat:{stat} err:{err} text:{text}",
    "shouting": "ID:{id} STAT:{stat} ERR:{err} DONE DATE:20261126090100",
    "turned": "stat:{stat} id:{id} done date:2611260901 err: {err}",
    "equals": "id={id};stat={stat};err={err}",
    "empty": "",
}


@dataclass(slots=True)
class Habits:
    """How a centre behaves. `ids` is how numbers are written in answers and in receipts; `outcomes` are states by
    receiver, `refusals` statuses by receiver; `troubles` befall the next messages, one each.

    Troubles: throttled, full, drop (hangs up without an answer), silent, unbind, garbage, nack, down.
    """

    system_id: str = "voronka"
    password: str = "secret"  # noqa: S105 - of a centre that sends nothing
    ids: tuple[str, str] = ("dec", "dec")
    receipt: str = "usual"
    by_parameters: bool = False
    sends_receipts: bool = True
    outcomes: dict[str, str] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    troubles: deque[str] = field(default_factory=deque)
    first_id: int = 0x2F0A11B0
    answers_link: bool = True


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that the centre has taken, a part of a longer one perhaps."""

    number: int
    short: Short


class Centre:
    """The centre: what it took, what it was told, who is bound."""

    def __init__(self, habits: Habits | None = None) -> None:
        self.habits = habits or Habits()
        self.taken: list[Taken] = []
        self.asked: Counter[str] = Counter()
        self.most_waiting = 0
        self.kept: list[int] = []
        self.port = 0
        self.ended = threading.Event()
        self._lock = threading.Lock()
        self._numbers = itertools.count(self.habits.first_id)
        self.due: deque[Short] = deque()

    def write_to_us(self, short: Short) -> None:
        """Let a subscriber, or the centre itself, send something to whoever is bound."""
        self.due.append(short)

    def take(self, short: Short) -> int:
        """Take a message and make its receipt; return its number."""
        with self._lock:
            number = next(self._numbers)
            self.taken.append(Taken(number, short))
        if self.habits.sends_receipts and short.wants_receipt:
            self.due.append(self.receipt_of(number, short))
        return number

    def receipt_of(self, number: int, short: Short) -> Short:
        """Return the receipt of a message, written as this centre does."""
        stat = self.habits.outcomes.get(short.destination, "DELIVRD")
        shown = write_id(number, self.habits.ids[1])
        extra: dict[int, bytes] = {}
        if self.habits.by_parameters:
            state = {"DELIVRD": 2, "EXPIRED": 3, "UNDELIV": 5, "REJECTD": 8}.get(stat, 7)
            extra = {Tag.RECEIPTED_MESSAGE_ID: shown.encode() + b"\0", Tag.MESSAGE_STATE: bytes((state,))}
        error = "000" if stat == "DELIVRD" else "00B"
        said = RECEIPTS[self.habits.receipt].format(id=shown, stat=stat, err=error, text="id:999 stat:UNDELIV")
        return Short(short.destination, short.source, said.encode(), esm_class=RECEIPT, extra=extra)


def write_id(number: int, form: str) -> str:
    """Return a number of a message as centres write it: dec, hex, HEX, padded (ten digits), padded_hex or none."""
    if form == "none":
        return ""
    written = {"dec": "d", "hex": "x", "HEX": "X", "padded": "012d", "padded_hex": "010x"}
    return format(number, written[form])


class _Link:
    """One connection to the centre."""

    def __init__(self, centre: Centre, link: socket.socket) -> None:
        self._centre, self._link, self._stream = centre, link, Stream()
        self._bound = False
        self._own = itertools.count(1)

    def serve(self) -> None:
        """Answer until the peer or the centre ends."""
        with self._link:
            try:
                while not self._centre.ended.is_set():
                    readable, *_rest = select.select([self._link], [], [], 0.01)
                    if readable and not self._hear(self._link.recv(65536)):
                        return
                    while self._bound and self._centre.due:
                        self._send(Pdu(Command.DELIVER_SM, 0, next(self._own), self._centre.due.popleft().pack()))
            except (OSError, Broken):
                return

    def _hear(self, data: bytes) -> bool:
        heard = list(self._stream.feed(data)) if data else []
        submits = sum(pdu.command == Command.SUBMIT_SM for pdu in heard)
        self._centre.most_waiting = max(self._centre.most_waiting, submits)
        return bool(data) and all(self._answer(pdu) for pdu in heard)

    def _answer(self, pdu: Pdu) -> bool:
        """Answer one PDU; False hangs up."""
        centre = self._centre
        centre.asked[f"{pdu.command:#x}"] += 1
        match pdu.command:
            case Command.BIND_TRANSCEIVER | Command.BIND_TRANSMITTER | Command.BIND_RECEIVER:
                self._bind(pdu)
            case Command.SUBMIT_SM if not self._bound:
                self._send(Pdu(Command.SUBMIT_SM | RESPONSE, 0x04, pdu.sequence))
            case Command.SUBMIT_SM:
                return self._submit(pdu)
            case Command.ENQUIRE_LINK:
                if centre.habits.answers_link:
                    self._send(Pdu(Command.ENQUIRE_LINK | RESPONSE, 0, pdu.sequence))
            case Command.UNBIND:
                self._send(Pdu(Command.UNBIND | RESPONSE, 0, pdu.sequence))
                return False
            case command if command == Command.DELIVER_SM | RESPONSE:
                centre.kept.append(pdu.status)
            case command if not command & RESPONSE:
                self._send(Pdu(Command.GENERIC_NACK, Status.UNKNOWN_COMMAND, pdu.sequence))
        return True

    def _bind(self, pdu: Pdu) -> None:
        given, habits = Bind.read(pdu.body), self._centre.habits
        status = (
            Status.BAD_SYSTEM_ID if given.system_id != habits.system_id
            else Status.BAD_PASSWORD if given.password != habits.password else Status.OK
        )  # fmt: skip
        self._bound = status == Status.OK
        self._send(Pdu(pdu.command | RESPONSE, status, pdu.sequence, b"standin\0" if self._bound else b""))

    def _submit(self, pdu: Pdu) -> bool:
        habits = self._centre.habits
        trouble = habits.troubles.popleft() if habits.troubles else ""
        refused = {
            "refused": REFUSED,
            "throttled": Status.THROTTLED,
            "full": Status.QUEUE_FULL,
            "down": Status.SYSTEM_ERROR,
        }
        answer = Command.SUBMIT_SM | RESPONSE
        if trouble in refused:
            self._send(Pdu(answer, refused[trouble], pdu.sequence))
            return True
        if trouble == "nack":
            self._send(Pdu(Command.GENERIC_NACK, Status.UNKNOWN_COMMAND, pdu.sequence))
            return True
        if trouble == "garbage":
            self._link.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return True
        short = Short.read(pdu.body)
        if status := habits.refusals.get(short.destination, 0):
            self._send(Pdu(answer, status, pdu.sequence))
            return True
        number = self._centre.take(short)
        if trouble == "silent":
            return True
        if trouble == "drop":
            return False
        if trouble == "unbind":
            self._send(Pdu(Command.UNBIND, 0, next(self._own)))
            return True
        self._send(Pdu(answer, 0, pdu.sequence, write_id(number, habits.ids[0]).encode() + b"\0"))
        return True

    def _send(self, pdu: Pdu) -> None:
        self._link.sendall(pdu.pack())


@contextmanager
def centre(habits: Habits | None = None) -> Iterator[Centre]:
    """Let a centre stand on loopback for as long as the block lasts."""
    made = Centre(habits)
    listener = socket.create_server(("127.0.0.1", 0))
    made.port = listener.getsockname()[1]
    links: list[threading.Thread] = []

    def accept() -> None:
        while not made.ended.is_set():
            readable, *_rest = select.select([listener], [], [], 0.02)
            if readable:
                link, _peer = listener.accept()
                thread = threading.Thread(target=_Link(made, link).serve)
                thread.start()
                links.append(thread)

    door = threading.Thread(target=accept)
    door.start()
    try:
        yield made
    finally:
        made.ended.set()
        door.join()
        for thread in links:
            thread.join()
        listener.close()


def answer_of_subscriber(address: str, text: str, to: str = "Shop") -> Short:
    """Return what a subscriber writes to us, in one part."""
    return Short(address, to, text.encode("utf-16-be"), UCS2, source_kind=(1, 1))
