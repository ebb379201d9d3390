"""What a scenario may do in a talk by messages: take a request, answer from the knowledge base."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from voronka.flows.ports import AnyAnswerName, Conversation, TalkStep
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, TooMany
from voronka.kit.steps import Sentence, Setting, StepContext, say, step
from voronka.kit.tenancy import current_company_id
from voronka.messaging.models import ConsentText, Talk
from voronka.messaging.queries.consents import newest_text, text_sign
from voronka.messaging.services.answers import answer_question
from voronka.people import services as people


@step
class MakeLead(TalkStep):
    """Take a request as a form of the site does: once a walk, with the consent that the law asks for."""

    kind: ClassVar[str] = "messaging.talk_lead"
    title: ClassVar[str] = gettext_lazy("make a request")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "inbox"
    ways: ClassVar = {
        "made": pgettext_lazy("an exit", "made"),
        "refused": gettext_lazy("does not agree"),
        "wrong": gettext_lazy("no phone and no e-mail"),
    }
    settings: ClassVar[Mapping[str, Setting]] = {
        "name": Setting(gettext_lazy("Name is in the answer")),
        "phone": Setting(gettext_lazy("Phone is in the answer")),
        "email": Setting(gettext_lazy("E-mail is in the answer")),
        "about": Setting(
            gettext_lazy("What it is about is in the answers"),
            help=gettext_lazy("Names parted by spaces; empty: all answers"),
        ),
        "consent": Setting(
            gettext_lazy("Ask for consent to keep the data"),
            help=gettext_lazy("Leave it on unless the visitor has agreed before; who agreed is not asked again"),
        ),
    }

    name: AnyAnswerName = "name"
    phone: AnyAnswerName = "phone"
    email: AnyAnswerName = ""
    about: str = Field(default="", max_length=300)
    consent: bool = True

    def sentence(self) -> Sentence:
        """Say it."""
        return say(_("Make a request: phone {phone}"), phone=self.phone or self.email or "—")

    def problems(self) -> list[str]:
        """Ask for a contact."""
        return [] if self.phone or self.email else [_("Say which answer holds the phone or the e-mail.")]

    def talk(self, conversation: Conversation, context: StepContext, heard: str | None) -> str:
        """Ask for consent where it is not given, then take the request; sent again, it is one."""
        values = conversation.values
        phone, email = values.get(self.phone, ""), values.get(self.email, "")
        if not phone and not email:
            return "wrong"
        talk = None if context.dry else Talk.objects.filter(pk=conversation.talk_id).first()
        agreed = talk is not None and talk.agreed_at is not None
        yes, no = _("I agree"), _("No")
        if self.consent and not agreed:
            said = (heard or "").strip().casefold().rstrip(".!")
            if heard is None or said not in _SAYS_YES | _SAYS_NO | {yes.casefold(), no.casefold()}:
                if heard is not None and conversation.memo.get("asked"):
                    return "refused"  # who is asked twice and answers neither has not agreed
                text = newest_text("personal_data", "any")
                conversation.memo |= {"asked": heard is not None, "text": text_sign(text) if text is not None else ""}
                conversation.say(_consent_words(text), (yes, no))
                return ""
            if said in _SAYS_NO | {no.casefold()}:
                return "refused"
            _note_consent(talk, str(conversation.memo.get("text", "")), context.now)
        if context.dry:
            conversation.say(_("(A request would be made here: this is a try, nothing is made.)"))
            return "made"
        return self._take(conversation, context, talk, phone, email)

    def _take(
        self, conversation: Conversation, context: StepContext, talk: Talk | None, phone: str, email: str
    ) -> str:
        values = conversation.values
        named = self.about.split() or [one for one in values if one not in (self.name, self.phone, self.email)]
        message = "\n".join(f"{one}: {values[one]}" for one in named if values.get(one))[:2_000]
        has_agreed = talk is not None and talk.agreed_at is not None
        consent = people.ConsentDraft(purpose="personal_data", text_version=talk.agreed if talk is not None else "")
        name = values.get(self.name, "")[:200]
        touch = people.TouchData(
            channel="form",
            name=name,
            phones=(phone,) if phone else (),
            emails=(email,) if email else (),
            message=message,
            extra={"chat": talk.public_id} if talk is not None else {},
            consents=(consent,) if has_agreed else (),
            signs=tuple(people.signs_of(name, message, [email])),
            request_id=f"scene-{context.cause}"[:64],
        )
        actor = Actor.system(current_company_id(), origin="chat")
        try:
            people.receive(actor=actor, touch=touch, now=context.now, address=talk.address if talk else "")
        except (Invalid, TooMany):
            return "wrong"
        if talk is not None:
            conversation.set_field("talk:name", name or talk.name)
            conversation.set_field("talk:phone", phone or talk.phone)
            conversation.set_field("talk:email", email or talk.email)
        return "made"


_SAYS_YES = frozenset({"1", "да", "согласен", "согласна", "yes", "ok", "ок"})
_SAYS_NO = frozenset({"2", "нет", "no", "не согласен", "не согласна"})


def _note_consent(talk: Talk | None, text: str, now: datetime) -> None:
    """Note to what the visitor has agreed: he is not asked again, and whoever is found to be he has agreed."""
    if talk is not None:
        talk.agreed, talk.agreed_at = text, now
        talk.save(update_fields=["agreed", "agreed_at"])


def _consent_words(text: ConsentText | None) -> str:
    asked = _("May we keep your name and contact to answer you?")
    return f"{asked}\n\n{text.text[:700]}" if text is not None else asked


@step
class AnswerFromBase(TalkStep):
    """Answer what was asked from the knowledge base, where it is sure."""

    kind: ClassVar[str] = "messaging.talk_answer"
    title: ClassVar[str] = gettext_lazy("answer from the knowledge base")  # type: ignore[assignment]  # as above
    icon: ClassVar[str] = "book"
    ways: ClassVar = {"sure": pgettext_lazy("an exit", "answered"), "unsure": pgettext_lazy("an exit", "not sure")}
    settings: ClassVar[Mapping[str, Setting]] = {"question": Setting(gettext_lazy("The question is in the answer"))}

    question: AnyAnswerName = "question"

    def sentence(self) -> Sentence:
        """Say it."""
        return say(_("Answer “{question}” from the knowledge base"), question=self.question)

    def talk(self, conversation: Conversation, context: StepContext, heard: str | None) -> str:
        """Say the article that answers; a try notes no question as unanswered, since nothing of it is kept."""
        asked = conversation.values.get(self.question, "")
        article = answer_question(asked, now=context.now).article if asked else None
        if article is None:
            return "unsure"
        conversation.say(article.answer)
        return "sure"
