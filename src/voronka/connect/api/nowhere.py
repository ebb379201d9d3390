"""Addresses below /api/ that are none: told as a problem, like every refusal of the API."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from voronka.connect.api.problems import problem


def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Say that there is no such address, and where the documentation is."""
    return problem(404, "not_found", _("There is no such address in the API. All of them: /api/"))
