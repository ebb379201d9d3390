"""Notes on cards."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import services as accounts
from voronka.accounts.queries.notices import mentioned_colleagues
from voronka.kit.actors import Actor
from voronka.kit.events import publish
from voronka.people.events import NoteAdded
from voronka.people.models import Note
from voronka.people.permissions import EDIT_CLIENTS, SEE_CLIENTS
from voronka.people.queries.clients import get_client_for, may_touch
from voronka.people.services.cleaning import NOTE_LIMIT, Problems, fit


def add_note(*, actor: Actor, client_id: int, text: str, now: datetime) -> Note:
    """Write a note on a card that the actor may edit; colleagues named in it with an @ are told.

    One who may not see the client is not told: see `unreached`. Raises Denied, NotFound, Invalid.
    """
    problems = Problems()
    tidy = fit("text", text, NOTE_LIMIT, problems, lines=True)
    if not tidy:
        problems.add("text", _("Write the note first."))
    problems.settle()
    with transaction.atomic():
        client = get_client_for(actor, EDIT_CLIENTS, client_id=client_id)
        note = Note(client_id=client.pk, author_id=actor.employee_id, text=tidy, at=now)
        note.save()
        publish(NoteAdded(client_id=client.pk, note_id=note.pk))
        accounts.mention(
            actor=actor,
            text=tidy,
            subject_kind="client",
            subject_id=client.pk,
            detail_id=note.pk,
            may_see=lambda colleague: may_touch(colleague, SEE_CLIENTS, client),
            now=now,
        )
    return note


def unreached(*, actor: Actor, client_id: int, text: str) -> list[str]:
    """Return the names of the colleagues mentioned in a text who may not see the client, and so hear nothing."""
    client = get_client_for(actor, SEE_CLIENTS, client_id=client_id)
    named = mentioned_colleagues(actor, text)
    return [one.name for one in named if not may_touch(one, SEE_CLIENTS, client)]
