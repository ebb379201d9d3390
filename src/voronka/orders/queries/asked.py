"""Addresses of the list of orders: what they ask for. An address is all that is kept of a list."""

from django.http import QueryDict

from voronka.kit.actors import Actor
from voronka.kit.list_address import FILTER, filters_asked
from voronka.orders.queries import lists

LOOKS = ("days", "board")  # other than the plain list
STATE = ("q", "sort", "size", "look")  # names that are the list's state beside its filters


def is_state(name: str) -> bool:
    """Tell whether a name of an address belongs to what is kept of a list as a view."""
    return name in STATE or name.startswith(FILTER)


def ask_of(given: QueryDict) -> lists.Ask:
    """Read what an address asks a list for. A filter given twice asks for any of its values."""
    return lists.Ask(
        text=given.get("q", "")[:200].replace("\0", ""),
        filters=filters_asked(given),
        sort=given.get("sort", lists.DEFAULT_SORT)[:80],
        after=given.get("after", "")[:200],
    )


def look_of(given: QueryDict) -> str:
    """Return how the list is drawn: days, board, or "" for the plain list."""
    asked = given.get("look", "")
    return asked if asked in LOOKS else ""


def size_of(given: QueryDict) -> int:
    """Return how many rows a page shows: one of the offered sizes, else the usual one."""
    asked = given.get("size", "")
    return int(asked) if asked in map(str, lists.SIZES) else lists.PAGE


def count_asked(actor: Actor, query: str, most: int) -> int | None:
    """Return how many orders an address finds, None where one of its conditions makes no sense any more."""
    return lists.count_or_none(actor, ask_of(QueryDict(query)), most=most)
