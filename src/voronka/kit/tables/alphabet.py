"""Which encoding a text file is in: by its first bytes, as UTF-8, then by what reads most like Russian.

`charset-normalizer` is asked last, for what is neither: on short Russian lists it takes cp1251 for Macintosh
or koi8-r too often.
"""

import codecs
from typing import BinaryIO

from .errors import Reason, TableError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The eight-bit encodings of Russian, with how much likelier another must be than the usual one: cp1251 and
# Macintosh share their small letters, so a short list reads as well in both.
DOUBT = {"cp1251": 0.0, "cp866": 0.05, "koi8-r": 0.05, "mac-cyrillic": 0.5}

# Occurrences of the letters of Russian in ten thousand, from the national corpus' table of letter frequency.
FREQUENCY = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        (1097, 845, 801, 735, 670, 626, 547, 473, 454, 440, 349, 321, 298, 281, 262, 201, 190, 174, 170, 165, 159,
         144, 121, 97, 94, 73, 64, 48, 36, 32, 26, 4, 4),
        strict=True,
    )
)  # fmt: skip
SAMPLE = PIECE = 64 * 1024
TELLING_BYTES = 16 * 1024
# What Russian lists hold above 127 beside letters; they neither speak for an encoding nor against it.
NEUTRAL = set("№«»—–…“”„’•\xa0₽°±·")


# A code point that no text may hold: tells bytes that we could not read from a U+FFFD that was in the file.
UNREADABLE = "\ufdd0"
MARK_UNREADABLE = "voronka.unreadable"


def _mark_unreadable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return UNREADABLE, error.end


codecs.register_error(MARK_UNREADABLE, _mark_unreadable)


def find_encoding(source: BinaryIO) -> str:
    """Return the encoding of the whole file; raises TableError(ENCODING). Leaves the file where it stands."""
    source.seek(0)
    sample = source.read(SAMPLE)
    for mark, name in MARKS:
        if sample.startswith(mark):
            return name
    wide = unmarked_utf16(sample)
    if wide:
        return wide
    if _is_utf8(source):
        return "utf-8"
    return _eight_bit(source)


def unmarked_utf16(sample: bytes) -> str | None:
    """UTF-16 of Russian or Latin text has 0 or 4 in every second byte; digits and delimiters give zeros on one side."""
    if len(sample) < 4 or (len(sample) % 2 and len(sample) < SAMPLE):
        return None
    halves = sample[0::2], sample[1::2]
    shares = [sum(half.count(high) for high in (0, 4)) / len(half) for half in halves]
    for name, high, low in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        if shares[high] > 0.9 and shares[low] < 0.3 and halves[high].count(0) > 0:
            return name
    return None


def _is_utf8(source: BinaryIO) -> bool:
    """Whether the whole file is UTF-8, with at most one damaged place in a thousand letters."""
    source.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")(MARK_UNREADABLE)
    damaged = letters = 0
    while piece := source.read(PIECE):
        if piece.isascii():
            continue
        text = decoder.decode(piece)
        damaged += text.count(UNREADABLE)
        letters += len(piece) - len(text)  # bytes beyond the first of each letter: about none in eight-bit text
        if damaged > 100 and damaged * 1000 > letters:
            return False
    return damaged == 0 or damaged * 1000 < letters


def _eight_bit(source: BinaryIO) -> str:
    """Choose among eight-bit encodings by the lines that are not plain ASCII, wherever in the file they are."""
    telling = _telling_lines(source)
    best, name = max((_likeness(telling, name) - DOUBT[name], name) for name in DOUBT)
    if best > 0:
        return name
    # Here, not above: it is rarely needed, and its import takes longer than reading a usual file.
    from charset_normalizer import from_bytes

    guess = from_bytes(telling).best()
    if guess is None or "\0" in str(guess):
        raise TableError(Reason.ENCODING)
    return guess.encoding


def _telling_lines(source: BinaryIO) -> bytes:
    source.seek(0)
    lines, left = [], TELLING_BYTES
    while left > 0 and (line := source.readline(TELLING_BYTES)):
        if not line.isascii():
            lines.append(line[:left])
            left -= len(line)
    return b"".join(lines)


def _likeness(sample: bytes, encoding: str) -> float:
    """Say how much like Russian the sample reads: above 0 is likely, letters and the places of capitals both speak."""
    text = sample.decode(encoding, "replace")
    points, letters, before = 0.0, 0, ""
    for sign in text:
        if sign.isascii():
            before = sign
            continue
        if sign in NEUTRAL:
            before = sign
            continue
        letters += 1
        small = sign.lower()
        points += (FREQUENCY[small] / 300 - 0.6) if small in FREQUENCY else -4
        if before.isalpha() and before.islower() and sign.isupper():
            points -= 2  # a capital inside a word
        elif before.isalpha() and before.isascii():
            points -= 2  # Latin and Cyrillic letters grown together: more likely an accented Latin letter
        before = sign
    return points / letters if letters else 0.0
