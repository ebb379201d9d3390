"""Walking: due walks are taken one by one, each goes one node further in a transaction of its own.

A worker claims a walk by a short transaction, then does the node's work and writes where the walk stands, by one more:
only if it stands where it was found. So a worker that dies leaves nothing behind, and of two only one is heard. The
records that steps touch are locked before the walk, in the order of all verbs. See docs/algorithms/automations.md.
"""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from voronka.flows.events import RunStuck
from voronka.flows.models import Run
from voronka.flows.ports import Act
from voronka.flows.rules.maps import CAME, LATE, NEXT, NO, YES, Map, Node
from voronka.flows.rules.scenes import SUBJECT
from voronka.flows.rules.waits import minute_of, next_hour, share_of
from voronka.flows.services import offering
from voronka.flows.services.acting import is_off, machine
from voronka.flows.services.entering import end, fits, map_of
from voronka.flows.services.logging import note
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.events import caused_by, publish
from voronka.kit.steps import BadStep, Effect, Step, parse_steps, working
from voronka.kit.tenancy import company_context

log = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=5)
ATTEMPTS = 5
TURNS, SECONDS = 500, 20.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What a node did with a walk: the line of the log, and where it stands now.

    `way` is the exit it takes, empty while it waits until `due_at`, or for the event `awaits`.
    """

    code: str
    way: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    effects: Sequence[Effect] = ()
    due_at: datetime | None = None
    awaits: str = ""
    cause: uuid.UUID | None = None


class Overtaken(Exception):
    """Somebody else has moved the walk meanwhile: what was done here is taken back."""


def companies_due(now: datetime) -> list[int]:
    """Return the companies in which somebody is to be looked after."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM flows_companies_due(%s) AS company", [now])
        return [row[0] for row in cursor.fetchall()]


def walk(company_id: int, *, now: datetime, turns: int = TURNS, seconds: float = SECONDS) -> int:
    """Move the company's due walks on, for some seconds at most; return how many turns were taken."""
    until, taken = time.monotonic() + seconds, 0
    with company_context(company_id, origin="automation", strict=True):
        while taken < turns and time.monotonic() < until:
            run = _claim(now)
            if run is None:
                break
            _take_turn(run, now)
            taken += 1
    return taken


def _claim(now: datetime) -> Run | None:
    """Take one due walk; a claim that has run out was of a worker that died."""
    with transaction.atomic():
        with machine() as actor:
            if is_off(actor):
                return None
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        run = (
            Run.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(free, state=Run.State.RUNNING, due_at__lte=now, automation__is_on=True)
            .exclude(subject_kind=SUBJECT)
            .order_by("due_at", "id")
            .first()
        )
        if run is not None:
            run.claim, run.claimed_until = uuid.uuid4(), now + CLAIM
            run.save(update_fields=["claim", "claimed_until"])
    return run


def _take_turn(run: Run, now: datetime) -> None:
    try:
        with transaction.atomic():
            _go_on(run, now)
    except Overtaken:
        return
    except Exception as reason:  # noqa: BLE001  (one bad step must not stop the others)
        with transaction.atomic():
            _note_failure(run, reason, now)


def _go_on(run: Run, now: datetime) -> None:
    held = map_of(run.version)
    node = held.node(run.node)
    traveller = offering.find_traveller(run.subject_kind)
    if traveller is None or not traveller.rows().filter(pk=run.subject_id).exists():
        if not end(run, state=Run.State.LEFT, why="gone", code="gone", now=now):
            raise Overtaken
        return
    if node is None:
        if not end(run, state=Run.State.DONE, why="end", code="end", now=now):
            raise Overtaken
        return
    with machine() as actor:
        turn = turn_of(run, node, actor=actor, now=now)
    _settle(run, held, node, turn, now)


