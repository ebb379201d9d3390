"""Ready processes: shipped as data in each language, taken on by a click, off until somebody switches them on."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.flows.models import Automation
from voronka.flows.permissions import EDIT
from voronka.flows.rules.maps import Map
from voronka.flows.rules.scenes import Scene
from voronka.flows.services import offering
from voronka.flows.services.drawing import drawn_of, make, publish_map
from voronka.flows.services.nodes import map_problems
from voronka.flows.services.scenes.starts import Start
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound

LANGUAGES = ("ru", "en")
SCENE = "scene:"


@dataclass(frozen=True, slots=True)
class Process:
    """A shipped process. `taken` is the public id of the automation that was made of it, if there is one."""

    code: str
    name: str
    about: str
    taken: str = ""


@cache
def shipped(language: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the shipped processes of a language by code, in their order."""
    text = resources.files("voronka.flows").joinpath(f"ready/{language}.toml").read_text("utf-8")
    return {one["code"]: one for one in tomllib.loads(text)["process"]}


def _language() -> str:
    language = accounts.get_company_rules().language
    return language if language in LANGUAGES else "ru"


def offered(actor: Actor) -> list[Process]:
    """Return the processes whose triggers are of modules that are on for the actor."""
    open_to = {one.kind for one in offering.triggers_for(actor)}
    rows = Automation.objects.filter(removed_at__isnull=True).exclude(ready="").order_by("id")
    taken = dict(rows.values_list("ready", "public_id"))
    return [
        Process(code, one["name"], one["about"], taken.get(code, ""))
        for code, one in shipped(_language()).items()
        if one["trigger"]["kind"] in open_to
    ]


@transaction.atomic
def take(*, actor: Actor, code: str, now: datetime) -> Automation:
    """Make an automation of a shipped process, with its letters, published and off; the one that is there already.

    Raises Denied, NotFound.
    """
    actor.require(EDIT)
    process = shipped(_language()).get(code)
    if process is None:
        raise NotFound(_("There is no such process."))
    known = Automation.objects.filter(ready=code, removed_at__isnull=True).first()
    if known is not None:
        return known
    letters = {key: _written(actor, words, now) for key, words in process.get("letters", {}).items()}
    nodes = [_node(one, letters) for one in process["nodes"]]
    held = Map.model_validate(
        {"trigger": process["trigger"], "goal": process.get("goal", ""), "first": nodes[0]["id"], "nodes": nodes,
         "phase": process.get("phase", "")}
    )  # fmt: skip
    row = make(actor=actor, name=process["name"], now=now, held=held, ready=code, again=process["again"])
    if not map_problems(held, actor):
        publish_map(actor=actor, public_id=row.public_id, rev=drawn_of(row).rev, now=now)
        row.refresh_from_db()
    return row


@cache
def shipped_scenes(language: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the shipped scenarios of a language by code, in their order."""
    text = resources.files("voronka.flows").joinpath(f"ready/scenarios_{language}.toml").read_text("utf-8")
    return {one["code"]: one for one in tomllib.loads(text)["scenario"]}


def scenes_offered() -> list[Process]:
    """Return the shipped scenarios, with what was made of them."""
    rows = Automation.objects.filter(removed_at__isnull=True, ready__startswith=SCENE).order_by("id")
    taken = dict(rows.values_list("ready", "public_id"))
    return [
        Process(code, one["name"], one["about"], taken.get(f"{SCENE}{code}", ""))
        for code, one in shipped_scenes(_language()).items()
    ]


@transaction.atomic
def take_scene(*, actor: Actor, code: str, now: datetime) -> Automation:
    """Make a shipped scenario, published and off; the one that is there already. Raises Denied, NotFound."""
    actor.require(EDIT)
    shipped_one = shipped_scenes(_language()).get(code)
    if shipped_one is None:
        raise NotFound(_("There is no such scenario."))
    known = Automation.objects.filter(ready=f"{SCENE}{code}", removed_at__isnull=True).first()
    if known is not None:
        return known
    nodes = [_scene_node(one) for one in shipped_one["nodes"]]
    held = Scene.model_validate(
        {"trigger": Start.model_validate(shipped_one["start"]).to_json(), "first": nodes[0]["id"], "nodes": nodes}
    )
    row = make(actor=actor, name=shipped_one["name"], now=now, held=held, ready=f"{SCENE}{code}", again="always")
    if not map_problems(held, actor):
        publish_map(actor=actor, public_id=row.public_id, rev=drawn_of(row).rev, now=now)
        row.refresh_from_db()
    return row


def _scene_node(one: Mapping[str, Any]) -> dict[str, Any]:
    settings = dict(one.get("set", {}))
    if one["kind"] == "act":
        settings = {"step": {"kind": one["step"], **settings}, "ways": list(one["ways"])}
    return {"id": one["id"], "kind": one["kind"], "set": settings, "exits": dict(one.get("exits", {}))}


def _written(actor: Actor, words: Mapping[str, str], now: datetime) -> str:
    maker = offering.maker_of("letter")
    return maker(actor, words, now) if maker else ""


def _node(one: Mapping[str, Any], letters: Mapping[str, str]) -> dict[str, Any]:
    found = {
        "id": one["id"],
        "kind": one["kind"],
        "set": dict(one.get("set", {})),
        "exits": dict(one.get("exits", {})),
    }
    if "letter" in one:
        traffic = one.get("traffic", "service")
        found["set"] = {
            "step": {"kind": "messaging.send_letter", "template": letters.get(one["letter"], ""), "traffic": traffic}
        }
    return found
