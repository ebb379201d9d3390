"""Automations as lists and pages show them: how many are inside, where they wait, what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from voronka.flows.models import Automation, Run, RunStep
from voronka.flows.permissions import SEE
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound

PAGE = 50
INSIDE = ("running", "failed")
KEPT_OUT = ("circle", "crowd")
LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of an automation: who is inside, stuck; of thirty days: who came in, who reached the goal."""

    inside: int = 0
    stuck: int = 0
    entered: int = 0
    goals: int = 0


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """Of a node in a version: how many came to it, wait at it now, went on from it."""

    entered: int = 0
    here: int = 0
    left: int = 0


def list_automations(actor: Actor, *, before: int | None = None, size: int = PAGE) -> list[Automation]:
    """Return a page of automations, the newest first; one more than the page has tells that there is another."""
    actor.require(SEE)
    found = Automation.objects.filter(removed_at__isnull=True).order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found[: size + 1])


def get_automation(actor: Actor, public_id: str) -> Automation:
    """Return an automation. Raises Denied, NotFound."""
    actor.require(SEE)
    found = Automation.objects.filter(public_id=public_id, removed_at__isnull=True).first()
    if found is None:
        raise NotFound(_("There is no such automation."))
    return found


def figures_of(ids: Sequence[int], now: datetime) -> Mapping[int, Figures]:
    """Return the figures of automations by id, two statements however many."""
    rows = Run.objects.filter(automation_id__in=ids).exclude(why__in=KEPT_OUT).order_by()
    inside = {
        pk: (count, stuck)
        for pk, count, stuck in rows.filter(state__in=INSIDE)
        .values("automation_id")
        .annotate(n=Count("id"), stuck=Count("id", filter=Q(state="failed")))
        .values_list("automation_id", "n", "stuck")
    }
    lately = {
        pk: (count, goals)
        for pk, count, goals in rows.filter(entered_at__gt=now - LATELY)
        .values("automation_id")
        .annotate(n=Count("id"), goals=Count("id", filter=Q(why="goal")))
        .values_list("automation_id", "n", "goals")
    }
    return {pk: Figures(*inside.get(pk, (0, 0)), *lately.get(pk, (0, 0))) for pk in ids}


def node_figures(version_id: int) -> Mapping[str, NodeFigures]:
    """Return the figures of a version's nodes by their ids; "" is the beginning."""
    moved = dict(
        RunStep.objects.filter(version_id=version_id)
        .exclude(way="")
        .order_by()
        .values_list("node")
        .annotate(n=Count("id"))
    )
    here = dict(
        Run.objects.filter(version_id=version_id, state__in=INSIDE)
        .order_by()
        .values_list("node")
        .annotate(n=Count("id"))
    )
    quit_here = dict(
        RunStep.objects.filter(version_id=version_id, code__in=("goal", "stopped", "gone"))
        .order_by()
        .values_list("node")
        .annotate(n=Count("id"))
    )
    entered = RunStep.objects.filter(version_id=version_id, code="entered").count()
    found = {"": NodeFigures(entered, 0, entered)}
    for node in {*moved, *here, *quit_here} - {""}:
        gone = moved.get(node, 0)
        found[node] = NodeFigures(gone + here.get(node, 0) + quit_here.get(node, 0), here.get(node, 0), gone)
    return found


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of rows by id: of an automation or a walk. Raises KeyError."""
    models: dict[str, type[Automation | Run]] = {"automation": Automation, "walk": Run}
    return dict(models[kind].objects.filter(pk__in=ids).values_list("id", "public_id"))