def turn_of(run: Run, node: Node, *, actor: Actor, now: datetime, dry: bool = False) -> Turn:
    """Do what a node does with a walk. With `dry` its steps are only told. Raises Refusal for a broken node."""
    match node.kind:
        case "wait":
            minutes = int(node.set["minutes"])
            if run.is_armed:
                return Turn("waited", NEXT)
            return _waits(now + timedelta(minutes=minutes))
        case "clock":
            zone = offering.traveller_of(run.subject_kind).zone_of(run.subject_id)
            due = next_hour(now, minute_of(str(node.set["hour"])), zone)
            return Turn("waited", NEXT) if run.is_armed or due <= now else _waits(due, zone=zone)
        case "await":
            if run.is_armed:
                return Turn("came", CAME) if run.has_come else Turn("late", LATE)
            due = now + timedelta(minutes=int(node.set["minutes"]))
            turn = _waits(due, event=str(node.set["event"]))
            return Turn(turn.code, about=turn.about, due_at=due, awaits=str(node.set["event"]))
        case "check":
            return Turn("checked", YES if _meets(run, node, actor, now) else NO)
        case "split":
            key = f"{run.automation_id}:{node.id}:{run.subject_kind}:{run.subject_id}"
            return Turn("split", str(share_of(key, [int(one) for one in node.set["shares"]])))
    return _acted(run, node, actor, now, dry=dry)


def _waits(until: datetime, **about: str) -> Turn:
    return Turn("waits", about={"until": until.isoformat(), **about}, due_at=until)


def _meets(run: Run, node: Node, actor: Actor, now: datetime) -> bool:
    kind = str(node.set.get("of") or run.subject_kind)
    subject_id = run.subject_id if kind == run.subject_kind else run.client_id
    filters = {str(name): str(text) for name, text in node.set.get("filters", {}).items()}
    return subject_id is not None and fits(kind, subject_id, filters, actor=actor, now=now)


def steps_of(node: Node, actor: Actor) -> list[Step]:
    """Return the steps that a node runs. Raises Refusal where one is broken."""
    try:
        return working(parse_steps([node.set.get("step", {})]), actor)
    except BadStep as bad:
        raise Refusal(_("This step is broken: set it up anew."), code="bad_step") from bad


def _acted(run: Run, node: Node, actor: Actor, now: datetime, *, dry: bool) -> Turn:
    cause = uuid.uuid5(run.cause, f"{run.count}:{node.id}")
    act = Act(run.subject_id, steps_of(node, actor), actor, now, cause, dry)
    with caused_by(cause):
        effects = offering.traveller_of(run.subject_kind).run(act)
    return Turn("did", NEXT, effects=effects, cause=cause)


def _settle(run: Run, held: Map, node: Node, turn: Turn, now: datetime) -> None:
    """Write where the walk stands, if it still stands where it was found. Raises Overtaken."""
    to = held.target((node.id, turn.way)) if turn.way else node.id
    is_over = bool(turn.way) and not to
    same = Run.objects.filter(pk=run.pk, claim=run.claim, count=run.count, subject_id=run.subject_id)
    changed = same.filter(state=Run.State.RUNNING).update(
        node=to, is_armed=not turn.way, awaits=turn.awaits, has_come=False, due_at=turn.due_at or now, moved_at=now,
        count=run.count + 1, failures=0, error="", claim=None, claimed_until=None,
    )  # fmt: skip
    if not changed:
        raise Overtaken
    number = run.count + 1
    note(
        run, turn.code, at=now, number=number, node=node.id, way=turn.way, about=turn.about, effects=turn.effects,
        cause=turn.cause,
    )  # fmt: skip
    if is_over:
        run.count, run.node = number, ""
        end(run, state=Run.State.DONE, why="end", code="end", now=now)


def _note_failure(run: Run, reason: Exception, now: datetime) -> None:
    """Try again later, five times at growing distance; then the walk is put aside, to be seen."""
    words = reason.message if isinstance(reason, Refusal) else type(reason).__name__
    failures = run.failures + 1
    is_stuck = failures >= ATTEMPTS
    changed = Run.objects.filter(pk=run.pk, claim=run.claim, count=run.count, state=Run.State.RUNNING).update(
        state=Run.State.FAILED if is_stuck else Run.State.RUNNING, failures=failures, error=words[:300],
        due_at=None if is_stuck else now + timedelta(minutes=5 ** (failures - 1)), claim=None, claimed_until=None,
        count=run.count + is_stuck,
    )  # fmt: skip
    log.warning("step of an automation failed", run=run.pk, node=run.node, reason=type(reason).__name__)
    if changed and is_stuck:
        note(run, "failed", at=now, number=run.count + 1, node=run.node, about={"error": words[:300]})
        publish(
            RunStuck(
                automation_id=run.automation_id, walk_id=run.pk, client_id=run.client_id, node=run.node
            ),
            at=now,
        )  # fmt: skip
