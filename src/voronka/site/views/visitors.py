"""Who is on the site: the list of visits, the page of a visitor, the block on a client's card."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from voronka.accounts import queries as accounts
from voronka.catalogue import queries as catalogue
from voronka.kit import modules, wording
from voronka.kit.actors import Actor
from voronka.kit.keyed import BadPlace
from voronka.kit.pieces import Tab
from voronka.kit.screens import actor_of, signed_in
from voronka.people import queries as people
from voronka.site.models import SeenGoods, Visit, Visitor
from voronka.site.permissions import SEE, SET_UP
from voronka.site.queries import visitors as queries
from voronka.site.queries.visitors import HERE, Wanted
from voronka.site.views.scale import Bar, scale_of
from voronka.site.views.wording import kind_words

WHEN = ("now", "today", "all")
ICONS = {
    "page": "eye", "product": "package", "basket": "shopping-cart", "checkout": "cash", "purchase": "check",
    "form": "file-text", "identify": "user", "exit": "logout", "custom": "bolt",
}  # fmt: skip
TOLD_ON_CARD = 3


@signed_in
@require_GET
def visitors(request: HttpRequest) -> HttpResponse:
    """List who is on the sites now, was today, or ever."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    wanted = _wanted(request)
    try:
        rows, after = queries.read_visits(actor, wanted, now=now, place=request.GET.get("place", ""))
    except BadPlace:
        rows, after = queries.read_visits(actor, wanted, now=now)
    currency = accounts.get_company_rules().currency
    words = {"now": _("Now"), "today": _("Today"), "all": pgettext("visits", "All")}
    context = {
        "rows": [_line(one, actor, now, currency) for one in rows],
        "here": queries.count_here(actor, now=now),
        "tabs": [Tab(words[one], _address(request, when=one), active=one == wanted.when) for one in WHEN],
        "sites": [("", _("all sites")), *queries.site_names()],
        "people": [("", _("everybody")), ("known", _("known as clients")), ("unknown", _("not known yet"))],
        "sources": [("", _("any source")), *((one, one) for one in queries.list_sources())],
        "wanted": wanted,
        "next_url": _address(request, place=after) if after else "",
        "first_url": _address(request, place="") if request.GET.get("place") else "",
        "address": request.get_full_path(),
        "may_set_up": actor.may(SET_UP),
        "is_narrowed": wanted != Wanted(when=wanted.when),
    }
    return render(request, "site/visitors.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    """Read what the address asks for; what cannot be read narrows nothing."""
    asked = request.GET
    when, who = asked.get("when", ""), asked.get("who", "")
    source = asked.get("source", "")[:200]
    return Wanted(
        when if when in WHEN else "today",
        asked.get("site", "")[:20].replace("\0", ""),
        who if who in ("known", "unknown") else "",
        asked.get("basket") == "1",
        source.replace("\0", ""),
    )


def _address(request: HttpRequest, **changes: str) -> str:
    kept = [(name, str(value)) for name, value in request.GET.items() if name not in changes and name != "place"]
    return f"?{urlencode([*kept, *((name, value) for name, value in changes.items() if value)])}"


def who_words(visitor: Visitor, actor: Actor) -> str:
    """Say who a visitor is: the client, or a short sign of the browser."""
    if visitor.client is not None:
        return people.name_shown(actor, visitor.client.name)
    return _("Visitor %(sign)s") % {"sign": visitor.public_id[:4]}


def _line(visit: Visit, actor: Actor, now: datetime, currency: str) -> dict[str, Any]:
    """Return a line of the list."""
    page = visit.page or {}
    return {
        "visit": visit,
        "who": who_words(visit.visitor, actor),
        "is_here": visit.last_at > now - HERE,
        "page": page.get("title") or page.get("url", ""),
        "url": page.get("url", ""),
        "product": (visit.product or {}).get("name", ""),
        "basket": _basket_sum(visit, actor, currency),
        "from": from_words(visit),
        "spent": wording.duration((visit.last_at - visit.begun_at).total_seconds(), actor.language),
        "last": wording.moment(visit.last_at, actor.zone.key, now, actor.language),
    }


def _basket_sum(visit: Visit, actor: Actor, currency: str) -> str:
    if not queries.is_filled(visit):
        return ""
    return wording.money(queries.sum_of(visit), currency, actor.language)


def from_words(visit: Visit) -> str:
    """Say where a visit came from: what its first address says, else the page before."""
    utm = visit.head.get("utm", {})
    said = [utm[name] for name in ("source", "medium", "campaign") if utm.get(name)]
    if said:
        return " / ".join(said)
    return str(visit.head.get("from", "")).removeprefix("https://").removeprefix("http://").rstrip("/")


@signed_in
@require_GET
def visitor(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a visitor: who he is, what lies in his basket, his visits as scales of their time."""
    actor, now = actor_of(request), timezone.now()
    row = queries.get_visitor(actor, public_id)
    before = _before(request)
    visits = queries.visits_of([row.pk], before=before)
    told = queries.tell_visits(visits)
    newest = visits[0] if visits and before is None else None
    context = {
        "visitor": row,
        "who": who_words(row, actor),
        "client_url": _client_url(row),
        "since": wording.moment(row.first_at, actor.zone.key, now, actor.language),
        "visits": [_visit(one, told[one.pk], actor, now, whole=True) for one in visits],
        "basket": _basket(newest, actor, now) if newest is not None and queries.is_filled(newest) else None,
        "goods": _goods(queries.goods_seen([one.pk for one in visits]), actor),
        "address": request.get_full_path(),
        "next_url": f"?{urlencode({'before': visits[-1].begun_at.isoformat()})}" if len(visits) == 10 else "",
        "first_url": reverse("site:visitor", args=[public_id]) if before else "",
    }
    return render(request, "site/visitor.html", context)


def _before(request: HttpRequest) -> datetime | None:
    try:
        found = datetime.fromisoformat(request.GET.get("before", "")[:40])
    except ValueError:
        return None
    return found if found.tzinfo is not None and found.year > 1 and found.year < 9_000 else None


def _client_url(row: Visitor) -> str:
    return reverse("people:client-detail", args=[row.client.public_id]) if row.client is not None else ""


def _visit(visit: Visit, told: queries.Told, actor: Actor, now: datetime, *, whole: bool = False) -> dict[str, Any]:
    """Return a visit for a page: its scale, the pages longest in sight, and with `whole` all that happened."""
    is_here = visit.last_at > now - HERE
    bars: Sequence[Bar] = scale_of([(one.title, one.seconds) for one in told.pages])
    pages = [
        {"title": one.title, "spent": wording.duration(one.seconds, actor.language), "url": one.url}
        for one in told.pages[-6:][::-1]
    ]
    return {
        "visit": visit,
        "is_here": is_here,
        "day": wording.moment(visit.begun_at, actor.zone.key, now, actor.language),
        "spent": wording.duration((visit.last_at - visit.begun_at).total_seconds(), actor.language),
        "from": from_words(visit),
        "device": device_words(visit),
        "bars": bars,
        "pages": pages,
        "number": _("first time") if visit.number == 1 else _("visit %(n)d") % {"n": visit.number},
        "events": [_event(one, actor) for one in told.events if one.kind not in ("page", "leave", "idle")][-30:]
        if whole
        else [],
    }


def _event(one: Any, actor: Actor) -> dict[str, str]:  # a VisitEvent
    return {
        "icon": ICONS.get(one.kind, "eye"),
        "what": kind_words(one),
        "clock": wording.clock(one.at, actor.zone.key),
    }


def device_words(visit: Visit) -> str:
    """Say by what the visitor came."""
    words = {"phone": _("phone"), "tablet": _("tablet"), "computer": _("computer")}
    return str(words.get(str(visit.head.get("device", "")), ""))


def _basket(visit: Visit, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return a basket with its prices, and where the catalogue has another price."""
    rules = accounts.get_company_rules()

    def money(value: Decimal | None) -> str:
        return "" if value is None else wording.money(value, rules.currency, actor.language)

    lines = [
        {
            "name": one.name or _("goods without a name"),
            "count": wording.number(one.count.normalize(), actor.language),
            "price": money(one.price),
            "ours": money(one.ours) if one.ours is not None and one.price not in (None, one.ours) else "",
        }
        for one in queries.basket_of(visit, at=now)
    ]
    lies = (now - (visit.basket_at or visit.last_at)).total_seconds()
    return {
        "lines": lines,
        "sum": money(queries.sum_of(visit)),
        "lies": wording.duration(max(lies, 0), actor.language),
        "is_left": visit.basket_left_at is not None,
    }


def _goods(rows: Sequence[SeenGoods], actor: Actor) -> list[dict[str, str]]:
    ids = [one.variant_id for one in rows]
    cards: Mapping[int, Any] = catalogue.variants_by_ids(ids)
    pages = catalogue.public_ids("product", [one.product_id for one in cards.values()])
    may = catalogue.SEE_RIGHT in actor.rights and modules.is_on(actor, "catalogue")
    found = dict[int, dict[str, str]]()
    for one in rows:
        card = cards.get(one.variant_id)
        if card is not None and card.id not in found:
            url = reverse("catalogue:goods-detail", args=[pages[card.product_id]]) if may else ""
            found[card.id] = {
                "name": card.name, "url": url, "spent": wording.duration(one.seconds, actor.language)
            }  # fmt: skip
    return list(found.values())


@signed_in
@require_GET
def client_panel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give what a client does on the site for his card: the last visit, what he looked at, the basket, where from."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    client = people.get_client(actor, public_id)
    browsers = queries.visitors_of_client(client.pk)
    visits = queries.visits_of(browsers, most=TOLD_ON_CARD)
    told = queries.tell_visits(visits[:1])
    last = visits[0] if visits else None
    held = next((one for one in visits if queries.is_filled(one)), None)
    context = {
        "last": _visit(last, told[last.pk], actor, now) if last is not None else None,
        "basket": _basket(held, actor, now) if held is not None else None,
        "goods": _goods(queries.goods_seen([one.pk for one in visits], most=4), actor),
        "visitor": last.visitor if last is not None else None,
        "address": reverse("site:client-panel", args=[public_id]),
        "client_id": client.pk,
    }
    return render(request, "site/client_panel.html", context)
