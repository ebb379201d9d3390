"""Files of packed pieces: a change packs its own pieces anew, and the whole file is put together without unpacking.

A piece is raw deflate that ends at a whole byte and refers to nothing before it, so pieces stand behind one another in
any order; the sum of a gzip file is reckoned from the sums of its pieces.
"""

import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_END = b"\x03\x00"  # the last block of deflate, empty
_POLYNOMIAL = 0xEDB88320


class Piece(NamedTuple):
    """A packed piece of a file: its bytes, how many they are unpacked, and their CRC-32."""

    packed: bytes
    size: int
    crc: int


def pack(text: str) -> Piece:
    """Pack a text, in UTF-8, as a piece."""
    raw = text.encode()
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Piece(packer.compress(raw) + packer.flush(zlib.Z_FULL_FLUSH), len(raw), zlib.crc32(raw))


def gzipped(pieces: Iterable[Piece]) -> bytes:
    """Return the pieces as one gzip file."""
    crc, size, parts = 0, 0, [_HEAD]
    for one in pieces:
        if one.size:
            crc, size = combined(crc, one.crc, one.size), size + one.size
            parts.append(one.packed)
    return b"".join([*parts, _END, crc.to_bytes(4, "little"), (size % 2**32).to_bytes(4, "little")])


def unpacked(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """Yield the file piece by piece, unpacked."""
    for one in pieces:
        if one.size:
            yield zlib.decompressobj(-zlib.MAX_WBITS).decompress(one.packed)


def file_size(pieces: Iterable[Piece]) -> int:
    """Return how many bytes the file has unpacked."""
    return sum(one.size for one in pieces)


def combined(first: int, second: int, length: int) -> int:
    """Return the CRC-32 of two runs of bytes behind one another, by their own ones and the length of the second."""
    if not first:
        return second
    power, left = 0, length
    while left:
        if left & 1:
            first = _times(_zeros(power), first)
        left >>= 1
        power += 1
    return first ^ second


def _times(matrix: tuple[int, ...], vector: int) -> int:
    total, place = 0, 0
    while vector:
        if vector & 1:
            total ^= matrix[place]
        vector >>= 1
        place += 1
    return total


@cache
def _zeros(power: int) -> tuple[int, ...]:
    """Return what 2**power noughts, in bytes, do to a CRC: a matrix over two elements, as 32 columns."""
    if power:
        half = _zeros(power - 1)
        return tuple(_times(half, column) for column in half)
    matrix = (_POLYNOMIAL, *(1 << place for place in range(31)))  # one bit of nought
    for _double in range(3):
        matrix = tuple(_times(matrix, column) for column in matrix)
    return matrix
