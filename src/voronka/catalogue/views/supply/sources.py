"""Where a supplier's lists come from by themselves: made, changed, looked into now, taken away."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.catalogue.forms import SourceForm, take, typed
from voronka.catalogue.models import PriceSource, Supplier
from voronka.catalogue.services import lists, sources
from voronka.catalogue.services.sources import SourceDraft
from voronka.catalogue.services.sources.fetching import folder_of
from voronka.catalogue.views.supply.words import source_kind_words
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in

_FIELDS = ("hour", "pattern", "url", "host", "port", "login", "sender", "subject", "is_on")


@signed_in
@require_http_methods(["GET", "POST"])
def source_new(request: HttpRequest, public_id: str, kind: str) -> HttpResponse:
    """Make a source of a supplier's lists."""
    actor = actor_of(request)
    supplier = lists.get_supplier(actor, public_id)
    if kind not in PriceSource.Kind.values:
        raise NotFound(_("There is no such source."))
    return _form(request, actor, supplier, kind, None)


@signed_in
@require_http_methods(["GET", "POST"])
def source_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a source; the password is never shown."""
    actor = actor_of(request)
    source = sources.get_source(actor, public_id)
    return _form(request, actor, source.supplier, source.kind, source)


def _form(
    request: HttpRequest, actor: Actor, supplier: Supplier, kind: str, source: PriceSource | None
) -> HttpResponse:
    initial = {name: getattr(source, name) for name in _FIELDS} if source else {"is_on": True, "hour": 4, "port": 993}
    form = SourceForm(typed(request), initial=initial, kind=kind)

    def save() -> None:
        draft = SourceDraft(**form.cleaned_data, kind=kind)
        place = {"public_id": source.public_id} if source else {"supplier": supplier.public_id}
        sources.save_source(actor=actor, draft=draft, now=timezone.now(), **place)

    if request.method == "POST" and take(form, save):
        messages.success(request, _("Saved"))
        return redirect("catalogue:supply-supplier", supplier.public_id)
    context = {
        "form": form, "supplier": supplier, "title": source_kind_words(kind), "source": source,
        "back": reverse("catalogue:supply-supplier", args=[supplier.public_id]),
        "folder": folder_of(actor.company_id) if kind == PriceSource.Kind.FOLDER else "",
    }  # fmt: skip
    return render(request, "catalogue/supply_source.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def source_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Look into a source now, or take it away: `act` says which."""
    actor = actor_of(request)
    if request.POST.get("act") == "delete":
        supplier = sources.delete_source(actor=actor, public_id=public_id)
        messages.success(request, _("The source is gone; what it loaded stays"))
    else:
        supplier = sources.order_look(actor=actor, public_id=public_id).supplier.public_id
        messages.success(request, _("We are looking: come back in a minute"))
    return redirect("catalogue:supply-supplier", supplier)


# Reading a file takes its time: no transaction is open meanwhile.
@transaction.non_atomic_requests
@signed_in
@require_POST
def refused_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Try again to load a file that was refused, or put it aside: `act` says which."""
    actor = actor_of(request)
    if request.POST.get("act") == "drop":
        supplier = sources.put_aside(actor=actor, public_id=public_id).supplier.public_id
        messages.success(request, _("The file is put aside"))
        return redirect("catalogue:supply-supplier", supplier)
    with transaction.atomic():
        supplier = sources.get_refused(actor, public_id).source.supplier.public_id
    try:
        load = sources.try_again(actor=actor, public_id=public_id, now=timezone.now())
    except Invalid as refusal:
        messages.error(request, refusal.message)
        return redirect("catalogue:supply-supplier", supplier)
    return redirect("catalogue:supply-load", load.public_id)
