"""The pieces of a drawn map: boxes, lines with their plus signs, the same as a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.flows.ports import ShownStep
from voronka.flows.queries import NodeFigures
from voronka.flows.rules.layout import Drawing, Edge, draw, outline, phase_seconds
from voronka.flows.rules.maps import START, Map, Node, Place
from voronka.flows.rules.scenes import Scene
from voronka.flows.services import nodes, offering
from voronka.flows.services.drawing import Drawn
from voronka.flows.services.moments import weighed
from voronka.flows.services.scenes import setups as scene_setups
from voronka.flows.services.scenes import starts
from voronka.kit import wording
from voronka.kit.actors import Actor

WIDTH, HEIGHT, COLUMN, ROW, PAD = 236, 92, 264, 152, 20
HEAD, BAND = 64, 84  # above and below the map of a live record: phases, and the screen
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


def map_context(
    here: Here, figures: Mapping[str, NodeFigures], ways: Mapping[tuple[str, str], int] | None = None
) -> dict[str, Any]:
    """Return the whole drawing and the list; `ways` are how many took each exit lately."""
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
        "edges": [_edge(here, one, sheet, numbers, ways or {}) for one in sheet.edges],
        "view_box": _view_box(sheet, is_live=offering.is_live(nodes.subject_of(held))),
        **(_live_context(held, sheet, here.actor.language) if offering.is_live(nodes.subject_of(held)) else {}),
        "lines": _lines(here, said, numbers, problems, figures),
        "problems": [
            (here.url(node=key or START_ID), numbers.get(key, 0), words)
            for key, found in problems.items()
            for words in found
        ],
        "width": WIDTH,
        "height": HEIGHT,
    }


def _view_box(sheet: Drawing, *, is_live: bool) -> str:
    """Return the part of the drawing that is seen first; phases stand above it, the visitor's screen below."""
    width, height = sheet.columns * COLUMN + PAD, (sheet.rows + 1) * ROW + PAD
    return f"0 {-HEAD} {width} {height + HEAD + BAND}" if is_live else f"0 0 {width} {height}"


def _live_context(held: Map, sheet: Drawing, language: str) -> dict[str, Any]:
    """Return the phases with their scales, and the screen with what takes it, from left to right."""
    roots = ["", *(one.id for one in held.doors())]
    ends = [*sheet.phases[1:], sheet.columns]
    phases = []
    for root, first, end in zip(roots, sheet.phases, ends, strict=True):
        left, right = first * COLUMN + PAD, max(end, first + 1) * COLUMN - PAD / 2
        door = held.node(root)
        seconds = phase_seconds(held, root)
        ticks = max(4, round((right - left) / 24))
        marks = "".join(
            f"M{left + (right - left) * at / ticks:g} {14 - HEAD + 22}v{8 if at % 5 == 0 else 4}"
            for at in range(ticks + 1)
        )
        phases.append(
            {
                "name": str(door.set.get("name", "")) if door else held.phase,
                "lasts": wording.duration(seconds, language) if seconds else "",
                "x": f"{left:g}",
                "end": f"{right:g}",
                "y": f"{10 - HEAD + 14:g}",
                "d": f"M{left:g} {14 - HEAD + 22}H{right:g}{marks}",
            }
        )
    return {"phases": phases, "screen": _screen(held, sheet)}


def _screen(held: Map, sheet: Drawing) -> dict[str, Any]:
    top = (sheet.rows + 1) * ROW + PAD + 34
    shown: dict[int, dict[str, Any]] = {}
    for one in held.nodes:
        kind = nodes.setup_of(one) if one.kind == "act" else None
        if kind is None or not issubclass(kind, ShownStep) or one.id not in sheet.boxes:
            continue
        column = int(sheet.boxes[one.id].column)
        step = weighed(one)
        words = step.called() if step else str(kind.title)
        shown.setdefault(
            column,
            {
                "x": f"{column * COLUMN + PAD / 2:g}", "words": words if len(words) < 22 else f"{words[:21]}…",
                "is_help": step is not None and step.yields() == 1,
                "text_x": f"{column * COLUMN + PAD / 2 + 12:g}", "pause_x": f"{column * COLUMN + PAD / 2 + 176:g}",
            },
        )  # fmt: skip
    return {
        "y": f"{top:g}", "text_y": f"{top + 19:g}", "head_y": f"{top - 12:g}", "x": f"{PAD / 2:g}",
        "width": f"{sheet.columns * COLUMN:g}", "blocks": [shown[at] for at in sorted(shown)],
    }  # fmt: skip


def _middle(column: float) -> float:
    return column * COLUMN + COLUMN / 2 + PAD / 2


def _top(row: int) -> float:
    return (row + 1) * ROW + PAD if row >= 0 else PAD / 2  # beginnings stand a little higher than a row would


def _start_column(sheet: Drawing) -> float:
    return next((one.column for one in sheet.edges if one.place == START), 0.0)


def _start(
    here: Here, sheet: Drawing, problems: Mapping[str, Sequence[str]], figures: Mapping[str, NodeFigures]
) -> dict[str, Any]:
    held = here.drawn.map
    asked = str(held.trigger.get("kind", ""))
    kind = starts.Start if isinstance(held, Scene) else offering.all_triggers().get(asked)
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
    title, icon = nodes.LIVE_TITLES.get(node.kind) or scene_setups.TITLES[node.kind]
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


def _edge(
    here: Here, edge: Edge, sheet: Drawing, numbers: Mapping[str, int], ways: Mapping[tuple[str, str], int]
) -> dict[str, Any]:  # fmt: skip
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
    is_root = is_start or (node is not None and node.kind == "door")
    went = ways.get((edge.place[0], "" if is_root else edge.place[1]))
    if went:
        label = f"{label} · {wording.number(went)}" if label else wording.number(went)
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
