"""The chat set up by the company."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid
from voronka.messaging.models import ChatSettings
from voronka.messaging.permissions import SET_UP_CHAT
from voronka.messaging.rules.chat import BOT_WHEN, UNBOUND_DAYS
from voronka.people.services.cleaning import Problems, fit

MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class ChatDraft:
    """The chat as it is wanted."""

    is_on: bool
    greeting: str = ""
    away: str = ""
    asks_first: bool = False
    bot: str = "never"
    first_minutes: int = 0
    next_minutes: int = 0
    most_talks: int = 0
    asks_rating: bool = True
    unbound_days: int = UNBOUND_DAYS


@transaction.atomic
def save_chat(*, actor: Actor, draft: ChatDraft, version: int | None = None) -> ChatSettings:
    """Keep the settings of the chat. Raises Denied, Invalid, Conflict `stale` where somebody saved since `version`."""
    actor.require(SET_UP_CHAT)
    problems = Problems()
    greeting = fit("greeting", draft.greeting, 500, problems)
    away = fit("away", draft.away, 500, problems)
    for name, most in (("first_minutes", 10_000), ("next_minutes", 10_000), ("most_talks", 200)):
        if not 0 <= getattr(draft, name) <= most:
            problems.add(name, _("A number from 0 to %(most)d.") % {"most": most})
    if not 1 <= draft.unbound_days <= MOST_DAYS:
        problems.add("unbound_days", _("A number from 1 to %(most)d.") % {"most": MOST_DAYS})
    problems.settle()
    if draft.bot not in BOT_WHEN:
        message = _("Choose one of the list.")
        raise Invalid(message, fields={"bot": message})
    ChatSettings.objects.bulk_create([ChatSettings()], ignore_conflicts=True)
    row = ChatSettings.objects.select_for_update().get()
    if version is not None and version != row.version:
        raise Conflict(_("Somebody has changed these settings meanwhile: look at them again."), code="stale")
    row.is_on, row.greeting, row.away = draft.is_on, greeting, away
    row.asks_first, row.bot, row.version = draft.asks_first, draft.bot, row.version + 1
    more = ("first_minutes", "next_minutes", "most_talks", "asks_rating", "unbound_days")
    for name in more:
        setattr(row, name, getattr(draft, name))
    row.save(update_fields=["is_on", "greeting", "away", "asks_first", "bot", "version", *more])
    return row
