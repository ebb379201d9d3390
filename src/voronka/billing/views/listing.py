"""What the lists of papers and of payments have alike: search, filters, saved lists, orders, files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.accounts import services as accounts
from voronka.accounts.queries.views import view_bar
from voronka.billing.queries import lists
from voronka.catalogue.queries import asked
from voronka.catalogue.queries.lists import Ask
from voronka.kit import facets, pieces
from voronka.kit.actors import Actor
from voronka.kit.list_address import FILTER, ListAddress
from voronka.kit.listfile import ListFile, file_links, handed_over
from voronka.kit.screens import actor_of, wants_fragment
from voronka.kit.tables.writers import Writable


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of money: the subject of its facets, the names of its page and file, its templates, its heads.

    `heads` are the columns by code and name; those whose code is an ordering facet sort. `usual` are the lists that
    everybody has: a name and filters.
    """

    subject: str
    page: str
    export: str
    template: str
    piece: str
    heads: Sequence[tuple[str, str]]
    usual: Sequence[tuple[str, Mapping[str, str]]]


def listed(
    request: HttpRequest, listing: Listing, cells: Callable[[Any], object], more: Mapping[str, object]
) -> HttpResponse:
    """Return the page of a list or, asked for a piece, its rows. Whoever calls has asked for the right."""
    actor, now = actor_of(request), datetime.now(UTC)
    address, known = ListAddress(request, listing.page), facets.facets_of(listing.subject, actor)
    if made := address.made(known):
        return redirect(made)
    ask = asked.ask_of(request.GET)
    page = lists.read_page(actor, listing.subject, ask, now=now, size=asked.size_of(request.GET))
    is_asking = bool(ask.text.strip() or ask.filters or ask.after)
    context: dict[str, Any] = {
        **more,
        "ask": ask,
        "rows": [(one, cells(one)) for one in page.rows],
        "heads": [(code, name, *_sorting(address, ask, known, code)) for code, name in listing.heads],
        "is_empty": not page.rows and not is_asking,
        "list_url": reverse(listing.page),
        "next_url": address.to(after=page.after) if page.after else "",
        "first_url": address.to(after="") if ask.after else "",
        "piece": listing.piece,
    }
    is_piece = wants_fragment(request)
    if not is_piece:
        context |= _around(actor, listing, address, ask, known, page.problems)
    template = listing.piece if is_piece else listing.template
    response = render(request, template, context, status=422 if page.problems else 200)
    response.headers["Vary"] = "HX-Request"
    return response


def _around(
    actor: Actor,
    listing: Listing,
    address: ListAddress,
    ask: Ask,
    known: Mapping[str, facets.Facet],
    problems: Mapping[str, str],
) -> dict[str, Any]:
    given, query = address.request.GET, address.query(after="")
    return {
        "subject": listing.subject,
        "usual": _usual(listing, ask),
        "bar": view_bar(actor, listing.subject, query, opened=given.get("view", "")[:20]),
        **address.tools(ask.filters, known, problems),
        "files": file_links(actor, listing.export, query),
    }


def _usual(listing: Listing, ask: Ask) -> list[pieces.Tab]:
    page, now = reverse(listing.page), {} if ask.text.strip() else dict(ask.filters)
    found = []
    for name, filters in listing.usual:
        query = urlencode({FILTER + code: value for code, value in filters.items()})
        found.append(pieces.Tab(name, f"{page}?{query}" if query else page, active=now == filters and not ask.text))
    return found


def _sorting(address: ListAddress, ask: Ask, known: Mapping[str, facets.Facet], code: str) -> tuple[str, str]:
    """Return the address that sorts by a column, or turns its order, and how it is sorted now."""
    if code not in known or known[code].expression is None:
        return "", ""
    sort = ask.sort if ask.sort.removeprefix("-") in known else lists.DEFAULT_SORT
    return address.sorting(code, sort, first="descending")


def taken_out(
    request: HttpRequest,
    listing: Listing,
    code: str,
    *,
    name: str,
    heads: Sequence[str],
    cells: Callable[[Any], Sequence[Writable]],
) -> HttpResponse:
    """Return a list as a file, with the filters of its page. The right is its own, the act is logged."""
    actor, now = actor_of(request), datetime.now(UTC)
    ask, known = asked.ask_of(request.GET), facets.facets_of(listing.subject, actor)

    def rows() -> Iterator[Sequence[Writable]]:
        for one in lists.walk(actor, listing.subject, ask, now=now):
            yield cells(one)

    searched = [_("Search: %(text)s") % {"text": ask.text.strip()}] if ask.text.strip() else []
    chips = ListAddress(request, listing.page).chips(ask.filters, known, {})
    made = ListFile(
        what=f"{listing.subject}s",
        name=name,
        heads=heads,
        count=lambda most: lists.count_or_none(actor, listing.subject, ask, most=most) or 0,
        rows=rows,
        query=[*searched, *(f"{one.name}: {one.value}" for one in chips)],
    )
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=now))
