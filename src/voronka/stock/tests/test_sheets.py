"""Papers of the store as PDF: what stands on each kind, for whom costs stand there, codes that find them."""

import io
import uuid
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse
from django.utils import timezone

from voronka.accounts.testing import add_person, make_company, sign_in, user_of
from voronka.catalogue.testing import make_goods, make_supplier
from voronka.kit.errors import Invalid
from voronka.kit.tenancy import company_context
from voronka.stock import services
from voronka.stock.services import Column, Heading, Reading, Sheet, Wanted, print_sheets
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
def store(cast, now):
    place = make_place(cast.owner, "Store")
    chair, table = make_goods("Chair", price="5.00"), make_goods("Table", price="9.00")
    stock_up(cast.owner, chair.pk, place, 10, now=now)
    return place, make_place(cast.owner, "Shop", "shop"), chair, table


@pytest.fixture
def page(client, cast):
    return sign_in_english(client, cast.owner)


def sign_in_english(client, actor):
    user = user_of(actor)
    user.language = "en"
    user.save(update_fields=["language"])
    sign_in(client, actor)
    return client


def read(page, paper):
    """Return the words of a paper's PDF, and the codes that a reader finds on its first page."""
    response = page.get(reverse("stock:paper-sheet", args=[paper.public_id]))
    assert response.status_code == 200, response.content[:500]
    return words_of(b"".join(response.streaming_content))


def words_of(body):
    document = pypdfium2.PdfDocument(io.BytesIO(body))
    try:
        words = " ".join(" ".join(one.get_textpage().get_text_bounded().split()) for one in document)
        picture = document[0].render(scale=200 / 72, grayscale=True).to_numpy()
        return words, [one.text for one in zxingcpp.read_barcodes(picture.reshape(picture.shape[:2]))]
    finally:
        document.close()


def make(cast, now, heading, *lines):
    return services.make_document(heading, [Wanted(*one) for one in lines], actor=cast.owner, now=now)


def test_an_order_to_a_supplier_has_its_costs_and_sum(page, client, cast, store, now):
    place, _shop, chair, table = store
    supplier = make_supplier("Opt & Co")
    order = make(
        cast, now, Heading("purchase", target_id=place.pk, supplier_id=supplier.pk, comment="by #noon"),
        (chair.pk, Decimal(3), Decimal("1234.50")), (table.pk, Decimal("2.5"), Decimal(100)),
    )  # fmt: skip
    words, codes = read(page, order)
    for said in ("Purchase order № 1", "Opt & Co", "by #noon", "1 234.50", "3 703.50", "250.00", "3 953.50", "2.5"):
        assert said in words, said
    assert codes == ["PURCHASE-1"]
    assert "sheet.pdf" in page.get(reverse("stock:paper", args=[order.public_id])).content.decode()
    seen, _codes = read(sign_in_english(client, add_person(cast.owner, "storekeeper")), order)
    assert "Purchase order № 1" in seen
    assert "1 234.50" not in seen, "who may not see costs gets none on paper"


def test_a_receipt_has_room_to_write_and_then_what_came(page, cast, store, now):
    place, _shop, chair, table = store
    receipt = make(cast, now, Heading("receipt", target_id=place.pk, partner_number="T-77"),
                   (chair.pk, Decimal(3)), (table.pk, Decimal(2)))  # fmt: skip
    words, codes = read(page, receipt)
    assert "T-77" in words
    assert "Difference" in words
    assert codes == ["RECEIPT-1"]
    assert "−1" not in words
    services.scan(receipt.pk, [Reading(uuid.uuid4(), Decimal(2), variant_id=chair.pk),
                               Reading(uuid.uuid4(), Decimal(2), variant_id=table.pk)],
                  actor=cast.owner, now=now)  # fmt: skip
    words, _codes = read(page, receipt)
    assert "−1" in words
    assert "Received by" in words


@pytest.mark.parametrize(
    ("kind", "said"),
    [("transfer", "Handed over by"), ("write_off", "Member of the commission"), ("back", "Received by"),
     ("count", "Counted by")],
)  # fmt: skip
def test_each_kind_has_those_who_sign_it(page, cast, store, now, kind, said):
    place, shop, chair, _table = store
    ends = {"transfer": {"target_id": shop.pk}, "back": {"supplier_id": make_supplier("Opt").pk}}
    paper = make(cast, now, Heading(kind, source_id=place.pk, **ends.get(kind, {})), (chair.pk, Decimal(1)))
    words, codes = read(page, paper)
    assert said in words
    assert "Store" in words
    assert chair.code in words
    assert codes == [f"{kind.upper().replace('_', '-')}-1"]
    found = page.get(reverse("stock:papers"), {"q": codes[0].lower()}).content.decode()
    assert paper.public_id in found, "the list finds a paper by its code"


def test_a_paper_without_lines_is_no_sheet(page, cast, store, now):
    paper = make(cast, now, Heading("count", source_id=store[0].pk))
    assert page.get(reverse("stock:paper-sheet", args=[paper.public_id])).status_code == 422


def test_long_sheets_repeat_their_head_and_number_their_pages(cast, now):
    columns = [Column("Wares", 3), Column("", 1, "center", is_box=True)]
    rows = [["Shelf A"], *([f"thing {one}", ""] for one in range(120))]
    made = print_sheets([Sheet("Long", columns, rows), Sheet("Short", columns, [["one", ""]])],
                        title="x", foot="Firm", actor=cast.owner, now=now)  # fmt: skip
    words, _codes = words_of(made)
    assert words.count("Wares") >= 4
    assert "3 / 3" in words or "4 / 4" in words
    assert "1 / 1" in words, "each sheet counts its own pages"
    with pytest.raises(Invalid):
        print_sheets([Sheet("None", columns, [])], title="x", foot="", actor=cast.owner, now=now)
    with pytest.raises(Invalid):
        print_sheets([Sheet("Much", columns, [["x", ""]] * 6_001)], title="x", foot="", actor=cast.owner, now=now)
