"""What filters, columns and lists may ask of orders, and of clients by what they bought."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Expression, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor, Reach
from voronka.kit.facets import Asker, Facet, register_facet
from voronka.orders.models import ClientFigures, DeliveryMethod, Order, OrderLine, PaymentMethod, Status
from voronka.orders.permissions import SEE
from voronka.people import queries as people
from voronka.stock import queries as stock

OPEN = ("new", "work", "ready", "shipping")

CHANNELS = {
    "form": gettext_lazy("Form on the site"),
    "api": gettext_lazy("API"),
    "mail": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "deal": gettext_lazy("Deal"),
    "chat": gettext_lazy("Messenger"),
    "shop": gettext_lazy("Shop"),
    "market": gettext_lazy("Marketplace"),
}
PHASES = {
    "new": pgettext_lazy("orders", "New"),
    "work": gettext_lazy("In work"),
    "ready": gettext_lazy("Ready"),
    "shipping": gettext_lazy("On its way"),
    "done": gettext_lazy("Done"),
    "cancelled": pgettext_lazy("orders", "Cancelled"),
}
PAID = {
    "no": gettext_lazy("Not paid"),
    "part": gettext_lazy("Paid in part"),
    "full": gettext_lazy("Paid in full"),
    "over": gettext_lazy("Paid too much"),
}


def _one_of(words: Mapping[str, object], column: str) -> Callable[[str], Q]:
    def match(text: str) -> Q:
        if text not in words:
            raise ValueError(_("Choose one of the list."))
        return Q(**{column: text})

    return match


def match_status(text: str) -> Q:
    """Orders in a status."""
    found = Status.objects.filter(code=text).values_list("id", flat=True).first()
    if found is None:
        raise ValueError(_("There is no such status of orders."))
    return Q(status_id=found)


def match_responsible(text: str, asker: Asker) -> Q:
    """Mine, those of nobody, or of one employee."""
    fixed = {"me": Q(responsible_id=asker.actor.employee_id), "pool": Q(responsible=None)}
    if text in fixed:
        return fixed[text]
    found = [one.pk for one in accounts.list_employees(active=False) if one.public_id == text]
    if not found:
        raise ValueError(_("There is no such employee."))
    return Q(responsible_id=found[0])


def match_paid(text: str) -> Q:
    """Orders by how much is paid of what is owed; nobody waits for more money of one that was cancelled.

    A cancelled one that nobody has paid is none of these: it was not paid, and nobody asks for it.
    """
    waits = ~Q(phase="cancelled")
    found = {
        "no": waits & Q(paid=0, owed__gt=0),
        "part": waits & Q(paid__gt=0, paid__lt=F("owed")),
        "full": Q(paid=F("owed")) & (waits | Q(paid__gt=0)),
        "over": Q(paid__gt=F("owed")),
    }
    if text not in found:
        raise ValueError(_("Choose one of the list."))
    return found[text]


def match_late(text: str, asker: Asker) -> Q:
    """Open orders whose promised moment has passed, or the others."""
    late = Q(promised_at__lt=asker.now, delivered_at=None) & ~Q(phase__in=["done", "cancelled"])
    return late if people.read_yes(text) else ~late


def match_short(text: str) -> Q:
    """Orders that wait for goods, or the others."""
    waiting = Q(
        pk__in=Order.objects.filter(parts__kind="purchase", parts__state__in=["waiting", "doing"]).values("pk")
    )
    return waiting if people.read_yes(text) else ~waiting


def match_goods(text: str) -> Q:
    """Orders with goods whose name or code holds the words."""
    words = people.read_words(text)
    rows = OrderLine.objects.filter(Q(name__icontains=words) | Q(variant__code__iexact=words))
    return Q(pk__in=rows.values("order_id"))


def _sum_in(column: str) -> Callable[[str], Q]:
    def match(text: str) -> Q:
        least, most = people.read_range(text)
        wanted = Q() if least is None else Q(**{f"{column}__gte": least})
        return wanted if most is None else wanted & Q(**{f"{column}__lte": most})

    return match


def _day_in(column: str) -> Callable[[str, Asker], Q]:
    def match(text: str, asker: Asker) -> Q:
        first, last = people.read_days(text)
        zone, wanted = asker.actor.zone, Q()
        if first is not None:
            wanted &= Q(**{f"{column}__gte": datetime.combine(first, time.min, zone)})
        if last is not None:
            wanted &= Q(**{f"{column}__lte": datetime.combine(last, time.max, zone)})
        return wanted

    return match


def status_options() -> list[tuple[str, str]]:
    """Return the statuses as choices, in their order."""
    return [(one.code, one.name) for one in Status.objects.filter(is_on=True).order_by("position", "id")]


def match_delivery(text: str) -> Q:
    """Orders by their way of delivery."""
    return Q(delivery_method__public_id=people.read_words(text))


def match_payment(text: str) -> Q:
    """Orders by their way of payment."""
    return Q(payment_method__public_id=people.read_words(text))


def delivery_options() -> list[tuple[str, str]]:
    """Return the ways of delivery as choices."""
    return list(DeliveryMethod.objects.order_by("position", "id").values_list("public_id", "name"))


def payment_options() -> list[tuple[str, str]]:
    """Return the ways of payment as choices."""
    return list(PaymentMethod.objects.order_by("position", "id").values_list("public_id", "name"))


def responsible_options() -> list[tuple[str, str]]:
    """Return mine, nobody's, and the employees as choices."""
    fixed = [("me", _("mine")), ("pool", _("nobody's"))]
    return fixed + [(one.public_id, one.name) for one in accounts.list_employees()]


