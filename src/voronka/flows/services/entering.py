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

from voronka.flows.events import RunEnded, RunEntered
from voronka.flows.models import Automation, AutomationVersion, Run, RunStep
from voronka.flows.ports import EventTrigger
from voronka.flows.rules.maps import Map
from voronka.flows.rules.scenes import read_map
from voronka.flows.services import offering
from voronka.flows.services.acting import is_off, machine
from voronka.flows.services.logging import note
from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent, publish
from voronka.kit.tenancy import current_company_id

log = structlog.get_logger(__name__)

MOST_CHAIN = 5
MOST_AN_HOUR = 20
HOUR = timedelta(hours=1)
CIRCLE, CROWD = "circle", "crowd"
KEPT_OUT = (CIRCLE, CROWD)
_LOCK = 7_001


def map_of(version: AutomationVersion) -> Map:
    """Return the map of a version."""
    return read_map(version.map)


def fits(kind: str, subject_id: int, filters: dict[str, str], *, actor: Actor, now: datetime) -> bool:
    """Tell whether a record meets conditions of its kind (kit.facets). One that makes no sense any more is not met."""
    if not filters:
        return True
    wanted, problems = facets.condition(kind, dict(filters), actor, now=now)
    if problems:
        return False
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
    automation: Automation, subject_id: int, *, now: datetime, cause: uuid.UUID | None = None, by_hand: bool = False
) -> Run | None:
    """Bring a record into an automation; None where it may not come in now.

    `cause` is what the bringing event carries; `by_hand` leaves out whether he may come again.
    """
    _one_at_a_time()
    with machine() as actor:
        version = AutomationVersion.objects.filter(automation=automation, state="live").first()
        traveller = offering.find_traveller(automation.subject)
        if is_off(actor) or version is None or traveller is None:
            return None
        if not traveller.rows().filter(pk=subject_id).exists():
            return None
        held = map_of(version)
        if not by_hand and not _may_again(automation, subject_id, now):
            return None
        if not fits(automation.subject, subject_id, held.only, actor=actor, now=now):
            return None
        run = Run(
            automation=automation, version=version, subject_kind=automation.subject, subject_id=subject_id,
            client_id=traveller.client_of(subject_id), node=held.first, goal=held.goal, due_at=now, entered_at=now,
            moved_at=now, count=1, chain=_chain(cause),
        )  # fmt: skip
    why = _kept_out(run, now)
    if why:
        _keep_out(run, why, now)
        return None
    Run.objects.bulk_create([run], ignore_conflicts=True)
    made = Run.objects.filter(public_id=run.public_id).first()
    if made is None:
        return None  # he is inside already
    note(made, "entered", at=now, number=1, about={"trigger": automation.trigger, "by_hand": by_hand})
    publish(
        RunEntered(
            automation_id=automation.pk, walk_id=made.pk, client_id=made.client_id, trigger=automation.trigger
        ),
        cause=cause, at=now,
    )  # fmt: skip
    return made


def _one_at_a_time() -> None:
    """Let one transaction of the company bring people in at a time: what it has read of earlier walks holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, current_company_id() % 2_000_000_000])


def _earlier(automation: Automation, subject_id: int) -> "Run | None":
    found = Run.objects.filter(automation=automation, subject_kind=automation.subject, subject_id=subject_id)
    return found.exclude(why__in=KEPT_OUT).order_by("-id").first()


def _may_again(automation: Automation, subject_id: int, now: datetime) -> bool:
    last = _earlier(automation, subject_id)
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
    return CROWD if lately.count() >= MOST_AN_HOUR else ""


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
        state=state, why=why, due_at=None, awaits="", claim=None, claimed_until=None, ended_at=now, moved_at=now,
        count=run.count + 1,
    )  # fmt: skip
    if not changed:
        return False
    note(run, code, at=now, number=run.count + 1, node=run.node, about=about)
    publish(
        RunEnded(
            automation_id=run.automation_id, walk_id=run.pk, client_id=run.client_id, state=str(state), why=why
        ),
        at=now,
    )  # fmt: skip
    return True
