"""A walk: a list called through to its end, client by client, by one or by several at once.

Whose turn it is, is settled as in the feed: the lease of a client is the only promise, so no two ever hold one. A walk
keeps what it was made of; what has happened to a deal meanwhile is looked at when its turn comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.deals.models import Deal, Pipeline, Press, Walk, WalkItem
from voronka.deals.permissions import OPEN_DEALS, PRESS
from voronka.deals.queries.desk import visible
from voronka.deals.queries.walks import get_walk, seen_items
from voronka.deals.services.opening import DUE, FirstStep, open_deal
from voronka.kit.actors import Actor, Reach
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.people import queries as people
from voronka.work import queries as hours
from voronka.work import services as work

MOST = 2_000
# Who took a client without a deal holds no lease: after this long he has gone away.
FORGOTTEN = timedelta(minutes=10)
TRIES = 20
STATE = WalkItem.State


@dataclass(frozen=True, slots=True)
class Step:
    """Who was given: the item, and its deal; a client without an open deal has none, and the page asks for one."""

    item: WalkItem
    deal: Deal | None


@transaction.atomic
def start(
    *, actor: Actor, subject: str, ids: Sequence[int], name: str, query: str, is_shared: bool, now: datetime
) -> Walk:
    """Make a walk of deals or clients (`subject`) by id, to be called in that order.

    `query` is the address of the list that found them. Raises Denied, also for one whom the feed leads (strict mode),
    Invalid for none or too many.
    """
    require_walker(actor)
    if actor.is_led:
        raise Denied(_("In strict mode the feed chooses whom you call. A shared list of your head may be joined."))
    if not ids:
        raise Invalid(_("The list is empty: there is nobody to call."))
    if len(ids) > MOST:
        raise Invalid(_("At most %(most)s at once: narrow the list by a filter.") % {"most": MOST})
    clients = list(ids) if subject == "client" else []
    if subject == "deal":
        by_id = dict(Deal.objects.filter(visible(actor), pk__in=ids).values_list("id", "client_id"))
        clients = [by_id.get(one, 0) for one in ids]
    walk = Walk.objects.create(
        name=name[:200] or _("All open deals"), subject=subject, query=query[:2000], is_shared=is_shared,
        total=len(ids), author_id=actor.person_id, started_at=now,
    )  # fmt: skip
    WalkItem.objects.bulk_create(
        [
            WalkItem(walk=walk, position=at, client_id=client, deal_id=one if subject == "deal" else None)
            for at, (one, client) in enumerate(zip(ids, clients, strict=True))
            if client
        ],
        batch_size=1000,
    )
    return walk


def may_walk(actor: Actor) -> bool:
    """Tell whether the actor works through the feed and presses buttons."""
    return actor.reach(PRESS) is not Reach.NONE and work.may_work(actor)


def require_walker(actor: Actor) -> None:
    """Raise Denied for one who does not work through the feed and press buttons."""
    if not may_walk(actor):
        raise Denied(_("Lists are called through by those who work in the feed."))


@transaction.atomic
def take(*, actor: Actor, walk_id: str, now: datetime) -> Step | None:
    """Give the next client of the walk and hold him; None when nobody can be given now: done, or all must wait.

    The one still in hand comes back, so that a reloaded page loses nothing. Raises NotFound for a walk of others.
    """
    require_walker(actor)
    walk = get_walk(actor, walk_id)
    if walk.ended_at is not None:
        return None
    settle(walk)
    mine = WalkItem.objects.select_for_update(of=("self",)).filter(walk=walk, state=STATE.TAKEN)
    in_hand = mine.filter(employee_id=actor.person_id).order_by("-taken_at").first()
    if in_hand is not None:
        step = _hold(in_hand, actor, now)
        if step is not None:
            return step
        _put_back(in_hand)
    passed: list[int] = []
    for _turn in range(TRIES):
        item = _first(candidates(walk, actor, now=now).exclude(pk__in=passed))
        if item is None:
            break
        step = _hold(item, actor, now)
        if step is not None:
            return step
        if item.state == STATE.CLOSED:
            _leave_out_closed(walk)
        passed.append(item.pk)
    if not walk.items.filter(state__in=[STATE.WAITING, STATE.TAKEN]).exists():
        end(walk, now)
    return None


def look_ahead(*, actor: Actor, walk_id: str, now: datetime) -> Step | None:
    """Return who would come after the one in hand; only reads, and promises nothing: a colleague may still take him.

    Raises Denied, NotFound.
    """
    require_walker(actor)
    walk = get_walk(actor, walk_id)
    if walk.ended_at is not None:
        return None
    mine = Q(state=STATE.TAKEN, employee_id=actor.person_id)
    for item in candidates(walk, actor, now=now).exclude(mine).select_related("client")[:TRIES]:
        deal = _deal_of(item, actor)
        if deal is not None or item.deal_id is None:
            return Step(item, deal)
    return None


def _leave_out_closed(walk: Walk) -> None:
    """Mark those whose deals were closed before their turn, however many lie one behind another."""
    rows = WalkItem.objects.filter(walk=walk, state=STATE.WAITING, deal__isnull=False)
    closed = rows.exclude(deal__state=Deal.State.OPEN).select_for_update(skip_locked=True, of=("self",))
    ids = list(closed.order_by("id").values_list("id", flat=True))
    if ids:
        WalkItem.objects.filter(pk__in=ids).update(state=STATE.CLOSED)


def candidates(walk: Walk, actor: Actor, *, now: datetime) -> QuerySet[WalkItem]:
    """Return the items that the actor may be given now: nobody's, within his reach, whose clock allows a call."""
    forgotten = Q(state=STATE.TAKEN, taken_at__lt=now - FORGOTTEN)
    rows = seen_items(walk, actor).filter(Q(state=STATE.WAITING) | forgotten)
    held = hours.clients_held_by_others(actor.employee_id or 0, now=now)
    return rows.filter(_callable(rows, now)).exclude(client_id__in=held).order_by("position")


