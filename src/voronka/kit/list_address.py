"""The address of a list is its whole state: what its forms send again, its filters in words, where its heads lead.

The templates `kit/list/*.html` draw what `ListAddress.tools` returns, the same way on every list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.kit.facets import BETWEEN, Facet, split_name
from voronka.kit.making import FILTER_LENGTH, MAKING, condition_words, made_condition, making_of

FILTER = "f."  # begins the name of every filter in an address
COLUMNS = "columns"
MOST_FILTERS = 20
_MOST_NAMES = 200


def filters_asked(given: QueryDict) -> dict[str, str]:
    """Return the filters of an address, twenty at most. A filter given twice asks for any of its values."""
    found = {}
    for name in list(given)[:_MOST_NAMES]:
        values = [value for value in given.getlist(name) if value.strip()]
        if name.startswith(FILTER) and values:
            found[name.removeprefix(FILTER)] = BETWEEN.join(map(str, values))[:FILTER_LENGTH]
    return dict(list(found.items())[:MOST_FILTERS])


def address_back(page: str, query: str) -> str:
    """Return the address of a list by the name of its page and the query that a form has sent back."""
    return f"{reverse(page)}?{QueryDict(query).urlencode()}" if query else reverse(page)


@dataclass(frozen=True, slots=True)
class Lost:
    """A condition that the list knows no more: what it is called, why it does nothing, where that is mended."""

    name: str
    why: str
    mend: str = ""
    mend_name: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force: in words, the address without it, the one that changes it, what is wrong with it."""

    name: str
    value: str
    drop: str
    edit: str
    why: str = ""
    mend: str = ""
    mend_name: str = ""


def unknown_condition(code: str) -> Lost:
    """Return what is said of a condition that no part has any more."""
    return Lost(code, _("There is no such filter. Take it out; the other conditions stay."))


@dataclass(frozen=True, slots=True)
class ListAddress:
    """The address that a request for a list has come by; `page` is the name of the list's page.

    `lost` says what is told of a condition that the list does not know.
    """

    request: HttpRequest
    page: str
    lost: Callable[[str], Lost] = unknown_condition

    @property
    def columns(self) -> str:
        """The codes of the chosen columns, with commas: from one value or from ticks."""
        return ",".join(self.request.GET.getlist(COLUMNS))[:2_000]

    def kept(self, *but: str) -> list[tuple[str, str]]:
        """Return the names and values that a form of the list must send again."""
        given = self.request.GET
        pairs = []
        for name in given:
            if name not in but and name not in MAKING:
                values = [self.columns] if name == COLUMNS else given.getlist(name)
                pairs += [(name, str(value)) for value in values]
        return pairs

    def query(self, **changes: str) -> str:
        """Return the address's query with changes; an empty value takes a name out."""
        return urlencode([*self.kept(*changes), *((name, value) for name, value in changes.items() if value)])

    def to(self, **changes: str) -> str:
        """Return the list's address with changes."""
        query, page = self.query(**changes), reverse(self.page)
        return f"{page}?{query}" if query else page

    def made(self, known: Mapping[str, Facet]) -> str:
        """Return the address with the filter that was just made, in the place of the one changed; empty for none."""
        made = made_condition(self.request.GET, known)
        if made is None:
            return ""
        name, text = made
        old = self.request.GET.get("add", "")
        return self.to(**{FILTER + old: "", FILTER + name: text, "after": ""})

    def sorting(
        self, code: str, sort: str, *, sorts: bool = True, first: Literal["ascending", "descending"] = "ascending"
    ) -> tuple[str, str]:
        """Return the address that sorts by a column, or turns its order, and how it is sorted now.

        `sort` is the order in force; a column that is not yet sorted by begins as `first` says. Two empty texts for a
        column that the list does not sort by.
        """
        if not sorts:
            return "", ""
        now = "ascending" if sort == code else "descending" if sort == f"-{code}" else ""
        falls = now == "ascending" if first == "ascending" else now != "descending"
        return self.to(sort=f"-{code}" if falls else code, after=""), now

    def chips(
        self, filters: Mapping[str, str], known: Mapping[str, Facet], problems: Mapping[str, str]
    ) -> list[Chip]:
        """Return the filters of the address as people read them."""
        found = []
        for name, text in filters.items():
            code, how = split_name(name)
            facet = known.get(code)
            told = Lost(str(facet.name) if facet else code, problems.get(name, ""))
            if told.why == "unknown":
                told = self.lost(code)
            drop = self.to(**{FILTER + name: "", "after": ""})
            edit = self.to(after="", add=name) if facet else ""
            words = condition_words(facet, how, text)
            found.append(Chip(told.name, words, drop, edit, told.why, told.mend, told.mend_name))
        return found

    def tools(
        self, filters: Mapping[str, str], known: Mapping[str, Facet], problems: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return what the search and the filters over a list show."""
        return {
            "list_url": reverse(self.page),
            "query": self.query(after=""),
            "filters": self.chips(filters, known, problems),
            "addable": [(code, str(one.name)) for code, one in known.items()],
            "making": making_of(self.request.GET, filters, known),
            "kept_by_search": self.kept("q", "after"),
            "kept_by_filter": self.kept("after"),
            "kept_by_columns": self.kept(COLUMNS, "size"),
        }
