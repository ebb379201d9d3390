"""What is owed to a client since his order costs less: given back, left to him, or set against another invoice."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.billing.models import Document, OnlinePayment, Payment, Surplus
from voronka.billing.permissions import TAKE_MONEY
from voronka.billing.queries.documents import get_row
from voronka.billing.queries.surplus import credit_rows, get_surplus
from voronka.billing.rules.totals import ZERO
from voronka.billing.services import giving_back, payments
from voronka.billing.services.documents import require_payable
from voronka.billing.services.surplus import spend
from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict
from voronka.kit.jobs import defer
from voronka.kit.tenancy import current_company_id


@again
@transaction.atomic
def give_surplus_back(
    *, actor: Actor, public_id: str, day: date, now: datetime, operation: uuid.UUID, amount: Decimal | None = None,
    method: str = "",
) -> Payment:  # fmt: skip
    """Give back what is owed of a payment since its order costs less, all of it unless an amount is said; return the
    payment out.

    Without a method it goes as it came: what came by link is asked of its provider, soon after the transaction. The
    same operation again returns what it made. Raises Denied, NotFound, Conflict `nothing`, `too_much`, or `not_online`
    where there is no provider to ask, Invalid.
    """
    actor.require(TAKE_MONEY)
    payment, row = _locked(public_id)
    known = Payment.objects.filter(operation=operation, refund_of=payment).first()
    if known is not None:
        return known
    amount = row.amount if amount is None else amount
    if not row.amount or amount > row.amount:
        raise Conflict(_("%(left)s is to be given back.") % {"left": row.amount},
                       code="too_much" if row.amount else "nothing")  # fmt: skip
    came, method = not method, method or payment.method
    if method == "online":
        if not OnlinePayment.objects.filter(payment=payment).exists():
            raise Conflict(_("No provider knows this payment: say how it goes back.") if came else
                           _("This payment did not come by link."), code="not_online")  # fmt: skip
        begun = giving_back.begin(
            actor=actor,
            public_id=payment.public_id,
            amount=amount,
            day=day,
            now=now,
            operation=operation,
            surplus=row,
        )
        defer(
            "billing.ask_refund", company_id=current_company_id(), once=f"ask refund {begun.pk}", refund_id=begun.pk
        )
        return Payment.objects.get(pk=begun.out_id)
    return payments.refund(
        actor=actor, public_id=payment.public_id, amount=amount, method=method, day=day, now=now, operation=operation,
        surplus=row,
    )  # fmt: skip


@again
@transaction.atomic
def keep_surplus(*, actor: Actor, public_id: str, now: datetime, amount: Decimal | None = None) -> Payment:
    """Leave what was to be given back to the client for what he buys next. Left already: nothing changes.

    `amount` is what the page has shown. Raises Denied, NotFound, Conflict for another sum by now, and where nobody
    knows whose the money is.
    """
    actor.require(TAKE_MONEY)
    payment, row = _locked(public_id)
    if not row.amount:
        return payment
    if amount is not None and amount != row.amount:
        raise Conflict(_("%(left)s is to be given back.") % {"left": row.amount}, code="moved")
    if payment.client_id is None:
        raise Conflict(_("Say whose advance it is."), code="no_client")
    is_all = row.amount == payment.amount - payment.allocated - payment.refunded
    spend(payment, row.amount, "credit", now=now, first=row)
    if is_all:  # on what else lies there, nobody has decided
        payment.settled = "advance"
        payment.version += 1
        payment.save(update_fields=["settled", "version"])
    return payment


@again
@transaction.atomic
def pay_from_credit(*, actor: Actor, public_id: str, now: datetime) -> Document:
    """Let an invoice be paid by the client's own money that lies on nothing, as far as there is any, the oldest first;
    what nobody waits to have back before the rest. Paid already: nothing changes.

    Raises Denied, NotFound, Conflict `nothing` where he has none.
    """
    actor.require(TAKE_MONEY)
    document = get_row(actor, public_id)
    if document.state == Document.State.ISSUED and document.paid == document.amount and document.kind == "invoice":
        return document
    require_payable(document)
    rows = credit_rows(document.client_id, document.currency) if document.client_id else Payment.objects.none()
    held = list(rows.select_for_update().order_by("pk"))
    document = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    left, given = document.amount - document.paid, ZERO
    owed = set(Surplus.objects.filter(payment__in=held, amount__gt=0).values_list("payment_id", flat=True))
    for payment in sorted(held, key=lambda one: (one.pk in owed, one.day, one.pk)):
        part = min(left, payment.amount - payment.allocated - payment.refunded)
        if part > 0:
            parts = [(document.public_id, part)]
            payments.allocate(actor=actor, public_id=payment.public_id, parts=parts, now=now)
            left, given = left - part, given + part
    if left and not given:
        raise Conflict(_("The client has no money that lies on nothing."), code="nothing")
    document.refresh_from_db()
    return document


def _locked(public_id: str) -> tuple[Payment, Surplus]:
    """Lock the payment of a surplus, then read what is owed of it. Raises NotFound."""
    found = get_surplus(public_id)
    payment = Payment.objects.select_for_update().get(pk=found.payment_id)
    return payment, Surplus.objects.get(pk=found.pk)
