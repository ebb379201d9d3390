"""Orders for tests, made by the verbs of the product."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from voronka.accounts.testing import NOW
from voronka.catalogue.models import Variant
from voronka.catalogue.testing import make_goods
from voronka.kit.actors import Actor
from voronka.orders import services
from voronka.orders.models import Order, Status
from voronka.people.models import Client
from voronka.people.testing import make_client
from voronka.stock.models import Place
from voronka.stock.testing import make_place, stock_up


@dataclass(frozen=True, slots=True)
class Shop:
    """A place with goods, and somebody who buys."""

    place: Place
    client: Client
    table: Variant
    chair: Variant


def make_shop(actor: Actor, *, tables: int = 10, chairs: int = 40, now: datetime = NOW) -> Shop:
    """Make statuses, a place with tables at 1000 and chairs at 250, and a client with a phone."""
    services.ship_settings()
    shop = Shop(
        make_place(actor),
        make_client(actor, phone="+79161234567"),
        make_goods("Стол обеденный", price="1000.00"),
        make_goods("Стул", price="250.00"),
    )
    stock_up(actor, shop.table.pk, shop.place, tables, now=now, cost="600.00")
    stock_up(actor, shop.chair.pk, shop.place, chairs, now=now, cost="100.00")
    return shop


def draft_for(shop: Shop, *lines: tuple[Variant, int | str], **more: Any) -> services.OrderDraft:
    """Return the draft of an order of the shop's client for so many of each."""
    asked = [services.LineDraft(Decimal(many), variant.pk) for variant, many in lines]
    return services.OrderDraft(client_id=shop.client.pk, lines=asked, **more)


def make_order(
    actor: Actor, shop: Shop, *lines: tuple[Variant, int | str], now: datetime = NOW, **more: Any
) -> Order:
    """Place an order, two tables unless lines are named."""
    draft = draft_for(shop, *(lines or ((shop.table, 2),)), **more)
    return services.place(draft, actor=actor, now=now, operation=uuid.uuid4())


def status(code: str) -> Status:
    """Return a status by its code."""
    return Status.objects.get(code=code)
