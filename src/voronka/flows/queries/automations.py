"""Automations as lists and pages show them: how many are inside, where they wait, what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from voronka.flows.models import Automation, AutomationVersion, Run, RunStep
from voronka.flows.permissions import SEE
from voronka.flows.rules.scenes import SUBJECT
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
class SceneFigures:
    """What came of a scenario: who is inside; of thirty days: how many started, finished, were handed over, dropped.

    Dropped are those who fell silent; who was taken over meanwhile by a person counts as handed over.
    """

    inside: int = 0
    started: int = 0
    finished: int = 0
    handed: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """Of a node in a version: how many came to it, wait at it now, went on from it, fell silent at it."""

    entered: int = 0
    here: int = 0
    left: int = 0
    dropped: int = 0


def list_automations(
    actor: Actor, *, before: int | None = None, size: int = PAGE, scenes: bool = False
) -> list[Automation]:
    """Return a page of automations, or of `scenes`, the newest first; one more tells that there is another page."""
    actor.require(SEE)
    found = Automation.objects.filter(removed_at__isnull=True).order_by("-id")
    found = found.filter(subject=SUBJECT) if scenes else found.exclude(subject=SUBJECT)
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
    begun = RunStep.objects.filter(version_id=version_id, code="entered").order_by().values_list("node")
    entered = {"": 0, **dict(begun.annotate(n=Count("id")))}
    found = {door: NodeFigures(count, 0, count) for door, count in entered.items()}
    silent = dict(
        Run.objects.filter(version_id=version_id, state=Run.State.LEFT, why="silence")
        .order_by()
        .values_list("node")
        .annotate(n=Count("id"))
    )
    for node in {*moved, *here, *quit_here, *silent} - set(entered):
        gone, still, fell = moved.get(node, 0), here.get(node, 0), silent.get(node, 0)
        found[node] = NodeFigures(gone + still + quit_here.get(node, 0) + fell, still, gone, fell)
    return found


def way_figures(version_id: int, now: datetime) -> Mapping[tuple[str, str], int]:
    """Return how many took each exit of a version's nodes in thirty days; exit "" is how many came by a beginning."""
    rows = RunStep.objects.filter(version_id=version_id, at__gt=now - LATELY).filter(~Q(way="") | Q(code="entered"))
    counted = rows.order_by().values_list("node", "way").annotate(n=Count("id"))
    return {(node, way): count for node, way, count in counted}


def scene_figures(ids: Sequence[int], now: datetime) -> Mapping[int, SceneFigures]:
    """Return the figures of scenarios by id, in one statement."""
    lately = Q(entered_at__gt=now - LATELY)
    rows = Run.objects.filter(automation_id__in=ids).order_by().values("automation_id")
    counted = rows.annotate(
        inside=Count("id", filter=Q(state__in=INSIDE)),
        started=Count("id", filter=lately),
        finished=Count("id", filter=lately & Q(why="end")),
        handed=Count("id", filter=lately & Q(why__in=("person", "taken", "limit", "broken", "senseless"))),
        dropped=Count("id", filter=lately & Q(why="silence")),
    ).values_list("automation_id", "inside", "started", "finished", "handed", "dropped")
    found = {pk: SceneFigures(*numbers) for pk, *numbers in counted}
    return {pk: found.get(pk, SceneFigures()) for pk in ids}


def shown_maps(ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """Return the maps of automations as they are shown: live, else the draft."""
    rows = AutomationVersion.objects.filter(automation_id__in=ids, state__in=("draft", "live"))
    return dict(rows.order_by("state").values_list("automation_id", "map"))  # a live one comes last


def is_any_on(subject: str) -> bool:
    """Tell whether an automation that records of a kind walk is on."""
    return Automation.objects.filter(is_on=True, subject=subject).exists()


def is_any_doing(subject: str, step: str) -> bool:
    """Tell whether an automation that records of a kind walk, and that is on, has a step of a kind in its map."""
    has = {"nodes": [{"set": {"step": {"kind": step}}}]}
    live = AutomationVersion.objects.filter(state="live", automation__is_on=True, automation__subject=subject)
    return live.filter(map__contains=has).exists()


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of rows by id: of an automation or a walk. Raises KeyError."""
    models: dict[str, type[Automation | Run]] = {"automation": Automation, "walk": Run}
    return dict(models[kind].objects.filter(pk__in=ids).values_list("id", "public_id"))
