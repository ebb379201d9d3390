"""Automations for tests, made by the verbs of the product; the events of the log are heard at once."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from voronka.flows import services
from voronka.flows.models import Automation, Run, RunStep
from voronka.flows.rules.maps import Map
from voronka.flows.rules.scenes import Scene
from voronka.flows.services.drawing import drawn_of
from voronka.flows.services.offering import LISTENER
from voronka.flows.services.scenes.starts import Start
from voronka.flows.services.scenes.wholes import talk_steps
from voronka.flows.services.walking import walk
from voronka.kit.actors import Actor
from voronka.kit.events.listeners import all_listeners, drain, number_events


def node(number: int, kind: str, settings: Mapping[str, Any] | None = None, **exits: str) -> dict[str, Any]:
    """Return a node as a map holds it: n1, n2, and so on."""
    return {"id": f"n{number}", "kind": kind, "set": dict(settings or {}), "exits": exits}


def step(number: int, kind: str, then: str = "", **settings: Any) -> dict[str, Any]:
    """Return a node that runs a step."""
    return node(number, "act", {"step": {"kind": kind, **settings}}, **({"next": then} if then else {}))


def make_automation(
    actor: Actor, trigger: Mapping[str, Any], *nodes: Mapping[str, Any], now: datetime, name: str = "Story",
    is_on: bool = True, again: str = "always", **more: Any,
) -> Automation:  # fmt: skip
    """Make an automation with a published map that begins at its first node."""
    held = Map.model_validate({"trigger": trigger, "first": nodes[0]["id"] if nodes else "", "nodes": nodes, **more})
    row = services.make(actor=actor, name=name, now=now, held=held, again=again)
    services.publish_map(actor=actor, public_id=row.public_id, rev=drawn_of(row).rev, now=now)
    if is_on:
        services.switch(actor=actor, public_id=row.public_id, is_on=True, now=now)
    row.refresh_from_db()
    return row


def make_scene(
    actor: Actor, *nodes: Mapping[str, Any], now: datetime, name: str = "Scenario", is_on: bool = True, **start: Any
) -> Automation:
    """Make a scenario with a published map that begins at its first node."""
    trigger = Start.model_validate(start).to_json()
    held = Scene.model_validate({"trigger": trigger, "first": nodes[0]["id"], "nodes": nodes})
    row = services.make(actor=actor, name=name, now=now, held=held)
    services.publish_map(actor=actor, public_id=row.public_id, rev=drawn_of(row).rev, now=now)
    if is_on:
        services.switch(actor=actor, public_id=row.public_id, is_on=True, now=now)
    row.refresh_from_db()
    return row


def talk_step(number: int, kind: str, settings: Mapping[str, Any] | None = None, **exits: str) -> dict[str, Any]:
    """Return a node that runs a step of a scenario, with the exits of its step."""
    ways = list(talk_steps()[kind].ways)
    return node(number, "act", {"step": {"kind": kind, **(settings or {})}, "ways": ways}, **exits)


def hear(company_id: int, *names: str) -> None:
    """Number the events and let listeners hear them: that of automations, and the named ones."""
    while number_events():
        pass
    for listener in all_listeners():
        if listener.name in (LISTENER, *names):
            drain(listener, company_id)


def go(company_id: int, now: datetime) -> int:
    """Hear what has happened and move everybody on to where he waits."""
    hear(company_id)
    taken = walk(company_id, now=max(now, datetime.now(UTC)))  # who has just come in is due since a moment ago
    hear(company_id)
    return taken


def told(run: Run) -> list[tuple[str, str, str]]:
    """Return the log of a walk: node, code and exit."""
    return list(RunStep.objects.filter(run=run).order_by("number").values_list("node", "code", "way"))
