"""Stakes: a part with rows about another part's record says how to treat them when the record changes fate.

The owner's verb (merge, undo of an import, erasure, deletion) calls all stakes in its transaction, and any
may refuse with a reason. A test fails when a foreign key to a record with stakes has none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


def _nothing(ids: Sequence[int]) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class Stake:
    """What one part does with its rows about records of `subject`.

    `tables` are the model labels it answers for; `refuse` returns reasons why the records must stay
    (as sentences); `withdraw` takes untouched rows away when an import is undone; `erase` blanks or
    removes personal values; `export` gives the rows as plain values for the data's owner. The recycle bin asks `hold`
    which records must not go there and why (a sentence for each), lets `shelve` put rows out of sight and `unshelve`
    back as they were.
    """

    subject: str
    part: str
    tables: frozenset[str]
    refuse: Callable[[Sequence[int]], list[str]] = _nothing
    touched: Callable[[Sequence[int]], set[int]] = lambda ids: set()
    withdraw: Callable[[Sequence[int]], None] = lambda ids: None
    move: Callable[[Sequence[int], int], None] = lambda ids, to: None
    erase: Callable[[Sequence[int]], None] = lambda ids: None
    export: Callable[[Sequence[int]], Iterable[dict[str, Any]]] = lambda ids: ()
    hold: Callable[[Sequence[int]], Mapping[int, str]] = lambda ids: {}
    shelve: Callable[[Sequence[int]], None] = lambda ids: None
    unshelve: Callable[[Sequence[int]], None] = lambda ids: None


_stakes: list[Stake] = []


def register_stake(stake: Stake) -> None:
    """Register a part's stake; once for a pair of part and subject."""
    if any((known.part, known.subject) == (stake.part, stake.subject) for known in _stakes):
        raise ValueError(f"{stake.part} has a stake in {stake.subject} already")
    _stakes.append(stake)


def stakes_in(subject: str) -> list[Stake]:
    """Return the stakes of all parts in a kind of record, upper parts first: they let go before lower ones."""
    return [stake for stake in reversed(_stakes) if stake.subject == subject]
