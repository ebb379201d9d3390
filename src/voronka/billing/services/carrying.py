"""Money of an order that pays another one: what was paid for exchanged goods pays what is given instead."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from voronka.billing.models import Document, Payment
from voronka.billing.queries.debts import open_of_subject
from voronka.billing.queries.money import payments_on
from voronka.billing.queries.surplus import asked_of, to_give
from voronka.billing.rules.totals import ZERO
from voronka.billing.services import payments, surplus
from voronka.billing.services.following import ask_for, invoices_of, issue_like, left_to_a_person
from voronka.billing.services.subjects import tell_paid
from voronka.kit.actors import Actor
from voronka.kit.sold import SoldLine
from voronka.kit.tenancy import current_company_id


class OrderMoney:
    """The money of orders, as those who sell ask of it."""

    def on(self, order_id: int) -> Decimal:
        """Return what lies on the invoices of an order."""
        whole: Decimal | None = invoices_of(order_id).aggregate(whole=Sum("paid"))["whole"]
        return whole or ZERO

    def to_give(self, order_id: int) -> Decimal:
        """Return what has come off the invoices of an order and is to be given back."""
        return to_give(order_id)

    def asked(self, order_id: int) -> Decimal:
        """Return what providers were asked to give back of that and have not said yet."""
        return asked_of(order_id)

    @transaction.atomic
    def carry(
        self, old_id: int, new_id: int, amount: Decimal, rest: Decimal, kept: Sequence[SoldLine], *, actor: Actor,
        now: datetime,
    ) -> Decimal:  # fmt: skip
        """Take money off the invoices of an order, the last to come first, and give it to that of another order.

        The rest is to be given back then (services.surplus). An invoice of the new order is
        issued where it has none; the old one is issued anew for what stays, or void where nothing does, so that nobody
        owes for what came back. Who may exchange goods moves the money of the same client with them, whatever else he
        may do with money. Payments are locked before papers, as everywhere.
        """
        keeper = replace(Actor.system(current_company_id()), employee_id=actor.employee_id)
        olds = list(invoices_of(old_id).filter(state=Document.State.ISSUED).order_by("pk"))
        ids = sorted({one.payment_id for one in payments_on(olds)})
        list(Payment.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
        target = (
            (open_of_subject("order", new_id) or issue_like(olds, new_id, actor=keeper, now=now)) if amount else None
        )
        papers = [*olds, target] if target is not None else olds
        list(Document.objects.select_for_update().filter(pk__in=[one.pk for one in papers]).order_by("pk"))
        if target is not None:
            target.refresh_from_db()
            amount = min(amount, target.amount - target.paid)
        moved, left = ZERO, amount + rest
        for part in reversed(payments_on(olds)):
            taken = min(part.amount, left)
            if taken <= 0:
                break
            given = min(taken, amount - moved)
            stays = [(part.document.public_id, part.amount - taken)]
            parts = [(target.public_id, given), *stays] if target is not None else stays
            payments.take_back(actor=keeper, allocation_id=part.public_id, now=now)
            if wanted := [one for one in parts if one[1]]:
                payments.allocate(actor=keeper, public_id=part.payment.public_id, parts=wanted, now=now, is_auto=True)
            if taken > given:
                surplus.free(Payment.objects.get(pk=part.payment_id), old_id, taken - given, now=now)
            moved, left = moved + given, left - taken
        if len(olds) == 1:
            _lessen(olds[0], kept, keeper, now)
        for paper in papers[:1] + papers[-1:]:
            tell_paid(paper.pk, now=now)
        return moved


def _lessen(paper: Document, kept: Sequence[SoldLine], actor: Actor, now: datetime) -> None:
    """Let an invoice of a whole order ask for what stays of it; one of a part, or of less, stays as it is."""
    paper.refresh_from_db()
    stays = sum((one.sum for one in kept), ZERO)
    if paper.paid <= stays < paper.amount:
        with left_to_a_person(paper):
            ask_for(paper, kept, stays, actor, now)
