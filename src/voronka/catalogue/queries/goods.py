"""A product's page: its variants with prices over time, kits, options, what goes with it, pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from voronka.catalogue.models import (
    Barcode,
    Category,
    Cost,
    HeldPrice,
    KitLine,
    OptionGroup,
    Picture,
    Price,
    PriceKind,
    Product,
    Related,
    Variant,
)
from voronka.catalogue.queries.costs import costs_of
from voronka.catalogue.rules.markups import Bought
from voronka.kit.errors import NotFound


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A kind of price of a variant: the present one, those before and to come, what the guard holds."""

    kind: PriceKind
    now: Price | None
    past: Sequence[Price]
    planned: Sequence[Price]
    held: HeldPrice | None


@dataclass(frozen=True, slots=True)
class VariantView:
    """A variant with all that its place on the page tells."""

    row: Variant
    barcodes: Sequence[str]
    lines: Sequence[PriceLine]
    parts: Sequence[KitLine]
    costs: Sequence[Cost]
    bought: Bought | None


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product's page."""

    row: Product
    category: Category | None
    above: Sequence[Category]
    variants: Sequence[VariantView]
    groups: Sequence[OptionGroup]
    related: Mapping[str, Sequence[Product]]
    pictures: Sequence[Picture]


def get_product(public_id: str) -> Product:
    """Return a product by the id of its address. Raises NotFound."""
    found = Product.objects.select_related("category").filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such product."))
    return found


def list_kinds(*, on: bool = True) -> list[PriceKind]:
    """Return the kinds of prices in their order, the default one first; with `on` those in use only."""
    found = PriceKind.objects.filter(is_on=True) if on else PriceKind.objects.all()
    return list(found.order_by("-is_default", "position", "id"))


def view_product(public_id: str, *, now: datetime, with_cost: bool) -> ProductView:
    """Return a product with everything that its page tells; costs only where they may be seen. Raises NotFound."""
    product = get_product(public_id)
    variants = list(Variant.objects.filter(product=product).order_by("position", "id"))
    ids = [one.pk for one in variants]
    related: dict[str, list[Product]] = {kind: [] for kind in Related.Kind.values}
    for one in Related.objects.filter(product=product).select_related("other").order_by("position", "id"):
        related[one.kind].append(one.other)
    above = [int(part) for part in (product.category.path if product.category else "").split("/") if part]
    known = Category.objects.in_bulk(above) if above else {}
    return ProductView(
        row=product,
        category=product.category,
        above=[known[pk] for pk in above if pk in known],
        variants=_views(variants, ids, now, with_cost=with_cost),
        groups=list(
            OptionGroup.objects.filter(product=product)
            .order_by("position", "id")
            .prefetch_related("options", "options__part")
        ),
        related=related,
        pictures=list(Picture.objects.filter(product=product).order_by("position", "id")),
    )


def _views(variants: Sequence[Variant], ids: Sequence[int], now: datetime, *, with_cost: bool) -> list[VariantView]:
    codes: dict[int, list[str]] = {}
    for one in Barcode.objects.filter(variant_id__in=ids).order_by("id"):
        codes.setdefault(one.variant_id, []).append(one.value)
    parts: dict[int, list[KitLine]] = {}
    for line in KitLine.objects.filter(kit_id__in=ids).select_related("part__product").order_by("position", "id"):
        parts.setdefault(line.kit_id, []).append(line)
    costs: dict[int, list[Cost]] = {}
    bought: Mapping[int, Bought] = {}
    if with_cost:
        for cost in Cost.objects.filter(variant_id__in=ids).select_related("supplier").order_by("amount", "id"):
            costs.setdefault(cost.variant_id, []).append(cost)
        bought = costs_of(ids, now)
    lines = price_lines(ids, now)
    return [
        VariantView(
            one,
            codes.get(one.pk, []),
            lines[one.pk],
            parts.get(one.pk, []),
            costs.get(one.pk, []),
            bought.get(one.pk),
        )
        for one in variants
    ]


def price_lines(ids: Sequence[int], now: datetime) -> dict[int, list[PriceLine]]:
    """Return the prices of variants by kind: present, past (newest first), planned (nearest first), held."""
    kinds = list_kinds()
    rows: dict[tuple[int, int], list[Price]] = {}
    for price in Price.objects.filter(variant_id__in=ids).order_by("since"):
        rows.setdefault((price.variant_id, price.kind_id), []).append(price)
    waiting = HeldPrice.objects.filter(variant_id__in=ids, state=HeldPrice.State.HELD)
    held = {(one.variant_id, one.kind_id): one for one in waiting}
    found: dict[int, list[PriceLine]] = {}
    for pk in ids:
        found[pk] = []
        for kind in kinds:
            have = rows.get((pk, kind.pk), [])
            present = next((one for one in have if one.since <= now and (one.until is None or one.until > now)), None)
            past = [one for one in have if one.until is not None and one.until <= now][::-1]
            planned = [one for one in have if one.since > now]
            found[pk].append(PriceLine(kind, present, past, planned, held.get((pk, kind.pk))))
    return found


SCALE_HEIGHT, SCALE_FOOT = 30, 8  # how high the scale is, and how high its lowest price stands


@dataclass(frozen=True, slots=True)
class Step:
    """A price on the scale of a variant: how much, and a rectangle in a field of 100 by SCALE_HEIGHT."""

    amount: Decimal
    left: str
    wide: str
    top: str
    high: str


def scale_of(line: PriceLine, *, now: datetime, days: int = 90) -> list[Step]:
    """Return the prices of the last days as steps of a scale, the oldest first; it spans the lowest and the highest."""
    begin, end = now.timestamp() - days * 86_400, now.timestamp()
    rows = sorted([*line.past, *([line.now] if line.now else [])], key=lambda one: one.since)
    rows = [one for one in rows if one.until is None or one.until.timestamp() > begin]
    if not rows:
        return []
    lowest, highest = min(one.amount for one in rows), max(one.amount for one in rows)
    found = []
    for one in rows:
        since = max(one.since.timestamp(), begin)
        until = min(one.until.timestamp() if one.until else end, end)
        share = float((one.amount - lowest) / (highest - lowest)) if highest > lowest else 1.0
        high = SCALE_FOOT + share * (SCALE_HEIGHT - SCALE_FOOT)
        found.append(
            Step(
                one.amount,
                f"{(since - begin) / (end - begin) * 100:.2f}",
                f"{(until - since) / (end - begin) * 100:.2f}",
                f"{SCALE_HEIGHT - high:.2f}",
                f"{high:.2f}",
            )
        )
    return found


def list_held(*, most: int = 200) -> list[HeldPrice]:
    """Return the prices that wait for a person, the oldest first."""
    rows = HeldPrice.objects.filter(state=HeldPrice.State.HELD).select_related("variant__product", "kind")
    return list(rows.order_by("id")[:most])


def count_held() -> int:
    """Return how many prices wait for a person."""
    return HeldPrice.objects.filter(state=HeldPrice.State.HELD).count()
