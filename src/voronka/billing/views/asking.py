"""An address of a list of money in words: its filters as chips, what its forms send again."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.catalogue.queries.asked import FILTER
from voronka.kit.facets import Facet, split_name
from voronka.kit.making import MAKING, condition_words


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force: in words, the address without it, the one that changes it, what is wrong with it."""

    name: str
    value: str
    drop: str
    edit: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a list that a request has come by; `page` names the list's page."""

    request: HttpRequest
    page: str

    def kept(self, *but: str) -> list[tuple[str, str]]:
        """Return the names and values that a form of the list must send again."""
        given = self.request.GET
        names = [name for name in given if name not in but and name not in MAKING]
        return [(name, str(value)) for name in names for value in given.getlist(name)]

    def query(self, **changes: str) -> str:
        """Return the address's query with changes; an empty value takes a name out."""
        return urlencode([*self.kept(*changes), *((name, value) for name, value in changes.items() if value)])

    def to(self, **changes: str) -> str:
        """Return the list's address with changes."""
        query, page = self.query(**changes), reverse(self.page)
        return f"{page}?{query}" if query else page

    def chips(
        self, filters: Mapping[str, str], known: Mapping[str, Facet], problems: Mapping[str, str]
    ) -> list[Chip]:
        """Return the filters of the address as people read them."""
        found = []
        for name, text in filters.items():
            code, how = split_name(name)
            facet, why = known.get(code), problems.get(name, "")
            if why == "unknown":
                why = _("There is no such filter. Take it out; the other conditions stay.")
            drop = self.to(**{FILTER + name: "", "after": ""})
            edit = self.to(after="", add=name) if facet else ""
            found.append(Chip(str(facet.name) if facet else code, condition_words(facet, how, text), drop, edit, why))
        return found
