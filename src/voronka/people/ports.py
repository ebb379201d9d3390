"""What the pages of clients ask of upper parts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from voronka.kit.actors import Actor


@runtime_checkable
class IsClient(Protocol):
    """A subject of steps that is a client himself, not a record of his (kit.steps.Opener)."""

    def client_id_of(self) -> int:
        """Return the client's id."""


@dataclass(frozen=True, slots=True)
class MyDay:
    """The working day of whoever looks, on the client's clock: beginnings and ends in hours of the client's day.

    `both` are the hours in which the client may be called as well.
    """

    work: tuple[float, ...] = ()
    both: tuple[float, ...] = ()


# Of the actor, on the clock of a zone whose calls are allowed between two minutes of the day, on the day of a moment.
AskMyDay = Callable[[Actor, str, int, int, datetime], MyDay]
_days: list[AskMyDay] = []


def register_my_day(ask: AskMyDay) -> None:
    """Offer the working day of whoever looks."""
    _days.append(ask)


def my_day(actor: Actor, zone: str, opens: int, closes: int, now: datetime) -> MyDay:
    """Return the actor's working day on a client's clock, as far as anybody knows it."""
    return next((one(actor, zone, opens, closes, now) for one in _days), MyDay())


# Tells whether some record of the company holds a value of an own field, by the field's code.
HoldsField = Callable[[str], bool]
_holders: dict[str, HoldsField] = {}


def register_holder(subject: str, holds: HoldsField) -> None:
    """Say which records hold the own fields of a subject (client, deal)."""
    if subject in _holders:
        raise ValueError(f"own fields of {subject} have a holder already")
    _holders[subject] = holds


def holds_field(subject: str, code: str) -> bool:
    """Tell whether some record holds a value of an own field; of a subject that nobody keeps, none does."""
    return subject in _holders and _holders[subject](code)
