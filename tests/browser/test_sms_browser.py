"""SMS set up in a browser: the sandbox added, a text counted and mended while it is typed, sent, its fate seen."""

import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from browsing import PHONE, until
from django.db import transaction

from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Message, SmsBalance, SmsTry
from voronka.messaging.services import sms_providers
from voronka.messaging.testing import make_reader
from voronka.people.models import ContactPoint

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page, name):
    """Keep a picture to look at, where a folder for pictures is named."""
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def cast():
    now = datetime.now(UTC)
    cast = make_company(now=now)
    keys = {"login": "shop", "address": "https://smsc.ru/sys", "test": "no"}
    draft = sms_providers.SmsProviderDraft("smsc", "SMSC", keys, secret="secret", for_advertising=True, position=1,
                                           price=Decimal("4.5"), low_money=Decimal(3000))  # fmt: skip
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        row = sms_providers.save_sms_provider(actor=cast.owner, draft=draft, now=now)
        for name, traffic, state in (("Brusok", "service", "registered"), ("BrusokSale", "advertising", "asked")):
            given = sms_providers.SenderDraft(name, traffic=traffic, state=state)
            sms_providers.save_sender(actor=cast.owner, provider_id=row.public_id, draft=given)
        for days, amount in ((9, 8200), (5, 5100), (0, 2640)):
            SmsBalance.objects.create(provider=row, amount=amount, at=now - timedelta(days=days))
    return cast


def test_a_text_is_mended_while_it_is_typed_and_sent(cast, visit):
    page = visit(cast.owner, language="ru")
    page.goto("/settings/sms/")
    shot(page, "sms-overview")
    page.goto("/settings/sms/new/")
    shot(page, "sms-kinds")
    page.click("text=Песочница")
    page.fill("[name=price]", "4,5")
    page.fill("[name=name]", "Песочница")
    page.click("text=Сохранить")
    until(page, "document.querySelector('[name=sender]') !== null")
    shot(page, "sms-provider")
    page.goto("/settings/sms/try/")
    page.fill("[name=sender]", "Brusok")
    page.fill("[name=address]", "8 916 000-00-11")
    page.fill("[name=text]", "Order “A-17” is ready — come till Friday. " + "Take your passport with you. " * 4)
    until(page, "document.querySelectorAll('#sms-count li').length === 3")
    until(page, "document.querySelectorAll('#sms-count mark').length > 4")
    shot(page, "sms-try")
    page.click("#sms-count [data-text]")
    until(page, "document.querySelectorAll('#sms-count li').length === 1")
    assert page.input_value("[name=text]").startswith('Order "A-17" is ready - come')
    page.click("text=Отправить одно SMS")
    until(page, "document.querySelector('.v-table') !== null")
    page.click("text=Спросить")
    until(page, "document.querySelector('.v-table .v-gain') !== null")
    page.fill("[name=sender]", "Brusok")
    page.fill("[name=address]", "+7 916 000-00-07")
    page.fill("[name=text]", "Заказ готов")
    page.click("text=Отправить одно SMS")
    until(page, "document.querySelectorAll('.v-table tbody tr').length === 2")
    shot(page, "sms-tried")
    for name in ("errors", "checklist"):
        page.goto(f"/settings/sms/{name}/")
        shot(page, f"sms-{name}")
    if os.environ.get("VORONKA_PICTURES"):
        page = visit(cast.owner, language="en", color_scheme="dark")
        for name in ("", "try/", "checklist/", "errors/"):
            page.goto(f"/settings/sms/{name}")
            shot(page, f"dark-{name.strip('/') or 'overview'}")
        page = visit(cast.owner, language="ru", viewport=PHONE)
        for name in ("", "try/", "checklist/", "errors/"):
            page.goto(f"/settings/sms/{name}")
            shot(page, f"phone-{name.strip('/') or 'overview'}")
    with company_context(cast.company_id), transaction.atomic():
        states = set(SmsTry.objects.values_list("state", "code"))
    assert states == {("delivered", ""), ("rejected", "bad_number")}


def test_an_sms_is_written_from_the_card_and_a_second_press_sends_no_second_one(cast, visit):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        client = make_reader("Анна Смирнова", at=datetime.now(UTC), agrees=True)
        ContactPoint.objects.create(client=client, kind="phone", value="+79160000011")
    page = visit(cast.owner, language="ru", viewport=PHONE)
    page.goto(f"/clients/{client.public_id}/sms/")
    page.fill("[name=text]", "Order “A-17” is ready 😀. " + "x" * 120)
    until(page, "document.querySelectorAll('#sms-count li').length === 3")
    assert "13,50" in page.inner_text("#sms-count")
    until(page, "[...document.querySelectorAll('#sms-count mark')].some((one) => one.textContent === '😀')")
    shot(page, "sms-write")
    page.click("#sms-count [data-text]")
    until(page, "document.querySelector('[name=text]').value.startsWith('Order \"A-17\"')")
    page.fill("[name=text]", "Заказ готов")
    until(page, "document.querySelectorAll('#sms-count li').length === 1")
    send = page.evaluate("() => { const form = new FormData(document.querySelector('main form')); return fetch("
                         "location.href, {method: 'POST', body: form}).then((answer) => answer.status); }")  # fmt: skip
    assert send == 200
    page.click("main form .v-act--main")
    until(page, "!location.pathname.endsWith('/sms/')")
    with company_context(cast.company_id), transaction.atomic():
        row = Message.objects.get()
    assert (row.body, row.address, row.parts, row.traffic) == ("Заказ готов", "+79160000011", 1, "service")
