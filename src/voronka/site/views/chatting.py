"""The chat of a site set up; who of the site's visitors is in a talk, for the operators' desk."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.queries import talks
from voronka.messaging.queries.chat import get_chat
from voronka.site.forms import SiteChatForm
from voronka.site.models import SiteChat
from voronka.site.permissions import SEE, SET_UP
from voronka.site.queries import chatting as queries
from voronka.site.queries.sites import get_site
from voronka.site.services.chatting import SiteChatDraft, save_site_chat

NAMES = ("is_on", "greeting", "colour", "side")


@signed_in
@require_http_methods(["GET", "POST"])
def site_chat(request: HttpRequest, public_id: str) -> HttpResponse:
    """Set up the company's chat on a site."""
    actor = actor_of(request)
    actor.require(SET_UP)
    site = get_site(actor, public_id)
    row = queries.get_site_chat(site)
    initial = {name: getattr(row, name) for name in NAMES} | {"version": row.version if row.pk else None}
    form = SiteChatForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and _saved(form, actor, public_id, row):
        messages.success(request, _("Saved"))
        return redirect("site:site", public_id)
    context = {"form": form, "site": site, "is_off": not get_chat().is_on}
    return render(request, "site/site_chat.html", context, status=422 if form.errors else 200)


def _saved(form: SiteChatForm, actor: Actor, public_id: str, row: SiteChat) -> bool:
    if not form.is_valid():
        return False
    given = {name: form.cleaned_data[name] for name in NAMES}
    draft = SiteChatDraft(**(given | {"side": given["side"] or row.side}))
    try:
        with transaction.atomic():
            save_site_chat(
                actor=actor, public_id=public_id, draft=draft, now=timezone.now(), version=form.cleaned_data["version"]
            )  # fmt: skip
    except Invalid as refusal:
        for name, message in refusal.fields.items():
            form.add_error(name if name in form.fields else None, message)
    except Refusal as refusal:
        if refusal.code != "stale":
            raise
        form.add_error(None, refusal.message)
    return not form.errors


@signed_in
@require_GET
def talk_visitor(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show beside a talk where its visitor is on the site, what lies in his basket, and his last visits."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    talk = talks.get_talk(actor, public_id)
    visitor = queries.find_visitor(*talks.visitor_of_talk(talk.pk))
    context: dict[str, Any] = {"talk": talk}
    if visitor is not None:
        found = queries.beside(visitor, now)
        context |= {
            "found": found,
            "page": _page_words(found),
            "product": (found.product or {}).get("name", ""),
            "lines": [_line_words(one, actor.language) for one in found.lines],
            "total": _money(found.basket or {}, "sum", actor.language),
            "visits": [
                {
                    "clock": wording.moment(one.begun_at, actor.zone.key, now, actor.language),
                    "from": str(one.head.get("from") or "")[:120],
                    "pages": one.pages,
                    "bought": one.bought_at is not None,
                    "number": one.number,
                }
                for one in found.visits
            ],
        }
    return render(request, "site/_talk_visitor.html", context)


def _page_words(found: queries.Beside) -> str:
    page = found.page or {}
    return str(page.get("title") or page.get("url") or "")


def _line_words(line: Any, language: str) -> dict[str, Any]:  # what a page told of its basket
    count = line.get("count", 1)
    return {
        "name": line.get("name", ""),
        "count": count if count != 1 else "",
        "price": _money(line, "price", language),
    }


def _money(said: Any, name: str, language: str) -> str:  # as above
    try:
        return wording.money(Decimal(str(said[name])), said.get("currency") or "RUB", language)
    except (KeyError, TypeError, InvalidOperation):
        return ""
