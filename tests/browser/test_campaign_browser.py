"""A campaign in a browser: made, looked at, tried, sent; read out of a real mail server; left by its own address."""

import os
import re
import socket
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from browsing import PHONE
from django.db import transaction
from django.test import override_settings

from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.messaging import services
from voronka.messaging.models import Campaign, GateSettings, Message
from voronka.messaging.services import campaigns
from voronka.messaging.testing import make_campaign, make_reader
from voronka.people import queries as people
from voronka.people.models import ContactPoint

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Sink:
    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  (aiosmtpd's name)
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def sink(live_server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    keeper = Sink()
    controller = Controller(keeper, hostname="127.0.0.1", port=port)
    controller.start()
    with override_settings(MAIL_URL=f"smtp://127.0.0.1:{port}", MAIL_TLS=False, MAIL_FROM="Shop <shop@example.com>",
                           SITE=live_server.url):  # fmt: skip
        yield keeper
    controller.stop()


@pytest.fixture
def cast():
    now = datetime.now(UTC)
    cast = make_company(name="Ладная кухня", now=now)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        GateSettings.objects.create(quiet_begins=0, quiet_ends=0)  # it goes whenever the test runs
        for name, agrees in (("Анна Белова", True), ("Борис Котов", True), ("Виктор Немов", None)):
            client = make_reader(name, at=now, agrees=agrees)
            ContactPoint.objects.create(client=client, kind="email", value=f"c{client.pk}@example.com", position=0)
        services.save_template(
            actor=cast.owner,
            name="Осенние скидки",
            subject="Скидки для вас",
            body="Здравствуйте, {{ client.name }}!\n\nДо воскресенья — минус десять процентов.\n\n{{ company.name }}",
        )
        old = make_campaign(
            cast.owner, now=now, name="Летняя распродажа", texts={"Первый текст": 70, "Второй текст": 30}
        )
        campaigns.start(actor=cast.owner, public_id=old.public_id, now=now)
        Campaign.objects.update(asks_why="restored")
        campaigns.hold_left(now=now)
    return cast


def shot(page, name):
    """Keep pictures to look at, where a folder for pictures is named: by desk and phone."""
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
        size = page.viewport_size
        page.set_viewport_size(PHONE)
        page.screenshot(path=Path(folder) / f"{name}-phone.png", full_page=True)
        page.set_viewport_size(size)


def work(cast, now=None):
    """Do what the worker does."""
    now = now or datetime.now(UTC)
    with company_context(cast.company_id, strict=True):
        campaigns.look(now=now)
        while services.send_due("email", now=now):
            pass


def test_from_the_draft_to_the_letter_and_out_of_it(cast, visit, sink):
    page = visit(cast.owner, language="ru")
    page.goto("/campaigns/")
    shot(page, "campaigns-list")
    page.click("text=По почте")
    page.fill("[name=name]", "Осенняя")
    page.select_option("[name=template_1]", label="Осенние скидки")
    shot(page, "campaigns-edit")
    page.click("button:has-text('Сохранить')")
    page.wait_for_selector("text=Не получат")
    page.wait_for_selector("text=клиент не да")
    page.fill("[name=q]", "Анна")
    page.click("text=Показать")
    page.wait_for_selector(".v-letter-text >> text=Здравствуйте, Анна Белова!")
    shot(page, "campaigns-draft")
    page.click("text=Отправить мне")
    page.wait_for_selector("text=Отправлено на owner-")
    work(cast)
    assert [one["To"].startswith("owner-") for one in sink.letters] == [True]
    page.click("text=Запустить рассылку")
    page.wait_for_selector("text=Пауза")
    page.click("text=Пауза")
    page.wait_for_selector("text=Продолжить")
    work(cast)
    assert len(sink.letters) == 1
    page.click("text=Продолжить")
    page.wait_for_selector("text=Пауза")
    shot(page, "campaigns-run")
    work(cast)
    work(cast, datetime.now(UTC) + timedelta(seconds=30))
    page.wait_for_selector(".v-chip >> text=закончена")  # the page has heard of it, or asked
    shot(page, "campaigns-results")
    letters = {one["To"]: one for one in sink.letters[1:]}
    assert len(letters) == 2
    (anna,) = (one for one in letters.values() if "Анна Белова" in one.get_content())
    assert str(anna["Subject"]) == "Скидки для вас"
    assert anna["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # The address of the letter leads out of advertising, and the campaign counts who left.
    reader = visit(language="ru")
    reader.goto(re.fullmatch(r"<(.+)>", str(anna["List-Unsubscribe"]).strip())[1])
    reader.click("form button")
    with company_context(cast.company_id), transaction.atomic():
        client = Message.objects.get(public_id=str(anna["Message-ID"])[1:13]).client_id
        assert not people.may_advertise(client, "email")
    page.reload()
    page.wait_for_selector("dt:has-text('Отписались') + dd >> text=1")
    page.click("text=Кто получил")
    page.wait_for_selector("text=Рассылка «Осенняя»")
    shot(page, "campaigns-recipients")
    page.goto("/campaigns/?look=live")
    page.click("text=Летняя распродажа")
    page.wait_for_selector("text=Данные из резервной копии")
    shot(page, "campaigns-asks")
    page.click("text=Отменить её")
    page.wait_for_selector(".v-chip >> text=остановлена")
