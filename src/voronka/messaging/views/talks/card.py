"""The talks with a client on his card."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.permissions import WRITE
from voronka.messaging.queries import channels
from voronka.messaging.queries import talks as queries
from voronka.people import queries as people


@signed_in
@require_GET
def client_talks(request: HttpRequest, public_id: str) -> HttpResponse:
    """List the talks with a client, of all channels, for his card."""
    actor, now = actor_of(request), timezone.now()
    client = people.get_client(actor, public_id)
    rows = [
        {
            "talk": one,
            "icon": channels.ICONS[one.channel],
            "channel": channels.channel_name(one.channel),
            "clock": wording.moment(one.last_at, actor.zone.key, now, actor.language),
        }
        for one in queries.talks_of(actor, client.pk)
    ]
    context = {"rows": rows, "public_id": public_id, "may_begin": _may_begin(actor, client.pk)}
    return render(request, "messaging/chat/client_talks.html", context)


def _may_begin(actor: Actor, client_id: int) -> bool:
    """Tell whether the actor may write to a client from a shared mailbox: there is one, and the client is his."""
    if not channels.list_mailboxes(actor):
        return False
    try:
        people.get_client_for(actor, WRITE, client_id=client_id)
    except Refusal:
        return False
    return True
