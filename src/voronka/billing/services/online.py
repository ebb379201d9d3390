"""Payments by a provider: begun, asked about, recorded once.

A provider is spoken to between transactions, never inside one. What he says is believed only where we asked him:
notices make us ask, in whatever order, number and shape they come. docs/adr/0034.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from voronka.billing import ports
from voronka.billing.models import Document, OnlinePayment, Payment, Provider
from voronka.billing.rules.totals import ZERO
from voronka.billing.services import payments
from voronka.billing.services.documents import require_payable
from voronka.billing.services.giving_back import take_outer_refund
from voronka.billing.services.links import open_link
from voronka.billing.services.providers import open_gateway, provider_on
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict
from voronka.kit.jobs import defer
from voronka.kit.tenancy import current_company_id

log = structlog.get_logger(__name__)
State = OnlinePayment.State
OPEN = (State.UNKNOWN, State.WAITING)
# Asked again after this many seconds, then each hour till it is a week old: providers close unpaid ones long before.
PAUSES = (5, 10, 20, 40, 60, 120, 300, 600, 1800)
LONGEST = timedelta(days=7)
# Paid ones are asked about once a day for a month: money may go back by the provider's own pages.
AFTERWARDS, KEPT = timedelta(days=1), timedelta(days=30)
# One that is waiting is paid on rather than made again, so long as its page is sure to live.
SAME_FOR = timedelta(minutes=30)


class NotNow(Conflict):
    """The provider cannot be reached or has refused; the page says so and may be tried again."""

    status = 503
    code = "provider"


@dataclass(frozen=True, slots=True)
class _Begun:
    online: OnlinePayment
    provider: Provider


def start(*, link_id: int, back_url: str, now: datetime) -> str:
    """Begin to pay the invoice of a link, or go on with what was begun; return the provider's address.

    Pressed twice, also at once, it is one payment: the invoice's row is locked, and the operation is written before the
    provider is asked. Raises NotFound, Conflict, NotNow.
    """
    with transaction.atomic():
        begun = _begun(link_id, back_url, now)
    if begun.online.state == State.WAITING and begun.online.address:
        return begun.online.address
    row = ask(begun.online.pk, now=now)
    if row.state != State.WAITING or not row.address.startswith(("https://", "/")):
        raise NotNow(_("The payment could not be begun just now. Try again in a minute."))
    return row.address


def _begun(link_id: int, back_url: str, now: datetime) -> _Begun:
    link = open_link(link_id)
    document = require_payable(Document.objects.select_for_update().get(pk=link.document_id))
    left = document.amount - document.paid
    if left <= 0:
        raise Conflict(_("This invoice is paid already."), code="paid")
    provider = provider_on()
    if provider is None or document.currency != "RUB":
        raise Conflict(_("This invoice cannot be paid by link now."), code="no_provider")
    held = OnlinePayment.objects.filter(
        document=document, provider=provider, amount=left, state__in=OPEN, made_at__gt=now - SAME_FOR
    )
    row = held.order_by("-id").first()
    if row is None:
        row = OnlinePayment.objects.create(
            provider=provider, document=document, amount=left, currency=document.currency, back_url=back_url[:500],
            made_at=now, next_at=now + timedelta(seconds=PAUSES[0]),
        )  # fmt: skip
    return _Begun(row, provider)


def ask(online_id: int, *, now: datetime) -> OnlinePayment:
    """Ask the provider how a payment stands, and write down what he says; one he has not named yet is made.

    Silence leaves it as it is, to be asked again. Returns the row as it is then.
    """
    with transaction.atomic():
        row = OnlinePayment.objects.select_related("provider", "document").get(pk=online_id)
    gateway = open_gateway(row.provider)
    try:
        told = gateway.status(row.outer_id) if row.outer_id else gateway.create(_wanted(row))
    except ports.ProviderSilent as silent:
        return _put_off(row.pk, silent.code, now)
    except ports.ProviderRefused as refused:
        return _refused(row.pk, refused.code, now)
    return note(row.pk, told, now=now)


def _wanted(row: OnlinePayment) -> ports.Wanted:
    about = f"Счёт № {row.document.number} от {row.document.day:%d.%m.%Y}"
    return ports.Wanted(str(row.operation), row.amount, row.currency, about, row.back_url)


@transaction.atomic
def note(online_id: int, told: ports.Told, *, now: datetime) -> OnlinePayment:
    """Write down what the provider says: what is paid becomes a payment, once; what went back becomes a refund.

    Stale words undo nothing: paid stays paid. Another payment's number, sum or currency is not taken.
    """
    paid_by = OnlinePayment.objects.filter(pk=online_id).values_list("payment_id", flat=True).first()
    if paid_by is not None:  # the payment first, as refunds lock them
        Payment.objects.select_for_update().get(pk=paid_by)
    row = OnlinePayment.objects.select_for_update(of=("self",)).select_related("provider").get(pk=online_id)
    if (row.outer_id or told.outer_id) != told.outer_id or told.currency != row.currency or told.amount != row.amount:
        log.warning("a provider speaks of another payment", online=row.pk, provider=row.provider_id)
        return _put_off(row.pk, "strange_answer", now)
    row.outer_id, row.asked_at, row.why, row.tries = told.outer_id, now, "", row.tries + 1
    row.address = told.address or row.address
    if told.state == "paid":
        _take(row, now)
        if told.refunded > row.refunded:
            take_outer_refund(row, min(told.refunded, row.amount) - row.refunded, now=now)
        row.state = State.REFUNDED if row.refunded >= row.amount else State.PAID
    elif row.payment_id is None:
        row.state = State.DECLINED if told.state == "declined" else State.WAITING
    row.next_at = _next(row, now)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # the provider's number is another row's
        log.warning("a provider's number came twice", online=row.pk, provider=row.provider_id)
        return _put_off(row.pk, "strange_answer", now)
    return row


def _take(row: OnlinePayment, now: datetime) -> None:
    """Record the money and give it to the invoice, as much as it still waits for; the rest waits for a person."""
    if row.payment_id is not None:
        return
    actor = Actor.system(current_company_id(), origin="provider")
    document = Document.objects.select_for_update().get(pk=row.document_id)
    takes = document.kind == "invoice" and document.state == Document.State.ISSUED
    part = min(row.amount, document.amount - document.paid) if takes else ZERO
    draft = payments.PaymentDraft(
        day=now.astimezone(actor.zone).date(), amount=row.amount, method="online", client_id=document.client_id,
        purpose=f"Оплата по ссылке, счёт № {document.number}", name=str(document.body.get("buyer", {}).get("name", "")),
    )  # fmt: skip
    row.payment = payments.record_payment(
        actor=actor, draft=draft, documents=[(document.public_id, part)] if part > 0 else (), now=now,
        key=f"online:{row.provider_id}:{row.outer_id}",
    )  # fmt: skip
    row.paid_at = now


def _next(row: OnlinePayment, now: datetime) -> datetime | None:
    """Return when to ask again."""
    if row.state in OPEN:
        if now - row.made_at > LONGEST:
            return None
        return now + timedelta(seconds=PAUSES[min(row.tries, len(PAUSES) - 1)])
    if row.state == State.PAID and row.paid_at is not None and now - row.paid_at < KEPT:
        return now + AFTERWARDS
    return None


@transaction.atomic
def _put_off(online_id: int, code: str, now: datetime) -> OnlinePayment:
    row = OnlinePayment.objects.select_for_update().get(pk=online_id)
    row.why, row.asked_at, row.tries = code, now, row.tries + 1
    row.next_at = _next(row, now)
    row.save(update_fields=["why", "asked_at", "tries", "next_at"])
    return row


@transaction.atomic
def _refused(online_id: int, code: str, now: datetime) -> OnlinePayment:
    """The provider will not: one he never made is over; one he made may be asked about once the keys are mended."""
    row = OnlinePayment.objects.select_for_update().get(pk=online_id)
    if row.outer_id or code == "invalid_credentials":
        return _put_off(online_id, code, now)
    row.state, row.why, row.asked_at, row.next_at = State.DECLINED, code, now, None
    row.save(update_fields=["state", "why", "asked_at", "next_at"])
    return row


# --- notices and what is due ------------------------------------------------------------------------------------------


def company_of_hook(hook: str) -> tuple[int, int] | None:
    """Return company and provider of an address of notices."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, provider FROM billing_company_of_hook(%s)", [hook])
        found = cursor.fetchone()
        return None if found is None else (found[0], found[1])


