"""Notes on cards."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.events import publish
from voronka.people.events import NoteAdded
from voronka.people.models import Note
from voronka.people.permissions import EDIT_CLIENTS
from voronka.people.queries.clients import get_client_for
from voronka.people.services.cleaning import NOTE_LIMIT, Problems, fit


def add_note(*, actor: Actor, client_id: int, text: str, now: datetime) -> Note:
    """Write a note on a card that the actor may edit. Raises Denied, NotFound, Invalid."""
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
    return note
