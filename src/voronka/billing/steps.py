"""What a button may do with documents and money: issue a paper, note that it is paid."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.billing.queries.debts import open_of_subject
from voronka.billing.queries.documents import list_requisites
from voronka.billing.services import documents, payments
from voronka.billing.services.subjects import draft_about
from voronka.kit import wording
from voronka.kit.errors import Conflict
from voronka.kit.steps import (
    Ask,
    Effect,
    Sentence,
    Setting,
    Step,
    StepContext,
    register_counter_entry,
    say,
    step,
)


def _today(context: StepContext) -> date:
    return context.now.astimezone(context.actor.zone).date()


def _sum(context: StepContext, key: str) -> Decimal:
    return Decimal(str(context.answers.get(key) or 0))


@step
class IssueDocument(Step):
    """Issue an invoice or another paper to the client for a sum that is asked."""

    kind: ClassVar[str] = "billing.issue"
    title: ClassVar[str] = gettext_lazy("issue a document")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "file-invoice"
    settings: ClassVar[Mapping[str, Setting]] = {
        "paper": Setting(
            gettext_lazy("Document"),
            words={
                "invoice": gettext_lazy("Invoice"),
                "act": gettext_lazy("Act"),
                "upd": gettext_lazy("Transfer document (UPD)"),
            },
        )
    }

    paper: Literal["invoice", "act", "upd"] = "invoice"

    def _words(self) -> str:
        return str(self.settings["paper"].words[self.paper])

    def sentence(self) -> Sentence:
        """Say which paper."""
        return say(_("Issue: {paper}"), paper=self._words())

    def asks(self, context: StepContext) -> Sequence[Ask]:
        """Ask for the sum where the record has no lines of its own."""
        return [] if self._by_lines(context) else [Ask("document_sum", "money", _("Sum of the document"))]

    def _by_lines(self, context: StepContext) -> documents.DocumentDraft | None:
        return draft_about(context.subject, kind=self.paper, day=_today(context))

    def problems(self) -> list[str]:
        """Report that nothing can be issued without requisites."""
        return [] if list_requisites() else [_("Fill in the company's requisites first: Settings, Requisites.")]

    def preview(self, context: StepContext) -> list[Effect]:
        """Tell what would be issued."""
        if self._by_lines(context):
            return [Effect("document", _("%(paper)s by its lines") % {"paper": self._words()})]
        amount = wording.money(_sum(context, "document_sum"), "RUB", context.actor.language)
        return [Effect("document", f"{self._words()}: {amount}")]

    def run(self, context: StepContext) -> list[Effect]:
        """Issue it; the press is its cause, by which undo voids it."""
        title = str(context.facts.get("title") or "")
        draft = self._by_lines(context) or documents.DocumentDraft(
            kind=self.paper,
            day=_today(context),
            lines=[documents.LineDraft(name=title or self._words(), price=_sum(context, "document_sum"))],
            subject=(context.subject.kind, context.subject.id),
        )
        draft = replace(draft, client_id=context.client_id, title=title)
        row = documents.issue_new(actor=context.actor, draft=draft, now=context.now, cause=context.cause)
        return [Effect("document", f"{self._words()} № {row.number}")]


@step
class NotePaid(Step):
    """Note that the newest unpaid invoice of the deal is paid: whole, or the sum that is asked."""

    kind: ClassVar[str] = "billing.note_paid"
    title: ClassVar[str] = gettext_lazy("note a payment")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "cash"
    settings: ClassVar[Mapping[str, Setting]] = {
        "method": Setting(
            gettext_lazy("How"),
            words={
                "bank": gettext_lazy("Bank transfer"),
                "cash": gettext_lazy("Cash"),
                "other": gettext_lazy("Otherwise"),
            },
        )
    }

    method: Literal["bank", "cash", "other"] = "bank"

    def sentence(self) -> Sentence:
        """Say how it was paid."""
        return say(_("Note a payment: {method}"), method=str(self.settings["method"].words[self.method]))

    def asks(self, context: StepContext) -> Sequence[Ask]:
        """Ask for the sum; without one the whole invoice is paid."""
        return [Ask("paid_sum", "money", _("How much came; nothing typed is the whole invoice"), required=False)]

    def preview(self, context: StepContext) -> list[Effect]:
        """Tell which invoice would be paid."""
        row = open_of_subject(context.subject.kind, context.subject.id)
        if row is None:
            return [Effect("payment", _("no unpaid invoice"), happens=False)]
        amount = _sum(context, "paid_sum") or row.amount - row.paid
        money = wording.money(amount, row.currency, context.actor.language)
        return [Effect("payment", _("payment %(sum)s, invoice № %(number)s") % {"sum": money, "number": row.number})]

    def run(self, context: StepContext) -> list[Effect]:
        """Enter the payment and give it to the invoice; the press is its cause, by which undo voids it."""
        row = open_of_subject(context.subject.kind, context.subject.id)
        if row is None:
            raise Conflict(_("The deal has no unpaid invoice: issue one first."), code="no_invoice")
        left = row.amount - row.paid
        amount = _sum(context, "paid_sum") or left
        draft = payments.PaymentDraft(
            day=_today(context), amount=amount, method=self.method, client_id=context.client_id
        )
        payments.record_payment(
            actor=context.actor, draft=draft, documents=[(row.public_id, min(amount, left))], now=context.now,
            cause=context.cause,
        )  # fmt: skip
        money = wording.money(amount, row.currency, context.actor.language)
        return [Effect("payment", _("payment %(sum)s, invoice № %(number)s") % {"sum": money, "number": row.number})]


# Money first: a paper with money on it cannot be voided.
register_counter_entry("billing.payments", payments.void_caused)
register_counter_entry("billing.documents", documents.void_caused)
