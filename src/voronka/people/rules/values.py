"""Dates, sums, numbers and answers read from cells as people type them; nothing here raises.

Sums and whole numbers: Russian ("4 784,85", "12 тыс. руб.") and English ("1,234.56") writing, and numbers that a
spreadsheet gives as they are. Dates: day first, with or without month names, ISO, serial numbers of spreadsheets.
"""

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from voronka.people.rules.reading import Reading, says_nothing
from voronka.people.rules.texts import Cleaned, clean_text

__all__ = ["Cleaned", "clean_text", "parse_bool", "parse_date", "parse_integer", "parse_money", "parse_number"]

_LONGEST = 100  # signs; no date, sum or answer is longer
_MOST = Decimal(10) ** 14

# --- dates ---------------------------------------------------------------------------------------------------------

_MONTHS = {
    "янв": 1,
    "фев": 2,
    "мар": 3,
    "апр": 4,
    "май": 5,
    "мая": 5,
    "мае": 5,
    "июн": 6,
    "июл": 7,
    "авг": 8,
    "сен": 9,
    "окт": 10,
    "ноя": 11,
    "дек": 12,
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
_MONTH_WORD = re.compile(
    r"январ[ьяе]|феврал[ьяе]|марта?|марте|апрел[ьяе]|ма[йяе]|июн[ьяе]|июл[ьяе]|августа?|августе|сентябр[ьяе]"
    r"|октябр[ьяе]|ноябр[ьяе]|декабр[ьяе]|янв|фев|февр|мар|апр|июн|июл|авг|сен|сент|окт|ноя|нояб|дек"
    r"|january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec"
)
_CLOCK = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)? ?(?:z|utc|[+-]\d{2}:?\d{2})?)?"
_DAY_FIRST = re.compile(
    r"(\d{1,2}) ?([./,\-\\ ]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2}) ?(?:г\.?|года?)?" + _CLOCK, re.IGNORECASE
)
_YEAR_FIRST = re.compile(r"(\d{4}) ?[./\-\\] ?(\d{1,2}) ?[./\-\\] ?(\d{1,2})" + _CLOCK, re.IGNORECASE)
_DAY_WORD = re.compile(r"(\d{1,2})(?:-?(?:го|ое|е|st|nd|rd|th))?[ .,\-/]*([^\W\d]+)[ .,\-/]*(\d{4}|\d{2})\D{0,6}")
_WORD_DAY = re.compile(r"([^\W\d]+)[ .]*(\d{1,2})(?:st|nd|rd|th)?[ ,]+(\d{4})")
_LONE_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})\.?|(\d{1,2}) ([^\W\d]+)")
_SERIAL_DAYS = (1, 2_958_465)  # 1 January 1900 to 31 December 9999


def parse_date(value: object, *, latest: date | None = None, epoch_1904: bool = False) -> Reading[date]:
    """Read a date: text, date, moment or a spreadsheet's serial number.

    `latest` is the last day that makes sense (today for a birthday): a year of two digits lies in the hundred years
    up to it, without it 00-29 is 20xx and 30-99 is 19xx as in spreadsheets; a later day is refused. Serial numbers
    count days from 1 January 1900 with the day of 29 February 1900 that never was, or from 1904 with `epoch_1904`.
    Reasons: not_a_date, no_such_date, no_year, far_year, in_future.
    """
    if isinstance(value, datetime):
        found = Reading(value.date())
    elif isinstance(value, date):
        found = Reading(value)
    elif isinstance(value, bool):
        return Reading(None, "not_a_date")
    elif isinstance(value, int | float | Decimal):
        found = _serial_date(value, epoch_1904)
    else:
        found = _read_date(_short(value), latest, epoch_1904)
    day = found.value
    if day is None:
        return found
    if not 1800 <= day.year <= 2199:
        return Reading(None, "far_year")
    return Reading(None, "in_future") if latest is not None and day > latest else found


def _read_date(text: str, latest: date | None, epoch_1904: bool) -> Reading[date]:
    if says_nothing(text):
        return Reading(None)
    if len(text) > _LONGEST:
        return Reading(None, "not_a_date")
    if match := _YEAR_FIRST.fullmatch(text):
        return _checked(int(match[1]), int(match[2]), int(match[3]), sure=True)
    if match := _DAY_FIRST.fullmatch(text):
        return _numbers_date(int(match[1]), int(match[3]), match[4], latest)
    if text.isascii() and text.isdigit():
        return _digits_date(text, epoch_1904)
    return _words_date(text.lower(), latest)


def _numbers_date(day: int, month: int, year: str, latest: date | None) -> Reading[date]:
    if month > 12 >= day:  # only the American order makes a date of it
        return _checked(_full_year(year, latest), day, month, sure=False)
    return _checked(_full_year(year, latest), month, day, sure=len(year) == 4)


