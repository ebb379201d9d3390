"""Feeds of goods follow the stock: what came, was promised, shipped; kits by the part there is least of."""

import json
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from voronka.accounts.testing import make_company
from voronka.catalogue import services as catalogue
from voronka.catalogue.models import Product
from voronka.catalogue.services import feeds
from voronka.catalogue.testing import make_goods, make_kind
from voronka.kit.events.listeners import all_listeners, drain, number_events
from voronka.kit.tenancy import company_context
from voronka.stock import services
from voronka.stock.queries.selling import sellable
from voronka.stock.testing import make_place, stock_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(db):
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        make_kind()
        yield cast


def told(cast, feed):
    number_events()
    for name in ("catalogue.feeds", "stock.feeds"):
        drain(next(one for one in all_listeners() if one.name == name), cast.company_id)
    feeds.build_due(now=timezone.now())
    body = b"".join(feeds.hand_out(feed.pk, "json", now=timezone.now()).plain())
    return {one["name"]: (one["available"], one["count"]) for one in json.loads(body)["offers"]}


def test_a_feed_tells_how_many_may_be_sold_now(inside):
    now = timezone.now()
    table, leg, service = make_goods("Стол"), make_goods("Ножка"), make_goods("Сборка", kind="service")
    kit = make_goods("Набор", kind=Product.Kind.KIT)
    lines = [(table.public_id, Decimal(1)), (leg.public_id, Decimal(4))]
    catalogue.set_kit_lines(actor=inside.owner, variant=kit.public_id, lines=lines)
    place = make_place(inside.owner)
    draft = feeds.FeedDraft(name="Сайт", format="json", shop_name="М", site="https://a.test", with_count=True)
    feed = feeds.save_feed(actor=inside.owner, draft=draft, now=now)
    nothing = (False, 0)
    assert told(inside, feed) == {"Стол": nothing, "Ножка": nothing, "Сборка": (True, None), "Набор": nothing}
    stock_up(inside.owner, table.pk, place, 3, now=now)
    stock_up(inside.owner, leg.pk, place, 9, now=now)
    assert told(inside, feed) == {"Стол": (True, 3), "Ножка": (True, 9), "Сборка": (True, None), "Набор": (True, 2)}
    services.reserve(
        services.Holder("cart", 1), [services.Line(1, table.pk, Decimal(3))], actor=inside.owner, now=now,
        operation=uuid.uuid4(),
    )  # fmt: skip
    assert told(inside, feed) == {"Стол": nothing, "Ножка": (True, 9), "Сборка": (True, None), "Набор": nothing}
    assert sellable([kit.pk, service.pk]) == {kit.pk: Decimal(0)}
