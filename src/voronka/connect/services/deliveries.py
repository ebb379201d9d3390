"""Deliveries: events become messages, messages are sent by the worker, failures are tried again for three days.

One job a company does all of it in turns: it reads the log for every active webhook (a batch and the webhook's
position are one transaction, so an event makes one message), claims what is due, sends outside of transactions with
several addresses side by side, and settles each message. Whatever dies in the middle is claimed again: a receiver
knows a repetition by `webhook-id`. A webhook that breaks us is switched off: it would break again each second.
"""

import json
import random
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from voronka.connect.events import WebhookPaused
from voronka.connect.models import Webhook, WebhookAttempt, WebhookDelivery
from voronka.connect.permissions import MANAGE_WEBHOOKS
from voronka.connect.queries.log import log_head, read_log
from voronka.connect.rules.backoff import GIVE_UP, wait_after
from voronka.connect.rules.signing import signatures
from voronka.connect.services import outward
from voronka.connect.services.notices import tell_of_pause
from voronka.kit import outgoing
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.events import publish
from voronka.kit.outgoing import Answer, Failure, OutgoingFailed, OutgoingRefused
from voronka.kit.rows import PASSING, each
from voronka.kit.tenancy import company_context, current_company_id

log = structlog.get_logger(__name__)

READ_AT_ONCE, CLAIM_AT_ONCE, SIDE_BY_SIDE = 500, 100, 8
TIMEOUT_SECONDS = 15.0
CLAIM = timedelta(minutes=5)
JOB_SECONDS = 30.0
ANSWER_KEPT = 2_000
KEPT = timedelta(days=30)
PING = "connect.Ping"
BROKEN = "broken"  # the error of a try that broke on our side
State = WebhookDelivery.State
# Headers of an answer that are worth showing; cookies and the like are nobody's business.
SHOWN_HEADERS = ("content-type", "content-length", "date", "server", "location", "retry-after")


