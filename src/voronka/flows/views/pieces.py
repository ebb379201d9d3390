"""The pieces of a drawn map: boxes, lines with their plus signs, the same as a list, the open node beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.flows.queries import NodeFigures
from voronka.flows.rules.layout import Drawing, Edge, draw, outline
from voronka.flows.rules.maps import START, Node, Place
from voronka.flows.rules.scenes import SUBJECT, Scene
from voronka.flows.services import nodes, offering
from voronka.flows.services.drawing import Drawn
from voronka.flows.services.scenes import setups as scene_setups
from voronka.kit.actors import Actor
from voronka.kit.facets import split_name
from voronka.kit.making import condition_words, making_of
from voronka.kit.step_forms import WHOLE, StepChecker, setting_pieces
from voronka.kit.subjects import Subject

WIDTH, HEIGHT, COLUMN, ROW, PAD = 236, 92, 264, 152, 20
START_ID = "start"


@dataclass(frozen=True, slots=True)
class Here:
    """What of the editor is looked at: the open node (or the beginning), the place of a new one, what was typed."""

    drawn: Drawn
    actor: Actor
    may_edit: bool
    node: str = ""
    add: Place | None = None
    asked: QueryDict = field(default_factory=QueryDict)
    typed: Mapping[str, Any] | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    why: str = ""

    @property
    def page(self) -> str:
        """Return the address of the map."""
        return reverse("flows:automation", args=[self.drawn.automation.public_id])

    def url(self, **query: str) -> str:
        """Return the address of the map with something open."""
        return f"{self.page}?{urlencode(query)}" if query else self.page


def place_code(place: Place) -> str:
    """Return a place as addresses name it."""
    return f"{place[0]}:{place[1]}"


def read_place(text: str) -> Place | None:
    """Return the place that an address names."""
    node_id, colon, way = text.partition(":")
    return (node_id[:8], way[:8]) if colon else None


def map_context(here: Here, figures: Mapping[str, NodeFigures]) -> dict[str, Any]:
    """Return the whole drawing and the list."""
    held, speaker = here.drawn.map, nodes.Speaker(nodes.subject_of(here.drawn.map), here.actor)
    problems = nodes.map_problems(held, here.actor) if here.may_edit else {}
    sheet = draw(held)
    numbers = {one.node: at for at, one in enumerate((x for x in outline(held) if x.node and not x.is_again), 1)}
    said = {one.id: speaker.words(one) for one in held.nodes}
    boxes = [_start(here, sheet, problems, figures)]
    for node_id in numbers:
        one = held.node(node_id)
        assert one is not None
        boxes.append(_box(here, one, sheet, said[node_id], numbers[node_id], problems, figures))
    return {
        "boxes": boxes,
        "edges": [_edge(here, one, sheet, numbers) for one in sheet.edges],
        "view_box": f"0 0 {sheet.columns * COLUMN + PAD} {(sheet.rows + 1) * ROW + PAD}",
        "lines": _lines(here, said, numbers, problems, figures),
        "problems": [
            (here.url(node=key or START_ID), numbers.get(key, 0), words)
            for key, found in problems.items()
            for words in found
        ],
        "width": WIDTH,
        "height": HEIGHT,
    }


def _middle(column: float) -> float:
    return column * COLUMN + COLUMN / 2 + PAD / 2


def _top(row: int) -> float:
    return (row + 1) * ROW + PAD


def _start_column(sheet: Drawing) -> float:
    return next((one.column for one in sheet.edges if one.place == START), 0.0)


def _start(
    here: Here, sheet: Drawing, problems: Mapping[str, Sequence[str]], figures: Mapping[str, NodeFigures]
) -> dict[str, Any]:
    held = here.drawn.map
    asked = str(held.trigger.get("kind", ""))
    kind = scene_setups.Start if isinstance(held, Scene) else offering.all_triggers().get(asked)
    known = figures.get("")
    return {
        "id": START_ID,
        "x": f"{_middle(_start_column(sheet)) - WIDTH / 2:g}",
        "y": f"{PAD / 2:g}",
        "url": here.url(node=START_ID),
        "icon": kind.icon if kind else "alert-circle",
        "words": nodes.trigger_words(held),
        "name": _("Begins"),
        "is_open": here.node == START_ID,
        "problems": problems.get("", []),
        "figures": [(_("came in"), known.entered)] if known and known.entered else [],
        "kind": "start",
    }


def _figures(known: NodeFigures | None) -> list[tuple[str, int]]:
    if known is None or not known.entered:
        return []
    dropped = [(pgettext("a node", "dropped"), known.dropped)] if known.dropped else []
    return [(_("came"), known.entered), (_("here"), known.here), (_("went on"), known.left), *dropped]


def node_name(node: Node) -> tuple[str, str]:
    """Return the name of a node's kind and its icon."""
    if node.kind == "act":
        kind = nodes.setup_of(node)
        return (str(kind.title), kind.icon) if kind else (_("a step"), "alert-circle")
    title, icon = nodes.TITLES.get(node.kind) or scene_setups.TITLES[node.kind]
    return str(title), icon


