"""Consents: one row an act, never changed; the newest of a purpose and channel holds."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.events import publish
from voronka.people.events import ConsentRecorded
from voronka.people.models import Consent
from voronka.people.permissions import EDIT_CLIENTS
from voronka.people.queries.clients import get_client_for
from voronka.people.services.cleaning import Problems, fit
from voronka.people.services.shapes import ConsentDraft

PURPOSES = ("advertising", "personal_data", "tracking")
CHANNELS = ("any", "email", "sms", "phone")


def record_consent(*, actor: Actor, client_id: int, consent: ConsentDraft, source: str, now: datetime) -> int:
    """Write down that the client gave or withdrew a consent; return the row's id.

    `source` says in words where it was given. Raises Denied, NotFound, Invalid.
    """
    with transaction.atomic():
        client = get_client_for(actor, EDIT_CLIENTS, client_id=client_id)
        problems = Problems()
        where = fit("source", source, 200, problems)
        if not where:
            problems.add("source", _("Say where the consent was given."))
        problems.settle()
        return write_consents(client.pk, [consent], source=where, now=now)[0]


def write_consents(client_id: int, consents: Iterable[ConsentDraft], *, source: str, now: datetime) -> list[int]:
    """Write consents of a card and announce each; return the ids of their rows, in order.

    The caller has asked for the right to the card. What held before stays in the history: the newest row of a purpose
    and channel is the one that holds. Raises Invalid for a purpose or channel that there is none of.
    """
    ids = []
    for consent in consents:
        if consent.purpose not in PURPOSES or consent.channel not in CHANNELS:
            raise Invalid(_("There is no such consent."), fields={"consent": _("There is no such consent.")})
        row = Consent(
            client_id=client_id,
            purpose=consent.purpose,
            channel=consent.channel,
            given=consent.given,
            at=now,
            text_version=consent.text_version[:100],
            source=source[:200],
        )
        row.save()
        ids.append(row.pk)
        publish(
            ConsentRecorded(
                client_id=client_id, purpose=consent.purpose, channel=consent.channel, given=consent.given
            )
        )
    return ids
