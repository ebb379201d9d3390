"""Notices to one employee, told by the part whose record they are about.

Kept by accounts; the part registers in its `panels.py` how its codes read. What the reader may not see is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from voronka.kit.actors import Actor


@dataclass(frozen=True, slots=True)
class NoticeSeed:
    """A kept notice: about which record, a row of it (`detail_id`), by whom, when."""

    id: int
    subject_id: int
    detail_id: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ToldNotice:
    """How a notice reads: what happened, more of it, where to go."""

    what: str
    more: str = ""
    url: str = ""
    icon: str = "bell"


Teller = Callable[[Sequence[NoticeSeed], Actor], Mapping[int, ToldNotice]]
_tellers: dict[str, Teller] = {}


def tells_notice(code: str) -> Callable[[Teller], Teller]:
    """Register the function that tells all notices of a code at once, by id; those left out are not for the reader."""

    def register(tell: Teller) -> Teller:
        if code in _tellers:
            raise ValueError(f"notices {code} are told twice")
        _tellers[code] = tell
        return tell

    return register


def tell_notices(code: str, seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Return how notices of a code read, by id; none of a code that nobody tells."""
    teller = _tellers.get(code)
    return teller(seeds, actor) if teller is not None else {}
