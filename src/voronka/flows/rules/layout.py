"""Where the nodes of a map stand: rows by the longest way from the beginning, columns by the branches."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from voronka.flows.rules.maps import NEXT, START, STAYED, Map, Node, Place


@dataclass(frozen=True, slots=True)
class Box:
    """A node in the drawing: its row and its column, which may lie between two."""

    id: str
    row: int
    column: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from a place to a node; `to` is empty for an end, which has a place of its own.

    One that leads back to a node above is drawn as an end, too. `column` is where the line goes down; it bends to the
    node's own only above it, where several from one row lead to the same node: no two begin in one place.
    """

    place: Place
    to: str
    row: int
    column: float
    is_back: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map drawn: `rows` and `columns` are how much room it takes, `phases` the first column of each beginning."""

    boxes: Mapping[str, Box]
    edges: list[Edge]
    rows: int
    columns: int
    phases: tuple[int, ...] = (0,)


@dataclass(slots=True)
class _Sheet:
    held: Map
    rows: Mapping[str, int]
    back: frozenset[Place] = frozenset()
    columns: dict[str, float] = field(default_factory=dict)
    own: dict[Place, float] = field(default_factory=dict)
    begun: set[tuple[int, float]] = field(default_factory=set)
    free: int = 0

    def take(self) -> float:
        self.free += 1
        return float(self.free - 1)

    def put(self, place: Place, to: str) -> float:
        """Give the line behind a place its column, and what it leads to, and return the former."""
        above = -1 if place == START else self.rows[place[0]]  # a door stands where the beginning does
        goes_down = bool(to) and place not in self.back
        if goes_down and to not in self.columns:
            self.stand(to)
        column = self.columns[to] if goes_down else self.take()
        if (above, column) in self.begun:
            column = self.take()
        if not goes_down or column != self.columns[to]:
            self.own[place] = column
        self.begun.add((above, column))
        return column

    def stand(self, node_id: str) -> None:
        """Give a node its column: in the middle of what stands under it, but for what was placed before."""
        node = self.held.node(node_id)
        assert node is not None
        self.columns[node_id] = -1.0
        under = []
        for way in node.ways():
            behind = node.exits.get(way, "")
            is_new = behind not in self.columns
            column = self.put((node_id, way), behind)
            if is_new or (node_id, way) in self.own:
                under.append(column)
        self.columns[node_id] = (under[0] + under[-1]) / 2 if under else self.take()


def _roots(held: Map) -> list[str]:
    return [held.first, *(one.id for one in held.doors())]


def leads_back(held: Map) -> frozenset[Place]:
    """Return the exits that lead back to a node on the way to them; a map of an automation has none."""
    found: set[Place] = set()
    done: set[str] = set()
    on_the_way: list[str] = []

    def go(node_id: str) -> None:
        node = held.node(node_id)
        if node is None or node_id in done:
            return
        on_the_way.append(node_id)
        for way, to in node.exits.items():
            if to in on_the_way:
                found.add((node_id, way))
            else:
                go(to)
        on_the_way.pop()
        done.add(node_id)

    for root in _roots(held):
        go(root)
    return frozenset(found)


def rows_of(held: Map, back: frozenset[Place] = frozenset()) -> dict[str, int]:
    """Return the row of each node: how many nodes stand above it on the longest way."""
    found: dict[str, int] = {}

    def reach(node_id: str, row: int) -> None:
        node = held.node(node_id)
        if node is None or found.get(node_id, -2) >= row:
            return
        found[node_id] = row
        for way, to in node.exits.items():
            if (node_id, way) not in back:
                reach(to, row + 1)

    reach(held.first, 0)
    for door in held.doors():
        reach(door.id, -1)
    return found


def draw(held: Map) -> Drawing:
    """Place the nodes of a map."""
    back = leads_back(held)
    sheet = _Sheet(held, rows_of(held, back), back)
    sheet.put(START, held.first)
    phases = [0]
    for door in held.doors():
        phases.append(sheet.free)
        sheet.stand(door.id)
    boxes = {key: Box(key, row, sheet.columns[key]) for key, row in sheet.rows.items()}
    edges = []
    for place in held.places():
        if place != START and place[0] not in boxes:
            continue
        to = held.target(place)
        above = -1 if place == START else boxes[place[0]].row
        is_back = place in back
        goes_down = bool(to) and not is_back
        column = sheet.own.get(place, boxes[to].column if goes_down else 0.0)
        edges.append(Edge(place, to, boxes[to].row if goes_down else above + 1, column, is_back))
    rows = max((one.row for one in edges), default=0) + 1
    return Drawing(boxes, edges, rows, max(sheet.free, 1), tuple(phases))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the map told as a list: a node, an end, or a way to a node that stands above; `depth` is its indent."""

    depth: int
    place: Place
    node: str
    is_again: bool = False


def outline(held: Map) -> list[Line]:
    """Tell a map as a list: branches are indented, what stands behind several of them is told once."""
    found: list[Line] = []
    told: set[str] = set()

    def tell(place: Place, depth: int) -> None:
        to = held.target(place)
        if not to or to in told:
            found.append(Line(depth, place, to, is_again=bool(to)))
            return
        told.add(to)
        found.append(Line(depth, place, to))
        node = held.node(to)
        assert node is not None
        ways = node.ways()
        for way in ways:
            tell((to, way), depth + 1 if len(ways) > 1 else depth)

    tell(START, 0)
    for door in held.doors():
        told.add(door.id)
        found.append(Line(0, (door.id, ""), door.id))
        tell((door.id, NEXT), 0)
    return found


def phase_seconds(held: Map, root: str) -> int:
    """Return how many seconds the longest way from a beginning takes by its waits; `root` is a door's id, or empty."""
    known: dict[str, int] = {}

    def longest(node_id: str) -> int:
        node = held.node(node_id)
        if node is None or node_id in known:
            return known.get(node_id, 0)
        known[node_id] = 0
        known[node_id] = max(_lasts(node, way) + longest(node.exits.get(way, "")) for way in node.ways() or ("",))
        return known[node_id]

    return longest(root or held.first)


def _lasts(node: Node, way: str) -> int:
    if node.kind == "stay":
        return int(node.set.get("seconds", 0)) if way == STAYED else 0
    return int(node.set.get("minutes", 0)) * 60 if node.kind == "wait" else 0
