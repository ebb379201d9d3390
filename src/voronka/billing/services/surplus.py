"""What of a payment came for an order beyond what the order costs by now: kept beside its ledger, never more than is
left of the payment. Whoever calls holds the payment's row.
"""

from datetime import datetime
from decimal import Decimal

from voronka.billing import events
from voronka.billing.models import Payment, Surplus
from voronka.billing.rules.totals import ZERO
from voronka.kit.events import publish


def free(payment: Payment, order_id: int, amount: Decimal, *, now: datetime) -> None:
    """Write down that so much of a payment, which lies on no paper, is to be given back since its order costs less."""
    row, _made = Surplus.objects.get_or_create(
        payment=payment, subject_kind="order", subject_id=order_id, defaults={"made_at": now}
    )
    if not row.amount:
        row.made_at = now  # it waits anew
    _change(row, payment, amount, "freed", now)


def owe_again(row: Surplus, payment: Payment, amount: Decimal, *, now: datetime) -> None:
    """Let money be owed again that the provider did not give back, as far as it lies on nothing: it waits anew."""
    row.made_at = now
    _change(row, payment, min(amount, _left(payment) - sum(_rows(payment), ZERO)), "refused", now)


def spend(
    payment: Payment, amount: Decimal, way: str, *, now: datetime | None, first: Surplus | None = None
) -> None:  # fmt: skip
    """Let so much of a payment be owed no more, the oldest first, or all of `first` before them."""
    rows = list(Surplus.objects.filter(payment=payment, amount__gt=0).order_by("made_at", "id"))
    for row in sorted(rows, key=lambda one: first is None or one.pk != first.pk):
        part = min(row.amount, amount)
        if part > 0:
            _change(row, payment, -part, way, now)
            amount -= part


def trim(payment: Payment, way: str, *, now: datetime) -> None:
    """Let no more be owed than is left of a payment: what lies on nothing for another cause goes first."""
    over = sum(_rows(payment), ZERO) - _left(payment)
    if over > 0:
        spend(payment, over, way, now=now)


def _rows(payment: Payment) -> list[Decimal]:
    return list(Surplus.objects.filter(payment=payment, amount__gt=0).values_list("amount", flat=True))


def _left(payment: Payment) -> Decimal:
    return payment.amount - payment.allocated - payment.refunded


def tell_gone(row: Surplus, payment: Payment, *, now: datetime) -> None:
    """Announce that what a provider was asked for has gone back: no more is owed, nor less, but nothing is in doubt."""
    _tell(row, payment, ZERO, "gone", now)


def _change(row: Surplus, payment: Payment, amount: Decimal, way: str, now: datetime | None) -> None:
    if not amount:
        return
    row.amount += amount
    row.save(update_fields=["amount", "made_at"])
    _tell(row, payment, amount, way, now)


def _tell(row: Surplus, payment: Payment, amount: Decimal, way: str, now: datetime | None) -> None:
    publish(
        events.SurplusChanged(
            payment_id=payment.pk, client_id=payment.client_id, order_id=row.subject_id, amount=amount,
            left=row.amount, way=way,
        ),
        at=now,
    )  # fmt: skip
