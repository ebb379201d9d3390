"""A scenario drawn in the editor, tried in its pane, walked by a visitor on a phone, taken over by an operator."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browsing import DESKTOP, PHONE, until, wire, worker
from django.db import transaction
from django.test import Client as Browser
from test_access_pages import AXE, RUN

from voronka.accounts import queries as accounts
from voronka.accounts.testing import make_company, sign_in
from voronka.flows.models import Automation, Run
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Talk, TalkLine
from voronka.messaging.services import chat as services
from voronka.work import services as work
from voronka.work.services import Hours

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page, name):
    """Keep a picture to look at, where a folder for pictures is named."""
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def axe(page):
    page.add_script_tag(path=AXE)
    assert page.evaluate(RUN, None) == []


@pytest.fixture
def cast():
    cast = make_company(name="Ладная кухня", now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        work.set_week(actor=cast.owner, employee_id=None, week=[Hours(0, 1439)] * 7, lunch=None)
        services.save_chat(actor=cast.owner, draft=services.ChatDraft(is_on=True))
    return cast


def signed(chromium, live_server, settings, cast, **more):
    owner = sign_in(Browser(), cast.owner)
    context = chromium.new_context(base_url=live_server.url, service_workers="block", bypass_csp=True, **more)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": owner.cookies[name].value, "url": live_server.url}])
    return context


def add(page, place, kind):
    page.locator(f".v-auto-map .v-auto-plus[data-place='{place}']").click()
    page.locator(f".v-auto-beside button[value='{kind}']").click()
    page.wait_for_url("**node=*")


def fill(page, **fields):
    beside = page.locator(".v-auto-beside")
    for name, value in fields.items():
        field = beside.locator(f"[name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    beside.get_by_role("button", name="Сохранить шаг").click()
    page.wait_for_load_state()


def holds(page, text):
    until(page, f"[...document.querySelectorAll('[data-lines] .v-say:not(.is-pending)')].some("
                f"(one) => one.innerText.includes({text!r}))", 40)  # fmt: skip


def test_a_scenario_is_drawn_tried_walked_and_taken_over(chromium, live_server, settings, cast, tmp_path):
    context = signed(chromium, live_server, settings, cast, viewport=DESKTOP)
    page = context.new_page()
    page.goto("/automations/scenarios/")
    page.locator("main a[href='/automations/scenarios/new/']").first.click()
    shot(page, "scenario-new-desk")
    page.fill("[name=name]", "Заявка на кухню")
    page.locator("form:has([name=name]) button").first.click()
    page.wait_for_url("**/automations/*/")
    add(page, ":next", "ask")
    fill(page, text="Что вам нужно?", about="choice", buttons="Кухня\nШкаф", name="need")
    add(page, "n1:0", "ask")
    fill(page, text="Как вас зовут?", name="name")
    add(page, "n2:next", "person")
    fill(page, text="{{ answers.name }}, зову мастера.")
    add(page, "n1:1", "say")
    fill(page, text="Шкафы посмотрите на сайте.")
    page.locator("[data-node=n1]").first.click()
    shot(page, "scenario-editor-desk")
    axe(page)
    # A try: nothing of it lasts.
    pane = page.locator("#v-dry")
    pane.get_by_role("button", name="Начать пробу").click()
    pane.get_by_role("button", name="Кухня").click()
    pane.get_by_text("Как вас зовут?").wait_for()
    pane.locator("[name=text]").fill("Ольга")
    pane.get_by_role("button", name="Сказать", exact=True).click()
    pane.get_by_text("Ольга, зову мастера.").wait_for()
    pane.scroll_into_view_if_needed()
    shot(page, "scenario-try-desk")
    axe(page)
    with company_context(cast.company_id), transaction.atomic():
        assert Talk.objects.count() == Run.objects.count() == 0
        row = Automation.objects.get()
    page.get_by_role("button", name="Опубликовать").click()
    page.get_by_role("button", name="Включить").click()
    page.goto("/automations/scenarios/")
    shot(page, "scenario-list-desk")
    phone = signed(chromium, live_server, settings, cast, viewport=PHONE)
    small = phone.new_page()
    small.goto(f"/automations/{row.public_id}/?node=n1")
    shot(small, "scenario-editor-phone")
    axe(small)
    # A visitor on a phone.
    with company_context(cast.company_id), transaction.atomic():
        address = f"/chat/{accounts.get_company_rules().form_key}/?lang=ru"
    with worker(tmp_path / "worker.log"), wire(tmp_path / "wire.log", settings):
        guest = chromium.new_context(
            base_url=live_server.url, service_workers="block", bypass_csp=True, viewport=PHONE
        )
        visitor = guest.new_page()
        visitor.goto(address)
        visitor.fill("textarea", "Добрый день")
        visitor.locator(".v-chat-send").click()
        holds(visitor, "Что вам нужно?")
        shot(visitor, "scenario-chat-phone")
        visitor.get_by_role("button", name="Кухня").click()
        holds(visitor, "Как вас зовут?")
        axe(visitor)
        # An operator writes before he answers: the scenario is silent from then on.
        with company_context(cast.company_id), transaction.atomic():
            talk = Talk.objects.get().public_id
        page.goto(f"/talk/{talk}/?tab=all")
        page.get_by_text("Заявка на кухню").wait_for()
        page.fill("textarea", "Здравствуйте! Я Ольга, помогу сама.")
        page.press("textarea", "Control+Enter")
        holds(visitor, "помогу сама")
        visitor.fill("textarea", "Анна")
        visitor.locator(".v-chat-send").click()
        holds(visitor, "Анна")
        page.reload()
        page.get_by_text("взял человек").wait_for()
        shot(page, "scenario-desk-taken")
        visitor.goto(address.replace("ru", "en"))
        shot(visitor, "scenario-chat-phone-en")
        guest.close()
    with company_context(cast.company_id), transaction.atomic():
        assert list(TalkLine.objects.filter(by="bot").order_by("number").values_list("text", flat=True)) == [
            "Что вам нужно?", "Как вас зовут?",
        ]  # fmt: skip
        run = Run.objects.get()
    assert (run.state, run.why) == ("left", "taken")
    page.goto(f"/automations/walk/{run.public_id}/")
    assert "Кухня" in page.inner_text("main")
    shot(page, "scenario-log-desk")
    context.close()
    phone.close()
