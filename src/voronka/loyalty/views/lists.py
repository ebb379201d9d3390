"""The list of promos."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from voronka.kit import facets
from voronka.kit.facets import BETWEEN, Facet, split_name
from voronka.kit.making import FILTER_LENGTH, MAKING, condition_words, made_condition, making_of
from voronka.kit.screens import actor_of, signed_in
from voronka.loyalty.permissions import SEE, SET_UP
from voronka.loyalty.queries import promos
from voronka.loyalty.views.words import TONES, discount_words, money, state_words, time_words

FILTER, MOST_FILTERS = "f.", 20


def page_number(text: str) -> int:
    """Return after how many rows a page begins."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def ask_of(request: HttpRequest) -> promos.Ask:
    """Read what the address asks for. A filter given twice asks for any of its values."""
    filters = {}
    for name in list(request.GET)[:200]:
        values = [value for value in request.GET.getlist(name) if value.strip()]
        if name.startswith(FILTER) and values:
            filters[name.removeprefix(FILTER)] = BETWEEN.join(map(str, values))[:FILTER_LENGTH].replace("\0", "")
    text = request.GET.get("q", "")[:200].replace("\0", "")
    return promos.Ask(text, dict(list(filters.items())[:MOST_FILTERS]), page_number(request.GET.get("after", "")))


def address_of(request: HttpRequest, **changes: str) -> str:
    """Return the list's address with changes; an empty value takes a name out."""
    kept = [
        (name, str(value))
        for name in request.GET
        if name not in changes and name not in MAKING
        for value in request.GET.getlist(name)
    ]
    query = urlencode([*kept, *((name, value) for name, value in changes.items() if value)])
    page = reverse("loyalty:promos")
    return f"{page}?{query}" if query else page


def _chips(
    request: HttpRequest, ask: promos.Ask, known: Mapping[str, Facet], problems: Mapping[str, str]
) -> list[Any]:  # dicts for the template
    found = []
    for name, text in ask.filters.items():
        code, how = split_name(name)
        facet = known.get(code)
        found.append(
            {
                "name": str(facet.name) if facet else code,
                "value": condition_words(facet, how, text),
                "drop": address_of(request, **{FILTER + name: "", "after": ""}),
                "href": address_of(request, after="", add=name) if facet else "",
                "late": problems.get(name, ""),
            }
        )
    return found


@signed_in
@require_GET
def promo_list(request: HttpRequest) -> HttpResponse:
    """Show promos: search and filters stand in the address."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    known = facets.facets_of(promos.SUBJECT, actor)
    made = made_condition(request.GET, known)
    if made is not None:
        name, text = made
        old = {FILTER + request.GET.get("add", ""): "", FILTER + name: text, "after": ""}
        return redirect(address_of(request, **old))
    ask = ask_of(request)
    page = promos.read_page(actor, ask, now=now)
    words = state_words()
    context = {
        "ask": ask,
        "is_asking": bool(ask.text.strip() or ask.filters),
        "rows": [
            {
                "promo": row.promo,
                "code": row.code,
                "sums": row.sums,
                "off": discount_words(row.promo, actor),
                "time": time_words(row.promo, actor, now),
                "taken_off": money(row.sums.taken_off, actor),
                "state": words[row.state],
                "tone": TONES[row.state],
                "of": row.code.most if row.code else row.sums.codes,
            }
            for row in page.rows
        ],
        "filters": _chips(request, ask, known, page.problems),
        "addable": [(code, str(one.name)) for code, one in known.items()],
        "making": making_of(request.GET, ask.filters, known),
        "kept_by_filter": _kept(request, "after"),
        "kept_by_search": _kept(request, "q", "after"),
        "next_url": address_of(request, after=str(page.after)) if page.after else "",
        "first_url": address_of(request, after="") if ask.after else "",
        "may_set_up": actor.may(SET_UP),
    }
    return render(request, "loyalty/promo_list.html", context, status=422 if page.problems else 200)


def _kept(request: HttpRequest, *but: str) -> list[tuple[str, str]]:
    """Return the names and values that a form of the list must send again."""
    names = [name for name in request.GET if name not in but and name not in MAKING]
    return [(name, str(value)) for name in names for value in request.GET.getlist(name)]