def _digits_date(text: str, epoch_1904: bool) -> Reading[date]:
    """Read bare digits: 19741209, 09121974, or a serial number of a spreadsheet (20,000 and later: since 1954)."""
    if len(text) == 8:
        found: Reading[date] = Reading(None, "not_a_date")
        for year, month, day in ((text[:4], text[4:6], text[6:]), (text[4:], text[2:4], text[:2])):
            if "1900" <= year <= "2100" and (found := _checked(int(year), int(month), int(day), sure=False)).value:
                return found
        return found
    if len(text) == 5:
        return _serial_date(float(text), epoch_1904, sure=False)
    return Reading(None, "not_a_date")


def _words_date(text: str, latest: date | None) -> Reading[date]:
    text = text.replace("«", "").replace("»", "").replace('"', "")
    if match := _DAY_WORD.fullmatch(text):
        day, word, year = match[1], match[2], match[3]
    elif match := _WORD_DAY.fullmatch(text):
        word, day, year = match[1], match[2], match[3]
    elif (match := _LONE_DAY.fullmatch(text)) and (match[1] or _MONTH_WORD.fullmatch(match[4])):
        return Reading(None, "no_year")
    else:
        return Reading(None, "not_a_date")
    if not _MONTH_WORD.fullmatch(word):
        return Reading(None, "not_a_date")
    return _checked(_full_year(year, latest), _MONTHS[word[:3]], int(day), sure=len(year) == 4)


def _full_year(year: str, latest: date | None) -> int:
    """Give two digits of a year their century."""
    number = int(year)
    if len(year) == 4:
        return number
    if latest is None:
        return number + (2000 if number < 30 else 1900)
    guess = latest.year - latest.year % 100 + number
    return guess if guess <= latest.year else guess - 100


def _checked(year: int, month: int, day: int, *, sure: bool) -> Reading[date]:
    try:
        return Reading(date(year, month, day), sure=sure)
    except ValueError:
        return Reading(None, "no_such_date")


def _serial_date(number: int | float | Decimal, epoch_1904: bool, *, sure: bool = True) -> Reading[date]:
    """Turn a spreadsheet's day number into a date; its fraction is the time of day.

    Source: ECMA-376 Part 1, 18.17.4.1: 1 is 1 January 1900 and 60 the 29 February 1900 that never was.
    """
    if isinstance(number, Decimal) and not number.is_finite():
        return Reading(None, "not_a_date")
    if not _SERIAL_DAYS[0] <= number < _SERIAL_DAYS[1]:  # neither for NaN
        return Reading(None, "not_a_date")
    days = int(number)
    if epoch_1904:
        return Reading(date(1904, 1, 1) + timedelta(days=min(days, 2_957_003)), sure=sure)
    if days == 60:
        return Reading(None, "no_such_date")
    return Reading(date(1899, 12, 31 if days < 60 else 30) + timedelta(days=days), sure=sure)


# --- sums and numbers ----------------------------------------------------------------------------------------------

_CURRENCY = re.compile(
    r"российских рублей|рубл(?:ей|я|ь|и)|руб\.?|р(?:\.|(?=\s|$))|₽|rub|rur|долл?(?:аров|ара|ар|\.)?|\$|usd|евро|€|eur|₸"
    r"|тенге|тг\.?|kzt|₴|грн\.?|uah|byn|br|сумов|сум|uzs|сом|kgs|£|gbp|¥|cny|юан(?:ей|я|ь)",
    re.IGNORECASE,
)
_SCALE = {
    **dict.fromkeys(("тыс", "тысяч", "тысяча", "тысячи", "т", "тр", "т.р", "к", "k", "thousand"), Decimal(1000)),
    **dict.fromkeys(("млн", "миллион", "миллиона", "миллионов", "м", "m", "mln", "million"), Decimal(10) ** 6),
    **dict.fromkeys(("млрд", "миллиард", "миллиарда", "миллиардов", "bn", "billion"), Decimal(10) ** 9),
}
_KOPECKS = re.compile(r"(\d)\s*(?:руб(?:\.|лей|ля|ль)?|р\.?)\s*(\d{1,2})\s*коп(?:\.|еек|ейки|ейка)?$", re.IGNORECASE)
_FIGURE = re.compile(r"([+\-−–]?)(\d[\d.,' ]*?)\.?\s*([a-zа-я.]*)", re.IGNORECASE)
_CENT = Decimal("0.01")


def parse_money(value: object) -> Reading[Decimal]:
    """Read a sum, rounded to two digits, whatever its currency sign. Reasons: not_a_sum, separators, too_big.

    A sign that may part thousands as well as cents ("1.234") is taken for thousands and marked unsure.
    """
    read = _read_figure(value, "not_a_sum", money=True)
    number = read.value
    if number is None:
        return read
    rounded = number.quantize(_CENT, ROUND_HALF_UP)
    # Digits far behind the point are only what binary fractions leave; others were meant, so the sum is a guess.
    return Reading(rounded, sure=read.sure and abs(rounded - number) < Decimal("0.0005"))


