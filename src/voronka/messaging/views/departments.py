"""Departments of the chat: who serves which."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.forms import DepartmentForm
from voronka.messaging.permissions import SET_UP_CHAT
from voronka.messaging.queries import talks as queries
from voronka.messaging.services import chat as services
from voronka.messaging.views.knowledge import saved, typed


@signed_in
@require_http_methods(["GET", "POST"])
def departments(request: HttpRequest) -> HttpResponse:
    """List the departments; a posted one is kept, `id` changes one, `what` delete takes it away."""
    actor = actor_of(request)
    actor.require(SET_UP_CHAT)
    public_id = typed(request, "id", 20)
    if request.method == "POST" and request.POST.get("what") == "delete":
        services.drop_department(actor=actor, public_id=public_id)
        messages.success(request, _("Deleted"))
        return redirect("messaging:departments")
    rows = queries.list_departments()
    chosen = next((one for one in rows if one.public_id == public_id), None)
    initial = {}
    if chosen is not None:
        members = [one.employee.public_id for one in chosen.members.all()]
        initial = {
            "id": chosen.public_id, "name": chosen.name, "is_offered": chosen.is_offered, "members": members
        }  # fmt: skip
    form = DepartmentForm(request.POST if request.method == "POST" else None, initial=initial)
    form.fields["members"].choices = queries.operators()  # type: ignore[attr-defined]  # a choice

    def save() -> None:
        given = form.cleaned_data
        services.save_department(
            actor=actor, name=given["name"], is_offered=given["is_offered"], members=given["members"],
            public_id=given["id"],
        )  # fmt: skip

    if request.method == "POST" and saved(form, save):
        messages.success(request, _("Saved"))
        return redirect("messaging:departments")
    context = {"rows": rows, "form": form, "chosen": chosen}
    return render(request, "messaging/chat/departments.html", context, status=422 if form.errors else 200)
