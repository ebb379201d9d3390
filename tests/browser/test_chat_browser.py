"""A visitor in one browser, an operator in another, the network cut in between: nothing is lost or doubled."""

import base64
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browsing import PHONE, until, wire, worker
from django.db import transaction
from test_access_pages import AXE, RUN

from voronka.accounts import queries as accounts
from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.messaging.models import ChannelAccount, ChannelState, Talk, TalkLine
from voronka.messaging.services import answers
from voronka.messaging.services import chat as services
from voronka.work import services as work
from voronka.work.services import Hours

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def shot(page, name):
    """Keep a picture to look at, where a folder for pictures is named."""
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.fixture
def cast():
    cast = make_company(name="Ладная кухня", now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        day = Hours(0, 1439)  # somebody is there whenever the test runs
        work.set_week(actor=cast.owner, employee_id=None, week=[day] * 7, lunch=None)
        draft = services.ChatDraft(is_on=True, greeting="Здравствуйте! Чем помочь?")
        services.save_chat(actor=cast.owner, draft=draft)
        services.save_canned(actor=cast.owner, code="доставка", text="Доставим завтра, {{ manager.name }}")
    return cast


def address_of(cast):
    with company_context(cast.company_id), transaction.atomic():
        return f"/chat/{accounts.get_company_rules().form_key}/"


def said(cast):
    with company_context(cast.company_id), transaction.atomic():
        return list(TalkLine.objects.exclude(by="event").order_by("number").values_list("by", "text"))


def talk_of(cast):
    with company_context(cast.company_id), transaction.atomic():
        return Talk.objects.get().public_id


def texts(page):
    return page.locator("[data-lines] .v-say-text").all_inner_texts()


def holds(page, text):
    until(page, f"[...document.querySelectorAll('[data-lines] .v-say:not(.is-pending)')].some("
                f"(one) => one.innerText.includes({text!r}))", 40)  # fmt: skip


def write(page, text):
    page.fill("textarea", text)
    page.press("textarea", "Enter")


def answer(page, text):
    page.fill("textarea", text)
    page.press("textarea", "Control+Enter")


def axe(page):
    page.add_script_tag(path=AXE)
    assert page.evaluate(RUN, None) == []


def test_nothing_is_lost_or_doubled_when_the_network_is_cut(cast, visit, settings, tmp_path):
    with worker(tmp_path / "worker.log"), wire(tmp_path / "wire.log", settings):
        guest = visit(language="ru", viewport=PHONE)
        guest.set_default_navigation_timeout(120_000)
        guest.goto(address_of(cast))
        shot(guest, "chat-phone-empty")
        write(guest, "Стол из дуба есть? https://example.com/stol")
        holds(guest, "Стол из дуба")
        desk = visit(cast.owner, language="ru")
        desk.goto("/talk/?tab=free")
        until(desk, "!!document.querySelector('a[data-talk]')")
        desk.click("a[data-talk]")
        holds(desk, "Стол из дуба")
        answer(desk, "Есть, два метра.")
        holds(guest, "Есть, два метра.")
        until(desk, "[...document.querySelectorAll('[data-read]')].some((one) => !one.hidden)", 40)
        guest.context.set_offline(True)
        write(guest, "Сколько стоит?")
        write(guest, "И когда привезёте?")
        until(guest, "document.querySelectorAll('.is-pending').length === 2")
        shot(guest, "chat-phone-offline")
        answer(desk, "Вы ещё здесь?")
        holds(desk, "Вы ещё здесь?")
        answer(desk, "Скидка до пятницы.")
        holds(desk, "Скидка до пятницы.")
        guest.wait_for_timeout(1500)
        guest.context.set_offline(False)
        holds(guest, "Скидка до пятницы.")
        holds(guest, "И когда привезёте?")
        holds(desk, "И когда привезёте?")
        whole = [text for _by, text in said(cast)]
        assert whole == ["Стол из дуба есть? https://example.com/stol", "Есть, два метра.", "Вы ещё здесь?",
                         "Скидка до пятницы.", "Сколько стоит?", "И когда привезёте?"]  # fmt: skip
        assert texts(guest) == ["Здравствуйте! Чем помочь?", *whole]
        assert texts(desk) == whole
        desk.click("summary:has-text('Тексты')")
        desk.click("[data-canned]")
        until(desk, "document.querySelector('textarea').value.startsWith('Доставим завтра')")
        desk.click("button[value=note]")
        holds(desk, "Доставим завтра")
        shot(guest, "chat-phone")
        shot(desk, "talk-desk")
        guest.wait_for_timeout(1000)
        assert "Доставим завтра" not in guest.content()
    look_at_pictures(cast, visit, guest)


def test_the_bot_answers_calls_a_person_and_is_silent(cast, visit, settings, tmp_path):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        for title, text in (("Сколько стоит доставка?", "Доставка стоит 350 рублей."),
                            ("Из какого дерева столешница?", "Цельный дуб."),
                            ("Есть ли сборка на дому?", "Да, за 5 процентов.")):  # fmt: skip
            answers.save_article(actor=cast.owner, draft=answers.ArticleDraft(title, text), now=datetime.now(UTC))
        services.save_chat(actor=cast.owner, draft=services.ChatDraft(is_on=True, bot="always"))
    with worker(tmp_path / "worker.log"), wire(tmp_path / "wire.log", settings):
        guest = visit(language="ru", viewport=PHONE)
        guest.set_default_navigation_timeout(120_000)
        guest.goto(address_of(cast))
        assert "я бот компании «Ладная кухня»" in guest.inner_text("[data-lines]")
        write(guest, "скока стоит доставка")
        holds(guest, "350 рублей")
        assert guest.inner_text("[data-lines]").count("я бот компании") == 1
        write(guest, "какое дерево и сборка или доставка")
        until(guest, "document.querySelectorAll('.v-say:last-child [name=choice]').length > 1", 40)
        shot(guest, "chat-bot-unsure")
        guest.click(".v-say:last-child [value=person]")
        holds(guest, "Позвал человека")
        desk = visit(cast.owner, language="ru")
        desk.goto(f"/talk/{talk_of(cast)}/?tab=free")
        assert "350 рублей" in desk.inner_text("[data-lines]")
        shot(desk, "talk-desk-bot")
        answer(desk, "Здравствуйте, это Ольга.")
        holds(guest, "это Ольга")
        until(desk, "!document.querySelector('[value=take]')", 40)
        before = sum(by == "bot" for by, _text in said(cast))
        write(guest, "скока стоит доставка")
        holds(desk, "скока стоит доставка")
        until(desk, "[...document.querySelectorAll('.v-say')].at(-1).innerText.includes('скока')")
        assert sum(by == "bot" for by, _text in said(cast)) == before
        shot(guest, "chat-bot-phone")


def test_the_desk_counts_waits_takes_files_runs_a_macro_and_is_rated(cast, visit, settings, tmp_path):
    picture = tmp_path / "стол.png"
    picture.write_bytes(base64.b64decode(PNG))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        draft = services.ChatDraft(is_on=True, asks_first=True, first_minutes=5, most_talks=3)
        services.save_chat(actor=cast.owner, draft=draft)
        for name in ("Продажи", "Забота о клиентах"):
            services.save_department(actor=cast.owner, name=name, is_offered=True, members=[])
        does = services.MacroDraft(tag="решено", closes=True)
        services.save_canned(actor=cast.owner, code="Спасибо и закрыть", text="Спасибо, что написали!", does=does)
    with worker(tmp_path / "worker.log"), wire(tmp_path / "wire.log", settings):
        desk = visit(cast.owner, language="ru")
        desk.goto("/clients/")
        guest = visit(language="ru", viewport=PHONE)
        guest.set_default_navigation_timeout(120_000)
        guest.goto(address_of(cast))
        guest.fill("[name=name]", "Дарья Соколова")
        guest.fill("[name=contact]", "+7 912 200-43-17")
        write(guest, "Стол в тёмном масле сделаете?")
        until(guest, "!document.querySelector('[data-why]').hidden")  # no consent, no talk
        shot(guest, "chat-phone-asks")
        guest.check("[name=consent]")
        guest.select_option("[name=department]", label="Забота о клиентах")
        write(guest, "Стол в тёмном масле сделаете?")
        holds(guest, "тёмном масле")
        until(
            desk, "document.querySelector('.v-nav v-count b')?.textContent === '1'", 40
        )  # by itself, on another page
        desk.goto("/talk/?tab=all")
        desk.click("[name=is_in]")
        until(desk, "document.querySelector('[name=is_in]')?.getAttribute('aria-pressed') === 'true'", 40)
        desk.goto(f"/talk/{talk_of(cast)}/?tab=all")
        guest.set_input_files("[data-file]", picture)
        until(guest, "document.querySelector('.v-say-file img')?.naturalWidth === 1", 40)
        until(desk, "document.querySelector('.v-say-file img')?.naturalWidth === 1", 40)
        desk.set_input_files(
            "[data-file]", {"name": "договор.txt", "mimeType": "text/html", "buffer": "итого".encode()}
        )
        desk.click("button[value=reply]")
        until(
            guest,
            "[...document.querySelectorAll('.v-say-file')].some((one) => one.innerText.includes('договор'))",
            40,
        )
        desk.set_input_files(
            "[data-file]", {"name": "a.html", "mimeType": "text/plain", "buffer": b"<script>1</script>"}
        )
        desk.click("button[value=reply]")
        until(desk, "!document.querySelector('[data-why]').hidden")
        shot(desk, "talk-desk-full")
        desk.reload()
        axe_in(visit, cast, f"/talk/{talk_of(cast)}/?tab=all", "talk-full")
        desk.click("summary:has-text('Макросы')")
        desk.click("[name=macro]")
        holds(guest, "Спасибо, что написали!")
        until(guest, "!!document.querySelector('[name=rating]')", 40)
        shot(guest, "chat-phone-rating")
        guest.check("[name=rating][value='4']", force=True)
        guest.fill("[name=rating_text]", "Быстро")
        guest.click(".v-chat-rate button")
        until(guest, "document.querySelector('.v-chat-rate [role=status]')?.innerText.includes('4')", 40)
        desk.goto(f"/talk/{talk_of(cast)}/?tab=closed")
        assert "Быстро" in desk.inner_text(".v-talk-side")
        # The macro is taken back by one press; what was read in the chat stays, and it is told.
        shot(desk, "talk-macro-run")
        desk.click("form[action*='/undo'] button:has-text('Отменить')")
        until(desk, "document.body.innerText.includes('Макрос отменён; его ответ остался')", 40)
        assert desk.locator("button[value=close]").count() == 1
        shot(desk, "talk-macro-undone")
        for name in ("departments", "report", "texts"):
            axe_in(visit, cast, f"/settings/chat/{name}/", f"chat-{name}")


def axe_in(visit, cast, address, name):
    """Look at a page in both languages and widths; axe finds nothing on it."""
    for theme, language, size in (("dark", "en", PHONE), ("light", "ru", None)):
        more = {"viewport": size} if size else {}
        page = visit(cast.owner, language=language, color_scheme=theme, bypass_csp=True, **more)
        page.goto(address)
        axe(page)
        shot(page, f"{name}-{theme}-{language}-{'phone' if size else 'desk'}")


def look_at_pictures(cast, visit, guest):
    """Walk the pages in the other language, theme and width; axe finds nothing on them."""
    state = guest.context.storage_state()
    for theme, language, size in (("dark", "en", PHONE), ("light", "ru", None)):
        more = {"viewport": size} if size else {}
        guest = visit(language=language, color_scheme=theme, storage_state=state, bypass_csp=True, **more)
        guest.goto(address_of(cast))
        axe(guest)
        shot(guest, f"chat-{theme}-{language}-{'phone' if size else 'desk'}")
        desk = visit(cast.owner, language=language, color_scheme=theme, bypass_csp=True, **more)
        for name, address in (("list", "/talk/?tab=all"), ("talk", f"/talk/{talk_of(cast)}/?tab=all"),
                              ("setting", "/settings/chat/"), ("texts", "/settings/chat/texts/")):  # fmt: skip
            desk.goto(address)
            axe(desk)
            shot(desk, f"talk-{name}-{theme}-{language}-{'phone' if size else 'desk'}")
            if name == "talk" and size:
                look_at_the_client(desk, f"talk-client-{theme}-{language}")


def look_at_the_client(desk, name):
    """Open the client beside the talk with a thumb, look for one, and go back to the talk."""
    assert not desk.is_visible("[name=find]")
    desk.click("a[href='#v-talk-client']")
    until(desk, "document.querySelector('[value=make]')?.checkVisibility()")
    axe(desk)
    desk.fill("[name=find]", "Nobody")
    desk.press("[name=find]", "Enter")
    until(
        desk, "location.search.includes('find=Nobody') && document.querySelector('[value=make]')?.checkVisibility()"
    )
    shot(desk, name)
    desk.click(".v-talk-back")
    until(desk, "!document.querySelector('[value=make]')?.checkVisibility()")
    assert desk.is_visible("#v-talk-text")


def test_who_has_written_may_go_on_in_telegram_by_two_presses(cast, visit):
    with company_context(cast.company_id), transaction.atomic():
        account = ChannelAccount.objects.create(kind="telegram", name="Бот", settings={"mode": "sandbox"})
        ChannelState.objects.create(account=account, state="ok", known_as="@shop_bot")
    guest = visit(language="ru", viewport=PHONE, bypass_csp=True)
    guest.set_default_navigation_timeout(120_000)
    guest.goto(address_of(cast))
    assert not guest.is_visible("[data-move]"), "he has no talk yet"
    write(guest, "Стол есть?")
    holds(guest, "Стол есть?")
    asked = []
    guest.on("request", lambda one: asked.append(one.url) if "/move" in one.url else None)
    guest.dblclick("[data-move] button")
    guest.wait_for_selector("[data-move] a:visible")
    assert len(asked) == 1, "a second address would end the first, which he may have opened"
    assert not guest.is_visible("[data-lost]")
    assert guest.get_attribute("[data-move] a", "href").startswith("https://t.me/shop_bot?start=")
    assert guest.evaluate("document.activeElement.matches('[data-move] a')")
    assert guest.locator("[data-move] button").count() == 0
    axe(guest)
    shot(guest, "chat-phone-telegram")
