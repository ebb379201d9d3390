"""Steps that ask the manager for something and keep the answer."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from voronka.deals import ports
from voronka.kit.steps import Ask, Effect, Sentence, Setting, Step, StepContext, say, step
from voronka.kit.subjects import Subject
from voronka.people import queries as people

NAMES = {
    "comment": gettext_lazy("Comment"),
    "sum": gettext_lazy("Sum"),
}


def _custom_fields(where: Subject) -> Sequence[tuple[str, str]]:
    return [(one.code, one.name) for one in people.list_custom_fields()]


@step
class AskField(Step):
    """Ask for the comment, the sum or a custom field, required or not."""

    kind: ClassVar[str] = "deals.ask"
    title: ClassVar[str] = gettext_lazy("ask for a field")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "forms"
    needs: ClassVar[frozenset[type]] = frozenset({ports.HasFields})
    settings: ClassVar[Mapping[str, Setting]] = {
        "what": Setting(
            gettext_lazy("What to ask for"), words={**NAMES, "custom": gettext_lazy("A field of the client")}
        ),
        "field": Setting(
            gettext_lazy("Field"), options=_custom_fields, is_picked=True, when=("what", frozenset({"custom"}))
        ),
        "required": Setting(gettext_lazy("Cannot be skipped")),
    }

    what: Literal["comment", "sum", "custom"] = "comment"
    field: str = Field(default="", max_length=40)
    required: bool = True

    def _name(self) -> str:
        if self.what != "custom":
            return str(NAMES[self.what])
        found = people.find_custom_field(self.field)
        return found.name if found is not None else ""

    def sentence(self) -> Sentence:
        """Say what is asked."""
        template = _("Ask for {what}, required") if self.required else _("Ask for {what}, may be skipped")
        return say(template, what=self._name() or _("(gone)"))

    def problems(self) -> list[str]:
        """Report a custom field that is gone."""
        return [] if self._name() else [_("The field is gone: choose another.")]

    def key(self) -> str:
        """Return the key of the answer."""
        return f"custom_{self.field}" if self.what == "custom" else self.what

    def asks(self, context: StepContext) -> Sequence[Ask]:
        """Ask by the field's own kind; a custom field that is gone asks nothing."""
        if self.what == "comment":
            return (Ask("comment", "text", str(NAMES["comment"]), required=self.required),)
        if self.what == "sum":
            amount = context.draft.capability(ports.HasFields).present_sum()  # type: ignore[type-abstract]  # a protocol
            return (Ask("sum", "money", str(NAMES["sum"]), required=self.required, default=amount),)
        found = people.find_custom_field(self.field)
        if found is None:
            return ()
        options = [(option, option) for option in found.options]
        return (Ask(self.key(), found.kind, found.name, required=self.required, options=options),)

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
        else:
            deal.set_field(self.field, plain(answer))
        return [Effect("field", f"{self._name()}: {plain(answer)}")]


def plain(value: Any) -> Any:
    """Return an answer as JSON keeps it: days in ISO, sums as text."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
