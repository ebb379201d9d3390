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
    return answer(request, tickets.Ticket(actor.company_id, actor.person_id), message_names())


def answer(request: HttpRequest, ticket: tickets.Ticket, names: list[str]) -> HttpResponse:
    """Return what `v-live` asks for: where the stream of a ticket is, and the names to listen to."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    base = settings.WIRE_URL or f"{request.scheme}://{host}:{settings.WIRE_PORT}"
    return JsonResponse({"url": f"{base}/live?ticket={tickets.sign(ticket)}", "names": names})
