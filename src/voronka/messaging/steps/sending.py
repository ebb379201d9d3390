"""What a button may say to the outside: a letter to the client, a call of a webhook."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from django.utils.text import Truncator
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
from voronka.messaging.services.values import ORDER, values_for
from voronka.people import queries as people

AUTOMATION = "automation"  # the door by which automations act (flows.services.acting)


def _templates(where: Subject) -> Sequence[tuple[str, str]]:
    return [(one.public_id, one.name) for one in queries.list_templates()]


@step
class SendLetter(Step):
    """Write to the client by a template; the letter leaves when the time of undo is over, if the gate lets it."""

    kind: ClassVar[str] = "messaging.send_letter"
    title: ClassVar[str] = gettext_lazy("write to the client")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "mail"
    settings: ClassVar[Mapping[str, Setting]] = {
        "template": Setting(gettext_lazy("Letter"), options=_templates, is_picked=True),
        "traffic": Setting(
            gettext_lazy("What the letter is about"),
            words={
                "service": gettext_lazy("about his orders and questions"),
                "advertising": gettext_lazy("advertising"),
            },
            help=gettext_lazy("Advertising goes only to those who agreed, and not too often."),
        ),
    }

    template: str = Field(max_length=12)
    traffic: Literal["service", "advertising"] = "service"

    def _name(self) -> str:
        found = queries.find_template(self.template)
        return found.name if found is not None else ""

    def sentence(self) -> Sentence:
        """Say which letter."""
        name = f"«{self._name()}»" if self._name() else _("(gone)")
        if self.traffic == "advertising":
            return say(_("Send the advertising letter {template}"), template=name)
        return say(_("Send the letter {template}"), template=name)

    def problems(self) -> list[str]:
        """Report a template that is gone."""
        return [] if self._name() else [_("The template is gone: choose another.")]

    def _rendered(self, context: StepContext) -> tuple[int, letters.LetterText]:
        template = queries.find_template(self.template)
        if template is None:
            raise Refusal(_("The letter of this button is gone. Ask the head of sales to mend it."), code="bad_step")
        facts: dict[str, Value] = {key: str(value) for key, value in context.facts.items()}
        values = values_for(context.client_id, facts, context.actor, own=context.own)
        if context.subject.kind == "order":
            values[ORDER] = context.subject.id
        return template.pk, letters.render_letter(template, people.main_email(context.client_id) or "", values)

    def preview(self, context: StepContext) -> list[Effect]:
        """Show the beginning of the letter, or why it would not go."""
        _template, text = self._rendered(context)
        leaves = _leaves(context)
        verdict = queries.judge(context.client_id, "email", now=leaves, traffic=self.traffic)
        return [_effect(text.subject, verdict.kind, verdict.code, verdict.until or leaves)]

    def run(self, context: StepContext) -> list[Effect]:
        """Plan the letter behind the time of undo. What the gate refuses is kept as refused, and told."""
        template, text = self._rendered(context)
        row = letters.write_letter(
            actor=context.actor,
            client_id=context.client_id,
            text=text,
            origin=letters.Origin("step", template, context.cause),
            now=context.now,
            traffic=self.traffic,
            wait_seconds=_wait(context),
        )
        kind = {"refused": "refuse", "waiting": "wait"}.get(row.state, "go")
        return [_effect(text.subject, kind, row.code, row.due_at)]


def _wait(context: StepContext) -> int:
    """Return the seconds until something leaves: a person may take his press back, a machine does not."""
    return 0 if context.actor.origin == AUTOMATION else outbox.UNDO_SECONDS


def _leaves(context: StepContext) -> datetime:
    return context.now + timedelta(seconds=_wait(context))


def _effect(subject: str, kind: str, code: str, at: datetime) -> Effect:
    """Say what became of a letter: it goes, waits, or does not go and why."""
    if kind == "refuse":
        return Effect("letter", queries.no_letter_words(code))
    if kind == "wait":
        said = _("letter “%(subject)s” waits: %(why)s")
        return Effect("letter", said % {"subject": subject, "why": queries.waiting_words(code)}, at)
    return Effect("letter", _("letter “%(subject)s”") % {"subject": subject}, at)


def _sms_texts(where: Subject) -> Sequence[tuple[str, str]]:
    return [(one.public_id, one.name) for one in queries.list_templates("sms")]


@step
class SendSms(Step):
    """Send an SMS to the client by a text; it leaves when the time of undo is over, if the gate lets it."""

    kind: ClassVar[str] = "messaging.send_sms"
    title: ClassVar[str] = gettext_lazy("send an SMS to the client")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "message-2"
    settings: ClassVar[Mapping[str, Setting]] = {
        "template": Setting(gettext_lazy("Text"), options=_sms_texts, is_picked=True),
        "traffic": Setting(
            gettext_lazy("What the SMS is about"),
            words={
                "service": gettext_lazy("about his orders and questions"),
                "advertising": gettext_lazy("advertising"),
            },
            help=gettext_lazy("Advertising goes only to those who agreed, and not too often."),
        ),
    }

    template: str = Field(max_length=12)
    traffic: Literal["service", "advertising"] = "service"

    def _name(self) -> str:
        found = queries.find_template(self.template, "sms")
        return found.name if found is not None else ""

    def sentence(self) -> Sentence:
        """Say which text."""
        name = f"«{self._name()}»" if self._name() else _("(gone)")
        if self.traffic == "advertising":
            return say(_("Send the advertising SMS {template}"), template=name)
        return say(_("Send the SMS {template}"), template=name)

    def problems(self) -> list[str]:
        """Report a text that is gone."""
        return [] if self._name() else [_("The text is gone: choose another.")]

    def _rendered(self, context: StepContext) -> tuple[int, str]:
        template = queries.find_template(self.template, "sms")
        if template is None:
            raise Refusal(_("The SMS of this button is gone. Ask the head of sales to mend it."), code="bad_step")
        facts: dict[str, Value] = {key: str(value) for key, value in context.facts.items()}
        values = values_for(context.client_id, facts, context.actor, own=context.own)
        return template.pk, letters.render_letter(template, "", values).body

    def preview(self, context: StepContext) -> list[Effect]:
        """Show the beginning of the text and its parts, or why it would not go."""
        _template, text = self._rendered(context)
        leaves = context.now + timedelta(seconds=outbox.UNDO_SECONDS)
        verdict = queries.judge(context.client_id, "sms", now=leaves, traffic=self.traffic)
        return [_sms_effect(text, verdict.kind, verdict.code, verdict.until or leaves)]

    def run(self, context: StepContext) -> list[Effect]:
        """Plan the SMS behind the time of undo. What the gate refuses is kept as refused, and told."""
        template, text = self._rendered(context)
        row = letters.write_sms(
            actor=context.actor,
            client_id=context.client_id,
            text=text,
            origin=letters.Origin("step", template, context.cause),
            now=context.now,
            traffic=self.traffic,
        )
        kind = {"refused": "refuse", "waiting": "wait"}.get(row.state, "go")
        return [_sms_effect(text, kind, row.code, row.due_at)]


def _sms_effect(text: str, kind: str, code: str, at: datetime) -> Effect:
    """Say what became of an SMS: it goes, waits, or does not go and why."""
    if kind == "refuse":
        return Effect("sms", _("no SMS: %(why)s") % {"why": queries.refusal_words(code)})
    begin = Truncator(text).chars(60)
    if kind == "wait":
        return Effect("sms", _("SMS “%(text)s” waits: %(why)s") % {
            "text": begin, "why": queries.waiting_words(code)}, at)  # fmt: skip
    return Effect("sms", _("SMS “%(text)s”") % {"text": begin}, at)


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
        return [Effect("webhook", _("webhook to %(host)s") % {"host": urlsplit(self.url).hostname}, _leaves(context))]

    def run(self, context: StepContext) -> list[Effect]:
        """Post the call behind the time of undo."""
        outbox.post(
            "webhook",
            {
                "url": self.url,
                "body": {
                    "type": "automation.step" if context.actor.origin == AUTOMATION else "button.pressed",
                    "id": str(context.cause),
                    "at": context.now.isoformat(),
                    "subject": {"kind": context.subject.kind, "id": context.subject.id},
                    "client": context.client_id,
                },
            },
            subject=(context.subject.kind, context.subject.id),
            client_id=context.client_id,
            send_after=_leaves(context),
            cause=context.cause,
        )
        return self.preview(context)
