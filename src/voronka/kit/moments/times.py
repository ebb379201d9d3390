"""Times of a day: в 7, half past 5, без четверти шесть, после обеда."""

from voronka.kit.moments.draft import Hour, Misread, Reader, number, put
from voronka.kit.moments.words import Kind, Part, Token, Unit

LEAST_SAID_MINUTES = 10  # "десять тридцать" is a time, "десять пять" is not
_RANGE_BEGINS = ("между", "from", "between")


def part(reader: Reader) -> bool:
    """утром; после обеда; до обеда; в обед; after work; first thing in the morning."""
    if reader.peek(Kind.WITH) is not None and reader.peek(Kind.PART, 1) is not None:
        reader.at += 1
    two = {
        (Kind.AFTER, Kind.LUNCH): Part.AFTERNOON,
        (Kind.AFTER, Kind.WORK): Part.AFTER_WORK,
        (Kind.BEFORE, Kind.LUNCH): Part.BEFORE_LUNCH,
        (Kind.BEFORE, Kind.WORK): Part.EARLY,
    }
    for (first, second), part in two.items():
        if reader.peek(first) is not None and reader.peek(second, 1) is not None:
            reader.at += 2
            return _part_said(reader, part)
    if reader.peek(Kind.BEFORE) is not None and reader.peek(Kind.PART, 1) == Part.NOON:
        reader.at += 2
        return _part_said(reader, Part.BEFORE_LUNCH)
    if reader.peek(Kind.AFTER) is not None and reader.peek(Kind.PART, 1) == Part.NOON:
        reader.at += 2
        return _part_said(reader, Part.AFTERNOON)
    if (ordinal := reader.peek(Kind.ORDINAL)) and (half := _by_ordinal(reader, ordinal)) is not None:
        return _part_said(reader, half)
    if reader.peek(Kind.LUNCH) is not None:
        reader.at += 1
        return _part_said(reader, Part.LUNCH)
    value = reader.peek(Kind.PART)
    if value is None:
        return False
    reader.at += 1
    return _part_said(reader, Part(value))


def _by_ordinal(reader: Reader, ordinal: int) -> Part | None:
    """first thing; в первой половине дня."""
    if ordinal == 1 and reader.peek(Kind.THING, 1) is not None:
        reader.at += 2
        return Part.MORNING
    if ordinal in (1, 2) and reader.peek(Kind.HALF, 1) is not None and reader.peek(Kind.UNIT, 2) == Unit.DAY:
        reader.at += 3
        return Part.BEFORE_LUNCH if ordinal == 1 else Part.AFTERNOON
    return None


def _part_said(reader: Reader, part: Part) -> bool:
    draft = reader.draft
    if part in (Part.NOON, Part.MIDNIGHT):
        return put(draft, time=Hour(12 if part is Part.NOON else 24, 0, bare=False))
    if draft.part in (Part.EARLY, Part.MORNING) and part is Part.MORNING:
        return True
    return put(draft, part=part)


def clock(reader: Reader) -> bool:
    """10:30; в 9.30; в 7; 14 часов 30 минут; half past 5; без четверти шесть; полвосьмого; 5 o'clock."""
    token = reader.token()
    if token is None:
        return False
    if Kind.CLOCK in token.kinds or (Kind.DOTTED in token.kinds and token.get(Kind.DOTTED) == 2):
        hour, minute = token.figures
        ranged = _begins_range(reader)
        reader.at += 1
        reader.skip(Kind.OCLOCK)
        return put(reader.draft, time=_checked(hour, minute, bare=False)) and _range_ended(reader, ranged)
    said = None if _begins_range(reader) else _said_time(reader)  # "from 10 to 12" is not ten to twelve
    if said is not None:
        return put(reader.draft, time=said)
    return _hour(reader)


def _begins_range(reader: Reader) -> bool:
    """Tell whether a word stands before that makes the time to come the first of two: с, между, from, between."""
    before = reader.token(-1)
    return before is not None and (Kind.WITH in before.kinds or before.text in _RANGE_BEGINS)


