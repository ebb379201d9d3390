"""Papers of an order: its buyer and lines to the kopeck, parts of it by shipments, and what has come told to it."""

import uuid
from decimal import Decimal

from django.test import Client as Browser

from voronka.accounts.testing import sign_in
from voronka.billing import services
from voronka.billing.models import Document
from voronka.billing.services.orders import _part
from voronka.billing.services.subjects import draft_about, tell_paid
from voronka.billing.testing import DAY, NOW, make_payment
from voronka.billing.tests.test_pages import said
from voronka.kit.sold import SoldLine
from voronka.kit.subjects import Subject
from voronka.orders import services as orders
from voronka.orders.models import DeliveryMethod
from voronka.orders.testing import make_order, make_shop

D = Decimal


def test_a_paper_of_an_order_comes_to_its_total(inside):
    shop = make_shop(inside.owner)
    order = make_order(inside.owner, shop, (shop.table, 2), (shop.chair, 3), delivery_cost=D("350.50"))
    draft = draft_about(Subject("order", order.pk), kind="invoice", day=DAY)
    row = services.issue_new(actor=inside.owner, draft=draft, now=NOW)
    assert (row.amount, row.client_id, row.subject_id) == (order.total, shop.client.pk, order.pk)
    assert [one["name"] for one in row.body["lines"]] == ["Стол обеденный", "Стул", "Доставка"]
    payment = make_payment(inside.owner, str(order.total), method="cash")
    services.allocate(actor=inside.owner, public_id=payment.public_id, parts=[(row.public_id, order.total)], now=NOW)
    tell_paid(row.pk, now=NOW)
    order.refresh_from_db()
    assert order.paid == order.total


def test_the_delivery_of_an_order_has_its_own_rate_on_paper(inside):
    shop = make_shop(inside.owner)
    DeliveryMethod.objects.filter(kind="courier").update(vat="none", cost=D(300), free_from=None)
    courier = DeliveryMethod.objects.get(kind="courier")
    order = make_order(inside.owner, shop, (shop.table, 1), delivery=courier.public_id)
    draft = draft_about(Subject("order", order.pk), kind="invoice", day=DAY)
    assert [one.vat for one in draft.lines] == ["main", "none"]
    row = services.issue_new(actor=inside.owner, draft=draft, now=NOW)
    assert row.tax == order.tax


def test_the_editor_begins_with_the_order(inside):
    shop = make_shop(inside.owner)
    order = make_order(inside.owner, shop, (shop.table, 2))
    browser = sign_in(Browser(), inside.owner)
    page = said(browser.get(f"/money/documents/new/?kind=upd&order={order.public_id}"))
    assert 'value="Стол обеденный"' in page
    sent = {"kind": "upd", "order": order.public_id, "act": "issue", "line_name": ["Стол обеденный"],
            "line_quantity": ["2"], "line_price": ["1000"], "client": shop.client.public_id}  # fmt: skip
    assert browser.post("/money/documents/new/", sent).status_code == 302
    row = Document.objects.get()
    assert (row.subject_kind, row.subject_id, row.kind) == ("order", order.pk, "upd")
    assert browser.get("/money/documents/new/?order=nobody").status_code == 404


def test_an_order_shows_its_papers_and_money(inside):
    shop = make_shop(inside.owner)
    order = make_order(inside.owner, shop, (shop.table, 2))
    browser = sign_in(Browser(), inside.owner)
    place = f"/money/orders/{order.public_id}"
    assert place in said(browser.get(f"/orders/{order.public_id}/"))
    empty = said(browser.get(place))
    assert f"kind=upd&amp;order={order.public_id}" in empty
    row = services.issue_new(
        actor=inside.owner, draft=draft_about(Subject("order", order.pk), kind="invoice", day=DAY), now=NOW
    )
    payment = make_payment(inside.owner, "777", method="cash")
    services.allocate(actor=inside.owner, public_id=payment.public_id, parts=[(row.public_id, D(777))], now=NOW)
    full = said(browser.get(place))
    assert f"/money/documents/{row.public_id}/" in full
    assert f"/money/payments/{payment.public_id}/" in full
    assert "777 ₽" in full
    services.take_back(
        actor=inside.owner, allocation_id=payment.allocations.get(reverses=None).public_id, now=NOW
    )  # fmt: skip
    assert "/money/payments/" not in said(browser.get(place))
    assert browser.get("/money/orders/nobody").status_code == 404


def test_a_shipment_leads_to_its_transfer_document(inside):
    shop = make_shop(inside.owner)
    order = make_order(inside.owner, shop, (shop.table, 2))
    (shipment,) = orders.start_picking(order.public_id, actor=inside.owner, now=NOW, operation=uuid.uuid4())
    browser = sign_in(Browser(), inside.owner)
    page = said(browser.get(f"/orders/shipments/{shipment.public_id}/"))
    target = f"/money/documents/new/?kind=upd&amp;order={order.public_id}&amp;shipment={shipment.public_id}"
    assert target in page
    assert 'value="Стол обеденный"' in said(browser.get(target.replace("&amp;", "&")))


def test_shares_of_a_discount_over_shipments_make_it_whole():
    line = SoldLine("Стол", D(3), D(100), discount=D("10.00"))
    parts = [_part(line, D(done), D(1)) for done in range(3)]
    assert [one.discount for one in parts] == [D("3.33"), D("3.34"), D("3.33")]
    assert sum(one.discount for one in parts) == line.discount
