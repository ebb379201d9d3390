"""Goods and their categories; their prices stand in `prices`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.catalogue.queries.goods import ProductView, VariantView
from voronka.catalogue.services import ProductDraft, VariantDraft
from voronka.connect.schemas.common import Given, Moment, Money, PublicId, Told
from voronka.connect.schemas.prices import KindCode

if TYPE_CHECKING:
    from voronka.catalogue.queries import VariantCard
    from voronka.catalogue.queries.tree import Branch

Code = Annotated[str, Field(max_length=60, examples=["ST-120-W"])]
GoodsName = Annotated[str, Field(max_length=300, examples=["Dining table, white"])]
ProductName = Annotated[str, Field(min_length=1, max_length=300, examples=["Dining table"])]
Pairs = Annotated[dict[str, str], Field(max_length=100, examples=[{"Colour": "white"}])]
Barcodes = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=30, examples=[["4006381333931"]])]
Grams = Annotated[int, Field(ge=1, le=100_000_000, examples=[12_000])]
Millimetres = Annotated[int, Field(ge=1, le=100_000_000, examples=[1_200])]
Kind = Literal["goods", "service", "kit"]
Vat = Annotated[str, Field(max_length=12, examples=["main"], description="main, reduced, seven, five, zero, none")]
Unit = Annotated[str, Field(max_length=4, examples=["796"], description="Code of OKEI.")]


class Goods(Told):
    """A variant: what is sold by itself. `price` is of the default kind and holds now; null without one."""

    id: PublicId
    product: PublicId
    code: Code
    name: GoodsName
    kind: Kind
    unit: Unit
    vat: Vat
    price: Money | None
    barcodes: Barcodes
    is_on_sale: bool


class GoodsList(Told):
    """A page of variants. `is_cut`: the text finds more than a thousand, the first thousand are looked through."""

    items: list[Goods]
    next: Annotated[str | None, Field(examples=[None])] = None
    is_cut: bool = False


class VariantPrice(Told):
    """What a variant costs now by one kind of price."""

    kind: KindCode
    amount: Money
    since: Moment


class Variant(Told):
    """A variant of a product. Grams and millimetres of one piece with its packing."""

    id: PublicId
    code: Code
    name: GoodsName
    options: Pairs
    maker_code: Annotated[str, Field(examples=["LF-77"])]
    scale_code: Annotated[str, Field(examples=["42"])]
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    barcodes: Barcodes
    is_on_sale: bool
    prices: list[VariantPrice]


class Product(Told):
    """A product with its variants. `version` goes into a change."""

    id: PublicId
    version: Annotated[int, Field(examples=[3])]
    name: ProductName
    kind: Kind
    unit: Unit
    vat: Vat
    is_weighed: bool
    marking: Annotated[str, Field(examples=[""])]
    category: PublicId | None
    brand: Annotated[str, Field(examples=["Loft"])]
    description: Annotated[str, Field(examples=[""])]
    attributes: Pairs
    is_on_sale: bool
    variants: list[Variant]


class VariantGiven(Given):
    """A variant as it is wanted; without `id` a new one. An empty code is given by the system."""

    id: PublicId | None = None
    code: Code = ""
    name: GoodsName = ""
    options: Pairs = {}
    maker_code: Annotated[str, Field(max_length=80)] = ""
    scale_code: Annotated[str, Field(max_length=6)] = ""
    weight_g: Grams | None = None
    length_mm: Millimetres | None = None
    width_mm: Millimetres | None = None
    height_mm: Millimetres | None = None
    barcodes: Barcodes = []
    is_on_sale: bool = True


class NewProduct(Given):
    """A product to be made; without variants it gets one."""

    name: ProductName
    kind: Kind = "goods"
    unit: Unit = "796"
    vat: Vat = "main"
    is_weighed: bool = False
    marking: Annotated[str, Field(max_length=20)] = ""
    category: PublicId | None = None
    brand: Annotated[str, Field(max_length=120, examples=["Loft"])] = ""
    description: Annotated[str, Field(max_length=20_000)] = ""
    attributes: Pairs = {}
    is_on_sale: bool = True
    variants: Annotated[list[VariantGiven], Field(max_length=200)] = []


class ProductChanges(Given):
    """Only what is sent is changed; a variant that is sent is sent whole, others stay."""

    version: Annotated[int, Field(ge=1, examples=[3])] | None = None
    name: ProductName | None = None
    kind: Kind | None = None
    unit: Unit | None = None
    vat: Vat | None = None
    is_weighed: bool | None = None
    marking: Annotated[str, Field(max_length=20)] | None = None
    category: PublicId | None = None
    brand: Annotated[str, Field(max_length=120)] | None = None
    description: Annotated[str, Field(max_length=20_000)] | None = None
    attributes: Pairs | None = None
    is_on_sale: bool | None = None
    variants: Annotated[list[VariantGiven], Field(max_length=200)] = []


class SwitchGiven(Given):
    """Products to be put on sale, or taken off it."""

    products: Annotated[list[PublicId], Field(min_length=1, max_length=500)]
    is_on_sale: bool


class Switched(Told):
    """How many products differ now."""

    changed: Annotated[int, Field(examples=[2])]


class Part(Given):
    """A part of a kit: the variant and how many of it."""

    variant: PublicId
    quantity: Annotated[Decimal, Field(gt=0, le=Decimal("99999999.999"), decimal_places=3, examples=["4"])]


class PartsGiven(Given):
    """All that one piece of a kit is made of."""

    parts: Annotated[list[Part], Field(max_length=100)]


class RelatedGiven(Given):
    """The products that go with one, in their order."""

    kind: Literal["related", "accessory"]
    products: Annotated[list[PublicId], Field(max_length=50)]


class Category(Told):
    """A category; `products` counts those that lie in it themselves."""

    id: PublicId
    name: Annotated[str, Field(examples=["Tables"])]
    parent: PublicId | None
    products: Annotated[int, Field(examples=[120])]


class CategoryList(Told):
    """All categories, each behind the one above it."""

    items: list[Category]


class CategoryGiven(Given):
    """A category as it is wanted; without a parent it stands at the top."""

    name: Annotated[str, Field(min_length=1, max_length=200, examples=["Tables"])]
    parent: PublicId | None = None


def goods_out(card: "VariantCard", price: Decimal | None, barcodes: list[str], product: str) -> Goods:
    """Return a variant as it goes out in lists."""
    return Goods(
        id=card.public_id,
        product=product,
        code=card.code,
        name=card.name,
        kind=card.kind,
        unit=card.unit,
        vat=card.vat,
        price=price,
        barcodes=barcodes,
        is_on_sale=card.is_on_sale,
    )


def product_out(view: ProductView) -> Product:
    """Return a product as it goes out."""
    row = view.row
    return Product(
        id=row.public_id,
        version=row.version,
        name=row.name,
        kind=row.kind,
        unit=row.unit,
        vat=row.vat,
        is_weighed=row.is_weighed,
        marking=row.marking,
        category=view.category.public_id if view.category else None,
        brand=row.brand,
        description=row.description,
        attributes=row.attributes,
        is_on_sale=row.is_on_sale,
        variants=[_variant_out(one) for one in view.variants],
    )


def _variant_out(one: VariantView) -> Variant:
    prices = [
        VariantPrice(kind=line.kind.code, amount=line.now.amount, since=line.now.since)
        for line in one.lines
        if line.now is not None
    ]
    row = one.row
    return Variant(
        id=row.public_id,
        code=row.code,
        name=row.name,
        options=row.options,
        maker_code=row.maker_code,
        scale_code=row.scale_code,
        weight_g=row.weight_g,
        length_mm=row.length_mm,
        width_mm=row.width_mm,
        height_mm=row.height_mm,
        barcodes=list(one.barcodes),
        is_on_sale=row.is_on_sale,
        prices=prices,
    )


def variant_in(sent: VariantGiven) -> VariantDraft:
    """Return a variant as verbs take it."""
    values = sent.model_dump(exclude={"id", "barcodes"})
    return VariantDraft(**values, public_id=sent.id or "", barcodes=tuple(sent.barcodes))


def product_in(sent: NewProduct) -> ProductDraft:
    """Return a new product as verbs take it."""
    values = sent.model_dump(exclude={"variants", "category"})
    variants = tuple(variant_in(one) for one in sent.variants) or (VariantDraft(),)
    return ProductDraft(**values, category=sent.category or "", variants=variants)


def changed_in(sent: ProductChanges, held: ProductDraft) -> ProductDraft:
    """Return a product with what is sent changed; variants that are not sent stay out: they stay as they are."""
    named = sent.model_fields_set - {"version", "variants", "category"}
    given: Mapping[str, object] = {name: getattr(sent, name) for name in named if getattr(sent, name) is not None}
    category = (sent.category or "") if "category" in sent.model_fields_set else held.category
    known = {
        name: getattr(held, name)
        for name in (
            "name", "kind", "unit", "is_weighed", "vat", "marking", "brand", "description", "attributes", "is_on_sale",
        )
    }  # fmt: skip
    variants = tuple(variant_in(one) for one in sent.variants)
    return ProductDraft(**(known | dict(given)), category=category, variants=variants)


def category_out(branch: "Branch", parents: Mapping[int, str]) -> Category:
    """Return a category as it goes out."""
    row = branch.row
    return Category(
        id=row.public_id, name=row.name, parent=parents.get(row.parent_id or 0), products=branch.count
    )  # fmt: skip
