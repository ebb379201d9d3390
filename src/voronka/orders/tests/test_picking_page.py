"""The page of what is to be picked: what its rows say, where they lead, how many statements it takes."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from voronka.accounts.testing import NOW, make_company, sign_in
from voronka.kit.tenancy import company_context
from voronka.orders import services
from voronka.orders.testing import make_order, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def shop(cast):
    return make_shop(cast.owner, tables=100)


def picked(cast, order):
    [box] = services.start_picking(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    return box


def rows_of(page):
    """Return the rows of the page: each as its addresses and its words."""
    text = page.content.decode()
    found = []
    for row in text.split('<li class="v-pick-line">')[1:]:
        row = row[: row.index("</li>")]
        words = " ".join(re.sub(r"<[^>]+>", " ", row).split())
        found.append((set(re.findall(r'(?:href|action)="(/orders/[^"]+)"', row)), words))
    return found


def test_rows_lead_to_boxes_orders_and_the_press(cast, shop):
    waits, other = make_order(cast.owner, shop), make_order(cast.owner, shop, (shop.table, 3))
    box = picked(cast, other)
    page = sign_in(Browser(headers={"Accept-Language": "en"}), cast.owner)
    [(to_box, at_work), (to_order, to_pick)] = rows_of(page.get(reverse("orders:picking")))
    assert to_box == {reverse("orders:shipment", args=[box.public_id])}
    assert to_order == {
        reverse("orders:order", args=[waits.public_id]), reverse("orders:act", args=[waits.public_id, "pick"])
    }  # fmt: skip
    for words, order in ((at_work, other), (to_pick, waits)):
        assert f"№ {order.number}" in words
        assert shop.client.name in words
        assert shop.place.name in words
    assert "3" in at_work


def test_it_takes_as_many_statements_for_many_rows_as_for_two(cast, shop):
    page = sign_in(Browser(), cast.owner)

    def statements():
        with CaptureQueriesContext(
            connection,
        ) as sent:
            assert page.get(reverse("orders:picking")).status_code == 200
        return len(sent)

    make_order(cast.owner, shop)
    picked(cast, make_order(cast.owner, shop))
    statements()
    few = statements()
    for _one in range(4):
        make_order(cast.owner, shop)
        picked(cast, make_order(cast.owner, shop))
    assert statements() == few
