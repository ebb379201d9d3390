"""Sites connected, set up, and whether anything comes from them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.screens import actor_of, signed_in
from voronka.site.forms import SiteForm
from voronka.site.models import Site, VisitEvent
from voronka.site.permissions import SET_UP
from voronka.site.queries import sites as queries
from voronka.site.services import SiteDraft, save_site

NAMES = ("name", "is_on", "asks_consent", "takes_contacts", "keep_days")


@signed_in
@require_GET
def site_list(request: HttpRequest) -> HttpResponse:
    """List the sites of the company and whether anything comes from them."""
    actor, now = actor_of(request), timezone.now()
    rows = queries.list_sites(actor)
    seen = queries.seen_of(rows, now)
    context = {
        "rows": [
            {"site": one, "seen": seen[one.pk], "last": _clock(seen[one.pk].last_at, actor, now)} for one in rows
        ],
        "may_set_up": actor.may(SET_UP),
    }
    return render(request, "site/site_list.html", context)


@signed_in
@require_GET
def site(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the line of script of a site and what has come from its pages."""
    actor, now = actor_of(request), timezone.now()
    row = queries.get_site(actor, public_id)
    base = wire_base(request)
    seen = queries.seen_of([row], now)[row.pk]
    context = {
        "site": row,
        "line": format_html('<script async src="{}/w.js" data-site="{}"></script>', base, row.public_id),
        "policy": f"script-src {base}; connect-src {base}",
        "seen": seen,
        "last": _clock(seen.last_at, actor, now),
        "events": [
            {"what": kind_words(one), "url": one.about.get("url", ""), "clock": _clock(one.at, actor, now)}
            for one in queries.last_events(row)
        ],
    }
    return render(request, "site/site.html", context)


def wire_base(request: HttpRequest) -> str:
    """Return the address of the wire server as pages reach it: the script and the collector are there."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    return str(settings.WIRE_URL).rstrip("/") or f"{request.scheme}://{host}:{settings.WIRE_PORT}"


def _clock(at: Any, actor: Actor, now: Any) -> str:  # a moment, or None
    return "" if at is None else wording.moment(at, actor.zone.key, now, actor.language)


def kind_words(event: VisitEvent) -> str:
    """Say what happened; what the page itself has said comes along as plain text, but who the visitor is does not."""
    words = {
        "page": _("A page was opened"),
        "product": _("A product was looked at"),
        "basket": _("The basket changed"),
        "checkout": _("The checkout was opened"),
        "purchase": _("Something was bought"),
        "form": _("A form was sent"),
        "exit": _("The pointer left the page"),
        "idle": _("Nothing happened for a minute"),
        "leave": _("The page was left"),
        "identify": _("The visitor said who he is"),
        "custom": _("The page told something of its own"),
    }[event.kind]
    said = "" if event.kind == "identify" else str(event.about.get("title") or event.about.get("name") or "")
    return f"{words}: {said}" if said else words


@signed_in
@require_http_methods(["GET", "POST"])
def site_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Connect a site, or change one."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row = queries.get_site(actor, public_id) if public_id else None
    form = SiteForm(request.POST if request.method == "POST" else None, initial=_initial(row))
    saved = _saved(form, actor, public_id) if request.method == "POST" else None
    if saved is not None:
        messages.success(request, _("Saved"))
        return redirect("site:site", saved.public_id)
    return render(request, "site/site_edit.html", {"form": form, "site": row}, status=422 if form.errors else 200)


def _initial(row: Site | None) -> dict[str, Any]:
    if row is None:
        return {"is_on": True, "keep_days": 365}
    values = {name: getattr(row, name) for name in NAMES}
    return {**values, "origins": "\n".join(row.origins), "version": row.version}


def _saved(form: forms.Form, actor: Actor, public_id: str) -> Site | None:
    """Save what is typed; what the service finds wrong goes to its fields."""
    if not form.is_valid():
        return None
    given = {name: form.cleaned_data[name] for name in (*NAMES, "origins")}
    try:
        with transaction.atomic():
            return save_site(
                actor=actor, draft=SiteDraft(**given), now=timezone.now(), public_id=public_id,
                version=form.cleaned_data["version"],
            )  # fmt: skip
    except Invalid as refusal:
        for name, message in refusal.fields.items():
            form.add_error(name if name in form.fields else None, message)
    except Refusal as refusal:
        if refusal.code != "stale":
            raise
        form.add_error(None, refusal.message)
    return None
