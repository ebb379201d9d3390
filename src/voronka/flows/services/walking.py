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
from voronka.flows.ports import Act, Near
from voronka.flows.rules.maps import CAME, LATE, LEFT, NEXT, NO, STAYED, YES, Map, Node
from voronka.flows.rules.scenes import SUBJECT
from voronka.flows.rules.waits import minute_of, next_hour, share_of
from voronka.flows.services import comparing, offering
from voronka.flows.services.acting import is_off, machine
from voronka.flows.services.entering import PAGE, Senseless, end, map_of, meets
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
GONE_AFTER = timedelta(minutes=1)  # who has not been heard of for so long after his wait on a page has left it
# The mark of a walk that was due before a backup was restored (config.backup): what it is at may have been done since.
RESTORED = "restored"
# And of one that waited for an event then: if it comes, he goes on; if not, it may have come before the restoring.
AWAITED = "awaited"


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
    stays_until: datetime | None = None
    page: str = ""
    kept: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a live record is while a turn is taken at once: its page, and what its part gave with the moment."""

    page: str = ""
    what: Near | None = None


NOWHERE = Place()


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
            take_turn(run, now)
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


def take_turn(run: Run, now: datetime, *, near: Place = NOWHERE, dry: bool = False) -> None:
    """Let a walk that is due go one node further; what does not work is tried again later."""
    try:
        with transaction.atomic():
            if run.error == RESTORED or (run.error == AWAITED and run.awaits):
                with machine():  # in the company's language
                    words = (
                        _("The data come from a backup: this step may have been done since.")
                        if run.error == RESTORED
                        else _(
                            "The data come from a backup: what was waited for may have come before it was restored."
                        )
                    )
                _put_aside(run, words, "held", now)
            else:
                _go_on(run, now, near, dry=dry)
    except Overtaken:
        return
    except Exception as reason:  # noqa: BLE001  (one bad step must not stop the others)
        with transaction.atomic():
            _note_failure(run, reason, now)


def _go_on(run: Run, now: datetime, near: Place, *, dry: bool) -> None:
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
    if traveller.is_live:
        _know(run, traveller.client_of(run.subject_id))
    with machine() as actor:
        turn = turn_of(run, node, actor=actor, now=now, dry=dry, near=near)
    _settle(run, held, node, turn, now)


def _know(run: Run, client_id: int | None) -> None:
    """Note as whom a live record is known: that may have come to light since he came in."""
    if client_id != run.client_id:
        Run.objects.filter(pk=run.pk, client_id=run.client_id).update(client_id=client_id)
        run.client_id = client_id


def turn_of(
    run: Run, node: Node, *, actor: Actor, now: datetime, dry: bool = False, near: Place = NOWHERE
) -> Turn:  # fmt: skip
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
        case "stay":
            return _stays(run, node, now, near)
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
            shares = [int(one) for one in node.set["shares"]]
            if comparing.is_test(node) and not dry:
                return Turn("split", str(comparing.way_of(run, node, shares, now=now)))
            return Turn("split", str(share_of(key, shares)))
    return _acted(run, node, actor, now, dry=dry, near=near)


def _stays(run: Run, node: Node, now: datetime, near: Place) -> Turn:
    """Wait while he is on his page: by the page's own clock, and by ours where the page is heard of no more."""
    if run.is_armed:
        return Turn("stayed", STAYED) if run.has_come else Turn("left", LEFT)
    until = now + timedelta(seconds=int(node.set["seconds"]))
    page = near.page[:300] if node.set.get("page", "this") == "this" else ""
    about = {"until": until.isoformat(), "page": page}
    return Turn("stays", about=about, due_at=until + GONE_AFTER, stays_until=until, page=page)


def _waits(until: datetime, **about: str) -> Turn:
    return Turn("waits", about={"until": until.isoformat(), **about}, due_at=until)


