"""The list of promos."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from voronka.kit import facets
from voronka.kit.list_address import ListAddress, filters_asked
from voronka.kit.screens import actor_of, signed_in
from voronka.loyalty.permissions import SEE, SET_UP
from voronka.loyalty.queries import promos
from voronka.loyalty.views.words import TONES, discount_words, money, state_words, time_words


def page_number(text: str) -> int:
    """Return after how many rows a page begins."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def row_id(text: str) -> int:
    """Return the id of the row behind which a page begins, 0 for the first page and for what is no id."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def ask_of(request: HttpRequest) -> promos.Ask:
    """Read what the address asks for. A filter given twice asks for any of its values."""
    filters = {name: text.replace("\0", "") for name, text in filters_asked(request.GET).items()}
    text = request.GET.get("q", "")[:200].replace("\0", "")
    return promos.Ask(text, filters, page_number(request.GET.get("after", "")))


@signed_in
@require_GET
def promo_list(request: HttpRequest) -> HttpResponse:
    """Show promos: search and filters stand in the address."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    known = facets.facets_of(promos.SUBJECT, actor)
    address = ListAddress(request, "loyalty:promos")
    if made := address.made(known):
        return redirect(made)
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
        **address.tools(ask.filters, known, page.problems),
        "next_url": address.to(after=str(page.after)) if page.after else "",
        "first_url": address.to(after="") if ask.after else "",
        "may_set_up": actor.may(SET_UP),
    }
    return render(request, "loyalty/promo_list.html", context, status=422 if page.problems else 200)
