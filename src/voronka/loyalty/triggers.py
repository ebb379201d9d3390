"""What happens to a client's promo code that may begin an automation."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic import Field

from voronka.flows.ports import DayTrigger, EventTrigger
from voronka.flows.services import trigger
from voronka.kit.events import RecordedEvent
from voronka.kit.steps import Sentence, Setting, say
from voronka.loyalty import events
from voronka.loyalty.models import PromoCode, Referral


@trigger
class UnusedCode(DayTrigger):
    """The client's own code was not used and ends in so many days."""

    kind: ClassVar[str] = "loyalty.unused_code"
    title: ClassVar[str] = gettext_lazy("an unused promo code ends soon")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "ticket"
    subject: ClassVar[str] = "client"
    settings: ClassVar[Mapping[str, Setting]] = {
        "days": Setting(gettext_lazy("Days before it ends")),
        "at": Setting(gettext_lazy("At"), help=gettext_lazy("By the client's clock, such as 10:00")),
    }

    days: int = Field(default=3, ge=1, le=90)

    def sentence(self) -> Sentence:
        """Say how long before."""
        words = ngettext("%(n)d day", "%(n)d days", self.days) % {"n": self.days}
        return say(_("The client's own promo code ends in {days} and is not used, at {at}"), days=words, at=self.at)

    def _rows(self) -> "QuerySet[PromoCode]":
        return PromoCode.objects.filter(
            client__isnull=False, client__binned_at__isnull=True, used=0, is_on=True, promo__is_on=True
        )

    def zones(self) -> Sequence[str]:
        """Return the clocks of those who have such a code."""
        found = self._rows().order_by("client__zone").values_list("client__zone", flat=True).distinct()
        return [str(one) for one in found if one]

    def whose(self, day: date, zone: str, after: int, limit: int) -> list[int]:
        """Return ids of the clients whose code holds for the last time on the day so far ahead."""
        # `until` is the first moment when it holds no more: the last day is the one before.
        first = datetime.combine(day + timedelta(days=self.days), time(0, 0, 1), ZoneInfo(zone))
        rows = self._rows().filter(promo__until__gte=first, promo__until__lt=first + timedelta(days=1))
        found = rows.filter(client__zone=zone, client_id__gt=after).order_by("client_id")
        return [one for one in found.values_list("client_id", flat=True).distinct()[:limit] if one is not None]


def _counts(event: RecordedEvent) -> bool:
    """Tell whether the referral of an event counts still: what waits for a person, or was refused, brings no gifts."""
    return Referral.objects.filter(pk=event.subject_id, state=Referral.State.ACTIVE).exists()


@trigger
class CameByFriend(EventTrigger):
    """A client was brought by a friend."""

    kind: ClassVar[str] = "loyalty.friend_came"
    title: ClassVar[str] = gettext_lazy("a client comes by a friend's link")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "users"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.FriendCounted

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether nobody has to judge first who brought him."""
        return _counts(event)

    def sentence(self) -> Sentence:
        """Say what happened."""
        return [_("A client comes by a friend's link")]


@trigger
class FriendPurchase(EventTrigger):
    """A friend of the client has bought something that earns."""

    kind: ClassVar[str] = "loyalty.friend_bought"
    title: ClassVar[str] = gettext_lazy("a friend of the client buys")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "gift"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.FriendEarned

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether nobody has to judge first who brought him."""
        return _counts(event)

    def sentence(self) -> Sentence:
        """Say what happened."""
        return [_("A friend whom the client has brought buys, and the client earns by it")]


@trigger
class OddFriend(EventTrigger):
    """It looks as if a client brought himself."""

    kind: ClassVar[str] = "loyalty.referral_held"
    title: ClassVar[str] = gettext_lazy("a referral is held for a person to judge")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "alert-circle"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.ReferralHeld

    def sentence(self) -> Sentence:
        """Say what happened."""
        return [_("A referral is held for a person to judge: the client is the friend")]
