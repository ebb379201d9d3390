"""Buttons issue papers and note payments; undo takes both back by counter-entries."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from voronka.billing.models import Allocation, Document, Payment
from voronka.billing.queries.debts import open_of_subject
from voronka.billing.services import documents, payments
from voronka.billing.steps import IssueDocument, NotePaid
from voronka.billing.testing import make_requisites
from voronka.deals.models import Press
from voronka.deals.services import pressing
from voronka.deals.services.undoing import undo
from voronka.deals.testing import NOON, Shop, make_deal, make_shop, press
from voronka.kit.errors import Conflict
from voronka.kit.steps import StepContext
from voronka.kit.subjects import Subject


@pytest.fixture
def shop(db: None) -> Shop:
    return make_shop()


class NoDraft:
    def capability(self, wanted):
        raise LookupError(wanted)


def context(actor, deal, **answers):
    return StepContext(
        subject=Subject("deal", deal.pk), client_id=deal.client_id, actor=actor, now=NOON, cause=uuid.uuid4(),
        draft=NoDraft(), answers=answers, facts={"title": "Кухня «Лофт»", "sum": "", "stage": ""},
    )  # fmt: skip


def test_a_button_issues_an_invoice_of_the_deal_and_another_notes_that_it_is_paid(shop):
    with shop.as_(shop.cast.owner) as me:
        make_requisites(me)
        deal = make_deal(me)
        made = context(me, deal, document_sum=Decimal(118000))
        assert "118" in IssueDocument().preview(made)[0].words
        assert not Document.objects.exists()
        assert IssueDocument().run(made)[0].words.endswith("№ 1")
        row = Document.objects.get()
        assert (row.amount, row.subject_kind, row.subject_id, row.cause) == (118000, "deal", deal.pk, made.cause)
        part = context(me, deal, paid_sum=Decimal(18000))
        NotePaid().run(part)
        row.refresh_from_db()
        assert row.paid == 18000
        whole = context(me, deal)
        NotePaid(method="cash").run(whole)
        assert open_of_subject("deal", deal.pk) is None
        assert not NotePaid().preview(context(me, deal))[0].happens
        with pytest.raises(Conflict):
            NotePaid().run(context(me, deal))
        with pytest.raises(Conflict):
            documents.void_caused(actor=me, cause=made.cause, now=NOON)  # money lies on it
        for one in (whole, part):
            payments.void_caused(actor=me, cause=one.cause, now=NOON)
        assert documents.void_caused(actor=me, cause=made.cause, now=NOON) == ["1"]
        assert documents.void_caused(actor=me, cause=made.cause, now=NOON) == []
        row.refresh_from_db()
        assert (row.state, row.paid) == ("void", 0)
        assert sum(Allocation.objects.values_list("amount", flat=True)) == 0
        assert set(Payment.objects.values_list("settled", flat=True)) == {"void"}


def test_undo_of_a_press_voids_what_it_issued(shop, monkeypatch):
    """The press is one of the shop's own; the paper is written under its cause, as its step would do."""
    with shop.as_(shop.cast.owner) as me:
        make_requisites(me)
        deal = make_deal(me)
        done = press(me, deal, "miss", "silent")
        cause = Press.objects.get(pk=done.press_id).cause
        line = documents.LineDraft(name="Кухня", price=Decimal(5))
        draft = documents.DocumentDraft("invoice", NOON.date(), [line], client_id=deal.client_id)
        row = documents.issue_new(actor=me, draft=draft, now=NOON, cause=cause)
        undo(actor=me, press_id=done.press_id, now=NOON + timedelta(seconds=5))
        row.refresh_from_db()
        assert row.state == "void"
        assert timedelta(seconds=10) == pressing.UNDO
