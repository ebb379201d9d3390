"""The bar of saved views above a list: asked for with its counts, and the acts of its menu."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.accounts import services
from voronka.accounts.models import SavedView
from voronka.accounts.queries.views import get_view, view_bar
from voronka.kit.errors import NotFound
from voronka.kit.lists import QUERY_LIMIT, find_list
from voronka.kit.screens import actor_of, signed_in, wants_fragment

MARK = "view"  # the name by which an address says which view it was opened by


@signed_in
@require_GET
def bar(request: HttpRequest, code: str) -> HttpResponse:
    """Show the views of a list (`code` is its subject) with their counts: asked for after the list itself is shown."""
    at, opened = request.GET.get("at", "")[:QUERY_LIMIT], request.GET.get(MARK, "")[:20]
    found = view_bar(actor_of(request), code, at, opened=opened, counted=True, page=request.GET.get("page", ""))
    return render(request, "accounts/_views.html", {"bar": found})


@signed_in
@require_POST
def save(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the list as it stands under a name."""
    view = services.save_view(
        actor=actor_of(request),
        subject=code,
        name=request.POST.get("name", "")[:200],
        query=_asked(request),
        is_shared=bool(request.POST.get("shared")),
        now=timezone.now(),
    )
    messages.success(request, _("Saved: %(name)s") % {"name": view.name})
    return _to(request, _address(view, request.POST))


@signed_in
@require_POST
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Rename a view, share it or keep it to oneself, or keep the list as it stands under its name."""
    view = services.change_view(
        actor=actor_of(request),
        public_id=public_id,
        name=request.POST["name"][:200] if "name" in request.POST else None,
        query=_asked(request) if "query" in request.POST else None,
        is_shared=bool(request.POST.get("shared")) if "sharing" in request.POST else None,
    )
    messages.success(request, _("Saved: %(name)s") % {"name": view.name})
    return _to(request, _address(view, request.POST))


@signed_in
@require_POST
def drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Delete a view and offer to take it back."""
    view = services.drop_view(actor=actor_of(request), public_id=public_id, now=timezone.now())
    undo = reverse("accounts:view-restore", args=[view.public_id])
    messages.success(request, _("Deleted: %(name)s") % {"name": view.name}, extra_tags=undo)
    page = _page(view, request.POST)
    return _to(request, f"{page}?{view.query}" if view.query else page)


@signed_in
@require_POST
def restore(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a deleted view back."""
    view = services.restore_view(actor=actor_of(request), public_id=public_id)
    messages.success(request, _("Taken back: %(name)s") % {"name": view.name})
    return _to(request, _address(view, request.POST))


@signed_in
@require_GET
def open_view(request: HttpRequest, public_id: str) -> HttpResponse:
    """Go to the list of a view: a short address to give to a colleague."""
    return redirect(_address(get_view(actor_of(request), public_id), request.GET))


def _asked(request: HttpRequest) -> str:
    """Return the list's query; what stands in its search field at this moment counts, not what the address said."""
    pairs = parse_qsl(request.POST.get("query", "")[:QUERY_LIMIT])
    if "q" in request.POST:
        pairs = [(name, value) for name, value in pairs if name != "q"] + [("q", request.POST["q"][:500])]
    return urlencode([(name, value) for name, value in pairs if value])


def _page(view: SavedView, given: Mapping[str, Any]) -> str:
    """Return the address that the form stood on, where the list is shown there, else that of the list."""
    kind = find_list(view.subject)
    if kind is None:
        raise NotFound(_("There is no such list."))
    return reverse(kind.page_by(str(given.get("page", ""))))


def _address(view: SavedView, given: Mapping[str, Any]) -> str:
    return f"{_page(view, given)}?{urlencode([*parse_qsl(view.query), (MARK, view.public_id)])}"


def _to(request: HttpRequest, address: str) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(address)
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = address
    return response
