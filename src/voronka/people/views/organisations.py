"""Contact persons of an organisation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.kit.screens import actor_of, signed_in
from voronka.people import queries, services
from voronka.people.models import Client
from voronka.people.permissions import EDIT_CLIENTS


@signed_in
@require_http_methods(["GET", "POST"])
def person_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Find a person among the clients and make him a contact person."""
    actor = actor_of(request)
    organisation = queries.get_client(actor, public_id)
    queries.get_client_for(actor, EDIT_CLIENTS, client_id=organisation.pk)
    if request.method == "POST":
        person = queries.get_client(actor, request.POST.get("person", ""))
        services.add_contact_person(
            actor=actor,
            organisation_id=organisation.pk,
            person_id=person.pk,
            position=request.POST.get("position", ""),
        )
        messages.success(request, _("Contact person added: %(name)s") % {"name": person.name})
        return redirect("people:client-detail", public_id)
    text = request.GET.get("q", "")
    found = [one for one in queries.find_clients(actor, text) if one.kind == Client.Kind.PERSON] if text else []
    return render(request, "people/person_add.html", {"client": organisation, "text": text, "found": found})


@signed_in
@require_POST
def person_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a contact person away; his own card stays."""
    actor = actor_of(request)
    organisation = queries.get_client(actor, public_id)
    person = queries.get_client(actor, request.POST.get("person", ""))
    services.remove_contact_person(actor=actor, organisation_id=organisation.pk, person_id=person.pk)
    messages.success(request, _("Contact person removed"))
    return redirect("people:client-detail", public_id)
