"""Texts that operators put in: their list in the settings, and one filled for a talk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.forms import CannedForm
from voronka.messaging.permissions import SET_UP_CHAT
from voronka.messaging.queries import talks as queries
from voronka.messaging.services import chat as services
from voronka.messaging.views.knowledge import saved, typed


@signed_in
@require_GET
def talk_canned(request: HttpRequest, public_id: str, canned_id: str) -> HttpResponse:
    """Give a canned text filled for a talk, to be put into the field."""
    actor = actor_of(request)
    talk = queries.get_talk(actor, public_id)
    return JsonResponse({"text": services.fill_canned(actor=actor, public_id=canned_id, talk=talk)})


@signed_in
@require_http_methods(["GET", "POST"])
def canned(request: HttpRequest) -> HttpResponse:
    """List the texts that operators put in; a posted one is kept, `id` changes one, `what` delete takes it away."""
    actor = actor_of(request)
    actor.require(SET_UP_CHAT)
    public_id = typed(request, "id", 20)
    if request.method == "POST" and request.POST.get("what") == "delete":
        services.drop_canned(actor=actor, public_id=public_id)
        messages.success(request, _("Deleted"))
        return redirect("messaging:canned")
    rows = queries.list_canned(actor)
    chosen = next((one for one in rows if one.public_id == public_id), None)
    initial = (
        {
            "code": chosen.code, "text": chosen.text, "id": chosen.public_id, "is_macro": chosen.is_macro,
            "tag": chosen.tag, "closes": chosen.closes,
            "department": chosen.department.public_id if chosen.department else "",
        }
        if chosen
        else {}
    )  # fmt: skip
    form = CannedForm(request.POST if request.method == "POST" else None, initial=initial)
    departments = [(one.public_id, one.name) for one in queries.list_departments()]
    form.fields["department"].choices = [("", _("leave it where it is")), *departments]  # type: ignore[attr-defined]  # a choice

    def save() -> None:
        given = form.cleaned_data
        does = services.MacroDraft(given["department"], given["tag"], given["closes"]) if given["is_macro"] else None
        services.save_canned(actor=actor, code=given["code"], text=given["text"], public_id=given["id"], does=does)

    if request.method == "POST" and saved(form, save):
        messages.success(request, _("Saved"))
        return redirect("messaging:canned")
    context = {"rows": rows, "form": form, "chosen": chosen, "places": services.PLACES}
    return render(request, "messaging/chat/canned.html", context, status=422 if form.errors else 200)
