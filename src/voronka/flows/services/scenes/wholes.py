"""A scenario as a whole: the ways out of its nodes, the answers that it keeps, what is wrong beyond single nodes."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.flows.ports import TalkStep
from voronka.flows.rules.maps import Map, Node
from voronka.flows.rules.scenes import idle_circles
from voronka.flows.services.scenes.setups import text_problems
from voronka.kit.actors import Actor
from voronka.kit.steps import all_steps, steps_for


def talk_steps(actor: Actor | None = None) -> dict[str, type[TalkStep]]:
    """Return by kind the steps that a scenario may ask of the product; for an actor, those of modules that are on."""
    known = all_steps() if actor is None else steps_for(actor)
    return {one.kind: one for one in known if issubclass(one, TalkStep)}


def way_words(node: Node, way: str) -> str:
    """Return what stands beside an exit of a node of a scenario."""
    match node.kind:
        case "ask":
            buttons = node.set.get("buttons", [])
            if way.isdecimal() and isinstance(buttons, list) and int(way) < len(buttons):
                return str(buttons[int(way)])
            return pgettext("an exit", "no answer") if way == "wrong" else pgettext("an exit", "answered")
        case "fork":
            return _("yes") if way == "yes" else _("no")
        case "act":
            kind = talk_steps().get(str(node.set.get("step", {}).get("kind", "")))
            return str(kind.ways.get(way, "")) if kind else ""
    return ""


def answer_names(held: Map) -> list[str]:
    """Return the names that answers of a map are kept by."""
    names = [str(one.set.get("name", "")) for one in held.nodes if one.kind in ("ask", "keep")]
    for one in held.nodes:
        kind = talk_steps().get(str(one.set.get("step", {}).get("kind", ""))) if one.kind == "act" else None
        names += list(kind.gives) if kind else []
    return list(dict.fromkeys(name for name in names if name))


def whole_problems(held: Map) -> dict[str, list[str]]:
    """Return what is wrong with a scenario beyond single nodes: circles, texts that name what nobody answers."""
    found: dict[str, list[str]] = {}
    for node_id in idle_circles(held):
        found.setdefault(node_id, []).append(
            _("From here the scenario comes back to here without asking anything: it would never end.")
        )
    names = answer_names(held) or ["answer"]
    for one in held.nodes:
        for key in ("text", "again", "reminder"):
            if (text := one.set.get(key)) and isinstance(text, str):
                found.setdefault(one.id, []).extend(text_problems(text, names))
        if one.kind == "fork" and one.set.get("what") == "answer" and one.set.get("name") not in names:
            found.setdefault(one.id, []).append(_("No question keeps an answer by this name."))
    return {key: words for key, words in found.items() if words}
