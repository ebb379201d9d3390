"""Lists that can be kept as views: a part says how its list is counted, accounts keep what people named.

A list's address is its whole state: search, filters, order, columns. What is kept of an address is what `names` says.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from voronka.kit.actors import Actor, Right

QUERY_LIMIT = 4_000


@dataclass(frozen=True, slots=True)
class ListKind:
    """The list of a kind of subject.

    `page` is the name of its address, `right` what opens it; `names` tells which names of an address are its state;
    `count` says how many records an address finds, counting no further than the number given, None where a
    condition makes no sense any more. `also` names further addresses that show the same list in another way.
    """

    subject: str
    page: str
    right: Right
    names: Callable[[str], bool]
    count: Callable[[Actor, str, int], int | None]
    also: tuple[str, ...] = ()

    def page_by(self, name: str) -> str:
        """Return the name of the address that shows the list: the given one where it does, else the list's own."""
        return name if name in self.also else self.page


_kinds: dict[str, ListKind] = {}


def register_list(kind: ListKind) -> None:
    """Register a list; once for each subject."""
    if kind.subject in _kinds:
        raise ValueError(f"the list of {kind.subject} is registered twice")
    _kinds[kind.subject] = kind


def find_list(subject: str) -> ListKind | None:
    """Return the list of a kind of subject, None where it has none."""
    return _kinds.get(subject)


def kept_query(kind: ListKind, query: str) -> str:
    """Return what of an address is its state, in one order, so that equal states are equal texts."""
    return urlencode(sorted(_kept(kind, parse_qsl(query[:QUERY_LIMIT], keep_blank_values=False))))


def _kept(kind: ListKind, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs of the list itself; what PostgreSQL cannot keep is no state of any list."""
    return [(name, value) for name, value in pairs if kind.names(name) and "\0" not in name + value]
