"""How somebody comes into an automation: by an event, at a day, by a list, by hand; and what keeps him out.

Nobody is in one automation twice at a time, nor again before he may. What an automation did brings nobody into an
automation of its own chain, a chain is five automations long at most, and nobody comes into more than twenty an hour.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from voronka.flows.events import RunEnded, RunEntered
from voronka.flows.models import Automation, AutomationVersion, Run, RunStep
from voronka.flows.ports import EventTrigger
from voronka.flows.rules.maps import NEXT, Map
from voronka.flows.rules.scenes import read_map
from voronka.flows.services import offering
from voronka.flows.services.acting import is_off, machine
from voronka.flows.services.logging import note
from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.events import RecordedEvent, publish
from voronka.kit.tenancy import current_company_id

log = structlog.get_logger(__name__)

MOST_CHAIN = 5
MOST_AN_HOUR, MOST_LIVE = 20, 60
HOUR = timedelta(hours=1)
CIRCLE, CROWD = "circle", "crowd"
KEPT_OUT = (CIRCLE, CROWD)
PAGE = "page"  # why a walk ended: he left the page before anything had come of it
_LOCK, _LIVE_LOCK = 7_001, 7_002


def map_of(version: AutomationVersion) -> Map:
    """Return the map of a version."""
    return read_map(version.map)


def fits(kind: str, subject_id: int, filters: dict[str, str], *, actor: Actor, now: datetime) -> bool:
    """Tell whether a record meets conditions of its kind (kit.facets). One that makes no sense any more is not met."""
    try:
        return meets(kind, subject_id, filters, actor=actor, now=now)
    except Senseless:
        return False


class Senseless(Refusal):
    """A condition that nobody can judge any more: its field was deleted, or its value is none now."""

    code = "bad_condition"


def meets(kind: str, subject_id: int, filters: dict[str, str], *, actor: Actor, now: datetime) -> bool:
    """Tell whether a record meets conditions of its kind. Raises Senseless for one that makes no sense any more."""
    if not filters:
        return True
    wanted, problems = facets.condition(kind, dict(filters), actor, now=now)
    if problems:
        raise Senseless(_("A condition makes no sense any more: take it out."))
    return bool(offering.traveller_of(kind).rows().filter(wanted, pk=subject_id).exists())


def note_event(event: RecordedEvent, *, now: datetime) -> None:
    """Let an event bring people in, end their waits and reach their goals: what the listener does."""
    kinds = [one for one in offering.event_triggers() if one.event.name() == event.name]
    codes = [one.kind for one in kinds]
    _end_waits(event, codes, now)
    found = Automation.objects.filter(is_on=True, trigger__in=codes, switched_at__lte=event.at).order_by("id")
    for automation in found:
        try:
            with transaction.atomic():
                _enter_by(automation, event, now)
        except OperationalError:
            raise  # two waited for each other: the listener tries the event again
        except Exception as reason:  # noqa: BLE001  (one broken automation must not stop the others)
            log.warning("automation not entered", automation=automation.pk, reason=type(reason).__name__)


def _enter_by(automation: Automation, event: RecordedEvent, now: datetime) -> None:
    version = AutomationVersion.objects.filter(automation=automation, state="live").first()
    begins = offering.find_trigger(map_of(version).trigger) if version else None
    if version is None or not isinstance(begins, EventTrigger) or not begins.fits(event):
        return
    subject_id = begins.subject_of(event)
    if subject_id is not None:
        enter(automation, subject_id, now=now, cause=event.cause)


def _end_waits(event: RecordedEvent, codes: Sequence[str], now: datetime) -> None:
    about = Q(subject_kind=event.subject_kind, subject_id=event.subject_id)
    if event.client_id is not None:
        about |= Q(client_id=event.client_id)
    waiting = Run.objects.filter(about, state=Run.State.RUNNING, entered_at__lte=event.at)
    for run in waiting.filter(Q(awaits__in=codes) | Q(goal__in=codes)).order_by("id"):
        if run.subject_kind == event.subject_kind and run.subject_id != event.subject_id:
            continue  # another order of the same client
        if run.goal in codes:
            end(run, state=Run.State.DONE, why="goal", code="goal", now=now)
        else:
            Run.objects.filter(pk=run.pk, count=run.count, awaits=run.awaits).update(
                has_come=True, awaits="", due_at=now
            )


@transaction.atomic
def enter(
    automation: Automation, subject_id: int, *, now: datetime, cause: uuid.UUID | None = None, by_hand: bool = False,
    door: str = "", heard: str = "",
) -> Run | None:  # fmt: skip
    """Bring a record into an automation; None where it may not come in now.

    `cause` is what the bringing event carries; `by_hand` leaves out whether he may come again. `door` is the node that
    is the beginning, if it is not the map's own; `heard` the key of the moment that brings him.
    """
    if offering.is_live(automation.subject):
        one_record_at_a_time(automation.subject, subject_id)
    else:
        _one_at_a_time()
    with machine() as actor:
        version = AutomationVersion.objects.filter(automation=automation, state="live").first()
        traveller = offering.find_traveller(automation.subject)
        if is_off(actor) or version is None or traveller is None:
            return None
        if not traveller.rows().filter(pk=subject_id).exists():
            return None
        held = map_of(version)
        begins = held.target((door, NEXT))
        if not begins and door:
            return None  # nothing stands behind it
        if not by_hand and not _may_again(automation, subject_id, now, door):
            return None
        if not fits(automation.subject, subject_id, held.only, actor=actor, now=now):
            return None
        run = Run(
            automation=automation, version=version, subject_kind=automation.subject, subject_id=subject_id,
            client_id=traveller.client_of(subject_id), node=begins, goal=held.goal, due_at=now, entered_at=now,
            moved_at=now, count=1, chain=_chain(cause), door=door, heard=heard[:64],
        )  # fmt: skip
    why = _kept_out(run, now)
    if why:
        _keep_out(run, why, now)
        return None
    Run.objects.bulk_create([run], ignore_conflicts=True)
    made = Run.objects.filter(public_id=run.public_id).first()
    if made is None:
        return None  # he is inside already, or the moment has brought him before
    trigger = automation.trigger if not door else str(_door_kind(held, door))
    note(made, "entered", at=now, number=1, node=door, about={"trigger": trigger, "by_hand": by_hand})
    if traveller.is_live:
        return made
    publish(
        RunEntered(
            automation_id=automation.pk, walk_id=made.pk, client_id=made.client_id, trigger=automation.trigger
        ),
        cause=cause, at=now,
    )  # fmt: skip
    return made


def _door_kind(held: Map, door: str) -> object:
    node = held.node(door)
    return node.set.get("event", "") if node else ""


def one_record_at_a_time(kind: str, subject_id: int) -> None:
    """Let one transaction move one live record at a time: others of the company are not waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))",
            [_LIVE_LOCK, f"{current_company_id()} {kind} {subject_id}"],
        )


