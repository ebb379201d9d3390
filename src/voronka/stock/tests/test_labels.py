"""Labels: what stands on the page is read back by somebody else's reader; tags remember their price."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts.testing import add_person, make_company, sign_in
from voronka.catalogue.models import Price
from voronka.catalogue.testing import make_goods, make_supplier
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.kit.tenancy import company_context
from voronka.stock.models import DocumentLine, TagPrint
from voronka.stock.rules import codes
from voronka.stock.services import documents
from voronka.stock.services.labels import Copies, Look, copies_of_paper, print_labels, tags_to_change
from voronka.stock.testing import make_place, stock_up
from voronka.stock.views.labels import SHEET_WORDS, _typed

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
FORMATS = {"ean13": "EAN13", "ean8": "EAN8", "code128": "Code128", "qr": "QRCode", "datamatrix": "DataMatrix"}


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


def read(pdf, *, page=0, dpi=600):
    """Return what a reader finds on a page: kind without signs between letters, and text."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        picture = document[page].render(scale=dpi / 72, grayscale=True).to_numpy()
        found = zxingcpp.read_barcodes(picture.reshape(picture.shape[:2]))
        return [(one.format.name.replace("-", "").replace("_", "").replace(" ", ""), one.text) for one in found]
    finally:
        document.close()


def pages(pdf):
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in document]
    finally:
        document.close()


@given(st.integers(0, 10**12 - 1), st.integers(0, 10**7 - 1))
def test_the_check_digit_is_that_of_the_standard(long, short):
    for digits in (f"{long:012d}", f"{short:07d}"):
        whole = digits + codes.check_digit(digits)
        assert sum(int(one) * (3 if place % 2 else 1) for place, one in enumerate(reversed(whole))) % 10 == 0
        assert codes.best_kind(whole) == ("ean13" if len(whole) == 13 else "ean8")
        wrong = digits + str((int(codes.check_digit(digits)) + 1) % 10)
        assert codes.best_kind(wrong) == "code128"
        with pytest.raises(codes.BadCode):
            codes.encode("ean13" if len(wrong) == 13 else "ean8", wrong)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("ean13", "400638133393"), ("ean13", "40063813339３1"), ("ean8", "96385075"), ("code128", "Стул"), ("code128", ""),
     ("code128", "x" * 49), ("qr", ""), ("datamatrix", "x" * 301)],
)  # fmt: skip
def test_what_a_code_cannot_say_is_refused(kind, text):
    with pytest.raises(codes.BadCode):
        codes.encode(kind, text)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_drawn_runs_are_the_modules_themselves(text):
    code = codes.encode("code128", text)
    drawn = [["0"] * code.width for _row in range(1)]
    for piece in codes.svg(code).split('d="')[1].split('"')[0].split("z")[:-1]:
        start, _, rest = piece.removeprefix("M").partition(" ")
        width = int(rest.split("h")[1].split("v")[0])
        for at in range(int(start), int(start) + width):
            drawn[0][at] = "1"
    assert "".join(drawn[0]) == "0" * 10 + code.rows[0] + "0" * 10


def test_every_sheet_fits_its_page_and_has_a_name():
    assert set(SHEET_WORDS) == set(codes.SHEETS)
    for sheet in codes.SHEETS.values():
        for side, count in ((0, sheet.columns), (1, sheet.rows)):
            assert sheet.edge[side] + count * sheet.label[side] + (count - 1) * sheet.gap[side] <= sheet.page[side]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sheet", "kind", "code", "barcode", "article"),
    [
        ("roll-58x40", "label", "", "4006381333931", "СТ-1"),
        ("roll-30x20", "label", "ean8", "96385074", "СТ-1"),
        ("roll-30x20", "label", "", "4006381333931", "СТ-1"),
        ("roll-58x30", "label", "code128", "", "ST-120-W"),
        ("a4-3x8", "label", "qr", "", "Стул «Брусок»-7"),
        ("roll-43x25", "label", "datamatrix", "", "BR-ST-GR-120"),
        ("a4-4x10", "label", "datamatrix", "", "Стул-7"),
        ("a4-2x5", "tag", "", "4006381333931", "СТ-1"),
        ("roll-58x40", "tag", "qr", "", "ST-9"),
    ],
)
def test_codes_are_read_back_from_the_page(cast, sheet, kind, code, barcode, article):
    good = make_goods("Стул «Брусок», дуб, ткань «графит», очень длинное название с размерами 450 × 520 × 830",
                      code=article, barcode=barcode, price="12900.00")  # fmt: skip
    pdf = print_labels([Copies(good.pk)], Look(kind, sheet, code, with_price=True), actor=cast.owner, now=NOW)
    text = barcode or article
    wanted = code or codes.best_kind(text)
    assert (FORMATS[wanted], text) in read(pdf)
    assert pages(pdf) == [tuple(round(float(side)) for side in codes.SHEETS[sheet].page)]


@pytest.mark.django_db
def test_copies_go_on_over_pages_after_labels_that_are_used(cast):
    good, other = make_goods("Полка", barcode="4006381333931"), make_goods("Крючок", barcode="96385074")
    look = Look("label", "a4-3x8", skip=20)
    pdf = print_labels([Copies(good.pk, 3), Copies(other.pk, 26)], look, actor=cast.owner, now=NOW)
    assert len(pages(pdf)) == 3
    first = sorted(read(pdf, dpi=300))
    assert first == [("EAN13", "4006381333931")] * 3 + [("EAN8", "96385074")]
    assert len(read(pdf, page=1, dpi=300)) == 24
    assert len(read(pdf, page=2, dpi=300)) == 1


