"""What a rule answers when it reads a cell: the value, or the code of what is wrong with it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)

# Cells that people fill in to say that there is nothing.
NOTHING = frozenset(
    (
        *(
            "",
            "-",
            "--",
            "---",
            "—",
            "–",
            "―",
            "_",
            ".",
            "..",
            "...",
            "?",
            "0",
            "x",
            "х",
            "n/a",
            "na",
            "#n/a",
            "#н/д",
        ),
        *("none", "null", "nil", "nan", "нет", "н/д", "н.д.", "не указан", "не указана", "не указано", "неизвестно"),
        *("отсутствует", "нет данных", "без", "no", "пусто", "не помнит", "не оставил", "не оставила"),
    )
)


@dataclass(frozen=True, slots=True)
class Reading(Generic[T_co]):
    """A value read from a cell.

    `value` is None when the cell is empty (`reason` is "" then) or cannot be read (`reason` is a code).
    `sure` is False when the value was guessed: two digits of a year, a sign that may part thousands or cents.
    """

    value: T_co | None
    reason: str = ""
    sure: bool = True


def says_nothing(text: str) -> bool:
    """Tell whether a cell only says that there is nothing in it."""
    return len(text) <= 16 and text.strip().lower() in NOTHING
