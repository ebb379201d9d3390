"""Words of time in Russian and English, and how a phrase is cut into them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum, auto
from functools import lru_cache

from rapidfuzz.distance import OSA


class Kind(StrEnum):
    """What a word may be in a phrase; one word may be several things (`дня`: a unit, a part of the day)."""

    NUMBER = auto()
    CLOCK = auto()  # 10:30
    DOTTED = auto()  # 9.30 or 15.03: a time or a date
    DATE = auto()  # 15.03.2027, 2027-03-15, 15/03
    ORDINAL = auto()  # 15-го, 15th, первого
    DAY = auto()  # today and after
    WEEKDAY = auto()
    MONTH = auto()
    UNIT = auto()
    PART = auto()  # of the day
    LENGTH = auto()  # полчаса, полгода: a distance in one word, see LENGTHS
    HALF_TO = auto()  # полвосьмого: the value is the hour that it is half an hour to
    ONE_AND_HALF = auto()
    HALF = auto()
    QUARTER = auto()
    IN = auto()  # через
    LATER = auto()  # from now, later
    AT = auto()
    AND = auto()
    WITH = auto()  # с половиной
    PAST = auto()  # half past
    THING = auto()  # first thing
    TO = auto()  # quarter to, без четверти
    AFTER = auto()
    BEFORE = auto()
    LUNCH = auto()
    WORK = auto()
    NEXT = auto()
    THIS = auto()
    COMING = auto()
    END = auto()
    START = auto()
    MIDDLE = auto()
    WEEKEND = auto()
    MONTH_DAY = auto()  # числа
    OCLOCK = auto()
    GONE = auto()  # yesterday, ago
    FILLER = auto()


class Unit(IntEnum):
    """Units of a distance in time."""

    MINUTE = 1
    HOUR = 2
    DAY = 3
    WEEK = 4
    MONTH = 5
    YEAR = 6


class Part(IntEnum):
    """Parts of a day."""

    EARLY = 1
    MORNING = 2
    BEFORE_LUNCH = 3
    LUNCH = 4
    DAY = 5
    AFTERNOON = 6
    END_OF_DAY = 7
    EVENING = 8
    AFTER_WORK = 9
    NIGHT = 10
    AM = 11
    PM = 12
    NOON = 13
    MIDNIGHT = 14


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a figure of the phrase. `figures` are its numbers; `padded` tells that it began with a nought."""

    text: str
    kinds: Mapping[Kind, int] = field(default_factory=dict)
    figures: tuple[int, ...] = ()
    padded: bool = False

    def get(self, kind: Kind) -> int | None:
        """Return the value of the word as this kind, None when it cannot be one."""
        return self.kinds.get(kind)


