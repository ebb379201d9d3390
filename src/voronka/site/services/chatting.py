"""The company's chat on its sites: how it looks there, and by what a talk knows the visitor of a page."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict
from voronka.kit.events import publish
from voronka.people.services.cleaning import Problems, fit
from voronka.site.events import SiteSaved
from voronka.site.models import SiteChat
from voronka.site.permissions import SET_UP
from voronka.site.queries.sites import get_site
from voronka.site.services.known import say_changed

SIDES = ("right", "left")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class SiteChatDraft:
    """The chat of a site as it is wanted."""

    is_on: bool
    greeting: str = ""
    colour: str = "#2f4a3c"
    side: str = "right"


@transaction.atomic
def save_site_chat(
    *, actor: Actor, public_id: str, draft: SiteChatDraft, now: datetime, version: int | None = None
) -> SiteChat:
    """Set up the chat of a site. Raises Denied, NotFound, Invalid, Conflict `stale` where saved since `version`."""
    actor.require(SET_UP)
    site = get_site(actor, public_id)
    SiteChat.objects.bulk_create([SiteChat(site=site)], ignore_conflicts=True)
    row = SiteChat.objects.select_for_update().get(site=site)
    if version is not None and version != row.version:
        raise Conflict(_("Somebody has changed these settings meanwhile: look at them again."), code="stale")
    problems = Problems()
    row.greeting = fit("greeting", draft.greeting, 300, problems, lines=True)
    row.colour = draft.colour.strip().lower()
    if not _COLOUR.fullmatch(row.colour):
        problems.add("colour", _("A colour is a number sign and six signs, for example #2f4a3c."))
    if draft.side not in SIDES:
        problems.add("side", _("Choose one of the list."))
    problems.settle()
    row.is_on, row.side, row.version = draft.is_on, draft.side, row.version + 1
    row.save()
    publish(SiteSaved(site_id=site.pk, is_new=False, is_on=site.is_on), at=now)
    say_changed(site.public_id)
    return row


def reference(site_id: int, visitor: str) -> str:
    """Return by what a talk knows a visitor: the site and the key of his browser; "" for one who is not followed."""
    return f"{site_id}:{visitor}" if visitor else ""
