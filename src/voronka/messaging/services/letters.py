"""Letters to clients: rendered from a template, kept, and posted through the outbox."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import outbox, texts
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.events import publish
from voronka.messaging.events import LetterWritten
from voronka.messaging.models import Letter, Template


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


@transaction.atomic
def write_letter(
    *,
    actor: Actor,
    client_id: int,
    text: LetterText,
    now: datetime,
    template_id: int | None = None,
    cause: uuid.UUID | None = None,
    subject: tuple[str, int] | None = None,
    wait_seconds: int = outbox.UNDO_SECONDS,
) -> Letter:
    """Keep a letter and post it; it leaves after `wait_seconds`, till then its cause may call it back."""
    operation_id = uuid.uuid4()
    letter = Letter.objects.create(
        operation_id=operation_id,
        client_id=client_id,
        template_id=template_id,
        address=text.address,
        subject=text.subject,
        body=text.body,
        author_id=actor.employee_id,
        made_at=now,
    )
    outbox.post(
        "letter",
        {"letter_id": letter.pk},
        subject=subject or ("letter", letter.pk),
        client_id=client_id,
        send_after=now + timedelta(seconds=wait_seconds),
        cause=cause,
        operation_id=operation_id,
    )
    publish(LetterWritten(letter_id=letter.pk, client_id=client_id, template_id=template_id), cause=cause, at=now)
    return letter
