"""The page of settings of what strangers see: the order form, and the clients' own pages."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from voronka.accounts import queries as accounts
from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries.tree import category_names
from voronka.kit import wording
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.orders.permissions import SET_UP
from voronka.orders.queries import get_order
from voronka.orders.queries.shop import feedback_of, get_shop_page, shop_goods
from voronka.orders.services import token_of
from voronka.orders.services.shop_page import ShopPageDraft, save_shop_page

TEXTS = ("title", "intro", "phone", "hours", "seller", "terms", "return_days", "articles", "version", "is_on")
MOST_ARTICLES = 500


@signed_in
@require_http_methods(["GET", "POST"])
def shop_page(request: HttpRequest) -> HttpResponse:
    """Say what the public pages tell and sell, switch the order form on and off."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row = get_shop_page()
    if request.method == "GET":
        categories, variants = shop_goods()
        typed = {name: str(getattr(row, name, "")) for name in TEXTS if name != "articles"}
        typed |= {"is_on": "yes" if row.is_on else "", "articles": "\n".join(code for _id, code in variants)}
        typed["version"] = str(row.version if row.pk else 0)
        return _page(request, typed, categories, {}, is_on=row.is_on)
    typed = {name: request.POST.get(name, "")[:40_000].replace("\0", "") for name in TEXTS}
    chosen = [str(one)[:20].replace("\0", "") for one in request.POST.getlist("category")[:1_000]]
    try:
        version = int(typed["version"]) if typed["version"].isdecimal() and len(typed["version"]) < 9 else None
        save_shop_page(_draft(typed, chosen), actor=actor, version=version)
    except Invalid as refusal:
        problems = {name: str(words) for name, words in refusal.fields.items()}
        return _page(request, typed, chosen, problems, is_on=row.is_on)
    messages.success(request, _("Saved"))
    return redirect("orders:shop-page")


@signed_in
@require_GET
def client_panel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the link of the client's page and what he said of the order, for the order's card."""
    actor = actor_of(request)
    order = get_order(actor, public_id)
    feedback = feedback_of(order.pk)
    now = timezone.now().astimezone(actor.zone)
    context = {
        "order": order,
        "link": request.build_absolute_uri(reverse("orders:client", args=[token_of(order)])),
        "feedback": feedback,
        "stars": "★" * feedback.stars + "☆" * (5 - feedback.stars) if feedback else "",
        "day": wording.day(feedback.at.astimezone(actor.zone).date(), now.date(), actor.language) if feedback else "",
    }
    return render(request, "orders/_client_page.html", context)


def _draft(typed: Mapping[str, str], chosen: list[str]) -> ShopPageDraft:
    days = typed["return_days"].strip()
    return ShopPageDraft(
        is_on=bool(typed["is_on"]),
        title=typed["title"],
        intro=typed["intro"],
        phone=typed["phone"],
        hours=typed["hours"],
        seller=typed["seller"],
        terms=typed["terms"],
        return_days=int(days) if days.isascii() and days.isdecimal() and len(days) < 6 else -1,
        categories=chosen,
        variants=_variants(typed["articles"]),
    )


def _variants(text: str) -> list[str]:
    """Return the public ids of the articles, one a line. Raises Invalid naming the first that is not there."""
    articles = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))[: MOST_ARTICLES + 1]
    found = []
    for article in articles:
        known = catalogue.find_variants(code=article[:60])
        if not known:
            message = _("There is no article %(code)s.") % {"code": article[:60]}
            raise Invalid(message, fields={"goods": message})
        found.append(known[0].public_id)
    return found


def _page(
    request: HttpRequest, typed: Mapping[str, str], chosen: list[str], problems: Mapping[str, str], *, is_on: bool
) -> HttpResponse:
    address = reverse("orders:order-form", args=[accounts.get_company_rules().form_key])
    context: dict[str, Any] = {
        "typed": typed,
        "problems": problems,
        "categories": [(code, name, code in chosen) for code, name in category_names()],
        "chosen": len(chosen),
        "link": request.build_absolute_uri(address),
        "is_on": is_on,
    }
    return render(request, "orders/shop_page.html", context, status=422 if problems else 200)
