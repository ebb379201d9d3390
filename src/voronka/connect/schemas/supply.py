"""Suppliers' price lists: loadings, lines in doubt, answers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Money, PublicId, Told

if TYPE_CHECKING:
    from voronka.catalogue.models import PriceLoad, SupplierItem
    from voronka.catalogue.queries import VariantCard
    from voronka.catalogue.queries.supply import SupplierRow

State = Literal["asked", "waiting", "running", "done", "failed", "undone"]
Meaning = Literal[
    "", "code", "name", "maker_code", "barcode", "price", "retail", "currency", "quantity", "unit", "pack", "vat",
    "category", "brand",
]  # fmt: skip
LineState = Literal["new", "asked", "bound", "refused"]
LineName = Annotated[str, Field(max_length=500, examples=["Garden bench, oak, 120 cm"])]
LineCode = Annotated[str, Field(max_length=80, examples=["11"])]
Count = Annotated[int, Field(examples=[12])]


class ListSupplier(Told):
    """A supplier: how many lines his last list has, how many of them wait for an answer; his last loading."""

    id: PublicId
    name: Annotated[str, Field(examples=["East Wood"])]
    lines: Count
    asked: Count
    last: PublicId | None


class ListSupplierList(Told):
    """All suppliers, those in use first."""

    items: list[ListSupplier]


class ListColumn(Told):
    """A column of the file from the first on: its heading, and what it is taken for (empty: it is not needed)."""

    heading: Annotated[str, Field(examples=["price"])]
    meaning: Meaning


class PriceLoading(Told):
    """A loading of a supplier's list. `asked` waits for the meaning of the columns; `failed` tells why in `error`.

    `counts` are by what goods were found (code, memory, barcode, maker, name), lines in doubt (asked), gone from the
    list, prices changed and held by the guard.
    """

    id: PublicId
    supplier: PublicId
    name: Annotated[str, Field(examples=["price.xlsx"])]
    state: State
    rows: Count
    bad_rows: Annotated[int, Field(examples=[0])]
    counts: Annotated[dict[str, int], Field(examples=[{"code": 10, "asked": 2, "prices": 7}])]
    columns: list[ListColumn]
    error: Annotated[str, Field(examples=[""])]
    made_at: Moment
    finished_at: Moment | None


class PriceLoadingList(Told):
    """The latest fifty loadings of a supplier, the newest first."""

    items: list[PriceLoading]


class MeaningsGiven(Given):
    """What the columns mean, from the first on; a name and a price are needed, each meaning stands once."""

    columns: Annotated[list[Meaning], Field(min_length=1, max_length=300, examples=[["code", "name", "price"]])]


class DoubtOffer(Told):
    """One of our variants that the line may be; `score` is the likeness from 0 on, the likeliest first."""

    variant: PublicId
    code: Annotated[str, Field(examples=["ST-120-W"])]
    name: Annotated[str, Field(examples=["Garden bench, oak, 120 cm"])]
    score: Annotated[float, Field(examples=[0.82])]


class ListLine(Told):
    """A line of a supplier's list. `pieces` of ours are in one of his; `price` is of one of his."""

    id: PublicId
    name: LineName
    code: LineCode
    maker_code: Annotated[str, Field(examples=["LF-77"])]
    barcode: Annotated[str, Field(examples=["4006381333931"])]
    price: Money | None
    currency: Annotated[str, Field(examples=["RUB"])]
    state: LineState
    variant: PublicId | None
    pieces: Annotated[int, Field(examples=[1])]
    offers: list[DoubtOffer]


class DoubtList(Told):
    """A page of lines in doubt."""

    items: list[ListLine]
    next: Annotated[str | None, Field(examples=[None])] = None


class AnswerGiven(Given):
    """An answer about a line: bind it to a `variant` of ours, make new goods of it, ask later, do not take it.

    `pieces` of ours are in one of his; nought: as both names tell.
    """

    act: Literal["bind", "new", "later", "refuse"]
    variant: PublicId | None = None
    pieces: Annotated[int, Field(ge=0, le=10_000, examples=[0])] = 0


def supplier_out(row: "SupplierRow") -> ListSupplier:
    """Return the document of a supplier."""
    last = row.last.public_id if row.last else None
    return ListSupplier(
        id=row.supplier.public_id, name=row.supplier.name, lines=row.listed, asked=row.asked, last=last
    )  # fmt: skip


def loading_out(row: "PriceLoad") -> PriceLoading:
    """Return the document of a loading."""
    taken = {int(at[0]): kind for kind, at in row.layout.get("columns", {}).items()}
    headings = list(row.layout.get("headings", []))
    width = max(len(headings), max(taken, default=-1) + 1)
    columns = [
        ListColumn(heading=headings[at] if at < len(headings) else "", meaning=taken.get(at, ""))
        for at in range(width)
    ]  # fmt: skip
    return PriceLoading(
        id=row.public_id, supplier=row.supplier.public_id, name=row.file.name, state=row.state, rows=row.done_rows,
        bad_rows=row.bad_rows, counts=row.counts, columns=columns, error=row.error, made_at=row.made_at,
        finished_at=row.finished_at,
    )  # fmt: skip


def line_out(row: "SupplierItem", cards: "Mapping[int, VariantCard]") -> ListLine:
    """Return the document of a line, with what it may be as long as that is asked."""
    pairs = [(int(key), float(score)) for key, score in row.candidates] if row.state in ("new", "asked") else []
    offers = [
        DoubtOffer(variant=cards[key].public_id, code=cards[key].code, name=cards[key].name, score=round(score, 3))
        for key, score in pairs
        if key in cards
    ]  # fmt: skip
    ours = cards.get(row.variant_id or 0)
    return ListLine(
        id=row.public_id, name=row.name, code=row.code, maker_code=row.maker_code, barcode=row.barcode,
        price=row.price, currency=row.currency, state=row.state, variant=ours.public_id if ours else None,
        pieces=row.pieces, offers=offers,
    )  # fmt: skip
