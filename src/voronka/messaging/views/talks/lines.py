"""Single lines of a talk: their files, the price of one by SMS, sending one again."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.kit.errors import Conflict
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.queries import talks as queries
from voronka.messaging.rules.chat import MOST_TEXT
from voronka.messaging.services import channels as outside
from voronka.messaging.services import chat as services
from voronka.messaging.services.writing_sms import tariff_of
from voronka.messaging.views.knowledge import typed
from voronka.messaging.views.sms import count_context
from voronka.messaging.views.talks.asked import number_of, tab_of


@signed_in
@require_GET
def talk_attached(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a file that came with a line, as a download."""
    answer = outside.give_file(actor=actor_of(request), public_id=public_id)
    return cast("HttpResponse", answer)  # streamed, but an answer like any other


@signed_in
@require_GET
def talk_file(request: HttpRequest, public_id: str, file_id: str) -> HttpResponse:
    """Hand a file of a talk within reach over; a picture is shown in place."""
    talk = queries.get_talk(actor_of(request), public_id)
    return cast("HttpResponse", services.file_answer(talk, file_id))  # streamed, but an answer like any other


@signed_in
@require_POST
def talk_parts(request: HttpRequest, public_id: str) -> HttpResponse:
    """Count an answer by SMS while it is typed, by the price of the provider that would take it."""
    queries.get_talk(actor_of(request), public_id)
    text = typed(request, "text", 2 * MOST_TEXT).replace("\r\n", "\n")
    return render(request, "messaging/chat/_count.html", {"counted": count_context(text, tariff_of("service"))})


@signed_in
@require_POST
def talk_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send once more what did not go, or of what nobody knows: `number` is the line."""
    actor, number = actor_of(request), number_of(request, "number")
    try:
        outside.send_again(actor=actor, public_id=public_id, number=number, now=timezone.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("It goes once more"))
    return redirect(f"{reverse('messaging:talk', args=[public_id])}?tab={tab_of(request)}#end")
