"""An address of the list of orders in words: its filters as chips, the usual lists, the filter that is being made."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.kit.facets import Facet, split_name
from voronka.kit.making import MAKING, condition_words
from voronka.orders.queries import lists
from voronka.orders.queries.asked import FILTER


def kept(request: HttpRequest, *but: str) -> list[tuple[str, str]]:
    """Return the names and values that a form of the list must send again."""
    names = [name for name in request.GET if name not in but and name not in MAKING]
    return [(name, str(value)) for name in names for value in request.GET.getlist(name)]


def query_of(request: HttpRequest, **changes: str) -> str:
    """Return the address's query with changes; an empty value takes a name out."""
    pairs = kept(request, *changes)
    return urlencode([*pairs, *((name, value) for name, value in changes.items() if value)])


def address_of(request: HttpRequest, **changes: str) -> str:
    """Return the list's address with changes."""
    query, page = query_of(request, **changes), reverse("orders:order-list")
    return f"{page}?{query}" if query else page


def list_address(query: str) -> str:
    """Return the list's address of a query that a form has sent back."""
    page = reverse("orders:order-list")
    return f"{page}?{QueryDict(query).urlencode()}" if query else page


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force: in words, the address without it, the one that changes it, what is wrong with it."""

    name: str
    value: str
    drop: str
    edit: str
    why: str = ""


def chips(
    request: HttpRequest, ask: lists.Ask, known: Mapping[str, Facet], problems: Mapping[str, str]
) -> list[Chip]:
    """Return the filters of an address as people read them."""
    found = []
    for name, text in ask.filters.items():
        code, how = split_name(name)
        facet = known.get(code)
        why = problems.get(name, "")
        if why == "unknown":
            why = _("There is no such filter. Take it out; the other conditions stay.")
        drop = address_of(request, **{FILTER + name: "", "after": ""})
        edit = address_of(request, after="", add=name) if facet else ""
        found.append(Chip(str(facet.name) if facet else code, condition_words(facet, how, text), drop, edit, why))
    return found


@dataclass(frozen=True, slots=True)
class UsualList:
    """A list that everybody has: its name, its address, how many orders it finds."""

    name: str
    url: str
    count: int
    is_on: bool


def usual_lists(ask: lists.Ask, counts: Mapping[str, int], look: str = "") -> list[UsualList]:
    """Return the lists that every desk of orders works by, with their counts; they keep the look."""
    page = reverse("orders:order-list")
    usual: list[tuple[str, str, dict[str, str]]] = [
        ("open", _("In work"), {}),
        ("mine", _("Mine"), {"responsible": "me"}),
        ("today", _("Promised for today"), {"due": "today"}),
        ("unpaid", _("Wait for payment"), {"paid": "no|part"}),
        ("late", _("Late"), {"due": "late"}),
        ("pickup", _("Pickup"), {"pickup": "yes"}),
        ("short", _("Wait for goods"), {"short": "yes"}),
    ]
    asked = {} if ask.text.strip() else dict(ask.filters)
    return [
        UsualList(
            name,
            _address(
                page, ({"look": look} if look else {}) | {FILTER + key: value for key, value in filters.items()}
            ),
            counts[code],
            asked == filters and not ask.text.strip(),
        )
        for code, name, filters in usual
    ]


def _address(page: str, named: Mapping[str, str]) -> str:
    return f"{page}?{urlencode(named)}" if named else page
