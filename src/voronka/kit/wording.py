"""How numbers, sums, phones, moments and sentences are written for people, in Russian and English.

Plain Python: the language is an argument ("ru" or "en", anything else reads as "en"), zones are IANA names,
"now" is handed in. The typographic rules are those of shared design: thin no-break spaces in thousands, no-break
before units and after short words, a real minus, clock faces with a leading zero and sentences without.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import get_timezone_location

THIN = "\u202f"
NB = "\u00a0"
MINUS = "\u2212"
DASH = "\u2014"

SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br", "UAH": "₴", "CNY": "¥", "GBP": "£"}

MONTHS = {
    "ru": (
        "января", "февраля", "марта", "апреля", "мая", "июня",
        "июля", "августа", "сентября", "октября", "ноября", "декабря",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
WEEKDAYS = {
    "ru": ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
SHORT_DAYS = {
    "ru": ["пн", "вт", "ср", "чт", "пт", "сб", "вс"],
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
}
NEAR_DAYS = {
    "ru": {-1: "вчера", 0: "сегодня", 1: "завтра"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
}


def tongue(lang: str | None) -> str:
    """The language we have words in: "ru" for any Russian locale, else "en"."""
    return "ru" if (lang or "").lower().startswith("ru") else "en"


def plural(n: int | Decimal, forms: Sequence[str], lang: str = "ru") -> str:
    """The form of a word that goes with a number: three forms in Russian, two in English.

    A fraction takes the second Russian form ("2,5 часа") and the English plural.
    """
    if tongue(lang) == "en":
        return forms[0] if n == 1 else forms[-1]
    if n != int(n):
        return forms[1]
    tens, ones = abs(int(n)) % 100, abs(int(n)) % 10
    if 11 <= tens <= 14 or ones == 0 or ones >= 5:
        return forms[2]
    return forms[0] if ones == 1 else forms[1]


def number(value: int | float | Decimal, lang: str = "ru", *, digits: int | None = None) -> str:
    """A number with thin spaces in thousands and the decimal sign of the language.

    Without `digits` the number keeps the digits it has; with it, it is rounded to that many.
    """
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite():
        return DASH
    if digits is not None:
        exact = round(exact, digits)
    text = f"{abs(exact):f}"
    whole, _, fraction = text.partition(".")
    grouped = whole if len(whole) < 4 else re.sub(r"\B(?=(\d{3})+(?!\d))", THIN, whole)
    sign = MINUS if exact < 0 else ""
    comma = "," if tongue(lang) == "ru" else "."
    return sign + grouped + (comma + fraction if fraction else "")


def money(value: int | float | Decimal, currency: str = "RUB", lang: str = "ru", *, signed: bool = False) -> str:
    """A sum of money: "184 000 ₽", "9,30 ₽", "−4 800 ₽"; `signed` puts a plus on income.

    Hundredths are shown only where there are some.
    """
    exact = round(Decimal(str(value)), 2)
    digits = 0 if exact == exact.to_integral_value() else 2
    plus = "+" if signed and exact > 0 else ""
    return f"{plus}{number(exact, lang, digits=digits)}{NB}{SIGNS.get(currency, currency)}"


def phone(e164: str) -> str:
    """A number as people read it: "+7 391 200-00-01"; foreign ones by the international format."""
    russian = re.fullmatch(r"\+7(\d{3})(\d{3})(\d{2})(\d{2})", e164)
    if russian:
        code, *rest = russian.groups()
        return f"+7{NB}{code}{NB}{'-'.join(rest)}"
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    text = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return text.replace(" ", NB)


def clock(moment: datetime, zone: str, *, face: bool = False) -> str:
    """Hours and minutes in a zone: "9:05" in a sentence, "09:05" on a clock face."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%H:%M}" if face else f"{local.hour}:{local:%M}"