def companies_with_work(now: datetime) -> list[int]:
    """Return the companies whose webhooks have something to read or to send."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM connect_companies_with_deliveries(%s)", [now])
        return [row[0] for row in cursor.fetchall()]


def work_off(company_id: int, *, now: datetime | None = None) -> int:
    """Read the log and send what is due for a company, for half a minute at most; return how many tries were made."""
    began, tried = time.monotonic(), 0
    with company_context(company_id, origin="webhooks", strict=True):
        while time.monotonic() - began < JOB_SECONDS:
            at = now or datetime.now(UTC)
            read = read_events(now=at)
            sent = send_due(now=at)
            tried += sent
            if not read and not sent:
                break
    return tried


def read_events(*, now: datetime) -> int:
    """Write a message for each unread event of each active webhook of the current company; return how many."""
    with transaction.atomic():
        active = list(Webhook.objects.filter(state=Webhook.State.ACTIVE).values_list("id", flat=True))
    return each(
        active, lambda pk: _read_for(pk, now), words="the log was not read for a webhook",
        put_off=lambda pk, why: _stop_broken(pk, why, now),
    )  # fmt: skip


def _stop_broken(webhook_id: int, why: Exception, now: datetime) -> None:
    """Switch off a webhook that cannot be worked on; a fault of the machine or the database is not its own."""
    if isinstance(why, PASSING):
        return
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().filter(pk=webhook_id, state=Webhook.State.ACTIVE).first()
        if webhook is not None:
            _switch_off(webhook, Webhook.State.BROKEN, now)


def _read_for(webhook_id: int, now: datetime) -> int:
    with transaction.atomic():
        rows = Webhook.objects.select_for_update(skip_locked=True).filter(pk=webhook_id, state=Webhook.State.ACTIVE)
        webhook = rows.first()
        head = log_head()
        if webhook is None or webhook.seq >= head:
            return 0
        events = read_log(after=webhook.seq, upto=head, names=webhook.events, limit=READ_AT_ONCE)
        WebhookDelivery.objects.bulk_create([_message(webhook, one, now) for one in outward.outward(events)])
        webhook.seq = events[-1].seq if len(events) == READ_AT_ONCE else head
        webhook.save(update_fields=["seq"])
    return len(events)


def _message(webhook: Webhook, document: dict[str, object], now: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        company_id=current_company_id(),
        webhook=webhook,
        message_id="msg_" + secrets.token_hex(14),
        event=str(document["type"]),
        body=json.dumps(document, ensure_ascii=False),
        made_at=now,
        next_at=now,
    )


@dataclass(frozen=True, slots=True)
class _Try:
    """What came of one try."""

    delivery: WebhookDelivery
    at: datetime
    milliseconds: int
    headers: dict[str, str]
    answer: Answer | None
    error: str

    @property
    def is_done(self) -> bool:
        return self.answer is not None and 200 <= self.answer.status < 300

    @property
    def is_gone(self) -> bool:
        return self.answer is not None and self.answer.status == 410


def send_due(*, now: datetime) -> int:
    """Send what is due in the current company; return how many tries were made."""
    claimed = _claim(now)
    if not claimed:
        return 0
    by_webhook: dict[int, list[WebhookDelivery]] = {}
    for one in claimed:
        by_webhook.setdefault(one.webhook_id, []).append(one)
    made = 0
    with ThreadPoolExecutor(max_workers=min(SIDE_BY_SIDE, len(by_webhook)), thread_name_prefix="webhook") as pool:
        for tries in pool.map(lambda rows: _send_in_turn(rows, now), by_webhook.values()):
            _settle_each(tries, now)
            made += len(tries)
    _give_back([one.pk for one in claimed], now)
    return made


def _claim(now: datetime) -> list[WebhookDelivery]:
    """Take due messages of active webhooks, the oldest first; their claims run out by themselves."""
    with transaction.atomic():
        due = WebhookDelivery.objects.select_for_update(of=("self",), skip_locked=True).select_related("webhook")
        rows = list(
            due.filter(
                state__in=[State.WAITING, State.SENDING], next_at__lte=now, webhook__state=Webhook.State.ACTIVE
            ).order_by("next_at", "id")[:CLAIM_AT_ONCE]
        )
        WebhookDelivery.objects.filter(pk__in=[one.pk for one in rows]).update(
            state=State.SENDING, next_at=now + CLAIM
        )
    return rows


def _give_back(ids: Sequence[int], now: datetime) -> None:
    """Let what was claimed and not tried wait a little: its address did not answer the one before."""
    with transaction.atomic():
        left = WebhookDelivery.objects.filter(pk__in=ids, state=State.SENDING)
        left.update(state=State.WAITING, next_at=now + timedelta(seconds=30))


def _send_in_turn(rows: Sequence[WebhookDelivery], now: datetime) -> list[_Try]:
    """Send to one address, message after message, and stop where it does not answer; asks no database."""
    tries: list[_Try] = []
    began = time.monotonic()
    for row in rows:
        tries.append(_tried(row, now))
        if not tries[-1].is_done or time.monotonic() - began > JOB_SECONDS:
            break
    return tries


def _tried(row: WebhookDelivery, now: datetime) -> _Try:
    """Try to send a message. One that breaks us (a secret that is none) is a try too, and holds up no other.

    Where the machine could not (no memory, no more open files) no connection was made: that is tried again.
    """
    try:
        return _send(row, now)
    except Exception as why:
        log.exception("a message of a webhook broke what sends it", delivery=row.pk)
        error = Failure.CONNECTION.value if isinstance(why, PASSING) else BROKEN
        return _Try(row, now, 0, {}, None, error)


def _send(row: WebhookDelivery, now: datetime) -> _Try:
    webhook, body = row.webhook, row.body.encode()
    in_force = [webhook.secret]
    if webhook.old_secret and webhook.old_secret_until is not None and webhook.old_secret_until > now:
        in_force.append(webhook.old_secret)
    timestamp = int(now.timestamp())
    shown = {
        "content-type": "application/json",
        "user-agent": "Voronka-Webhooks/1",
        "webhook-id": row.message_id,
        "webhook-timestamp": str(timestamp),
    }
    headers = {**shown, "webhook-signature": signatures(in_force, row.message_id, timestamp, body)}
    began, answer, error = time.monotonic(), None, ""
    try:
        answer = outgoing.post(
            webhook.url, body, headers, TIMEOUT_SECONDS, allow_private=settings.ALLOW_PRIVATE_WEBHOOKS
        )
    except (OutgoingRefused, OutgoingFailed) as failed:
        error = failed.reason.value
    return _Try(row, now, int((time.monotonic() - began) * 1000), shown, answer, error)


def _settle_each(tries: Sequence[_Try], now: datetime) -> None:
    """Write down what came of tries; one that breaks us is written down as that."""
    by_id = {one.delivery.pk: one for one in tries}
    each(
        by_id, lambda pk: _settle(by_id[pk], now), words="a try of a webhook was not written down",
        put_off=lambda pk, why: _settle_broken(by_id[pk], why, now),
    )  # fmt: skip


def _settle_broken(one: _Try, why: Exception, now: datetime) -> None:
    """Give up a message whose answer could not be written down: it would be sent for ever."""
    if not isinstance(why, PASSING):
        _settle(_Try(one.delivery, one.at, one.milliseconds, {}, None, BROKEN), now)


def _settle(one: _Try, now: datetime) -> None:
    """Write down what came of a try, and when the next one is."""
    answer, failures = one.answer, one.delivery.attempts + 1
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().filter(pk=one.delivery.webhook_id).first()
        row = WebhookDelivery.objects.select_for_update().filter(pk=one.delivery.pk).first()
        if webhook is None or row is None or row.state != State.SENDING:
            return  # removed meanwhile
        WebhookAttempt.objects.create(
            delivery=row,
            at=one.at,
            milliseconds=one.milliseconds,
            sent_headers=one.headers,
            status=answer.status if answer else None,
            answer_headers={name: answer.headers[name] for name in SHOWN_HEADERS if name in answer.headers}
            if answer
            else {},
            answer=_readable(answer.body_start) if answer else "",
            error=one.error,
        )
        row.attempts, row.status = failures, answer.status if answer else None
        if one.is_done:
            row.state, row.settled_at = State.SENT, now
        elif one.is_gone or one.error == BROKEN:
            row.state, row.settled_at = State.FAILED, now
        else:
            _put_off(row, answer, failures, now)
        row.save(update_fields=["attempts", "status", "state", "settled_at", "next_at"])
        _judge(webhook, one, now)
    log.info("webhook tried", delivery=row.pk, status=row.status, state=str(row.state), attempt=failures)


def _put_off(row: WebhookDelivery, answer: Answer | None, failures: int, now: datetime) -> None:
    wait = wait_after(failures, random.random())  # noqa: S311 - spreads load, guards nothing
    if wait is None:
        row.state, row.settled_at = State.FAILED, now
        return
    asked = answer.headers.get("retry-after", "") if answer is not None and answer.status in (429, 503) else ""
    if asked.isascii() and asked.isdecimal() and len(asked) < 6:
        wait = max(wait, min(timedelta(seconds=int(asked)), timedelta(hours=24)))
    row.state, row.next_at = State.WAITING, now + wait


def _judge(webhook: Webhook, one: _Try, now: datetime) -> None:
    """Note how the address does; switch off one that is gone, breaks us or has failed for three days, and say so."""
    if one.is_done:
        if webhook.failing_since is not None:
            webhook.failing_since = None
            webhook.save(update_fields=["failing_since"])
        return
    if one.error == BROKEN:
        _switch_off(webhook, Webhook.State.BROKEN, now)
        return
    webhook.failing_since = webhook.failing_since or now
    webhook.save(update_fields=["failing_since"])
    if one.is_gone:
        _switch_off(webhook, Webhook.State.GONE, now)
        waiting = WebhookDelivery.objects.filter(webhook=webhook, state__in=[State.WAITING, State.SENDING])
        waiting.exclude(pk=one.delivery.pk).update(state=State.CANCELLED, settled_at=now)
    elif now - webhook.failing_since >= GIVE_UP:
        _switch_off(webhook, Webhook.State.FAILING, now)


def _switch_off(webhook: Webhook, state: Webhook.State, now: datetime) -> None:
    """Switch a locked webhook off for a reason, which its maker is told of; what waits for it is kept."""
    webhook.state = state
    webhook.save(update_fields=["state"])
    publish(WebhookPaused(webhook_id=webhook.pk, reason=str(state)), at=now)
    tell_of_pause(webhook)


def _readable(start: bytes) -> str:
    text = start[: ANSWER_KEPT * 4].decode("utf-8", "replace")[:ANSWER_KEPT]
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)


def send_test(*, actor: Actor, public_id: str, now: datetime) -> WebhookDelivery:
    """Write a test message for a webhook; it is sent like any other. Raises Denied, NotFound, Conflict."""
    actor.require(MANAGE_WEBHOOKS)
    with transaction.atomic():
        webhook = _active(public_id)
        document = {
            "id": 0, "type": PING, "timestamp": now.isoformat(), "employee": None,
            "data": {"webhook": webhook.public_id},
        }  # fmt: skip
        row = _message(webhook, document, now)
        row.save(force_insert=True)
    return row


def replay(*, actor: Actor, public_id: str, deliveries: Sequence[str], now: datetime) -> int:
    """Send messages once more, as they were, under their own ids; return how many.

    Those that still wait are sent at once. Raises Denied, NotFound, Conflict for a webhook that is switched off.
    """
    actor.require(MANAGE_WEBHOOKS)
    with transaction.atomic():
        webhook = _active(public_id)
        named = [one for one in deliveries if one.isalnum()]
        rows = WebhookDelivery.objects.filter(webhook=webhook, public_id__in=named)
        if not rows.exists():
            raise NotFound(_("There is no such delivery."))
        return _again(rows, now)


def replay_failed(*, actor: Actor, public_id: str, since: datetime, now: datetime) -> int:
    """Send all messages since a moment once more that were given up or cancelled; return how many.

    Raises Denied, NotFound, Conflict.
    """
    actor.require(MANAGE_WEBHOOKS)
    with transaction.atomic():
        webhook = _active(public_id)
        rows = WebhookDelivery.objects.filter(webhook=webhook, made_at__gte=since)
        return _again(rows.filter(state__in=[State.FAILED, State.CANCELLED]), now)


def _again(rows: QuerySet[WebhookDelivery], now: datetime) -> int:
    return rows.exclude(state=State.SENDING).update(state=State.WAITING, attempts=0, next_at=now, settled_at=None)


def _active(public_id: str) -> Webhook:
    webhook = Webhook.objects.filter(public_id=public_id).first()
    if webhook is None:
        raise NotFound(_("There is no such webhook."))
    if webhook.state != Webhook.State.ACTIVE:
        raise Conflict(_("This webhook is switched off: resume it first."), code="webhook_off")
    return webhook


def forget_old(*, now: datetime) -> int:
    """Drop the current company's settled messages that are older than thirty days; return how many rows went."""
    with transaction.atomic():
        old = WebhookDelivery.objects.filter(made_at__lt=now - KEPT)
        return old.exclude(state__in=[State.WAITING, State.SENDING]).delete()[0]
