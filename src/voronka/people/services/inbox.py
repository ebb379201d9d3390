"""The inbox: what comes by a channel is taken at once, or waits for somebody to sort it.

Nothing is a card before it is accepted, so that spam leaves no clients behind. Every verb may be repeated: the row is
locked and read again, and what was decided already is told instead of done twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import CHANGE_SETTINGS, Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.people.events import LeadSorted, LeadWaits, SenderBlocked
from voronka.people.models import Blocked, InboxChannel, InboxLead
from voronka.people.permissions import CREATE_CLIENTS, SORT_LEADS
from voronka.people.rules.texts import clean_text
from voronka.people.services.leads import CHANNELS, check_card, check_touch, find_touch, lock_request, record_touch
from voronka.people.services.shapes import ConsentDraft, TouchData, TouchResult

SORTED_CHANNELS = ("form", "api")  # those that can be told to wait
ANSWER_WITHIN = timedelta(minutes=15)
BULK_LIMIT = 200
SOURCES_LIMIT = 50
State = InboxLead.State


@dataclass(frozen=True, slots=True)
class Received:
    """What became of something that came, and whether it had come before.

    `done` is its touch where it is on a card, else `lead` is its row of the inbox: waiting, sorted, or spam.
    """

    is_repeated: bool
    done: TouchResult | None = None
    lead: InboxLead | None = None

    @property
    def waits(self) -> bool:
        """Tell whether it waits to be sorted."""
        return self.lead is not None and self.lead.state == InboxLead.State.WAITING


def receive(*, actor: Actor, touch: TouchData, now: datetime, address: str = "") -> Received:
    """Take what came by a channel: blocked senders go to spam, the suspicious wait, and all of a sorted channel.

    What wants no contact asks nothing of anybody and does not wait. A repeated `request_id` makes nothing. Raises
    Denied, Invalid; what could never become a card is refused here, not when it is sorted.
    """
    actor.require(CREATE_CLIENTS)
    read = check_touch(touch)
    with transaction.atomic():
        lock_request(read.company.company_id, touch.request_id)
        known = _came_before(touch.request_id)
        if known is not None:
            return known
        values = {(one.kind, one.value) for one in read.contacts}
        is_blocked = _is_blocked({*values, ("address", address)})
        must_wait = touch.wants_contact and (bool(touch.signs) or is_sorted(touch.channel, read.tidy["source"]))
        if not is_blocked and not must_wait:
            done = record_touch(actor=actor, touch=touch, now=now)
            return Received(done.is_repeated, done=done)
        check_card(touch, read, actor=actor, now=now)
        row = InboxLead(
            at=now,
            due_at=now + ANSWER_WITHIN,
            channel=touch.channel,
            name=touch.name[:300],
            sent=asdict(touch),
            signs=["blocked"] if is_blocked else list(touch.signs),
            address=address[:64],
            request_id=touch.request_id[:64],
            state=State.SPAM if is_blocked else State.WAITING,
            decided_at=now if is_blocked else None,
        )
        row.save(force_insert=True)
        if not is_blocked:
            publish(LeadWaits(lead_id=row.pk, channel=row.channel, signs=row.signs))
    return Received(False, lead=row)


def _came_before(request_id: str) -> Received | None:
    if not request_id:
        return None
    lead = InboxLead.objects.filter(request_id=request_id[:64]).first()
    if lead is not None:
        return Received(True, lead=lead)
    done = find_touch(request_id)
    return None if done is None else Received(True, done=done)


def _is_blocked(signs: set[tuple[str, str]]) -> bool:
    wanted = {(kind, value) for kind, value in signs if value}
    rows = Blocked.objects.filter(value__in=[value for _kind, value in wanted]).values_list("kind", "value")
    return any(row in wanted for row in rows)


def is_sorted(channel: str, source: str = "") -> bool:
    """Tell whether all that comes by a channel, or from a source, waits to be sorted."""
    wanted = Q(channel=channel, source="")
    if source:
        wanted |= Q(channel="", source=_source(source))
    return InboxChannel.objects.filter(wanted, is_sorted=True).exists()


@transaction.atomic
def set_channel(*, actor: Actor, channel: str, is_sorted: bool) -> None:
    """Say whether what comes by a channel waits to be sorted. Raises Denied, Invalid."""
    actor.require(CHANGE_SETTINGS)
    if channel not in SORTED_CHANNELS:
        message = _("There is no such channel.")
        raise Invalid(message, fields={"channel": message})
    InboxChannel.objects.update_or_create(channel=channel, source="", defaults={"is_sorted": is_sorted})


@transaction.atomic
def set_sources(*, actor: Actor, sources: Sequence[str]) -> None:
    """Say from which sources (`utm_source`) everything waits, by whatever channel. Raises Denied, Invalid."""
    actor.require(CHANGE_SETTINGS)
    wanted = {name for one in sources if (name := _source(one))}
    if len(wanted) > SOURCES_LIMIT:
        message = _("At most %(most)d sources.") % {"most": SOURCES_LIMIT}
        raise Invalid(message, fields={"sources": message})
    held = InboxChannel.objects.select_for_update().filter(channel="").order_by("id")
    known = {one.source for one in held}
    held.exclude(source__in=wanted).delete()
    InboxChannel.objects.bulk_create(
        [InboxChannel(channel="", source=one, is_sorted=True) for one in sorted(wanted - known)],
        ignore_conflicts=True,
    )


def _source(text: str) -> str:
    return clean_text(text, 200).text.casefold()[:200]


def touch_of(lead: InboxLead) -> TouchData:
    """Return what came as the touch it is; its request id is the lead's own, so that it makes one touch."""
    names = {one.name for one in fields(TouchData)}
    sent: dict[str, Any] = {name: value for name, value in lead.sent.items() if name in names}  # as JSON keeps it
    consents = tuple(ConsentDraft(**one) for one in sent.pop("consents", ()))
    for name in ("phones", "emails", "signs"):
        sent[name] = tuple(sent.get(name, ()))
    sent["request_id"] = lead.request_id or f"inbox-{lead.public_id}"
    channel = sent.pop("channel", lead.channel)
    return TouchData(**sent, consents=consents, channel=channel if channel in CHANNELS else "form")


