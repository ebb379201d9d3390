"""What a paper said when it was issued, it says for ever; its file is drawn outside of transactions."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pypdfium2
import pytest
from django.db import connection, transaction

from voronka.accounts.testing import make_company
from voronka.billing import services
from voronka.billing.models import Document, DocumentVersion, Requisites
from voronka.billing.queries.papers import form_of, paper_of
from voronka.billing.services import DocumentDraft, LineDraft, keeping
from voronka.billing.services.keeping import keep_file
from voronka.billing.testing import DAY, NOW, make_invoice, make_requisites
from voronka.billing.tests.test_printing import png
from voronka.kit.actors import Actor
from voronka.kit.files import local_path
from voronka.kit.models import StoredFile
from voronka.kit.tenancy import company_context


def move_house(actor, own, **more):
    texts = {"name": "ООО «Новое имя»", "inn": "7707083893", "terms": "Новые условия", "warning": "Новые слова"}
    services.save_requisites(
        actor=actor, public_id=own.public_id, draft=services.RequisitesDraft(texts=texts | more, vat="main")
    )


def test_settings_changed_later_leave_an_issued_paper_alone(inside):
    own = Requisites.objects.get()
    services.set_picture(actor=inside.owner, public_id=own.public_id, slot="stamp", source=BytesIO(png()), now=NOW)
    row, draft = make_invoice(inside.owner), DocumentDraft("invoice", DAY, [LineDraft("Шкаф", price=Decimal(5))])
    held = services.save_draft(actor=inside.owner, draft=draft, now=NOW)
    before = form_of(inside.owner, Document.objects.get(pk=row.pk))
    move_house(inside.owner, own)
    services.set_picture(actor=inside.owner, public_id=own.public_id, slot="stamp", source=None, now=NOW)
    after = form_of(inside.owner, Document.objects.get(pk=row.pk))
    assert (after.blocks, after.author, after.pictures) == (before.blocks, before.author, before.pictures)
    assert set(after.pictures) == {"stamp"}
    assert (
        paper_of(inside.owner, Document.objects.get(pk=held.pk)).seller.name == "ООО «Новое имя»"
    )  # a draft is of now
    issued = services.issue(actor=inside.owner, public_id=held.public_id, now=NOW)
    assert paper_of(inside.owner, issued).terms == ("Новые условия",)


def test_an_own_text_changed_later_leaves_its_papers_alone(inside):
    text = services.save_template(actor=inside.owner, name="Письмо", body="<p>Было {{ number }}</p>")
    draft = DocumentDraft("own", DAY, title="Письмо", template_id=text.public_id)
    row = services.issue_new(actor=inside.owner, draft=draft, now=NOW)
    services.save_template(actor=inside.owner, name="Письмо", body="<p>Стало</p>", public_id=text.public_id)
    assert "Было" in repr(form_of(inside.owner, Document.objects.get(pk=row.pk)).blocks)


def test_a_version_is_drawn_with_what_it_said_of_days_and_titles(inside):
    draft = DocumentDraft(
        "invoice", DAY, [LineDraft("Стол", price=Decimal(5))], due_on=date(2026, 12, 1), title="Раз"
    )
    row = services.issue_new(actor=inside.owner, draft=draft, now=NOW)
    other = DocumentDraft("invoice", DAY, [LineDraft("Стол", price=Decimal(5))], due_on=date(2027, 1, 9), title="Два")
    services.change_issued(actor=inside.owner, public_id=row.public_id, draft=other, version=1, now=NOW)
    first, second = DocumentVersion.objects.order_by("version")
    assert (first.body["issued"]["due"], second.body["issued"]["due"]) == ("2026-12-01", "2027-01-09")
    kept = keep_file(actor=Actor.system(inside.company_id), document_id=row.pk, version=1, now=NOW)
    with local_path(StoredFile.objects.get(public_id=kept)) as path:
        said = pypdfium2.PdfDocument(path.read_bytes())[0].get_textpage().get_text_bounded()
    assert "1 декабря 2026" in said.replace("\xa0", " ") or "01.12.2026" in said


@pytest.mark.django_db(transaction=True)
def test_nothing_is_held_while_a_file_is_drawn(monkeypatch):
    cast = make_company(now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        with transaction.atomic():
            make_requisites(cast.owner)
            row = make_invoice(cast.owner)
        open_ones = []

        def draw(form, *, day):
            open_ones.append(connection.in_atomic_block)
            return b"%PDF-1.7 " + uuid.uuid4().bytes

        monkeypatch.setattr(keeping, "to_pdf", draw)
        system = Actor.system(cast.company_id)
        kept = {keep_file(actor=system, document_id=row.pk, version=1, now=NOW) for _twice in range(2)}
    assert open_ones == [False]
    assert len(kept) == 1
