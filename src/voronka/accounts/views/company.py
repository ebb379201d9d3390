"""Settings: the list of pages, the company, its roles."""

from itertools import groupby
from typing import cast

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import queries, services
from voronka.accounts.forms import CompanyForm, take, typed
from voronka.accounts.models import Role
from voronka.accounts.permissions import MANAGE_ROLES
from voronka.accounts.rules import OWNER, allowed_reach
from voronka.kit.actors import CHANGE_SETTINGS, Reach, Right, all_rights
from voronka.kit.errors import Denied, NotFound
from voronka.kit.screens import actor_of, place, signed_in
from voronka.kit.settings_menu import settings_pages_for
from voronka.kit.uploads import delivery_headers


@signed_in
@require_GET
def settings_list(request: HttpRequest) -> HttpResponse:
    """List the pages of settings that the person may open."""
    pages = settings_pages_for(actor_of(request))
    if not pages:
        raise Denied(_("Your role has nothing to set up here."))
    rows = [(page, reverse(page.url_name)) for page in pages]
    return render(request, "accounts/settings.html", {"pages": rows})


@signed_in
@require_http_methods(["GET", "POST"])
def company(request: HttpRequest) -> HttpResponse:
    """Show and change the settings of the company."""
    actor = actor_of(request)
    actor.require(CHANGE_SETTINGS)
    rules = queries.get_company_rules()
    known = {name: getattr(rules, name) for name in CompanyForm.base_fields}
    form = CompanyForm(typed(request), initial=known, zone=rules.zone)
    if request.method == "POST" and take(
        form, lambda: services.change_company(actor=actor, changes=form.cleaned_data)
    ):
        messages.success(request, _("Saved"))
        return redirect("accounts:company")
    address = place("people:lead-form", rules.form_key)
    context = {"form": form, "form_url": request.build_absolute_uri(address) if address else ""}
    return render(request, "accounts/company.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def form_key(request: HttpRequest) -> HttpResponse:
    """Give the public form a new address."""
    services.renew_form_key(actor=actor_of(request))
    messages.success(request, _("The form has a new address; the old one takes nothing any more."))
    return redirect("accounts:company")


@signed_in
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """Order an archive of everything the company owns, and show the one that waits."""
    actor = actor_of(request)
    if request.method == "POST":
        services.order_export(actor=actor)
        messages.success(request, _("The archive is being made. It will stand here in a few minutes."))
        return redirect("accounts:export")
    return render(request, "accounts/export.html", {"archive": services.find_export(actor=actor)})


@signed_in
@require_GET
def export_take(request: HttpRequest) -> HttpResponse:
    """Hand the archive over."""
    archive = services.find_export(actor=actor_of(request))
    if archive is None:
        raise NotFound(_("There is no archive yet."))
    headers = dict(delivery_headers(archive.name, "application/zip"))
    source = default_storage.open(archive.key)
    answer = FileResponse(source, as_attachment=True, filename=archive.name, headers=headers)
    return cast("HttpResponse", answer)  # streamed, but an answer like any other


@signed_in
@require_GET
def role_list(request: HttpRequest) -> HttpResponse:
    """Show what every role may do, side by side."""
    actor_of(request).require(MANAGE_ROLES)
    roles = queries.list_roles()
    reaches = [queries.reach_of_role(role) for role in roles]
    groups = [
        (title, [(right, [_told(right, reach[right.code]) for reach in reaches]) for right in rights])
        for title, rights in _by_part()
    ]
    return render(request, "accounts/roles.html", {"roles": roles, "groups": groups})


@signed_in
@require_http_methods(["GET", "POST"])
def role_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change what one role may do."""
    actor = actor_of(request)
    actor.require(MANAGE_ROLES)
    role = Role.objects.filter(code=code).first()
    if role is None:
        raise NotFound(_("There is no such role."))
    if request.method == "POST":
        asked = {right.code: request.POST[right.code] for right in all_rights() if right.code in request.POST}
        wanted = {name: int(reach) if reach.isdecimal() and len(reach) == 1 else -1 for name, reach in asked.items()}
        services.change_role_rights(actor=actor, role_id=role.pk, rights=wanted)
        messages.success(request, _("Saved"))
        return redirect("accounts:roles")
    reaches = queries.reach_of_role(role)
    groups = [
        (title, [(right, int(reaches[right.code]), _choices(right)) for right in rights])
        for title, rights in _by_part()
    ]
    context = {"role": role, "groups": groups, "is_owner": role.code == OWNER}
    return render(request, "accounts/role.html", context)


def _by_part() -> list[tuple[str, list[Right]]]:
    titles = {
        "kit": _("The whole company"),
        "accounts": _("People and data"),
        "people": _("Clients"),
        "work": _("Tasks"),
        "messaging": _("Letters"),
        "deals": _("Deals"),
        "connect": _("Other programs"),
    }
    grouped = groupby(all_rights(), key=lambda right: right.code.partition(".")[0])
    return [(titles.get(part, part), list(rights)) for part, rights in grouped]


def _choices(right: Right) -> list[tuple[int, str]]:
    return [(int(reach), _word(right, reach)) for reach in allowed_reach(right)]


def _told(right: Right, reach: Reach) -> tuple[str, bool]:
    return _word(right, reach), bool(reach)


def _word(right: Right, reach: Reach) -> str:
    if not right.by_record:
        return _("yes") if reach else _("no")
    return {Reach.NONE: _("no"), Reach.OWN: _("own"), Reach.TEAM: _("of the team"), Reach.ALL: _("all")}[reach]
