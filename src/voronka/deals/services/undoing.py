"""Undo: a press is taken back exactly, or it is said why not."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.deals import events
from voronka.deals.models import Deal, Press, Stage
from voronka.deals.permissions import PRESS, UNDO_LATER
from voronka.deals.services.drafts import as_json, from_json
from voronka.deals.services.following import follow_deal
from voronka.deals.services.locking import locked_deal, team_of
from voronka.deals.services.own_fields import set_own_fields
from voronka.deals.services.pressing import UNDO
from voronka.kit import outbox, steps
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Denied, NotFound, Refusal
from voronka.kit.events import publish
from voronka.messaging import queries as messages
from voronka.messaging import services as messaging
from voronka.people import queries as clients
from voronka.people import services as people
from voronka.work import services as work

if TYPE_CHECKING:
    from voronka.messaging.models import Message


@dataclass(frozen=True, slots=True)
class Undone:
    """A press that was taken back, and what could not be called back (channel and moment)."""

    deal_public_id: str
    label: str
    stays: Sequence[tuple[str, datetime | None]]


@transaction.atomic
def undo(*, actor: Actor, press_id: int, now: datetime, agreed: bool = False) -> Undone:
    """Take a press back: stage, task, counters, tags, sum and owner become exactly what they were.

    Its presser may within ten seconds; a head of sales later from the history, while no newer press stands
    on it. What has left already is named first (Conflict `cannot_call_back`) and must be agreed to. A repeated undo is
    harmless. Raises NotFound, Denied, Conflict `newer_press`, `moved_on` where the deal has got another next step.
    """
    found = Press.objects.select_related("deal").filter(pk=press_id).first()
    if found is None:
        raise NotFound(_("There is no such press."))
    deal = locked_deal(found.deal.public_id)
    row = Press.objects.get(pk=press_id)
    late = now > row.at + UNDO
    # Told again to whoever took it back, however late; to anybody else only what he might take back himself.
    if row.undone_at is None or row.undone_by_id != actor.employee_id:
        _require_undo(actor, row, deal, late=late)
    if row.undone_at is not None:
        return Undone(deal.public_id, row.label, [])
    if Press.objects.filter(deal=deal, pk__gt=row.pk, undone_at=None).exists():
        raise Conflict(_("A newer press stands on this one: take that back first."), code="newer_press")
    if deal.open_task_id != row.made_task_id:
        raise Conflict(_("The deal has got another next step since. It cannot be taken back."), code="moved_on")
    _require_possible(deal, row)
    written = messaging.call_back(row.cause, now=now)
    left = _left(row.cause, written)
    if left and not agreed:
        names = ", ".join(sorted({channel for channel, _at in left}))
        raise Conflict(
            _("This cannot be called back: %(what)s. Take the rest back?") % {"what": names}, code="cannot_call_back"
        )
    outbox.call_back(row.cause, now=now)
    steps.take_back(actor=actor, cause=row.cause, now=now)
    _give_back(deal, row, actor=actor, now=now)
    row.undone_at, row.undone_by_id = now, actor.employee_id
    row.save(update_fields=["undone_at", "undone_by"])
    publish(
        events.PressUndone(deal_id=deal.pk, client_id=deal.client_id, press_id=row.pk, result=row.result, late=late),
        cause=row.cause,
        at=now,
    )
    return Undone(deal.public_id, row.label, left)


def _left(cause: uuid.UUID, written: "Sequence[Message]") -> list[tuple[str, datetime | None]]:
    """Return what a press has sent out of the house for good, by which way and when."""
    items = [(item.channel, item.settled_at) for item in outbox.left_already(cause)]
    return items + [(messages.channel_words(one.channel), one.handed_at) for one in written]


def why_not_undone(*, actor: Actor, press_id: int, now: datetime) -> tuple[str, Sequence[str]]:
    """Return why the actor cannot take a press back now (empty when he can), and what has left already."""
    try:
        with transaction.atomic():
            undo(actor=actor, press_id=press_id, now=now, agreed=True)
            transaction.set_rollback(True)
    except Refusal as refusal:
        return refusal.message, ()
    press = Press.objects.get(pk=press_id)
    if press.undone_at is not None:
        return _("This press has been taken back."), ()
    return "", sorted({channel for channel, _at in _left(press.cause, messages.went_of(press.cause))})


def _require_undo(actor: Actor, row: Press, deal: Deal, *, late: bool) -> None:
    if not late and row.employee_id == actor.employee_id:
        actor.require(PRESS, owner_id=deal.responsible_id, team_id=team_of(deal))
    elif not actor.may(UNDO_LATER):
        raise Denied(
            _("The ten seconds are over. The head of sales can take the press back from history."), code="too_late"
        )


def _require_possible(deal: Deal, row: Press) -> None:
    """Refuse what can no longer be given back: words erased with their client, a client in the bin, a stage gone."""
    if "task_id" not in row.before:
        raise Conflict(_("The client's data were erased since. It cannot be taken back."), code="erased")
    if not clients.count_of([deal.client_id]):
        raise Conflict(_("The client is in the recycle bin. Restore the client first."), code="binned")
    stage_id = row.before["deal"].get("stage_id")
    if stage_id is not None and not Stage.objects.filter(pk=stage_id).exists():
        raise Conflict(
            _("The stage the deal stood at was deleted since. It cannot be taken back."), code="stage_gone"
        )


def _catch_up(deal: Deal, columns: list[str]) -> None:
    """Let the old step follow what has changed since the press: calling hours, and who works here no longer."""
    if deal.responsible_id is not None and not accounts.is_working(deal.responsible_id):
        deal.responsible_id = None
        if "responsible_id" not in columns:
            columns.append("responsible_id")
    follow_deal(deal)


def _give_back(deal: Deal, row: Press, *, actor: Actor, now: datetime) -> None:
    """Give each column and field back that still holds what the press wrote, and the old task for the new one."""
    after = row.before["after"]
    columns = [
        column for column in row.before["deal"]
        if as_json({column: getattr(deal, column)})[column] == after[column]
        and not (column == "sum" and deal.goods_count)  # goods put in since make the sum
    ]  # fmt: skip
    for column in columns:
        setattr(deal, column, from_json(column, row.before["deal"][column]))
    if row.made_task_id is not None:
        work.close_task(row.made_task_id, now=now, outcome="withdrawn")
    work.reopen_task(row.before["task_id"])
    deal.open_task_id = row.before["task_id"]
    _catch_up(deal, columns)
    deal.save(update_fields=[*(column.removesuffix("_id") for column in columns), "open_task"])
    if row.before["custom"]:
        people.set_custom_fields(
            actor=actor,
            client_id=deal.client_id,
            values=row.before["custom"],
            over=row.before.get("custom_after"),
            now=now,
        )
    if row.before.get("own"):
        set_own_fields(deal=deal, values=row.before["own"], over=row.before["own_after"], now=now)
