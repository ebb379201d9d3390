"""A bulk change from the choice of cards to its undo: the verbs behind its page."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from voronka.kit import jobs
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.lists import find_list, kept_query
from voronka.kit.tenancy import current_company_id
from voronka.people.models import BulkRun, Client
from voronka.people.permissions import BULK_EDIT, DELETE_CLIENTS
from voronka.people.queries.clients import list_clients
from voronka.people.services.bulk.actions import Action, require_action
from voronka.people.services.bulk.choosing import chosen

JOB_RUN, JOB_UNDO = "people.bulk_run", "people.bulk_undo"
CHOSEN_LIMIT = 1_000  # ticked rows; "all found" has no limit


def begin_bulk(*, actor: Actor, public_ids: Sequence[str] = (), query: str = "", now: datetime) -> BulkRun:
    """Note which cards are to be changed: those ticked, else all that a list's address finds now.

    The actor's earlier choices that led to nothing are forgotten. Raises Denied, Invalid when nobody is chosen.
    """
    _require_any(actor)
    named = [one for one in public_ids[:CHOSEN_LIMIT] if one.isalnum()]
    ids = sorted(list_clients(actor).filter(public_id__in=named).values_list("id", flat=True))
    kind = find_list("client")
    assert kind is not None
    if public_ids and not ids:
        raise Invalid(_("Choose at least one client."), fields={"id": _("Choose at least one client.")})
    with transaction.atomic():
        BulkRun.objects.filter(by_id=actor.person_id, state="draft").delete()
        run = BulkRun(by_id=actor.person_id, ids=ids, query="" if ids else kept_query(kind, query), made_at=now)
        run.up_to = Client.objects.aggregate(last=Max("id"))["last"] or 0
        run.total = chosen(actor, run).count()
        if not run.total:
            raise Invalid(_("The list is empty: there is nothing to change."))
        run.save()
    return run


def get_bulk(actor: Actor, public_id: str, *, lock: bool = False) -> BulkRun:
    """Return one's own bulk change by its public id. Raises Denied, NotFound."""
    _require_any(actor)
    found = BulkRun.objects.filter(public_id=public_id, by_id=actor.person_id)
    run = (found.select_for_update(of=("self",)) if lock else found).first() if public_id.isalnum() else None
    if run is None:
        raise NotFound(_("There is no such change."))
    return run


def _require_any(actor: Actor) -> None:
    if not actor.may(BULK_EDIT) and not actor.may(DELETE_CLIENTS):
        actor.require(BULK_EDIT)
    if actor.employee_id is None:
        raise Denied(_("Only a person can do this."))


@transaction.atomic
def start_bulk(*, actor: Actor, public_id: str, action: Action) -> BulkRun:
    """Change the chosen cards in the background. Pressed twice it runs once. Raises Denied, NotFound, Conflict."""
    require_action(actor, action)
    run = get_bulk(actor, public_id, lock=True)
    if run.state == "running":
        return run
    _expect(run, "draft")
    run.state, run.action, run.field, run.value = "running", action.code, action.field, action.value
    run.total = chosen(actor, run).count()
    run.save(update_fields=["state", "action", "field", "value", "total"])
    _defer(JOB_RUN, run)
    return run


@transaction.atomic
def stop_bulk(*, actor: Actor, public_id: str, now: datetime) -> BulkRun:
    """Stop after the piece that is being written; what is done can be taken back. Raises Denied, NotFound, Conflict."""
    run = get_bulk(actor, public_id, lock=True)
    _expect(run, "running", "stopped")
    run.state, run.finished_at = "stopped", now
    run.save(update_fields=["state", "finished_at"])
    return run


@transaction.atomic
def undo_bulk(*, actor: Actor, public_id: str) -> BulkRun:
    """Take a change back, finished or stopped; what was edited since stays. Raises Denied, NotFound, Conflict."""
    run = get_bulk(actor, public_id, lock=True)
    require_action(actor, Action(run.action, run.field))
    if run.state == "undoing":
        return run
    _expect(run, "running", "stopped", "failed", "done")
    run.state = "undoing"
    run.save(update_fields=["state"])
    _defer(JOB_UNDO, run)
    return run


def _expect(run: BulkRun, *states: str) -> None:
    if run.state not in states:
        raise Conflict(_("The change has moved on meanwhile. Look at it again."), code="bulk_moved_on")


def _defer(name: str, run: BulkRun) -> None:
    jobs.defer(name, company_id=current_company_id(), once=f"{name} {run.pk}", bulk_id=run.pk)
