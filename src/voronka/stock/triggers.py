"""What happens to goods that may begin an automation: it is walked by the client who waits for them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic import Field

from voronka.flows.ports import DayTrigger
from voronka.flows.services import trigger
from voronka.kit.steps import Sentence, Setting, say
from voronka.stock.models import LostSale
from voronka.stock.queries.selling import sellable


@trigger
class BackInStock(DayTrigger):
    """What the client asked for in vain is there again: looked at once a day, over the lost sales of some weeks."""

    kind: ClassVar[str] = "stock.back"
    title: ClassVar[str] = gettext_lazy("goods that a client waits for are there")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "package"
    subject: ClassVar[str] = "client"
    settings: ClassVar[Mapping[str, Setting]] = {
        "days": Setting(gettext_lazy("Asked for not longer ago than, days")),
        "at": Setting(gettext_lazy("At"), help=gettext_lazy("By the client's clock, such as 10:00")),
    }

    days: int = Field(default=60, ge=1, le=366)

    def sentence(self) -> Sentence:
        """Say what."""
        words = ngettext("%(n)d day", "%(n)d days", self.days) % {"n": self.days}
        return say(
            _("Goods that the client asked for within {days} are there again, at {at}"), days=words, at=self.at
        )

    def _rows(self, day: date | None = None) -> "QuerySet[LostSale]":
        rows = LostSale.objects.filter(client__isnull=False, client__binned_at__isnull=True)
        if day is None:
            return rows
        return rows.filter(at__gte=datetime.combine(day - timedelta(days=self.days), time.min, UTC))

    def zones(self) -> Sequence[str]:
        """Return the clocks of those who wait for something."""
        found = self._rows().order_by("client__zone").values_list("client__zone", flat=True).distinct()
        return [str(one) for one in found if one]

    def whose(self, day: date, zone: str, after: int, limit: int) -> list[int]:
        """Return ids of the clients for whom something of what they wait for may be sold now."""
        rows = self._rows(day).filter(client__zone=zone)
        waited = sorted(set(rows.values_list("variant_id", flat=True)))
        there = [variant for variant, amount in sellable(waited).items() if amount > 0] if waited else []
        found = rows.filter(variant_id__in=there, client_id__gt=after).order_by("client_id")
        return [one for one in found.values_list("client_id", flat=True).distinct()[:limit] if one is not None]
