"""Where a page gets its ticket."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from voronka.kit.live import tickets
from voronka.kit.live.messages import message_names
from voronka.kit.screens import actor_of, signed_in


@require_POST
@signed_in
def ticket(request: HttpRequest) -> HttpResponse:
    """Give the signed-in person a ticket: the address of his stream and the names he will hear."""
    actor = actor_of(request)
    signed = tickets.sign(tickets.Ticket(actor.company_id, actor.person_id))
    host = request.get_host().rpartition(":")[0] or request.get_host()
    base = settings.WIRE_URL or f"{request.scheme}://{host}:{settings.WIRE_PORT}"
    return JsonResponse({"url": f"{base}/live?ticket={signed}", "names": message_names()})
