"""Orders in automations: how they walk them, and what happens to them and to their buyers that may begin one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic import Field

from voronka.accounts import queries as accounts
from voronka.flows.ports import Act, DayTrigger, EventTrigger, Found, Traveller
from voronka.flows.services import offer_traveller, trigger
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent
from voronka.kit.steps import Effect, Sentence, Setting, run_steps, say
from voronka.orders import events
from voronka.orders.models import ClientFigures, Order, Status
from voronka.orders.permissions import SEE
from voronka.orders.queries.reach import reachable
from voronka.orders.queries.search import search_orders
from voronka.orders.services.flow import OrderOpener, context_of
from voronka.orders.services.locking import lock_order
from voronka.people import queries as people


def _run(act: Act) -> list[Effect]:
    order = Order.objects.select_related("status", "client").get(pk=act.subject_id)
    if not act.dry:
        order = lock_order(act.actor, order.public_id, SEE)
    context = context_of(order, actor=act.actor, now=act.now, answers={}, cause=act.cause, dry=act.dry)
    return run_steps(act.steps, context)


def _client(order_id: int) -> int | None:
    return Order.objects.filter(pk=order_id).values_list("client_id", flat=True).first()


def _zone(order_id: int) -> str:
    client_id = _client(order_id) or 0
    return people.zones_of([client_id]).get(client_id) or accounts.get_company_rules().zone


def _found(row: Order) -> Found:
    return Found(row.pk, row.public_id, _("Order № %(number)d") % {"number": row.number})


def _find(actor: Actor, words: str) -> Sequence[Found]:
    ids = search_orders(actor, words, most=8)
    return [_found(row) for row in Order.objects.filter(reachable(actor), pk__in=ids).order_by("-id")]


def _pick(actor: Actor, public_id: str) -> Found | None:
    row = Order.objects.filter(reachable(actor), public_id=public_id).first()
    return None if row is None else _found(row)


def _seen(actor: Actor, ids: Sequence[int]) -> set[int]:
    return set(Order.objects.filter(reachable(actor), pk__in=list(ids)).values_list("pk", flat=True))


offer_traveller(
    Traveller("order", OrderOpener, lambda: Order.objects.all(), _client, _zone, _run, _find, _pick, _seen)
)


@trigger
class Placed(EventTrigger):
    """An order was placed."""

    kind: ClassVar[str] = "orders.placed"
    title: ClassVar[str] = gettext_lazy("an order is placed")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "shopping-cart"
    subject: ClassVar[str] = "order"
    event: ClassVar = events.OrderPlaced

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("An order is placed")]


@trigger
class Paid(EventTrigger):
    """An order was paid whole."""

    kind: ClassVar[str] = "orders.paid"
    title: ClassVar[str] = gettext_lazy("an order is paid")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "cash"
    subject: ClassVar[str] = "order"
    event: ClassVar = events.OrderPaid

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("An order is paid in full")]

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether nothing is left to pay."""
        return bool(event.payload.get("whole"))


@trigger
class Reached(EventTrigger):
    """An order came to a phase of its way."""

    kind: ClassVar[str] = "orders.phase"
    title: ClassVar[str] = gettext_lazy("an order is done")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "check"
    subject: ClassVar[str] = "order"
    event: ClassVar = events.OrderStatusChanged

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("An order is done")]

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether the order is done now and was not."""
        return event.payload.get("phase") == Status.Phase.DONE


@trigger
class Delivered(EventTrigger):
    """All goods of an order came to the client."""

    kind: ClassVar[str] = "orders.delivered"
    title: ClassVar[str] = gettext_lazy("an order is delivered")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "truck"
    subject: ClassVar[str] = "order"
    event: ClassVar = events.OrderDelivered

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("An order is delivered whole")]

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether all has come."""
        return bool(event.payload.get("whole"))


@trigger
class Cancelled(EventTrigger):
    """An order was cancelled."""

    kind: ClassVar[str] = "orders.cancelled"
    title: ClassVar[str] = gettext_lazy("an order is cancelled")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "x"
    subject: ClassVar[str] = "order"
    event: ClassVar = events.OrderCancelled

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("An order is cancelled")]


@trigger
class Praised(EventTrigger):
    """A client said what he thinks of an order."""

    kind: ClassVar[str] = "orders.feedback"
    title: ClassVar[str] = gettext_lazy("a client rates an order")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "star"
    subject: ClassVar[str] = "order"
    event: ClassVar = events.FeedbackGiven
    settings: ClassVar[Mapping[str, Setting]] = {
        "how": Setting(
            gettext_lazy("Stars"),
            words={"any": gettext_lazy("any number"), "bad": gettext_lazy("three or less"),
                   "good": gettext_lazy("four or five")},
        )
    }  # fmt: skip

    how: Literal["any", "bad", "good"] = "any"

    def sentence(self) -> Sentence:
        """Say how many stars."""
        words = {"any": _("any number"), "bad": _("three or less"), "good": _("four or five")}
        return say(_("A client rates an order, stars: {how}"), how=words[self.how])

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether the stars are those."""
        stars = int(event.payload.get("stars", 0))
        return self.how == "any" or (stars >= 4) == (self.how == "good")


@trigger
class AfterPurchase(DayTrigger):
    """So many days have passed since the client's last order."""

    kind: ClassVar[str] = "orders.after_purchase"
    title: ClassVar[str] = gettext_lazy("days after the last order")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "hourglass"
    subject: ClassVar[str] = "client"
    settings: ClassVar[Mapping[str, Setting]] = {
        "days": Setting(gettext_lazy("Days")),
        "at": Setting(gettext_lazy("At"), help=gettext_lazy("By the client's clock, such as 10:00")),
    }

    days: int = Field(default=30, ge=1, le=3660)

    def sentence(self) -> Sentence:
        """Say how many."""
        words = ngettext("%(n)d day", "%(n)d days", self.days) % {"n": self.days}
        return say(_("{days} after the client's last order, at {at}"), days=words, at=self.at)

    def zones(self) -> Sequence[str]:
        """Return the clocks of those who have ordered."""
        return list(ClientFigures.objects.order_by("client__zone").values_list("client__zone", flat=True).distinct())

    def whose(self, day: date, zone: str, after: int, limit: int) -> list[int]:
        """Return ids of the clients who ordered last on the day so long ago, by their own calendar."""
        then = day - timedelta(days=self.days)
        first = datetime.combine(then, time.min, ZoneInfo(zone))
        last = datetime.combine(then + timedelta(days=1), time.min, ZoneInfo(zone))
        rows = ClientFigures.objects.filter(
            client__zone=zone,
            client__binned_at__isnull=True,
            client_id__gt=after,
            last_at__gte=first,
            last_at__lt=last,
        )
        return list(rows.order_by("client_id").values_list("client_id", flat=True)[:limit])
