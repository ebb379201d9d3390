"""Goods for tests: rows as the verbs leave them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from voronka.catalogue.models import Barcode, Category, Price, PriceKind, Product, Supplier, Variant
from voronka.catalogue.rules import barcodes

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
_numbers = count(1)


def make_category(name: str = "Столы", parent: Category | None = None) -> Category:
    """Make a category of the current company, below `parent`."""
    made = Category.objects.create(name=name, parent=parent)
    made.path = f"{parent.path if parent else '/'}{made.pk}/"
    made.save(update_fields=["path"])
    return made


def make_kind(code: str = "retail", name: str = "Розничная", *, is_default: bool = True) -> PriceKind:
    """Return the kind of price of this code, made if there is none."""
    found, _ = PriceKind.objects.get_or_create(code=code, defaults={"name": name, "is_default": is_default})
    return found


def make_goods(
    name: str = "Стол обеденный",
    *,
    code: str = "",
    price: Decimal | int | str | None = "1000.00",
    kind: str = "goods",
    barcode: str = "",
    category: Category | None = None,
    vat: str = "main",
    unit: str = "796",
    is_weighed: bool = False,
    is_on_sale: bool = True,
    since: datetime = SINCE,
) -> Variant:
    """Make a product with one variant in the current company, and its price of the default kind unless it is None."""
    product = Product.objects.create(
        name=name, kind=kind, category=category, vat=vat, unit=unit, is_weighed=is_weighed, is_on_sale=is_on_sale
    )
    variant = Variant.objects.create(product=product, name=name, code=code or f"T-{next(_numbers):05d}")
    if barcode:
        read = barcodes.read(barcode)
        Barcode.objects.create(variant=variant, value=read.value, kind=read.kind, key=read.key)
    if price is not None:
        Price.objects.create(variant=variant, kind=make_kind(), amount=Decimal(price), since=since)
    return variant


def make_many(count_of: int, *, price: Decimal | int | str = "1000.00") -> Sequence[Variant]:
    """Make so many products of one variant each."""
    return make_row([(f"Товар {number}", price) for number in range(1, count_of + 1)])


def make_row(goods: Sequence[tuple[str, Decimal | int | str | None]]) -> list[Variant]:
    """Make products of these names and prices with one variant each, as `make_goods` does, by three statements."""
    products = Product.objects.bulk_create(
        [Product(name=name, kind="goods", vat="main", unit="796") for name, _price in goods]
    )
    variants = Variant.objects.bulk_create(
        [Variant(product=one, name=one.name, code=f"T-{next(_numbers):05d}") for one in products]
    )
    priced = [
        (variant, Decimal(price))
        for variant, (_name, price) in zip(variants, goods, strict=True)
        if price is not None
    ]
    kind = make_kind() if priced else None
    Price.objects.bulk_create(
        [Price(variant=variant, kind=kind, amount=amount, since=SINCE) for variant, amount in priced]
    )
    return variants


def make_supplier(name: str = "Мебельная фабрика «Восток»", *, currency: str = "RUB") -> Supplier:
    """Make a supplier of the current company."""
    return Supplier.objects.create(name=name, currency=currency)
