"""What a button may say to the outside: a letter to the client, a call of a webhook."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field, field_validator

from voronka.kit import outbox
from voronka.kit.errors import Refusal
from voronka.kit.steps import Effect, Sentence, Setting, Step, StepContext, say, step
from voronka.kit.subjects import Subject
from voronka.kit.texts import Value
from voronka.messaging import queries
from voronka.messaging.services import letters
from voronka.messaging.services.values import values_for
from voronka.people import queries as people


def _templates(where: Subject) -> Sequence[tuple[str, str]]:
    return [(one.public_id, one.name) for one in queries.list_templates()]


@step
class SendLetter(Step):
    """Write to the client by a template; the letter leaves when the time of undo is over."""

    kind: ClassVar[str] = "messaging.send_letter"
    title: ClassVar[str] = gettext_lazy("write to the client")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "mail"
    settings: ClassVar[Mapping[str, Setting]] = {
        "template": Setting(gettext_lazy("Letter"), options=_templates, is_picked=True)
    }

    template: str = Field(max_length=12)

    def _name(self) -> str:
        found = queries.find_template(self.template)
        return found.name if found is not None else ""

    def sentence(self) -> Sentence:
        """Say which letter."""
        return say(_("Send the letter {template}"), template=f"«{self._name()}»" if self._name() else _("(gone)"))

    def problems(self) -> list[str]:
        """Report a template that is gone."""
        return [] if self._name() else [_("The template is gone: choose another.")]

    def _rendered(self, context: StepContext) -> tuple[int, letters.LetterText] | None:
        template = queries.find_template(self.template)
        if template is None:
            raise Refusal(_("The letter of this button is gone. Ask the head of sales to mend it."), code="bad_step")
        address = people.main_email(context.client_id)
        if address is None:
            return None
        facts: dict[str, Value] = {key: str(value) for key, value in context.facts.items()}
        values = values_for(context.client_id, facts, context.actor, own=context.own)
        return template.pk, letters.render_letter(template, address, values)

    def preview(self, context: StepContext) -> list[Effect]:
        """Show the beginning of the letter."""
        rendered = self._rendered(context)
        if rendered is None:
            return [Effect("letter", _("no letter: the client has no e-mail"), happens=False)]
        leaves = context.now + timedelta(seconds=outbox.UNDO_SECONDS)
        return [Effect("letter", _("letter “%(subject)s”") % {"subject": rendered[1].subject}, leaves)]

    def run(self, context: StepContext) -> list[Effect]:
        """Keep the letter and post it behind the time of undo."""
        rendered = self._rendered(context)
        if rendered is not None:
            letters.write_letter(
                actor=context.actor,
                client_id=context.client_id,
                text=rendered[1],
                template_id=rendered[0],
                now=context.now,
                cause=context.cause,
                subject=(context.subject.kind, context.subject.id),
            )
            leaves = context.now + timedelta(seconds=outbox.UNDO_SECONDS)
            return [Effect("letter", _("letter “%(subject)s”") % {"subject": rendered[1].subject}, leaves)]
        return [Effect("letter", _("no letter: the client has no e-mail"), happens=False)]


@step
class CallWebhook(Step):
    """Call an address of the company's choice with the ids of what happened."""

    kind: ClassVar[str] = "messaging.call_webhook"
    title: ClassVar[str] = gettext_lazy("call a webhook")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "webhook"
    settings: ClassVar[Mapping[str, Setting]] = {
        "url": Setting(gettext_lazy("Address"), help=gettext_lazy("Begins with https://"))
    }

    url: str = Field(max_length=500)

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("an address begins with https://")
        return url.strip()

    def sentence(self) -> Sentence:
        """Say where."""
        return say(_("Call the webhook {url}"), url=urlsplit(self.url).hostname or self.url)

    def preview(self, context: StepContext) -> list[Effect]:
        """Say where it would go."""
        leaves = context.now + timedelta(seconds=outbox.UNDO_SECONDS)
        return [Effect("webhook", _("webhook to %(host)s") % {"host": urlsplit(self.url).hostname}, leaves)]

    def run(self, context: StepContext) -> list[Effect]:
        """Post the call behind the time of undo."""
        outbox.post(
            "webhook",
            {
                "url": self.url,
                "body": {
                    "type": "button.pressed",
                    "id": str(context.cause),
                    "at": context.now.isoformat(),
                    "subject": {"kind": context.subject.kind, "id": context.subject.id},
                    "client": context.client_id,
                },
            },
            subject=(context.subject.kind, context.subject.id),
            client_id=context.client_id,
            send_after=context.now + timedelta(seconds=outbox.UNDO_SECONDS),
            cause=context.cause,
        )
        return self.preview(context)
