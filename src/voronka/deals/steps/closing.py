"""Steps that close a deal."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from voronka.deals import ports
from voronka.deals.queries.pipelines import list_loss_reasons
from voronka.kit.errors import Refusal
from voronka.kit.steps import Ask, Effect, Ending, Sentence, Setting, Step, StepContext, say, step
from voronka.kit.subjects import Subject


def _reasons(where: Subject) -> Sequence[tuple[str, str]]:
    return [("", _("the manager picks it")), *((one.code, one.name) for one in list_loss_reasons())]


@step
class MarkPaid(Step):
    """Close as won, with the sum that was paid."""

    kind: ClassVar[str] = "deals.mark_paid"
    by_person: ClassVar[bool] = True
    title: ClassVar[str] = gettext_lazy("mark paid")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "currency-ruble"
    needs: ClassVar[frozenset[type]] = frozenset({ports.Closes, ports.HasFields})
    ending: ClassVar[Ending] = "close"

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("Ask for the sum and close the deal as paid")]

    def asks(self, context: StepContext) -> Sequence[Ask]:
        """Ask for the sum, offering the deal's own."""
        amount = context.draft.capability(ports.HasFields).present_sum()  # type: ignore[type-abstract]  # a protocol
        return (Ask("sum", "money", _("How much was paid?"), default=amount),)

    def preview(self, context: StepContext) -> list[Effect]:
        """Set the sum and close."""
        amount = context.answers.get("sum")
        if amount is not None:
            context.draft.capability(ports.HasFields).set_sum(amount)  # type: ignore[type-abstract]  # a protocol
        if not context.draft.capability(ports.HasFields).present_sum() and not context.actor.writes("deal.sum"):  # type: ignore[type-abstract]  # a protocol
            raise Refusal(
                _("The deal has no sum, and your role may not set it: ask somebody who may."), code="no_sum"
            )
        context.draft.capability(ports.Closes).win()  # type: ignore[type-abstract]  # a protocol
        return [Effect("won", _("paid: the deal is won"))]


@step
class MarkRefused(Step):
    """Close as lost: for a fixed reason, or for the one the manager picks."""

    kind: ClassVar[str] = "deals.mark_refused"
    title: ClassVar[str] = gettext_lazy("mark refused")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "x"
    needs: ClassVar[frozenset[type]] = frozenset({ports.Closes})
    ending: ClassVar[Ending] = "close"
    settings: ClassVar[Mapping[str, Setting]] = {
        "reason": Setting(gettext_lazy("Reason"), options=_reasons, is_picked=True)
    }

    reason: str = Field(default="", max_length=40)

    def sentence(self) -> Sentence:
        """Say the reason."""
        if not self.reason:
            return say(_("Close the deal as refused, the reason {reason}"), reason=_("is asked"))
        return say(_("Close the deal as refused, the reason {reason}"), reason=self._name() or _("(gone)"))

    def _name(self) -> str:
        return next((one.name for one in list_loss_reasons() if one.code == self.reason), "")

    def problems(self) -> list[str]:
        """Report a reason that is gone."""
        return [_("The reason is gone: choose another.")] if self.reason and not self._name() else []

    def asks(self, context: StepContext) -> Sequence[Ask]:
        """Ask for the reason unless it is fixed."""
        if self.reason:
            return ()
        options = [(one.code, one.name) for one in list_loss_reasons()]
        return (Ask("reason", "choice", _("Why did the client refuse?"), options=options),)

    def preview(self, context: StepContext) -> list[Effect]:
        """Close as lost."""
        code = self.reason or context.answers.get("reason") or ""
        name = context.draft.capability(ports.Closes).lose(code)  # type: ignore[type-abstract]  # a protocol
        return [Effect("lost", _("refused: %(reason)s") % {"reason": name})]


@step
class Archive(Step):
    """Close without a result."""

    kind: ClassVar[str] = "deals.archive"
    title: ClassVar[str] = gettext_lazy("archive")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "archive"
    needs: ClassVar[frozenset[type]] = frozenset({ports.Closes})
    ending: ClassVar[Ending] = "close"

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("Put the deal into the archive")]

    def preview(self, context: StepContext) -> list[Effect]:
        """Close without a result."""
        context.draft.capability(ports.Closes).archive()  # type: ignore[type-abstract]  # a protocol
        return [Effect("archive", _("the deal goes to the archive"))]