# Forms of a word stand between bars; the place of the group is its value.
_LISTS: list[tuple[Kind, str]] = [
    (
        Kind.DAY,
        "сегодня седня today | завтра tomorrow tmrw tmr | послезавтра overmorrow | послепослезавтра",
    ),
    (
        Kind.WEEKDAY,
        "понедельник понедельника понедельнику пн пон пнд monday mon mondays | вторник вторника вторнику вт"
        " втр tuesday tue tues | среда среду среды среде ср wednesday wed | четверг четверга четвергу чт чтв"
        " thursday thu thur thurs | пятница пятницу пятницы пятнице пт птн friday fri | суббота субботу субботы"
        " субботе сб сбт saturday sat | воскресенье воскресенья воскресенью вс вск sunday sun",
    ),
    (
        Kind.MONTH,
        "| январь января январе янв january jan | февраль февраля феврале фев февр february feb | март марта"
        " марте мар march mar | апрель апреля апреле апр april apr | май мая мае may | июнь июня июне июн june"
        " jun | июль июля июле июл july jul | август августа августе авг august aug | сентябрь сентября"
        " сентябре сен сент september sep sept | октябрь октября октябре окт october oct | ноябрь ноября ноябре"
        " ноя нояб november nov | декабрь декабря декабре дек december dec",
    ),
    (
        Kind.UNIT,
        "| минута минутам минуту минуты минут минуток минутки минутку мин м m minute minutes min mins | час часа часов"
        " часу часик часика часиков часок часам ч hour hours hr hrs h | день дня дней дней дню дн сутки суток денек"
        " дни day days | неделя неделю недели недель неделе недельку нед week weeks wk wks | месяц месяца"
        " месяцев месяце мес month months | год года лет году year years yr",
    ),
    (Kind.LENGTH, "полчаса полчасика | полгода | полмесяца"),
    (
        Kind.NUMBER,
        "ноль zero | один одну одна одного one a an | два две двух пару пара two couple | три трех three |"
        " четыре four | пять пяти five | шесть шести six | семь семи seven | восемь восьми eight | девять"
        " девяти nine | десять десяти ten | одиннадцать eleven | двенадцать twelve",
    ),
    (
        Kind.ORDINAL,
        "| первого первое первом первый первой first 1st | второго второе второй second | третьего третье третий"
        " третьем third | четвертого четвертое четвертый fourth | пятого пятое пятый fifth | шестого шестое"
        " шестой sixth | седьмого седьмое седьмой seventh | восьмого восьмое восьмой eighth | девятого девятое"
        " девятый ninth | десятого десятое десятый tenth | одиннадцатого одиннадцатое eleventh | двенадцатого"
        " двенадцатое twelfth | тринадцатого | четырнадцатого | пятнадцатого пятнадцатое fifteenth |"
        " шестнадцатого | семнадцатого | восемнадцатого | девятнадцатого | двадцатого двадцатое twentieth",
    ),
]
LENGTHS = ((30, Unit.MINUTE), (6, Unit.MONTH), (15, Unit.DAY))
_MORE_NUMBERS = {13: "тринадцать thirteen", 14: "четырнадцать fourteen", 15: "пятнадцать пятнадцати fifteen"} | {
    16: "шестнадцать sixteen",
    17: "семнадцать seventeen",
    18: "восемнадцать eighteen",
    19: "девятнадцать nineteen",
    20: "двадцать двадцати twenty",
    30: "тридцать тридцати thirty",
    40: "сорок сорока forty",
    50: "пятьдесят fifty",
    90: "девяносто ninety",
}
_PARTS = {
    Part.EARLY: "рано раненько early",
    Part.MORNING: "утром утра утро утречком утру morning mornings",
    Part.LUNCH: "lunchtime",
    Part.DAY: "днем дня daytime",
    Part.AFTERNOON: "afternoon",
    Part.END_OF_DAY: "eod cob",
    Part.EVENING: "вечером вечера вечер вечерком вечеру evening eve",
    Part.NIGHT: "ночью ночи ночь night",
    Part.AM: "am",
    Part.PM: "pm",
    Part.NOON: "полдень полудня midday noon noontime",
    Part.MIDNIGHT: "полночь полуночи midnight",
}
_SINGLE = {
    Kind.ONE_AND_HALF: "полтора полторы",
    Kind.HALF: "пол половина половину половине половиной half",
    Kind.QUARTER: "четверть четверти quarter",
    Kind.IN: "через чрез черз спустя чз in within",
    Kind.LATER: "later hence now",
    Kind.AT: "в во к ко на между at @ by on between",
    Kind.AND: "и and",
    Kind.WITH: "с со with",
    Kind.PAST: "past",
    Kind.THING: "thing",
    Kind.TO: "без to till",
    Kind.AFTER: "после after",
    Kind.BEFORE: "до before",
    Kind.LUNCH: "обед обеда обеду обедом lunch",
    Kind.WORK: "работы работа работу work",
    Kind.NEXT: "следующий следующую следующего следующей следующем след следующее next",
    Kind.THIS: "этот эту этого этой этом это this",
    Kind.COMING: "ближайший ближайшую ближайшее ближайшие coming upcoming nearest",
    Kind.END: "конец конце концу конца end",
    Kind.START: "начало начале началу начала start beginning",
    Kind.MIDDLE: "середина середине середину middle mid",
    Kind.WEEKEND: "выходные выходных выходным weekend weekends",
    Kind.MONTH_DAY: "число числа",
    Kind.OCLOCK: "oclock",
    Kind.GONE: "вчера позавчера назад прошлый прошлую прошлой прошлом прошлое yesterday ago last",
    Kind.FILLER: (
        "около примерно ровно где-то часиков-то ориентировочно давай давайте позвонить позвоните позвони перезвонить"
        " перезвоните перезвони звонок наберу набрать набери пожалуйста же то уже же лучше можно ближе так"
        " the of around about sharp exactly please call back him her them me us o'clock approximately roughly"
        " maybe again date from районе время"
    ),
}
TONIGHT = "tonight"
# Near in letters, far in meaning: never corrected into a word of time.
_NEVER_CORRECTED = frozenset({"завтрак", "завтрака", "никогда", "сутра", "weekly", "months", "mouth", "daily"})
_TYPO_LENGTHS = ((7, 2), (5, 1))


def _lexicon() -> dict[str, dict[Kind, int]]:
    words: dict[str, dict[Kind, int]] = {}

    def learn(kind: Kind, value: int, forms: str) -> None:
        for word in forms.split():
            words.setdefault(word, {}).setdefault(kind, value)

    for kind, rows in _LISTS:
        for value, forms in enumerate(rows.split("|")):
            learn(kind, value, forms)
    for table, kind in ((_MORE_NUMBERS, Kind.NUMBER), (_PARTS, Kind.PART)):
        for value, forms in table.items():
            learn(kind, int(value), forms)
    for kind, forms in _SINGLE.items():
        learn(kind, 0, forms)
    ordinals = [(word, kinds[Kind.ORDINAL]) for word, kinds in words.items() if Kind.ORDINAL in kinds]
    for word, hour in ordinals:
        if word.endswith("ого") or word == "третьего":
            learn(Kind.HALF_TO, hour, "пол" + word)
    learn(Kind.DAY, 0, TONIGHT)
    learn(Kind.PART, Part.EVENING, TONIGHT)
    return words


