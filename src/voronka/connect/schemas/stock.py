"""Balances, moves, places and papers of the stock."""

import uuid
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Money, PublicId, Told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voronka.stock.models import Document as PaperRow
    from voronka.stock.models import Place as PlaceRow
    from voronka.stock.queries.documents import Paper as PaperView
    from voronka.stock.queries.ledger import MovePage
    from voronka.stock.queries.lists import StockRow

Quantity = Annotated[Decimal, Field(examples=["4"])]
Asked = Annotated[Decimal, Field(ge=0, le=Decimal(1_000_000_000), decimal_places=3, examples=["4"])]
Counted = Annotated[
    Decimal, Field(ge=Decimal(-1_000_000_000), le=Decimal(1_000_000_000), decimal_places=3, examples=["1"])
]
Cost = Annotated[Decimal, Field(ge=0, le=Decimal("99999999999.99"), decimal_places=2, examples=["1290.50"])]
PaperKind = Literal["purchase", "receipt", "transfer", "write_off", "back", "count"]
PaperState = Literal["draft", "open", "sent", "done", "cancelled"]
PlaceKind = Literal["warehouse", "shop", "virtual", "transit"]
PlaceName = Annotated[str, Field(min_length=1, max_length=120, examples=["Main warehouse"])]
Code = Annotated[str, Field(max_length=80, examples=["4607183011425"])]
GoodsName = Annotated[str, Field(examples=["Dining chair, oak"])]


class Lying(Told):
    """What lies in one place, and how much of it is promised."""

    place: PublicId
    on_hand: Quantity
    reserved: Quantity


class Stock(Told):
    """What there is of a variant. `available` may be sold now; `worth` only for keys that may see costs."""

    variant: PublicId
    code: Annotated[str, Field(examples=["ST-120-W"])]
    name: GoodsName
    on_hand: Quantity
    reserved: Quantity
    available: Quantity
    expected: Quantity
    worth: Money | None
    places: list[Lying]


class StockList(Told):
    """A page of the stock. `is_cut`: the text finds more than a thousand, the first thousand are looked through."""

    items: list[Stock]
    next: Annotated[str | None, Field(examples=[None])] = None
    is_cut: bool = False


class Move(Told):
    """A line of the ledger: goods went from a place to another; places outside of the company have a kind for id."""

    at: Moment
    paper: Annotated[str, Field(examples=["receipt"], description="What moved them: a kind of paper, or `order`.")]
    paper_id: PublicId | None
    quantity: Quantity
    source: Annotated[str, Field(examples=["supplier"])]
    target: PublicId
    lot: Annotated[str, Field(examples=[""])]
    value: Money | None


class MoveList(Told):
    """A page of moves, the newest first."""

    items: list[Move]
    next: Annotated[str | None, Field(examples=[None])] = None


class Place(Told):
    """Somewhere goods lie. Goods are promised from the lowest `priority` first."""

    id: PublicId
    name: PlaceName
    kind: PlaceKind
    city: Annotated[str, Field(examples=["Omsk"])]
    address: Annotated[str, Field(examples=["Lenina 1"])]
    zone: Annotated[str, Field(examples=[""])]
    is_selling: bool
    is_on: bool
    priority: Annotated[int, Field(examples=[10])]


class PlaceList(Told):
    """The company's places, those asked first before the others."""

    items: list[Place]


class PlaceGiven(Given):
    """A place as it is wanted, whole."""

    name: PlaceName
    kind: Literal["warehouse", "shop", "virtual"] = "warehouse"
    city: Annotated[str, Field(max_length=120, examples=["Omsk"])] = ""
    address: Annotated[str, Field(max_length=300, examples=["Lenina 1"])] = ""
    zone: Annotated[str, Field(max_length=60, examples=["centre"])] = ""
    is_selling: bool = True
    is_on: bool = True
    priority: Annotated[int, Field(ge=0, le=9_999, examples=[10])] = 100


class PaperLine(Told):
    """A line of a paper. `wanted` of a count is what the books said at the moment of its last reading."""

    variant: PublicId
    code: Annotated[str, Field(examples=["ST-120-W"])]
    name: GoodsName
    lot: Annotated[str, Field(examples=[""])]
    wanted: Quantity | None
    done: Quantity
    damaged: Quantity
    difference: Quantity
    cost: Money | None


class PaperShort(Told):
    """A paper in a list. `version` goes into `finish`."""

    id: PublicId
    kind: PaperKind
    number: Annotated[int, Field(examples=[318])]
    state: PaperState
    version: Annotated[int, Field(examples=[1])]
    source: PublicId | None
    target: PublicId | None
    supplier: PublicId | None
    partner_number: Annotated[str, Field(examples=["1184"])]
    expected_on: Annotated[date | None, Field(examples=["2026-12-01"])]
    made_at: Moment
    done_at: Moment | None


class PaperList(Told):
    """A page of papers, the newest first."""

    items: list[PaperShort]
    next: Annotated[str | None, Field(examples=[None])] = None


class Odd(Told):
    """What was read and is on no line: a code of no goods, or goods that were put aside."""

    code: Code
    variant: PublicId | None
    quantity: Quantity
    is_aside: bool


class Paper(PaperShort):
    """A paper whole."""

    basis: PublicId | None
    comment: Annotated[str, Field(examples=[""])]
    lines: list[PaperLine]
    odd: list[Odd]


class LineGiven(Given):
    """So many of a variant, at a cost of one piece; nothing takes the line off."""

    variant: PublicId
    quantity: Asked
    cost: Cost | None = None


