"""Sets for trades, as data: what a new company of a trade starts with. They stand in `trades/LANGUAGE.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "trades"
LANGUAGES = ("ru", "en")


@dataclass(frozen=True, slots=True)
class ShippedStage:
    """A stage as it ships: its name, probability in percent, norm in days, and what its forward button is.

    `forward_sells` is what the button does with the goods of the deal: hold, order. A deal without goods goes on.
    """

    name: str
    probability: int
    norm_days: int
    forward: str = ""
    forward_icon: str = ""
    forward_task: str = ""
    forward_sells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShippedMeeting:
    """The button of an appointment: what it says, what the task says, its icon."""

    label: str
    task: str
    icon: str


@dataclass(frozen=True, slots=True)
class ShippedField:
    """A custom field; `subject` is client or deal, `kind` one of people's kinds."""

    code: str
    name: str
    kind: str
    subject: str = "client"
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShippedLetter:
    """A template of a letter, in Liquid."""

    name: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class ExampleDeal:
    """A deal of the example: its title, its sum, values of own fields by code; a day is a number of days from today."""

    title: str
    amount: Decimal
    fields: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade: `opens_minute` and `closes_minute` are of the client's day, `answer_minutes` the norm of an answer.

    `example` are deals for those who try the product on invented clients.
    """

    code: str
    title: str
    about: str
    icon: str
    opens_minute: int
    closes_minute: int
    answer_minutes: int
    meeting: ShippedMeeting
    stages: tuple[ShippedStage, ...]
    reasons: tuple[tuple[str, str], ...]
    fields: tuple[ShippedField, ...]
    letters: tuple[ShippedLetter, ...]
    example: tuple[ExampleDeal, ...]


@dataclass(frozen=True, slots=True)
class ExamplePerson:
    """An invented client; the phone is a number that is given to nobody."""

    name: str
    city: str
    phone: str


@cache
def trades(language: str) -> Mapping[str, Trade]:
    """Return the trades by code, in their order; an unknown language gets the first one."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    with (FOLDER / f"{known}.toml").open("rb") as source:
        return {code: _trade(code, told) for code, told in tomllib.load(source).items()}


@cache
def example_people() -> Sequence[ExamplePerson]:
    """Return the invented clients. Subscribers' numbers that begin with a nought are given to nobody in Russia."""
    with (FOLDER / "people.toml").open("rb") as source:
        rows = tomllib.load(source)["people"]
    return [ExamplePerson(name, city, f"+7{code}000{at:04d}") for at, (name, city, code) in enumerate(rows)]


def _trade(code: str, told: Mapping[str, Any]) -> Trade:  # a table of a TOML file
    return Trade(
        code=code,
        title=told["title"],
        about=told["about"],
        icon=told["icon"],
        opens_minute=_minute(told["opens"]),
        closes_minute=_minute(told["closes"]),
        answer_minutes=told["answer_minutes"],
        meeting=ShippedMeeting(**told["meeting"]),
        stages=tuple(
            ShippedStage(**{**one, "forward_sells": tuple(one.get("forward_sells", ()))}) for one in told["stages"]
        ),
        reasons=tuple((one["code"], one["name"]) for one in told["reasons"]),
        fields=tuple(ShippedField(**{**one, "options": tuple(one.get("options", ()))}) for one in told["fields"]),
        letters=tuple(ShippedLetter(**one) for one in told["letters"]),
        example=tuple(
            ExampleDeal(title, Decimal(amount), *rest or ({},)) for title, amount, *rest in told["example"]
        ),
    )


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
