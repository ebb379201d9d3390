"""Distances from now: через 2 часа, in an hour and a half."""

from voronka.kit.moments.draft import Misread, Reader, number
from voronka.kit.moments.words import LENGTHS, Kind, Unit

_DAYS = (Kind.WEEKDAY, Kind.DAY, Kind.MONTH, Kind.DATE)
LEAST_BARE_MINUTES = 5  # "in 15" are minutes, "in 2" may be hours


def distance(reader: Reader) -> bool:
    """через 2 часа; in an hour and a half; часа через два; 5 мин; 2 hours from now."""
    start = reader.at
    inverted = reader.peek(Kind.UNIT)
    if inverted is not None and reader.peek(Kind.IN, 1) is not None:
        reader.at += 2
        reader.skip(Kind.FILLER)
        amount = _amount(reader, of_unit=True)
        if amount is not None and reader.peek(Kind.UNIT) is None:
            return _add(reader, amount, Unit(inverted))
        reader.at = start
        return False
    said = reader.peek(Kind.IN) is not None
    if said:
        reader.at += 1
        reader.skip(Kind.FILLER)
    elif reader.draft.has_fixed_day or reader.draft.time or reader.after_at():
        return False
    if not _terms(reader, said):
        reader.at = start
        return False
    if reader.peek(Kind.FILLER) is not None and reader.peek(Kind.LATER, 1) is not None:
        reader.at += 1  # "from now"
    if reader.peek(Kind.FILLER) is not None and any(reader.peek(kind, 1) is not None for kind in _DAYS):
        raise Misread  # "a week from monday" counts from another day than this one
    if reader.peek(Kind.LATER) is not None:
        reader.at += 1
    return True


def _terms(reader: Reader, said: bool) -> bool:
    """Read "1 час 20 минут" and the like into the draft; False when there is no distance here."""
    found = False
    while True:
        start = reader.at
        if found and reader.peek(Kind.AND) is not None:
            reader.at += 1
        term = _term(reader, said or found)
        if term is None:
            reader.at = start
            return found
        _add(reader, *term)
        found = True


def _term(reader: Reader, said: bool) -> tuple[float, Unit] | None:
    length = reader.peek(Kind.LENGTH)
    if length is not None:
        reader.at += 1
        return LENGTHS[length]
    amount = _amount(reader)
    reader.skip(Kind.FILLER)
    unit = reader.peek(Kind.UNIT)
    if unit is None and said and amount is not None and amount >= LEAST_BARE_MINUTES:
        return amount, Unit.MINUTE
    if unit is None or (amount is None and not said):
        return None
    if not said and _is_clock_hour(reader, amount, Unit(unit)):
        return None
    reader.at += 1
    return (1 if amount is None else amount) + _and_a_half(reader), Unit(unit)


def _is_clock_hour(reader: Reader, amount: float | None, unit: Unit) -> bool:
    """Tell whether "14 часов" or "2 часа дня" is a time of day rather than a distance."""
    if unit is not Unit.HOUR or amount is None:
        return False
    return amount > 12 or reader.peek(Kind.PART, 1) is not None


def _and_a_half(reader: Reader) -> float:
    """час с половиной; an hour and a half."""
    for joint, words in ((Kind.WITH, 2), (Kind.AND, 3), (Kind.AND, 2)):
        if reader.peek(joint) is not None and reader.peek(Kind.HALF, words - 1) is not None:
            reader.at += words
            return 0.5
    return 0


def _amount(reader: Reader, *, of_unit: bool = False) -> float | None:
    token = reader.token()
    if token is None:
        return None
    if Kind.ONE_AND_HALF in token.kinds:
        reader.at += 1
        return 1.5
    for kind, share in ((Kind.HALF, 0.5), (Kind.QUARTER, 0.25)):
        if kind in token.kinds:
            reader.at += 1
            reader.skip(Kind.FILLER)
            if reader.peek(Kind.NUMBER) == 1:
                reader.at += 1
            return share
    if Kind.DOTTED in token.kinds and "-" not in token.text:
        reader.at += 1
        return float(f"{token.figures[0]}.{token.figures[1]}")
    if Kind.DOTTED in token.kinds and (of_unit or reader.peek(Kind.UNIT, 1) is not None):
        reader.at += 1
        return max(token.figures)  # "10-15 минут": he is not called before the later
    return number(reader)


def _add(reader: Reader, amount: float, unit: Unit) -> bool:
    draft = reader.draft
    if unit in (Unit.MINUTE, Unit.HOUR):
        draft.minutes = (draft.minutes or 0) + round(amount * (60 if unit is Unit.HOUR else 1))
        return True
    if amount != int(amount):
        days = {Unit.WEEK: 7, Unit.MONTH: 30, Unit.DAY: 1, Unit.YEAR: 365}[unit]
        unit, amount = Unit.DAY, round(amount * days)
    draft.units[unit] = draft.units.get(unit, 0) + int(amount)
    return True
