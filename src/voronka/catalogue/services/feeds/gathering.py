"""What feeds tell of variants, read for many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from voronka.accounts import queries as accounts
from voronka.catalogue import ports
from voronka.catalogue.models import Barcode, Category, Feed, FeedCategory, Picture, Product, Variant
from voronka.catalogue.queries.prices import price_now
from voronka.catalogue.queries.tree import ids_below
from voronka.catalogue.rules import vat
from voronka.catalogue.rules.feeds import Group, Offer, Shop, group_number, offer_id, page_by
from voronka.catalogue.rules.feeds.offers import NO_GROUP
from voronka.kit.clocks import wall

MOST_PICTURES = 10
_COLUMNS = (
    "id", "public_id", "code", "name", "options", "maker_code", "weight_g", "length_mm", "width_mm", "height_mm",
    "product_id", "product__kind", "product__vat", "product__category_id", "product__brand",
    "product__description", "product__attributes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """What holds for every offer of a feed at a moment: the shop, the groups by category id, whose goods are told."""

    feed: Feed
    shop: Shop
    numbers: Mapping[int, int]
    names: Mapping[int, str]
    wanted: frozenset[int] | None
    now: datetime
    zone: str


def scene_of(feed: Feed, now: datetime) -> Scene:
    """Read what holds for every offer of a feed: four statements."""
    rules = accounts.get_company_rules()
    rows = list(Category.objects.order_by("path"))
    numbers = {one.pk: group_number(one.public_id) for one in rows}
    names = {one.pk: one.name for one in rows}
    groups = [Group(numbers[one.pk], one.name, numbers.get(one.parent_id or 0)) for one in rows]
    words = "Прочее" if rules.language == "ru" else "Other"
    whole = {one.pk: " / ".join(names[int(part)] for part in one.path.split("/") if part) for one in rows}
    shop = Shop(feed.shop_name, rules.name, feed.site, feed.kind.currency, (Group(NO_GROUP, words), *groups))
    wanted = None
    if not feed.is_whole:
        chosen = FeedCategory.objects.filter(feed=feed).select_related("category")
        wanted = frozenset(pk for one in chosen for pk in ids_below(one.category))
    return Scene(feed, shop, numbers, whole, wanted, now, rules.zone)


def offers_for(scene: Scene, variant_ids: Sequence[int]) -> dict[int, tuple[int, Offer]]:
    """Return product id and offer of the variants that the feed tells of, by variant id; five statements."""
    on_sale = Variant.objects.filter(pk__in=variant_ids, is_on_sale=True, product__is_on_sale=True)
    if scene.wanted is not None:
        on_sale = on_sale.filter(product__category_id__in=scene.wanted)
    rows = list(on_sale.order_by("id").values_list(*_COLUMNS))
    ids = [row[0] for row in rows]
    prices = price_now(ids, scene.feed.kind.code, scene.now)
    barcodes: dict[int, list[str]] = {}
    for variant_id, value in (
        Barcode.objects.filter(variant_id__in=ids).order_by("id").values_list("variant_id", "value")
    ):
        barcodes.setdefault(variant_id, []).append(value)
    pictures = _pictures({row[10] for row in rows}) if scene.feed.base else {}
    counted = ports.available(ids)
    found = {}
    for row in rows:
        price, count = prices.get(row[0]), counted.get(row[0])
        if price is None or (scene.feed.only_available and count is not None and count <= 0):
            continue
        shown = [one for owner, one in pictures.get(row[10], ()) if owner in (None, row[0])][:MOST_PICTURES]
        found[row[0]] = (row[10], _offer(scene, row, price, count, barcodes.get(row[0], ()), shown))
    return found


def _pictures(product_ids: set[int]) -> dict[int, list[tuple[int | None, str]]]:
    """Return by product the pictures with the variant that each is of (None: of all), in their order."""
    found: dict[int, list[tuple[int | None, str]]] = {}
    rows = Picture.objects.filter(product_id__in=product_ids).order_by("product_id", "position", "id")
    for product_id, variant_id, public_id in rows.values_list("product_id", "variant_id", "public_id"):
        found.setdefault(product_id, []).append((variant_id, public_id))
    return found


def _offer(
    scene: Scene, row: Sequence[Any], price: Decimal, count: Decimal | None, barcodes: Sequence[str],
    pictures: Sequence[str],
) -> Offer:  # fmt: skip
    (
        _id, public_id, code, name, options, maker_code, weight, length, width, height,
        product_id, kind, vat_code, category, brand, description, attributes,
    ) = row  # fmt: skip
    params = {str(key): str(value) for key, value in {**attributes, **options}.items() if str(value).strip()}
    page = page_by(scene.feed.page, code, public_id)
    is_counted = kind != Product.Kind.SERVICE and count is not None
    return Offer(
        id=offer_id(code, public_id), code=code, name=name, price=price, currency=scene.feed.kind.currency,
        group=scene.numbers.get(category or 0, NO_GROUP), group_name=scene.names.get(category or 0, ""),
        is_available=count is None or count > 0,
        count=max(int(count), 0) if scene.feed.with_count and is_counted and count is not None else None,
        url=page, pictures=[f"{scene.feed.base}goods-pictures/{one}" for one in pictures], brand=brand,
        maker_code=maker_code, description=description, barcodes=barcodes,
        vat=vat.percent_on(vat_code, wall(scene.now, scene.zone).date()), series=str(product_id) if options else "",
        weight_g=weight, size_mm=(length, width, height) if length and width and height else None,
        params=tuple(params.items()),
    )  # fmt: skip
