"""Papers of whatever sells something take its buyer and lines, and it is told what has come for them."""

from decimal import Decimal

import pytest

from voronka.billing import services
from voronka.billing.models import Document
from voronka.billing.services.subjects import draft_about, tell_paid
from voronka.billing.testing import DAY, NOW, make_payment
from voronka.kit import subjects
from voronka.kit.sold import Sold, SoldLine, TakesPaid
from voronka.kit.subjects import Subject, SubjectKind, find_capability, offer, register_subject
from voronka.people.testing import make_client

D = Decimal


class Cart:
    """A record that sells, as an order will be."""

    told: list[Decimal] = []
    buyer: int | None = None

    def __init__(self, pk):
        self.pk = pk

    def buyer_id(self):
        return self.buyer

    def sold_lines(self):
        if self.pk == 2:
            return []
        return [
            SoldLine("Стол", D(2), D("1500.50"), discount=D("1.00"), code="T-1", vat="reduced"),
            SoldLine("Сборка", D(1), D(700), is_service=True),
        ]

    def paper_name(self):
        return "Заказ № 7 от 02.11.2026"

    def with_tax(self):
        return True

    def take_paid(self, paid, now):
        Cart.told.append(paid)


@pytest.fixture
def cart(inside, monkeypatch):
    monkeypatch.setattr(subjects, "_kinds", dict(subjects._kinds))
    monkeypatch.setattr(Cart, "told", [])
    monkeypatch.setattr(Cart, "buyer", make_client(inside.owner, "Анна").pk)
    register_subject(SubjectKind("cart", "cart", str, lambda ids: {}, {Sold: Cart}))
    offer("cart", TakesPaid, Cart)
    return Subject("cart", 1)


def test_a_paper_has_the_buyer_and_lines_of_what_was_sold(inside, cart):
    draft = draft_about(cart, kind="invoice", day=DAY)
    row = services.issue_new(actor=inside.owner, draft=draft, now=NOW)
    lines = row.body["lines"]
    assert (row.client_id, row.amount, row.subject_kind, row.subject_id) == (Cart.buyer, D("3700.00"), "cart", 1)
    assert [(one["name"], one["code"], one["vat"], one["discount"]) for one in lines] == [
        ("Стол", "T-1", "reduced", "1.00"),
        ("Сборка", "", "main", "0.00"),
    ]
    assert row.body["basis"] == "Заказ № 7 от 02.11.2026"
    act = draft_about(cart, kind="act", day=DAY)
    assert [one.name for one in act.lines] == ["Сборка"]


def test_what_sells_nothing_has_no_draft(cart):
    assert draft_about(Subject("cart", 2), kind="invoice", day=DAY) is None
    assert draft_about(Subject("client", 1), kind="invoice", day=DAY) is None
    assert find_capability(Subject("nobody", 1), Sold) is None
    with pytest.raises(ValueError, match="already"):
        offer("cart", TakesPaid, Cart)


def test_it_is_told_what_has_come_and_what_went_back(inside, cart):
    rows = [
        services.issue_new(actor=inside.owner, draft=draft_about(cart, kind="invoice", day=DAY), now=NOW)
        for _twice in range(2)
    ]
    payment = make_payment(inside.owner, "5000", method="cash")
    parts = [(rows[0].public_id, D(3700)), (rows[1].public_id, D(300))]
    services.allocate(actor=inside.owner, public_id=payment.public_id, parts=parts, now=NOW)
    tell_paid(rows[0].pk, now=NOW)
    given = payment.allocations.order_by("id").first()
    services.take_back(actor=inside.owner, allocation_id=given.public_id, now=NOW)
    for _again in range(2):
        tell_paid(rows[0].pk, now=NOW)
    assert Cart.told == [4000, 300, 300]
    Document.objects.filter(pk=rows[0].pk).update(subject_id=None)
    tell_paid(rows[0].pk, now=NOW)
    assert len(Cart.told) == 3
