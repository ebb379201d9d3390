"""Lines of an order as its card shows them: where the goods lie, what is promised, what to do with what is short."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.orders.models import OrderLine
from voronka.orders.queries.orders import OrderCard
from voronka.orders.views.words import many
from voronka.stock import queries as stock

MOST_PLACES = 3
MOST_UNITS = 10
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece as it is drawn."""

    x: int
    kind: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What lies at a place: words, pieces, whether some are short here."""

    words: str
    units: Sequence[Unit]
    is_late: bool = False

    @property
    def width(self) -> int:
        """Return how wide the pieces are drawn."""
        return self.units[-1].x + 4 if self.units else 0


@dataclass(frozen=True, slots=True)
class Way:
    """A way out for what is short: a place that has it."""

    place: str
    name: str
    then: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line with its article, its cells by place, what is coming, how it stands, what is short and the ways out."""

    line: OrderLine
    code: str
    cells: Sequence[Cell]
    coming: Cell
    state: str
    icon: str
    tone: str
    lack: Decimal = ZERO
    ways: Sequence[Way] = field(default=())
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """The table of lines: names of the places shown, rows, how many of how many pieces are promised."""

    places: Sequence[str]
    rows: Sequence[LineRow]
    held: Decimal
    wanted: Decimal


@dataclass(frozen=True, slots=True)
class _Known:
    lies: Mapping[int, Mapping[int, tuple[Decimal, Decimal]]]
    coming: Mapping[int, Decimal]
    held: Mapping[tuple[int, int], Decimal]
    waits: Mapping[int, Decimal]
    places: Mapping[int, Any]  # rows of places, whose model belongs to the stock
    shown: Sequence[int]


def lines_of(card: OrderCard, actor: Actor) -> Lines:
    """Return the table of lines of an order: six statements however many lines."""
    goods = [one.variant_id for one in card.lines if one.is_goods and one.variant_id is not None]
    cards = catalogue.variants_by_ids([one.variant_id for one in card.lines if one.variant_id is not None])
    lies = stock.on_hand(goods)
    names = {one.pk: one for one in stock.places(Actor.system(actor.company_id))}
    held: dict[tuple[int, int], Decimal] = {}
    for one in card.held:
        held[one.line, one.place_id] = held.get((one.line, one.place_id), ZERO) + one.quantity
    waits: dict[int, Decimal] = {}
    for part in card.parts:
        if part.kind == "purchase" and part.state in ("waiting", "doing") and part.line is not None:
            waits[part.line.position] = waits.get(part.line.position, ZERO) + (part.quantity or ZERO)
    weights = {pk: _weight(pk, card, lies, held) for pk in names}
    shown = sorted((pk for pk in names if weights[pk] > 0), key=lambda pk: (-weights[pk], names[pk].priority))
    known = _Known(lies, stock.expected(goods), held, waits, names, shown[:MOST_PLACES])
    rows = [_row(one, card, known, cards, actor) for one in card.lines]
    wanted = sum((one.quantity - one.shipped for one in card.lines if one.is_goods), ZERO)
    short = sum((row.lack for row in rows), ZERO)
    return Lines([names[pk].name for pk in known.shown], rows, max(ZERO, wanted - short), wanted)


def _weight(
    pk: int,
    card: OrderCard,
    lies: Mapping[int, Mapping[int, tuple[Decimal, Decimal]]],
    held: Mapping[tuple[int, int], Decimal],
) -> Decimal:
    """Return how much a place matters to an order: its own first, then where its goods are promised, then has them."""
    own = Decimal(10**9) if card.order.place_id == pk else ZERO
    promised = sum((quantity for (_line, place), quantity in held.items() if place == pk), ZERO)
    has = sum((by_place[pk][0] for by_place in lies.values() if pk in by_place), ZERO)
    return own + promised * 1000 + has


