"""Scenarios in talks: one begins, hears, ends; at most one in a talk, which the database holds.

Whoever calls has locked the talk, so messages of it are taken in their order. What is said, where the scenario stands
and its log are written in the transaction of the message: told twice, or broken off, there is one answer or none yet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils import translation

from voronka.flows.events import RunEnded, RunEntered
from voronka.flows.models import Automation, AutomationVersion, Run, RunStep
from voronka.flows.ports import Conversation
from voronka.flows.rules.maps import Map
from voronka.flows.rules.scenes import SUBJECT, has_word, words_of
from voronka.flows.services import offering
from voronka.flows.services.acting import is_off, machine
from voronka.flows.services.entering import end, map_of
from voronka.flows.services.scenes.engine import DONE, HANDED, PERSON, Line, State, Turn, Walker
from voronka.flows.services.scenes.setups import AskNode
from voronka.flows.services.scenes.starts import Start, start_of
from voronka.kit.events import publish

log = structlog.get_logger(__name__)
WAIT_OF_STEPS = 30  # minutes that a step waits for an answer
LATE = timedelta(
    days=1
)  # whom the silence is met so much later is reminded no more: no worker ran, or a part was off
BUTTON = "scene-"  # what the button that begins one is known by, with its public id


class Overtaken(Exception):
    """Somebody stopped the scenario meanwhile: what it was about to say is not said."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a scenario is asked to begin by: a message, whether it opens the talk, the button that was pressed."""

    text: str
    is_first: bool
    button: str = ""
    is_open: bool = True
    is_alone: bool = False  # no operator is there


@dataclass(frozen=True, slots=True)
class Offered:
    """A scenario that is on, with when it begins."""

    automation: Automation
    version: AutomationVersion
    start: Start


def asks_phone(talk_id: int, at: datetime) -> bool | None:
    """Tell whether the scenario that spoke in a talk at a moment asks for a phone now.

    None where none spoke, or it left the talk to a person by then: what is said is not its own.
    """
    rows = Run.objects.filter(subject_kind=SUBJECT, subject_id=talk_id, entered_at__lte=at)
    run = rows.filter(Q(ended_at=None) | Q(ended_at__gte=at)).select_related("version").order_by("-id").first()
    if run is None or run.why in HANDED:
        return None
    node = map_of(run.version).node(run.node) if run.state == Run.State.RUNNING else None
    return node is not None and node.kind == "ask" and node.set.get("about") == "phone"


def scenes_on(channel: str) -> list[Offered]:
    """Return the scenarios that are on and speak in a channel, the oldest first."""
    rows = AutomationVersion.objects.filter(
        state="live", automation__is_on=True, automation__subject=SUBJECT
    ).select_related("automation")
    versions = list(rows.order_by("automation_id"))
    if not versions or _is_off():
        return []
    found = []
    for row in versions:
        start = start_of(map_of(row))
        if channel in start.channels:
            found.append(Offered(row.automation, row, start))
    return found


def inside(talk_id: int) -> Run | None:
    """Return the walk of a talk through a scenario, None where none goes on."""
    rows = Run.objects.filter(subject_kind=SUBJECT, subject_id=talk_id, state=Run.State.RUNNING)
    return rows.select_related("automation", "version").first()


def fits_hours(start: Start, asked: Beginning) -> bool:
    """Tell whether a scenario may begin at this hour, with who is there."""
    hours = start.hours == "any" or (start.hours == "open") == asked.is_open
    return hours and (not start.alone or asked.is_alone)


def chosen_by(offered: Sequence[Offered], asked: Beginning) -> Offered | None:
    """Return the scenario that begins: by its button or a word before one that begins at the first message."""
    able = [one for one in offered if fits_hours(one.start, asked)]
    if asked.button:
        return next((one for one in able if one.automation.public_id == asked.button and one.start.button), None)
    for one in able:
        if has_word(asked.text, words_of(one.start.words)):
            return one
    return next((one for one in able if one.start.first), None) if asked.is_first else None


def begin(offered: Offered, talk_id: int, *, now: datetime) -> bool:
    """Begin a scenario in a locked talk; False where one goes on already, or a person has the talk."""
    version = offered.version
    held = map_of(version)
    run = Run(
        automation=offered.automation, version=version, subject_kind=SUBJECT, subject_id=talk_id, node=held.first,
        entered_at=now, moved_at=now, count=1,
    )  # fmt: skip
    talks = offering.find_talks()
    conversation = talks.open(talk_id, run.public_id, now) if talks else None
    if conversation is None:
        return False
    run.client_id = conversation.client_id
    Run.objects.bulk_create([run], ignore_conflicts=True)
    made = Run.objects.filter(public_id=run.public_id).select_related("automation", "version").first()
    if made is None:
        return False
    RunStep.objects.create(
        run=made, version_id=version.pk, number=1, code="entered", about={"trigger": "talk"}, at=now
    )
    publish(
        RunEntered(automation_id=made.automation_id, walk_id=made.pk, client_id=made.client_id, trigger="talk"),
        at=now,
    )
    _turn(made, conversation, lambda walker: walker.begin(), now)
    return True


def hear(run: Run, text: str, *, now: datetime) -> bool:
    """Let a scenario take an answer in a locked talk; False where it is off by now, and so is over."""
    if not run.automation.is_on or run.automation.removed_at is not None or _is_off():
        end(run, state=Run.State.LEFT, why="off", code="off", now=now)
        return False
    talks = offering.find_talks()
    conversation = talks.open(run.subject_id, run.public_id, now) if talks else None
    if conversation is None or conversation.is_taken:
        end(run, state=Run.State.LEFT, why="taken", code="taken", now=now)
        return False
    run.client_id = conversation.client_id
    _turn(run, conversation, lambda walker: walker.hear(text), now)
    return True