@pytest.mark.django_db
def test_only_tags_whose_price_changed_since_they_were_printed_are_asked_for(cast):
    place, second = make_place(cast.owner), make_place(cast.owner, "Другой")
    chair, shelf = make_goods("Стул", price="900.00"), make_goods("Полка", price="500.00")
    hook = make_goods("Крючок", price="50.00")
    stock_up(cast.owner, hook.pk, place, 3, now=NOW)
    look = Look("tag", "a4-2x5", place_id=place.pk)
    print_labels([Copies(chair.pk), Copies(shelf.pk)], look, actor=cast.owner, now=NOW)
    assert tags_to_change(place.pk, now=NOW) == []
    assert tags_to_change(place.pk, now=NOW, with_new=True) == [Copies(hook.pk)]
    later = NOW + timedelta(days=1)
    Price.objects.filter(variant=chair).update(until=later)
    Price.objects.create(variant=chair, kind=chair.prices.get().kind, amount=Decimal("950.00"), since=later)
    assert tags_to_change(place.pk, now=later) == [Copies(chair.pk)]
    assert tags_to_change(second.pk, now=later) == []
    print_labels([Copies(chair.pk)], look, actor=cast.owner, now=later)
    assert tags_to_change(place.pk, now=later) == []
    assert TagPrint.objects.get(variant=chair).price == 950
    print_labels([Copies(shelf.pk)], Look("label", "roll-58x40"), actor=cast.owner, now=later)
    assert TagPrint.objects.count() == 2


@pytest.mark.django_db
def test_a_receipt_gives_as_many_labels_as_came(cast):
    place, chair, shelf = make_place(cast.owner), make_goods("Стул"), make_goods("Полка")
    paper = documents.make_document(
        documents.Heading("receipt", target_id=place.pk, supplier_id=make_supplier().pk),
        [documents.Wanted(chair.pk, Decimal(6)), documents.Wanted(shelf.pk, Decimal(2))], actor=cast.owner, now=NOW,
    )  # fmt: skip
    assert copies_of_paper(paper.public_id) == [Copies(chair.pk, 6), Copies(shelf.pk, 2)]
    DocumentLine.objects.filter(variant=chair).update(done=4)
    paper.state = "done"
    paper.save()
    assert copies_of_paper(paper.public_id) == [Copies(chair.pk, 4)]


@pytest.mark.django_db
def test_typed_lines_name_articles_with_their_counts(cast):
    chair, odd = make_goods("Стул", code="СТ-1", barcode="4006381333931"), make_goods("Болт", code="M6 x 20")
    assert _typed("СТ-1 × 3\n\n4006381333931\nM6 x 20\nM6 x 20 х 2") == [
        Copies(chair.pk, 3), Copies(chair.pk, 1), Copies(odd.pk, 1), Copies(odd.pk, 2),
    ]  # fmt: skip
    with pytest.raises(Invalid, match="НЕТ-1"):
        _typed("НЕТ-1")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("look", "count", "error"),
    [
        (Look(sheet="roll-1x1"), 1, Invalid), (Look(kind="flag"), 1, Invalid), (Look(code="aztec"), 1, Invalid),
        (Look(), 0, Invalid), (Look(), 2_001, Invalid), (Look(skip=1), 1, Invalid), (Look(skip=-1), 1, Invalid),
        (Look(kind="tag"), 1, Conflict), (Look(code="ean13"), 1, Invalid), (Look(sheet="roll-30x20"), 1, Invalid),
    ],
)  # fmt: skip
def test_what_cannot_be_printed_is_refused_and_remembers_nothing(cast, look, count, error):
    good = make_goods("Стул", code="A-VERY-LONG-ARTICLE-OF-A-CHAIR", price=None)
    with pytest.raises(error):
        print_labels([Copies(good.pk, count)], look, actor=cast.owner, now=NOW)
    assert not TagPrint.objects.exists()


@pytest.mark.django_db
def test_whoever_may_not_print_does_not(cast):
    reader = add_person(cast.owner, "reader", now=NOW)
    with pytest.raises(Denied):
        print_labels([Copies(make_goods().pk)], Look(), actor=reader, now=NOW)


@pytest.mark.django_db
def test_a_receipt_and_a_search_for_goods_lead_to_labels(cast):
    place, chair = make_place(cast.owner), make_goods("Стул")
    paper = documents.make_document(
        documents.Heading("receipt", target_id=place.pk, supplier_id=make_supplier().pk),
        [documents.Wanted(chair.pk, Decimal(6))], actor=cast.owner, now=NOW,
    )  # fmt: skip
    browser = sign_in(Browser(), cast.owner)
    link = f"/stock/labels/?paper={paper.public_id}"
    assert link in browser.get(f"/stock/papers/{paper.public_id}/").content.decode()
    assert browser.get(link).status_code == 200
    found = browser.get("/goods/", {"q": "Стул"}).content.decode()
    assert "/stock/labels/?q=%D0%A1%D1%82%D1%83%D0%BB" in found
    assert "/stock/labels/?q=" not in browser.get("/goods/", {"q": "Стул", "f.on_sale": "yes"}).content.decode()
