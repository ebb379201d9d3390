"""One SMS sent by hand to try a provider: written down before it goes, settled by the answer and by the receipt."""

import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.kit.tenancy import current_company_id
from voronka.messaging.models.sms import SmsProvider, SmsTold, SmsTry
from voronka.messaging.permissions import SET_UP_SMS
from voronka.messaging.ports import Handed, Incoming, Outgoing, Refused, Silent, SmsReceipt
from voronka.messaging.rules.receipts import form_of, key_of, learn_forms
from voronka.messaging.rules.sms import MOST_PARTS, count, mobile_number
from voronka.messaging.services.sms_faults import FAULTS
from voronka.messaging.services.sms_links import taker
from voronka.messaging.services.sms_providers import open_gateway
from voronka.messaging.services.writing_sms import tariff_with

MOST_A_DAY = 50
LISTEN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class TryDraft:
    """A message to try, as it is typed."""

    provider: str
    address: str
    sender: str
    text: str
    operation: uuid.UUID | None = None


def send_try(*, actor: Actor, draft: TryDraft, now: datetime) -> SmsTry:
    """Send one SMS and wait a moment for its receipt; the provider is spoken to between two transactions.

    A form that is sent twice (`operation`) sends one: the second press gets the row of the first.

    Raises Denied, NotFound, Invalid, Refusal when there were too many today.
    """
    with transaction.atomic():
        row, is_new = _written(actor, draft, now)
    if not is_new:
        return row
    told: list[SmsReceipt | Incoming] = []
    keep = taker(current_company_id(), row.provider_id)

    def take(one: SmsReceipt | Incoming) -> None:
        keep(one)  # the session may bring news of messages to clients as well
        told.append(one)

    gateway = open_gateway(row.provider, take)
    message = Outgoing(row.pk, row.public_id, f"+{row.address}", row.sender, "", row.text, "", "service")
    try:
        handed = next(iter(gateway.hand_over([message])))
        waits_till = time.monotonic() + LISTEN_SECONDS
        while len(told) < len(handed.part_ids) and time.monotonic() < waits_till:
            gateway.listen(0.2)
    except Silent:
        pass  # what was answered stands, and the receipt comes another time
    finally:
        gateway.close()
    receipts = [one for one in told if isinstance(one, SmsReceipt) and one.address in ("", row.address)]
    with transaction.atomic():
        return _settled(row.pk, handed, receipts, now)


def _written(actor: Actor, draft: TryDraft, now: datetime) -> tuple[SmsTry, bool]:
    """Write a message down before it goes; return it, and whether it is a new one."""
    actor.require(SET_UP_SMS)
    # The row of the provider is the place in the queue: two at once are counted one after the other.
    provider = SmsProvider.objects.select_for_update().filter(public_id=draft.provider).first()
    if provider is None:
        raise NotFound(_("There is no such provider of SMS."))
    if draft.operation is not None:
        known = SmsTry.objects.select_related("provider").filter(operation=draft.operation).first()
        if known is not None:
            return known, False
    number, counted = mobile_number(draft.address), count(draft.text, tariff_with(provider).default)
    problems = {}
    if not number:
        problems["address"] = _("One mobile number is expected here.")
    if not draft.text.strip() or len(counted.parts) > MOST_PARTS or len(draft.text) > 1000:
        problems["text"] = _("From 1 to 1,000 characters.")
    if not draft.sender.strip() or len(draft.sender) > 15:
        problems["sender"] = _("Write the name of the sender: up to 11 Latin letters and digits, such as MyShop.")
    if problems:
        raise Invalid(_("Not sent: mend the marked places."), fields=problems)
    if SmsTry.objects.filter(made_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refusal(_("Fifty tries a day are enough: they cost money. Go on tomorrow."), code="too_many")
    row = SmsTry.objects.create(
        provider=provider, employee_id=actor.employee_id, address=number,
        sender=draft.sender.strip(), text=draft.text, code="no_answer", made_at=now, alphabet=counted.alphabet,
        parts=len(counted.parts), operation=draft.operation,
    )  # fmt: skip
    return row, True


def _settled(pk: int, handed: Handed, receipts: list[SmsReceipt], now: datetime) -> SmsTry:
    row = SmsTry.objects.select_for_update(of=("self",)).select_related("provider").get(pk=pk)
    row.state, row.code, row.words = handed.state, handed.code, handed.words[:200]
    row.provider_number, row.cost = handed.provider_id[:65], handed.cost
    row.parts = handed.parts or row.parts
    if receipts:
        _learn(row, handed, receipts)
        _told(row, receipts, len(handed.part_ids) or 1, now)
        # They were kept as well, as everything is that comes; nobody else waits for them.
        keys = [key_of(one.provider_id, form_of(row.provider.receipt_form)) for one in receipts]
        SmsTold.objects.filter(provider=row.provider, key__in=keys, address__in=("", row.address)).delete()
    row.save(update_fields=["state", "code", "words", "provider_number", "cost", "parts", "ended_at"])
    return row


def _learn(row: SmsTry, handed: Handed, receipts: list[SmsReceipt]) -> None:
    """Keep how the provider writes numbers of messages, where one test tells it."""
    if len(handed.part_ids) == len(receipts) == 1:
        forms = learn_forms(handed.part_ids[0], receipts[0].provider_id)
        if forms is not None:
            SmsProvider.objects.filter(pk=row.provider_id).update(answer_form=forms[0], receipt_form=forms[1])


def _told(row: SmsTry, receipts: list[SmsReceipt], parts: int, now: datetime) -> None:
    """Let receipts say what became of a message: one part that failed is all of it, delivered are all of them."""
    failed = next((one for one in receipts if one.state == "failed"), None)
    delivered = {key_of(one.provider_id, "text") for one in receipts if one.state == "delivered"}
    if failed is not None:
        row.state, row.code, row.words, row.ended_at = "failed", failed.code, failed.words[:200], now
    elif len(delivered) >= parts:
        row.state, row.code, row.words, row.ended_at = "delivered", "", receipts[-1].words[:200], now


def ask_try(*, actor: Actor, public_id: str, now: datetime) -> SmsTry:
    """Ask the provider how a message stands. Raises Denied, NotFound, Refusal in words of the catalogue."""
    with transaction.atomic():
        actor.require(SET_UP_SMS)
        row = SmsTry.objects.select_related("provider").filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such message."))
    gateway = open_gateway(row.provider, lambda _told: None)
    try:
        receipt = gateway.status(row.pk, row.provider_number, row.address)
    except (Refused, Silent) as error:
        fault = FAULTS[error.code]
        raise Refusal(f"{fault.name}. {fault.cure}", code=error.code) from error
    finally:
        gateway.close()
    if receipt is None:
        raise Refusal(_("This provider cannot be asked: his receipt comes by itself."), code="no_status")
    with transaction.atomic():
        row = SmsTry.objects.select_for_update().get(pk=row.pk)
        if receipt.state in ("delivered", "failed"):
            _told(row, [receipt], 1, now)
        elif receipt.state == "accepted" and row.state == "unknown":
            row.state, row.code = "accepted", ""
        row.save(update_fields=["state", "code", "words", "ended_at"])
    return row
