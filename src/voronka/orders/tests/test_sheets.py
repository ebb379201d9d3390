"""Pick sheets on paper: what stands on them, in what order, whose orders, and their codes read back."""

import io
import uuid

import pypdfium2
import pytest
import zxingcpp
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from voronka.accounts.testing import add_person, make_company, sign_in, user_of
from voronka.catalogue.models import Barcode
from voronka.catalogue.rules.barcodes import key_of
from voronka.kit.tenancy import company_context
from voronka.orders import services
from voronka.orders.models import Shipment
from voronka.orders.queries.picks import picks_of
from voronka.orders.testing import make_order, make_shop
from voronka.stock.testing import make_place, stock_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def shop(cast, now):
    found = make_shop(cast.owner, now=now)
    Barcode.objects.create(variant=found.table, value="4600000000015", key=key_of("4600000000015"), kind="ean13")
    return found


@pytest.fixture
def page(client, cast):
    user = user_of(cast.owner)
    user.language = "en"
    user.save(update_fields=["language"])
    sign_in(client, cast.owner)
    return client


def read(response):
    """Return the words of each page of a PDF, and the codes that a reader finds on it."""
    assert response.status_code == 200, response.content[:500]
    assert response["Content-Type"] == "application/pdf"
    body = b"".join(response.streaming_content)
    document = pypdfium2.PdfDocument(io.BytesIO(body))
    try:
        found = []
        for one in document:
            words = " ".join(one.get_textpage().get_text_bounded().split())
            picture = one.render(scale=200 / 72, grayscale=True).to_numpy()
            codes = [code.text for code in zxingcpp.read_barcodes(picture.reshape(picture.shape[:2]))]
            found.append((words, codes))
        return found
    finally:
        document.close()


def test_a_shipment_has_its_sheet_of_what_is_not_in_the_box(page, cast, shop, now):
    order = make_order(cast.owner, shop, (shop.table, 2), (shop.chair, 3), now=now, comment="Call <b>before</b> #x")
    services.start_picking(order.public_id, actor=cast.owner, now=now, operation=uuid.uuid4())
    row = Shipment.objects.get()
    services.scan_pack(row.public_id, shop.table.code, actor=cast.owner, now=now, operation=uuid.uuid4())
    assert "sheet.pdf" in page.get(reverse("orders:shipment", args=[row.public_id])).content.decode()
    [(words, codes)] = read(page.get(reverse("orders:shipment-sheet", args=[row.public_id])))
    assert f"Order № {order.number}" in words
    assert "Call <b>before</b> #x" in words, "what people wrote is text"
    assert "4600000000015 1" in words, "one of two tables is in the box"
    assert "3" in words.split(shop.chair.code)[1]
    assert str(order.number) in codes
    services.set_picked(row.public_id, actor=cast.owner, now=now)
    assert page.get(reverse("orders:shipment-sheet", args=[row.public_id])).status_code == 422
    assert "sheet.pdf" not in page.get(reverse("orders:shipment", args=[row.public_id])).content.decode()


def test_a_wave_adds_up_its_orders_by_place_and_article(page, cast, shop, now):
    salon = make_place(cast.owner, "Salon", "shop", priority=200)
    stock_up(cast.owner, shop.chair.pk, salon, 50, now=now)
    first = make_order(cast.owner, shop, (shop.chair, 30), (shop.table, 1), now=now)
    second = make_order(cast.owner, shop, (shop.chair, 4), now=now)
    far = make_order(cast.owner, shop, (shop.chair, 20), now=now)  # the warehouse has six chairs left
    services.start_picking(second.public_id, actor=cast.owner, now=now, operation=uuid.uuid4())
    assert 'name="id"' in page.get(reverse("orders:picking")).content.decode()
    with CaptureQueriesContext(connection) as counted:
        found = picks_of(cast.owner, [first.public_id, second.public_id, far.public_id])
    assert len(counted) == 7, [one["sql"][:90] for one in counted]
    assert sum(len(one.lines) for one in found) >= 4
    pages = read(page.get(reverse("orders:wave-sheet"), {"id": [first.public_id, second.public_id, far.public_id]}))
    together = pages[0][0]
    assert "Wave of picking" in together
    assert f"{first.number} × 30" in together
    assert f"{second.number} × 4" in together
    assert together.index(shop.place.name) < together.index("Salon"), "places stand in their order"
    assert len(pages) == 1 + len(found)
    assert {code for _words, codes in pages[1:] for code in codes} >= {
        str(one.number) for one in (first, second, far)
    }
    codes = sorted([shop.chair.code, shop.table.code])
    own = next(words for words, _codes in pages[1:] if f"Order № {first.number}" in words)
    assert own.index(codes[0]) < own.index(codes[1]), "by article"


def test_one_order_needs_no_wave_and_nothing_to_pick_is_said(page, cast, shop, now):
    order = make_order(cast.owner, shop, (shop.chair, 1), now=now)
    sheet = reverse("orders:wave-sheet")
    assert len(read(page.post(sheet, {"id": [order.public_id]}))) == 1
    assert page.get(sheet).status_code == 422
    assert page.get(sheet, {"id": ["no-such\0"]}).status_code == 422
    assert page.get(sheet, {"id": [f"x{one}" for one in range(101)]}).status_code == 422
    services.cancel(order.public_id, actor=cast.owner, now=now, cause="no")
    assert page.get(sheet, {"id": [order.public_id]}).status_code == 422


def test_the_code_of_a_sheet_opens_its_order(page, cast, shop, now):
    order = make_order(cast.owner, shop, (shop.chair, 1), now=now)
    picking = reverse("orders:picking")
    assert page.get(picking, {"code": str(order.number)}).url == reverse("orders:order", args=[order.public_id])
    services.start_picking(order.public_id, actor=cast.owner, now=now, operation=uuid.uuid4())
    box = reverse("orders:shipment", args=[Shipment.objects.get().public_id])
    assert page.get(picking, {"code": f"№ {order.number}"}).url == box
    lost = page.get(picking, {"code": "99999"}, follow=True)
    assert "There is no order № 99999." in lost.content.decode()


def test_who_may_not_ship_gets_no_sheet(client, cast, shop, now):
    order = make_order(cast.owner, shop, (shop.chair, 1), now=now)
    sign_in(client, add_person(cast.owner, "reader"))
    assert client.get(reverse("orders:wave-sheet"), {"id": [order.public_id]}).status_code == 403
