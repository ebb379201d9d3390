"""Trying a map out on a chosen record: the way it would go and what each step would do, told and not done."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.flows.models import Automation, Run
from voronka.flows.permissions import SEE
from voronka.flows.rules.maps import CAME, LATE, Map, Node
from voronka.flows.services import nodes, offering
from voronka.flows.services.acting import machine
from voronka.flows.services.entering import fits
from voronka.flows.services.walking import Turn, turn_of
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound, Refusal
from voronka.kit.steps import Effect


@dataclass(frozen=True, slots=True)
class Tried:
    """A node on the way: when it would be reached, what would happen, by which exit the way goes on. `why` stops it."""

    node: Node
    at: datetime
    turn: Turn | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of a record: whether it comes in at all, and its way."""

    comes_in: bool
    lines: list[Tried]
    until: datetime


def try_map(
    *, actor: Actor, automation: Automation, held: Map, subject: str, now: datetime, come: Collection[str] = ()
) -> Trial:
    """Tell the way of a record, named by its public id; `come` are the nodes whose awaited event is taken to come.

    Steps are previewed and, to be sure, in a savepoint that is taken back. Raises Denied, NotFound.
    """
    actor.require(SEE)
    kind = nodes.subject_of(held)
    traveller = offering.find_traveller(kind)
    picked = traveller.pick(actor, subject) if traveller else None
    if traveller is None or picked is None:
        raise NotFound(_("There is no such record, or it is not yours."))
    run = Run(
        automation=automation, subject_kind=kind, subject_id=picked.id, client_id=traveller.client_of(picked.id),
        node=held.first, count=1,
    )  # fmt: skip
    lines: list[Tried] = []
    with transaction.atomic(), machine() as acting:
        comes_in = fits(kind, picked.id, held.only, actor=acting, now=now)
        at = now
        while (node := held.node(run.node)) is not None:
            try:
                turn = _told(run, node, acting, at)
            except Refusal as refusal:
                lines.append(Tried(node, at, None, refusal.message))
                break
            if not turn.way:  # a wait: the clock is moved to its end
                way = CAME if node.kind == "await" and node.id in come else LATE if node.kind == "await" else "next"
                lines.append(Tried(node, at, Turn(turn.code, way, turn.about, due_at=turn.due_at)))
                at = at if way == CAME or turn.due_at is None else turn.due_at
            else:
                way = turn.way
                lines.append(Tried(node, at, turn))
            run.node, run.count = held.target((node.id, way)), run.count + 1
        transaction.set_rollback(True)
    return Trial(comes_in, lines, at)


def _told(run: Run, node: Node, actor: Actor, at: datetime) -> Turn:
    return turn_of(run, node, actor=actor, now=at, dry=True)


def said(effects: Collection[Effect]) -> str:
    """Say effects in one line."""
    return "; ".join(one.words for one in effects)
