"""Steps that move a deal: its stage, its owner, its tags."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field, field_validator

from voronka.accounts import queries as accounts
from voronka.deals import ports
from voronka.deals.queries.pipelines import list_stage_names, list_stages_beside, stage_name
from voronka.kit.errors import Refusal
from voronka.kit.steps import Ask, Effect, Sentence, Setting, Step, StepContext, say, step
from voronka.kit.subjects import Subject


def _stages(where: Subject) -> Sequence[tuple[str, str]]:
    if where.kind == "deal":  # an automation, which deals of any pipeline may walk
        return [(one.public_id, f"{one.pipeline.name}: {one.name}") for one in list_stage_names()]
    return [(one.public_id, one.name) for one in list_stages_beside(where.id)]


def _people(where: Subject) -> Sequence[tuple[str, str]]:
    fixed = [
        ("me", _("the one who pressed")),
        ("ask", _("whom the manager picks")),
        ("pool", _("nobody (common pool)")),
    ]
    return [*fixed, *((one.public_id, one.name) for one in accounts.list_employees())]


@step
class ChangeStage(Step):
    """Move the deal to a stage of its pipeline."""

    kind: ClassVar[str] = "deals.change_stage"
    title: ClassVar[str] = gettext_lazy("change the stage")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "arrow-right"
    needs: ClassVar[frozenset[type]] = frozenset({ports.HasStage})
    settings: ClassVar[Mapping[str, Setting]] = {
        "stage": Setting(gettext_lazy("Stage"), options=_stages, is_picked=True)
    }

    stage: str = Field(max_length=12)

    def sentence(self) -> Sentence:
        """Say the stage."""
        return say(_("Move to the stage {stage}"), stage=stage_name(self.stage) or _("(gone)"))

    def problems(self) -> list[str]:
        """Report a stage that is gone."""
        return [] if stage_name(self.stage) else [_("The stage is gone: choose another.")]

    def preview(self, context: StepContext) -> list[Effect]:
        """Move the draft."""
        deal = context.draft.capability(ports.HasStage)  # type: ignore[type-abstract]  # a protocol
        before = deal.stage_name()
        after = deal.change_stage(self.stage)
        if before == after:
            return [Effect("stage", _("the stage stays “%(stage)s”") % {"stage": after}, happens=False)]
        return [Effect("stage", _("stage: %(before)s → %(after)s") % {"before": before, "after": after})]


@step
class Assign(Step):
    """Make an employee responsible: a named one, the one who pressed, or whom he picks."""

    kind: ClassVar[str] = "deals.assign"
    title: ClassVar[str] = gettext_lazy("assign a person")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "user-check"
    needs: ClassVar[frozenset[type]] = frozenset({ports.HasResponsible})
    settings: ClassVar[Mapping[str, Setting]] = {
        "employee": Setting(gettext_lazy("Who"), options=_people, is_picked=True)
    }

    employee: str = Field(default="me", max_length=12)

    def sentence(self) -> Sentence:
        """Say who."""
        return say(_("Make {employee} responsible"), employee=self._words())

    def _words(self) -> str:
        fixed = {
            "me": _("the one who pressed"),
            "ask": _("whom the manager picks"),
            "pool": _("nobody (common pool)"),
        }
        return fixed.get(self.employee) or self._name() or _("(gone)")

    def _name(self) -> str:
        return next((one.name for one in accounts.list_employees() if one.public_id == self.employee), "")

    def problems(self) -> list[str]:
        """Report an employee who no longer works here."""
        gone = self.employee not in {"me", "ask", "pool"} and not self._name()
        return [_("This employee no longer works here: choose another.")] if gone else []

    def asks(self, context: StepContext) -> Sequence[Ask]:
        """Ask for the person, if the manager is to pick him."""
        if self.employee != "ask":
            return ()
        people = [(one.public_id, one.name) for one in accounts.list_employees()]
        return (Ask("employee", "person", _("Who takes the client?"), options=people),)

    def preview(self, context: StepContext) -> list[Effect]:
        """Assign on the draft."""
        employee_id, name = self._chosen(context)
        context.draft.capability(ports.HasResponsible).assign(employee_id)  # type: ignore[type-abstract]  # a protocol
        return [Effect("assign", _("responsible: %(name)s") % {"name": name})]

    def _chosen(self, context: StepContext) -> tuple[int | None, str]:
        if self.employee == "pool":
            return None, _("nobody (common pool)")
        if self.employee == "me":
            return context.actor.employee_id, context.actor.name
        for one in accounts.list_employees():
            if one.public_id == self.employee or one.pk == context.answers.get("employee"):
                return one.pk, one.name
        raise Refusal(_("The employee of this button no longer works here."), code="employee_gone")


class _TagStep(Step):
    settings: ClassVar[Mapping[str, Setting]] = {"tag": Setting(gettext_lazy("Tag"))}

    tag: str = Field(min_length=1, max_length=60)

    @field_validator("tag")
    @classmethod
    def _words(cls, tag: str) -> str:
        tag = " ".join(tag.split())
        if not tag:
            raise ValueError("a name is needed")
        return tag


@step
class AddTag(_TagStep):
    """Add a tag to the deal."""

    kind: ClassVar[str] = "deals.add_tag"
    title: ClassVar[str] = gettext_lazy("add a tag")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "tag"
    needs: ClassVar[frozenset[type]] = frozenset({ports.HasTags})

    def sentence(self) -> Sentence:
        """Say the tag."""
        return say(_("Add the tag {tag}"), tag=self.tag)

    def preview(self, context: StepContext) -> list[Effect]:
        """Tag the draft."""
        added = context.draft.capability(ports.HasTags).add_tag(self.tag)  # type: ignore[type-abstract]  # a protocol
        return [Effect("tag", _("tag “%(tag)s” added") % {"tag": self.tag}, happens=added)]


@step
class RemoveTag(_TagStep):
    """Remove a tag from the deal."""

    kind: ClassVar[str] = "deals.remove_tag"
    title: ClassVar[str] = gettext_lazy("remove a tag")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "tag-off"
    needs: ClassVar[frozenset[type]] = frozenset({ports.HasTags})

    def sentence(self) -> Sentence:
        """Say the tag."""
        return say(_("Remove the tag {tag}"), tag=self.tag)

    def preview(self, context: StepContext) -> list[Effect]:
        """Untag the draft."""
        gone = context.draft.capability(ports.HasTags).remove_tag(self.tag)  # type: ignore[type-abstract]  # a protocol
        return [Effect("tag", _("tag “%(tag)s” removed") % {"tag": self.tag}, happens=gone)]
