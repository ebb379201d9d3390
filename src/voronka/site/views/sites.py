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
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import queries as accounts
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.screens import actor_of, signed_in
from voronka.site.forms import SiteForm
from voronka.site.models import Site
from voronka.site.permissions import SET_UP
from voronka.site.queries import sites as queries
from voronka.site.services import SiteDraft, renew_secret, reveal_secret, save_site
from voronka.site.views.wording import kind_words

NAMES = ("name", "is_on", "asks_consent", "takes_contacts", "keep_days", "basket_minutes")
# How a shop says who is signed in there; `SECRET` is the site's.
SAMPLES = {
    "page": "<script>\nwindow.voronka = window.voronka || [];\n"
    'voronka.push(["identify", {id: "42", email: "client@shop.ru", proof: "..."}]);\n</script>',
    "python": "import hashlib, hmac\n\n"
    "proof = hmac.new(SECRET.encode(), str(client_id).encode(), hashlib.sha256).hexdigest()",
    "php": "$proof = hash_hmac('sha256', (string) $clientId, $SECRET);",
}


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
    currency = accounts.get_company_rules().currency
    context = {
        "site": row,
        "line": format_html('<script async src="{}/w.js" data-site="{}"></script>', base, row.public_id),
        "policy": f"script-src {base}; connect-src {base}",
        "samples": SAMPLES,
        "odd": [
            (
                one.name,
                one.url,
                wording.money(one.shown, currency, actor.language),
                wording.money(one.ours, currency, actor.language),
            )
            for one in queries.odd_prices(row, now)
        ],
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
        return {"is_on": True, "keep_days": 365, "basket_minutes": 60}
    values = {name: getattr(row, name) for name in NAMES}
    return {**values, "origins": "\n".join(row.origins), "version": row.version}


def _saved(form: forms.Form, actor: Actor, public_id: str) -> Site | None:
    """Save what is typed; what the service finds wrong goes to its fields."""
    if not form.is_valid():
        return None
    given = {name: form.cleaned_data[name] for name in (*NAMES, "origins")}
    given["basket_minutes"] = given["basket_minutes"] or 60
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


@never_cache
@signed_in
@require_POST
def site_secret(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the secret by which the shop's server signs who a visitor is, with `act` renew a new one."""
    actor, now = actor_of(request), timezone.now()
    is_new = request.POST.get("act") == "renew"
    row = (renew_secret if is_new else reveal_secret)(actor=actor, public_id=public_id, now=now)
    return render(request, "site/secret.html", {"site": row, "secret": row.secret, "is_new": is_new})
