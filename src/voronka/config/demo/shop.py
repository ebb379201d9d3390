"""The catalogue of the demo shop: goods in variants, barcodes, prices of two kinds with their past, costs, suppliers.

Written set by set, as the rest of the past; categories, kits, choices and what the guard holds by the verbs.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product as pairs

from voronka.catalogue import services
from voronka.catalogue.models import Barcode, Category, Cost, Price, PriceKind, Product, Supplier, Variant
from voronka.catalogue.rules.barcodes import control_digit
from voronka.catalogue.rules.names import printed
from voronka.catalogue.rules.rounding import rounded
from voronka.catalogue.services import GroupDraft, OptionDraft, ProductDraft, RuleDraft, SupplierDraft, VariantDraft
from voronka.config.demo.goods import BRANDS, COLOURS, SERIES, SERVICES, SUPPLIERS, Family, families
from voronka.kit.actors import Actor

GOODS = 5_000
_BATCH = 2_000
TEN, WHOLESALE = Decimal(10), Decimal("0.84")


@dataclass(slots=True)
class Shelf:
    """What is to be written, in the order of the keys."""

    now: datetime
    begin: datetime
    chance: random.Random
    products: list[Product] = field(default_factory=list)
    variants: list[tuple[Product, Variant, Decimal, Family]] = field(default_factory=list)


def stock_shelves(*, actor: Actor, now: datetime, begin: datetime, chance: random.Random, most: int = GOODS) -> None:
    """Fill the catalogue of the actor's company with about `most` variants and prices since `begin`."""
    services.ship_kinds()
    shelf = Shelf(now, begin, chance)
    categories = _categories(actor)
    whole = sum(len(SERIES[one.series]) * len(one.sizes) * len(COLOURS[one.colours]) for one in families())
    for family in families():
        _family(shelf, family, categories, share=most / whole)
    _write(shelf, _suppliers(actor, begin))
    _special(actor, shelf)


def _categories(actor: Actor) -> dict[tuple[str, str], Category]:
    tops: dict[str, Category] = {}
    found = {}
    for top, below in dict.fromkeys(one.path for one in families()):
        if top not in tops:
            tops[top] = services.save_category(actor=actor, name=top)
        found[top, below] = services.save_category(actor=actor, name=below, parent=tops[top].public_id)
    return found


def _suppliers(actor: Actor, begin: datetime) -> list[Supplier]:
    services.set_rate(actor=actor, currency="USD", per_unit=Decimal("81.35"), since=begin.date())
    services.set_rate(actor=actor, currency="EUR", per_unit=Decimal("94.10"), since=begin.date())
    return [
        services.save_supplier(actor=actor, draft=SupplierDraft(name=name, currency=currency, lead_days=days))
        for name, currency, days in SUPPLIERS
    ]


def _family(shelf: Shelf, family: Family, categories: dict[tuple[str, str], Category], *, share: float) -> None:
    """Put the products of a kind on the shelf: one for each series and size, a variant for each colour."""
    chance, colours = shelf.chance, COLOURS[family.colours]
    for series, (size, factor) in pairs(SERIES[family.series], family.sizes):
        if chance.random() > share:
            continue
        name = f"{family.noun} «{series}», {size}"
        row = Product(
            name=name,
            category=categories[family.path],
            brand=chance.choice(BRANDS[family.brands]),
            unit=family.unit,
            attributes={"Материал": family.material, "Серия": series, "Размер": size},
            created_at=shelf.begin + timedelta(minutes=len(shelf.products)),
            is_on_sale=chance.random() > 0.03,
        )
        shelf.products.append(row)
        price = Decimal(family.price) * Decimal(str(factor)) * Decimal(str(round(chance.uniform(0.85, 1.3), 3)))
        for place, colour in enumerate(colours):
            options = {"Цвет": colour} if colour else {}
            variant = Variant(
                product=row,
                code=f"{20_000 + len(shelf.variants)}",
                name=printed(name, options),
                options=options,
                maker_code=f"{series[:2].upper()}-{size.split()[0]}-{place + 1}" if chance.random() < 0.6 else "",
                weight_g=int(family.weight_g * factor),
                length_mm=family.size_mm[0],
                width_mm=family.size_mm[1],
                height_mm=family.size_mm[2],
                position=place,
                is_on_sale=chance.random() > 0.02,
            )
            shelf.variants.append((row, variant, price * Decimal(str(round(chance.uniform(0.97, 1.06), 3))), family))


def _write(shelf: Shelf, suppliers: list[Supplier]) -> None:
    Product.objects.bulk_create(shelf.products, batch_size=_BATCH)
    for row, variant, _price, _family in shelf.variants:
        variant.product = row
    Variant.objects.bulk_create([one for _row, one, _price, _family in shelf.variants], batch_size=_BATCH)
    codes, prices, costs = [], [], []
    kinds = {one.code: one for one in PriceKind.objects.all()}
    for number, (_row, variant, price, family) in enumerate(shelf.variants):
        body = f"460{7_000_000 + number:09d}"
        value = body + control_digit(body)
        codes.append(Barcode(variant=variant, value=value, kind="ean13", key=value.zfill(14)))
        if shelf.chance.random() < 0.98:
            prices += _prices(shelf, variant, price, kinds)
        costs.append(_cost(shelf, variant, price, suppliers[families().index(family) % len(suppliers)]))
    Barcode.objects.bulk_create(codes, batch_size=_BATCH)
    Price.objects.bulk_create(prices, batch_size=_BATCH)
    Cost.objects.bulk_create(costs, batch_size=_BATCH)


