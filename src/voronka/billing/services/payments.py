"""Money: entered, given to papers, taken back, refunded. Each sum is guarded by the database."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from voronka.billing import events
from voronka.billing.models import Account, Allocation, ClientLimit, Document, Payment, Surplus
from voronka.billing.permissions import SET_UP, TAKE_MONEY
from voronka.billing.queries.money import get_payment
from voronka.billing.rules.totals import MOST_SUM, ZERO
from voronka.billing.services.documents import require_payable
from voronka.billing.services.surplus import spend, trim
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.people import queries as people

METHODS = ("bank", "cash", "card", "online", "other")


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """Money as it is entered by hand."""

    day: date
    amount: Decimal
    method: str = "bank"
    number: str = ""
    name: str = ""
    purpose: str = ""
    client_id: int | None = None
    account_id: str = ""
    note: str = ""


@transaction.atomic
def record_payment(
    *, actor: Actor, draft: PaymentDraft, documents: Sequence[tuple[str, Decimal]] = (), now: datetime,
    cause: uuid.UUID | None = None, key: str | None = None, operation: uuid.UUID | None = None,
) -> Payment:  # fmt: skip
    """Enter money that came, and give it to papers (public id, sum) at once.

    What was entered under this `operation` (a form) or `key` (a movement of a statement or provider) already is
    returned as it is: sent twice, also at once, it is one payment. Other money under the same operation, from a form
    that was gone back to, is refused (Conflict `reused`), and so is a payment of the bank with the number, day and sum
    of one that is there (Conflict `twice`). Raises Denied, NotFound, Conflict, Invalid.
    """
    actor.require(TAKE_MONEY)
    known = _entered_before(operation, key)
    if known is not None:
        return _same(known, draft, operation)
    problems = {}
    if not _is_sum(draft.amount):
        problems["amount"] = _("The sum has to be more than zero.")
    if draft.method not in METHODS:
        problems["method"] = _("There is no such way to pay.")
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    account = Account.objects.filter(public_id=draft.account_id).first() if draft.account_id else None
    number = draft.number.strip()[:20]
    if number and draft.method == "bank":
        _require_new(draft, number)
    if draft.client_id is not None:
        people.get_client_row(draft.client_id)
    row = Payment(
        method=draft.method, day=draft.day, amount=draft.amount, number=number, name=draft.name.strip()[:200],
        purpose=draft.purpose.strip()[:500], client_id=draft.client_id, account=account, note=draft.note.strip()[:300],
        employee_id=actor.employee_id, made_at=now, cause=cause, key=key, operation=operation,
    )  # fmt: skip
    known = _saved_once(row)
    if known is not None:
        return _same(known, draft, operation)
    publish(
        events.PaymentReceived(payment_id=row.pk, client_id=row.client_id, amount=row.amount, method=row.method),
        cause=cause,
        at=now,
    )
    if documents:
        row = allocate(actor=actor, public_id=row.public_id, parts=documents, now=now)
    return row


def _is_sum(amount: Decimal) -> bool:
    """Tell whether it is a sum of money: more than nothing, in whole kopecks. The database would round another."""
    return amount.is_finite() and 0 < amount <= MOST_SUM and amount == amount.quantize(Decimal("0.01"))


def _entered_before(operation: uuid.UUID | None, key: str | None) -> Payment | None:
    found = Payment.objects.filter(operation=operation).first() if operation is not None else None
    return found or (Payment.objects.filter(key=key).first() if key is not None else None)


def _same(known: Payment, draft: PaymentDraft, operation: uuid.UUID | None) -> Payment:
    """Return what was entered before, unless a form has sent other money: it would be taken for entered and be lost."""
    held = (known.amount, known.method, known.day, known.number, known.name)
    sent = (draft.amount, draft.method, draft.day, draft.number.strip()[:20], draft.name.strip()[:200])
    if operation is not None and held != sent:
        raise Conflict(_("Another payment was entered by this form already: open the page anew."), code="reused")
    return known


def is_entered(operation: uuid.UUID | None) -> bool:
    """Tell whether something was entered under this operation."""
    return _entered_before(operation, None) is not None


def _saved_once(row: Payment) -> Payment | None:
    """Save a payment; return the one that was quicker under its operation or key, None where it was this one."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        known = _entered_before(row.operation, row.key)
        if known is None:
            raise
        return known
    return None