def yes_no_options() -> list[tuple[str, str]]:
    """Return yes and no as choices."""
    return [("yes", _("yes")), ("no", _("no"))]


def match_state(text: str) -> Q:
    """Orders in work, those that have come to their end, or any."""
    found = {"open": Q(phase__in=OPEN), "ended": ~Q(phase__in=OPEN), "any": Q()}
    if text not in found:
        raise ValueError(_("Choose one of the list."))
    return found[text]


def match_due(text: str, asker: Asker) -> Q:
    """Orders in work by their promise: late, for today, for tomorrow, within a week, without any."""
    day = asker.now.astimezone(asker.actor.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = {"today": (0, 1), "tomorrow": (1, 2), "week": (0, 7)}
    in_work = Q(phase__in=OPEN)
    if text in ends:
        first, last = (day + timedelta(days=shift) for shift in ends[text])
        return in_work & Q(promised_at__gte=first, promised_at__lt=last)
    if text not in ("late", "none"):
        raise ValueError(_("Choose one of the list."))
    return in_work & (Q(promised_at=None) if text == "none" else Q(promised_at__lt=asker.now, delivered_at=None))


def match_pickup(text: str) -> Q:
    """Orders that the client comes for, or all the others."""
    wanted = Q(delivery_method__kind="pickup")
    return wanted if people.read_yes(text) else ~wanted


def match_place(text: str) -> Q:
    """Orders whose goods leave from a place."""
    return Q(place__public_id=people.read_words(text))


def state_options() -> list[tuple[str, str]]:
    """Return the states of orders as choices."""
    return [("open", _("in work")), ("ended", _("ended")), ("any", pgettext("order", "any"))]


def due_options() -> list[tuple[str, str]]:
    """Return what may be asked of the promise as choices."""
    return [
        ("late", pgettext("order", "late")), ("today", _("today")), ("tomorrow", _("tomorrow")),
        ("week", _("within a week")), ("none", _("without a date")),
    ]  # fmt: skip


def place_options() -> list[tuple[str, str]]:
    """Return the places as choices."""
    return [(one.public_id, one.name) for one in stock.places(Actor.system(0), only_on=False)]


def _words(of: Mapping[str, object]) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(code, str(name)) for code, name in of.items()]


