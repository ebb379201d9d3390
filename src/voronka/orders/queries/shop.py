"""What the public pages of the shop say, and what its order form offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries.picked import on_sale_ids
from voronka.orders.models import Feedback, ShopGoods, ShopPage
from voronka.stock import queries as stock

MOST_OFFERED = 500


@dataclass(frozen=True, slots=True)
class Offered:
    """Goods of the order form: `free` is how many may be had now, None for services and kits."""

    id: int
    public_id: str
    name: str
    code: str
    unit: str
    is_weighed: bool
    price: Decimal
    free: Decimal | None


def get_shop_page() -> ShopPage:
    """Return what the public pages say; a page of defaults, not kept, where nothing was set up."""
    return ShopPage.objects.first() or ShopPage()


def shop_goods() -> tuple[list[str], list[tuple[str, str]]]:
    """Return the public ids of the categories that the form offers, and public id and article of the variants."""
    rows = ShopGoods.objects.select_related("category", "variant").order_by("id")
    categories = [one.category.public_id for one in rows if one.category is not None]
    return categories, [(one.variant.public_id, one.variant.code) for one in rows if one.variant is not None]


def offered(
    page: ShopPage, *, now: datetime, text: str = "", public_ids: Sequence[str] | None = None
) -> list[Offered]:
    """Return what the form sells, by name: on sale, with a price. `text` narrows it, as do `public_ids`."""
    categories: list[int] | None = None
    variants: list[int] = []
    if not page.sells_all:
        pairs = list(ShopGoods.objects.values_list("category_id", "variant_id"))
        categories = [one for one, _variant in pairs if one is not None]
        variants = [one for _category, one in pairs if one is not None]
    ids = on_sale_ids(categories, variants, text=text, public_ids=public_ids, most=MOST_OFFERED)
    cards, prices = catalogue.variants_by_ids(ids), catalogue.price_now(ids, at=now)
    free = stock.available(ids)
    return [
        Offered(
            pk, card.public_id, card.name, card.code, card.unit, card.is_weighed, prices[pk],
            sum(free[pk].values(), Decimal(0)) if card.kind == "goods" else None,
        )
        for pk in ids
        if (card := cards.get(pk)) is not None and pk in prices
    ]  # fmt: skip


def feedback_of(order_id: int) -> Feedback | None:
    """Return what the client said of an order."""
    return Feedback.objects.filter(order_id=order_id).first()
