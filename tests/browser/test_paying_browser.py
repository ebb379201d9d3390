"""An invoice is paid by its secret link, through the sandbox, by somebody who is nobody here."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browsing import until
from django.db import transaction

from voronka.accounts.testing import make_company
from voronka.billing import services
from voronka.billing.models import Document, OnlinePayment
from voronka.billing.services import links, online
from voronka.billing.services.keeping import keep_file
from voronka.billing.testing import NOW, make_invoice, make_requisites
from voronka.catalogue.testing import make_goods, make_kind
from voronka.kit.actors import Actor
from voronka.kit.tenancy import company_context
from voronka.people.testing import make_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page, name):
    """Keep a picture to look at, where a folder for pictures is named."""
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def world():
    cast = make_company(now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        with transaction.atomic():
            make_requisites(cast.owner)
            client = make_client(cast.owner, "ООО «Таёжный двор»", inn="2463118405")
            services.save_provider(actor=cast.owner, draft=services.ProviderDraft("sandbox", ""), now=NOW)
            row = make_invoice(cast.owner, client_id=client.pk)
            link = services.make_link(actor=cast.owner, public_id=row.public_id, now=NOW)
            make_kind()
            for name, price in (("Стол обеденный «Брусок», дуб", "18900"), ("Стол журнальный «Норден»", "9900")):
                make_goods(name, price=price)
        keep_file(actor=Actor.system(cast.company_id), document_id=row.pk, version=1, now=NOW)
    return cast, row, f"/pay/{links.sign_of(link)}"


def worker(cast):
    """Do what the worker does: ask the provider about what is open."""
    with company_context(cast.company_id):
        with transaction.atomic():
            held = list(OnlinePayment.objects.filter(state__in=online.OPEN).values_list("pk", flat=True))
        for pk in held:
            online.ask(pk, now=datetime.now(UTC))


def test_from_the_link_to_the_sandbox_and_back(world, visit):
    cast, row, link = world
    page = visit(None)
    page.goto(link)
    shot(page, "pay")
    page.click("main form button")
    until(page, "location.pathname.startsWith('/pay/sandbox/')")
    shot(page, "sandbox")
    page.click("button[value=pay]")
    until(page, f"location.pathname === '{link}'")
    shot(page, "waiting")
    worker(cast)
    page.reload()
    until(page, "!document.querySelector('main form')")  # nothing is left to pay
    shot(page, "paid")
    with company_context(cast.company_id), transaction.atomic():
        assert Document.objects.get(pk=row.pk).paid == row.amount


def test_a_scanned_code_becomes_a_line_by_enter(world, visit):
    cast, row, _link = world
    page = visit(cast.owner)
    page.goto(f"/money/documents/{row.public_id}/")
    shot(page, "document")
    page.goto("/settings/providers/")
    shot(page, "providers")
    page.goto("/money/documents/new/")
    page.fill("input[name=find]", "Стол")
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('button[name=pick]').length === 2")
    shot(page, "picking")
    page.click("button[name=pick]")
    until(page, "[...document.querySelectorAll('input[name=line_price]')].some((one) => one.value)")
    shot(page, "picked")
