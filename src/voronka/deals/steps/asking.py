"""Steps that ask the manager for something and keep the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from voronka.deals import ports
from voronka.deals.rules.required import OWN, ask_key
from voronka.deals.services.required import answer_words, as_kept, custom_ask, find_field
from voronka.kit.steps import Ask, Effect, Sentence, Setting, Step, StepContext, say, step
from voronka.kit.subjects import Subject
from voronka.people import queries as people

if TYPE_CHECKING:
    from voronka.people.models import CustomField

NAMES = {
    "comment": gettext_lazy("Comment"),
    "sum": gettext_lazy("Sum"),
}


def _fields_of(subject: str) -> Sequence[tuple[str, str]]:
    return [(one.code, one.name) for one in people.list_custom_fields(subject=subject)]


def _client_fields(where: Subject) -> Sequence[tuple[str, str]]:
    return _fields_of("client")


def _deal_fields(where: Subject) -> Sequence[tuple[str, str]]:
    return _fields_of("deal")


@step
class AskField(Step):
    """Ask for the comment, the sum, or a custom field of the client or of the deal, required or not."""

    kind: ClassVar[str] = "deals.ask"
    by_person: ClassVar[bool] = True
    title: ClassVar[str] = gettext_lazy("ask for a field")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "forms"
    needs: ClassVar[frozenset[type]] = frozenset({ports.HasFields})
    settings: ClassVar[Mapping[str, Setting]] = {
        "what": Setting(
            gettext_lazy("What to ask for"),
            words={
                **NAMES,
                "custom": gettext_lazy("A field of the client"),
                "deal": gettext_lazy("A field of the deal"),
            },
        ),
        "field": Setting(
            gettext_lazy("Field"), options=_client_fields, is_picked=True, when=("what", frozenset({"custom"}))
        ),
        "deal_field": Setting(
            gettext_lazy("Field"), options=_deal_fields, is_picked=True, when=("what", frozenset({"deal"}))
        ),
        "required": Setting(gettext_lazy("Cannot be skipped")),
    }

    what: Literal["comment", "sum", "custom", "deal"] = "comment"
    field: str = Field(default="", max_length=40)
    deal_field: str = Field(default="", max_length=40)
    required: bool = True

    def _found(self) -> "CustomField | None":
        """Return the own field that is asked for, None for one that is gone."""
        return find_field(f"{OWN}{self.deal_field}" if self.what == "deal" else self.field)

    def _name(self) -> str:
        if self.what in NAMES:
            return str(NAMES[self.what])
        found = self._found()
        return found.name if found is not None else ""

    def sentence(self) -> Sentence:
        """Say what is asked."""
        template = _("Ask for {what}, required") if self.required else _("Ask for {what}, may be skipped")
        return say(template, what=self._name() or _("(gone)"))

    def problems(self) -> list[str]:
        """Report a custom field that is gone, or that holds a file, which a press cannot take."""
        if self.what in NAMES:
            return []
        found = self._found()
        if found is None:
            return [_("The field is gone: choose another.")]
        return [] if custom_ask(found) is not None else [_("A press cannot take a file: choose another field.")]

    def key(self) -> str:
        """Return the key of the answer."""
        if self.what in NAMES:
            return self.what
        return ask_key(f"{OWN}{self.deal_field}" if self.what == "deal" else self.field)

    def asks(self, context: StepContext) -> Sequence[Ask]:
        """Ask by the field's own kind; a custom field that is gone asks nothing."""
        if self.what == "comment":
            return (Ask("comment", "text", str(NAMES["comment"]), required=self.required),)
        if self.what == "sum":
            amount = context.draft.capability(ports.HasFields).present_sum()  # type: ignore[type-abstract]  # a protocol
            return (Ask("sum", "money", str(NAMES["sum"]), required=self.required, default=amount),)
        found = self._found()
        ask = custom_ask(found) if found is not None else None
        return (replace(ask, required=self.required),) if ask is not None else ()

    def preview(self, context: StepContext) -> list[Effect]:
        """Keep the answer on the draft."""
        answer = context.answers.get(self.key())
        if answer is None:
            return [Effect("field", _("%(field)s is left empty") % {"field": self._name()}, happens=False)]
        deal = context.draft.capability(ports.HasFields)  # type: ignore[type-abstract]  # a protocol
        if self.what == "comment":
            deal.comment(str(answer))
            return [Effect("comment", _("comment kept"))]
        if self.what == "sum":
            deal.set_sum(answer)
            return [Effect("field", f"{self._name()}: {as_kept(answer)}")]
        if self.what == "deal":
            deal.set_own_field(self.deal_field, as_kept(answer))
        else:
            deal.set_field(self.field, as_kept(answer))
        found = self._found()
        words = answer_words(custom_ask(found), answer) if found is not None else ""
        return [Effect("field", f"{found.name if found is not None else ''}: {words}")]
