"""Messages go out: taken, handed over and noted in steps of their own, so that nothing goes twice whatever dies.

Taking and noting are short transactions; between them a channel works outside of any. Before the hand-over of a chunk
begins its rows are marked; a claim that broke before the mark is planned again, one that broke after is unknown.
"""

import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.db import connection, transaction

from voronka.kit.events import publish
from voronka.kit.tenancy import current_company_id
from voronka.messaging.events import (
    MessageAccepted,
    MessageFailed,
    MessageHanded,
    MessageRefused,
    MessageUnknown,
)
from voronka.messaging.models import Message
from voronka.messaging.ports import Handed, Outgoing, Registered, find_channel
from voronka.messaging.queries.facts import Asked, scene_of
from voronka.messaging.rules.gate import Verdict, decide
from voronka.messaging.rules.joining import whole
from voronka.messaging.services.blocking import BLOCKING, block
from voronka.messaging.services.row_writing import begin_rows, claim_rows, write_rows, write_steps
from voronka.messaging.services.tracking import tracked_ids
from voronka.people import queries as people

log = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=5)
ATTEMPTS = 5
# Whoever pauses or stops a campaign locks it, so he waits for this, or this for him.
_STANDS = "SELECT id, state FROM messaging_campaign WHERE company_id = %s AND id = ANY(%s) ORDER BY id FOR SHARE"
_SETTLED = (
    "state", "code", "due_at", "attempts", "provider", "provider_id", "parts", "cost", "ended_at", "handed_at",
)  # fmt: skip


