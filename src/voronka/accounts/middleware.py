"""What stands between a session and a view: where the person works, and when he was last seen."""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from voronka.accounts import queries
from voronka.kit import modules
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.origin import client_address
from voronka.kit.screens import refusal_response, wants_fragment, wants_json
from voronka.kit.tenancy import company_context

SEEN_SECONDS = 300
Next = Callable[[HttpRequest], HttpResponse]


class ActivityMiddleware:
    """Notes where and when each session was last seen, for the list of sessions: once in five minutes.

    A write at every request would make every page wait for the disk.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the session when its last note has grown old, then run the request."""
        if request.user.is_authenticated and request.session.session_key:
            now = int(time.time())
            if now - request.session.get("seen", 0) >= SEEN_SECONDS:
                UserSession.objects.create_from_request(request)
                request.session["seen"] = now
        return self.get_response(request)


class PlaceMiddleware:
    """Names the company to both walls and gives the request its actor.

    The session remembers the place; it is checked at every request, so a dismissed employee or a role
    taken away works at once.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Run the request in the person's company, or in none."""
        request.actor = None  # type: ignore[attr-defined]  # typed in kit.screens.ActorRequest
        if not request.user.is_authenticated:
            return self.get_response(request)
        place = request.session.get("place") or self._first_place(request)
        if place is None:
            return self.get_response(request)
        company_id, employee_id = place
        origin = client_address(request)
        try:
            actor = queries.find_actor(
                company_id,
                employee_id,
                user_id=request.user.pk,
                language=request.user.language,
                origin=origin,
                address=origin,
            )
        except queries.Barred as barred:
            request.barred = barred  # type: ignore[attr-defined]  # read by process_view below
            return self.get_response(request)
        if actor is None:
            request.session.pop("place", None)
            return self.get_response(request)
        request.actor = actor  # type: ignore[attr-defined]
        with company_context(company_id, employee_id=employee_id, origin=origin):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Tell somebody who signs in but may not go in so, instead of asking him to sign in for ever.

        He has no place in a company, or stands at an address from which it lets nobody in, or the page belongs to a
        module that is switched off for him.
        """
        barred: queries.Barred | None = getattr(request, "barred", None)
        if barred is not None and getattr(view, "signed_in", False):
            return barred_response(request, queries.Barred(barred.company_id, barred.company, barred.address))
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None and not modules.is_on(actor, modules.owner_of(view)):
            message = _("This part of Voronka is switched off here. The owner can switch it on in the settings.")
            return refusal_response(request, NotFound(message, code="switched_off"))
        nobody = getattr(request, "actor", None) is None and request.user.is_authenticated
        if nobody and getattr(view, "signed_in", False) and not (wants_fragment(request) or wants_json(request)):
            return redirect("accounts:nowhere")
        return None

    @staticmethod
    def _first_place(request: HttpRequest) -> tuple[int, int] | None:
        assert request.user.pk is not None
        places = queries.places_of_user(request.user.pk)
        if not places:
            return None
        request.session["place"] = list(places[0])
        return places[0]


def barred_response(request: HttpRequest, barred: queries.Barred) -> HttpResponse:
    """Say that the company lets nobody in from here; a person of several companies may go to another one."""
    if wants_fragment(request) or wants_json(request):
        return refusal_response(request, barred)
    assert request.user.pk is not None
    places = [one for one in queries.list_own_places(request.user.pk) if one.company_id != barred.company_id]
    return render(request, "accounts/barred.html", {"barred": barred, "places": places}, status=403)
