"""A paid order is made smaller: what was paid too much is seen on its card, the client's, among the debts and on his
own page; it is left to him in one press, pays another order in the next, and the rest goes back.
"""

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from browsing import PHONE, until
from django.db import transaction
from django.utils import timezone

from voronka.billing import services as billing
from voronka.billing.models import Document, Payment
from voronka.billing.services.following import follow_invoice
from voronka.billing.services.subjects import draft_about, tell_paid
from voronka.billing.testing import make_payment, make_requisites
from voronka.deals.testing import make_shop as make_company_with_deals
from voronka.kit.subjects import Subject
from voronka.orders import services
from voronka.orders.testing import make_order, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page, name):
    """Keep a picture to look at, where a folder for pictures is named."""
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def invoiced(owner, order, now):
    draft = draft_about(Subject("order", order.pk), kind="invoice", day=now.date())
    return billing.issue_new(actor=owner, draft=draft, now=now)


def made_smaller(owner, order, now):
    draft = services.draft_of(order, list(order.lines.order_by("position")))
    lines = [replace(draft.lines[0], quantity=Decimal(1), discount=Decimal(0))]
    was = order.total
    services.change(order.public_id, replace(draft, lines=lines), actor=owner, version=order.version, now=now)
    follow_invoice(order.pk, was, now=now)


@pytest.fixture
def world():
    """Return the company, its owner, two orders of three tables paid and made one, an order that waits for money."""
    company, now = make_company_with_deals(), timezone.now()
    owner = company.cast.owner
    with company.as_(owner), transaction.atomic():
        make_requisites(owner)
        shop = make_shop(owner, now=now)
        smaller = []
        for _one in range(2):
            order = make_order(owner, shop, (shop.table, 3), now=now)
            paper = invoiced(owner, order, now)
            payment = make_payment(owner, str(order.total), method="card", client_id=shop.client.pk)
            billing.allocate(
                actor=owner, public_id=payment.public_id, parts=[(paper.public_id, order.total)], now=now
            )
            tell_paid(paper.pk, now=now)
            order.refresh_from_db()
            made_smaller(owner, order, now)
            tell_paid(paper.pk, now=now)
            smaller.append(order)
        waits = make_order(owner, shop, (shop.table, 1), (shop.chair, 2), now=now)
        invoiced(owner, waits, now)
        token = services.token_of(smaller[0])
    return company, owner, smaller, waits, token


@pytest.mark.parametrize(("phone", "language"), [(False, "ru"), (True, "ru"), (False, "en")])
def test_what_was_paid_too_much_is_seen_and_settled(visit, world, phone, language):
    company, owner, (first, second), waits, token = world
    more = {"viewport": PHONE} if phone else {}
    name = f"surplus-{'phone' if phone else 'desk'}-{language}"
    page = visit(owner, language=language, **more)
    page.goto("/money/debts/")
    shot(page, f"{name}-debts")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"/orders/{first.public_id}/")
    until(page, "document.querySelector('form[action*=\"/surpluses/\"]')")
    shot(page, f"{name}-order")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    own = visit(None, language=language, **more)
    own.goto(f"/o/{token}/?lang={language}")
    until(own, "document.body.textContent.replace(/\\s/g, '').includes('2000')")
    shot(own, f"{name}-client")
    page.click("form[action$='/keep'] button")
    until(page, f"location.pathname.includes('{first.public_id}')")
    page.goto(f"/orders/{waits.public_id}/")
    until(page, "document.querySelector('form[action$=\"/act/credit\"]')")
    shot(page, f"{name}-credit")
    page.click("form[action$='/act/credit'] button")
    until(page, "location.pathname.startsWith('/money/documents/')")
    shot(page, f"{name}-paid")
    page.goto(f"/orders/{second.public_id}/")
    until(page, "document.querySelector('form[action$=\"/back\"]')")
    page.click("form[action$='/back'] button")
    until(page, f"location.pathname.includes('{second.public_id}')")
    with company.as_(owner), transaction.atomic():
        out = Payment.objects.get(is_income=False)
        assert (out.amount, out.method) == (2000, "card")
        assert Document.objects.get(subject_id=waits.pk, subject_kind="order").paid == 1500
