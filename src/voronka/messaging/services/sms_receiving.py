"""What providers tell of SMS: receipts by their numbers, kept until the message is known, and answers of subscribers.

Lock order: the message, then its parts.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from voronka.kit.rows import each
from voronka.kit.tenancy import current_company_id
from voronka.messaging.models import Message, SmsPart, SmsProvider, SmsTold, SmsTry
from voronka.messaging.ports import Handed, Incoming, Kind, Receipt, SmsReceipt, sms_kinds
from voronka.messaging.rules.fate import ENDS, fate_of, part_moves
from voronka.messaging.rules.joining import whole
from voronka.messaging.rules.receipts import Form, form_of, key_of
from voronka.messaging.rules.states import TAKEN
from voronka.messaging.services import sms_answers
from voronka.messaging.services.settling import settle

# What providers tell of a message comes within days; after that nobody waits for it.
KEPT = timedelta(days=3)
FIRST_ASK = timedelta(seconds=30)
BATCH = 200
# Written by hand: thousands a second are kept while a campaign goes, few at a time.
_KEEP = (
    "INSERT INTO messaging_smspart (company_id, provider_id, message_id, number, key, state, ask_at, asked)"
    " SELECT %s, %s, (e ->> 0)::bigint, e ->> 1, e ->> 2, e ->> 3, (e ->> 4)::timestamptz, 0"
    " FROM json_array_elements(%s::json) WITH ORDINALITY AS one (e, n) ORDER BY n"
)


@transaction.atomic
def keep_parts(provider: SmsProvider, handed: Sequence[Handed], *, now: datetime) -> None:
    """Keep by which numbers messages may be told of; called as soon as the provider has answered.

    So a receipt finds them even when the sender dies before the answers are written down.
    """
    kind: Kind = sms_kinds()[provider.kind]
    form = form_of(provider.answer_form)
    ask_at = (now + FIRST_ASK).isoformat() if kind.tells_state else None
    parts = [
        (answer.message_id, one[:65], key_of(one, form)[:65] if one else "", answer.state, ask_at)
        for answer in handed
        for one in map(whole, answer.part_ids or (answer.provider_id,))
        if one or kind.tells_state
    ]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [current_company_id(), provider.pk, json.dumps(parts)])


@transaction.atomic
def take(provider_id: int, told: SmsReceipt | Incoming, *, now: datetime) -> None:
    """Keep news of a provider. Inside his company; when this returns they are not lost any more."""
    provider = SmsProvider.objects.get(pk=provider_id)
    if isinstance(told, Incoming):
        sms_answers.take_answer(provider, told, now=now)
        return
    # What cannot be kept would come again for ever: signs that no text may hold are taken out first.
    key = whole(key_of(told.provider_id, form_of(provider.receipt_form)))[:65]
    if not key or told.state == "unknown":
        return
    news = SmsTold(
        provider=provider, key=key, address=whole(told.address)[:20], state=told.state, code=told.code[:40],
        words=whole(told.words)[:200], at=now,
    )  # fmt: skip
    if not _apply(news):
        news.save()


def take_state(part: SmsPart, receipt: SmsReceipt, *, now: datetime) -> None:
    """Take in what a provider answered when he was asked about a part."""
    news = SmsTold(
        provider_id=part.provider_id, key=part.key, state=receipt.state, code=receipt.code[:40],
        words=whole(receipt.words)[:200], at=now,
    )  # fmt: skip
    with transaction.atomic():
        _settle_part(part.pk, part.message_id, news)
        if receipt.cost is not None:
            Message.objects.filter(pk=part.message_id).update(cost=receipt.cost)


def match_waiting(*, now: datetime) -> int:
    """Look again for the messages of receipts that came too early; forget those that nobody waits for. Return matches.

    Call it outside of any transaction.
    """
    with transaction.atomic():
        SmsTold.objects.filter(at__lt=now - KEPT).delete()
        known = SmsPart.objects.filter(provider=OuterRef("provider"), key=OuterRef("key"))
        found = SmsTold.objects.filter(Exists(known)).order_by("-id")
        waiting = list(found.values_list("id", flat=True)[:BATCH])
    return each(waiting, _match, words="a receipt of an SMS could not be matched")


@transaction.atomic
def _match(told_id: int) -> bool:
    news = SmsTold.objects.select_for_update(skip_locked=True).filter(pk=told_id).first()
    if news is None or not _apply(news):
        return False
    news.delete()
    return True


def _apply(news: SmsTold) -> bool:
    """Settle what a receipt is about; False where that is not known yet."""
    part = SmsPart.objects.filter(provider_id=news.provider_id, key=news.key).order_by("-id").first()
    if part is None:
        return _apply_to_try(news)
    return _settle_part(part.pk, part.message_id, news)


def _settle_part(part_id: int, message_id: int, news: SmsTold) -> bool:
    message = Message.objects.select_for_update().get(pk=message_id)
    # A number given twice is told apart by whom it went to; a hand-over that is not written down is waited for.
    is_other = news.address and message.address and news.address.lstrip("+") != message.address.lstrip("+")
    if is_other or message.state in TAKEN:
        return False
    part = SmsPart.objects.select_for_update().get(pk=part_id)
    if not part_moves(part.state, news.state):
        return True
    part.state = news.state
    part.ask_at = None if news.state in ENDS else part.ask_at
    part.save(update_fields=["state", "ask_at"])
    states = list(SmsPart.objects.filter(message=message).values_list("state", flat=True))
    fate = fate_of(states, message.parts or len(states))
    code = news.code if fate == "failed" else ""
    settle(Receipt("sms", fate, news.at, message_id=message.pk, code=code, words=news.words))
    return True


def _apply_to_try(news: SmsTold) -> bool:
    """Let a receipt tell of a message that was sent to try, one part of it at least."""
    if news.state not in ENDS:
        return False
    form = form_of(SmsProvider.objects.values_list("answer_form", flat=True).get(pk=news.provider_id))
    tries = SmsTry.objects.select_for_update().filter(
        provider_id=news.provider_id, made_at__gt=news.at - KEPT, state__in=("accepted", "unknown")
    )
    found = _of_key(tries.exclude(provider_number="").order_by("-id")[:100], news.key, form)
    if found is None:
        return False
    found.state, found.code, found.words, found.ended_at = news.state, news.code[:30], news.words, news.at
    found.save(update_fields=["state", "code", "words", "ended_at"])
    return True


def _of_key(tries: Iterable[SmsTry], key: str, form: Form) -> SmsTry | None:
    return next((one for one in tries if key_of(one.provider_number, form) == key), None)
