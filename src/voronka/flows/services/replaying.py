"""Trying a map out on what a live record has really done: its moments go through the same engine, and nothing lasts.

Everything happens in a savepoint that is taken back: walks are made by the map that is drawn, with other automations
left out, and steps are told and not done. The part that knows the record gives its moments one by one (ports.Replay).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.flows.models import Automation, AutomationVersion, Run, RunStep
from voronka.flows.permissions import SEE
from voronka.flows.ports import Heard, Replay
from voronka.flows.services import nodes, offering
from voronka.flows.services.drawing import Drawn
from voronka.flows.services.moments import hear, walk_due
from voronka.flows.services.walking import NOWHERE
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound

QUIET = ("waits", "stays", "end", "entered")
MOST_LATER = 12  # of what comes after the visit: letters days later


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the scale of a try: what the record did (`words` of it), or a line of a walk's log."""

    at: datetime
    words: str = ""
    line: RunStep | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What would have become of a visit."""

    began: datetime
    marks: list[Mark]


def replay(*, actor: Actor, drawn: Drawn, subject: str, chosen: str) -> Replayed:
    """Go through what a record, named by its public id, did at one time (Replay.times). Raises Denied, NotFound."""
    actor.require(SEE)
    kind = nodes.subject_of(drawn.map)
    traveller = offering.find_traveller(kind)
    picked = traveller.pick(actor, subject) if traveller else None
    if traveller is None or traveller.replay is None or picked is None:
        raise NotFound(_("There is no such record, or it is not yours."))
    marks: list[Mark] = []
    with transaction.atomic():
        automation = _set_aside(drawn, kind, picked.id)
        began = _go(automation, traveller.replay, kind, picked.id, chosen, marks)
        lines = RunStep.objects.filter(run__automation=automation).exclude(code__in=QUIET)
        marks += [Mark(one.at, line=one) for one in lines.select_related("run").order_by("at", "id")]
        transaction.set_rollback(True)
    return Replayed(began, sorted(marks, key=lambda one: one.at))


def _set_aside(drawn: Drawn, kind: str, subject_id: int) -> Automation:
    """Make an automation of what is drawn, with nobody inside, for as long as the savepoint lasts."""
    row = Automation.objects.create(
        name=drawn.automation.name, is_on=True, switched_at=datetime.fromtimestamp(0, tz=drawn.version.saved_at.tzinfo),
        trigger=str(drawn.map.trigger.get("kind", "")), subject=kind, again=drawn.automation.again,
        again_days=drawn.automation.again_days,
    )  # fmt: skip
    AutomationVersion.objects.create(automation=row, number=1, state="live", map=drawn.map.model_dump(mode="json"))
    Run.objects.filter(subject_kind=kind, subject_id=subject_id, state=Run.State.RUNNING).update(
        state=Run.State.STOPPED, due_at=None
    )
    return row


def _go(
    automation: Automation, replayed: Replay, kind: str, subject_id: int, chosen: str, marks: list[Mark]
) -> datetime:  # fmt: skip
    began: datetime | None = None
    asked: datetime | None = None
    last: tuple[datetime, Heard] | None = None
    for at, words, heard in replayed.moments(subject_id, chosen):
        while asked is not None and last is not None and asked <= at:
            asked = _tick(automation, kind, subject_id, last[1], asked)
        marks.append(Mark(at, words))
        began = began or at
        asked = hear(kind, subject_id, heard, now=at, only=automation, dry=True)
        last = (at, heard)
    if began is None:
        raise NotFound(_("Nothing is known of this visit any more."))
    for at in _later(automation):
        walk_due(kind, subject_id, now=at, near=NOWHERE, dry=True)
    return began


def _tick(automation: Automation, kind: str, subject_id: int, heard: Heard, at: datetime) -> datetime | None:
    """Let the page ask again at the moment it was told."""
    near = heard.near.anew() if heard.near is not None else None
    tick = replace(heard, codes=("tick",), key="", run="", near=near)
    found = hear(kind, subject_id, tick, now=at, only=automation, dry=True)
    return found if found is None or found > at else at + timedelta(seconds=1)


def _later(automation: Automation) -> Iterator[datetime]:
    """Give the moments at which somebody is due after the visit."""
    for _turn in range(MOST_LATER):
        rows = Run.objects.filter(automation=automation, state=Run.State.RUNNING, due_at__isnull=False)
        due = rows.order_by("due_at").values_list("due_at", flat=True).first()
        if due is None:
            return
        yield due