def _box(
    here: Here, node: Node, sheet: Drawing, words: str, number: int, problems: Mapping[str, Sequence[str]],
    figures: Mapping[str, NodeFigures],
) -> dict[str, Any]:  # fmt: skip
    box = sheet.boxes[node.id]
    name, icon = node_name(node)
    return {
        "id": node.id,
        "x": f"{_middle(box.column) - WIDTH / 2:g}",
        "y": f"{_top(box.row):g}",
        "url": here.url(node=node.id),
        "icon": icon,
        "name": name,
        "words": words,
        "number": number,
        "is_open": here.node == node.id,
        "problems": problems.get(node.id, []),
        "figures": _figures(figures.get(node.id)),
        "kind": node.kind,
    }


def _edge(here: Here, edge: Edge, sheet: Drawing, numbers: Mapping[str, int]) -> dict[str, Any]:
    """Return a line: from the foot of what stands above to the head of what stands below, a plus near the latter."""
    is_start = edge.place == START
    above = -1 if is_start else sheet.boxes[edge.place[0]].row
    x1 = _middle(_start_column(sheet) if is_start else sheet.boxes[edge.place[0]].column)
    y1 = (PAD / 2 if is_start else _top(above)) + HEIGHT
    x2, y2 = _middle(edge.column), _top(edge.row)
    bend = y1 + 18
    node = here.drawn.map.node(edge.place[0])
    end_y = y2 if edge.to and not edge.is_back else y2 - 14
    path = f"M{x1:g} {y1:g}V{bend:g}H{x2:g}V{end_y:g}"
    if edge.to and not edge.is_back and sheet.boxes[edge.to].column != edge.column:
        path = f"M{x1:g} {y1:g}V{bend:g}H{x2:g}V{y2 - 8:g}H{_middle(sheet.boxes[edge.to].column):g}V{y2:g}"
    label = nodes.way_words(node, edge.place[1]) if node else ""
    label = label if len(label) <= 24 else f"{label[:23]}…"
    back = f"↑ {numbers.get(edge.to, 0)}" if edge.is_back else ""
    return {
        "d": path,
        "x": f"{x2:g}",
        "y": f"{y1 + 38:g}",
        "label_x": f"{x2 + 20:g}",
        "label_y": f"{y1 + 42:g}",
        "end_y": f"{end_y:g}",
        "is_end": not edge.to or edge.is_back,
        "label": f"{label} {back}".strip() if back else label,
        "place": place_code(edge.place),
        "url": here.url(add=place_code(edge.place)) + "#beside",
        "is_open": here.add == edge.place,
    }


def _lines(
    here: Here, said: Mapping[str, str], numbers: Mapping[str, int], problems: Mapping[str, Sequence[str]],
    figures: Mapping[str, NodeFigures],
) -> list[dict[str, Any]]:  # fmt: skip
    found = []
    for one in outline(here.drawn.map):
        above = here.drawn.map.node(one.place[0])
        node = here.drawn.map.node(one.node)
        name, icon = node_name(node) if node else ("", "flag")
        found.append(
            {
                "depth": min(one.depth, 5),
                "label": nodes.way_words(above, one.place[1]) if above else "",
                "add_url": here.url(add=place_code(one.place)) + "#beside",
                "place": place_code(one.place),
                "url": here.url(node=one.node) + "#beside" if node else "",
                "words": said.get(one.node, ""),
                "name": name,
                "icon": icon,
                "number": numbers.get(one.node, 0),
                "is_again": one.is_again,
                "is_end": not one.node,
                "is_open": bool(one.node) and here.node == one.node and not one.is_again,
                "problems": [] if one.is_again else problems.get(one.node, []),
                "figures": [] if one.is_again else _figures(figures.get(one.node)),
            }
        )
    return found


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
        fields = setting_pieces(scene_setups.Start, own, StepChecker(Subject(SUBJECT, 0)), here.errors, 0)
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
        "goals": [("", _("no goal")), *((one.kind, str(one.title)) for one in offering.awaited(subject))],
        "who": nodes.subject_words(subject),
        "only": _conditions(here, subject, held.only, node="") if subject == nodes.subject_of(held) else None,
    }


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
    return [(code, words) for code, words in _names(here).items() if node.id not in held.reached(code)]
