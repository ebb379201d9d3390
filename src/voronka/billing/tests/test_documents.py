from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pypdfium2
import pytest
from django.db import IntegrityError, transaction

from voronka.accounts.testing import add_person
from voronka.billing import queries, services
from voronka.billing.models import Document, DocumentVersion, Requisites, SeriesYear
from voronka.billing.queries.documents import (
    documents_about,
    family_of,
    find_documents,
    get_document,
    list_requisites,
)
from voronka.billing.services import DocumentDraft, LineDraft
from voronka.billing.services.keeping import keep_file
from voronka.billing.services.printing import to_pdf, to_xlsx
from voronka.billing.testing import DAY, NOW, make_invoice, make_payment
from voronka.kit.actors import Access, Actor
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.files import get_file, local_path
from voronka.kit.models import EventRow
from voronka.people.testing import make_client


def read(actor, row):
    """Return the words of a paper's file as an actor gets it."""
    return pypdfium2.PdfDocument(to_pdf(queries.form_of(actor, row), day=DAY))[0].get_textpage().get_text_bounded()


def test_numbers_follow_one_another_and_begin_anew_each_year(inside):
    assert [make_invoice(inside.owner).number for _turn in range(3)] == ["1", "2", "3"]
    assert make_invoice(inside.owner, kind="upd").number == "1"
    assert make_invoice(inside.owner, day=date(2027, 1, 1)).number == "1"
    services.save_series(
        actor=inside.owner, kind="invoice", pattern="С-{yy}/{n:4}", is_yearly=True, last=873, day=DAY
    )
    assert make_invoice(inside.owner).number == "С-26/0874"
    with pytest.raises(Invalid):
        services.save_series(actor=inside.owner, kind="invoice", pattern="{n}", is_yearly=True, last=5, day=DAY)
    with pytest.raises(Invalid):
        services.save_series(actor=inside.owner, kind="invoice", pattern="нет", is_yearly=True, last=None, day=DAY)


def test_a_refused_paper_gives_its_number_back(inside):
    make_invoice(inside.owner)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make_invoice(inside.owner)
        raise ZeroDivisionError
    assert make_invoice(inside.owner).number == "2"
    assert SeriesYear.objects.get(series__kind="invoice").last == 2


def test_an_invoice_keeps_what_it_said(inside):
    client = make_client(inside.owner, "ООО «Таёжный двор»", inn="2463118405")
    lines = [
        LineDraft("Стол", Decimal(2), Decimal(18900)),
        LineDraft("Доставка", Decimal(1), Decimal(6200), unit="876", vat="none"),
    ]
    draft = DocumentDraft("invoice", DAY, lines, client_id=client.pk, title="Кухня", subject=("deal", 7))
    row = services.issue_new(actor=inside.owner, draft=draft, now=NOW)
    assert (row.amount, row.tax) == (Decimal("44000.00"), Decimal("6816.39"))
    assert row.due_on == DAY + timedelta(days=5)
    assert row.body["lines"][0]["percent"] == "22"
    assert row.body["lines"][1]["percent"] is None
    assert row.body["buyer"]["name"] == "ООО «Таёжный двор»"
    event = EventRow.objects.get(name="billing.DocumentIssued")
    assert event.payload == {
        "document_id": row.pk, "client_id": client.pk, "kind": "invoice", "number": "1", "amount": "44000.00",
        "version": 1,
    }  # fmt: skip
    assert [one.pk for one in documents_about(inside.owner, "deal", 7)] == [row.pk]
    paper = queries.form_of(inside.owner, row)
    text = pypdfium2.PdfDocument(to_pdf(paper, day=row.day))[0].get_textpage().get_text_bounded()
    assert "Счёт на оплату № 1 от 2 ноября 2026 г." in text
    assert to_xlsx(paper).startswith(b"PK")


def test_pressing_twice_issues_once(inside):
    draft = services.save_draft(
        actor=inside.owner, draft=DocumentDraft("invoice", DAY, [LineDraft("Стол", price=Decimal(5))]), now=NOW
    )
    one = services.issue(actor=inside.owner, public_id=draft.public_id, now=NOW)
    two = services.issue(actor=inside.owner, public_id=draft.public_id, now=NOW)
    assert one.number == two.number == "1"
    assert EventRow.objects.filter(name="billing.DocumentIssued").count() == 1


