"""A survey in a browser: written and put in order, answered on a phone in Russian, read in English at a desk."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browsing import PHONE
from django.core.cache import cache
from django.db import transaction
from test_access_pages import AXE, RUN

from voronka.accounts.testing import make_company
from voronka.care.models import Invitation, Response, Survey
from voronka.care.queries.surveys import version_of
from voronka.care.services.links import token_of
from voronka.kit.tenancy import company_context
from voronka.people.testing import make_client
from voronka.work.models import Task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page, name):
    """Keep a picture to look at, where a folder for pictures is named."""
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def cast():
    cache.clear()
    return make_company(name="Ладная кухня", now=datetime.now(UTC))


def inside(cast, read):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        return read()


def asked(cast):
    """Let the survey ask a client of the colleague; return the address of his page."""

    def make():
        now = datetime.now(UTC)
        survey = Survey.objects.get(moment="delivered")
        client = make_client(cast.owner, "Белова Анна", responsible_id=cast.colleague.employee_id)
        row = Invitation.objects.create(
            survey=survey, version=version_of(survey), client=client, subject_kind="order",
            subject_id=Invitation.objects.count() + 1, state="asked", channel="email", due_at=now,
            asked_at=now - timedelta(hours=1), made_at=now, manager_id=cast.colleague.employee_id,
        )  # fmt: skip
        return f"/s/{token_of(row.public_id)}/"

    return inside(cast, make)


def wrong(page):
    page.add_script_tag(path=AXE)
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*page.evaluate(RUN, None), *(["wider than the screen"] if wide else [])]


def test_a_survey_is_written_answered_on_a_phone_and_read_at_a_desk(cast, visit):
    desk = visit(cast.owner, language="ru", bypass_csp=True)
    desk.goto("/surveys/")
    desk.locator(".v-empty button").click()
    shot(desk, "surveys-list-ru")
    assert wrong(desk) == []
    desk.get_by_role("link", name="После получения заказа").click()
    desk.get_by_role("link", name="Изменить").click()
    rows = desk.locator(".v-survey-row")
    assert rows.nth(0).locator("input[name$=-text]").input_value() == "Что пошло не так?"
    rows.nth(0).locator("input[name$=-text]").press("Alt+ArrowDown")
    rows.nth(0).locator("select[name$=-kind]").press("Alt+ArrowDown")  # it opens its choices, and moves no row
    desk.keyboard.press("Escape")
    desk.get_by_role("button", name="Добавить вопрос").click()
    assert rows.nth(0).locator("input[name$=-text]").input_value() == "Как нам это исправить?", "order is kept"
    rows.nth(4).locator("input[name$=-text]").fill("Порекомендуете нас?")
    rows.nth(4).locator("select[name$=-kind]").select_option("one")
    rows.nth(4).locator("textarea").fill("Да\nНет")
    assert wrong(desk) == []
    shot(desk, "survey-edit-ru")
    desk.set_viewport_size(PHONE)
    assert wrong(desk) == []
    shot(desk, "survey-edit-phone-ru")
    desk.get_by_role("button", name="Сохранить").last.click()
    desk.get_by_role("button", name="Включить").click()
    survey = inside(cast, lambda: Survey.objects.get(moment="delivered"))
    assert survey.is_on
    asks = inside(cast, lambda: [one["text"] for one in version_of(survey).questions])
    assert asks[:2] == ["Как нам это исправить?", "Что пошло не так?"]
    assert asks[4] == "Порекомендуете нас?"

    address = asked(cast)
    phone = visit(language="ru", viewport=PHONE, java_script_enabled=False)
    phone.goto(f"{address}?r=2")
    shot(phone, "survey-page-phone-ru")
    assert inside(cast, Response.objects.count) == 0
    phone.get_by_role("button", name="Оценить").click()
    shot(phone, "survey-questions-phone-ru")
    phone.get_by_label("Товар повреждён").check()
    phone.get_by_label("Как нам это исправить?").fill("Заменить стул")
    phone.get_by_role("button", name="Отправить").click()
    assert phone.get_by_text("Ответы сохранены").is_visible()
    shot(phone, "survey-thanks-phone-ru")
    [task] = inside(cast, lambda: list(Task.objects.filter(kind="hand")))
    assert task.employee_id == cast.colleague.employee_id

    other = visit(language="en", bypass_csp=True)
    other.goto(f"{asked(cast)}?r=5&lang=en")
    assert wrong(other) == []
    shot(other, "survey-page-desk-en")
    other.get_by_role("button", name="Rate").click()
    assert other.get_by_text("You gave 5 of 5").is_visible()
    assert wrong(other) == []
    shot(other, "survey-questions-desk-en")

    english = visit(cast.owner, language="en", bypass_csp=True)
    english.goto(f"/surveys/{survey.public_id}/")
    shot(english, "survey-results-en")
    assert wrong(english) == []
    desk.set_viewport_size(PHONE)
    desk.goto(f"/surveys/{survey.public_id}/")
    assert wrong(desk) == []
    shot(desk, "survey-results-phone")