def _range_ended(reader: Reader, ranged: bool) -> bool:
    """Pass over the second time of "с 10 до 12": its start is meant, as in "10-12"."""
    if not ranged or not any(reader.peek(kind) is not None for kind in (Kind.BEFORE, Kind.TO, Kind.AND)):
        return True
    end = reader.token(1)
    if end is None:
        return True
    if Kind.CLOCK in end.kinds or end.get(Kind.DOTTED) == 2:
        _checked(*end.figures, bare=False)
        reader.at += 2
    elif end.get(Kind.NUMBER) is not None:
        reader.at += 1
        _checked(number(reader) or 0, 0, bare=False)
        reader.skip(Kind.OCLOCK)
        if reader.peek(Kind.UNIT) == Unit.HOUR:
            reader.at += 1
    return True


def _hour(reader: Reader) -> bool:
    start = reader.at
    token = reader.token()
    if reader.peek(Kind.UNIT) == Unit.HOUR and token is not None and token.text == "час":
        if reader.after_at() or reader.peek(Kind.PART, 1) is not None:
            reader.at += 1
            return put(reader.draft, time=Hour(1, 0, bare=True))
        return False
    ranged, after_at = _begins_range(reader), reader.after_at()
    hour = number(reader)
    if hour is None or token is None or token.text in ("a", "an"):
        reader.at = start
        return False
    if len(token.text) == 4 and token.text.isdecimal() and after_at:
        return put(reader.draft, time=_checked(hour // 100, hour % 100, bare=False))  # "в 1730"
    minute = 0
    if reader.peek(Kind.UNIT) == Unit.HOUR:
        reader.at += 1
    if (value := reader.peek(Kind.NUMBER)) is not None and reader.peek(Kind.UNIT, 1) == Unit.MINUTE:
        minute = value
        reader.at += 2
    elif value is not None and len(reader.tokens[reader.at].text) == 2 and reader.tokens[reader.at].text.isdecimal():
        minute = value
        reader.at += 1
    elif value is not None and value >= LEAST_SAID_MINUTES and not _in_figures(token, reader.token()):
        minute = number(reader) or 0  # "десять тридцать"
    reader.skip(Kind.OCLOCK)
    return put(reader.draft, time=_checked(hour, minute, bare=not token.padded)) and _range_ended(reader, ranged)


def _in_figures(*words: Token | None) -> bool:
    return any(word is not None and word.text.isdecimal() for word in words)


def _said_time(reader: Reader) -> Hour | None:
    """Read a time said around an hour: half past 5, quarter to six, без десяти шесть, половина восьмого."""
    start = reader.at
    value = reader.peek(Kind.HALF_TO)
    if value is not None:
        reader.at += 1
        return _before(value, 30)
    russian_to = reader.peek(Kind.TO) is not None
    if russian_to:
        reader.at += 1
    minutes = _minutes_said(reader)
    if minutes is not None:
        reader.skip(Kind.FILLER)
        if reader.peek(Kind.UNIT) == Unit.MINUTE:
            reader.at += 1
        past, to = reader.peek(Kind.PAST) is not None, reader.peek(Kind.TO) is not None
        if past or to:
            reader.at += 1
        ordinal = reader.peek(Kind.ORDINAL)
        if ordinal is not None and not (past or to or russian_to):
            reader.at += 1
            return _before(ordinal, 60 - minutes)  # четверть шестого
        hour = number(reader)
        if hour is not None and (past or to or russian_to or minutes == 30):
            reader.skip(Kind.OCLOCK)
            return _before(hour, minutes) if to or russian_to else _checked(hour, minutes, bare=True)
    reader.at = start
    return None


def _minutes_said(reader: Reader) -> int | None:
    if reader.peek(Kind.HALF) is not None:
        reader.at += 1
        return 30
    if reader.peek(Kind.NUMBER) == 1 and reader.peek(Kind.QUARTER, 1) is not None:
        reader.at += 1
    if reader.peek(Kind.QUARTER) is not None:
        reader.at += 1
        return 15
    value = number(reader)
    return value if value is not None and 0 < value < 60 else None


def _before(hour: int, minutes: int) -> Hour:
    if not 1 <= hour <= 24:
        raise Misread("no_such_time")
    return Hour((hour - 1) or (12 if minutes else 0), 60 - minutes, bare=hour <= 12)


def _checked(hour: int, minute: int, *, bare: bool) -> Hour:
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise Misread("no_such_time")
    return Hour(hour, minute, bare=bare and 1 <= hour <= 12)
