"""The client's own page of his order shows its issued papers and the link to pay, and nothing of other orders."""

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.utils import timezone

from voronka.accounts.testing import make_company
from voronka.billing import services
from voronka.billing.services.links import make_link, sign_of
from voronka.billing.testing import make_requisites
from voronka.kit.tenancy import company_context
from voronka.orders import services as orders
from voronka.orders.testing import make_order, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cache.clear()
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


def invoice(cast, order, *, issued=True):
    line = services.LineDraft(name="Стол", price=order.total)
    draft = services.DocumentDraft(
        kind="invoice",
        day=timezone.now().date(),
        lines=[line],
        client_id=order.client_id,
        subject=("order", order.pk),
    )
    if issued:
        return services.issue_new(actor=cast.owner, draft=draft, now=timezone.now())
    return services.save_draft(actor=cast.owner, draft=draft, now=timezone.now())


def test_papers_and_the_link_to_pay_stand_on_the_page_of_their_order(cast):
    make_requisites(cast.owner)
    shop = make_shop(cast.owner, now=timezone.now())
    order, other = (make_order(cast.owner, shop, now=timezone.now()) for _turn in range(2))
    paper, draft, strange = invoice(cast, order), invoice(cast, order, issued=False), invoice(cast, other)
    link = make_link(actor=cast.owner, public_id=paper.public_id, now=timezone.now())
    address = f"/o/{orders.token_of(order)}/"
    text = Browser().get(address).content.decode()
    assert f"/pay/{sign_of(link)}" in text
    assert f"№ {paper.number}" in text
    assert f"{address}papers/{paper.public_id}" in text
    assert draft.public_id not in text
    assert strange.public_id not in text
    assert b"".join(Browser().get(f"{address}papers/{paper.public_id}")).startswith(b"%PDF-")
    for not_his in (draft, strange):
        assert Browser().get(f"{address}papers/{not_his.public_id}").status_code == 404
