"""The grammar of typed dates: which rule takes the next words."""

from collections.abc import Callable

from voronka.kit.moments.days import calendar_date, day_named, period, weekday
from voronka.kit.moments.distances import distance
from voronka.kit.moments.draft import Draft, Misread, Reader
from voronka.kit.moments.times import clock, part
from voronka.kit.moments.words import Kind, Token, Unit


def understood(tokens: list[Token]) -> Draft:
    """Return what the words say. Raises Misread when one finds no place in it, or speaks of the past."""
    if any(Kind.GONE in token.kinds for token in tokens):
        raise Misread("past")
    reader = Reader(tokens)
    while reader.at < len(tokens):
        before = reader.at
        if not any(rule(reader) for rule in _RULES) or reader.at == before:
            raise Misread
    draft = reader.draft
    if draft.minutes is None and not draft.has_day and draft.time is None and draft.part is None:
        raise Misread
    return draft


def _small(reader: Reader) -> bool:
    """Pass over prepositions and words without a meaning of their own."""
    timed = (Kind.NUMBER, Kind.CLOCK, Kind.DOTTED)
    if reader.peek(Kind.AFTER) is not None and any(reader.peek(kind, 1) is not None for kind in timed):
        reader.tokens[reader.at] = Token("at", {Kind.AT: 0})  # "after 6" is as good as "at 6"
        reader.at += 1
        return True
    if reader.peek(Kind.UNIT) == Unit.HOUR and reader.peek(Kind.AT, 1) is not None:
        reader.at += 1  # "часов в десять"
        return True
    if reader.peek(Kind.IN) is not None and reader.token(1) is not None and reader.peek(Kind.NUMBER, 1) is None:
        reader.at += 1  # "in the morning", "in march"
        return True
    for kind in (Kind.AT, Kind.FILLER, Kind.AND, Kind.WITH):
        if reader.peek(kind) is not None:
            reader.at += 1
            return True
    return False


_RULES: list[Callable[[Reader], bool]] = [day_named, weekday, period, distance, calendar_date, clock, part, _small]
