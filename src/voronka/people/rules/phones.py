"""Phone numbers read from messy cells and written for people.

The usual Russian cell (eleven digits with 8, 7 or +7, or ten) is settled by tables here; all else goes to the
`phonenumbers` library, which is some thirty times slower. Sources: the Russian numbering plan (order of the Ministry
of Communications of 25 April 2017, No. 205) for codes; E.164 for lengths.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from voronka.people.rules.reading import says_nothing
from voronka.people.rules.regions import AREA_CODES

MOST_PHONES = 10  # in one cell
_LONGEST = 1000  # signs of a cell that are read


@dataclass(frozen=True, slots=True)
class Phone:
    """A number from a cell.

    `e164` is empty when it cannot be read; `reason` then tells why: no_digits, too_short, too_long, no_area_code,
    unknown_code, letters, too_many. `kind` is mobile, landline, tollfree or other. `sure` is False when something was
    guessed, or when the number looks made up (900 000-00-00).
    """

    e164: str
    extension: str = ""
    raw: str = ""
    kind: str = ""
    sure: bool = True
    reason: str = ""


_DROPPED = {
    ord(sign): None for sign in " -().\t\u00a0\u2009\u202f\u2011\u2010\u2012\u2013\u2014\u2212\u00ad~_[]{}'*\""
}
_DROPPED |= dict.fromkeys((0x200B, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x2060, 0xFEFF))
_FORBIDDEN = re.compile(r"[^\W\d_]|[<=>@]")
_LABEL = re.compile(
    r"(?:телефон|тел|моб(?:ильный)?|сот(?:овый)?|раб(?:очий)?|дом(?:ашний)?|гор(?:одской)?|факс"
    r"|phone|mobile|mob|tel|fax|cell|whats ?app|ватсап|вотсап|viber|вайбер|telegram|телеграм|wa|tg|т|м|ф|р|д|т/ф"
    r"|номер|№)\s*[.:№]*\s*(?=[\d+(:.])",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"[,;]?\s*(?:(?:доб(?:авочный|ав)?|вн(?:утр(?:енний)?)?|ext(?:ension)?|extn|x|х|#|;ext=)\s*[.:№=]*\s*)(\d{1,7})\b",
    re.IGNORECASE,
)
_EXTENSION_TAIL = re.compile(r"\s*\(\s*(?:доб|вн|ext)[.\s:]*\d{1,7}\s*\)", re.IGNORECASE)
_SPLIT = re.compile(r"[,;|\n\r/\\]+|\s(?:и|или|and|or)\s|(?<=\d)\s*(?=\+)", re.IGNORECASE)
_GLUED = re.compile(r"(?:\+7|[78])\d{10}(?=(?:\+7|[78])\d{10})")
_ALIKE = str.maketrans("OoОоЗзIlІБ", "0000331116")
_LETTERS_FOR_DIGITS = re.compile(r"^[+\d\s()\-OoОоЗзIlІБ]+$")
_NOTE = re.compile(r"\((?=[^)]*[^\W\d_])[^)\d]*\)|[^\W\d_][^\W\d]*[.:]?(?:\s+[^\W\d_]+[.:]?)*\s*$")
# What most cells hold: a label or none, one Russian number, an extension or none.
_USUAL = re.compile(
    r"\s*(?:тел\.?:?|моб\.?:?)?\s*((?:\+7|[78])?[ (\-]*[3489]\d\d[ )\-]*\d{3}[ \-]?\d\d[ \-]?\d\d)"
    r"(?:,? ?(?:доб|вн|ext)\.? ?(\d{1,7}))?\s*",
    re.IGNORECASE | re.ASCII,
)
_MADE_UP = re.compile(r"(\d)\1{6}$|1234567$|7654321$")


_FRACTION = re.compile(r"\+?[0-9]{7,15}\.0{1,2}")


def parse_phones(text: object, default_region: str = "RU") -> list[Phone]:
    """Return the numbers of a cell in their order, each once; what looks like a number but is none comes with a reason.

    `default_region` (ISO 3166 two letters) tells how numbers without a country are read. An empty cell, a dash or
    "нет" give an empty list.
    """
    cell = text if isinstance(text, str) else _number_text(text)
    if default_region == "RU":
        quick = _plain_russian(cell, cell)
        if quick is not None:
            return [quick]
        if (usual := _usual(cell)) is not None:
            return usual
    cell = cell.replace("\x00", "").strip()
    if _FRACTION.fullmatch(cell):  # a number that a program kept with its fraction: 79132000001.0
        return parse_phones(cell.partition(".")[0], default_region)
    if says_nothing(cell):
        return []
    if len(cell) > _LONGEST:
        return [Phone("", raw=cell[:100], reason="too_long")]
    found: list[Phone] = []
    for piece in _pieces(cell, default_region):
        if piece.e164 and any(piece.e164 == one.e164 and piece.extension == one.extension for one in found):
            continue
        if len(found) == MOST_PHONES:
            found.append(Phone("", raw=cell[:100], reason="too_many"))
            break
        found.append(piece)
    return found


def display(e164: str) -> str:
    """Write a number for people: +7 921 218-05-60; foreign ones as their country does. Garbage comes back as it is."""
    if len(e164) == 12 and e164.startswith("+7") and e164[1:].isdecimal() and e164.isascii():
        return f"+7 {e164[2:5]} {e164[5:8]}-{e164[8:10]}-{e164[10:]}"
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def _number_text(value: object) -> str:
    """Write a spreadsheet's number without exponent and fraction: phones are often kept as numbers."""
    if isinstance(value, float) and value == value and abs(value) < 1e16:
        return str(int(value))
    return "" if value is None or isinstance(value, bool) else str(value)


