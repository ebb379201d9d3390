"""What verbs take: a product with its variants as somebody wants it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantDraft:
    """A variant as it is wanted; without `public_id` it is a new one.

    An empty `code` is given by the system, an empty `name` made of the product's and the options. Grams, millimetres.
    """

    public_id: str = ""
    code: str = ""
    name: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    maker_code: str = ""
    scale_code: str = ""
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    barcodes: tuple[str, ...] = ()
    is_on_sale: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """A product as it is wanted. `category` is a public id; variants that are not named stay as they are."""

    name: str
    kind: str = "goods"
    unit: str = "796"
    is_weighed: bool = False
    vat: str = "main"
    marking: str = ""
    category: str = ""
    brand: str = ""
    description: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_on_sale: bool = True
    variants: tuple[VariantDraft, ...] = (VariantDraft(),)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionDraft:
    """One thing to choose: what it adds to the price, and which variant (inner id) it takes from stock, how much."""

    name: str
    price_delta: Decimal = Decimal(0)
    part_id: int | None = None
    quantity: Decimal | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """A choice: one of its options, or up to `most`."""

    name: str
    is_required: bool = False
    most: int = 1
    options: tuple[OptionDraft, ...] = ()