def test_the_rate_is_that_of_the_day_and_a_correction_takes_that_of_its_sale(inside):
    sold = make_invoice(inside.owner, "12200", kind="factura", day=date(2025, 12, 31))
    assert sold.tax == Decimal("2033.33")  # 20/120
    made = services.make_from(actor=inside.owner, public_id=sold.public_id, kind="correction", day=DAY, now=NOW)
    assert made.tax == Decimal("2033.33")
    assert made.body["before"] == sold.body["lines"]
    assert make_invoice(inside.owner, "12200", kind="factura").tax == Decimal("2200.00")  # 22/122
    less = DocumentDraft("correction", DAY, [LineDraft("Кухня «Лофт»", price=Decimal(6000))])
    services.save_draft(actor=inside.owner, draft=less, public_id=made.public_id, now=NOW)
    made.refresh_from_db()
    assert made.tax == Decimal("1000.00")
    assert [one.pk for one in family_of(inside.owner, sold)] == [made.pk]
    with pytest.raises(Invalid):
        services.make_from(
            actor=inside.owner, public_id=make_invoice(inside.owner).public_id, kind="correction", day=DAY, now=NOW
        )


def test_a_correction_is_held_against_its_sale_line_by_line(inside):
    sold = make_invoice(inside.owner, "12200", kind="factura")
    made = services.make_from(actor=inside.owner, public_id=sold.public_id, kind="correction", day=DAY, now=NOW)
    for lines in ([LineDraft("Кухня", price=Decimal(1))] * 2, [LineDraft("Кухня", price=Decimal(1))]):
        draft = DocumentDraft("correction", DAY, lines)
        known = {"public_id": made.public_id} if len(lines) == 2 else {}
        with pytest.raises(Invalid) as caught:
            services.save_draft(actor=inside.owner, draft=draft, now=NOW, **known)
        assert set(caught.value.fields) == {"lines" if known else "kind"}


def test_a_paper_without_lines_has_a_rate_of_its_day_too(inside):
    own = Requisites.objects.get()
    own.vat = "five"
    own.save(update_fields=["vat"])
    with pytest.raises(Invalid) as caught:
        services.save_draft(
            actor=inside.owner, draft=DocumentDraft("contract", date(2024, 12, 31), [], amount=Decimal(5)), now=NOW
        )
    assert set(caught.value.fields) == {"day"}


@pytest.mark.parametrize("body", ["<![x[ y", "<table><tr><td colspan='" + "9" * 5000 + "'>a</td></tr></table>"])
def test_odd_marks_of_own_texts_are_drawn(inside, body):
    template = services.save_template(actor=inside.owner, name="Гарантия", body=body)
    draft = DocumentDraft("own", DAY, [LineDraft("x", price=Decimal(1))], template_id=template.public_id)
    row = services.issue_new(actor=inside.owner, draft=draft, now=NOW)
    assert to_pdf(queries.form_of(inside.owner, row), day=DAY).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([], "lines"),
        ([LineDraft(" ")], "name-1"),
        ([LineDraft("x", Decimal(0))], "quantity-1"),
        ([LineDraft("x", Decimal(-1))], "quantity-1"),
        ([LineDraft("x", Decimal(10) ** 12)], "quantity-1"),
        ([LineDraft("ok", price=Decimal(1)), LineDraft("x", price=Decimal(-1))], "price-2"),
        ([LineDraft("x", price=Decimal(10), discount=Decimal(11))], "discount-1"),
        ([LineDraft("x", vat="19")], "vat-1"),
        ([LineDraft("x", price=Decimal(1))] * 1001, "lines"),
    ],
)
def test_papers_that_cannot_be_are_refused_at_their_place(inside, lines, field):
    with pytest.raises(Invalid) as caught:
        services.issue_new(actor=inside.owner, draft=DocumentDraft("invoice", DAY, lines), now=NOW)
    assert field in caught.value.fields
    assert not Document.objects.exists()


