"""The PDUs of SMPP 3.4 that a sender of SMS needs, as bytes and back (Short Message Peer to Peer Protocol
Specification v3.4, issue 1.2; sections are named where they matter).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

HEADER = struct.Struct(">IIII")
LARGEST = 64 * 1024
RESPONSE = 0x80000000
LAST_SEQUENCE = 0x7FFFFFFF


class Command(IntEnum):
    """What a PDU asks (5.1.2.1); a response adds RESPONSE."""

    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    ENQUIRE_LINK = 0x15
    GENERIC_NACK = 0x80000000


class Status(IntEnum):
    """Statuses that decide what we do (5.1.3); the whole list with causes is in `errors.py`."""

    OK = 0x00
    UNKNOWN_COMMAND = 0x03
    SYSTEM_ERROR = 0x08
    BIND_FAILED = 0x0D
    BAD_PASSWORD = 0x0E
    BAD_SYSTEM_ID = 0x0F
    QUEUE_FULL = 0x14
    THROTTLED = 0x58
    TEMPORARY = 0x64


class Tag(IntEnum):
    """Optional parameters that are read or written (5.3.2)."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_REFERENCE = 0x020C
    SAR_TOTAL = 0x020E
    SAR_NUMBER = 0x020F
    NETWORK_ERROR = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class Broken(Exception):
    """What came is no SMPP: the session cannot go on, since nobody knows where the next PDU begins."""


@dataclass(frozen=True, slots=True)
class Pdu:
    """One PDU: `command` as it was sent, the response bit included."""

    command: int
    status: int
    sequence: int
    body: bytes = b""

    def pack(self) -> bytes:
        """Return it as it goes over the wire."""
        return HEADER.pack(HEADER.size + len(self.body), self.command, self.status, self.sequence) + self.body


class Stream:
    """Cuts what came from a peer into PDUs."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[Pdu]:
        """Yield the PDUs that are whole now. Raises Broken for a length that cannot be."""
        self._rest += data
        while len(self._rest) >= HEADER.size:
            length, command, status, sequence = HEADER.unpack_from(self._rest)
            if not HEADER.size <= length <= LARGEST:
                raise Broken(f"a PDU of {length} octets")
            if len(self._rest) < length:
                return
            body = bytes(self._rest[HEADER.size : length])
            del self._rest[:length]
            yield Pdu(command, status, sequence, body)


@dataclass(frozen=True, slots=True)
class Bind:
    """The body of a bind (4.1)."""

    system_id: str
    password: str
    system_type: str = ""
    version: int = 0x34

    def pack(self) -> bytes:
        """Return the body: any address of ours may be written to (empty range)."""
        named = b"".join(_c_string(one, most) for one, most in (
            (self.system_id, 15), (self.password, 20), (self.system_type, 12)))  # fmt: skip
        return named + bytes((self.version, 0, 0)) + b"\0"

    @classmethod
    def read(cls, body: bytes) -> "Bind":
        """Read a body. Raises Broken."""
        reader = _Reader(body)
        return cls(reader.c_string(), reader.c_string(), reader.c_string(), reader.octet())


@dataclass(frozen=True, slots=True)
class Short:
    """The body of submit_sm and deliver_sm (4.4, 4.6); times and the list of predefined messages stay empty."""

    source: str
    destination: str
    octets: bytes
    coding: int = 0
    esm_class: int = 0
    source_kind: tuple[int, int] = (0, 0)
    destination_kind: tuple[int, int] = (1, 1)
    wants_receipt: int = 0
    validity: str = ""
    extra: dict[int, bytes] = field(default_factory=dict)

    def pack(self) -> bytes:
        """Return the body."""
        if len(self.octets) > 254:
            raise ValueError("a short message holds 254 octets at most")
        return b"".join((
            b"\0", bytes(self.source_kind), _c_string(self.source, 20), bytes(self.destination_kind),
            _c_string(self.destination, 20), bytes((self.esm_class, 0, 0)), b"\0", _c_string(self.validity, 16),
            bytes((self.wants_receipt, 0, self.coding, 0, len(self.octets))), self.octets,
            *(struct.pack(">HH", tag, len(value)) + value for tag, value in self.extra.items()),
        ))  # fmt: skip

    @classmethod
    def read(cls, body: bytes) -> "Short":
        """Read a body. Raises Broken."""
        reader = _Reader(body)
        reader.c_string()
        source_kind, source = (reader.octet(), reader.octet()), reader.c_string()
        destination_kind, destination = (reader.octet(), reader.octet()), reader.c_string()
        esm_class, _protocol, _priority = reader.octet(), reader.octet(), reader.octet()
        _schedule, validity = reader.c_string(), reader.c_string()
        wants_receipt, _replace, coding, _predefined = (reader.octet() for _one in range(4))
        octets = reader.octets(reader.octet())
        extra = reader.extra()
        return cls(
            source, destination, octets or extra.get(Tag.MESSAGE_PAYLOAD, b""), coding, esm_class, source_kind,
            destination_kind, wants_receipt, validity, extra,
        )  # fmt: skip


def read_id(body: bytes) -> str:
    """Return the number of a message, or the name of the peer, that the body of a response holds; "" for none."""
    return body.partition(b"\0")[0].decode("ascii", "replace")[:65]


def _c_string(text: str, most: int) -> bytes:
    """Return a C-octet string. A longer one would be read as two, one with a zero would be cut: ValueError."""
    octets = text.encode("ascii")
    if len(octets) > most or b"\0" in octets:
        raise ValueError(f"{most} ASCII characters at most")
    return octets + b"\0"


class _Reader:
    """Reads a body from its beginning."""

    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0

    def octet(self) -> int:
        return self.octets(1)[0]

    def octets(self, count: int) -> bytes:
        if self._at + count > len(self._body):
            raise Broken("a body that ends early")
        self._at += count
        return self._body[self._at - count : self._at]

    def c_string(self) -> str:
        end = self._body.find(b"\0", self._at)
        if end < 0:
            raise Broken("a string without its end")
        text = self._body[self._at : end].decode("latin-1")
        self._at = end + 1
        return text

    def extra(self) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        while self._at + 4 <= len(self._body):
            tag, length = struct.unpack(">HH", self.octets(4))
            found[tag] = self.octets(length)
        return found