def offset(moment: datetime, zone: str, mine: str, lang: str = "ru") -> str:
    """How far a zone is ahead of mine at that moment: "+4 ч", "−1 ч", "+5:30 ч", "" when equal."""
    minutes = offset_minutes(moment, zone, mine)
    if minutes == 0:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    unit = "ч" if tongue(lang) == "ru" else "h"
    return f"{'+' if minutes > 0 else MINUS}{hours}{f':{rest:02}' if rest else ''}{NB}{unit}"


def offset_minutes(moment: datetime, zone: str, mine: str) -> int:
    """How many minutes a zone is ahead of mine at that moment."""
    here, there = moment.astimezone(ZoneInfo(mine)), moment.astimezone(ZoneInfo(zone))
    gap = (there.utcoffset() or timedelta()) - (here.utcoffset() or timedelta())
    return round(gap.total_seconds() / 60)


def hour_text(hour: float) -> str:
    """Hours as people write a limit: 20.0 is "20:00", 8.5 is "8:30", 24 is "24:00"."""
    minutes = round(hour * 60)
    return f"{minutes // 60}:{minutes % 60:02}"


def day(value: date, today: date, lang: str = "ru") -> str:
    """A day in a sentence: "сегодня", "12 марта", "18 ноября 2025" when the year is another."""
    word = NEAR_DAYS[tongue(lang)].get((value - today).days)
    return word or _calendar_day(value, today, lang)


def day_head(value: date, today: date, lang: str = "ru") -> str:
    """A day as the head of a list: "Сегодня, 12 марта", "Вчера", "Вторник, 10 марта"."""
    words, far = tongue(lang), (value - today).days
    if far == 0:
        return f"{NEAR_DAYS[words][0].capitalize()}, {_calendar_day(value, today, lang)}"
    if far in (-1, 1):
        return NEAR_DAYS[words][far].capitalize()
    if abs(far) < 8:
        return f"{WEEKDAYS[words][value.weekday()].capitalize()}, {_calendar_day(value, today, lang)}"
    return _calendar_day(value, today, lang)


def _calendar_day(value: date, today: date, lang: str) -> str:
    year = "" if value.year == today.year else f" {value.year}"
    return f"{value.day}{NB}{MONTHS[tongue(lang)][value.month - 1]}{year}"


def short_day(value: date, lang: str = "ru") -> str:
    """The weekday in two or three letters: "пн", "Mon"."""
    return SHORT_DAYS[tongue(lang)][value.weekday()]


def moment(value: datetime, zone: str, now: datetime, lang: str = "ru") -> str:
    """A moment in a sentence, in one zone: "сегодня в 16:00", "пн в 13:00", "20 марта в 9:00"."""
    local, today = value.astimezone(ZoneInfo(zone)).date(), now.astimezone(ZoneInfo(zone)).date()
    far = (local - today).days
    name = short_day(local, lang) if 1 < far < 7 else day(local, today, lang)
    return f"{name} {_at(lang)}{NB}{clock(value, zone)}"


def two_clocks(value: datetime, client: str, mine: str, now: datetime, lang: str = "ru") -> str:
    """One moment by both clocks: "в 16:34 у клиента, 12:34 у вас".

    Where the two dates differ both weekdays are named and "tomorrow" is not said.
    """
    words = tongue(lang)
    there, here = value.astimezone(ZoneInfo(client)), value.astimezone(ZoneInfo(mine))
    theirs, yours = ("у клиента", "у вас") if words == "ru" else ("client's time", "yours")
    if there.date() != here.date():
        first = f"{short_day(there.date(), lang)} {_at(lang)}{NB}{clock(value, client)} {theirs}"
        return f"{first}, {short_day(here.date(), lang)} {_at(lang)}{NB}{clock(value, mine)} {yours}"
    if there.date() == now.astimezone(ZoneInfo(client)).date():
        first = f"{_at(lang)}{NB}{clock(value, client)} {theirs}"
    else:
        first = f"{moment(value, client, now, lang)} {theirs}"
    return first if clock(value, client) == clock(value, mine) else f"{first}, {clock(value, mine)} {yours}"