def test_a_changed_paper_keeps_its_number_and_its_earlier_words(inside):
    row = make_invoice(inside.owner, "100")
    changed = services.change_issued(
        actor=inside.owner,
        public_id=row.public_id,
        draft=DocumentDraft("act", date(2027, 5, 5), [LineDraft("Шкаф", price=Decimal(250))]),
        version=1,
        now=NOW,
    )
    assert (changed.number, changed.kind, changed.day, changed.amount, changed.version) == (
        "1",
        "invoice",
        DAY,
        250,
        2,
    )
    assert [one.body["lines"][0]["name"] for one in DocumentVersion.objects.order_by("version")] == [
        "Кухня «Лофт»",
        "Шкаф",
    ]
    with pytest.raises(Conflict):
        services.change_issued(
            actor=inside.owner,
            public_id=row.public_id,
            draft=DocumentDraft("invoice", DAY, [LineDraft("x", price=Decimal(1))]),
            version=1,
            now=NOW,
        )
    make_payment(inside.owner, "200", method="cash")
    services.allocate(
        actor=inside.owner,
        public_id=make_payment(inside.owner, "200", method="cash").public_id,
        parts=[(row.public_id, Decimal(200))],
        now=NOW,
    )
    with pytest.raises(Conflict) as caught:
        services.change_issued(
            actor=inside.owner,
            public_id=row.public_id,
            draft=DocumentDraft("invoice", DAY, [LineDraft("x", price=Decimal(199))]),
            version=2,
            now=NOW,
        )
    assert caught.value.code == "paid_more"


def test_each_version_keeps_its_file(inside):
    row = make_invoice(inside.owner, "100")
    draft = DocumentDraft("invoice", DAY, [LineDraft("Шкаф", price=Decimal(250))])
    services.change_issued(actor=inside.owner, public_id=row.public_id, draft=draft, version=1, now=NOW)
    system = Actor.system(inside.company_id)
    kept = [keep_file(actor=system, document_id=row.pk, version=version, now=NOW) for version in (1, 2, 1)]
    assert kept[0] == kept[2] != kept[1]
    for public_id, words in ((kept[0], "Кухня «Лофт»"), (kept[1], "Шкаф")):
        with local_path(get_file(inside.owner, public_id)) as path:
            assert words in pypdfium2.PdfDocument(path.read_bytes())[0].get_textpage().get_text_bounded()
    hidden = replace(inside.owner, limits={"client.phone": Access.HIDDEN})
    with pytest.raises(NotFound):
        get_file(hidden, kept[0])
    with pytest.raises(NotFound):
        get_file(add_person(inside.owner, "marketer"), kept[0])


def test_a_void_paper_keeps_its_number_and_nothing_hangs_on_it(inside):
    row = make_invoice(inside.owner)
    upd = services.make_from(actor=inside.owner, public_id=row.public_id, kind="upd", day=DAY, now=NOW)
    services.issue(actor=inside.owner, public_id=upd.public_id, now=NOW)
    with pytest.raises(Conflict) as caught:
        services.void_document(actor=inside.owner, public_id=row.public_id, now=NOW)
    assert caught.value.code == "has_others"
    services.void_document(actor=inside.owner, public_id=upd.public_id, now=NOW)
    services.void_document(actor=inside.owner, public_id=row.public_id, reason="ошибка", now=NOW)
    assert make_invoice(inside.owner).number == "2"
    with pytest.raises(Conflict):
        services.issue(actor=inside.owner, public_id=row.public_id, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=row.pk).update(paid=1)


def test_without_requisites_it_is_said_what_to_do(cast, settings):
    from voronka.kit.tenancy import company_context

    with company_context(cast.company_id, employee_id=cast.owner.employee_id), pytest.raises(Invalid) as caught:
        make_invoice(cast.owner)
    assert caught.value.code == "no_requisites"


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"inn": "7707083894"}, "inn"), ({"inn": ""}, "inn"), ({"inn": "500100732259"}, "inn"), ({"kpp": "12"}, "kpp"),
        ({"ogrn": "1027700132196"}, "ogrn"), ({"name": " "}, "name"),
    ],
)  # fmt: skip
def test_requisites_are_held_against_their_control_digits(inside, texts, field):
    whole = {"name": "ООО", "inn": "7707083893", "kpp": "773601001", "ogrn": "1027700132195"}
    services.save_requisites(actor=inside.owner, draft=services.RequisitesDraft(whole))
    with pytest.raises(Invalid) as caught:
        services.save_requisites(actor=inside.owner, draft=services.RequisitesDraft(whole | texts))
    assert field in caught.value.fields