def parse_number(value: object) -> Reading[Decimal]:
    """Read a number with a fraction. Reasons: not_a_number, separators, too_big."""
    return _read_figure(value, "not_a_number", money=False)


def parse_integer(value: object) -> Reading[int]:
    """Read a whole number. Reasons: not_a_number, not_whole, separators, too_big."""
    read = _read_figure(value, "not_a_number", money=False)
    if read.value is None:
        return Reading(None, read.reason)
    if read.value != read.value.to_integral_value():
        return Reading(None, "not_whole")
    return Reading(int(read.value), sure=read.sure)


def _read_figure(value: object, reason: str, *, money: bool) -> Reading[Decimal]:
    if isinstance(value, bool):
        return Reading(None, reason)
    if isinstance(value, int | float | Decimal):
        return _plain_number(value, reason)
    text = _short(value)
    if len(text) > _LONGEST:
        return Reading(None, reason)
    if text.isascii() and text.isdigit() and len(text) < 15:
        return Reading(Decimal(text))
    if says_nothing(text):
        return Reading(None)
    if money:
        text = _CURRENCY.sub(" ", _KOPECKS.sub(_with_kopecks, text)).strip()
    match = _FIGURE.fullmatch(text)
    if match is None:
        return Reading(None, reason)
    scale = Decimal(1)
    if match[3].strip("."):
        found = _SCALE.get(match[3].lower().strip("."))
        if found is None:
            return Reading(None, reason)
        scale = found
    return _figure(match[1], match[2].strip(), scale, money=money)


def _with_kopecks(match: re.Match[str]) -> str:
    return f"{match[1]},{match[2]:0>2}"


def _plain_number(value: int | float | Decimal, reason: str) -> Reading[Decimal]:
    # Fifteen digits are what a spreadsheet keeps: beyond them lies only the rest of the binary fraction.
    number = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return Reading(None, reason)
    return Reading(number) if number.copy_abs() < _MOST else Reading(None, "too_big")


def _figure(sign: str, digits: str, scale: Decimal, *, money: bool) -> Reading[Decimal]:
    """Read digits: blanks and apostrophes part thousands; of point and comma the last may part cents."""
    marks = [mark for mark in digits if not mark.isdigit()]
    last = digits[max(digits.rfind("."), digits.rfind(",")) :][1:] if "." in marks or "," in marks else ""
    sure, cents = True, ""
    points = [mark for mark in marks if mark in ".,"]
    if points:
        alone = points.count(points[-1]) == 1
        whole_before = digits[: len(digits) - len(last) - 1]
        may_group = len(last) == 3 and whole_before.lstrip("0 ") != "" and money
        if len(set(points)) == 2 and not alone:
            return Reading(None, "separators")
        if len(points) == 1 and may_group and len(whole_before) <= 3:
            sure = False
            digits = digits.replace(points[-1], " ")
        elif alone:
            digits, cents = whole_before, last
    groups = re.split(r"[ .,']", digits)
    if any(len(group) != 3 for group in groups[1:]) or (len(groups[0]) > 3 < len(groups) * 3 and len(groups) > 1):
        return Reading(None, "separators")
    if cents and not cents.isdigit():
        return Reading(None, "separators")
    whole = "".join(groups)
    if len(whole.lstrip("0")) > 14:
        return Reading(None, "too_big")
    number = Decimal(f"{whole}.{cents or '0'}") * scale
    if number >= _MOST:
        return Reading(None, "too_big")
    return Reading(-number if sign and sign != "+" else number, sure=sure)


# --- answers -------------------------------------------------------------------------------------------------------

_YES = frozenset(
    (
        *("да", "д", "1", "1.0", "+", "yes", "y", "true", "истина", "есть", "v", "✓", "✔", "✅", "☑", "x", "х", "on"),
        *("ага", "вкл", "верно", "согласен", "согласна", "vip", "вип", "дал", "дала", "получено"),
    )
)
_NO = frozenset(
    (
        *("нет", "н", "0", "0.0", "-", "—", "–", "no", "n", "false", "ложь", "off", "выкл", "❌", "✗", "☐"),
        *("не согласен", "не согласна", "отказ", "не получено"),
    )
)


def parse_bool(value: object) -> Reading[bool]:
    """Read yes or no. Reason: not_an_answer."""
    if isinstance(value, bool):
        return Reading(value)
    if isinstance(value, int | float) and value in (0, 1):
        return Reading(bool(value))
    text = _short(value).lower().rstrip(".!")
    if not text:
        return Reading(None)
    if text in _YES:
        return Reading(True)
    if text in _NO:
        return Reading(False)
    return Reading(None, "" if says_nothing(text) else "not_an_answer")


def _short(value: object) -> str:
    """Return the text of a cell with single blanks and without hidden signs; of a long one only the beginning."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value)
    return clean_text(text[:400], 200).text if len(text) > 400 else clean_text(text, 400).text