def _require_new(draft: PaymentDraft, number: str) -> None:
    """Refuse a payment that is there; the account's row is locked, so that two at once do not both look before."""
    list(Account.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    twin = Payment.objects.filter(
        is_income=True, method="bank", number=number, day=draft.day, amount=draft.amount
    ).exclude(settled="void")
    if draft.client_id is not None:
        twin = twin.filter(client_id__in=[draft.client_id]) | twin.filter(client=None)
    if twin.exists():
        raise Conflict(
            _("Payment № %(number)s of that day and sum is there already.") % {"number": number}, code="twice"
        )


@transaction.atomic
def allocate(
    *, actor: Actor, public_id: str, parts: Sequence[tuple[str, Decimal]], now: datetime, is_auto: bool = False
) -> Payment:
    """Give parts of a payment to papers. All or nothing.

    Payment and papers are locked in key order and read again; what is more than is left of either is refused (Conflict
    `too_much`), and the database refuses it too. Raises Denied, NotFound, Conflict, Invalid.
    """
    actor.require(TAKE_MONEY)
    payment = get_payment(public_id, lock=True)
    if not payment.is_income or payment.settled in ("void", "aside"):
        raise Conflict(_("This payment cannot be given to papers."), code="not_open")
    wanted = _summed(parts)
    rows = {
        one.public_id: one for one in Document.objects.select_for_update().filter(public_id__in=wanted).order_by("pk")
    }
    left = payment.amount - payment.allocated - payment.refunded
    if sum(wanted.values(), ZERO) > left:
        raise Conflict(_("The payment has only %(left)s left.") % {"left": left}, code="too_much")
    for document_id, amount in wanted.items():
        document = require_payable(rows.get(document_id))
        if document.currency != payment.currency:
            raise Conflict(_("The invoice is in another currency."), code="currency")
        if amount > document.amount - document.paid:
            raise Conflict(
                _("Invoice № %(number)s waits for %(left)s only.")
                % {"number": document.number, "left": document.amount - document.paid},
                code="too_much",
            )
        _give(payment, document, amount, actor=actor, now=now, is_auto=is_auto)
    return _refreshed(payment, rows.values(), now=now)


def _summed(parts: Sequence[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Return the sums by paper: two parts for one paper are one."""
    wanted: dict[str, Decimal] = {}
    for document_id, amount in parts:
        if not amount.is_finite() or amount <= 0 or amount != amount.quantize(Decimal("0.01")):
            message = _("The sum has to be more than zero.")
            raise Invalid(message, fields={"amount": message})
        wanted[document_id] = wanted.get(document_id, ZERO) + amount
    if not wanted:
        message = _("Say which invoice it is for.")
        raise Invalid(message, fields={"documents": message})
    return wanted


def _give(
    payment: Payment, document: Document, amount: Decimal, *, actor: Actor, now: datetime, is_auto: bool = False,
    reverses: Allocation | None = None,
) -> None:  # fmt: skip
    """Write one row and both sums."""
    Allocation.objects.create(
        payment=payment, document=document, amount=amount, is_auto=is_auto, reverses=reverses,
        employee_id=actor.employee_id, at=now,
    )  # fmt: skip
    Document.objects.filter(pk=document.pk).update(paid=F("paid") + amount)
    Payment.objects.filter(pk=payment.pk).update(allocated=F("allocated") + amount)
    document.paid += amount
    payment.allocated += amount
    publish(
        events.PaymentAllocated(
            document_id=document.pk, payment_id=payment.pk, client_id=document.client_id, amount=amount,
            left=document.amount - document.paid,
        ),
        at=now,
    )  # fmt: skip


def _refreshed(payment: Payment, documents: object = (), *, now: datetime) -> Payment:
    """Say whether something is left of the payment, and whose it is where its papers tell."""
    left = payment.amount - payment.allocated - payment.refunded
    settled = "all" if not left else payment.settled if payment.settled == "advance" else ""
    clients = {one.client_id for one in documents if one.client_id}  # type: ignore[attr-defined]  # rows of papers
    if payment.client_id is None and len(clients) == 1:
        payment.client_id = clients.pop()
    payment.settled = settled
    payment.version += 1
    payment.save(update_fields=["settled", "client", "version"])
    trim(payment, "given", now=now)
    return payment


@transaction.atomic
def take_back(*, actor: Actor, allocation_id: str, now: datetime) -> Payment:
    """Take a part of a payment off its paper by a counter-entry. Done already: nothing changes.

    Raises Denied, NotFound.
    """
    actor.require(TAKE_MONEY)
    found = Allocation.objects.filter(public_id=allocation_id, amount__gt=0).select_related("payment").first()
    if found is None:
        raise NotFound(_("There is no such part of a payment."))
    payment = get_payment(found.payment.public_id, lock=True)
    document = Document.objects.select_for_update().get(pk=found.document_id)
    if Allocation.objects.filter(reverses=found).exists():
        return payment
    _give(payment, document, -found.amount, actor=actor, now=now, reverses=found)
    return _refreshed(payment, now=now)


@transaction.atomic
def settle(
    *, actor: Actor, public_id: str, way: str, client_id: int | None = None, note: str = "",
    now: datetime | None = None,
) -> Payment:  # fmt: skip
    """Decide on what is left of a payment: `advance` keeps it on the client's account, `aside` is no sale at all,
    `open` puts it back among those that wait. What was to be given back of it is not any more, but for the last way.

    Raises Denied, NotFound, Conflict, Invalid.
    """
    actor.require(TAKE_MONEY)
    payment = get_payment(public_id, lock=True)
    if payment.settled == "void":
        raise Conflict(_("This payment is void."), code="void")
    if way == "aside" and (payment.allocated or payment.refunded):
        raise Conflict(_("A part of it is given to papers already."), code="given")
    if way not in ("advance", "aside", "open"):
        raise Invalid(_("There is no such decision."))
    if client_id is not None:
        payment.client_id = people.get_client_row(client_id).pk
    if way == "advance" and payment.client_id is None:
        message = _("Say whose advance it is.")
        raise Invalid(message, fields={"client": message})
    left = payment.amount - payment.allocated - payment.refunded
    payment.settled = "" if way == "open" else way
    if way == "open" and not left:
        payment.settled = "all"
    payment.note = note.strip()[:300] or payment.note
    payment.version += 1
    payment.save(update_fields=["settled", "client", "note", "version"])
    if way != "open":
        spend(payment, left, "credit" if way == "advance" else "void", now=now)
    return payment


@transaction.atomic
def refund(
    *, actor: Actor, public_id: str, amount: Decimal, method: str, day: date, now: datetime,
    operation: uuid.UUID | None = None, surplus: Surplus | None = None,
) -> Payment:  # fmt: skip
    """Give money of a payment back: a payment out that names it. Not more than lies on no paper.

    What is owed to the client of it goes first, `surplus` before the rest. The same `operation` again returns what it
    made. Raises Denied, NotFound, Conflict, Invalid.
    """
    actor.require(TAKE_MONEY)
    payment = get_payment(public_id, lock=True)
    known = _entered_before(operation, None)
    if known is not None:
        if (known.refund_of_id, known.amount, known.method) != (payment.pk, amount, method):
            raise Conflict(_("This payment has changed since the page was opened: look at it again."), code="reused")
        return known
    if method not in METHODS or not _is_sum(amount):
        message = _("The sum has to be more than zero.")
        raise Invalid(message, fields={"amount": message})
    left = payment.amount - payment.allocated - payment.refunded
    if not payment.is_income or payment.settled == "void" or amount > left:
        raise Conflict(
            _("%(left)s can be given back: take the payment off its invoices first.") % {"left": left},
            code="too_much",
        )
    out = Payment.objects.create(
        is_income=False, method=method, day=day, amount=amount, client_id=payment.client_id, name=payment.name,
        inn=payment.inn, refund_of=payment, settled="all", employee_id=actor.employee_id, made_at=now,
        currency=payment.currency, operation=operation,
    )  # fmt: skip
    Payment.objects.filter(pk=payment.pk).update(refunded=F("refunded") + amount)
    payment.refunded += amount
    spend(payment, amount, "back", now=now, first=surplus)
    _refreshed(payment, now=now)
    publish(
        events.PaymentRefunded(payment_id=payment.pk, client_id=payment.client_id, amount=amount, is_void=False),
        at=now,
    )
    return out


@transaction.atomic
def void_payment(*, actor: Actor, public_id: str, now: datetime) -> Payment:
    """Let a payment that was entered by mistake hold no more; parts on papers are taken back by counter-entries.

    What the bank or a provider says has come cannot be voided (Conflict `not_by_hand`). Raises Denied, NotFound.
    """
    actor.require(TAKE_MONEY)
    payment = get_payment(public_id, lock=True)
    if payment.settled == "void":
        return payment
    if payment.key is not None or payment.refunded or not payment.is_income:
        raise Conflict(_("What the bank says has come cannot be voided."), code="not_by_hand")
    back = set(Allocation.objects.filter(payment=payment).values_list("reverses_id", flat=True))
    for one in Allocation.objects.filter(payment=payment, amount__gt=0).exclude(pk__in=[pk for pk in back if pk]):
        take_back(actor=actor, allocation_id=one.public_id, now=now)
    payment.refresh_from_db()
    payment.settled = "void"
    payment.save(update_fields=["settled"])
    spend(payment, payment.amount, "void", now=now)
    publish(
        events.PaymentRefunded(
            payment_id=payment.pk, client_id=payment.client_id, amount=payment.amount, is_void=True
        ),
        cause=payment.cause,
        at=now,
    )
    return payment


@transaction.atomic
def void_caused(*, actor: Actor, cause: uuid.UUID, now: datetime) -> list[str]:
    """Void the payments that a press entered, as the counter-entry of its undo; return their public ids."""
    rows = Payment.objects.filter(cause=cause).exclude(settled="void").order_by("-id")
    return [void_payment(actor=actor, public_id=row.public_id, now=now).public_id for row in rows]


@transaction.atomic
def set_limit(*, actor: Actor, client_id: int, amount: Decimal | None, days: int = 0) -> None:
    """Say how much a client may owe and for how long; None takes the limit away. Raises Denied, NotFound, Invalid."""
    actor.require(SET_UP)
    client = people.get_client_row(client_id)
    if amount is None:
        ClientLimit.objects.filter(client_id=client.pk).delete()
        return
    if not 0 <= amount <= MOST_SUM or not 0 <= days <= 3650:
        message = _("This limit cannot be.")
        raise Invalid(message, fields={"amount": message})
    ClientLimit.objects.update_or_create(client_id=client.pk, defaults={"amount": amount, "days": days})
