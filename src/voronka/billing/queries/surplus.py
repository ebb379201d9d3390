"""What clients have paid beyond what their orders cost by now, as screens and other parts ask of it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _

from voronka.billing.models import OnlinePayment, OnlineRefund, Payment, Surplus
from voronka.billing.rules.totals import ZERO
from voronka.kit.errors import NotFound


def waiting_surpluses() -> QuerySet[Surplus]:
    """Return what is to be given back, the oldest first."""
    return Surplus.objects.filter(amount__gt=0).select_related("payment__client").order_by("made_at", "id")


def get_surplus(public_id: str) -> Surplus:
    """Return what is to be given back, or was. Raises NotFound."""
    found = Surplus.objects.filter(public_id=public_id).select_related("payment__client").first()
    if found is None:
        raise NotFound(_("There is no such surplus."))
    return found


def surpluses_of(order_id: int) -> list[Surplus]:
    """Return what is to be given back of an order, the oldest first."""
    return list(waiting_surpluses().filter(subject_kind="order", subject_id=order_id))


def surpluses_of_client(client_id: int, *, most: int = 5) -> list[Surplus]:
    """Return what is to be given back to a client, the oldest first."""
    return list(waiting_surpluses().filter(payment__client=client_id)[:most])


def to_give(order_id: int) -> Decimal:
    """Return how much of what came for an order is to be given back, or left to the client, as nobody has decided."""
    rows = Surplus.objects.filter(subject_kind="order", subject_id=order_id, amount__gt=0)
    return rows.aggregate(whole=Sum("amount"))["whole"] or ZERO


def asked_of(order_id: int) -> Decimal:
    """Return how much of that providers were asked to give back and have not said yet whether they do."""
    own = dict(Surplus.objects.filter(subject_kind="order", subject_id=order_id).values_list("pk", "payment_id"))
    if not own:
        return ZERO
    rows = OnlineRefund.objects.filter(online__payment__in=own.values(), state=OnlineRefund.State.UNKNOWN)
    asked = [(pk, Decimal(part)) for owed in rows.values_list("owed", flat=True) for pk, part in owed]
    return sum((part for pk, part in asked if pk in own), ZERO)


def surpluses_by_client(client_ids: Sequence[int]) -> Mapping[int, Decimal]:
    """Return what is to be given back to clients; those to whom nothing is are left out."""
    rows = Surplus.objects.filter(amount__gt=0, payment__client__in=client_ids).order_by()
    told = rows.values("payment__client_id").annotate(whole=Sum("amount"))
    return {row["payment__client_id"]: row["whole"] for row in told}


def came_by_link(payment_ids: Sequence[int]) -> set[int]:
    """Return those payments that a provider knows, so that he can give them back."""
    if not payment_ids:
        return set()
    found = OnlinePayment.objects.filter(payment__in=payment_ids).values_list("payment_id", flat=True)
    return {one for one in found if one is not None}


def credit_of(client_id: int, currency: str = "RUB") -> Decimal:
    """Return the money of a client that lies on nothing: what he may pay other invoices with."""
    return sum((one.amount - one.allocated - one.refunded for one in credit_rows(client_id, currency)), ZERO)


def credit_rows(client_id: int, currency: str = "RUB") -> QuerySet[Payment]:
    """Return the payments of a client of which something lies on nothing."""
    rows = Payment.objects.filter(is_income=True, client_id=client_id, currency=currency)
    return rows.exclude(settled__in=("void", "aside")).filter(amount__gt=F("allocated") + F("refunded"))