for _facet in (
    Facet("order", "status", gettext_lazy("Status"), "choice", match_status, F("status__position"), status_options),
    Facet(
        "order", "phase", gettext_lazy("Step of the way"), "choice", _one_of(PHASES, "phase"), options=_words(PHASES)
    ),
    Facet(
        "order", "channel", gettext_lazy("Channel"), "choice", _one_of(CHANNELS, "channel"), F("channel"),
        _words(CHANNELS),
    ),
    Facet(
        "order", "responsible", gettext_lazy("Responsible"), "choice", match_responsible, options=responsible_options,
        by_asker=True,
    ),
    Facet("order", "paid", gettext_lazy("Payment"), "choice", match_paid, F("paid"), _words(PAID)),
    Facet(
        "order", "late", gettext_lazy("Late"), "yes_no", match_late, options=yes_no_options, by_asker=True,
        is_column=False,
    ),
    Facet("order", "short", gettext_lazy("Waits for goods"), "yes_no", match_short, options=yes_no_options,
          is_column=False),
    Facet("order", "goods", gettext_lazy("Goods"), "text", match_goods, is_column=False),
    Facet("order", "sum", gettext_lazy("Sum"), "money", _sum_in("total"), F("total")),
    Facet("order", "delivery", gettext_lazy("Delivery"), "choice", match_delivery, options=delivery_options),
    Facet("order", "payment", gettext_lazy("Way of payment"), "choice", match_payment, options=payment_options),
    Facet("order", "made_at", gettext_lazy("Ordered on"), "date", _day_in("made_at"), F("made_at"), by_asker=True),
    Facet(
        "order", "promised_at", gettext_lazy("Promised for"), "date", _day_in("promised_at"), F("promised_at"),
        by_asker=True,
    ),
    Facet("order", "state", gettext_lazy("State"), "choice", match_state, options=state_options, is_column=False),
    Facet("order", "due", gettext_lazy("Promise"), "choice", match_due, options=due_options, by_asker=True,
          is_column=False),
    Facet("order", "pickup", gettext_lazy("Pickup"), "yes_no", match_pickup, options=yes_no_options,
          is_column=False),
    Facet("order", "place", gettext_lazy("Place"), "choice", match_place, options=place_options,
          empty=Q(place=None)),
    Facet("order", "status_at", gettext_lazy("In the status since"), "date", _day_in("status_at"), F("status_at"),
          by_asker=True),
):  # fmt: skip
    register_facet(_facet)


# --- what clients have bought -------------------------------------------------------------------------------------


class Kept(Expression):
    """A kept figure of a client as lists sort by it; who has ordered nothing has the default, if there is one."""

    def __init__(self, column: str, default: object = None) -> None:
        found = next(one for one in ClientFigures._meta.concrete_fields if one.attname == column)
        super().__init__(output_field=found)
        self.column, self.default = column, default

    def resolve_expression(self, *args: Any, **named: Any) -> Any:  # as Django hands them on
        """Stand for the figure in the current company."""
        kept = Subquery(ClientFigures.objects.filter(client_id=OuterRef("pk")).values(self.column)[:1])
        whole = kept if self.default is None else Coalesce(kept, Value(self.default), output_field=self.output_field)
        return whole.resolve_expression(*args, **named)


def _bought(column: str) -> Callable[[str], Q]:
    """Return the condition on a kept figure in a range: 1000..5000; nothing bought is nought."""

    def match(text: str) -> Q:
        least, most = people.read_range(text)
        inside = _sum_in(column)(text)
        found = Q(pk__in=ClientFigures.objects.filter(inside).values("client_id"))
        if (least is None or least <= 0) and (most is None or most >= 0):
            found |= ~Q(pk__in=ClientFigures.objects.values("client_id"))
        return found

    return match


def _bought_on(text: str, asker: Asker) -> Q:
    kept = ClientFigures.objects.filter(_day_in("last_at")(text, asker))
    return Q(pk__in=kept.values("client_id"))


def _sees_orders(actor: Actor) -> bool:
    """Tell whether what clients bought may be told: to those who see all orders, for the figures count them all."""
    return actor.reach(SEE) is Reach.ALL


for _facet in (
    Facet(
        "client", "orders_count", gettext_lazy("Orders"), "number", _bought("count"), Kept("count", 0),
        open_to=_sees_orders,
    ),
    Facet(
        "client", "orders_sum", gettext_lazy("Sum of orders"), "money", _bought("total"),
        Kept("total", Decimal(0)), open_to=_sees_orders, field="client.sum",
    ),
    Facet(
        "client", "orders_average", gettext_lazy("Average order"), "money", _bought("average"),
        Kept("average", Decimal(0)), open_to=_sees_orders, field="client.sum",
    ),
    Facet(
        "client", "orders_last", gettext_lazy("Last order"), "date", _bought_on, Kept("last_at"), open_to=_sees_orders,
        by_asker=True,
    ),
):  # fmt: skip
    register_facet(_facet)