def _plain_russian(piece: str, raw: str) -> Phone | None:
    """Settle ten or eleven digits of a Russian number with the usual signs between them; None when it is not that."""
    if len(piece) > 32:
        return None
    digits = piece.translate(_DROPPED)
    size = len(digits)
    if size == 11 and digits[0] in "78":
        national = digits[1:]
    elif size == 12 and digits.startswith("+7"):
        national = digits[2:]
    elif size == 10 and digits[0] in "3489":
        national = digits
    else:
        return None
    if not (national.isdecimal() and national.isascii()):
        return None
    kind = "mobile" if national[0] == "9" else _area_kind(national[:3])
    if not kind:
        return None
    return Phone("+7" + national, raw=raw.strip(), kind=kind, sure=not _MADE_UP.search(national))


def _usual(cell: str) -> list[Phone] | None:
    """Settle a cell of one or two usual numbers; None when anything is out of the way."""
    if len(cell) > 80:
        return None
    found: list[Phone] = []
    for part in cell.split(", "):
        match = _USUAL.fullmatch(part)
        phone = _plain_russian(match[1], part) if match else None
        if match is None or phone is None or any(phone.e164 == one.e164 for one in found):
            return None
        if match[2]:
            phone = Phone(phone.e164, match[2], phone.raw, phone.kind, phone.sure)
        found.append(phone)
    return found


def _area_kind(code: str) -> str:
    if code in AREA_CODES:
        return "landline"
    return "tollfree" if code in ("800", "804") else ""


def _pieces(cell: str, region: str) -> list[Phone]:
    """Part the cell into numbers; an extension belongs to the number before it."""
    found: list[Phone] = []
    extensions: list[str] = []

    def keep(match: re.Match[str]) -> str:
        extensions.append(match[1])
        return f"\x00{len(extensions) - 1}\x00,"

    whole = _EXTENSION.sub(keep, _EXTENSION_TAIL.sub(lambda match: match[0].strip(" ()"), cell))
    for piece in _parts(whole):
        body, _, place = piece.partition("\x00")
        extension = extensions[int(place.rstrip("\x00, "))] if place else ""
        body = body.strip()
        if not body:
            if extension and found and found[-1].e164 and not found[-1].extension:
                last = found.pop()
                found.append(Phone(last.e164, extension, last.raw, last.kind, last.sure))
            continue
        if other := _other_ending(body, found):
            found.append(other)
            continue
        found.extend(_one(body, extension, region))
    return found