def due_now(now: datetime) -> list[tuple[int, str]]:
    """Return the companies and channels that have something to send, or a broken claim to look at."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, channel FROM messaging_due(%s)", [now])
        return [(company, channel) for company, channel in cursor.fetchall()]


def send_due(channel: str, *, now: datetime, most: int = 200) -> int:
    """Send what the current company has due by a channel, `most` at a time; return how many rows were looked at.

    Call it outside of any transaction. 0 means that there is nothing to do now.
    """
    way = find_channel(channel)
    mend_claims(channel, now=now)
    claim = uuid.uuid4().hex
    seen, taken = _claim(channel, claim, now=now, most=most)
    if way is not None:
        for start in range(0, len(taken), way.chunk):
            batch = _begin(taken[start : start + way.chunk], claim, now=now)
            if batch:
                _finish(way, batch, claim, now)
    return seen


# --- Broken claims -----------------------------------------------------------------------------------------------


@transaction.atomic
def mend_claims(channel: str, *, now: datetime) -> None:
    """Look at claims whose time is over.

    Nothing of a claimed message has left: it is planned again. Of one being handed over nobody knows.
    """
    broken = Message.objects.select_for_update(skip_locked=True).filter(
        channel=channel, state__in=("claimed", "handed"), claim_until__lte=now
    )
    rows = list(broken.order_by("id")[:1_000])
    safe, lost = [one for one in rows if one.state == "claimed"], [one for one in rows if one.state == "handed"]
    Message.objects.filter(pk__in=[one.pk for one in safe]).update(state="planned", claim="", handed_at=None)
    Message.objects.filter(pk__in=[one.pk for one in lost]).update(state="unknown", code="broken")
    _note([(one.pk, "planned", "broken") for one in safe] + [(one.pk, "unknown", "broken") for one in lost], now)
    publish(
        *(MessageUnknown(message_id=one.pk, client_id=one.client_id, channel=channel) for one in lost),
        at=now,
    )


# --- Taking -------------------------------------------------------------------------------------------------------


@transaction.atomic
def _claim(channel: str, claim: str, *, now: datetime, most: int) -> tuple[int, list[Message]]:
    """Take what is due and may go; note what waits or is refused. Return how many were looked at, and those taken.

    Clients that somebody holds, another sender among them, are left for the next look: so the caps are counted by one
    sender at a time, and nobody waits for anybody.
    """
    due = Message.objects.select_for_update(skip_locked=True).filter(
        channel=channel, state__in=("planned", "waiting"), due_at__lte=now
    )
    rows = list(due.order_by("due_at", "id")[:most])
    if not rows:
        return 0, []
    rows = _with_free_clients(rows)
    asked = {one.pk: _asked(one) for one in rows}
    scene = scene_of(channel, list(asked.values()), now=now, takes=True)
    verdicts: list[tuple[Message, Verdict]] = []
    for one in rows:
        verdict = decide(scene.facts(asked[one.pk]), now)
        verdicts.append((one, verdict))
        if verdict.kind == "go":
            scene.went(asked[one.pk], now)
    _write_verdicts(verdicts, claim, now)
    return len(rows), [one for one, verdict in verdicts if verdict.kind == "go"]


def _with_free_clients(rows: Sequence[Message]) -> list[Message]:
    advertised = sorted({one.client_id for one in rows if one.client_id is not None and one.traffic == "advertising"})
    if not advertised:
        return list(rows)
    locked, there = people.lock_free_clients(advertised), people.zones_of(advertised)
    held = set(there) - locked
    return [one for one in rows if one.traffic != "advertising" or one.client_id not in held]


def _asked(row: Message) -> Asked:
    return Asked(
        row.client_id, row.address, row.traffic, row.cause_kind, row.planned_for, row.cost or Decimal(0)
    )  # fmt: skip


def _write_verdicts(verdicts: Sequence[tuple[Message, Verdict]], claim: str, now: datetime) -> None:
    steps, refused = [], []
    going = [one.pk for one, verdict in verdicts if verdict.kind == "go"]
    others = [(one, verdict) for one, verdict in verdicts if verdict.kind != "go"]
    claim_rows(going, claim, until=now + CLAIM, now=now)
    for one, verdict in others:
        if verdict.kind == "wait":
            is_new = (one.state, one.code) != ("waiting", verdict.code)
            one.state, one.code, one.due_at = "waiting", verdict.code, verdict.until or now
            if not is_new:
                continue
        else:
            one.state, one.code, one.ended_at = "refused", verdict.code, now
            event = MessageRefused(message_id=one.pk, client_id=one.client_id, channel=one.channel, code=one.code)
            refused.append(event)
        steps.append((one.pk, one.state, one.code))
    write_rows([one for one, _verdict in others], ("state", "code", "due_at", "ended_at"))
    _note(steps, now)
    publish(*refused, at=now)


# --- Handing over -------------------------------------------------------------------------------------------------


@transaction.atomic
def _begin(rows: Sequence[Message], claim: str, *, now: datetime) -> list[Message]:
    """Mark those that are still ours as being handed over: from here on nobody else may take them, whatever happens."""
    ids = begin_rows([one.pk for one in rows], claim, until=now + CLAIM, now=now)
    batch = [one for one in rows if one.pk in ids]
    publish(
        *(MessageHanded(message_id=one.pk, client_id=one.client_id, channel=one.channel) for one in batch), at=now
    )
    return batch


def _finish(way: Registered, batch: Sequence[Message], claim: str, now: datetime) -> None:
    """Let the channel hand a chunk over and note its answers; those it did not answer for are unknown."""
    open_ids = {one.pk for one in batch}
    answers: list[Handed] = []
    for answer in _answers(way, batch):
        if answer.message_id in open_ids:
            open_ids.discard(answer.message_id)
            answers.append(answer)
    answers += [Handed(pk, "unknown", code="no_answer") for pk in sorted(open_ids)]
    note_answers(answers, claim, now=now)


def _answers(way: Registered, batch: Sequence[Message]) -> Iterator[Handed]:
    tracked = tracked_ids(batch)
    outgoing = [
        Outgoing(
            message_id=one.pk, public_id=one.public_id, address=one.address, sender=one.sender, subject=one.subject,
            text=one.body, html=one.body_html, traffic=one.traffic, client_id=one.client_id,
            by_machine=one.author_id is None, is_tracked=one.pk in tracked,
        )
        for one in batch
    ]  # fmt: skip
    try:
        yield from way.channel.hand_over(outgoing)
    except Exception as error:  # noqa: BLE001  (a channel's surprise must not stop the other messages)
        log.warning("a channel broke", channel=batch[0].channel, reason=type(error).__name__)


@transaction.atomic
def note_answers(answers: Sequence[Handed], claim: str, *, now: datetime) -> None:
    """Write down what a channel answered. Late answers to a claim that was given up meanwhile count as well."""
    by_id = {one.message_id: one for one in answers}
    rows = Message.objects.select_for_update().filter(pk__in=by_id, claim=claim, state__in=("handed", "unknown"))
    changed, steps, events = [], [], []
    found = list(rows.order_by("id").defer("sender", "subject", "body", "body_html"))
    stands = _campaigns_of([one for one in found if by_id[one.pk].state == "retry"])
    for row in found:
        answer = by_id[row.pk]
        if row.state == "unknown" and answer.state == "unknown":
            continue
        _settle_row(row, answer, now)
        if row.state == "waiting" and row.cause_kind == "campaign":
            _stay(row, stands.get(row.cause_id or 0, "stopped"), now)
        if row.state == "failed" and row.code in BLOCKING and row.address:
            block(row.channel, row.address, row.code, words=safe_words(answer.words, row.address), at=now)
        changed.append(row)
        steps.append((row.pk, row.state, row.code, safe_words(answer.words, row.address)))
        events += _events(row)
    write_rows(changed, _SETTLED)
    write_steps(steps, now)
    publish(*events, at=now)


def _campaigns_of(rows: Sequence[Message]) -> dict[int, str]:
    """Return the states of the campaigns of rows; they stay so till the end of the transaction."""
    ids = {one.cause_id for one in rows if one.cause_kind == "campaign" and one.cause_id is not None}
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, [current_company_id(), list(ids)])
        return dict(cursor.fetchall())


def _stay(row: Message, campaign: str, now: datetime) -> None:
    """Keep a row that was to be tried again from going where its campaign goes on no more."""
    if campaign == "stopped":
        row.state, row.code, row.ended_at = "cancelled", "stopped", now
    elif campaign != "running":
        row.state, row.code = "held", "paused"


def _settle_row(row: Message, answer: Handed, now: datetime) -> None:
    row.attempts += 1
    row.provider, row.provider_id = answer.provider[:40], whole(answer.provider_id)[:200]
    row.code = answer.code[:40]
    if answer.parts is not None or answer.state == "rejected":
        row.parts = answer.parts
    # What it was thought to cost holds until it is known better; what was rejected costs nothing.
    if answer.cost is not None or answer.state == "rejected":
        row.cost = answer.cost
    if answer.state == "accepted":
        row.state = "accepted"
    elif answer.state == "rejected":
        row.state, row.ended_at = "failed", now
    elif answer.state == "unknown":
        row.state = "unknown"
    elif row.attempts >= ATTEMPTS:
        row.state, row.code, row.ended_at = "failed", "gave_up", now
    else:
        row.state, row.code, row.handed_at = "waiting", "retry", None
        row.due_at = now + timedelta(minutes=5**row.attempts)


def _events(row: Message) -> list[MessageAccepted | MessageFailed | MessageUnknown]:
    if row.state == "accepted":
        return [MessageAccepted(message_id=row.pk, client_id=row.client_id, channel=row.channel)]
    if row.state == "failed":
        return [MessageFailed(message_id=row.pk, client_id=row.client_id, channel=row.channel, code=row.code)]
    if row.state == "unknown":
        return [MessageUnknown(message_id=row.pk, client_id=row.client_id, channel=row.channel)]
    return []


def safe_words(words: str, address: str) -> str:
    """Return a provider's words without the address: steps are never changed, and its owner may be erased.

    Signs that no text may hold are taken out: one of them would undo the notes of a whole chunk.
    """
    words, bare = whole(words), address.lstrip("+")
    if bare and bare.casefold() in words.casefold():
        for one in (address, bare):
            words = re.sub(re.escape(one), "…", words, flags=re.IGNORECASE)
    return words[:300]


def _note(steps: Sequence[tuple[int, str, str]], now: datetime) -> None:
    write_steps([(pk, state, code, "") for pk, state, code in steps], now)
