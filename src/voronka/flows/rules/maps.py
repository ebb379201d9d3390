"""The map of an automation: nodes, and exits that lead from one to the next. It never leads in a circle.

That of a scenario (rules.scenes) may lead back to where somebody is asked. An exit that leads nowhere is an end. Nodes
are changed by the functions here, each of which returns a new map; what nothing leads to any more falls away.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Kind = Literal[
    "wait", "clock", "await", "check", "split", "act", "stay", "door", "say", "ask", "fork", "keep", "person"
]  # fmt: skip
KINDS: Sequence[Kind] = ("wait", "clock", "await", "check", "split", "act", "stay", "door")  # of automations
MOST_NODES = 60
NEXT, YES, NO, CAME, LATE, WRONG, STAYED, LEFT = "next", "yes", "no", "came", "late", "wrong", "stayed", "left"
MOST_SHARES = 5
MOST_BUTTONS = 8
Place = tuple[str, str]  # the id of a node and its exit; ("", "next") is where the map begins
START: Place = ("", NEXT)


class BadMap(ValueError):
    """The map cannot be so; `code` says why: circle, full, gone."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Node(BaseModel):
    """A node: `set` are its settings as its kind keeps them, `exits` lead to other nodes by their ids."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^n[1-9][0-9]{0,3}$")
    kind: Kind
    set: dict[str, Any] = Field(default_factory=dict)
    exits: dict[str, str] = Field(default_factory=dict)

    def ways(self) -> tuple[str, ...]:
        """Return the codes of its exits, in order."""
        match self.kind:
            case "await":
                return CAME, LATE
            case "stay":
                return STAYED, LEFT
            case "check":
                return YES, NO
            case "split":
                shares = self.set.get("shares", [])
                return tuple(str(at) for at in range(len(shares) if isinstance(shares, list) else 0)) or ("0",)
            case "ask":
                buttons = self.set.get("buttons", []) if self.set.get("about") == "choice" else None
                if buttons is None:
                    return NEXT, WRONG
                count = len(buttons) if isinstance(buttons, list) else 0
                return (*(str(at) for at in range(min(count, MOST_BUTTONS))), WRONG)
            case "fork":
                return YES, NO
            case "person":
                return ()
            case "act":
                named = self.set.get("ways", [])  # of a step that is asked by scenarios: kept as it was put in
                return tuple(str(one) for one in named) or (NEXT,)
        return (NEXT,)

    @property
    def main(self) -> str:
        """Return the exit behind which goes what stood where the node is put in, empty where it has none."""
        return next(iter(self.ways()), "")


class Map(BaseModel):
    """A whole map. `trigger` is what brings people in, as it is stored; `only` are conditions on them (kit.facets).

    `goal` is the kind of the event at which whoever walks the map leaves it at once. `phase` names what begins there. A
    node `door` is a further beginning, with a phase of its own: nothing leads to it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kinds: ClassVar[frozenset[str]] = frozenset(KINDS)
    turns: ClassVar[bool] = False  # whether it may lead back

    trigger: dict[str, Any] = Field(default_factory=dict)
    only: dict[str, str] = Field(default_factory=dict)
    goal: str = Field(default="", max_length=80)
    phase: str = Field(default="", max_length=40)
    first: str = ""
    nodes: list[Node] = Field(default_factory=list, max_length=MOST_NODES)

    @model_validator(mode="after")
    def _holds(self) -> Self:
        known = {one.id: one for one in self.nodes}
        if len(known) != len(self.nodes):
            raise ValueError("two nodes have one id")
        targets = [self.first, *(to for one in self.nodes for to in one.exits.values())]
        if any(to and to not in known for to in targets):
            raise ValueError("an exit leads to no node")
        if any(set(one.exits) - set(one.ways()) for one in self.nodes):
            raise ValueError("a node has no such exit")
        if any(one.kind not in self.kinds for one in self.nodes):
            raise ValueError("a node of another kind of map")
        if any(to and known[to].kind == "door" for to in targets):
            raise ValueError("circle")  # nothing leads to a beginning
        if self.turns:
            return self
        if _circles(known, self.first) or any(_circles(known, one.id) for one in self.nodes):
            raise ValueError("circle")
        return self

    def node(self, node_id: str) -> Node | None:
        """Return a node by its id."""
        return next((one for one in self.nodes if one.id == node_id), None)

    def target(self, place: Place) -> str:
        """Return the id of the node to which a place leads, empty for an end."""
        node_id, way = place
        if not node_id:
            return self.first
        found = self.node(node_id)
        return found.exits.get(way, "") if found else ""

    def doors(self) -> list[Node]:
        """Return the further beginnings."""
        return [one for one in self.nodes if one.kind == "door"]

    def places(self) -> list[Place]:
        """Return all places behind which a node may stand."""
        return [START, *((one.id, way) for one in self.nodes for way in one.ways())]

    def reached(self, start: str = "") -> list[str]:
        """Return ids of the nodes reached from a node, from all beginnings where none is named, in order of walking."""
        found: dict[str, None] = {}
        waiting = [start] if start else [*(one.id for one in reversed(self.doors())), self.first]
        while waiting:
            here = self.node(waiting.pop())
            if here is not None and here.id not in found:
                found[here.id] = None
                waiting += [here.exits.get(way, "") for way in reversed(here.ways())]
        return list(found)