def test_accounts_are_held_against_their_bank(inside):
    own = list_requisites()[0]
    with pytest.raises(Invalid) as caught:
        services.save_account(
            actor=inside.owner,
            requisites_id=own.public_id,
            bank="Б",
            bik="044525225",
            number="40702810438000060474",
            corr_account="",
        )
    assert "number" in caught.value.fields


def test_who_may_and_who_may_not(inside):
    manager, other = inside.colleague, add_person(inside.owner, "manager")
    own = make_client(manager, "Свой Клиент", responsible_id=manager.employee_id)
    row = make_invoice(manager, client_id=own.pk)
    assert get_document(manager, row.public_id).pk == row.pk
    with pytest.raises(NotFound):
        get_document(other, row.public_id)
    with pytest.raises(NotFound):
        services.void_document(actor=other, public_id=row.public_id, now=NOW)
    storekeeper = add_person(inside.owner, "storekeeper")
    assert get_document(storekeeper, row.public_id).pk == row.pk
    with pytest.raises(Denied):
        services.void_document(actor=storekeeper, public_id=row.public_id, now=NOW)
    with pytest.raises(Denied):
        make_payment(manager)
    row.refresh_from_db()
    assert row.state == "issued"


def test_papers_are_found_by_their_words(inside):
    row = make_invoice(inside.owner)
    make_invoice(inside.owner, kind="upd")
    services.issue_new(
        actor=inside.owner,
        draft=DocumentDraft("invoice", DAY, [LineDraft("Диван угловой", price=Decimal(1))]),
        now=NOW,
    )
    assert len(find_documents(inside.owner, "лофт")) == 2
    assert [one.number for one in find_documents(inside.owner, "угловой ДИВАН")] == ["2"]
    assert find_documents(inside.owner, "  ") == []
    assert row.pk in [one.pk for one in find_documents(inside.owner, "кухня")]


def test_a_paper_says_nothing_of_a_client_that_is_hidden_from_its_reader(inside):
    client = make_client(
        inside.owner, "ООО «Таёжный двор»", inn="2463118405", phone="+73912201470", address="ул. Телевизорная, д. 1"
    )
    row = make_invoice(inside.owner, client_id=client.pk)
    hidden = {"client.requisites": Access.HIDDEN, "client.phone": Access.HIDDEN, "client.address": Access.HIDDEN}
    reader = replace(inside.owner, limits=hidden)
    for actor, seen in ((inside.owner, True), (reader, False)):
        text = (
            pypdfium2.PdfDocument(to_pdf(queries.form_of(actor, row), day=DAY))[0].get_textpage().get_text_bounded()
        )
        assert ("2463118405" in text) is seen
        assert ("Телевизорная" in text) is seen
        assert ("220-14-70" in text) is seen
        assert "Таёжный двор" in text


def test_an_own_text_becomes_a_paper(inside):
    body = (
        "<h1>Гарантия № {{ number }}</h1><p align=center>{{ buyer.name }} и <b>{{ seller.name }}</b></p>"
        "<ol><li>Раз<li>Два</ol>"
        "<table><tr><th>Что<th>Сколько{% for line in lines %}"
        "<tr><td>{{ line.name }}<td align=right>{{ line.sum | money }}{% endfor %}</table>"
        "<script>alert(1)</script><img src='file:///etc/passwd'><img src='http://127.0.0.1/x'>"
    )
    template = services.save_template(actor=inside.owner, name="Гарантия", body=body)
    client = make_client(inside.owner, "<b>Иван</b> & Ко")
    draft = DocumentDraft(
        "own", DAY, [LineDraft("Кухня", price=Decimal(5))], client_id=client.pk, template_id=template.public_id
    )
    row = services.issue_new(actor=inside.owner, draft=draft, now=NOW)
    text = (
        pypdfium2.PdfDocument(to_pdf(queries.form_of(inside.owner, row), day=DAY))[0]
        .get_textpage()
        .get_text_bounded()
    )
    for words in ("Гарантия № 1", "Ладная кухня", "1.", "Два", "Кухня", "<b>Иван</b> & Ко"):
        assert words in text
    assert "alert" not in text


@pytest.mark.parametrize("body", ["{{ nobody.name }}", "{% if %}", "", "{{ seller.name"])
def test_broken_own_texts_are_told(inside, body):
    with pytest.raises(Invalid) as caught:
        services.save_template(actor=inside.owner, name="x", body=body)
    assert "body" in caught.value.fields
