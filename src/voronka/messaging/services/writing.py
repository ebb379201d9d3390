"""A letter written by hand: through the same gate as everything else, once however often its form is sent."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit import outbox
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.messaging.models import Message
from voronka.messaging.permissions import WRITE
from voronka.messaging.rules.states import RECALLABLE
from voronka.messaging.services.planning import Draft, cancel_rows, plan
from voronka.messaging.services.preview import preview_letter
from voronka.people import queries as people

SUBJECT_LIMIT, BODY_LIMIT = 200, 20_000


@dataclass(frozen=True, slots=True)
class HandLetter:
    """A letter as it was typed, its fields in Liquid; `operation` is the form's own id."""

    subject: str
    body: str
    traffic: str
    operation: uuid.UUID


@transaction.atomic
def write_by_hand(*, actor: Actor, client_id: int, letter: HandLetter, now: datetime) -> Message:
    """Plan a letter to a client; it leaves when the seconds of undo are over, if the gate lets it.

    Fields that the writer may not see say nothing. Raises Denied, NotFound, Invalid, and Refusal for a broken text.
    """
    client = people.get_client_for(actor, WRITE, client_id=client_id)
    people.lock_client(client.pk)
    known = Message.objects.filter(cause=letter.operation, client_id=client.pk).first()
    if known is not None:
        return known
    problems = _problems(letter)
    if problems:
        raise Invalid(_("The letter is not sent: mend the marked places."), fields=problems)
    text = preview_letter(actor=actor, subject=letter.subject, body=letter.body, client_id=client.pk)
    draft = Draft(
        channel="email",
        traffic=letter.traffic,
        client_id=client.pk,
        address=people.main_email(client.pk) or "",
        subject=text.subject,
        body=text.body,
        body_html=text.html,
        due_at=now + timedelta(seconds=outbox.UNDO_SECONDS),
        cause_kind="hand",
        cause=letter.operation,
        author_id=actor.employee_id,
    )
    plan([draft], now=now)
    return Message.objects.get(cause=letter.operation, client_id=client.pk)


def _problems(letter: HandLetter) -> dict[str, str]:
    problems = {}
    if not letter.subject.strip() or len(letter.subject) > SUBJECT_LIMIT:
        problems["subject"] = _("From one sign to %(most)d.") % {"most": SUBJECT_LIMIT}
    if not letter.body.strip() or len(letter.body) > BODY_LIMIT:
        problems["body"] = _("From one sign to %(most)d.") % {"most": BODY_LIMIT}
    if letter.traffic not in {"service", "advertising"}:
        problems["traffic"] = _("Say whether it is advertising.")
    if "\0" in letter.subject + letter.body:
        problems["body"] = _("There is a sign in it that no letter can carry.")
    return problems


@transaction.atomic
def call_back_by_hand(*, actor: Actor, public_id: str, now: datetime) -> bool:
    """Call a letter back that was written by hand and is not handed over yet; tell whether it was in time."""
    row = Message.objects.select_for_update().filter(public_id=public_id, cause_kind="hand").first()
    if row is None or row.client_id is None:
        raise NotFound(_("There is no such message."))
    people.get_client_for(actor, WRITE, client_id=row.client_id)
    if row.state not in RECALLABLE:
        return False
    cancel_rows([row], now=now)
    return True