def _circles(known: Mapping[str, Node], start: str) -> bool:
    """Tell whether a walk from a node may come back to where it was."""
    done: set[str] = set()
    on_the_way: list[str] = []

    def leads_back(here: str) -> bool:
        if here in on_the_way:
            return True
        if not here or here in done or here not in known:
            return False
        on_the_way.append(here)
        found = any(leads_back(to) for to in known[here].exits.values())
        on_the_way.pop()
        done.add(here)
        return found

    return leads_back(start)


def _made(was: Map, first: str, nodes: Iterator[Node] | Sequence[Node]) -> Map:
    """Return a map of these nodes; those that nothing leads to fall away. Raises BadMap."""
    held = [one.model_copy(update={"exits": {way: to for way, to in one.exits.items() if to}}) for one in nodes]
    if len(held) > MOST_NODES:
        raise BadMap("full")
    try:
        whole = type(was)(**{**was.model_dump(), "first": first, "nodes": [one.model_dump() for one in held]})
    except ValueError as error:
        raise BadMap("circle") from error
    kept = set(whole.reached())
    return whole.model_copy(update={"nodes": [one for one in whole.nodes if one.id in kept]})


def _led(nodes: Sequence[Node], place: Place, to: str) -> list[Node]:
    return [
        one.model_copy(update={"exits": {**one.exits, place[1]: to}}) if one.id == place[0] else one for one in nodes
    ]


def free_id(was: Map) -> str:
    """Return an id that no node has."""
    return f"n{max((int(one.id[1:]) for one in was.nodes), default=0) + 1}"


def insert(was: Map, place: Place, kind: Kind, settings: Mapping[str, Any]) -> tuple[Map, str]:
    """Put a new node behind a place: what stood there comes behind its first exit. Return its id too. Raises BadMap."""
    if kind == "door":
        made = Node(id=free_id(was), kind=kind, set=dict(settings))
        return _made(was, was.first, [*was.nodes, made]), made.id
    if place not in was.places():
        raise BadMap("gone")
    made = Node(id=free_id(was), kind=kind, set=dict(settings))
    behind = was.target(place)
    made = made.model_copy(update={"exits": {made.main: behind} if behind and made.main else {}})
    nodes = [*_led(was.nodes, place, made.id), made]
    return _made(was, made.id if place == START else was.first, nodes), made.id


def remove(was: Map, node_id: str) -> Map:
    """Take a node out: what led to it leads to what stands behind its first exit. Raises BadMap."""
    gone = was.node(node_id)
    if gone is None:
        raise BadMap("gone")
    behind = gone.exits.get(gone.main, "")
    behind = "" if behind == node_id else behind
    if gone.kind == "door":
        return _made(was, was.first, [one for one in was.nodes if one.id != node_id])
    nodes = [
        one.model_copy(update={"exits": {way: behind if to == node_id else to for way, to in one.exits.items()}})
        for one in was.nodes
        if one.id != node_id
    ]
    return _made(was, behind if was.first == node_id else was.first, nodes)


def lead(was: Map, place: Place, to: str) -> Map:
    """Let a place lead to a node that is there already, or to the end (""). Raises BadMap."""
    if place not in was.places() or (to and was.node(to) is None):
        raise BadMap("gone")
    return _made(was, to if place == START else was.first, _led(was.nodes, place, to))


def move(was: Map, node_id: str, place: Place) -> Map:
    """Carry a node behind another place; what stands behind its other exits comes along. Raises BadMap."""
    moved = was.node(node_id)
    if moved is None or place not in was.places():
        raise BadMap("gone")
    if moved.kind == "door":
        raise BadMap("circle")
    if place[0] == node_id or was.target(place) == node_id:
        return was
    way = moved.main
    behind = moved.exits.get(way, "")
    behind = "" if behind == node_id else behind
    rest = [
        one
        if one.id == node_id
        else one.model_copy(update={"exits": {at: behind if to == node_id else to for at, to in one.exits.items()}})
        for one in was.nodes
    ]
    first = behind if was.first == node_id else was.first
    holder = next((one for one in rest if one.id == place[0]), None)
    there = first if place == START else (holder.exits.get(place[1], "") if holder else "")
    kept = _led(rest, (node_id, way), there) if way else rest
    nodes = _led(kept, place, node_id)
    whole = _made(was, node_id if place == START else first, nodes)
    if whole.node(node_id) is None:
        raise BadMap("circle")
    return whole


def change(was: Map, node_id: str, settings: Mapping[str, Any]) -> Map:
    """Give a node other settings; exits that it has no more fall away. Raises BadMap."""
    known = was.node(node_id)
    if known is None:
        raise BadMap("gone")
    made = known.model_copy(update={"set": dict(settings)})
    made = made.model_copy(update={"exits": {way: to for way, to in made.exits.items() if way in made.ways()}})
    return _made(was, was.first, [made if one.id == node_id else one for one in was.nodes])
