"""What a phrase says, before it is laid on a calendar, and the walk over its words."""

from dataclasses import dataclass, field
from enum import StrEnum

from voronka.kit.moments.words import Kind, Part, Token, Unit


class Misread(Exception):
    """The phrase is not understood, or cannot be: `reason` is a code."""

    def __init__(self, reason: str = "not_understood") -> None:
        super().__init__(reason)
        self.reason = reason


class Edge(StrEnum):
    """A place in a week or a month."""

    START = "start"
    MIDDLE = "middle"
    END = "end"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Hour:
    """A time as said. `bare`: said as on a dial of twelve hours ("at 7"), so either half of the day may be meant."""

    hour: int
    minute: int
    bare: bool


@dataclass(slots=True)
class Draft:
    """What a phrase says, before it is laid on a calendar."""

    minutes: int | None = None
    units: dict[Unit, int] = field(default_factory=dict)
    day: int | None = None
    weekday: int | None = None
    week: str = ""
    period: tuple[Edge, Unit, int] | None = None
    month: int | None = None
    month_edge: Edge = Edge.START
    month_day: int | None = None
    year: int | None = None
    time: Hour | None = None
    part: Part | None = None

    @property
    def has_day(self) -> bool:
        """Whether the phrase names a day in any way."""
        named = (self.day, self.weekday, self.period, self.month, self.month_day)
        return bool(self.units) or any(value is not None for value in named)

    @property
    def has_fixed_day(self) -> bool:
        """Whether the phrase names a day otherwise than by a distance from now."""
        return self.has_day and not self.units


class Reader:
    """Walks over the tokens of one phrase and fills a draft."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.draft = Draft()

    def peek(self, kind: Kind, ahead: int = 0) -> int | None:
        """Return the value of a token ahead as this kind, None when it is not one."""
        place = self.at + ahead
        return self.tokens[place].get(kind) if 0 <= place < len(self.tokens) else None

    def token(self, ahead: int = 0) -> Token | None:
        """Return a token ahead, None past the end."""
        place = self.at + ahead
        return self.tokens[place] if 0 <= place < len(self.tokens) else None

    def skip(self, *kinds: Kind) -> None:
        """Pass over tokens of these kinds."""
        while any(self.peek(kind) is not None for kind in kinds):
            self.at += 1

    def after_at(self) -> bool:
        """Tell whether a preposition of time stands right before the next token."""
        previous = self.token(-1)
        return previous is not None and Kind.AT in previous.kinds and previous.text != "на"


def put(draft: Draft, **values: object) -> bool:
    """Write values into the draft; said twice is not understood."""
    for name, value in values.items():
        if getattr(draft, name) is not None:
            raise Misread
        setattr(draft, name, value)
    return True


def number(reader: Reader) -> int | None:
    """Return a number in figures or words: 25, twenty five, двадцать пять; a couple of."""
    first = reader.peek(Kind.NUMBER)
    if first is None:
        return None
    reader.at += 1
    second = reader.peek(Kind.NUMBER)
    spelled = not reader.tokens[reader.at - 1].text.isdecimal()
    if spelled and second is not None and not reader.tokens[reader.at].text.isdecimal():
        if first == 1 and second == 2:  # a couple
            reader.at += 1
            return 2
        if first >= 20 and 0 < second < 10:
            reader.at += 1
            return first + second
    return first
