"""Settings of the company's own fields."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.kit.errors import Invalid
from voronka.kit.pieces import Tab
from voronka.kit.screens import actor_of, signed_in
from voronka.people import queries, services
from voronka.people.forms import FieldForm
from voronka.people.models import CustomField
from voronka.people.permissions import MANAGE_FIELDS


@signed_in
@require_http_methods(["GET", "POST"])
def field_list(request: HttpRequest) -> HttpResponse:
    """Show the fields of clients, or with `of=deal` those of deals, in their order, and a form for one more."""
    actor = actor_of(request)
    actor.require(MANAGE_FIELDS)
    subject = "deal" if request.GET.get("of") == "deal" else "client"
    form = FieldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = services.add_field(
                    actor=actor,
                    name=form.cleaned_data["name"],
                    kind=form.cleaned_data["kind"],
                    options=form.lines(),
                    subject=subject,
                )
        except Invalid as wrong:
            _refuse(form, wrong)
        else:
            messages.success(request, _("Field added: %(name)s") % {"name": made.name})
            return redirect(page_of(subject))
    kinds = dict(form.fields["kind"].choices)  # type: ignore[attr-defined]  # a ChoiceField
    fields = queries.list_custom_fields(subject=subject, active=False)
    rows = [(field, kinds[field.kind]) for field in fields]
    names = {"client": _("Of clients"), "deal": _("Of deals")}
    context = {
        "form": form,
        "subject": subject,
        "tabs": [Tab(name, page_of(code), active=code == subject) for code, name in names.items()],
        "action": page_of(subject),
        "active": [row for row in rows if row[0].is_active],
        "away": [row for row in rows if not row[0].is_active],
    }
    return render(request, "people/field_list.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def field_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Rename a field or change its choices; its kind stays, since values of it are kept."""
    actor = actor_of(request)
    actor.require(MANAGE_FIELDS)
    field = get_object_or_404(CustomField.objects.all(), public_id=public_id)
    initial = {"name": field.name, "kind": field.kind, "options": "\n".join(field.options)}
    form = FieldForm(request.POST if request.method == "POST" else None, initial=initial)
    form.fields["kind"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                services.change_field(
                    actor=actor,
                    public_id=public_id,
                    name=form.cleaned_data["name"],
                    options=form.lines(),
                )
        except Invalid as wrong:
            _refuse(form, wrong)
        else:
            messages.success(request, _("Saved"))
            return redirect(page_of(field.subject))
    context = {"form": form, "field": field, "back": page_of(field.subject)}
    return render(request, "people/field_edit.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def field_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Move a field up or down."""
    by = -1 if request.POST.get("to") == "up" else 1
    moved = services.move_field(actor=actor_of(request), public_id=public_id, by=by)
    return redirect(page_of(moved.subject))


@signed_in
@require_POST
def field_switch(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a field away, or take it back; its values stay."""
    actor = actor_of(request)
    actor.require(MANAGE_FIELDS)
    field = get_object_or_404(CustomField.objects.all(), public_id=public_id)
    services.change_field(actor=actor, public_id=public_id, is_active=not field.is_active)
    return redirect(page_of(field.subject))


def page_of(subject: str) -> str:
    """Return the address of the fields of clients or deals."""
    return reverse("people:fields") + ("?of=deal" if subject == "deal" else "")


def _refuse(form: FieldForm, wrong: Invalid) -> None:
    for name, text in wrong.fields.items():
        form.add_error(name if name in form.fields else None, text)
    if not wrong.fields:
        form.add_error(None, wrong.message)
