"""What stands beside a drawn map: the settings of the open node or of the beginning, or the kinds to be added."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.flows.rules.layout import outline
from voronka.flows.rules.maps import Node
from voronka.flows.rules.scenes import SUBJECT, Scene
from voronka.flows.services import hooks, nodes, offering
from voronka.flows.services.scenes import starts
from voronka.flows.views.pieces import START_ID, Here, node_name, place_code
from voronka.kit.actors import Actor
from voronka.kit.facets import split_name
from voronka.kit.making import condition_words, making_of
from voronka.kit.step_forms import WHOLE, StepChecker, setting_pieces
from voronka.kit.subjects import Subject
from voronka.trials import queries as tests


def beside_context(here: Here) -> dict[str, Any]:
    """Return what stands beside the map: the open node's settings, or the kinds to be added, or nothing."""
    if here.add is not None and here.may_edit and here.add in here.drawn.map.places():
        subject = nodes.subject_of(here.drawn.map)
        steps = nodes.steps_offered(subject, here.actor)
        return {
            "adding": place_code(here.add),
            "node_kinds": [
                (code, str(title), icon) for code, (title, icon) in nodes.kinds_offered(here.drawn.map).items()
            ],
            "step_kinds": [(f"step:{one.kind}", str(one.title), one.icon) for one in steps.values()],
        }
    if here.node == START_ID:
        return {"start": _start_beside(here)}
    node = here.drawn.map.node(here.node)
    return {"open": _node_beside(here, node)} if node else {}


def _start_beside(here: Here) -> dict[str, Any]:
    held, typed = here.drawn.map, here.typed
    if isinstance(held, Scene):
        known = typed if typed is not None else held.trigger
        own = {name: value for name, value in known.items() if name != "kind"}
        fields = setting_pieces(starts.Start, own, StepChecker(Subject(SUBJECT, 0)), here.errors, 0)
        return {"fields": fields, "why": here.errors.get(WHOLE, "")}
    asked = here.asked.get("trigger") or str((typed or held.trigger).get("kind", ""))
    kind = offering.all_triggers().get(asked)
    own = {name: value for name, value in held.trigger.items() if name != "kind"}
    shown = typed if typed is not None else own if asked == held.trigger.get("kind") else {}
    subject = kind.subject if kind else ""
    return {
        "kind": kind.kind if kind else "",
        "groups": trigger_groups(here.actor),
        "fields": setting_pieces(kind, shown, StepChecker(Subject(subject, 0)), here.errors, 0) if kind else [],
        "why": here.errors.get(WHOLE) or here.errors.get("trigger", ""),
        "goal": held.goal,
        "phase": held.phase,
        "is_live": offering.is_live(subject),
        "goals": [("", _("no goal")), *((one.kind, str(one.title)) for one in offering.awaited(subject))],
        "who": nodes.subject_words(subject),
        "hook": _hook(here) if asked == held.trigger.get("kind") else None,
        "only": _conditions(here, subject, held.only, node="") if subject == nodes.subject_of(held) else None,
    }


def _hook(here: Here) -> dict[str, str] | None:
    """Return the address for other programs, None where none is offered: to those who may change the automation."""
    row = here.drawn.automation
    if not here.may_edit or not hooks.is_offered(row):
        return None
    token = hooks.token_of(row)
    return {"path": reverse("flows:hook", args=[token]) if token else ""}


def trigger_groups(actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the triggers that may be chosen, by who walks the map."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in offering.triggers_for(actor):
        found.setdefault(one.subject, []).append((one.kind, str(one.title)))
    return [(nodes.subject_words(subject), kinds) for subject, kinds in found.items()]


def _conditions(here: Here, subject: str, filters: Mapping[str, str], *, node: str) -> dict[str, Any]:
    speaker = nodes.Speaker(subject, here.actor)
    known = speaker.facets(subject)
    rows = []
    for name, text in filters.items():
        code, how = split_name(name)
        facet = known.get(code)
        rows.append((name, str(facet.name) if facet else code, condition_words(facet, how, str(text))))
    return {
        "rows": rows,
        "addable": [(code, str(one.name)) for code, one in known.items()],
        "making": making_of(here.asked, filters, known) if here.may_edit else None,
        "node": node,
        "of": subject,
    }


def _node_beside(here: Here, node: Node) -> dict[str, Any]:
    held = here.drawn.map
    name, icon = node_name(node)
    subject = nodes.subject_of(held)
    speaker = nodes.Speaker(subject, here.actor)
    found: dict[str, Any] = {
        "id": node.id,
        "name": name,
        "icon": icon,
        "kind": node.kind,
        "words": speaker.words(node),
        "problems": [] if here.errors else speaker.problems(node),
        "why": here.errors.get(WHOLE, ""),
        "places": [(code, words) for code, words in _places(here) if not code.startswith(f"{node.id}:")],
        "exits": [
            {
                "way": way,
                "label": nodes.way_words(node, way) or _("further"),
                "to": node.exits.get(way, ""),
                "choices": [("", _("the end")), *_targets(here, node)],
            }
            for way in node.ways()
        ],
    }
    if node.kind == "check":
        kind = str(node.set.get("of") or ("client" if subject == SUBJECT else subject))
        found["about"] = kind
        whom = ("client",) if subject == SUBJECT else (subject, "client")
        found["abouts"] = [(one, nodes.subject_words(one)) for one in dict.fromkeys(whom) if one]
        found["conditions"] = _conditions(here, kind, node.set.get("filters", {}), node=node.id)
    elif node.kind == "split":
        shares = (here.typed or node.set).get("shares", [])
        found["shares"] = " ".join(str(one) for one in shares) if isinstance(shares, list) else str(shares)
        found["shares_error"] = here.errors.get("shares", "")
        found["is_test"] = bool((here.typed or node.set).get("is_test"))
        found["test"] = tests.told_of(here.actor, "flow", here.drawn.automation.pk, place=node.id)
    else:
        setup = nodes.setup_of(node)
        if setup is not None:
            shown = here.typed if here.typed is not None else nodes.typed_of(node)
            found["fields"] = setting_pieces(setup, shown, StepChecker(Subject(subject, 0)), here.errors, 1)
    return found


def _names(here: Here) -> dict[str, str]:
    speaker = nodes.Speaker(nodes.subject_of(here.drawn.map), here.actor)
    found: dict[str, str] = {}
    for one in outline(here.drawn.map):
        node = here.drawn.map.node(one.node)
        if node is not None and one.node not in found:
            found[one.node] = f"{len(found) + 1}. {speaker.words(node)}"[:80]
    return found


def _places(here: Here) -> list[tuple[str, str]]:
    names = _names(here)
    found = []
    for place in here.drawn.map.places():
        node = here.drawn.map.node(place[0])
        way = nodes.way_words(node, place[1]) if node else ""
        words = names.get(place[0], _("the beginning"))
        found.append((place_code(place), f"{words}: {way}" if way else words))
    return found


def _targets(here: Here, node: Node) -> list[tuple[str, str]]:
    """Return the nodes that an exit of a node may lead to without a circle; a scenario may lead back."""
    held = here.drawn.map
    if held.turns:
        return list(_names(here).items())
    doors = {one.id for one in held.doors()}
    return [
        (code, words)
        for code, words in _names(here).items()
        if code not in doors and node.id not in held.reached(code)
    ]