def lock_lead(actor: Actor, public_id: str) -> InboxLead:
    """Lock a lead of the inbox and read it as it is then. Raises Denied, NotFound."""
    actor.require(SORT_LEADS)
    row = InboxLead.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such request."))
    return row


def settle_lead(
    lead: InboxLead,
    state: str,
    *,
    actor: Actor,
    now: datetime,
    client_id: int | None = None,
    touch_id: int | None = None,
    outcome: Mapping[str, object] | None = None,
) -> None:
    """Write down how a locked lead was sorted; the caller has done the rest."""
    lead.state, lead.decided_by_id, lead.decided_at = state, actor.employee_id, now
    lead.client_id, lead.touch_id, lead.outcome = client_id, touch_id, dict(outcome or {})
    lead.save(update_fields=["state", "decided_by", "decided_at", "client", "touch", "outcome"])
    publish(LeadSorted(lead_id=lead.pk, state=state), at=now)


def put_back(lead: InboxLead, *, actor: Actor, now: datetime) -> None:
    """Let a locked lead wait again; its client and touch stay known, so that a second acceptance makes no second."""
    lead.state, lead.decided_by_id, lead.decided_at = State.WAITING, None, None
    lead.save(update_fields=["state", "decided_by", "decided_at"])
    publish(LeadSorted(lead_id=lead.pk, state=State.WAITING), at=now)


@transaction.atomic
def reject(*, actor: Actor, public_ids: Sequence[str], now: datetime, block: bool = False) -> list[str]:
    """Reject waiting leads as spam, their senders blocked if wanted; return the ids of those that were waiting.

    Raises Denied. Those that somebody sorted meanwhile stay as they are.
    """
    actor.require(SORT_LEADS)
    rows = InboxLead.objects.select_for_update().filter(public_id__in=public_ids[:BULK_LIMIT], state=State.WAITING)
    done = list(rows.order_by("id"))
    for lead in done:
        settle_lead(lead, State.SPAM, actor=actor, now=now, client_id=lead.client_id, touch_id=lead.touch_id)
        if block:
            _block(lead, actor, now)
    return [lead.public_id for lead in done]


def _block(lead: InboxLead, actor: Actor, now: datetime) -> None:
    """Block the contacts of a lead; the address of the net only where there is no contact: many share one."""
    read = check_touch(touch_of(lead))
    signs = [(one.kind, one.value) for one in read.contacts if one.kind in ("phone", "email")]
    if not signs and lead.address:
        signs = [("address", lead.address)]
    for kind, value in signs:
        row, made = Blocked.objects.get_or_create(
            kind=kind, value=value[:200], defaults={"author_id": actor.employee_id, "at": now}
        )
        if made:
            publish(SenderBlocked(blocked_id=row.pk, kind=kind, blocked=True), at=now)


@transaction.atomic
def unreject(*, actor: Actor, public_ids: Sequence[str], now: datetime) -> int:
    """Let leads wait again that were rejected as spam; return how many. Senders stay blocked. Raises Denied."""
    actor.require(SORT_LEADS)
    rows = InboxLead.objects.select_for_update().filter(public_id__in=public_ids[:BULK_LIMIT], state=State.SPAM)
    found = list(rows.order_by("id"))
    for lead in found:
        put_back(lead, actor=actor, now=now)
    return len(found)


@transaction.atomic
def unblock(*, actor: Actor, public_id: str, now: datetime) -> None:
    """Take from a sender again. Raises Denied, NotFound."""
    actor.require(SORT_LEADS)
    row = Blocked.objects.select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("This sender is not blocked."))
    publish(SenderBlocked(blocked_id=row.pk, kind=row.kind, blocked=False), at=now)
    row.delete()


@transaction.atomic
def untold(*, now: datetime) -> list[InboxLead]:
    """Return leads that wait too long and whose heads have not heard of it, each once: they count as told now."""
    rows = InboxLead.objects.select_for_update(skip_locked=True).filter(
        state=State.WAITING, told_at=None, due_at__lte=now
    )
    found = list(rows.order_by("due_at", "id")[:BULK_LIMIT])
    InboxLead.objects.filter(pk__in=[one.pk for one in found]).update(told_at=now)
    return found


def require_waiting(lead: InboxLead) -> None:
    """Raise Conflict where somebody has rejected the lead meanwhile."""
    if lead.state == State.SPAM:
        name = accounts.employee_names([lead.decided_by_id or 0]).get(lead.decided_by_id or 0, "")
        message = _("%(name)s has rejected this as spam meanwhile.") if name else _("This was rejected as spam.")
        raise Conflict(message % {"name": name} if name else message, code="rejected_already")
