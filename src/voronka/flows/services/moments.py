"""What a live record does right now, answered at once: within the transaction of whoever saw it, without the log.

A moment ends waits and reaches goals, brings the record in by every door that it fits, and then all that is due of this
one record is walked: first what shows nothing, then what does, the weightiest first. Moments of one record are taken
one by one, so that one action has one answer, however many tell of it.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from pydantic import ValidationError

from voronka.flows.models import Automation, AutomationVersion, Run
from voronka.flows.ports import Heard, MomentTrigger, ShownStep
from voronka.flows.rules.maps import Map, Node
from voronka.flows.services import offering
from voronka.flows.services.acting import is_off, machine
from voronka.flows.services.entering import end, enter, map_of, one_record_at_a_time
from voronka.flows.services.walking import Place, run_of_key, take_turn
from voronka.kit.steps import all_steps

MOST_TURNS = 60
HEARD = "heard"  # of what a walk keeps: the moment that ended its last wait
EARLY = timedelta(milliseconds=500)  # a page's clock may ring a little before ours


@transaction.atomic
def hear(
    kind: str, subject_id: int, heard: Heard, *, now: datetime, only: Automation | None = None, dry: bool = False
) -> datetime | None:  # fmt: skip
    """Answer what a live record does; return when it is to be asked again while it stays on its page.

    `only` and `dry` are for trying out: one automation, whose steps are told and not done.
    """
    traveller = offering.find_traveller(kind)
    with machine() as actor:
        if traveller is None or not traveller.is_live or is_off(actor):
            return None
    one_record_at_a_time(kind, subject_id)
    if not traveller.rows().filter(pk=subject_id).exists():
        return None
    traveller.lock(subject_id)
    inside = Run.objects.filter(subject_kind=kind, subject_id=subject_id, state=Run.State.RUNNING)
    _end_stays(inside, heard, now)
    _end_waits(inside, kind, heard, now)
    automations = Automation.objects.filter(is_on=True, subject=kind, switched_at__lte=now)
    for automation in [only] if only is not None else list(automations.order_by("position", "id")):
        _enter_by(automation, subject_id, heard, now)
    walk_due(kind, subject_id, now=now, near=Place(heard.page, heard.near), dry=dry)
    staying = inside.filter(is_armed=True, stays_until__isnull=False, automation__is_on=True)
    return staying.order_by("stays_until").values_list("stays_until", flat=True).first()


def _end_stays(inside: QuerySet[Run], heard: Heard, now: datetime) -> None:
    """Let go on who has stayed long enough, and who has left the page on which he was to stay."""
    waiting = inside.filter(is_armed=True, stays_until__isnull=False)
    for run in waiting.order_by("id"):
        has_left = bool(run.page) and heard.page[:300] != run.page
        is_over = run.stays_until is not None and run.stays_until <= now + EARLY
        if has_left or is_over:
            same = Run.objects.filter(pk=run.pk, count=run.count, claim=None)
            same.update(has_come=not has_left, due_at=now, stays_until=None)


def _end_waits(inside: QuerySet[Run], kind: str, heard: Heard, now: datetime) -> None:
    fitting = {one.kind for one in offering.moment_triggers(kind) if one.code in heard.codes}
    if not fitting:
        return
    for run in inside.filter(Q(awaits__in=fitting) | Q(goal__in=fitting)).order_by("id"):
        if heard.key and heard.key in (run.heard, run.kept.get(HEARD)):
            continue  # told again, as by a bad network: it has brought him in, or has led him on to here
        if heard.run and run.public_id != run_of_key(heard.run) and run.goal not in fitting:
            continue  # an answer to what another walk has shown
        if run.goal in fitting:
            end(run, state=Run.State.DONE, why="goal", code="goal", now=now)
        else:
            same = Run.objects.filter(pk=run.pk, count=run.count, awaits=run.awaits)
            same.update(has_come=True, awaits="", due_at=now, kept={**run.kept, HEARD: heard.key})


def _enter_by(automation: Automation, subject_id: int, heard: Heard, now: datetime) -> None:
    version = AutomationVersion.objects.filter(automation=automation, state="live").first()
    if version is None:
        return
    for door, begins in doors_of(map_of(version)):
        if begins is not None and begins.code in heard.codes and begins.fits(heard):
            enter(automation, subject_id, now=now, door=door, heard=heard.key)


def doors_of(held: Map) -> list[tuple[str, MomentTrigger | None]]:
    """Return the beginnings of a map with what begins there: the map's own, then its doors by their ids."""
    own = offering.find_trigger(held.trigger)
    found: list[tuple[str, MomentTrigger | None]] = [("", own if isinstance(own, MomentTrigger) else None)]
    return [*found, *((one.id, trigger_of(one)) for one in held.doors())]


def trigger_of(door: Node) -> MomentTrigger | None:
    """Return the trigger of a door, None where its kind is gone or its settings are wrong."""
    kind = offering.all_triggers().get(str(door.set.get("event", "")))
    if kind is None or not issubclass(kind, MomentTrigger):
        return None
    typed = {name: door.set[name] for name in kind.model_fields if name in door.set}
    try:
        return kind.model_validate(typed)
    except ValidationError:
        return None


def walk_due(kind: str, subject_id: int, *, now: datetime, near: Place, dry: bool = False) -> int:
    """Move one live record's due walks on, in the caller's transaction; return how many turns were taken."""
    taken = 0
    tried: set[tuple[int, int]] = set()
    while taken < MOST_TURNS:
        due = Run.objects.filter(subject_kind=kind, subject_id=subject_id, state=Run.State.RUNNING, due_at__lte=now)
        free = due.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=now), automation__is_on=True)
        rows = [
            one
            for one in free.select_related("automation", "version")
            if (one.pk, one.count) not in tried
        ]  # fmt: skip
        if not rows:
            break
        run = min(rows, key=_turn_of)
        tried.add((run.pk, run.count))
        take_turn(run, now, near=near, dry=dry)
        taken += 1
    return taken


def _turn_of(run: Run) -> tuple[int, int, int]:
    """Return when a walk's turn comes among those of one moment: what shows something after what does not."""
    node = map_of(run.version).node(run.node)
    return weight_of(node), run.automation.position, run.pk


def weight_of(node: Node | None) -> int:
    """Return the turn of a node among those due at one moment: 0 shows nothing, 1 is the weightiest that does."""
    found = weighed(node)
    return found.yields() if found else 0


def weighed(node: Node | None) -> ShownStep | None:
    """Return the step of a node that shows something, None for other nodes and where its settings are wrong."""
    stored = node.set.get("step", {}) if node is not None and node.kind == "act" else {}
    kind = next((one for one in all_steps() if one.kind == stored.get("kind")), None)
    if kind is None or not issubclass(kind, ShownStep):
        return None
    try:
        return kind.model_validate({name: value for name, value in stored.items() if name != "kind"})
    except ValidationError:
        return None