@transaction.atomic
def take_notice(*, provider_id: int, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Take a provider's notice: the payment that it is about is asked for, soon. Return whether we know of it.

    Repeated, late and in any order it makes us ask once more, nothing else. Raises ports.Forged.
    """
    provider = Provider.objects.get(pk=provider_id)
    outer_id = open_gateway(provider).hint(headers, body, now=now.timestamp())
    row = OnlinePayment.objects.filter(provider=provider, outer_id=outer_id).only("pk").first()
    if row is not None:
        ask_soon(row.pk)
    return row is not None


def ask_soon(online_id: int) -> None:
    """Put off the asking; once, however often it is wanted meanwhile."""
    defer(
        "billing.ask_provider", company_id=current_company_id(), once=f"ask provider {online_id}", online_id=online_id
    )


def due(now: datetime, *, most: int = 200) -> list[tuple[int, int, int]]:
    """Return company, payment and refund (0: none) of what is to be asked again, over all companies."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, online, refund FROM billing_online_due(%s, %s)", [now, most])
        return [(company, online, refund) for company, online, refund in cursor.fetchall()]


def tries_of(document_id: int) -> list[OnlinePayment]:
    """Return the newest tries to pay an invoice."""
    return list(OnlinePayment.objects.filter(document_id=document_id).order_by("-id")[:10])


def paid_by_provider(payment_id: int) -> OnlinePayment | None:
    """Return the try that a payment came by, None for one that came otherwise."""
    return OnlinePayment.objects.filter(payment_id=payment_id).first()
