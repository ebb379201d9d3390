"""A step of automations: one of the company's own fields of the client who walks one gets a value, or is emptied."""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from voronka.kit.errors import Invalid, Refusal
from voronka.kit.steps import Effect, Sentence, Setting, Step, StepContext, say, step
from voronka.kit.subjects import Subject
from voronka.people import ports
from voronka.people.models import CustomField
from voronka.people.queries.rows import get_client_row, list_custom_fields
from voronka.people.services.custom_values import set_custom_fields
from voronka.people.services.fields import clean_values

# A file and a person are no words that somebody could have typed for every client at once.
WRITTEN = ("text", "number", "money", "date", "choice", "choices", "link", "yes_no")
LONGEST = 500


def _written() -> list[CustomField]:
    return [one for one in list_custom_fields() if one.kind in WRITTEN]


def _fields(where: Subject) -> Sequence[tuple[str, str]]:
    return [(one.code, one.name) for one in _written()]


@step
class SetClientField(Step):
    """Write a value into an own field of the client; an empty one empties it. Done again it changes nothing."""

    kind: ClassVar[str] = "people.set_field"
    title: ClassVar[str] = gettext_lazy("change a field of the client")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "pencil"
    needs: ClassVar[frozenset[type]] = frozenset({ports.IsClient})
    settings: ClassVar = {
        "field": Setting(gettext_lazy("Field of the client"), options=_fields, is_picked=True),
        "value": Setting(
            gettext_lazy("Value of the field"),
            help=gettext_lazy("As it is typed in the card; empty, it empties the field."),
        ),
    }

    field: str = Field(max_length=60)
    value: str = Field(default="", max_length=LONGEST)

    def sentence(self) -> Sentence:
        """Say which field becomes what."""
        name = dict(_fields(Subject("client", 0))).get(self.field, _("(gone)"))
        if not self.value.strip():
            return say(_("Empty the field {field}"), field=name)
        return say(_("Change the field {field}: {value}"), field=name, value=self.value)

    def problems(self) -> list[str]:
        """Report a field that is gone and a value that does not suit it."""
        try:
            self._cleaned()
        except Refusal as wrong:
            return [wrong.message]
        return []

    def preview(self, context: StepContext) -> list[Effect]:
        """Tell what would be written."""
        client = get_client_row(context.client_id)
        return [self._effect(client.fields.get(self.field) != self._cleaned()[self.field])]

    def run(self, context: StepContext) -> list[Effect]:
        """Write it. Raises Refusal in words where the field is gone or the value does not suit it any more."""
        client, values = get_client_row(context.client_id), self._cleaned()
        before = set_custom_fields(actor=context.actor, client_id=client.pk, values=values, now=context.now)
        return [self._effect(before != values)]

    def _cleaned(self) -> dict[str, object]:
        try:
            return clean_values(_written(), {self.field: self.value.strip()})
        except Invalid as wrong:
            words = " ".join(wrong.fields.values()) or wrong.message
            raise Refusal(words, code="bad_step") from wrong

    def _effect(self, happens: bool) -> Effect:
        name = dict(_fields(Subject("client", 0))).get(self.field, self.field)
        if self.value.strip():
            words = _("field “%(field)s”: %(value)s") % {"field": name, "value": self.value.strip()}
        else:
            words = _("field “%(field)s” emptied") % {"field": name}
        return Effect("field", words, happens=happens)
