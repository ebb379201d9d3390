"""Settings of incoming requests: which channels are sorted first, and who is blocked."""

import re
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.deals.views.inbox_pieces import blocked_words
from voronka.kit import wording
from voronka.kit.actors import CHANGE_SETTINGS
from voronka.kit.screens import actor_of, signed_in
from voronka.people import queries as people
from voronka.people import services
from voronka.people.services.words import channel_words


@require_http_methods(["GET", "POST"])
@signed_in
def inbox_settings(request: HttpRequest) -> HttpResponse:
    """Show and change what becomes a deal at once and what is sorted first; list the blocked."""
    actor, now = actor_of(request), datetime.now(UTC)
    actor.require(CHANGE_SETTINGS)
    if request.method == "POST":
        for channel in services.SORTED_CHANNELS:
            is_sorted = request.POST.get(f"way_{channel}") == "inbox"
            services.set_channel(actor=actor, channel=channel, is_sorted=is_sorted)
        services.set_sources(actor=actor, sources=re.split(r"[\n,;]", request.POST.get("sources", "")[:20_000]))
        messages.success(request, _("Saved"))
        return redirect("deals:inbox-settings")
    chosen = people.sorted_channels()
    context = {
        "channels": [
            (f"way_{one}", channel_words(one), "inbox" if one in chosen else "deal")
            for one in services.SORTED_CHANNELS
        ],
        "ways": [("deal", _("at once a deal")), ("inbox", _("into the inbox, to be sorted"))],
        "sources": "\n".join(people.sorted_sources()),
        "blocked": [
            {
                "id": one.public_id,
                "kind": blocked_words(one.kind),
                "value": wording.phone(one.value) if one.kind == "phone" else one.value,
                "at": wording.moment(one.at, actor.zone.key, now, actor.language),
                "who": one.author.name if one.author is not None else "",
            }
            for one in people.list_blocked(actor)
        ],
    }
    return render(request, "deals/inbox_settings.html", context)


@require_POST
@signed_in
def unblock(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take from a sender again."""
    actor = actor_of(request)
    actor.require(CHANGE_SETTINGS)
    services.unblock(actor=actor, public_id=public_id, now=datetime.now(UTC))
    messages.success(request, _("Requests of this sender are taken again."))
    return redirect("deals:inbox-settings")