def _is_off() -> bool:
    with machine() as actor:
        return is_off(actor)


def _turn(run: Run, conversation: Conversation, act: Callable[[Walker], Turn], now: datetime) -> None:
    """Go on by one message and write where the walk stands, if nobody has moved it meanwhile. Raises Overtaken."""
    held = map_of(run.version)
    with machine() as actor, translation.override(conversation.language):
        walker = Walker(
            held, State.of(run.kept, run.node), conversation, actor=actor, now=now, name=run.automation.name
        )  # fmt: skip
        done = act(walker)
        conversation.write(is_over=bool(done.over))
    _settle(run, held, walker.state, done, now)


def _settle(run: Run, held: Map, state: State, done: Turn, now: datetime) -> None:
    last = run.count + len(done.lines)
    changed: dict[str, object] = {
        "node": state.node or run.node, "kept": state.to_json(), "moved_at": now, "count": last,
        "client_id": run.client_id,
    }  # fmt: skip
    ended = ""
    if done.over:
        ended = Run.State.DONE if done.over in (DONE, PERSON) else Run.State.LEFT
        changed |= {"state": ended, "why": done.over, "due_at": None, "is_armed": False, "ended_at": now}
    else:
        changed |= {"due_at": now + timedelta(minutes=_patience(held, state)), "is_armed": True}
    if not Run.objects.filter(pk=run.pk, count=run.count, state=Run.State.RUNNING).update(**changed):
        raise Overtaken
    RunStep.objects.bulk_create(_rows(run, done.lines, now))
    if done.over:
        publish(
            RunEnded(
                automation_id=run.automation_id, walk_id=run.pk, client_id=run.client_id, state=str(ended),
                why=done.over,
            ),
            at=now,
        )  # fmt: skip


def _rows(run: Run, lines: Sequence[Line], now: datetime) -> list[RunStep]:
    return [
        RunStep(
            run=run, version_id=run.version_id, number=run.count + at, node=one.node, code=one.code, way=one.way,
            about=dict(one.about), at=now,
        )
        for at, one in enumerate(lines, 1)
    ]  # fmt: skip


def _patience(held: Map, state: State) -> int:
    node = held.node(state.node)
    return AskNode.model_validate(node.set).minutes if node is not None and node.kind == "ask" else WAIT_OF_STEPS


@transaction.atomic
def stop(talk_id: int, *, why: str, now: datetime) -> bool:
    """End the scenario of a locked talk at once: a person has it, or it is closed. False where none goes on."""
    run = inside(talk_id)
    return run is not None and end(run, state=Run.State.LEFT, why=why, code=why, now=now)


def bound(talk_id: int, client_id: int) -> None:
    """Note whose the talk is: what was said in it is erased with him."""
    Run.objects.filter(subject_kind=SUBJECT, subject_id=talk_id).update(client_id=client_id)


def forget(talk_ids: Sequence[int], *, now: datetime) -> None:
    """End the scenarios of locked talks that are forgotten, and blank what was answered in all that went there."""
    rows = Run.objects.filter(subject_kind=SUBJECT, subject_id__in=talk_ids)
    for run in rows.filter(state=Run.State.RUNNING).order_by("id"):
        end(run, state=Run.State.LEFT, why="gone", code="gone", now=now)
    rows.update(error="", kept={})
    with connection.cursor() as cursor:
        cursor.execute("SELECT flows_forget_talks(%s)", [list(talk_ids)])


def stop_all(automation: Automation, *, now: datetime) -> int:
    """Let everybody out of a scenario that is switched off."""
    rows = Run.objects.filter(automation=automation, state=Run.State.RUNNING).order_by("id")
    return sum(end(row, state=Run.State.LEFT, why="off", code="off", now=now) for row in rows)


def wake(*, now: datetime, most: int = 200) -> int:
    """Meet the silence of those who have not answered in time, each once; return how many.

    The talk is locked before its walk, as by whoever writes in it: of an answer and the silence one comes first, and
    the other finds the walk elsewhere.
    """
    with transaction.atomic():
        rows = Run.objects.filter(
            subject_kind=SUBJECT, state=Run.State.RUNNING, due_at__lte=now, automation__is_on=True
        )
        due = list(rows.order_by("due_at", "id").values_list("id", flat=True)[:most])
    return sum(_wake(run_id, now) for run_id in due)


def _wake(run_id: int, now: datetime) -> bool:
    try:
        with transaction.atomic():
            talks, run = offering.find_talks(), Run.objects.filter(pk=run_id).first()
            if talks is None or run is None or _is_off():
                return False
            conversation = talks.open(run.subject_id, run.public_id, now)  # locks the talk
            run = Run.objects.select_related("automation", "version").get(pk=run_id)
            if run.state != Run.State.RUNNING or run.due_at is None or run.due_at > now or not run.automation.is_on:
                return False
            if conversation is None or conversation.is_taken:
                return end(run, state=Run.State.LEFT, why="taken", code="taken", now=now)
            is_late = now - run.due_at > LATE
            _turn(run, conversation, lambda walker: walker.silence(reminds=not is_late), now)
            return True
    except (Overtaken, OperationalError):
        return False  # two waited for each other: it is looked at again in a moment
    except Exception as reason:  # noqa: BLE001 - one broken talk must not stop the others, nor come again and again
        log.warning("the silence in a talk was not met", run=run_id, reason=type(reason).__name__)
        with transaction.atomic():
            broken = Run.objects.filter(pk=run_id).first()
            if broken is not None:
                end(broken, state=Run.State.LEFT, why="broken", code="broken", now=now)
        return False
