"""Letters to clients by what the house does (buttons, orders): rendered, then planned as messages, each once."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import outbox, texts
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.messaging.models import Message, Template
from voronka.messaging.rules.gate import Traffic
from voronka.messaging.services.planning import Draft, plan, public_id_of


@dataclass(frozen=True, slots=True)
class LetterText:
    """A rendered letter."""

    address: str
    subject: str
    body: str


def render_letter(template: Template, address: str, values: Mapping[str, texts.Value]) -> LetterText:
    """Render a template for one client, in the company's language. Raises Refusal when its text cannot be rendered."""
    language = accounts.get_company_rules().language
    try:
        subject = _one_line(texts.render(template.subject, values, autoescape=False, language=language))
        body = texts.render(template.body, values, autoescape=False, language=language)
    except texts.TextError as failure:
        message = _("The letter “%(name)s” cannot be written: %(reason)s")
        said = message % {"name": template.name, "reason": texts.explain(failure.problem)}
        raise Refusal(said, code="bad_template") from failure
    return LetterText(address, subject or _one_line(template.name), body)


def _one_line(text: str) -> str:
    """Return a subject that fits a header: a line of its own would be another header."""
    return " ".join(text.split())[:300]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a letter is written by: a step with its template, or an order. `cause` may call it back.

    Of one cause there is one letter of a kind and id to a client, however often it is asked for.
    """

    kind: Literal["step", "order"]
    id: int | None
    cause: uuid.UUID


@transaction.atomic
def write_letter(
    *,
    actor: Actor,
    client_id: int,
    text: LetterText,
    origin: Origin,
    now: datetime,
    traffic: Traffic = "service",
    wait_seconds: int = outbox.UNDO_SECONDS,
) -> Message:
    """Plan a letter, or return the one that this cause has planned; the gate may have refused it.

    It goes after `wait_seconds`; till its hand-over begins its cause may call it back.
    """
    once = f"{origin.kind}:{origin.id}:{origin.cause}:{client_id}"
    draft = Draft(
        channel="email",
        traffic=traffic,
        client_id=client_id,
        address=text.address,
        subject=text.subject,
        body=text.body,
        due_at=now + timedelta(seconds=wait_seconds),
        cause_kind=origin.kind,
        cause_id=origin.id,
        cause=origin.cause,
        author_id=actor.employee_id,
        once=once,
    )
    plan([draft], now=now)
    return Message.objects.get(public_id=public_id_of(once))
