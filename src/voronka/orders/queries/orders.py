"""Orders as the actor may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.orders import ports
from voronka.orders.models import (
    DeliveryMethod,
    Order,
    OrderLetter,
    OrderLine,
    OrderPart,
    Passage,
    PaymentMethod,
    Return,
    Shipment,
    Status,
)
from voronka.orders.permissions import SEE
from voronka.orders.queries.reach import reachable
from voronka.stock import queries as stock

WITH = ("client", "status", "responsible", "responsible__user", "delivery_method", "payment_method", "place")


@dataclass(frozen=True, slots=True)
class OrderCard:
    """All that is known of one order. `held` is what is promised of each line and where it lies."""

    order: Order
    lines: Sequence[OrderLine]
    parts: Sequence[OrderPart]
    shipments: Sequence[Shipment]
    returns: Sequence[Return]
    passages: Sequence[Passage]
    held: Sequence[stock.Held]

    @property
    def owed(self) -> Decimal:
        """What it is to be paid in all: its sum without that of what has come back, or what a cancelled one sent."""
        return self.order.owed

    @property
    def to_pay(self) -> Decimal:
        """What its bar of payment is drawn against: what is owed, the whole sum where nothing is any more."""
        return self.order.owed or self.order.total

    @property
    def paid_share(self) -> Decimal:
        """How much of that is paid, 0 to 1; 1 where there is nothing to pay."""
        return min(Decimal(1), self.order.paid / self.to_pay) if self.to_pay else Decimal(1)

    @property
    def to_give(self) -> Decimal:
        """What was paid beyond that, has come off its papers, and is to be given back to the client."""
        return ports.money().to_give(self.order.pk)


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many orders stand in a status, and what they come to."""

    status: Status
    count: int
    total: Decimal


def list_orders(actor: Actor) -> QuerySet[Order]:
    """Return the orders that the actor may see, the newest first."""
    return Order.objects.filter(reachable(actor)).select_related(*WITH).order_by("-id")


def find_orders(
    actor: Actor, asked: Mapping[str, str], *, now: datetime, text: str = ""
) -> tuple[QuerySet[Order], dict[str, str]]:
    """Return the orders that facets and a text ask for, and the problems of facets that made no sense, by name.

    The text is a number, the channel's number, or a word of a line.
    """
    wanted, problems = facets.condition("order", dict(asked), actor, now=now)
    found = list_orders(actor).filter(wanted)
    return (found.filter(matching(text)) if text.strip() else found), problems


def matching(text: str) -> Q:
    """Return the condition of orders that a typed text means."""
    line = text.replace("\0", "").strip()[:100]
    plain = line.lstrip("№# ").strip()
    wanted = Q(outer_number__iexact=line) | Q(recipient_phone__contains=line) | Q(client__name__icontains=line)
    lines = OrderLine.objects.filter(name__icontains=line).values("order_id")
    wanted |= Q(pk__in=lines)
    if plain.isascii() and plain.isdigit() and len(plain) < 10:
        wanted |= Q(number=int(plain))
    return wanted


def totals(found: QuerySet[Order]) -> list[StatusCount]:
    """Return how many of the orders stand in each status and what they come to, in the order of statuses."""
    rows = found.order_by().values("status_id").annotate(count=Count("id"), sum=Sum("total"))
    by_status = {row["status_id"]: (row["count"], row["sum"] or Decimal(0)) for row in rows}
    return [
        StatusCount(one, *by_status.get(one.pk, (0, Decimal(0))))
        for one in Status.objects.order_by("position", "id")
        if one.is_on or one.pk in by_status
    ]


