"""What happens to papers and money that may begin an automation: it is walked by their client."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import ClassVar

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic import Field

from voronka.billing import events
from voronka.billing.models import Document
from voronka.flows.ports import DayTrigger, EventTrigger
from voronka.flows.services import trigger
from voronka.kit.events import RecordedEvent
from voronka.kit.steps import Sentence, Setting, say


@trigger
class InvoiceIssued(EventTrigger):
    """An invoice was issued to a client."""

    kind: ClassVar[str] = "billing.invoice"
    title: ClassVar[str] = gettext_lazy("an invoice is issued")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "file-invoice"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.DocumentIssued

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("An invoice is issued to a client")]

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether it is an invoice, and the first version of it."""
        return event.payload.get("kind") == "invoice" and event.payload.get("version") == 1


@trigger
class MoneyCame(EventTrigger):
    """Money of a client came in."""

    kind: ClassVar[str] = "billing.payment"
    title: ClassVar[str] = gettext_lazy("a client pays")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "cash"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.PaymentReceived

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("Money of a client comes in")]


@trigger
class Overdue(DayTrigger):
    """An invoice of the client has been unpaid for so many days after its day of payment."""

    kind: ClassVar[str] = "billing.overdue"
    title: ClassVar[str] = gettext_lazy("an invoice is overdue")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "alert-triangle"
    subject: ClassVar[str] = "client"
    settings: ClassVar[Mapping[str, Setting]] = {
        "days": Setting(gettext_lazy("Days after the day of payment")),
        "at": Setting(gettext_lazy("At"), help=gettext_lazy("By the client's clock, such as 10:00")),
    }

    days: int = Field(default=3, ge=1, le=365)

    def sentence(self) -> Sentence:
        """Say how long."""
        words = ngettext("%(n)d day", "%(n)d days", self.days) % {"n": self.days}
        return say(_("An invoice is overdue by {days}, at {at}"), days=words, at=self.at)

    def _rows(self) -> "QuerySet[Document]":
        return Document.objects.filter(
            kind="invoice", state=Document.State.ISSUED, paid__lt=F("amount"), client__binned_at__isnull=True
        )

    def zones(self) -> Sequence[str]:
        """Return the clocks of those who owe."""
        found = self._rows().order_by("client__zone").values_list("client__zone", flat=True).distinct()
        return [str(one) for one in found if one]

    def whose(self, day: date, zone: str, after: int, limit: int) -> list[int]:
        """Return ids of the clients one of whose invoices became so late on the day."""
        rows = self._rows().filter(due_on=day - timedelta(days=self.days), client__zone=zone, client_id__gt=after)
        found = rows.order_by("client_id").values_list("client_id", flat=True).distinct()[:limit]
        return [one for one in found if one is not None]
