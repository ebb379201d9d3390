"""Automations made, drawn, published, switched on and off.

A map is drawn in a draft, which nobody walks. Published, it takes the place of the live version for those who come in
from then on; those inside end by the version by which they came.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from voronka.flows.events import AutomationSaved
from voronka.flows.models import Automation, AutomationVersion, Matched
from voronka.flows.permissions import EDIT
from voronka.flows.rules import maps
from voronka.flows.rules.ideas import read_ideas
from voronka.flows.rules.maps import BadMap, Map, Place
from voronka.flows.rules.scenes import SUBJECT, Scene
from voronka.flows.services import nodes, offering, scenes
from voronka.flows.services.entering import map_of
from voronka.flows.services.scenes import starts
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.step_forms import StepChecker
from voronka.kit.subjects import Subject

NAME_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Drawn:
    """An automation with the version that is drawn: its draft, or the live one while there is none."""

    automation: Automation
    version: AutomationVersion
    map: Map
    is_draft: bool

    @property
    def rev(self) -> str:
        """Return the sign of what was seen: who changes the map says which one he saw."""
        return f"{self.version.number}.{self.version.rev}"


def locked(public_id: str) -> Automation:
    """Lock an automation that is there. Raises NotFound."""
    return _row(public_id, lock=True)


def _row(public_id: str, *, lock: bool = False) -> Automation:
    found = Automation.objects.filter(public_id=public_id, removed_at__isnull=True)
    row = (found.select_for_update() if lock else found).first()
    if row is None:
        raise NotFound(_("There is no such automation."))
    return row


def drawn_of(automation: Automation) -> Drawn:
    """Return what is drawn of an automation."""
    found = {one.state: one for one in automation.versions.filter(state__in=("draft", "live"))}
    version = found.get("draft") or found["live"]
    return Drawn(automation, version, map_of(version), version.state == "draft")


def make(
    *, actor: Actor, name: str, now: datetime, held: Map | None = None, ready: str = "",
    again: str = Automation.Again.NEVER, again_days: int = 30,
) -> Automation:  # fmt: skip
    """Make an automation, switched off, with a draft. Raises Denied, Invalid."""
    actor.require(EDIT)
    with transaction.atomic():
        row = Automation.objects.create(
            name=_name(name), made_at=now, made_by_id=actor.employee_id, ready=ready, again=again,
            again_days=again_days, subject=nodes.subject_of(held or Map()),
        )  # fmt: skip
        AutomationVersion.objects.create(
            automation=row, number=1, state="draft", map=(held or Map()).model_dump(mode="json"), saved_at=now,
            saved_by_id=actor.employee_id,
        )  # fmt: skip
        publish(AutomationSaved(automation_id=row.pk, change="made", version=0), at=now)
    return row


def _name(text: str) -> str:
    name = " ".join(text.replace("\0", "").split())
    if not name or len(name) > NAME_LIMIT:
        words = _("Give the automation a name.") if not name else _("Longer than %(n)d signs.") % {"n": NAME_LIMIT}
        raise Invalid(words, fields={"name": words})
    return name


@transaction.atomic
def set_up(
    *, actor: Actor, public_id: str, name: str, again: str, again_days: int, now: datetime
) -> Automation:  # fmt: skip
    """Rename an automation, say whether one may come again. Raises Denied, NotFound, Invalid."""
    actor.require(EDIT)
    row = _row(public_id, lock=True)
    row.name = _name(name)
    if again not in Automation.Again.values or not 1 <= again_days <= 3660:
        words = _("From 1 to 3660 days.")
        raise Invalid(words, fields={"again_days": words})
    row.again, row.again_days = again, again_days
    row.save(update_fields=["name", "again", "again_days"])
    publish(AutomationSaved(automation_id=row.pk, change="set_up", version=_live_number(row)), at=now)
    return row


def _live_number(row: Automation) -> int:
    return row.versions.filter(state="live").values_list("number", flat=True).first() or 0


@transaction.atomic
def _redraw(
    public_id: str, rev: str, change: Callable[[Map], tuple[Map, str]], *, actor: Actor, now: datetime
) -> tuple[Drawn, str]:
    """Change the draft, which is made of the live version where there is none. Raises Conflict for another rev."""
    actor.require(EDIT)
    row = _row(public_id, lock=True)
    here = drawn_of(row)
    if rev != here.rev:
        raise Conflict(_("Somebody changed the map meanwhile: look at it again."), code="moved")
    try:
        held, node_id = change(here.map)
    except BadMap as bad:
        raise Conflict(_bad_words(bad.code), code=f"map_{bad.code}") from bad
    draft = here.version
    if not here.is_draft:
        number = row.versions.aggregate(most=Max("number"))["most"] + 1
        draft = AutomationVersion(automation=row, number=number, state="draft", rev=0)
    draft.map, draft.rev, draft.saved_at = held.model_dump(mode="json"), draft.rev + 1, now
    draft.saved_by_id = actor.employee_id
    draft.save()
    return Drawn(row, draft, held, is_draft=True), node_id


def _bad_words(code: str) -> str:
    return {
        "circle": _("So the map would lead in a circle."),
        "full": _("A map has %(n)d steps at most.") % {"n": maps.MOST_NODES},
    }.get(code, _("This place of the map is gone."))


def add_node(
    *, actor: Actor, public_id: str, rev: str, place: Place, kind: str, now: datetime
) -> tuple[Drawn, str]:  # fmt: skip
    """Put a node behind a place: a kind of node, or `step:KIND`. Return the map and the id of the node."""

    def change(was: Map) -> tuple[Map, str]:
        if kind.startswith("step:"):
            step = nodes.steps_offered(nodes.subject_of(was)).get(kind.removeprefix("step:"))
            if step is None:
                raise NotFound(_("There is no such step."))
            settings = {"step": {"kind": step.kind, **_defaults(step)}} | nodes.ways_kept(step)
            return maps.insert(was, place, "act", settings)
        found = nodes.defaults_of(was, kind)
        if found is None:
            raise NotFound(_("There is no such step."))
        settings = found
        return maps.insert(was, place, kind, settings)  # type: ignore[arg-type]  # one of the kinds

    return _redraw(public_id, rev, change, actor=actor, now=now)


def _defaults(step: type[Any]) -> dict[str, Any]:
    """Return the settings of a step that have a value of their own."""
    found = {}
    for name, info in step.model_fields.items():
        if not info.is_required():
            value = info.get_default(call_default_factory=True)
            if isinstance(value, str | int | bool | list):
                found[name] = value
    return found


def remove_node(*, actor: Actor, public_id: str, rev: str, node: str, now: datetime) -> Drawn:
    """Take a node out; what stands behind its other exits goes with it."""
    return _redraw(public_id, rev, lambda was: (maps.remove(was, node), ""), actor=actor, now=now)[0]


def move_node(*, actor: Actor, public_id: str, rev: str, node: str, place: Place, now: datetime) -> Drawn:
    """Carry a node behind another place."""
    return _redraw(public_id, rev, lambda was: (maps.move(was, node, place), node), actor=actor, now=now)[0]


def lead_to(*, actor: Actor, public_id: str, rev: str, place: Place, to: str, now: datetime) -> Drawn:
    """Let an exit lead to a node that is there, or to the end."""
    return _redraw(public_id, rev, lambda was: (maps.lead(was, place, to), ""), actor=actor, now=now)[0]


def set_node(
    *, actor: Actor, public_id: str, rev: str, node: str, settings: Mapping[str, Any], now: datetime
) -> Drawn:  # fmt: skip
    """Give a node its settings. Raises Invalid naming those at fault."""

    def change(was: Map) -> tuple[Map, str]:
        held = was.node(node)
        if held is None:
            raise BadMap("gone")
        return maps.change(was, node, _checked(was, held, dict(settings))), node

    return _redraw(public_id, rev, change, actor=actor, now=now)[0]


def _checked(was: Map, held: maps.Node, settings: dict[str, Any]) -> dict[str, Any]:
    if held.kind == "check":
        return settings
    if held.kind == "split":
        if not nodes.good_shares(settings.get("shares")):
            words = _("The shares must make 100 %.")
            raise Invalid(words, fields={"shares": words})
        return settings
    kind = nodes.setup_of(held)
    if kind is None:
        raise NotFound(_("There is no such step."))
    checker = StepChecker(Subject(nodes.subject_of(was), 0))
    typed = {name: value for name, value in settings.items() if checker.matters(kind, name, settings)}
    problems = checker.problems(kind, typed)
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
    made = kind.model_validate(typed).to_json()
    if held.kind == "act":
        return {"step": made} | nodes.ways_kept(kind)
    return {name: made[name] for name in made if name != "kind"}


def set_start(
    *, actor: Actor, public_id: str, rev: str, trigger: Mapping[str, Any], goal: str, now: datetime, phase: str = ""
) -> Drawn:  # fmt: skip
    """Say what begins the map, what is its goal and the name of its phase. Raises Invalid naming what is at fault."""

    def change(was: Map) -> tuple[Map, str]:
        if isinstance(was, Scene):
            return was.model_copy(update={"trigger": _scene_start(trigger)}), ""
        kind = offering.all_triggers().get(str(trigger.get("kind", "")))
        if kind is None:
            words = _("Say what begins the automation.")
            raise Invalid(words, fields={"trigger": words})
        typed = {name: value for name, value in trigger.items() if name != "kind"}
        checker = StepChecker(Subject(kind.subject, 0))
        problems = checker.problems(kind, typed)
        if goal and goal not in {one.kind for one in offering.awaited(kind.subject)}:
            problems["goal"] = _("This choice is no longer in the list.")
        if problems:
            raise Invalid(next(iter(problems.values())), fields=problems)
        only = was.only if nodes.subject_of(was) == kind.subject else {}
        made = kind.model_validate(typed).to_json()
        return was.model_copy(update={"trigger": made, "goal": goal, "only": only, "phase": phase[:40]}), ""

    return _redraw(public_id, rev, change, actor=actor, now=now)[0]


def _scene_start(trigger: Mapping[str, Any]) -> dict[str, Any]:
    typed = {name: value for name, value in trigger.items() if name != "kind"}
    problems = StepChecker(Subject(SUBJECT, 0)).problems(starts.Start, typed)
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
    return starts.Start.model_validate(typed).to_json()


def new_scene() -> Scene:
    """Return the map of a new scenario: empty, at the first message in the chat of the site."""
    return Scene(trigger=starts.Start().to_json())


def set_only(
    *, actor: Actor, public_id: str, rev: str, filters: Mapping[str, str], now: datetime
) -> Drawn:  # fmt: skip
    """Say which records come in at all, by conditions (kit.facets)."""
    return _redraw(
        public_id, rev, lambda was: (was.model_copy(update={"only": dict(filters)}), ""), actor=actor, now=now
    )[0]


@transaction.atomic
def publish_map(*, actor: Actor, public_id: str, rev: str, now: datetime) -> Drawn:
    """Put the draft before everybody who comes in from now on. Raises Invalid while something is wrong with it."""
    actor.require(EDIT)
    row = _row(public_id, lock=True)
    here = drawn_of(row)
    if rev != here.rev:
        raise Conflict(_("Somebody changed the map meanwhile: look at it again."), code="moved")
    if not here.is_draft:
        return here
    problems = nodes.map_problems(here.map, actor)
    if problems:
        first: Sequence[str] = next(iter(problems.values()))
        raise Invalid(
            _("Mend the marked places first: %(what)s") % {"what": first[0]}, code="map_problems",
            fields={f"node-{key}" if key else "trigger": " ".join(words) for key, words in problems.items()},
        )  # fmt: skip
    row.versions.filter(state="live").update(state="old")
    here.version.state, here.version.published_at = "live", now
    here.version.save(update_fields=["state", "published_at"])
    kind, subject = str(here.map.trigger["kind"]), nodes.subject_of(here.map)
    if (row.trigger, row.subject) != (kind, subject):
        Matched.objects.filter(automation=row).delete()
    row.trigger, row.subject = kind, subject
    row.save(update_fields=["trigger", "subject"])
    publish(AutomationSaved(automation_id=row.pk, change="published", version=here.version.number), at=now)
    return Drawn(row, here.version, here.map, is_draft=False)


@transaction.atomic
def drop_draft(*, actor: Actor, public_id: str, rev: str, now: datetime) -> Drawn:
    """Throw the draft away, where there is a live version to go back to."""
    actor.require(EDIT)
    row = _row(public_id, lock=True)
    here = drawn_of(row)
    if rev != here.rev:
        raise Conflict(_("Somebody changed the map meanwhile: look at it again."), code="moved")
    if here.is_draft and _live_number(row):
        here.version.delete()
    return drawn_of(row)


@transaction.atomic
def switch(*, actor: Actor, public_id: str, is_on: bool, now: datetime) -> Automation:
    """Switch an automation on or off: while it is off nobody comes in, and those inside wait where they stand.

    A scenario that is switched off lets everybody out at once: their next message is answered by others.

    Raises Conflict where no map is published.
    """
    actor.require(EDIT)
    row = _row(public_id, lock=True)
    if row.is_on == is_on:
        return row
    if is_on and not _live_number(row):
        raise Conflict(_("Publish the map first."), code="no_map")
    row.is_on = is_on
    row.switched_at = now if is_on else row.switched_at
    row.save(update_fields=["is_on", "switched_at"])
    if not is_on and row.subject == SUBJECT:
        scenes.stop_all(row, now=now)
    if is_on:
        Matched.objects.filter(automation=row).delete()
    publish(
        AutomationSaved(automation_id=row.pk, change="on" if is_on else "off", version=_live_number(row)), at=now
    )  # fmt: skip
    return row


@transaction.atomic
def remove(*, actor: Actor, public_id: str, now: datetime) -> Automation:
    """Put an automation away: it is off, and its walks stay to be read. Raises Conflict while somebody is inside."""
    actor.require(EDIT)
    row = _row(public_id, lock=True)
    if row.runs.filter(state__in=("running", "failed")).exists():
        raise Conflict(_("Somebody is still inside: stop those walks first."), code="not_empty")
    row.is_on, row.removed_at = False, now
    row.save(update_fields=["is_on", "removed_at"])
    publish(AutomationSaved(automation_id=row.pk, change="removed", version=_live_number(row)), at=now)
    return row


@transaction.atomic
def set_ideas(*, actor: Actor, public_id: str, text: str, now: datetime) -> Automation:
    """Write down what is thought of for an automation, as indented lines. Raises Denied, NotFound."""
    actor.require(EDIT)
    row = _row(public_id, lock=True)
    found = read_ideas(text)
    if found != row.ideas:
        row.ideas = found
        row.save(update_fields=["ideas"])
        publish(AutomationSaved(automation_id=row.pk, change="ideas", version=_live_number(row)), at=now)
    return row


def live_order() -> list[Automation]:
    """Return the automations of live records in the order in which they go first."""
    live = [kind for kind, one in offering.travellers().items() if one.is_live]
    return list(Automation.objects.filter(removed_at__isnull=True, subject__in=live).order_by("position", "id"))


@transaction.atomic
def put_earlier(*, actor: Actor, public_id: str, now: datetime) -> None:
    """Let an automation of live records go before the one that stands before it. Raises Denied, NotFound."""
    actor.require(EDIT)
    ids = [one.public_id for one in live_order()]
    if public_id not in ids:
        raise NotFound(_("There is no such automation."))
    at = ids.index(public_id)
    ids.insert(max(at - 1, 0), ids.pop(at))
    put_in_order(actor=actor, public_ids=ids, now=now)


@transaction.atomic
def put_in_order(*, actor: Actor, public_ids: Sequence[str], now: datetime) -> None:
    """Say which automations of live records go first where several would answer one moment: those named first.

    Those that are not named come after them, as they were. Raises Denied, NotFound.
    """
    actor.require(EDIT)
    live = [kind for kind, one in offering.travellers().items() if one.is_live]
    rows = list(
        Automation.objects.select_for_update().filter(removed_at__isnull=True, subject__in=live).order_by("id")
    )
    known = {one.public_id: one for one in rows}
    if set(public_ids) - set(known):
        raise NotFound(_("There is no such automation."))
    named = [known[one] for one in dict.fromkeys(public_ids)]
    others = sorted((one for one in rows if one not in named), key=lambda one: (one.position, one.pk))
    for position, row in enumerate([*named, *others], 1):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])
            publish(AutomationSaved(automation_id=row.pk, change="ordered", version=_live_number(row)), at=now)