def _prices(shelf: Shelf, variant: Variant, price: Decimal, kinds: dict[str, PriceKind]) -> list[Price]:
    """Return the prices of a variant since the beginning: changed now and then."""
    chance = shelf.chance
    days = (shelf.now - shelf.begin).days
    changes = sorted(chance.sample(range(3, max(days - 1, 5)), k=chance.choice((0, 1, 1, 2))))
    since, found, value = shelf.begin, [], price
    for day in [*changes, None]:
        until = None if day is None else shelf.begin + timedelta(days=day)
        retail = rounded(value, TEN if value > 500 else Decimal(1))
        for code, amount in (("retail", retail), ("wholesale", rounded(retail * WHOLESALE))):
            found.append(
                Price(variant=variant, kind=kinds[code], amount=amount, since=since, until=until, made_at=since)
            )
        if until is not None:
            since, value = until, value * Decimal(str(round(chance.uniform(0.95, 1.09), 3)))
    return found


def _cost(shelf: Shelf, variant: Variant, price: Decimal, supplier: Supplier) -> Cost:
    rate = {"USD": Decimal("81.35"), "EUR": Decimal("94.10")}.get(supplier.currency, Decimal(1))
    amount = price * Decimal(str(round(shelf.chance.uniform(0.5, 0.68), 3))) / rate
    return Cost(
        variant=variant,
        supplier=supplier,
        amount=max(rounded(amount), Decimal("0.01")),
        currency=supplier.currency,
        seen_at=shelf.now - timedelta(days=shelf.chance.randint(1, 30)),
    )


def _special(actor: Actor, shelf: Shelf) -> None:
    """Add what the rest has none of: services, a set of a table and chairs, choices, rules, prices that wait."""
    now = shelf.now
    for name, price in SERVICES:
        draft = ProductDraft(name=name, kind="service", unit="642")
        made = services.save_product(actor=actor, draft=draft, now=now)
        if price:
            _price(actor, made.variants.get(), price, now)
    for name, kind, markup in (("Розница: всё остальное", "retail", 65), ("Опт: всё остальное", "wholesale", 38)):
        services.save_rule(actor=actor, draft=RuleDraft(name=name, kind=kind, markup_percent=Decimal(markup)))
    named: dict[str, Variant] = {}
    for _row, variant, _cost_of, family in shelf.variants:
        named.setdefault(family.noun, variant)
    table, chair, front = (named.get(noun) for noun in ("Стол обеденный", "Стул", "Фасад"))
    if table is not None and chair is not None:
        _dinner(actor, table, chair, now)
    lower = named.get("Шкаф нижний")
    if lower is not None and front is not None:
        open_one = OptionDraft(name="без фасада")
        closed = OptionDraft(name="с фасадом", price_delta=Decimal(2_400), part_id=front.pk, quantity=Decimal(1))
        choice = GroupDraft(name="Фасад", is_required=True, options=(open_one, closed))
        services.set_options(actor=actor, product=lower.product.public_id, groups=[choice])
    _jumps(actor, shelf, now)


def _dinner(actor: Actor, table: Variant, chair: Variant, now: datetime) -> None:
    """Sell a table with four chairs as one; the chairs go with the table."""
    draft = ProductDraft(name="Обеденная группа «Линия»: стол и 4 стула", kind="kit", variants=(VariantDraft(),))
    kit = services.save_product(actor=actor, draft=draft, now=now)
    variant = kit.variants.get()
    lines = [(table.public_id, Decimal(1)), (chair.public_id, Decimal(4))]
    services.set_kit_lines(actor=actor, variant=variant.public_id, lines=lines)
    _price(actor, variant, 42_900, now)
    others = [chair.product.public_id]
    services.set_related(actor=actor, product=table.product.public_id, kind="accessory", others=others)


def _price(actor: Actor, variant: Variant, amount: int, now: datetime) -> None:
    services.set_price(
        actor=actor, variant=variant.public_id, kind="retail", amount=Decimal(amount), now=now, confirmed=True
    )  # fmt: skip


def _jumps(actor: Actor, shelf: Shelf, now: datetime) -> None:
    """Let a few new prices jump, for the guard to hold."""
    for _row, variant, price, _family in shelf.chance.sample(shelf.variants, k=min(12, len(shelf.variants))):
        factor = Decimal(str(round(shelf.chance.choice((0.55, 1.45, 1.6)), 2)))
        services.set_price(
            actor=actor, variant=variant.public_id, kind="retail", amount=rounded(price * factor, TEN), now=now
        )  # fmt: skip
