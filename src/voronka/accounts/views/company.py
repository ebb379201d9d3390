"""Settings: the list of pages, the company, its archive."""

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
from voronka.kit.actors import CHANGE_SETTINGS
from voronka.kit.errors import Denied, NotFound
from voronka.kit.screens import actor_of, place, signed_in, wants_fragment
from voronka.kit.settings_menu import settings_groups, settings_pages_for
from voronka.kit.uploads import delivery_headers


@signed_in
@require_GET
def settings_list(request: HttpRequest) -> HttpResponse:
    """List the pages of settings that the person may open in groups: all, or those that hold the words of `q`."""
    pages = settings_pages_for(actor_of(request))
    if not pages:
        raise Denied(_("Your role has nothing to set up here."))
    text = request.GET.get("q", "").replace("\x00", "")[:100].strip()
    found = [page for page in pages if page.holds(text)]
    groups = [
        (code, title, [(page, reverse(page.url_name)) for page in own]) for code, title, own in settings_groups(found)
    ]
    template = "accounts/_settings_groups.html" if wants_fragment(request) else "accounts/settings.html"
    response = render(request, template, {"groups": groups, "text": text})
    response.headers["Vary"] = "HX-Request"  # the way back must not show a piece kept for the address of the page
    return response


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
