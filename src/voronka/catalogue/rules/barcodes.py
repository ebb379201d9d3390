"""Barcodes: kinds, control sums, one key for all ways to print a number, codes of scales (GS1 specifications)."""

import re
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = re.compile(r"\d+\Z", re.ASCII)
_CODE128 = re.compile(r"[\x20-\x7e]{1,48}\Z")
KINDS = {8: "ean8", 12: "upca", 13: "ean13", 14: "itf14"}
LENGTHS = {kind: length for length, kind in KINDS.items()}
CODE128 = "code128"


@dataclass(frozen=True, slots=True)
class Read:
    """A barcode that was read: its value as printed, its kind, and the key equal for all ways to print the number."""

    value: str
    kind: str
    key: str


def control_digit(digits: str) -> str:
    """Return the control digit that belongs behind these digits: weights 3 and 1 from the right."""
    total = sum(int(sign) * (3 if place % 2 == 0 else 1) for place, sign in enumerate(reversed(digits)))
    return str(-total % 10)


def key_of(value: str) -> str:
    """Return the key of a value as scanned: fourteen digits of a number of GTIN, else the value itself."""
    line = value.strip()
    if _DIGITS.match(line) and len(line) in KINDS and control_digit(line[:-1]) == line[-1]:
        return line.zfill(14)
    return line


def read(value: str, kind: str = "") -> Read:
    """Read a barcode; an empty `kind` is told by the length.

    Raises ValueError with a code: empty, length, control (the last digit does not fit), signs, kind.
    """
    line = re.sub(r"[\s\-\u00a0]+", "", value) if kind != CODE128 else value.strip()
    if not line:
        raise ValueError("empty")
    if not kind:
        kind = KINDS.get(len(line), CODE128) if _DIGITS.match(line) else CODE128
    if kind == CODE128:
        if not _CODE128.match(line):
            raise ValueError("signs")
        return Read(line, kind, key_of(line))
    if kind not in LENGTHS:
        raise ValueError("kind")
    if not _DIGITS.match(line):
        raise ValueError("signs")
    if len(line) != LENGTHS[kind]:
        raise ValueError("length")
    if control_digit(line[:-1]) != line[-1]:
        raise ValueError("control")
    return Read(line, kind, line.zfill(14))


@dataclass(frozen=True, slots=True)
class Weighed:
    """What scales printed: the number of the goods, and grams."""

    scale_code: str
    grams: int

    @property
    def kilograms(self) -> Decimal:
        """Return the weight in kilograms, to the gram."""
        return Decimal(self.grams).scaleb(-3)


def read_weighed(value: str) -> Weighed | None:
    """Read a code of the shop's scales: prefix 20 to 29, five digits of goods, five of grams. None if it is none."""
    line = value.strip()
    if len(line) != 13 or not _DIGITS.match(line) or line[0] != "2" or control_digit(line[:-1]) != line[-1]:
        return None
    return Weighed(line[2:7].lstrip("0") or "0", int(line[7:12]))


def own_number(number: int) -> str:
    """Return the EAN-13 of the shop's own numbering (prefix 200) for a number of up to nine digits."""
    if not 0 <= number < 10**9:
        raise ValueError("length")
    body = f"200{number:09d}"
    return body + control_digit(body)
