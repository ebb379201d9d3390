"""What stands between a session and a view: where the person works, and when he was last seen."""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from voronka.accounts import queries
from voronka.kit.origin import client_address
from voronka.kit.screens import wants_fragment, wants_json
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
        actor = queries.find_actor(
            company_id, employee_id, user_id=request.user.pk, language=request.user.language, origin=origin
        )
        if actor is None:
            request.session.pop("place", None)
            return self.get_response(request)
        request.actor = actor  # type: ignore[attr-defined]
        with company_context(company_id, employee_id=employee_id, origin=origin):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        """Tell somebody who signs in but has no place in a company so, instead of asking him to sign in for ever."""
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
