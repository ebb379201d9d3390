"""What a text is in SMPP: parts with their headers out, octets of whatever coding in."""

from collections.abc import Iterator

from voronka.messaging.channels.smpp.pdu import Short, Tag
from voronka.messaging.rules import sms

# esm_class (5.2.12): a user data header stands before the text.
HAS_HEADER = 0x40
# Bits 2 to 5 say what a deliver_sm is.
KIND, RECEIPT, USER_ACK, INTERIM = 0x3C, 0x04, 0x08, 0x20
GSM, ASCII, LATIN, UCS2 = 0, 1, 3, 8
Default = sms.Default


def parts_of(text: str, reference: int, default: Default) -> Iterator[tuple[int, int, bytes]]:
    """Yield data_coding, esm_class and octets of each part of a text (3GPP TS 23.040, 9.2.3.24.1).

    In coding 0 centres expect the default alphabet, an octet a character; some take Latin-1 instead (`default`), and
    what that lacks goes as UCS-2.
    """
    counted = sms.count(text, default)
    coding = GSM if counted.alphabet is sms.Alphabet.GSM7 else UCS2
    several = len(counted.parts) > 1
    for number, part in enumerate(counted.parts, 1):
        header = bytes((5, 0, 3, reference & 0xFF, len(counted.parts), number)) if several else b""
        yield coding, HAS_HEADER if several else 0, header + _octets(part.text, coding, default)


def _octets(text: str, coding: int, default: Default) -> bytes:
    if coding == UCS2:
        return text.encode("utf-16-be", "surrogatepass")
    return sms.encode(text) if default == "gsm" else text.encode("latin-1")


def read_text(short: Short, default: Default) -> tuple[str, tuple[int, int, int] | None]:
    """Return what a deliver_sm says, and reference, number of parts and place where it is one of several."""
    octets, part = short.octets, None
    if short.esm_class & HAS_HEADER and octets:
        header, octets = octets[1 : 1 + octets[0]], octets[1 + octets[0] :]
        part = _part_of(header)
    elif Tag.SAR_REFERENCE in short.extra:
        values = [int.from_bytes(short.extra.get(tag, b""), "big") for tag in (
            Tag.SAR_REFERENCE, Tag.SAR_TOTAL, Tag.SAR_NUMBER)]  # fmt: skip
        part = (values[0], values[1], values[2])
    if part is not None and not (1 < part[1] <= sms.MOST_PARTS and 0 < part[2] <= part[1]):
        part = None
    return _decoded(octets, short.coding, default), part


def _part_of(header: bytes) -> tuple[int, int, int] | None:
    """Return the concatenation that a user data header tells, by an 8-bit or a 16-bit reference."""
    at = 0
    while at + 2 <= len(header):
        kind, length = header[at], header[at + 1]
        value = header[at + 2 : at + 2 + length]
        if kind == 0 and len(value) == 3:
            return value[0], value[1], value[2]
        if kind == 8 and len(value) == 4:
            return value[0] * 256 + value[1], value[2], value[3]
        at += 2 + length
    return None


def _decoded(octets: bytes, coding: int, default: Default) -> str:
    if coding == UCS2 or coding & 0xFC == 0x18:
        # Half of a pair at a border waits for its other half: parts are joined before anybody reads them.
        return octets[: len(octets) // 2 * 2].decode("utf-16-be", "surrogatepass")
    if coding in (ASCII, LATIN):
        return octets.decode("latin-1")
    if coding in (2, 4):
        return ""
    return sms.decode(octets) if default == "gsm" else octets.decode("latin-1")
