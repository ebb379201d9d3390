"""Settings: keys of the API."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from voronka.connect.permissions import MANAGE_KEYS
from voronka.connect.queries import keys as queries
from voronka.connect.services import keys as services
from voronka.connect.services.words import SCOPE_NAMES
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in

DAYS = (30, 90, 365)


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
def key_list(request: HttpRequest) -> HttpResponse:
    """List the keys and make one: the key itself is shown in the answer of the making, and never again."""
    actor = actor_of(request)
    actor.require(MANAGE_KEYS)
    made, problems, now = "", dict[str, str](), timezone.now()
    if request.method == "POST":
        days = request.POST.get("days", "")
        try:
            _row, made = services.make_key(
                actor=actor,
                name=request.POST.get("name", "")[:1_000],
                scopes=request.POST.getlist("scopes")[:100],
                days=int(days) if days.isascii() and days.isdecimal() and len(days) < 6 else None,
                now=now,
            )
        except Invalid as wrong:
            problems = wrong.fields or {"name": wrong.message}
    chosen = request.POST.getlist("scopes") if problems else []
    context = {
        "lines": [(line, [SCOPE_NAMES[code] for code in line.key.scopes if code in SCOPE_NAMES])
                  for line in queries.list_keys(actor, now=now)],
        "made": made,
        "problems": problems,
        "name": request.POST.get("name", "")[:200] if problems else "",
        "days": request.POST.get("days", "") if problems else "",
        "scopes": [(code, words, code in chosen) for code, words in SCOPE_NAMES.items()],
        "periods": [("", _("for ever")), *((str(days), _period(days)) for days in DAYS)],
    }  # fmt: skip
    return render(request, "connect/keys.html", context, status=422 if problems else 200)


def _period(days: int) -> str:
    return {30: _("a month"), 90: _("three months"), 365: _("a year")}[days]


@signed_in
@require_POST
def key_revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let a key open nothing any more."""
    services.revoke_key(actor=actor_of(request), public_id=public_id, now=timezone.now())
    messages.success(request, _("The key opens nothing any more."))
    return redirect("connect:keys")