def get_order(actor: Actor, public_id: str) -> Order:
    """Return an order within reach. Raises NotFound."""
    found = list_orders(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such order."))
    return found


def card(actor: Actor, public_id: str) -> OrderCard:
    """Return an order within reach with all that hangs on it. Raises NotFound."""
    return card_of(get_order(actor, public_id))


def card_of(order: Order) -> OrderCard:
    """Return what hangs on an order, for those who have found it: the client by his own link."""
    return OrderCard(
        order=order,
        lines=list(order.lines.order_by("position")),
        parts=list(order.parts.select_related("line", "task", "source", "target").order_by("id")),
        shipments=list(order.shipments.select_related("place", "method").prefetch_related("lines").order_by("id")),
        returns=list(order.returns.select_related("place").prefetch_related("lines").order_by("id")),
        passages=list(order.passages.select_related("status", "employee", "employee__user").order_by("id")),
        held=stock.held_for("order", order.pk),
    )


def purchases_of(actor: Actor, client_id: int, *, most: int = 50) -> list[Order]:
    """Return the orders of a client that the actor may see, the newest first."""
    return list(list_orders(actor).filter(client_id=client_id)[:most])


def orders_about(actor: Actor, kind: str, subject_id: int, *, most: int = 50) -> list[Order]:
    """Return the orders that came from a deal or another record, the newest first."""
    return list(list_orders(actor).filter(subject_kind=kind, subject_id=subject_id)[:most])


def find_by_operation(operation: UUID) -> Order | None:
    """Return the order that an act placed, whoever asks: for what takes the act back."""
    return Order.objects.filter(operation=operation).first()


def find_by_number(number: str, *, near: datetime, within: timedelta) -> int | None:
    """Return the id of the order that has a number, ours or its channel's, and was made about a moment."""
    wanted = Q(outer_number__iexact=number) & ~Q(outer_number="")
    if number.isascii() and number.isdecimal() and len(number) < 10:
        wanted |= Q(number=int(number))
    rows = Order.objects.filter(wanted, made_at__gte=near - within, made_at__lte=near + within)
    return rows.order_by("id").values_list("id", flat=True).first()


def numbers_of(order_id: int) -> list[str]:
    """Return by which numbers an order is called: ours, and its channel's where it has one."""
    found = Order.objects.filter(pk=order_id).values_list("number", "outer_number").first()
    return [] if found is None else [str(one) for one in found if one]


def named_orders(actor: Actor, ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return number and public id of those orders that the actor may see, by id."""
    rows = Order.objects.filter(reachable(actor), pk__in=ids).values_list("id", "number", "public_id")
    return {pk: (number, public_id) for pk, number, public_id in rows}


def responsible_of(order_id: int) -> int | None:
    """Return who answers for an order."""
    return Order.objects.filter(pk=order_id).values_list("responsible_id", flat=True).first()


def list_statuses(*, only_on: bool = True) -> list[Status]:
    """Return the statuses in their order."""
    found = Status.objects.order_by("position", "id")
    return list(found.filter(is_on=True) if only_on else found)


def list_delivery(*, only_on: bool = True) -> list[DeliveryMethod]:
    """Return the ways of delivery in their order."""
    found = DeliveryMethod.objects.order_by("position", "id")
    return list(found.filter(is_on=True) if only_on else found)


def list_payment(*, only_on: bool = True) -> list[PaymentMethod]:
    """Return the ways of payment in their order."""
    found = PaymentMethod.objects.order_by("position", "id")
    return list(found.filter(is_on=True) if only_on else found)


def may_see(actor: Actor) -> bool:
    """Tell whether the actor sees orders at all."""
    return actor.may(SEE, owner_id=actor.employee_id)


def made_in(order_id: int) -> tuple[int, datetime, str] | None:
    """Return whose an order is by now, when it was made and in what money; None where it is gone."""
    return Order.objects.filter(pk=order_id).values_list("client_id", "made_at", "currency").first()


@dataclass(frozen=True, slots=True)
class Worth:
    """What an order is worth by now: nothing when it was cancelled, less what the client has brought back."""

    client_id: int
    at: datetime
    currency: str
    worth: Decimal


def worth_of(order_id: int) -> Worth | None:
    """Return whose an order is by now, when it was made, and what it is worth; None where it is gone."""
    row = Order.objects.filter(pk=order_id).only("client_id", "made_at", "currency", "total", "phase").first()
    if row is None:
        return None
    rows = Return.objects.filter(order=row, state__in=[Return.State.RECEIVED, Return.State.REFUNDED])
    back = rows.aggregate(n=Sum("sum"))["n"] or Decimal(0)
    worth = Decimal(0) if row.phase == "cancelled" else max(row.total - back, Decimal(0))
    return Worth(row.client_id, row.made_at, row.currency, worth)


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of rows by id; kinds: order, shipment, order_return, order_letter. Raises KeyError."""
    rows: dict[str, QuerySet[Order] | QuerySet[Shipment] | QuerySet[Return] | QuerySet[OrderLetter]] = {
        "order": Order.objects.filter(pk__in=ids),
        "shipment": Shipment.objects.filter(pk__in=ids),
        "order_return": Return.objects.filter(pk__in=ids),
        "order_letter": OrderLetter.objects.filter(pk__in=ids),
    }
    return dict(rows[kind].values_list("id", "public_id"))
