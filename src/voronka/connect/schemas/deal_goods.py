"""The goods of a deal."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from voronka.catalogue import queries as catalogue
from voronka.connect.schemas.common import Given, Money, PublicId, Told
from voronka.kit.actors import Actor

if TYPE_CHECKING:
    from voronka.deals.models import Deal as DealRow
    from voronka.deals.models import DealLine as LineRow


class GoodsLine(Told):
    """A line of a deal: goods, or something told in words. Sums are null to one who may not see them."""

    id: PublicId
    variant: PublicId | None
    code: Annotated[str, Field(examples=["BR-2200"])]
    name: Annotated[str, Field(examples=["Table, oak"])]
    unit: Annotated[str, Field(examples=["796"], description="Code of OKEI.")]
    quantity: Annotated[Decimal, Field(examples=["2.000"])]
    price: Money | None
    discount: Money | None
    vat: Annotated[str, Field(examples=["main"])]
    total: Money | None


class GoodsLines(Told):
    """The lines of a deal in their order, and the sum that they make."""

    items: list[GoodsLine]
    sum: Money | None


class GoodsLineGiven(Given):
    """A line to be put: a variant, or words. Without `price` the client's own price is taken."""

    variant: Annotated[str, Field(max_length=40)] = ""
    name: Annotated[str, Field(max_length=300)] = ""
    quantity: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=3, examples=["2"])] = Decimal(1)
    price: Annotated[Money, Field(ge=0, max_digits=16, decimal_places=2)] | None = None
    discount: Annotated[Money, Field(ge=0, max_digits=16, decimal_places=2)] = Decimal(0)
    unit: Annotated[str, Field(max_length=4)] = ""
    vat: Annotated[str, Field(max_length=12)] = ""


class GoodsGiven(Given):
    """All lines of a deal: those that are not named are taken out."""

    lines: Annotated[list[GoodsLineGiven], Field(max_length=200)]


def goods_out(actor: Actor, row: "DealRow", lines: "Sequence[LineRow]") -> GoodsLines:
    """Return the goods of a deal as they go out to the actor, sums only to one who sees them."""
    ids = catalogue.public_ids("variant", [one.variant_id for one in lines if one.variant_id is not None])
    sees = actor.sees("deal.sum")
    names = ("code", "name", "unit", "quantity", "vat")
    return GoodsLines(
        items=[
            GoodsLine(
                id=one.public_id,
                variant=ids.get(one.variant_id or 0),
                price=one.price if sees else None,
                discount=one.discount if sees else None,
                total=one.total if sees else None,
                **{name: getattr(one, name) for name in names},
            )
            for one in lines
        ],
        sum=row.sum if sees else None,
    )
