"""Pictures told by their first bytes: kind and size, without decoding them."""

from dataclasses import dataclass

HEAD = 256 * 1024  # how much of a file may be needed to find the size of a JPEG behind its notes
_NO_SIZE = frozenset({0xC4, 0xC8, 0xCC})


@dataclass(frozen=True, slots=True)
class Size:
    """The kind of a picture as the web names it, and its size in pixels."""

    content_type: str
    width: int
    height: int


def read_size(head: bytes) -> Size | None:
    """Return kind and size of a PNG, JPEG or WebP by its beginning; None for anything else."""
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR" and len(head) >= 24:
        return _size("image/png", int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"))
    if head.startswith(b"\xff\xd8\xff"):
        return _jpeg(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp(head)
    return None


def _size(content_type: str, width: int, height: int) -> Size | None:
    return Size(content_type, width, height) if 0 < width <= 20_000 and 0 < height <= 20_000 else None


def _jpeg(head: bytes) -> Size | None:
    place = 2
    while place + 9 <= len(head) and head[place] == 0xFF:
        marker = head[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE:
            height, width = head[place + 5 : place + 7], head[place + 7 : place + 9]
            return _size("image/jpeg", int.from_bytes(width, "big"), int.from_bytes(height, "big"))
        place += 2 + int.from_bytes(head[place + 2 : place + 4], "big")
    return None


def _webp(head: bytes) -> Size | None:
    kind = head[12:16]
    if kind == b"VP8X" and len(head) >= 30:
        return _size("image/webp", _little(head[24:27]) + 1, _little(head[27:30]) + 1)
    if kind == b"VP8 " and len(head) >= 30:
        return _size("image/webp", _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF)
    if kind == b"VP8L" and len(head) >= 25:
        bits = _little(head[21:25])
        return _size("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    return None


def _little(part: bytes) -> int:
    return int.from_bytes(part, "little")
