"""Goods that operators show in talks: found in the catalogue, with their page on the company's site."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils import timezone

from voronka.accounts import queries as accounts
from voronka.catalogue import queries as catalogue
from voronka.kit import modules
from voronka.kit.actors import Actor
from voronka.messaging.ports import GoodsCard
from voronka.site.queries.goods import usual_pages

MOST = 8


def may_show(actor: Actor) -> bool:
    """Tell whether an operator sees goods."""
    return catalogue.SEE_RIGHT in actor.rights and modules.is_on(actor, "catalogue")


def find_goods(typed: str) -> Sequence[GoodsCard]:
    """Return goods on sale that a typed text finds, best first."""
    return _cards(catalogue.find_variants(typed, most=MOST, on_sale=True))


def get_goods(public_id: str, visitor: str) -> GoodsCard | None:
    """Return goods on sale by the public id of their variant, with picture and page."""
    found = catalogue.variant_by_public_id(public_id)
    if found is None or not found.is_on_sale:
        return None
    [card] = _cards([found])
    site_id = visitor.partition(":")[0]
    page = catalogue.pages_of([found.id]).get(found.id) or usual_pages(
        [found.id], site_id=int(site_id) if site_id.isdecimal() else None
    ).get(found.id, "")
    return replace(card, url=page, picture=catalogue.pictures_of([found.id]).get(found.id, ""))


def _cards(found: Sequence[catalogue.VariantCard]) -> list[GoodsCard]:
    prices = catalogue.price_now([one.id for one in found], at=timezone.now())
    currency = accounts.get_company_rules().currency
    return [GoodsCard(one.public_id, one.name, prices.get(one.id), currency) for one in found]
