"""An address of the list of goods in words: its filters as chips, the filter that is being made."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.catalogue.queries import lists
from voronka.catalogue.queries.asked import FILTER, SHOWN
from voronka.kit.facets import Facet, split_name
from voronka.kit.making import MAKING, condition_words


def shown_of(given: QueryDict) -> str:
    """Return the codes of the chosen columns, with commas: from one value or from ticks."""
    return ",".join(given.getlist(SHOWN))[:2_000]


def kept(request: HttpRequest, *but: str) -> list[tuple[str, str]]:
    """Return the names and values that a form of the list must send again."""
    pairs = []
    for name in request.GET:
        if name in but or name in MAKING:
            continue
        values = [shown_of(request.GET)] if name == SHOWN else request.GET.getlist(name)
        pairs += [(name, str(value)) for value in values]
    return pairs


def query_of(request: HttpRequest, **changes: str) -> str:
    """Return the address's query with changes; an empty value takes a name out."""
    pairs = kept(request, *changes)
    return urlencode([*pairs, *((name, value) for name, value in changes.items() if value)])


def address_of(request: HttpRequest, **changes: str) -> str:
    """Return the list's address with changes."""
    query, page = query_of(request, **changes), reverse("catalogue:goods-list")
    return f"{page}?{query}" if query else page


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


def list_address(query: str) -> str:
    """Return the list's address of a query that a form has sent back."""
    page = reverse("catalogue:goods-list")
    return f"{page}?{QueryDict(query).urlencode()}" if query else page
