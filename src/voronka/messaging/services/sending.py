"""Messages go out: taken, handed over and noted in steps of their own, so that nothing goes twice whatever dies.

Taking and noting are short transactions; between them a channel works outside of any. Before the hand-over of a chunk
begins its rows are marked; a claim that broke before the mark is planned again, one that broke after is unknown.
"""

import re
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.db import connection, transaction

from voronka.kit.db.arrays import Array
from voronka.kit.events import Event, publish, wake
from voronka.kit.tenancy import current_company_id
from voronka.messaging.events import MessageFailed, MessageRefused, MessageUnknown
from voronka.messaging.models import Message, MessageClaim
from voronka.messaging.ports import NIGHT, Handed, Outgoing, Registered, find_channel
from voronka.messaging.queries.facts import Asked, scene_of
from voronka.messaging.rules.gate import Facts, Verdict, decide
from voronka.messaging.rules.joining import whole
from voronka.messaging.rules.states import DUE_STAGE, TAKEN
from voronka.messaging.services.blocking import BLOCKING, block
from voronka.messaging.services.comparing import compared, note_handed
from voronka.messaging.services.row_writing import (
    ROW,
    Row,
    accept_rows,
    begin_rows,
    claim_rows,
    end_claim,
    extend_claim,
    write_rows,
    write_steps,
)
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