class PaperGiven(Given):
    """A new paper. `basis` is the purchase order that a receipt takes over what has not come of."""

    kind: PaperKind
    source: PublicId | None = None
    target: PublicId | None = None
    supplier: PublicId | None = None
    basis: PublicId | None = None
    partner_number: Annotated[str, Field(max_length=60, examples=["1184"])] = ""
    comment: Annotated[str, Field(max_length=5_000, examples=["By the back door."])] = ""
    expected_on: Annotated[date | None, Field(examples=["2026-12-01"])] = None
    lines: Annotated[list[LineGiven], Field(max_length=500)] = []


class LinesGiven(Given):
    """Lines to be written; those that are not named stay as they are."""

    lines: Annotated[list[LineGiven], Field(min_length=1, max_length=500)]


class ReadingGiven(Given):
    """One reading: a `code` as scanned, or a `variant`. `is_total`: so many there are, whatever was read before."""

    operation: Annotated[uuid.UUID, Field(examples=["0b9d8a53-2c5e-4a7e-8c5e-1f2d3c4b5a69"])]
    quantity: Counted
    code: Code = ""
    variant: PublicId | None = None
    lot: Annotated[str, Field(max_length=80, examples=["L-7"])] = ""
    is_damaged: bool = False
    is_total: bool = False
    is_aside: bool = False
    seconds_ago: Annotated[int, Field(ge=0, le=30 * 86_400, examples=[0])] = 0


class ReadingsGiven(Given):
    """Readings in the order they were made."""

    readings: Annotated[list[ReadingGiven], Field(min_length=1, max_length=200)]


class ReadingDone(Told):
    """What became of a reading: counted, aside, repeated (it was there already), unknown (no goods of that code)."""

    operation: Annotated[uuid.UUID, Field(examples=["0b9d8a53-2c5e-4a7e-8c5e-1f2d3c4b5a69"])]
    state: Annotated[str, Field(examples=["counted"])]
    variant: PublicId | None


class ReadingsDone(Told):
    """What became of each reading."""

    items: list[ReadingDone]


class FinishGiven(Given):
    """The step that is to be made, by the `version` the paper was read at."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1, examples=[1])]


class Unsettled(Told):
    """A line of a count that could not be settled, and why."""

    variant: PublicId
    why: Annotated[str, Field(examples=["Dining chair: only 2 free."])]


class Finished(Told):
    """What became of a paper; `unsettled` holds up no other line."""

    state: PaperState
    version: Annotated[int, Field(examples=[2])]
    unsettled: list[Unsettled]


class Planned(Told):
    """How many kinds of goods were put on a count."""

    added: Annotated[int, Field(examples=[12])]


def stock_out(row: "StockRow", places: "Mapping[int, str]") -> Stock:
    """Return what there is of a variant as it goes out."""
    return Stock(
        variant=row.card.public_id,
        code=row.card.code,
        name=row.card.name,
        on_hand=row.on_hand,
        reserved=row.reserved,
        available=row.available,
        expected=row.expected,
        worth=row.worth,
        places=[
            Lying(place=places[pk], on_hand=one.on_hand, reserved=one.reserved)
            for pk, one in row.places.items()
            if one.on_hand
        ],
    )


def moves_out(page: "MovePage") -> list[Move]:
    """Return moves as they go out."""
    return [
        Move(
            at=one.row.at,
            paper=one.row.document_kind,
            paper_id=one.paper or None,
            quantity=one.row.quantity,
            source=_end(one.row.source),
            target=_end(one.row.target),
            lot=one.row.lot.number if one.row.lot is not None else "",
            value=one.row.value if page.sees_cost else None,
        )
        for one in page.rows
    ]


def _end(place: "PlaceRow") -> str:
    return place.kind if place.is_external else place.public_id


def place_out(row: "PlaceRow") -> Place:
    """Return a place as it goes out."""
    return Place(
        id=row.public_id,
        name=row.name,
        kind=row.kind,
        city=row.city,
        address=row.address,
        zone=row.zone,
        is_selling=row.is_selling,
        is_on=row.is_on,
        priority=row.priority,
    )


def _heading(row: "PaperRow") -> dict[str, object]:
    return {
        "id": row.public_id, "kind": row.kind, "number": row.number, "state": row.state, "version": row.version,
        "source": row.source.public_id if row.source else None,
        "target": row.target.public_id if row.target else None,
        "supplier": row.supplier.public_id if row.supplier else None,
        "partner_number": row.partner_number, "expected_on": row.expected_on,
        "made_at": row.made_at, "done_at": row.done_at,
    }  # fmt: skip


def paper_short(row: "PaperRow") -> PaperShort:
    """Return a paper as it goes out in a list."""
    return PaperShort.model_validate(_heading(row))


def paper_out(view: "PaperView") -> Paper:
    """Return a paper whole as it goes out."""
    lines = [
        PaperLine(
            variant=one.card.public_id,
            code=one.card.code,
            name=one.card.name,
            lot=one.row.lot_number,
            wanted=one.row.wanted,
            done=one.row.done,
            damaged=one.row.damaged,
            difference=one.difference,
            cost=one.row.cost if view.sees_cost else None,
        )
        for one in view.lines
    ]
    odd = [
        Odd(
            code=one.code,
            variant=one.card.public_id if one.card else None,
            quantity=one.quantity,
            is_aside=one.is_aside,
        )
        for one in view.odd
    ]
    more = {"basis": view.row.basis.public_id if view.row.basis else None, "comment": view.row.comment}
    return Paper.model_validate(_heading(view.row) | more | {"lines": lines, "odd": odd})