def _one_at_a_time() -> None:
    """Let one transaction of the company bring people in at a time: what it has read of earlier walks holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, current_company_id() % 2_000_000_000])


def _earlier(automation: Automation, subject_id: int, door: str) -> "Run | None":
    found = Run.objects.filter(
        automation=automation, subject_kind=automation.subject, subject_id=subject_id, door=door
    )
    return found.exclude(why__in=(*KEPT_OUT, PAGE)).order_by("-id").first()


def _may_again(automation: Automation, subject_id: int, now: datetime, door: str) -> bool:
    last = _earlier(automation, subject_id, door)
    if last is None or automation.again == Automation.Again.ALWAYS:
        return True
    return automation.again == Automation.Again.DAYS and last.entered_at <= now - timedelta(
        days=automation.again_days
    )


def _chain(cause: uuid.UUID | None) -> list[int]:
    """Return the automations that led to this event, the first one first."""
    if cause is None:
        return []
    step = RunStep.objects.select_related("run").filter(cause=cause).first()
    return [] if step is None else [*step.run.chain, step.run.automation_id]


def _kept_out(run: Run, now: datetime) -> str:
    if run.automation_id in run.chain or len(run.chain) >= MOST_CHAIN:
        return CIRCLE
    whose = Q(subject_kind=run.subject_kind, subject_id=run.subject_id)
    if run.client_id is not None:
        whose |= Q(client_id=run.client_id)
    lately = Run.objects.filter(whose, entered_at__gt=now - HOUR).exclude(why__in=KEPT_OUT)
    most = MOST_LIVE if offering.is_live(run.subject_kind) else MOST_AN_HOUR
    return CROWD if lately.count() >= most else ""


def _keep_out(run: Run, why: str, now: datetime) -> None:
    """Write down that somebody was kept out and why, once an hour."""
    same = Run.objects.filter(automation=run.automation, subject_kind=run.subject_kind, subject_id=run.subject_id)
    if same.filter(why=why, entered_at__gt=now - HOUR).exists():
        return
    run.state, run.why, run.node, run.due_at, run.ended_at = Run.State.LEFT, why, "", None, now
    run.save(force_insert=True)
    note(run, "kept_out", at=now, number=1, about={"why": why, "chain": run.chain})


def end(run: Run, *, state: str, why: str, code: str, now: datetime, about: dict[str, object] | None = None) -> bool:
    """Let somebody out; False where he has moved on, is out already, or became another by a merge of cards."""
    same = Run.objects.filter(pk=run.pk, count=run.count, subject_id=run.subject_id)
    changed = same.filter(state__in=("running", "failed")).update(
        state=state, why=why, due_at=None, stays_until=None, awaits="", claim=None, claimed_until=None, ended_at=now,
        moved_at=now, count=run.count + 1,
    )  # fmt: skip
    if not changed:
        return False
    note(run, code, at=now, number=run.count + 1, node=run.node, about=about)
    if offering.is_live(run.subject_kind):
        return True  # many a visitor comes and goes: the walk's own log tells of it
    publish(
        RunEnded(
            automation_id=run.automation_id, walk_id=run.pk, client_id=run.client_id, state=str(state), why=why
        ),
        at=now,
    )  # fmt: skip
    return True
