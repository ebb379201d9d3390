"""Which movement of a statement is there already, though it was written otherwise: typed, or in a poorer file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from voronka.billing.rules.matching import name_words
from voronka.billing.rules.statements import Move


@dataclass(frozen=True, slots=True)
class Known:
    """A payment that is there: entered by hand (`account` is empty then), or read from an earlier statement."""

    id: int
    account: str
    is_income: bool
    day: date
    amount: Decimal
    number: str = ""
    name: str = ""
    inn: str = ""
    other_account: str = ""
    purpose: str = ""


def find_twins(moves: Sequence[Move], known: Sequence[Known]) -> dict[int, Known]:
    """Return, by the place of a movement, the payment that it is; each payment is one movement's only.

    Those read from statements are taken before those typed: a movement of the bank is rather itself.
    """
    shelves: dict[tuple[bool, date, Decimal], list[Known]] = {}
    for one in sorted(known, key=lambda one: (not one.account, one.id)):
        shelves.setdefault((one.is_income, one.day, one.amount), []).append(one)
    found: dict[int, Known] = {}
    for at, move in enumerate(moves):
        shelf = shelves.get((move.is_income, move.day, move.amount), [])
        twin = next((one for one in shelf if is_same(move, one)), None)
        if twin is not None:
            shelf.remove(twin)
            found[at] = twin
    return found


def is_same(move: Move, one: Known) -> bool:
    """Tell whether a payment of the same day, sum and direction is the movement.

    A typed one has its number and, where both are known, its payer. One of a statement agrees in all that both say; two
    that both name payer and purpose differ where their purposes do.
    """
    if not one.account:
        return move.is_income and bool(move.number) and one.number == move.number and _agree(move.inn, one.inn)
    if (
        one.account != move.account
        or not _agree(move.inn, one.inn)
        or not _agree(move.other_account, one.other_account)
    ):
        return False
    same_words = _bare(move.purpose) == _bare(one.purpose)
    if move.inn and one.inn and move.purpose and one.purpose:
        return same_words and _agree(move.number, one.number)
    if not (move.number and one.number):
        return bool(move.purpose) and same_words
    return move.number == one.number and _names_agree(move.name, one.name)


def _agree(one: str, other: str) -> bool:
    return not one or not other or one == other


def _names_agree(one: str, other: str) -> bool:
    words, others = name_words(one), name_words(other)
    return not words or not others or bool(words & others)


def _bare(text: str) -> str:
    return "".join(text.split()).lower()