def _callable(rows: QuerySet[WalkItem], now: datetime) -> Q:
    """Return the condition of clients whose calling hours are open, asked once for each kind of hours."""
    rules, wanted = accounts.get_company_rules(), Q(pk__in=[])
    columns = ("client__zone", "client__call_opens_minute", "client__call_closes_minute")
    for zone, opens, closes in rows.order_by().values_list(*columns).distinct():
        own = opens is not None and closes is not None
        first, last = (opens, closes) if own else (rules.call_opens_minute, rules.call_closes_minute)
        if hours.CallingHours.of(zone, first, last).is_open(now):
            unset = Q(client__call_opens_minute=None) | Q(client__call_closes_minute=None)
            exact = Q(client__call_opens_minute=opens, client__call_closes_minute=closes)
            wanted |= Q(client__zone=zone) & (exact if own else unset)
    return wanted


def _first(rows: QuerySet[WalkItem]) -> WalkItem | None:
    """Lock and return the first of the rows that nobody is choosing at this moment."""
    return rows.select_for_update(skip_locked=True, of=("self",)).first()


def _hold(item: WalkItem, actor: Actor, now: datetime) -> Step | None:
    """Take an item into the actor's hands; None when a colleague holds the client.

    None, too, when its deal was closed or given away meanwhile, or its client is out of the actor's sight by now.
    """
    deal = _deal_of(item, actor)
    if deal is None and (item.deal_id is not None or not _is_in_sight(item, actor)):
        item.state = STATE.CLOSED
        item.save(update_fields=["state"])
        return None
    if deal is not None:
        assert deal.open_task_id is not None, "an open deal has a step"
        if not work.hold(actor=actor, task_id=deal.open_task_id, client_id=deal.client_id, now=now):
            return None
        work.let_go_others(actor=actor, task_id=deal.open_task_id)
    is_new = item.state != STATE.TAKEN or item.employee_id != actor.employee_id
    item.state, item.employee_id, item.deal = STATE.TAKEN, actor.employee_id, deal
    item.taken_at = now if is_new else item.taken_at
    item.save(update_fields=["state", "employee", "deal", "taken_at"])
    return Step(item, deal)


