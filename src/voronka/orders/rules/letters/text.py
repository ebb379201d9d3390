"""Free text read as lines of an order: "АРТ-12 – 3 шт", "3 x 4601234567890", "Кирпич красный, 200 шт"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from voronka.orders.rules.letters.said import MOST_SAID, UNIT, Said, codes_in, number_of, unit_of

MOST_LINES, MOST_SIGNS = 1_000, 400
# No piece of a longer number is taken for a whole one.
_WHOLE = r"(?<![0-9])(?<![0-9][.,\s])(?:[0-9]{1,7}(?:[.,][0-9]{1,3})?)(?![0-9])"
# Thousands set apart by a space: only behind a sign, else they may be a size and a quantity: "Плитка 30 200 шт".
_NUMBER = rf"(?:(?<![0-9])(?<![0-9][.,\s])[0-9]{{1,3}}(?:\s[0-9]{{3}})+(?:[.,][0-9]{{1,3}})?(?![0-9])|{_WHOLE})"
_TIMES = r"[xх*×]"
_DASH = r"[-–—:=;|\t]"
_END = rf"(?P<many>{_NUMBER})\s*(?P<unit>{UNIT})?\.?"
# The sure forms, the first that fits is taken: each says by a unit or a sign between that the number is a quantity.
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<many>{_NUMBER})\s*(?:(?P<unit>{UNIT})\b\.?)?\s*{_TIMES}\s*(?P<name>\S.*)",
        rf"(?P<name>.*\S)\s*(?<![\w]){_TIMES}\s*{_END}",
        rf"(?P<name>.*[^\s,.;:–—-])\s*[,.;:–—-]+\s*(?P<many>{_NUMBER})\s*(?P<unit>{UNIT})\b\.?",
        rf"(?P<name>.*[^\s,.;:–—-])\s+(?P<many>{_WHOLE})\s*(?P<unit>{UNIT})\b\.?",
        rf"(?P<name>.*\S)(?:\s+{_DASH}\s*|\s*[–—:=;|\t]\s*){_END}",
        rf"(?P<many>{_NUMBER})\s*(?P<unit>{UNIT})\b\.?[\s:–—-]*(?P<name>\S.*)",
        rf"(?P<many>{_NUMBER})\s+[-–—]\s+(?P<name>\S.*)",
    )
)
_WEAK = re.compile(rf"(?P<name>.*[^\s,])\s*,\s*(?P<many>{_NUMBER})\.?", re.IGNORECASE)
_MARK = re.compile(r"^\s*(?:\d{1,3}[.)]\s+(?=\S)|[-–—•*·+]\s+)")
_END_OF_LETTER = re.compile(
    r"^(?:--\s*$|__+$|с\s+уважением|с\s+наилучшими|всего\s+доброго|best\s+regards|kind\s+regards|regards\b|"
    r"sincerely|отправлено\s+(?:с|из)|sent\s+from|-{2,}\s*(?:исходное|пересылаемое|original|forwarded))",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^(?:>|\|\s)")
_QUOTE_HEAD = re.compile(r"(?:пишет|написал[а]?|wrote)\s*:\s*$|^(?:от|from)\s*:\s.*@", re.IGNORECASE)
# Words that turn an order into something else: nothing is placed by itself where they stand.
_OTHERWISE = re.compile(
    r"\?|отмен|аннулир|верн(?:ите|уть)|возврат|не\s+н(?:адо|ужн)|вместо|замен|уточн|подскаж|рекламац|брак\b|"
    r"\bcancel|\breturn|\binstead|\brefund|\breplace|\bcomplain",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?:\+|\b(?:тел|моб|phone|tel)\b\.?|\b8[\s(-])[\d\s()+-]{7,}", re.IGNORECASE)
_CONTACT = re.compile(r"@|https?://|www\.|\b(?:инн|кпп|огрн|бик|р/с|к/с)\b", re.IGNORECASE)
_CODE_ALONE = re.compile(r"\d{8,14}|(?=.*\d)[\w][\w\-./]{3,30}")


@dataclass(frozen=True, slots=True)
class ReadText:
    """What a text says: lines of goods, words around them, lines with figures that are none of both.

    `is_otherwise` tells that it asks, takes back or changes rather than orders.
    """

    lines: Sequence[Said]
    words: Sequence[str]
    unclear: Sequence[str]
    is_otherwise: bool
    is_whole: bool = True


def read_text(text: str) -> ReadText:
    """Read a letter's own words; what it quotes and how it is signed are passed over."""
    own = _own_lines(text)
    lines: list[Said] = []
    words: list[str] = []
    unclear: list[str] = []
    for line in own[:MOST_LINES]:
        found = read_line(line)
        if found is not None and len(lines) < MOST_SAID:
            lines.append(found)
        elif found is not None or _is_unclear(line):
            unclear.append(line)
        else:
            words.append(line)
    is_whole = len(own) <= MOST_LINES and all(len(line) <= MOST_SIGNS for line in own)
    return ReadText(lines, words, unclear, any(_OTHERWISE.search(line) for line in own[:MOST_LINES]), is_whole)


def _own_lines(text: str) -> list[str]:
    found: list[str] = []
    for raw in text.splitlines():
        line = raw.strip()
        if _END_OF_LETTER.match(line) or _QUOTE_HEAD.search(line[:MOST_SIGNS]):
            break
        if line and not _QUOTED.match(line):
            found.append(line)
    return found


def read_line(line: str) -> Said | None:
    """Return a line of goods; None for words."""
    if len(line) > MOST_SIGNS or _CONTACT.search(line) or _PHONE.search(line):
        return None
    bare = _MARK.sub("", line).strip().rstrip(";.,")
    for form in _FORMS:
        fits = form.fullmatch(bare)
        if fits and (found := _said(line, fits)) is not None:
            return found
    weak = _WEAK.fullmatch(bare)
    if weak and (found := _said(line, weak)) is not None:
        return Said(found.text, found.name, found.codes, found.quantity, found.unit, is_weak=True)
    if _CODE_ALONE.fullmatch(bare):
        return Said(line, bare, (bare,))
    return None


def _said(line: str, fits: re.Match[str]) -> Said | None:
    name = fits["name"].strip(" \t,;:–—-|")
    quantity = number_of(fits["many"])
    if quantity is None or not any(sign.isalnum() for sign in name):
        return None
    unit = fits.groupdict().get("unit") or ""
    return Said(line, name[:300], codes_in(name), quantity, unit_of(unit))


def _is_unclear(line: str) -> bool:
    """Tell whether a line that is no line of goods may be a part of the order all the same: figures in it."""
    if _CONTACT.search(line) or _PHONE.search(line):
        return False
    return any(sign.isdigit() for sign in line) or len(line) > MOST_SIGNS