def _at(lang: str) -> str:
    return "в" if tongue(lang) == "ru" else "at"


UNITS: dict[str, dict[str, tuple[str, ...]]] = {
    "ru": {"day": ("день", "дня", "дней"), "hour": ("ч",) * 3, "minute": ("мин",) * 3, "second": ("с",) * 3},
    "en": {"day": ("day", "days"), "hour": ("h",) * 2, "minute": ("min",) * 2, "second": ("s",) * 2},
}


def duration(seconds: int | float, lang: str = "ru") -> str:
    """A length of time by its two largest units: "4 мин", "3 ч 56 мин", "2 дня"; days stand alone past two."""
    left = max(0, int(seconds))
    words = UNITS[tongue(lang)]
    if left >= 2 * 86400:
        days = left // 86400
        return f"{number(days, lang)}{NB}{plural(days, words['day'], lang)}"
    parts = []
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{NB}{plural(count, words[unit], lang)}")
    if not parts:
        parts.append(f"{left}{NB}{plural(left, words['second'], lang)}")
    return " ".join(parts[:2])


def nth_day(n: int, lang: str = "ru") -> str:
    """Which day it is by count: "3-й день", "day 3"."""
    return f"{n}-й{NB}день" if tongue(lang) == "ru" else f"day{NB}{n}"


def initials(name: str) -> str:
    """Two letters for a face: "Ольга Ветрова" is "ОВ"; one word gives one letter."""
    return "".join(word[0] for word in re.findall(r"\w[\w-]*", name)[:2]).upper()


def short_name(name: str) -> str:
    """Surname with initials: "Смирнова Анна Петровна" is "Смирнова А. П."; other shapes stay as they are."""
    words = name.split()
    if not 2 <= len(words) <= 3 or not all(word[0].isalpha() and word[0].isupper() for word in words):
        return name
    if any(len(word) > 1 and word.isupper() for word in words) or "«" in name:
        return name
    return NB.join([words[0], *(f"{word[0]}." for word in words[1:])])


_UNIT_WORDS = (
    "₽|%|ч|мин|с|м|мм|см|кг|г|л|шт\\.|км|дн|день|дня|дней|лет|год|года|минут[аы]?|час(?:а|ов)?|секунд[аы]?|"
    "метр(?:а|ов)?|задач[аи]?|шаг(?:а|ов)?|клиент(?:а|ов)?|заказ(?:а|ов)?|сдел(?:ка|ки|ок)|балл(?:а|ов)?|"
    "раза?|знак(?:а|ов)?|строк[аи]?|кнопк[аи]|кнопок"
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\+7 (\d{3}) (\d{3})"), rf"+7{NB}\1{NB}\2"),
    (re.compile(r"8 800 (\d{3})"), rf"8{NB}800{NB}\1"),
    (re.compile(r"(\d) (?=\d{3}(?!\d))"), rf"\1{THIN}"),
    (re.compile(rf"(\d) ({_UNIT_WORDS})(?![а-яё])", re.IGNORECASE), rf"\1{NB}\2"),
    (re.compile(r"№ "), f"№{NB}"),
    (re.compile(r" ([—–])"), rf"{NB}\1"),
    (re.compile(r" - "), f"{NB}— "),
    (re.compile(r"(\d) ?[x×х] ?(\d)"), rf"\1{NB}×{NB}\2"),
    (re.compile(rf"(\d) ({'|'.join(MONTHS['ru'])})"), rf"\1{NB}\2"),
)
_SHORT_WORD = re.compile(rf"(^|[\s(«{NB}])([а-яё]{{1,2}}|без|для|или|при|под|над|через) (?=\S)", re.IGNORECASE)


