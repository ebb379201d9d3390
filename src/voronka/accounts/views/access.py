"""Settings: modules that are used, addresses people come in from, the log of exports."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from voronka.accounts import queries, services
from voronka.accounts.forms import NetworksForm, take, typed
from voronka.accounts.permissions import SEE_EXPORTS
from voronka.accounts.views.roles import use_groups, used_of
from voronka.kit import modules, wording
from voronka.kit.actors import CHANGE_SETTINGS
from voronka.kit.screens import actor_of, signed_in


@signed_in
@require_http_methods(["GET", "POST"])
def module_list(request: HttpRequest) -> HttpResponse:
    """Show the modules and switch them for the whole company."""
    actor = actor_of(request)
    actor.require(CHANGE_SETTINGS)
    if request.method == "POST":
        on = request.POST.getlist("on")
        services.switch_modules(
            actor=actor,
            off=[one.code for one in modules.all_modules() if one.code not in on],
            unused=services.unusable_codes() - used_of(request) if "uses" in request.POST else None,
        )
        messages.success(request, _("Saved: it holds from the next click of everybody."))
        return redirect("accounts:modules")
    rows = [(one, one.code not in actor.off_in_company) for one in modules.all_modules()]
    context = {"modules": rows, "uses": use_groups(queries.list_unused())}
    return render(request, "accounts/modules.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def network_list(request: HttpRequest) -> HttpResponse:
    """Show and change the networks from which people may come in."""
    actor = actor_of(request)
    actor.require(CHANGE_SETTINGS)
    kept = queries.list_networks()
    form = NetworksForm(typed(request), initial={"networks": "\n".join(kept)})
    if request.method == "POST" and take(
        form, lambda: services.change_networks(actor=actor, lines=form.cleaned_data["networks"].splitlines())
    ):
        messages.success(request, _("Saved: it holds from the next click of everybody."))
        return redirect("accounts:networks")
    context = {"form": form, "address": actor.origin, "is_on": bool(kept)}
    return render(request, "accounts/networks.html", context, status=422 if form.errors else 200)


@signed_in
@require_GET
def export_log(request: HttpRequest) -> HttpResponse:
    """Show what was taken out as files: who, what, by which filter, how much, from where."""
    actor = actor_of(request)
    actor.require(SEE_EXPORTS)
    before = request.GET.get("before", "")
    page = queries.list_exports(before=int(before) if before.isdecimal() and len(before) < 19 else None)
    names = queries.employee_names([one.employee_id for one in page.rows if one.employee_id is not None])
    zone, now = actor.zone.key, timezone.now()
    rows = [
        {
            "at": wording.moment(one.at, zone, now, actor.language),
            "who": names.get(one.employee_id or 0, _("the system")),
            "what": _what_words(one.what),
            "query": one.query.splitlines() if actor.sees_all else [],
            "columns": one.columns,
            "rows": one.rows,
            "format": one.format.upper(),
            "address": one.address,
        }
        for one in page.rows
    ]
    return render(request, "accounts/export_log.html", {"rows": rows, "before": page.before})


def _what_words(what: str) -> str:
    words = {
        "client": _("Clients"),
        "deal": _("Deals"),
        "task": _("Tasks"),
        "lead": _("Requests"),
        "double": _("Likely doubles"),
        "bin": _("Recycle bin"),
        "company": _("Everything"),
    }
    return words.get(what, what)