def _parts(whole: str) -> list[str]:
    """Split where numbers end; signs inside of one number do not part it."""
    parts = [part for part in _SPLIT.split(whole) if part.strip()]
    if len(parts) > 1 and "\x00" not in whole:
        counts = [sum(sign.isdecimal() for sign in part) for part in parts]
        if 10 <= sum(counts) <= 11 and max(counts) < 10 and not _FORBIDDEN.search(whole):
            return [re.sub(r"[,;|/\\\n\r]", " ", whole)]
    return parts


def _other_ending(body: str, found: list[Phone]) -> Phone | None:
    """Read the 34 of "221-12-33/34" as a second number that differs in its last digits."""
    if 2 <= len(body) <= 4 and body.isdecimal() and body.isascii() and found and found[-1].kind == "landline":
        other = found[-1].e164[: -len(body)] + body
        return Phone(other, raw=body, kind="landline", sure=False)
    return None


def _one(body: str, extension: str, region: str) -> list[Phone]:
    raw = body[:100]
    bare = _LABEL.sub("", body)
    if (quick := _plain_russian(bare, raw) if region == "RU" else None) is not None:
        return [Phone(quick.e164, extension, raw, quick.kind, quick.sure)]
    digits = "".join(sign for sign in bare if sign.isdecimal())
    glued = _GLUED.sub(lambda match: match[0] + " ", bare.translate(_DROPPED))
    if len(digits) in (22, 33) and len(parts := glued.split()) > 1:
        return [phone for part in parts for phone in _one(part, extension, region)]
    if not digits:
        return [Phone("", raw=raw, reason="no_digits")]
    tidy, sure = bare, True
    if _FORBIDDEN.search(bare):
        tidy, sure = _without_letters(bare)
        if not tidy:
            return [Phone("", raw=raw, reason="letters" if len(digits) >= 7 else "too_short")]
        digits = "".join(sign for sign in tidy if sign.isdecimal())
        if region == "RU" and (quick := _plain_russian(tidy, raw)) is not None:
            return [Phone(quick.e164, extension, raw, quick.kind, sure=False)]
    phone = _by_library(tidy, digits, region)
    return [Phone(phone.e164, extension if phone.e164 else "", raw, phone.kind, phone.sure and sure, phone.reason)]


def _without_letters(text: str) -> tuple[str, bool]:
    """Take a note like "(мама)" away, or letters that stand for digits (О for 0); nothing when letters remain."""
    if _LETTERS_FOR_DIGITS.match(text):
        return text.translate(_ALIKE), False
    bare = _NOTE.sub(" ", text)
    enough = sum(sign.isdecimal() for sign in bare) >= 10
    return (bare, False) if enough and not _FORBIDDEN.search(bare) else ("", False)


@lru_cache(maxsize=4096)
def _by_library(text: str, digits: str, region: str) -> Phone:
    """Ask the library about a number that the tables did not settle."""
    if len(digits) > 15:
        return Phone("", reason="too_long")
    tries = [text]
    if "+" not in text and len(digits) >= 11:
        tries.append("+" + digits)  # a foreign number whose plus was lost
    for attempt in tries:
        try:
            number = phonenumbers.parse(attempt, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            return Phone(e164, number.extension or "", kind=_kind(number), sure=attempt is text)
    return Phone("", reason=_why_not(text, digits, region))


def _kind(number: phonenumbers.PhoneNumber) -> str:
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.MOBILE:
        return "mobile"
    if kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE):
        return "landline" if kind == PhoneNumberType.FIXED_LINE else "other"
    return "tollfree" if kind == PhoneNumberType.TOLL_FREE else "other"


def _why_not(text: str, digits: str, region: str) -> str:
    if region == "RU" and "+" not in text and 5 <= len(digits) <= 7:
        return "no_area_code"
    if len(digits) < 10:
        return "too_short"
    russian = region == "RU" and ("+" not in text or digits.startswith("7"))
    if russian and len(digits) > 11:
        return "too_long"
    return "unknown_code"