def send_due(channel: str, *, now: datetime, most: int = 200, clock: Callable[[], float] = time.monotonic) -> int:
    """Send what the current company has due by a channel, `most` at a time; return how many rows were looked at.

    Call it outside of any transaction. 0 means that there is nothing to do now. `clock` tells the seconds that go by
    while it works: whose night begins meanwhile is left for his morning.
    """
    started = clock()
    way = find_channel(channel)
    mend_claims(channel, now=now)
    claim = uuid.uuid4().hex
    seen, taken, nights = _claim(channel, claim, now=now, most=most)
    ends = {pk: started + (at - now).total_seconds() for pk, at in nights.items()}
    if way is not None and taken:
        # In the order of ids, in which all lock who lock more than one: a turn locks rows of two chunks.
        taken.sort(key=lambda one: one.pk)
        tested = compared(taken)
        batch: list[Row] = []
        with way.batch():
            for start in range(0, len(taken) + way.chunk, way.chunk):
                answers = _handed(way, batch, ends) if batch else []
                following = taken[start : start + way.chunk]
                is_old = clock() - started >= CLAIM.total_seconds()  # what was judged then is judged anew
                late = [one for one in following if is_old or (one.pk in ends and clock() >= ends[one.pk])]
                if late:  # by itself, for rows of a chunk are not locked in two lots; no answer waits for it
                    _turn(answers, batch, [], claim, tested, now=now, until=now)
                    _leave(late, claim, "" if is_old else NIGHT, now=now)
                    answers, following = [], [one for one in following if one not in late]
                until = now + CLAIM + timedelta(minutes=(clock() - started) // 60)
                batch = _turn(answers, batch, following, claim, tested, now=now, until=until)
        with transaction.atomic():
            end_claim(claim)
            wake()  # once, not with each chunk: a notice makes commits wait for one another
    return seen


# --- Broken claims -----------------------------------------------------------------------------------------------


@transaction.atomic
def mend_claims(channel: str, *, now: datetime) -> None:
    """Look at claims whose time is over.

    Nothing of a claimed message has left: it is planned again. Of one being handed over nobody knows. A claim is kept
    till nothing is left of it in the hands of a sender: what somebody holds at this moment is looked at again.
    """
    late = MessageClaim.objects.select_for_update(skip_locked=True).filter(channel=channel, until__lte=now)
    claims = list(late.order_by("id")[:10])
    if not claims:
        return
    held = Message.objects.filter(
        pk__any_of=Array({pk for one in claims for pk in one.ids}), claim__in=[one.claim for one in claims],
        state__in=TAKEN,
    )  # fmt: skip
    rows = list(held.select_for_update(skip_locked=True).order_by("id"))
    safe, lost = [one for one in rows if one.state == "claimed"], [one for one in rows if one.state == "handed"]
    Message.objects.filter(pk__in=[one.pk for one in safe]).update(state="planned", claim="", handed_at=None)
    Message.objects.filter(pk__in=[one.pk for one in lost]).update(state="unknown", code="broken")
    _note([(one.pk, "planned", "broken") for one in safe] + [(one.pk, "unknown", "broken") for one in lost], now)
    publish(
        *(MessageUnknown(message_id=one.pk, client_id=one.client_id, channel=channel) for one in lost),
        at=now,
    )
    for one in claims:
        end_claim(one.claim)


# --- Taking -------------------------------------------------------------------------------------------------------


@transaction.atomic
def _claim(channel: str, claim: str, *, now: datetime, most: int) -> tuple[int, list[Row], dict[int, datetime]]:
    """Take what is due and may go; note what waits or is refused.

    Return how many were looked at, those taken, and by their ids when the nights of their clients begin.

    Clients that somebody holds, another sender among them, are left for the next look: so the caps are counted by one
    sender at a time, and nobody waits for anybody.
    """
    due = Message.objects.select_for_update(skip_locked=True).filter(
        channel=channel, stage=DUE_STAGE, due_at__lte=now
    )
    rows = [Row(*one) for one in due.order_by("due_at", "id").values_list(*ROW)[:most]]
    if not rows:
        return 0, [], {}
    rows = _with_free_clients(rows)
    asked = {one.pk: _asked(one) for one in rows}
    scene = scene_of(channel, list(asked.values()), now=now, takes=True)
    verdicts: list[tuple[Row, Verdict]] = []
    going: dict[int, Facts] = {}
    for one in rows:
        facts = scene.facts(asked[one.pk])
        verdict = decide(facts, now)
        verdicts.append((one, verdict))
        if verdict.kind == "go":
            going[one.pk] = facts
            scene.went(asked[one.pk], now)
    _write_verdicts(verdicts, claim, now)
    return len(rows), [one for one in rows if one.pk in going], _nights(going, now)


def _nights(going: Mapping[int, Facts], now: datetime) -> dict[int, datetime]:
    """Return when the next night begins for whoever has one, by the ids of his messages."""
    begins: dict[str, datetime | None] = {}
    found = {}
    for pk, facts in going.items():
        if facts.quiet is None:
            continue
        if facts.zone not in begins:
            begins[facts.zone] = facts.quiet.begins_at(now, facts.zone)
        at = begins[facts.zone]
        if at is not None:
            found[pk] = at
    return found


def _with_free_clients(rows: Sequence[Row]) -> list[Row]:
    advertised = sorted({one.client_id for one in rows if one.client_id is not None and one.traffic == "advertising"})
    if not advertised:
        return list(rows)
    locked, there = people.lock_free_clients(advertised), people.zones_of(advertised)
    held = set(there) - locked
    return [one for one in rows if one.traffic != "advertising" or one.client_id not in held]


def _asked(row: Row) -> Asked:
    return Asked(
        row.client_id, row.address, row.traffic, row.cause_kind, row.planned_for, row.cost or Decimal(0)
    )  # fmt: skip


def _write_verdicts(verdicts: Sequence[tuple[Row, Verdict]], claim: str, now: datetime) -> None:
    steps, refused = [], []
    going = [one.pk for one, verdict in verdicts if verdict.kind == "go"]
    others = [(one, verdict) for one, verdict in verdicts if verdict.kind != "go"]
    if going:
        channel = verdicts[0][0].channel
        MessageClaim.objects.create(channel=channel, claim=claim, until=now + CLAIM, ids=sorted(going))
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


def _turn(
    answers: Sequence[Handed],
    batch: Sequence[Row],
    following: Sequence[Row],
    claim: str,
    tested: Collection[int],
    *,
    now: datetime,
    until: datetime,
) -> list[Row]:
    """Note what was answered of a chunk and mark the next one, which is returned as far as it is still ours.

    The claim is ours till `until` then: a mail server may take minutes over a chunk.
    Both are one transaction: a sender that dies leaves one chunk marked and not noted, never two. Where the next one
    cannot be begun the answers are noted all the same: nobody would learn them again.
    """
    addresses = {one.pk: one.address for one in batch}
    try:
        with transaction.atomic():
            if answers:
                note_answers(answers, addresses, claim, now=now)
            return _begin(following, claim, tested, now=now, until=until) if following else []
    except Exception:
        if answers and following:
            note_answers(answers, addresses, claim, now=now)
        raise


@transaction.atomic(savepoint=False)
def _begin(rows: Sequence[Row], claim: str, tested: Collection[int], *, now: datetime, until: datetime) -> list[Row]:
    """Mark those that are still ours as being handed over: from here on nobody else may take them, whatever happens."""
    if until > now + CLAIM:
        extend_claim(claim, until=until)
    ids = begin_rows([one.pk for one in rows], claim, now=now)
    batch = [one for one in rows if one.pk in ids]
    note_handed([one for one in batch if one.cause_id in tested], now=now)
    return batch


@transaction.atomic
def _leave(rows: Sequence[Row], claim: str, code: str, *, now: datetime) -> None:
    """Give back those whose clients' night has begun since they were taken, or whose turn came too late.

    They go by the gate again: it says when their morning is, or that they have left meanwhile.
    """
    ours = Message.objects.select_for_update().filter(pk__in=[one.pk for one in rows], claim=claim, state="claimed")
    left = list(ours.order_by("id").only("id", "cause_kind", "cause_id", "ended_at"))
    stands = _campaigns_of(left)
    for row in left:
        row.state, row.code, row.due_at = "waiting" if code else "planned", code, now
        if row.cause_kind == "campaign":
            _stay(row, stands.get(row.cause_id or 0, "stopped"), now)
    Message.objects.filter(pk__in=[one.pk for one in left]).update(claim="", handed_at=None)
    write_rows(left, ("state", "code", "due_at", "ended_at"))
    _note([(one.pk, one.state, one.code) for one in left], now)


def _handed(way: Registered, batch: Sequence[Row], ends: Mapping[int, float]) -> list[Handed]:
    """Let the channel hand a chunk over; return its answers. Those it did not answer for are unknown."""
    open_ids = {one.pk for one in batch}
    answers: list[Handed] = []
    for answer in _answers(way, batch, ends):
        if answer.message_id in open_ids:
            open_ids.discard(answer.message_id)
            answers.append(answer)
    return answers + [Handed(pk, "unknown", code="no_answer") for pk in sorted(open_ids)]


def _answers(way: Registered, batch: Sequence[Row], ends: Mapping[int, float]) -> Iterator[Handed]:
    tracked = tracked_ids(batch)
    outgoing = [
        Outgoing(
            message_id=one.pk, public_id=one.public_id, address=one.address, sender=one.sender, subject=one.subject,
            text=one.body, html=one.body_html, traffic=one.traffic, client_id=one.client_id,
            by_machine=one.author_id is None, is_tracked=one.pk in tracked,
            until=ends.get(one.pk),
        )
        for one in batch
    ]  # fmt: skip
    try:
        yield from way.channel.hand_over(outgoing)
    except Exception as error:  # noqa: BLE001  (a channel's surprise must not stop the other messages)
        log.warning("a channel broke", channel=batch[0].channel, reason=type(error).__name__)


@transaction.atomic(savepoint=False)
def note_answers(answers: Sequence[Handed], addresses: Mapping[int, str], claim: str, *, now: datetime) -> None:
    """Write down what a channel answered. Late answers to a claim that was given up meanwhile count as well."""
    taken = [one for one in answers if one.state == "accepted"]
    others = {one.message_id: one for one in answers if one.state != "accepted"}
    events: list[Event] = []
    if taken and others:  # two lots, and rows are locked in the order of their ids
        ids = [one.message_id for one in answers]
        list(Message.objects.select_for_update().filter(pk__in=ids).order_by("id").values_list("id"))
    if taken:
        _accept(taken, addresses, claim, now)
    if others:
        events += _note_others(others, claim, now)
    publish(*events, at=now)


def _accept(answers: Sequence[Handed], addresses: Mapping[int, str], claim: str, now: datetime) -> None:
    """Write down what was taken, nearly all of what a campaign hands over: by one statement that reads nothing."""
    told = [
        {
            "id": one.message_id, "provider": one.provider[:40], "provider_id": whole(one.provider_id)[:200],
            "code": one.code[:40], "parts": one.parts, "cost": one.cost,
            "words": safe_words(one.words, addresses.get(one.message_id, "")),
        }
        for one in answers
    ]  # fmt: skip
    accept_rows(told, claim, now=now)


def _note_others(by_id: Mapping[int, Handed], claim: str, now: datetime) -> list[Event]:
    rows = Message.objects.select_for_update().filter(pk__in=by_id, claim=claim, state__in=("handed", "unknown"))
    changed, steps, events = [], [], list[Event]()
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
    return events


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
    if answer.state == "retry" and answer.code == NIGHT:  # nobody tried
        row.state, row.code, row.due_at, row.handed_at = "waiting", NIGHT, now, None
        return
    row.attempts += 1
    row.provider, row.provider_id = answer.provider[:40], whole(answer.provider_id)[:200]
    row.code = answer.code[:40]
    if answer.parts is not None or answer.state == "rejected":
        row.parts = answer.parts
    # What it was thought to cost holds until it is known better; what was rejected costs nothing.
    if answer.cost is not None or answer.state == "rejected":
        row.cost = answer.cost
    if answer.state == "rejected":
        row.state, row.ended_at = "failed", now
    elif answer.state == "unknown":
        row.state = "unknown"
    elif row.attempts >= ATTEMPTS:
        row.state, row.code, row.ended_at = "failed", "gave_up", now
    else:
        row.state, row.code, row.handed_at = "waiting", "retry", None
        row.due_at = now + timedelta(minutes=5**row.attempts)


def _events(row: Message) -> list[MessageFailed | MessageUnknown]:
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
