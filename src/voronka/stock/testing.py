"""Stock for tests: places, and goods in them by the verbs themselves."""

import uuid
from datetime import datetime
from decimal import Decimal

from voronka.kit.actors import Actor
from voronka.stock import services
from voronka.stock.models import Balance, Place


def make_place(
    actor: Actor, name: str = "Склад", kind: str = "warehouse", *, is_selling: bool = True, priority: int = 100
) -> Place:
    """Make a place of the current company."""
    draft = services.PlaceDraft(name, kind, is_selling=is_selling, priority=priority)
    return services.save_place(draft, actor=actor)


def stock_up(
    actor: Actor,
    variant_id: int,
    place: Place,
    quantity: Decimal | int | str,
    *,
    now: datetime,
    cost: Decimal | str | None = "100.00",
) -> None:
    """Receive so many of a variant into a place."""
    goods = services.Incoming(variant_id, Decimal(quantity), None if cost is None else Decimal(cost))
    services.receive([goods], place.pk, actor=actor, now=now, operation=uuid.uuid4())


def balance(variant_id: int, place: Place) -> tuple[Decimal, Decimal]:
    """Return how many lie in a place, and how many of them are promised."""
    row = Balance.objects.filter(variant_id=variant_id, place=place).values_list("on_hand", "reserved").first()
    return row or (Decimal(0), Decimal(0))
