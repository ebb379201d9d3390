"""What a filter of an address asks for, read from its text; every failure is a ValueError with words for people."""

from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from voronka.people.models import Client
from voronka.people.rules.values import parse_bool, parse_date, parse_number

_LIMIT = 200


def read_words(text: str) -> str:
    """Read what to look for. Raises ValueError with words."""
    tidy = " ".join(text[: _LIMIT + 1].split())
    if not tidy or len(tidy) > _LIMIT or not tidy.isprintable():
        raise ValueError(_("Write what to look for, at most 200 signs."))
    return tidy


def read_days(text: str) -> tuple[date | None, date | None]:
    """Read a day or a range of days. Raises ValueError with words."""
    ends = [part.strip() for part in read_words(text).split("..")]
    days = [parse_date(part).value if part else None for part in ends]
    if len(ends) > 2 or not any(days) or any(part and day is None for part, day in zip(ends, days, strict=True)):
        raise ValueError(_("Write a day or two: 01.11.2026..30.11.2026."))
    first, last = days[0], days[-1]
    if first is not None and last is not None and first > last:
        raise ValueError(_("The first day must come before the last."))
    return first, last


def read_range(text: str) -> tuple[Decimal | None, Decimal | None]:
    """Read a number or a range of numbers. Raises ValueError with words."""
    ends = [part.strip() for part in read_words(text).split("..")]
    numbers = [parse_number(part).value if part else None for part in ends]
    wrong = any(part and number is None for part, number in zip(ends, numbers, strict=True))
    if len(ends) > 2 or wrong or all(number is None for number in numbers):
        raise ValueError(_("Write a number or two: 1000..5000."))
    return numbers[0], numbers[-1]


def read_yes(text: str) -> bool:
    """Read yes or no. Raises ValueError with words."""
    answer = parse_bool(text[:20]).value
    if answer is None:
        raise ValueError(_("Answer yes or no."))
    return answer


def clients_where(wanted: Q) -> QuerySet[Client]:
    """Return the clients under a condition of their facets, whoever asks: for conditions on records about clients."""
    return Client.objects.filter(wanted)
