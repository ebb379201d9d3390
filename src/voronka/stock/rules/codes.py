"""Codes on labels, as modules: bars of EAN-13, EAN-8 and Code 128, squares of QR and Data Matrix.

Bars come as a string of 0 and 1, squares as one string a row; the quiet zone around them is not among them.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

import segno
from pystrich.code128 import Code128Data, Code128Encoder
from pystrich.datamatrix import DataMatrixData, DataMatrixEncoder
from pystrich.ean13.encoding import encoding_table, parity_table
from pystrich.exceptions import PyStrichError

EAN13, EAN8, CODE128, QR, DATAMATRIX = "ean13", "ean8", "code128", "qr", "datamatrix"
KINDS = (EAN13, EAN8, CODE128, QR, DATAMATRIX)
SQUARE = frozenset({QR, DATAMATRIX})
# Modules that stay white on the left and on the right; around squares on all sides.
QUIET = {EAN13: (11, 7), EAN8: (7, 7), CODE128: (10, 10), QR: (4, 4), DATAMATRIX: (2, 2)}
MOST_LETTERS = {CODE128: 48, QR: 300, DATAMATRIX: 300}


class BadCode(ValueError):
    """The text cannot be written in this code: digits, check, letters, length."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code as rows of modules: bars have one row."""

    kind: str
    text: str
    rows: tuple[str, ...]

    @property
    def width(self) -> int:
        """Return its modules from left to right, with the quiet zones."""
        return len(self.rows[0]) + sum(QUIET[self.kind])

    @property
    def height(self) -> int:
        """Return the modules of a square from top to bottom with its quiet zone; 0 for bars, which fill the room."""
        return len(self.rows) + sum(QUIET[self.kind]) if self.kind in SQUARE else 0


def best_kind(text: str) -> str:
    """Return the code that scanners of shops expect for a text: EAN where its check holds, else Code 128."""
    if text.isascii() and text.isdecimal() and len(text) in (8, 13) and check_digit(text[:-1]) == text[-1]:
        return EAN13 if len(text) == 13 else EAN8
    return CODE128


def check_digit(digits: str) -> str:
    """Return the check digit of an EAN without it."""
    total = sum(int(one) * (3 if place % 2 == 0 else 1) for place, one in enumerate(reversed(digits)))
    return str(-total % 10)


def encode(kind: str, text: str) -> Code:
    """Return a text in a code. Raises BadCode."""
    if kind in (EAN13, EAN8):
        return Code(kind, text, (_ean(kind, text),))
    if not text or len(text) > MOST_LETTERS.get(kind, 0):
        raise BadCode("length")
    try:
        if kind == CODE128:
            return Code(kind, text, (Code128Encoder(Code128Data(text, encoding="ascii")).bars,))
        if kind == DATAMATRIX:
            return Code(kind, text, _datamatrix(text))
    except (PyStrichError, UnicodeError) as error:
        raise BadCode("letters") from error
    made = segno.make(text, error="m", micro=False)
    return Code(kind, text, tuple("".join("1" if one else "0" for one in row) for row in made.matrix))


def _ean(kind: str, text: str) -> str:
    length = 13 if kind == EAN13 else 8
    if len(text) != length or not (text.isascii() and text.isdecimal()) or check_digit(text[:-1]) != text[-1]:
        raise BadCode("digits")
    digits = [int(one) for one in text]
    if kind == EAN13:
        parities, left, right = parity_table[digits[0]], digits[1:7], digits[7:]
    else:
        parities, left, right = parity_table[0], digits[:4], digits[4:]
    first = "".join(encoding_table[one][1 - parity] for one, parity in zip(left, parities, strict=False))
    second = "".join(encoding_table[one][2] for one in right)
    return f"101{first}01010{second}101"


def _datamatrix(text: str) -> tuple[str, ...]:
    written = DataMatrixData(text, encoding="ascii") if text.isascii() else DataMatrixData(text, encoding="utf-8")
    made = DataMatrixEncoder(written, quiet_zone=0)
    # The renderer's matrix has the frame by which readers find the code, the encoder's has not.
    return tuple("".join("1" if one else "0" for one in row) for row in made.init_renderer().matrix)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Paper for labels, in millimetres: the size of a page, how labels stand on it. `dot` is the least that a printer
    of rolls draws; 0 where that is finer than any module.
    """

    code: str
    page: tuple[Decimal, Decimal]
    columns: int
    rows: int
    label: tuple[Decimal, Decimal]
    edge: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    gap: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    dot: Decimal = Decimal(0)

    @property
    def on_page(self) -> int:
        """Return how many labels a page has."""
        return self.columns * self.rows


_A4 = (Decimal(210), Decimal(297))
_THERMAL = Decimal("0.125")  # 203 dots an inch


def _roll(width: int, height: int) -> Sheet:
    size = (Decimal(width), Decimal(height))
    return Sheet(f"roll-{width}x{height}", size, 1, 1, size, dot=_THERMAL)


SHEETS: dict[str, Sheet] = {
    one.code: one
    for one in (
        _roll(58, 40),
        _roll(58, 30),
        _roll(43, 25),
        _roll(30, 20),
        Sheet("a4-3x8", _A4, 3, 8, (Decimal(70), Decimal("37.1")), edge=(Decimal(0), Decimal("0.1"))),
        Sheet("a4-4x10", _A4, 4, 10, (Decimal("48.5"), Decimal("25.4")), edge=(Decimal(8), Decimal("21.5"))),
        Sheet("a4-2x5", _A4, 2, 5, (Decimal(99), Decimal(57)), edge=(Decimal(6), Decimal(6))),
    )
}
_LEAST_MODULE, _MOST_MODULE = Decimal("0.2"), {True: Decimal("0.6"), False: Decimal("0.33")}


def module_mm(code: Code, width: Decimal, height: Decimal, dot: Decimal) -> Decimal:
    """Return how wide a module is drawn in so much room, in whole dots of the printer. Raises BadCode if too fine.

    Bars are as wide as EAN is printed at most, squares up to 0.6 mm.
    """
    is_square = code.kind in SQUARE
    room = min(width / code.width, height / code.height) if is_square else width / code.width
    module = min(room, _MOST_MODULE[is_square])
    module = module // dot * dot if dot else module.quantize(Decimal("0.001"), rounding=ROUND_DOWN)
    if module < _LEAST_MODULE:
        raise BadCode("room")
    return module


def svg(code: Code, *, bar_modules: int = 40) -> str:
    """Return a code with its quiet zones as SVG in units of modules, bars `bar_modules` high: a path a dark run."""
    before = QUIET[code.kind][0]
    top, each = (before, 1) if code.kind in SQUARE else (0, bar_modules)
    height = code.height or bar_modules
    runs = []
    for number, row in enumerate(code.rows):
        at = 0
        while at < len(row):
            end = at
            while end < len(row) and row[end] == "1":
                end += 1
            if end > at:
                runs.append(f"M{before + at} {top + number}h{end - at}v{each}h-{end - at}z")
            at = end + 1
    size = f'width="{code.width}" height="{height}" viewBox="0 0 {code.width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><path fill="#000" d="{"".join(runs)}"/></svg>'
