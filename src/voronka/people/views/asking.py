"""The address of the list of clients; of a condition on a field that was put away it tells where the field is."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.list_address import ListAddress, Lost
from voronka.people.permissions import MANAGE_FIELDS
from voronka.people.queries.asked import lost_condition

PAGE = "people:client-list"


def address_for(request: HttpRequest, actor: Actor) -> ListAddress:
    """Return the address of the list of clients that a request has come by."""

    def lost(code: str) -> Lost:
        name, why, is_away = lost_condition(actor, code)
        mend = reverse("people:fields") if is_away and actor.may(MANAGE_FIELDS) else ""
        return Lost(name, why, mend, _("Own fields"))

    return ListAddress(request, PAGE, lost)