def typo(text: str, lang: str = "ru") -> str:
    """Typographic rules for one run of text (no tags): no-break spaces, dashes, × between figures, quotes.

    Idempotent. English gets thin spaces in thousands and no-break spaces before units only.
    """
    if tongue(lang) == "en":
        text = re.sub(r"(\d) (?=\d{3}(?!\d))", rf"\1{THIN}", text)
        return re.sub(r"(\d) (₽|%|h|min|s)(?!\w)", rf"\1{NB}\2", text)
    if " " not in text and '"' not in text and "x" not in text and "х" not in text:
        return text
    text = re.sub(r'(^|[\s(«\u00a0])"([^"«»]+)"', r"\1«\2»", text)
    text = re.sub(r"«([^«»]*)«([^«»]*)»([^«»]*)»", r"«\1„\2“\3»", text)
    for pattern, put in _RULES:
        text = pattern.sub(put, text)
    # Twice: neighbouring short words share the space between them.
    return _SHORT_WORD.sub(rf"\1\2{NB}", _SHORT_WORD.sub(rf"\1\2{NB}", text))


_TAG = re.compile(r"(<[^>]*>)")


LONGEST_KEPT = 300


def typo_html(html: str, lang: str = "ru") -> str:
    """`typo` on the text between tags of ready mark-up; tags and their attributes stay untouched."""
    return _kept_typo(html, lang) if len(html) <= LONGEST_KEPT else _typo_html(html, lang)


def _typo_html(html: str, lang: str) -> str:
    return "".join(part if part.startswith("<") else typo(part, lang) for part in _TAG.split(html))


# A page has a hundred short texts, most of them the same as on the page before.
_kept_typo = lru_cache(maxsize=4096)(_typo_html)


# One town for each zone that a Russian day of work passes through, from west to east.
RUSSIAN_ZONES = (
    ("Europe/Kaliningrad", "Калининград", "Kaliningrad"),
    ("Europe/Moscow", "Москва", "Moscow"),
    ("Europe/Samara", "Самара", "Samara"),
    ("Asia/Yekaterinburg", "Екатеринбург", "Yekaterinburg"),
    ("Asia/Omsk", "Омск", "Omsk"),
    ("Asia/Krasnoyarsk", "Красноярск", "Krasnoyarsk"),
    ("Asia/Irkutsk", "Иркутск", "Irkutsk"),
    ("Asia/Yakutsk", "Якутск", "Yakutsk"),
    ("Asia/Vladivostok", "Владивосток", "Vladivostok"),
    ("Asia/Magadan", "Магадан", "Magadan"),
    ("Asia/Kamchatka", "Камчатка", "Kamchatka"),
)


def sky_title(open_now: int, total: int, lang: str = "ru") -> str:
    """The sentence over the zones of Russia."""
    if tongue(lang) == "en":
        towns = plural(open_now, ("town", "towns"), lang)
        return f"{open_now} {towns} of {total} may be called now"
    if open_now == 0:
        return "Сейчас во всех городах ночь"
    towns = plural(open_now, ("городе", "городах", "городах"), lang)
    return f"Сейчас в{NB}{open_now} {towns} из{NB}{total} можно звонить"


# Names of the towns in "12:04 in Moscow".
_IN_TOWN = {"Москва": "в Москве", "Самара": "в Самаре", "Камчатка": "на Камчатке"}


def sky_mine(time: str, place: str, lang: str = "ru") -> str:
    """My own time under the zones: "12:04 в Москве"."""
    if not place:
        return time
    if tongue(lang) == "en":
        return f"{time} in {place}"
    return f"{time} {_IN_TOWN.get(place, f'в {place}е')}"


def place_of(zone: str, lang: str = "ru") -> str:
    """The town by which a zone is known: "Москва", "Сан-Паулу"."""
    for known, ru, en in RUSSIAN_ZONES:
        if known == zone:
            return ru if tongue(lang) == "ru" else en
    return _city(zone, tongue(lang))


@cache
def _city(zone: str, lang: str) -> str:
    try:
        return str(get_timezone_location(zone, locale=lang, return_city=True))
    except LookupError:
        return zone.rsplit("/", 1)[-1].replace("_", " ")
