"""A form that is sent twice, or read before something changed, counts once."""

import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from voronka.billing import services
from voronka.billing.models import Payment
from voronka.billing.testing import DAY, NOW, make_invoice, make_payment
from voronka.billing.tests.test_money import at_once, within, world  # noqa: F401 - a fixture
from voronka.billing.tests.test_pages import world as pages  # noqa: F401 - a fixture
from voronka.kit.errors import Conflict, Invalid


def field(response, name):
    text = response.content.decode()
    at = text.index(f'name="{name}" value="') + len(f'name="{name}" value="')
    return text[at : text.index('"', at)]


def test_a_payment_sent_twice_is_one(pages):  # noqa: F811
    _cast, browser = pages
    page = browser.get("/money/payments/new/")
    sent = {"amount": "50", "method": "cash", "operation": field(page, "operation")}
    first, second = (browser.post("/money/payments/new/", sent) for _twice in range(2))
    assert first.url == second.url
    assert Payment.objects.count() == 1
    assert browser.post("/money/payments/new/", sent | {"operation": "junk"}).status_code == 302
    assert Payment.objects.count() == 2  # a form of old, without one, still enters


def test_two_tabs_with_one_invoice_enter_one_payment(pages):  # noqa: F811
    cast, browser = pages
    row = make_invoice(cast.owner, "100")
    tabs = [browser.get(f"/money/payments/new/?document={row.public_id}") for _twice in range(2)]
    answers = [
        browser.post(
            "/money/payments/new/",
            {"document": row.public_id, "amount": "40", "method": "cash", "operation": field(tab, "operation"),
             "paid": field(tab, "paid")},
        )
        for tab in tabs
    ]  # fmt: skip
    assert [one.status_code for one in answers] == [302, 409]
    row.refresh_from_db()
    assert (row.paid, Payment.objects.count()) == (40, 1)


def test_a_refund_sent_twice_or_from_two_tabs_is_one(pages):  # noqa: F811
    cast, browser = pages
    row = make_payment(cast.owner, "100", method="cash")
    tabs = [browser.get(f"/money/payments/{row.public_id}/") for _twice in range(2)]

    def send(tab):
        told = {"operation": field(tab, "operation"), "version": field(tab, "version")}
        place = f"/money/payments/{row.public_id}/act/refund"
        return browser.post(place, {"amount": "30", "method": "cash", **told}).status_code

    assert [send(tabs[0]), send(tabs[0]), send(tabs[1])] == [302, 302, 409]
    row.refresh_from_db()
    assert row.refunded == 30


def test_at_the_same_moment_it_is_one_too(world):  # noqa: F811
    operation = uuid.uuid4()
    draft = services.PaymentDraft(day=DAY, amount=Decimal(5), method="cash")

    def enter():
        return services.record_payment(actor=world.owner, draft=draft, now=NOW, operation=operation)

    found = at_once(world, [enter for _n in range(5)])
    assert len({one.public_id for one in found}) == 1, found
    assert within(world, Payment.objects.count) == 1


def test_other_money_from_a_form_that_was_gone_back_to_is_told_not_swallowed(inside):
    """Sent again with another sum it answered "entered", and the second sum stood nowhere."""
    operation = uuid.uuid4()

    def enter(amount, method="cash", name=""):
        draft = services.PaymentDraft(day=DAY, amount=Decimal(amount), method=method, name=name)
        return services.record_payment(actor=inside.owner, draft=draft, now=NOW, operation=operation)

    first = enter("50")
    assert enter("50").pk == first.pk, "the same money sent twice"
    for other in (("60", "cash"), ("50", "card"), ("50", "cash", "Петров")):
        with pytest.raises(Conflict) as refused:
            enter(*other)
        assert refused.value.code == "reused"
    assert list(Payment.objects.values_list("amount", "method")) == [(Decimal(50), "cash")]


def test_control_without_an_operation_they_are_five(world):  # noqa: F811
    draft = services.PaymentDraft(day=DAY, amount=Decimal(5), method="cash")
    at_once(world, [lambda: services.record_payment(actor=world.owner, draft=draft, now=NOW) for _n in range(5)])
    assert within(world, Payment.objects.count) == 5


def test_one_number_of_a_provider_is_one_payment(inside):
    draft = services.PaymentDraft(day=DAY, amount=Decimal(5), method="online")
    one, two = (services.record_payment(actor=inside.owner, draft=draft, now=NOW, key="pay:1") for _twice in range(2))
    assert one.pk == two.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(method="online", day=DAY, amount=1, key="pay:1")


@pytest.mark.parametrize("amount", ["0.001", "10.005", "NaN", "Infinity", "-1", "1e30"])
def test_what_is_no_sum_of_whole_kopecks_is_neither_entered_nor_given_back(inside, amount):
    draft = services.PaymentDraft(day=DAY, amount=Decimal(amount), method="cash")
    with pytest.raises(Invalid):
        services.record_payment(actor=inside.owner, draft=draft, now=NOW)
    paid = make_payment(inside.owner, "100", method="cash")
    with pytest.raises(Invalid):
        services.refund(
            actor=inside.owner, public_id=paid.public_id, amount=Decimal(amount), method="cash", day=DAY, now=NOW
        )
    assert [one.amount for one in Payment.objects.all()] == [100]
