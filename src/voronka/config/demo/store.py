"""Where the demo shop's goods lie: a warehouse and two salons, what was in them on the first day, papers that go on.

Opening balances are received by the verb itself, a place at a time: the ledger begins with them.
"""

import random
import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from voronka.catalogue import queries as catalogue
from voronka.catalogue.models import Supplier, Variant
from voronka.kit.actors import Actor
from voronka.stock import services
from voronka.stock.models import Balance, Document, DocumentLine, Place
from voronka.stock.services import Heading, Incoming, PlaceDraft, Reading, Wanted

# Name, kind, city, address, order of selling, share of the goods that lie there, how many of one at most.
_PLACES = (
    ("Склад на Калинина", "warehouse", "Красноярск", "ул. Калинина, 91", 10, 0.85, 40),
    ("Салон на Мира", "shop", "Красноярск", "пр. Мира, 52", 20, 0.35, 6),
    ("Салон в Абакане", "shop", "Абакан", "ул. Щетинкина, 18", 30, 0.22, 5),
)


def fill_places(*, actor: Actor, now: datetime, begin: datetime, chance: random.Random) -> None:
    """Set up the places, put goods into them as of `begin`, and leave papers of the last days under way."""
    services.choose_damaged_place(
        services.save_place(PlaceDraft("Брак и возвраты", "virtual", priority=90), actor=actor).pk, actor=actor
    )
    goods = list(Variant.objects.filter(product__kind="goods").order_by("id").values_list("id", flat=True))
    costs = catalogue.costs_of(goods, begin)
    known = {pk: cost.amount for pk, cost in costs.items()}
    places = []
    for name, kind, city, address, priority, share, most in _PLACES:
        draft = PlaceDraft(name, kind, address, city, is_selling=True, priority=priority)
        place = services.save_place(draft, actor=actor)
        places.append(place)
        lying = [
            Incoming(pk, Decimal(chance.randint(1, most)), known.get(pk)) for pk in goods if chance.random() < share
        ]
        if lying:
            services.receive(lying, place.pk, actor=actor, now=begin, operation=uuid.uuid4())
    _papers(actor, places, goods, now, chance)


def _papers(actor: Actor, places: list[Place], goods: list[int], now: datetime, chance: random.Random) -> None:
    """Order from a supplier and half receive it, send a transfer, begin a count."""
    main, salon, _far = places
    supplier = Supplier.objects.order_by("id").first()
    chosen = chance.sample(goods, k=min(12, len(goods)))
    if supplier is None or len(chosen) < 12:
        return
    ordered = [Wanted(pk, Decimal(chance.randint(2, 8)), Decimal(chance.randint(9, 90) * 100)) for pk in chosen[:6]]
    heading = Heading("purchase", target_id=main.pk, supplier_id=supplier.pk, expected_on=now.date())
    order = services.make_document(heading, ordered, actor=actor, now=now - timedelta(days=6))
    services.finish(order.pk, actor=actor, now=now - timedelta(days=6), version=order.version)
    taken = services.make_document(
        Heading("receipt", target_id=main.pk, supplier_id=supplier.pk, basis_id=order.pk, partner_number="1184"),
        [], actor=actor, now=now - timedelta(hours=2),
    )  # fmt: skip
    counted = [ordered[0].quantity, ordered[1].quantity + 1, ordered[2].quantity - 1]
    _read(actor, taken, chosen[:3], counted, now - timedelta(hours=1))
    sent = [Wanted(row.variant_id, Decimal(1)) for row in _lying(main, 5)]
    if sent:
        between = Heading("transfer", source_id=main.pk, target_id=salon.pk)
        moved = services.make_document(between, sent, actor=actor, now=now - timedelta(days=1))
        services.finish(moved.pk, actor=actor, now=now - timedelta(days=1), version=moved.version)
    count = services.make_document(
        Heading("count", source_id=salon.pk), [], actor=actor, now=now - timedelta(hours=3)
    )
    lying = _lying(salon, 14)
    counted = [max(row.on_hand + (number == 3) - (number == 5), Decimal(1)) for number, row in enumerate(lying[:9])]
    DocumentLine.objects.bulk_create(
        DocumentLine(document=count, variant_id=row.variant_id, wanted=row.on_hand) for row in lying
    )
    _read(actor, count, [row.variant_id for row in lying[:9]], counted, now - timedelta(hours=3))
    for row in lying:  # the ledger was written a moment ago, so its books say nothing of three hours ago
        DocumentLine.objects.filter(document=count, variant_id=row.variant_id).update(wanted=row.on_hand)


def _lying(place: Place, most: int) -> list[Balance]:
    return list(Balance.objects.filter(place=place, on_hand__gt=0).order_by("variant_id")[:most])


def _read(actor: Actor, paper: Document, goods: list[int], counted: list[Decimal], now: datetime) -> None:
    readings = [
        Reading(uuid.uuid4(), many, variant_id=pk) for pk, many in zip(goods, counted, strict=True) if many > 0
    ]
    services.scan(paper.pk, readings, actor=actor, now=now)