def _deal_of(item: WalkItem, actor: Actor) -> Deal | None:
    """Return the open deal to work by: the item's own, else the newest one of its client within reach."""
    rows = Deal.objects.filter(visible(actor), state=Deal.State.OPEN)
    if item.deal_id is not None:
        return rows.filter(pk=item.deal_id).first()
    return rows.filter(client_id=item.client_id).order_by("-id").first()


def _is_in_sight(item: WalkItem, actor: Actor) -> bool:
    return people.list_clients(actor).filter(pk=item.client_id).exists()


def _put_back(item: WalkItem) -> None:
    if item.state == STATE.TAKEN:
        WalkItem.objects.filter(pk=item.pk).update(state=STATE.WAITING, employee=None, taken_at=None)


def settle(walk: Walk) -> None:
    """Write down what came of the items in hands: the first press since; one taken back makes its client wait again."""
    WalkItem.objects.filter(walk=walk, press__undone_at__isnull=False).update(
        state=STATE.WAITING, press=None, employee=None, taken_at=None
    )
    for item in WalkItem.objects.select_related("deal").filter(walk=walk, state=STATE.TAKEN, deal__isnull=False):
        made = Press.objects.filter(deal=item.deal, at__gte=item.taken_at, undone_at=None)
        done = made.order_by("id").first()
        if done is not None:
            WalkItem.objects.filter(pk=item.pk).update(
                state=STATE.DONE, press=done, employee_id=done.employee_id or item.employee_id
            )


@transaction.atomic
def skip(*, actor: Actor, walk_id: str, position: int) -> None:
    """Pass the client in hand over: he stays unreached, and the page of the end says so."""
    item = _in_hand(actor, walk_id, position)
    item.state = STATE.SKIPPED
    item.save(update_fields=["state"])
    if item.deal is not None and item.deal.open_task_id is not None:
        work.let_go(actor=actor, task_id=item.deal.open_task_id)


@transaction.atomic
def open_for(*, actor: Actor, walk_id: str, position: int, pipeline: str, now: datetime) -> Deal:
    """Open a deal for the client in hand, due now and the actor's own. Pressed twice, it is opened once.

    `pipeline` is a public id, needed where he has no deal yet. Raises Denied, NotFound, Conflict, Invalid.
    """
    actor.require(OPEN_DEALS)
    item = _in_hand(actor, walk_id, position)
    people.lock_client(item.client_id)
    known = _deal_of(item, actor)
    if known is None:
        chosen = Pipeline.objects.filter(public_id=pipeline, is_active=True).first()
        if chosen is None:
            raise Invalid(
                _("Choose a pipeline first."), fields={"pipeline": _("This choice is no longer in the list.")}
            )
        known = open_deal(
            actor=actor, client_id=item.client_id, now=now, pipeline_id=chosen.pk, responsible_id=actor.employee_id,
            first=FirstStep("call", _("Call by the list"), DUE, now), source="list",
        )  # fmt: skip
    item.deal = known
    item.save(update_fields=["deal"])
    return known


def _in_hand(actor: Actor, walk_id: str, position: int) -> WalkItem:
    """Lock and return the item that the actor has in hand. Raises Conflict when it has gone to somebody else."""
    require_walker(actor)
    walk = get_walk(actor, walk_id)
    rows = WalkItem.objects.select_for_update(of=("self",)).select_related("deal")
    item = rows.filter(
        walk=walk, position=position, state=STATE.TAKEN, employee_id=actor.person_id
    ).first()  # fmt: skip
    if item is None:
        raise Conflict(_("This client is no longer in your hands. Take the next one."), code="lease_lost")
    return item


@transaction.atomic
def stop(*, actor: Actor, walk_id: str, now: datetime) -> Walk:
    """End a walk before its end; who was not reached stays so. Raises Denied for others than its author."""
    require_walker(actor)
    walk = get_walk(actor, walk_id)
    if walk.author_id != actor.employee_id:
        raise Denied(_("Only the one who began this list may end it."))
    settle(walk)
    end(walk, now)
    return walk


def end(walk: Walk, now: datetime) -> None:
    """Mark the walk as ended, once."""
    Walk.objects.filter(pk=walk.pk, ended_at=None).update(ended_at=now)
    walk.ended_at = walk.ended_at or now
