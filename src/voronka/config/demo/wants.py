"""What the demo shop wants: goods in its open deals, buffers of its places, sales that were lost.

By the verbs themselves: buffers come of what went out in ninety days, so that replenishment shows what they would.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from voronka.catalogue import queries as catalogue
from voronka.catalogue.models import Variant
from voronka.catalogue.queries import VariantCard
from voronka.deals.models import Deal
from voronka.deals.services.goods import LineDraft, set_goods
from voronka.kit.actors import Actor
from voronka.people.models import Client
from voronka.stock import services as stock
from voronka.stock.models import Balance, Place

DEALS, LOST, LOST_DAYS, LOW = 80, 36, 60, 24
_CAUSES = ("short", "short", "short", "late", "dear")


def want(*, actor: Actor, now: datetime, chance: random.Random) -> None:
    """Put goods into deals, write down what was asked for and was not there, set buffers up where goods are sold."""
    cards = _on_sale(now)
    if not cards:
        return
    _fill_deals(actor, now, cards, chance)
    missed = _lose(actor, now, cards, chance)  # before the buffers: what was wanted and not there counts as demand
    places = list(Place.objects.filter(is_external=False, is_selling=True).order_by("priority", "id"))
    for place in places:
        stock.propose_buffers(place.pk, actor=actor, now=now)
    if places:
        _set_by_hand(actor, now, places[0], missed, chance)


def _on_sale(now: datetime) -> list[VariantCard]:
    """Return goods on sale that have a price now, in the order of their keys."""
    ids = list(Variant.objects.filter(product__kind="goods").order_by("id").values_list("id", flat=True)[:2_000])
    cards, prices = catalogue.variants_by_ids(ids), catalogue.price_now(ids, at=now)
    return [cards[pk] for pk in ids if pk in prices and cards[pk].is_on_sale]


def _fill_deals(actor: Actor, now: datetime, cards: Sequence[VariantCard], chance: random.Random) -> None:
    """Give a part of the open deals one to four lines, of what their title names where the shop has it."""
    rows = list(Deal.objects.filter(state=Deal.State.OPEN).order_by("-id").values_list("public_id", "title")[:400])
    for public_id, title in chance.sample(rows, k=min(DEALS, len(rows) // 3)):
        noun = title.split()[0].lower() if title.split() else ""
        named = [one for one in cards if noun and one.name.lower().startswith(noun)]
        chosen = chance.sample(named, k=min(2, len(named))) + chance.sample(cards, k=chance.randint(1, 2))
        lines = [
            LineDraft(variant=one.public_id, quantity=Decimal(chance.choice((1, 1, 1, 2, 4))))
            for one in {one.id: one for one in chosen}.values()
        ]
        set_goods(actor=actor, deal_public_id=public_id, drafts=lines, now=now)


def _lose(actor: Actor, now: datetime, cards: Sequence[VariantCard], chance: random.Random) -> list[int]:
    """Write down sales that were lost over two months, of goods that lie nowhere; return these goods."""
    lying = set(Balance.objects.filter(is_external=False, on_hand__gt=0).values_list("variant_id", flat=True))
    gone = [one for one in cards if one.id not in lying] or list(cards)
    clients = list(Client.objects.order_by("id").values_list("id", flat=True)[:200])
    places = list(Place.objects.filter(is_external=False, is_selling=True).order_by("priority", "id"))
    favourites = chance.sample(gone, k=min(14, len(gone)))
    for _number in range(LOST):
        stock.lose_sale(
            chance.choice(favourites).id, Decimal(chance.choice((1, 1, 1, 2, 3))), actor=actor,
            now=now - timedelta(days=chance.randint(0, LOST_DAYS), minutes=chance.randint(0, 600)),
            cause=chance.choice(_CAUSES), client_id=chance.choice(clients) if clients else None,
            place_id=chance.choice(places).pk if places else None,
        )  # fmt: skip
    return [one.id for one in favourites]


def _set_by_hand(actor: Actor, now: datetime, place: Place, missed: Sequence[int], chance: random.Random) -> None:
    """Set buffers as somebody does who knows better: of what was asked for in vain, of some that are low."""
    low = Balance.objects.filter(place=place, on_hand__gt=0, on_hand__lte=6, variant__is_on_sale=True)
    rows = list(low.order_by("variant_id").values_list("variant_id", "on_hand")[:300])
    drafts = [stock.BufferDraft(one, place.pk, Decimal(chance.randint(3, 9))) for one in missed]
    for variant, on_hand in chance.sample(rows, k=min(LOW, len(rows))):
        if variant not in missed:
            target = Decimal(int(on_hand) * chance.choice((2, 4, 5)) + chance.randint(0, 2))
            drafts.append(stock.BufferDraft(variant, place.pk, target))
    if drafts:
        stock.save_buffers(drafts, actor=actor, now=now)
