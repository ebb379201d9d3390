"""What people do to walks: bring somebody in, let him out, try a stuck step again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.flows import queries
from voronka.flows.models import Automation, Run
from voronka.flows.permissions import RUN
from voronka.flows.queries import get_run
from voronka.flows.rules.scenes import SUBJECT
from voronka.flows.services import offering
from voronka.flows.services.entering import end, enter
from voronka.flows.services.logging import note
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound


@transaction.atomic
def bring_in(*, actor: Actor, automation: str, subject: str, now: datetime) -> Run:
    """Bring a record, named by its public id, into an automation by hand.

    Raises Denied, NotFound, Conflict where the automation is off or does not take the record.
    """
    actor.require(RUN)
    row = Automation.objects.filter(public_id=automation, removed_at__isnull=True).first()
    if row is None:
        raise NotFound(_("There is no such automation."))
    if not row.is_on:
        raise Conflict(_("The automation is switched off."), code="automation_off")
    if row.subject == SUBJECT:
        raise Conflict(_("A scenario begins by what somebody writes."), code="not_taken")
    traveller = offering.find_traveller(row.subject)
    picked = traveller.pick(actor, subject) if traveller else None
    if picked is None:
        raise NotFound(_("There is no such record, or it is not yours."))
    inside = Run.objects.filter(
        automation=row, subject_kind=row.subject, subject_id=picked.id, state__in=("running", "failed")
    ).first()
    if inside is not None:
        return inside
    made = enter(row, picked.id, now=now, by_hand=True)
    if made is None:
        raise Conflict(_("The conditions of the automation do not take this one in."), code="not_taken")
    return made


def _seen(public_id: str, actor: Actor) -> Run:
    """Return a walk under its lock, of somebody whom the actor may see. Raises NotFound."""
    row = Run.objects.select_for_update().filter(public_id=public_id).first()
    if row is None or not sees(actor, [row]):
        raise NotFound(_("There is no such walk."))
    return row


def sees(actor: Actor, rows: list[Run]) -> list[Run]:
    """Return those walks whose record the actor may see."""
    found = []
    for kind in {one.subject_kind for one in rows}:
        traveller = offering.find_traveller(kind)
        if traveller is not None:
            ids = [one.subject_id for one in rows if one.subject_kind == kind]
            seen = traveller.seen(actor, ids)
            found += [one for one in rows if one.subject_kind == kind and one.subject_id in seen]
    return sorted(found, key=lambda one: -one.pk)


def seen_run(actor: Actor, public_id: str) -> Run:
    """Return a walk of a record that the actor may see. Raises Denied, NotFound."""
    run = get_run(actor, public_id)
    if not sees(actor, [run]):
        raise NotFound(_("There is no such walk."))
    return run


@transaction.atomic
def stop(*, actor: Actor, public_id: str, now: datetime) -> Run:
    """Let somebody out of an automation; who is out already stays so. Raises Denied, NotFound."""
    actor.require(RUN)
    row = _seen(public_id, actor)
    end(row, state=Run.State.STOPPED, why="stopped", code="stopped", now=now, about={"by": actor.employee_id or 0})
    row.refresh_from_db()
    return row


@transaction.atomic
def try_again(*, actor: Actor, public_id: str, now: datetime) -> Run:
    """Let a stuck step be tried again. Raises Denied, NotFound, Conflict where nothing is stuck."""
    actor.require(RUN)
    row = _seen(public_id, actor)
    if row.state != Run.State.FAILED:
        raise Conflict(_("Nothing is stuck here."), code="not_stuck")
    _let_go_on(row, actor, now)
    return row


@transaction.atomic
def try_all_again(*, actor: Actor, automation: Automation, now: datetime) -> int:
    """Let all stuck steps of an automation be tried again, of those whom the actor may see; return how many."""
    actor.require(RUN)
    rows = Run.objects.select_for_update().filter(automation=automation, state=Run.State.FAILED)
    found = sees(actor, list(rows.exclude(subject_kind=SUBJECT).order_by("id")))
    for row in sorted(found, key=lambda one: one.pk):
        _let_go_on(row, actor, now)
    return len(found)


def _let_go_on(row: Run, actor: Actor, now: datetime) -> None:
    row.state, row.failures, row.error, row.due_at, row.count = Run.State.RUNNING, 0, "", now, row.count + 1
    row.save(update_fields=["state", "failures", "error", "due_at", "count"])
    note(row, "again", at=now, number=row.count, node=row.node, about={"by": actor.employee_id or 0})


@transaction.atomic
def stop_all(*, actor: Actor, automation: Automation, now: datetime) -> int:
    """Let everybody out of an automation that is switched off; return how many."""
    actor.require(RUN)
    rows = Run.objects.select_for_update().filter(automation=automation, state__in=("running", "failed"))
    return sum(
        end(
            row, state=Run.State.STOPPED, why="stopped", code="stopped", now=now, about={"by": actor.employee_id or 0}
        )
        for row in rows.order_by("id")
    )


def names_seen(actor: Actor, rows: Sequence[Run]) -> dict[tuple[str, int], tuple[str, str]]:
    """Return name and address of the records of walks, named as the actor may read them."""
    found = {}
    for (kind, pk), (name, url) in queries.names_of(rows).items():
        traveller = offering.find_traveller(kind)
        found[kind, pk] = (traveller.named(actor, name) if traveller else name, url)
    return found
