"""One inbox on the desk and in the hand: talks of all channels, an answer that broke on its way, sent again."""

import os
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browsing import PHONE, until, wire, worker
from django.db import transaction
from test_access_pages import AXE, RUN

from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.messaging.models import OutsideLine, Talk
from voronka.messaging.ports import Came, CameFile, LineSent
from voronka.messaging.services import channels, chat
from voronka.messaging.services.channels import going

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page, name):
    """Keep a picture to look at, where a folder for pictures is named."""
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def axe(page):
    page.add_script_tag(path=AXE)
    assert page.evaluate(RUN, None) == []


@pytest.fixture
def cast():
    now = datetime.now(UTC) - timedelta(minutes=20)
    cast = make_company(name="Ладная кухня", now=now)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        draft = channels.AccountDraft("telegram", "Магазин", {"mode": "sandbox"})
        bot = channels.save_account(actor=cast.owner, draft=draft, now=now)
        files = (CameFile("эскиз.jpg", 184_320, "image/jpeg"),)
        channels.receive(
            bot, "telegram", Came("501", "m1", "Столешница есть?", "Ирина Ли", "@irina", files=files), now=now
        )
        talk = Talk.objects.get()
        said = chat.Reply(key=uuid.uuid4(), text="Есть, дубовая, два метра")
        chat.reply(actor=cast.owner, public_id=talk.public_id, draft=said, now=now)
        box = {"mode": "sandbox", "address": "zakaz@ours.test", "security": "tls"}
        account = channels.save_account(
            actor=cast.owner, draft=channels.AccountDraft("email", "Заказы", box), now=now
        )
        letter = Came(
            "first", "<first@x.ru>", "Пришлите счёт на 4 смесителя", "Татьяна", email="t@x.ru", sender="t@x.ru",
            subject="Счёт", quoted="> Здравствуйте, чем помочь?", files=(CameFile("Реквизиты.pdf", 92_160, "x"),),
        )  # fmt: skip
        channels.receive(account, "email", letter, now=now)
    with company_context(cast.company_id):
        row = going._taken(datetime.now(UTC))
        going.settle(row.pk, LineSent("unknown", "broken"), now=datetime.now(UTC))
    return cast


def test_all_channels_stand_in_one_list_and_what_broke_is_sent_again(cast, visit, settings, tmp_path):
    with worker(tmp_path / "worker.log"), wire(tmp_path / "wire.log", settings):
        desk = visit(cast.owner, language="ru", bypass_csp=True)
        desk.goto("/talk/?tab=all")
        assert desk.locator("a[data-talk]").count() == 2
        axe(desk)
        shot(desk, "inbox-list-ru")
        desk.click(".v-talk-filters summary")
        desk.click(".v-talk-filters .v-drop-list a:has-text('Telegram')")
        until(desk, "location.search.includes('channel=telegram')")
        assert desk.locator("a[data-talk]").count() == 1
        desk.click("a[data-talk]")
        until(desk, "document.querySelector('[data-lines]')?.innerText.includes('неизвестно, ушло ли')")
        assert "эскиз.jpg" in desk.inner_text("[data-lines]")
        axe(desk)
        shot(desk, "inbox-stuck-ru")
        desk.click("[data-fate] button")
        until(desk, "document.querySelector('[data-fate]')?.innerText.trim() === 'ушло'", 40)  # without loading again
        with company_context(cast.company_id), transaction.atomic():
            assert OutsideLine.objects.get(line__by="operator").state == "sent"
        phone = visit(cast.owner, language="en", color_scheme="dark", viewport=PHONE, bypass_csp=True)
        for name, address in (("list", "/talk/?tab=all"), ("bots", "/settings/telegram/"),
                              ("bot", "/settings/telegram/new/"), ("box", "/settings/mailboxes/new/")):  # fmt: skip
            phone.goto(address)
            axe(phone)
            shot(phone, f"inbox-{name}-en-phone")
        phone.goto("/talk/?tab=all&channel=email")
        phone.click("a[data-talk]")
        until(phone, "document.querySelector('.v-say-quoted')")
        phone.click(".v-say-quoted summary")
        axe(phone)
        shot(phone, "inbox-letter-en-phone")
