"""Days: завтра, в пятницу, 15 марта, end of month."""

from voronka.kit.moments.draft import Edge, Reader, put
from voronka.kit.moments.words import Kind, Part, Token, Unit


def day_named(reader: Reader) -> bool:
    """сегодня, завтра; the day after tomorrow; tonight."""
    if (
        reader.peek(Kind.UNIT) == Unit.DAY
        and reader.peek(Kind.AFTER, 1) is not None
        and reader.peek(Kind.DAY, 2) == 1
    ):
        reader.at += 3
        return put(reader.draft, day=2)
    value = reader.peek(Kind.DAY)
    if value is None:
        return False
    part = reader.peek(Kind.PART)
    reader.at += 1
    if part is not None:
        put(reader.draft, part=Part(part))
    return put(reader.draft, day=value)


def weekday(reader: Reader) -> bool:
    """в пятницу; в следующий вторник; this friday; на следующей неделе в среду."""
    start = reader.at
    week = ""
    for kind, name in ((Kind.NEXT, "next"), (Kind.THIS, "this"), (Kind.COMING, "")):
        if reader.peek(kind) is not None:
            week = name
            reader.at += 1
            break
    value = reader.peek(Kind.WEEKDAY)
    if value is None:
        reader.at = start
        return False
    reader.at += 1
    reader.draft.week = week
    return put(reader.draft, weekday=value)


def period(reader: Reader) -> bool:
    """в конце месяца; на следующей неделе; на выходных; end of march; в конце дня."""
    start = reader.at
    edge = Edge.WHOLE
    for kind, named in ((Kind.START, Edge.START), (Kind.MIDDLE, Edge.MIDDLE), (Kind.END, Edge.END)):
        if reader.peek(kind) is not None:
            edge = named
            reader.at += 1
            break
    reader.skip(Kind.FILLER)
    this_day = edge is Edge.WHOLE and reader.peek(Kind.THIS) is not None
    ahead = 0
    for kind, count in ((Kind.NEXT, 1), (Kind.THIS, 0), (Kind.COMING, 0)):
        if reader.peek(kind) is not None:
            ahead = count
            reader.at += 1
            break
    if reader.peek(Kind.WEEKEND) is not None:
        reader.at += 1
        return put(reader.draft, period=(Edge.END, Unit.DAY, ahead))
    if this_day and reader.peek(Kind.PART) is not None:
        return put(reader.draft, day=0)  # this evening
    if edge is not Edge.WHOLE and (month := reader.peek(Kind.MONTH)) is not None:
        reader.at += 1
        reader.draft.month_edge = edge
        return put(reader.draft, month=month)
    unit = reader.peek(Kind.UNIT)
    if unit == Unit.DAY and edge is Edge.END:
        reader.at += 1
        return put(reader.draft, part=Part.END_OF_DAY)
    if unit in (Unit.WEEK, Unit.MONTH) and (edge is not Edge.WHOLE or ahead):
        reader.at += 1
        return put(reader.draft, period=(edge, Unit(unit), ahead))
    reader.at = start
    return False


def calendar_date(reader: Reader) -> bool:
    """15 марта; 15.03.2027; march 15th; первого числа; 15-го."""
    token = reader.token()
    if token is None:
        return False
    if Kind.DATE in token.kinds:
        reader.at += 1
        year = token.figures[2] if len(token.figures) == 3 else None
        return put(reader.draft, month_day=token.figures[0], month=token.figures[1], year=year)
    if Kind.DOTTED in token.kinds and _is_date(reader, token):
        reader.at += 1
        return put(reader.draft, month_day=token.figures[0], month=token.figures[1])
    return _named_date(reader)


def _is_date(reader: Reader, token: Token) -> bool:
    """Tell whether "15.03" is a date: "9.30" after a preposition, or with a day said already, is a time."""
    first, second = token.figures
    if "." not in token.text or not 1 <= second <= 12 or first == 0:
        return False
    if token.get(Kind.DOTTED) == 1:
        return not reader.after_at() and not reader.draft.has_day
    return not reader.after_at() and not reader.draft.has_day and first <= 31


def _named_date(reader: Reader) -> bool:
    start = reader.at
    month = reader.peek(Kind.MONTH)
    if month is not None:
        reader.at += 1
        reader.skip(Kind.FILLER)
        day = _day_of_month(reader, followed_by_unit=False)
        return put(reader.draft, month=month, month_day=day) and _year(reader)
    if reader.peek(Kind.THING, 1) is not None or reader.peek(Kind.HALF, 1) is not None:
        return False
    is_ordinal = reader.peek(Kind.ORDINAL) is not None
    day = _day_of_month(reader, followed_by_unit=True)
    if day is None:
        return False
    reader.skip(Kind.FILLER)
    month = reader.peek(Kind.MONTH)
    if month is not None:
        reader.at += 1
        return put(reader.draft, month=month, month_day=day) and _year(reader)
    if reader.peek(Kind.MONTH_DAY) is not None:
        reader.at += 1
        return put(reader.draft, month_day=day)
    if is_ordinal:
        return put(reader.draft, month_day=day)
    reader.at = start
    return False


def _day_of_month(reader: Reader, *, followed_by_unit: bool) -> int | None:
    """Return the day of the month that comes next, if a number that may be one does."""
    value = reader.peek(Kind.ORDINAL)
    if value is not None:
        reader.at += 1
        return value
    value = reader.peek(Kind.NUMBER)
    token = reader.token()
    if value is None or token is None or not token.text.isdecimal():
        return None
    following = (Kind.UNIT, Kind.PART, Kind.OCLOCK) if not followed_by_unit else ()
    if any(reader.peek(kind, 1) is not None for kind in following) or value > 31:
        return None
    reader.at += 1
    return value


def _year(reader: Reader) -> bool:
    value = reader.peek(Kind.NUMBER)
    token = reader.token()
    if value is not None and token is not None and len(token.text) == 4 and token.text.isdecimal():
        reader.at += 1
        reader.draft.year = value
        if reader.peek(Kind.UNIT) == Unit.YEAR:
            reader.at += 1
    return True