def _row(
    line: OrderLine, card: OrderCard, known: _Known, cards: "Mapping[int, catalogue.VariantCard]", actor: Actor
) -> LineRow:
    found = cards.get(line.variant_id or 0)
    code = found.code if found else ""
    if not line.is_goods:
        return LineRow(line, code, [], Cell("", []), "", "", "")
    lack = known.waits.get(line.position, ZERO)
    cells = [_cell(line, pk, card, known, lack, actor) for pk in known.shown]
    comes = known.coming.get(line.variant_id or 0, ZERO)
    coming = Cell(many(comes, actor), _units([("is-coming", comes)])) if comes else Cell("", [])
    state, icon, tone = _state(line, card, known, lack, actor)
    ways = _ways(line, known, lack, actor) if lack else []
    return LineRow(line, code, cells, coming, state, icon, tone, lack, ways)


def _cell(line: OrderLine, pk: int, card: OrderCard, known: _Known, lack: Decimal, actor: Actor) -> Cell:
    has, promised = known.lies.get(line.variant_id or 0, {}).get(pk, (ZERO, ZERO))
    mine = known.held.get((line.position, pk), ZERO)
    free, other = has - promised, max(ZERO, promised - mine)
    is_short = lack > 0 and pk == (card.order.place_id or known.shown[0])
    pieces = [("is-mine", mine), ("is-free", free), ("is-other", other)]
    if is_short:
        pieces = [("is-mine", mine), ("is-lack", lack)]
    words = _("taken %(n)s") % {"n": many(mine, actor)} if mine else many(free, actor) if has else ""
    return Cell(words, _units(pieces), is_late=is_short)


def _units(pieces: Sequence[tuple[str, Decimal]]) -> list[Unit]:
    """Return pieces as they are drawn, ten at most: more are shown by their shares."""
    whole = sum((quantity for _kind, quantity in pieces), ZERO)
    scale = min(Decimal(1), MOST_UNITS / whole) if whole else Decimal(1)
    found: list[Unit] = []
    for kind, quantity in pieces:
        drawn = max(1, round(quantity * scale)) if quantity > 0 else 0
        found += [Unit((len(found) + number) * 7, kind) for number in range(drawn)]
    return found


def _state(line: OrderLine, card: OrderCard, known: _Known, lack: Decimal, actor: Actor) -> tuple[str, str, str]:
    if line.shipped >= line.quantity:
        return _("shipped"), "truck", "gain"
    if lack > 0:
        return _("short of %(n)s") % {"n": many(lack, actor)}, "alert-circle", "late"
    moved = next(
        (one for one in card.parts if one.kind == "transfer" and one.line_id == line.pk and one.state in ("waiting",
         "doing")), None)  # fmt: skip
    if moved is not None:
        return _("on its way here"), "truck", ""
    places = [place for (position, place), quantity in known.held.items() if position == line.position and quantity]
    if not places:
        return _("not reserved"), "clock", "heed"
    own = card.order.place_id
    elsewhere = [known.places[pk].name for pk in dict.fromkeys(places) if pk != own and pk in known.places]
    if elsewhere and own not in places:
        return ", ".join(elsewhere), "map-pin", ""
    return _("reserved"), "check", "gain"


def _ways(line: OrderLine, known: _Known, lack: Decimal, actor: Actor) -> list[Way]:
    """Return the places that have what is short, the fullest first."""
    free = {
        pk: has - promised
        for pk, (has, promised) in known.lies.get(line.variant_id or 0, {}).items()
        if has > promised and pk in known.places
    }
    found = []
    for pk, many_free in sorted(free.items(), key=lambda one: (-min(one[1], lack), known.places[one[0]].priority)):
        taken = min(many_free, lack)
        then = _("%(n)s of %(all)s free there") % {"n": many(taken, actor), "all": many(many_free, actor)}
        found.append(Way(known.places[pk].public_id, known.places[pk].name, then))
    return found[:2]
