"""Money that goes back through a provider: asked of him once, and what he gave back by himself."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from voronka.billing import events, ports
from voronka.billing.models import Allocation, OnlinePayment, OnlineRefund, Payment, Surplus
from voronka.billing.permissions import TAKE_MONEY
from voronka.billing.queries.money import allocations_of, get_payment
from voronka.billing.services import payments
from voronka.billing.services.providers import open_gateway
from voronka.billing.services.surplus import owe_again, tell_gone
from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict
from voronka.kit.events import publish
from voronka.kit.tenancy import current_company_id

PAUSES = (10, 60, 300, 900, 3600)
# For a day a provider knows a request by its key; after it the same request would give the money back once more.
KEY_LIVES = timedelta(hours=23)
State = OnlineRefund.State


def give_back(
    *, actor: Actor, public_id: str, amount: Decimal, day: date, now: datetime, operation: uuid.UUID
) -> OnlineRefund:  # fmt: skip
    """Give money back by the way it came. It leaves the payment at once, so nothing else can spend it; a provider who
    refuses puts it back. The same `operation` again goes on with what was begun.

    Raises Denied, NotFound, Conflict, Invalid.
    """
    actor.require(TAKE_MONEY)
    row = begin(actor=actor, public_id=public_id, amount=amount, day=day, now=now, operation=operation)
    return ask_refund(row.pk, now=now) if row.state == State.UNKNOWN else row


@again
@transaction.atomic
def begin(
    *, actor: Actor, public_id: str, amount: Decimal, day: date, now: datetime, operation: uuid.UUID,
    surplus: Surplus | None = None,
) -> OnlineRefund:  # fmt: skip
    """Take the money off its payment; the provider is asked for it next. Raises Denied, NotFound, Conflict, Invalid."""
    payment = get_payment(public_id, lock=True)
    online = OnlinePayment.objects.select_for_update().filter(payment=payment).first()
    if online is None:
        raise Conflict(_("This payment did not come by link."), code="not_online")
    known = OnlineRefund.objects.filter(operation=operation).first()
    if known is not None:
        if (known.online_id, known.amount) != (online.pk, amount):
            raise Conflict(_("This payment has changed since the page was opened: look at it again."), code="reused")
        return known
    if amount > online.amount - online.refunded:
        raise Conflict(
            _("Only %(left)s can still go back.") % {"left": online.amount - online.refunded}, code="too_much"
        )
    waits = dict(Surplus.objects.filter(payment=payment, amount__gt=0).order_by("pk").values_list("pk", "amount"))
    out = payments.refund(
        actor=actor, public_id=public_id, amount=amount, method="online", day=day, now=now, operation=operation,
        surplus=surplus,
    )  # fmt: skip
    left = dict(Surplus.objects.filter(pk__in=waits).values_list("pk", "amount")) if waits else {}
    OnlinePayment.objects.filter(pk=online.pk).update(refunded=F("refunded") + amount)
    return OnlineRefund.objects.create(
        online=online, out=out, operation=operation, amount=amount, made_at=now,
        owed=[[pk, str(owed - left[pk])] for pk, owed in waits.items() if owed > left[pk]],
        next_at=now + timedelta(seconds=PAUSES[0]),
    )  # fmt: skip


def ask_refund(refund_id: int, *, now: datetime) -> OnlineRefund:
    """Ask the provider for a refund that is not done yet, under its own key; return it as it is then.

    One that is so old that the key may be forgotten is looked for in what has gone back first.
    """
    with transaction.atomic():
        row = OnlineRefund.objects.select_related("online__provider").get(pk=refund_id)
    if row.state != State.UNKNOWN or not row.online.outer_id:
        return row
    number, gateway = row.online.outer_id, open_gateway(row.online.provider)
    try:
        if now - row.made_at < KEY_LIVES or not _has_gone(row, gateway.status(number)):
            gateway.refund(number, operation=str(row.operation), amount=row.amount, currency=row.online.currency)
    except ports.ProviderSilent as silent:
        return _ended(row.pk, State.UNKNOWN, silent.code, now)
    except ports.ProviderRefused as refused:
        return _ended(row.pk, State.REFUSED, refused.code, now)
    return _ended(row.pk, State.DONE, "", now)


@transaction.atomic
def _has_gone(row: OnlineRefund, told: ports.Told) -> bool:
    """Tell whether the provider has given back so much more than what is known to be done."""
    online = OnlinePayment.objects.get(pk=row.online_id)
    waits = OnlineRefund.objects.filter(online=online, state=State.UNKNOWN).aggregate(whole=Sum("amount"))["whole"]
    return told.refunded - (online.refunded - (waits or Decimal(0))) >= row.amount


@transaction.atomic
def _ended(refund_id: int, state: str, why: str, now: datetime) -> OnlineRefund:
    """Write down how the asking ended; who comes second finds it done."""
    found = OnlineRefund.objects.select_related("out").get(pk=refund_id)
    assert found.out.refund_of_id is not None
    payment = Payment.objects.select_for_update().get(pk=found.out.refund_of_id)
    online = OnlinePayment.objects.select_for_update().get(pk=found.online_id)
    row = OnlineRefund.objects.select_for_update(of=("self",)).select_related("out").get(pk=refund_id)
    if row.state != State.UNKNOWN:
        return row
    row.state, row.why, row.tries = state, why, row.tries + 1
    waits = timedelta(seconds=PAUSES[min(row.tries, len(PAUSES) - 1)])
    row.next_at = now + waits if state == State.UNKNOWN else None
    row.save(update_fields=["state", "why", "tries", "next_at"])
    if state == State.REFUSED:
        _put_back(row, payment, now)
    elif state == State.DONE:
        if online.refunded >= online.amount and online.state == OnlinePayment.State.PAID:
            OnlinePayment.objects.filter(pk=online.pk).update(state=OnlinePayment.State.REFUNDED, next_at=None)
        for surplus, _part in _owed_by(row):
            tell_gone(surplus, payment, now=now)
    return row


def _put_back(row: OnlineRefund, payment: Payment, now: datetime) -> None:
    """Let a refund that the provider refused hold no more: its money lies on the payment again."""
    Payment.objects.filter(pk=row.out_id).update(settled="void", version=F("version") + 1)
    OnlinePayment.objects.filter(pk=row.online_id).update(refunded=F("refunded") - row.amount)
    settled = "" if payment.settled == "all" else payment.settled
    Payment.objects.filter(pk=payment.pk).update(
        refunded=F("refunded") - row.amount, settled=settled, version=F("version") + 1
    )
    payment.refresh_from_db()
    for surplus, part in _owed_by(row):
        owe_again(surplus, payment, part, now=now)
    publish(
        events.PaymentRefunded(payment_id=payment.pk, client_id=payment.client_id, amount=-row.amount, is_void=False),
        at=now,
    )


def _owed_by(row: OnlineRefund) -> list[tuple[Surplus, Decimal]]:
    """Return how much of a refund was owed to the client when it was begun, and by what."""
    parts = {pk: Decimal(part) for pk, part in row.owed}
    return [(one, parts[one.pk]) for one in Surplus.objects.filter(pk__in=parts).order_by("pk")] if parts else []


def take_outer_refund(row: OnlinePayment, amount: Decimal, *, now: datetime) -> None:
    """Record what the provider has given back by himself: the money is gone, so invoices lose as much as they must.

    The caller holds the row's lock and saves it.
    """
    actor = Actor.system(current_company_id(), origin="provider")
    assert row.payment_id is not None
    payment = Payment.objects.select_for_update().get(pk=row.payment_id)
    for one in reversed(allocations_of([payment]).get(payment.pk, [])):
        payment.refresh_from_db()
        short = amount - (payment.amount - payment.allocated - payment.refunded)
        if short <= 0:
            break
        _take_off(actor, payment, one, min(short, one.amount), now)
    payments.refund(
        actor=actor, public_id=payment.public_id, amount=amount, method="online",
        day=now.astimezone(actor.zone).date(), now=now,
    )  # fmt: skip
    row.refunded += amount


def _take_off(actor: Actor, payment: Payment, one: Allocation, amount: Decimal, now: datetime) -> None:
    """Take a sum off a paper: the whole part by its counter-entry, and what stays is given anew."""
    payments.take_back(actor=actor, allocation_id=one.public_id, now=now)
    if one.amount > amount:
        parts = [(one.document.public_id, one.amount - amount)]
        payments.allocate(actor=actor, public_id=payment.public_id, parts=parts, now=now, is_auto=True)
