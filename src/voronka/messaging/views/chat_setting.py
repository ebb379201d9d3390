"""The chat set up: switched on and off, what it says, when its bot speaks."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from voronka.accounts import queries as accounts
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.forms import ChatForm
from voronka.messaging.permissions import SET_UP_CHAT
from voronka.messaging.queries.chat import get_chat
from voronka.messaging.services import chat as services
from voronka.messaging.views.knowledge import saved

NAMES = (
    "is_on",
    "greeting",
    "away",
    "asks_first",
    "bot",
    "first_minutes",
    "next_minutes",
    "most_talks",
    "asks_rating",
    "unbound_days",
)


@signed_in
@require_http_methods(["GET", "POST"])
def chat_setting(request: HttpRequest) -> HttpResponse:
    """Set up the chat and show its address."""
    actor = actor_of(request)
    actor.require(SET_UP_CHAT)
    row = get_chat()
    initial = {name: getattr(row, name) for name in NAMES} | {"version": row.version if row.pk else None}
    form = ChatForm(request.POST if request.method == "POST" else None, initial=initial)

    def save() -> None:
        given = {name: form.cleaned_data[name] for name in NAMES}
        numbers = {name: given[name] or 0 for name in ("first_minutes", "next_minutes", "most_talks")}
        kept = {"bot": given["bot"] or row.bot, "unbound_days": given["unbound_days"] or row.unbound_days}
        draft = services.ChatDraft(**(given | numbers | kept))
        services.save_chat(actor=actor, draft=draft, version=form.cleaned_data["version"])

    if request.method == "POST" and saved(form, save):
        messages.success(request, _("Saved"))
        return redirect("messaging:chat-setting")
    link = request.build_absolute_uri(reverse("messaging:chat", args=[accounts.get_company_rules().form_key]))
    context = {"form": form, "link": link, "chat": row}
    return render(request, "messaging/chat/setting.html", context, status=422 if form.errors else 200)