def _meets(run: Run, node: Node, actor: Actor, now: datetime) -> bool:
    kind = str(node.set.get("of") or run.subject_kind)
    subject_id = run.subject_id if kind == run.subject_kind else run.client_id
    filters = {str(name): str(text) for name, text in node.set.get("filters", {}).items()}
    return subject_id is not None and meets(kind, subject_id, filters, actor=actor, now=now)


def steps_of(node: Node, actor: Actor) -> list[Step]:
    """Return the steps that a node runs. Raises Refusal where one is broken."""
    try:
        return working(parse_steps([node.set.get("step", {})]), actor)
    except BadStep as bad:
        raise Refusal(_("This step is broken: set it up anew."), code="bad_step") from bad


def key_of(run: Run, node_id: str) -> str:
    """Return the name by which a walk's step is known outside."""
    return f"{run.public_id}:{node_id}"


def run_of_key(key: str) -> str:
    """Return the public id of the walk that a key names, empty for any other key."""
    return key.partition(":")[0] if ":" in key else ""


def _acted(run: Run, node: Node, actor: Actor, now: datetime, *, dry: bool, near: Place) -> Turn:
    cause = uuid.uuid5(run.cause, f"{run.count}:{node.id}")
    kept = dict(run.kept)
    act = Act(
        run.subject_id, steps_of(node, actor), actor, now, cause, dry, kept, key_of(run, node.id), near.what
    )  # fmt: skip
    with caused_by(cause):
        effects = offering.traveller_of(run.subject_kind).run(act)
    return Turn("did", NEXT, effects=effects, cause=cause, kept=kept)


def _settle(run: Run, held: Map, node: Node, turn: Turn, now: datetime) -> None:
    """Write where the walk stands, if it still stands where it was found. Raises Overtaken."""
    to = held.target((node.id, turn.way)) if turn.way else node.id
    is_over = bool(turn.way) and not to
    same = Run.objects.filter(pk=run.pk, claim=run.claim, count=run.count, subject_id=run.subject_id)
    changed = same.filter(state=Run.State.RUNNING).update(
        node=to, is_armed=not turn.way, awaits=turn.awaits, has_come=False, due_at=turn.due_at or now, moved_at=now,
        count=run.count + 1, failures=0, error="", claim=None, claimed_until=None,
        stays_until=turn.stays_until, page=turn.page, kept=run.kept if turn.kept is None else turn.kept,
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
        if turn.way == LEFT:
            end(run, state=Run.State.LEFT, why=PAGE, code="end", now=now)
        else:
            end(run, state=Run.State.DONE, why="end", code="end", now=now)


def _note_failure(run: Run, reason: Exception, now: datetime) -> None:
    """Try again later, five times at growing distance; then the walk is put aside, to be seen."""
    words = reason.message if isinstance(reason, Refusal) else type(reason).__name__
    failures = run.failures + 1
    log.warning("step of an automation failed", run=run.pk, node=run.node, reason=type(reason).__name__)
    if isinstance(reason, Senseless):  # no try mends that
        _put_aside(run, words, "held", now)
        return
    if failures >= ATTEMPTS:
        _put_aside(run, words, "failed", now)
        return
    Run.objects.filter(pk=run.pk, claim=run.claim, count=run.count, state=Run.State.RUNNING).update(
        failures=failures, error=words[:300], due_at=now + timedelta(minutes=5 ** (failures - 1)), claim=None,
        claimed_until=None,
    )  # fmt: skip


def _put_aside(run: Run, words: str, code: str, now: datetime) -> None:
    """Let a walk wait for a person, who lets it go on or stops it."""
    changed = Run.objects.filter(pk=run.pk, claim=run.claim, count=run.count, state=Run.State.RUNNING).update(
        state=Run.State.FAILED, failures=run.failures + 1, error=words[:300], due_at=None, claim=None,
        claimed_until=None, count=run.count + 1,
    )  # fmt: skip
    if changed:
        note(run, code, at=now, number=run.count + 1, node=run.node, about={"error": words[:300]})
        publish(
            RunStuck(
                automation_id=run.automation_id, walk_id=run.pk, client_id=run.client_id, node=run.node
            ),
            at=now,
        )  # fmt: skip