WORDS = _lexicon()
_LONG_WORDS = [word for word in WORDS if len(word) >= 5]

_FIGURES = re.compile(
    r"(?P<iso>(?P<y>[0-9]{4})[-/.](?P<mo>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2}))(?![0-9])"
    r"|(?P<full>(?P<fd>[0-9]{1,2})[./](?P<fm>[0-9]{1,2})[./](?P<fy>[0-9]{4}|[0-9]{2}))(?![0-9])"
    r"|(?P<clock>(?P<h>[0-9]{1,2})[:h](?P<m>[0-9]{2}))(?![0-9])"
    r"|(?P<slash>(?P<sd>[0-9]{1,2})/(?P<sm>[0-9]{1,2}))(?![0-9])"
    r"|(?P<ordinal>(?P<o>[0-9]{1,2})(?:-?(?:го|ого|ое|е)|st|nd|rd|th)\b)"
    r"|(?P<dotted>(?P<a>[0-9]{1,2})(?P<sep>[.,-])(?P<b>[0-9]{1,2}))(?![0-9])"
    r"|(?P<number>[0-9]{1,4})(?![0-9])",
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|@")
_SKIP = re.compile(r"[\s,;.!?\"«»()…–—-]+")


def normalised(text: str) -> str:
    """Return the phrase in lower case, in plain letters, with one space between words."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("ё", "е").replace("\u2019", "'")
    plain = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    plain = re.sub(r"(?<=[0-9])\s?[–—]\s?(?=[0-9])", "-", plain)
    plain = re.sub(r"\b([ap])\.\s?m\.?(?=\s|$|,)", r"\1m", plain)
    return " ".join(plain.split())


def tokens(text: str) -> list[Token] | None:
    """Cut a normalised phrase into tokens; None when a sign or a word in it is not of time."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        if skipped := _SKIP.match(text, at):
            at = skipped.end()
        elif figures := _FIGURES.match(text, at):
            found.append(_figure(figures))
            at = figures.end()
        elif word := _WORD.match(text, at):
            token = _word(word.group())
            if token is None:
                return None
            found.append(token)
            at = word.end()
        else:
            return None
    return found


def _figure(match: re.Match[str]) -> Token:
    text = match.group()
    padded = text.startswith("0")
    part = {name: int(value) for name, value in match.groupdict().items() if value and value.isdecimal()}
    if match["iso"]:
        return Token(text, {Kind.DATE: 0}, (part["d"], part["mo"], part["y"]))
    if match["full"]:
        year = part["fy"] + (2000 if part["fy"] < 100 else 0)
        return Token(text, {Kind.DATE: 0}, (part["fd"], part["fm"], year))
    if match["slash"]:
        day, month = part["sd"], part["sm"]
        return Token(text, {Kind.DATE: 0}, (month, day) if month > 12 else (day, month))
    if match["clock"]:
        return Token(text, {Kind.CLOCK: 0}, (part["h"], part["m"]), padded)
    if match["sep"] == "-" and part["a"] < part["b"] <= min(part["a"] + 2, 24):
        return Token(text, {Kind.NUMBER: part["a"]}, (), padded)  # from 10 to 11: the start is meant
    if match["dotted"]:
        return Token(text, {Kind.DOTTED: len(match["b"])}, (part["a"], part["b"]), padded)
    if match["ordinal"]:
        return Token(text, {Kind.ORDINAL: part["o"]})
    return Token(text, {Kind.NUMBER: part["number"]}, (), padded)


def _word(word: str) -> Token | None:
    kinds = WORDS.get(word)
    if kinds is None and (near := _nearest(word)):
        kinds = WORDS[near]
    return Token(word, kinds) if kinds is not None else None


@lru_cache(maxsize=2048)
def _nearest(word: str) -> str | None:
    """Return the word of time that this one is a slip of: the same first letter, one or two slips by its length."""
    allowed = next((slips for length, slips in _TYPO_LENGTHS if len(word) >= length), 0)
    if not allowed or word in _NEVER_CORRECTED:
        return None
    near = [
        (slips, known)
        for known in _LONG_WORDS
        if known[0] == word[0] and (slips := OSA.distance(word, known, score_cutoff=allowed)) <= allowed
    ]
    if not near:
        return None
    least = min(near)[0]
    best = [known for slips, known in near if slips == least]
    return best[0] if all(WORDS[known] == WORDS[best[0]] for known in best) else None
