"""What is sold in deals: lines with their words, what they cost this client, how many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.deals.models import Deal, DealLine
from voronka.deals.permissions import PRESS
from voronka.deals.rules.goods import lowered
from voronka.kit import modules
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.stock import queries as stock

FIELD = "deal.goods"  # the limited field: what is sold in a deal
PICKED = 8


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant that may be put into a deal: its price for this client (None: none is set), how many are free."""

    card: catalogue.VariantCard
    price: Decimal | None
    free: Decimal | None


def uses_goods(actor: Actor) -> bool:
    """Tell whether the actor works with goods in deals at all."""
    may = actor.is_system or catalogue.SEE_RIGHT in actor.rights
    return may and actor.sees(FIELD) and modules.is_on(actor, "catalogue")


def require_goods(actor: Actor) -> None:
    """Raise NotFound for one who does not work with goods in deals: to him there are none."""
    if not uses_goods(actor):
        raise NotFound(_("There are no goods in deals for your role."))


def may_change(actor: Actor, deal: Deal) -> bool:
    """Tell whether the actor may change what is sold in a deal; the verbs check it again."""
    team_id = deal.responsible.team_id if deal.responsible is not None else None
    may_press = actor.may(PRESS, owner_id=deal.responsible_id, team_id=team_id)
    return may_press and uses_goods(actor) and actor.writes(FIELD) and deal.state == Deal.State.OPEN


def lines_of(deal_id: int) -> list[DealLine]:
    """Return the lines of a deal in their order, whoever asks."""
    return list(DealLine.objects.filter(deal_id=deal_id).order_by("position"))


def lines_shown(actor: Actor, deal: Deal) -> list[DealLine]:
    """Return the lines of a deal as the actor may see them; no statement for a deal without any, or hidden ones."""
    if not deal.goods_count or not uses_goods(actor):
        return []
    return lines_of(deal.pk)


def prices_for(client_id: int, variant_ids: Sequence[int], now: datetime) -> Mapping[int, Decimal]:
    """Return what variants cost a client by his terms; where his kind of price has none, by the usual one."""
    kind, percent = catalogue.terms_of(client_id, now)
    found = catalogue.price_now(variant_ids, kind, now)
    missing = [one for one in variant_ids if one not in found]
    if kind and missing:
        found |= catalogue.price_now(missing, "", now)
    return {one: lowered(price, percent) for one, price in found.items()}


def free_of(actor: Actor, variant_ids: Sequence[int]) -> Mapping[int, Decimal]:
    """Return how many of each may be promised now, kits as their parts allow; nothing where stock is not his to see.

    What takes nothing from stock, a service, is left out.
    """
    may = (actor.is_system or stock.SEE_RIGHT in actor.rights) and modules.is_on(actor, "stock")
    if not variant_ids or not may:
        return {}
    taken = catalogue.parts_of(variant_ids)
    parts = {part for takes in taken.values() for part in takes}
    free = {one: sum(places.values(), Decimal(0)) for one, places in stock.available(list(parts)).items()}
    found = {}
    for variant_id, takes in taken.items():
        if not takes:
            continue
        shares = [free.get(part, Decimal(0)) / each for part, each in takes.items()]
        found[variant_id] = shares[0] if list(takes) == [variant_id] else min(shares).to_integral_value(ROUND_DOWN)
    return found


def find_offers(actor: Actor, deal: Deal, text: str, *, now: datetime, most: int = PICKED) -> list[Offer]:
    """Return what a typed text, an article or a scanned barcode finds on sale, with this client's prices."""
    text = text.replace("\0", "")
    cards = catalogue.find_variants(text, most=most, on_sale=True)
    if not cards and text.strip():  # articles are written in capitals, and typed as it comes
        cards = catalogue.find_variants(code=text.upper(), on_sale=True) or catalogue.find_variants(
            barcode=text, on_sale=True
        )
    ids = [card.id for card in cards]
    prices, free = prices_for(deal.client_id, ids, now), free_of(actor, ids)
    return [Offer(card, prices.get(card.id), free.get(card.id)) for card in cards]
