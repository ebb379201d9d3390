"""Tests of arms in a browser: planned, looked at while they run, ended by themselves, one ended by hand on a phone."""

import math
import os
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from browsing import PHONE
from django.core.cache import cache
from django.db import transaction
from test_access_pages import AXE, RUN

from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.trials import services
from voronka.trials.models import Trial
from voronka.trials.testing import make_trial, show

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = datetime.now(UTC)


def shot(page, name):
    """Keep a picture to look at, where a folder for pictures is named."""
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def wrong(page):
    page.add_script_tag(path=AXE)
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*page.evaluate(RUN, None), *(["wider than the screen"] if wide else [])]


def lived(row, days, buyers):
    """Let a test live so many days: a hundred shown each arm a day, `buyers` of each of them buy."""
    luck = random.Random(row.subject_id)
    for day in range(days):
        at = row.started_at + timedelta(days=day, hours=1)
        bought = {arm: min(round(luck.gauss(many, math.sqrt(many))), 100) for arm, many in buyers.items()}
        counts = {arm: (100, max(many, 0), Decimal(1_500)) for arm, many in bought.items()}
        show(row, counts, now=at, first=day * 1_000)
        services.judge(now=at + timedelta(hours=22))


@pytest.fixture
def cast():
    cache.clear()
    cast = make_company(name="Ладная кухня", now=NOW)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        begun = NOW - timedelta(days=20)
        skewed = make_trial(cast.owner, now=begun, subject_id=3, name="Квиз")
        show(skewed, {1: (700, 30, Decimal(900)), 2: (500, 20, Decimal(900))}, now=begun)
        services.judge(now=begun + timedelta(hours=3))
        won = make_trial(cast.owner, now=begun, subject_id=1, name="Окно у корзины", planned=3_000)
        lived(won, 18, {1: 12, 2: 18})
        arms = [services.ArmDraft(one) for one in ("Без окна", "Скидка 5 %", "Подарок")]
        runs = make_trial(cast.owner, now=begun, subject_id=2, name="Прощальное окно", arms=arms, planned=9_000)
        lived(runs, 20, {1: 12, 2: 12, 3: 11})
        make_trial(cast.owner, now=NOW, subject_id=4, name="Звонок")
    return cast


def test_tests_are_planned_looked_at_and_ended(cast, visit):
    desk = visit(cast.owner, language="ru", bypass_csp=True)
    desk.goto("/tests/")
    assert desk.locator("tbody tr").count() == 4
    assert wrong(desk) == []
    shot(desk, "trials-list-ru")
    desk.get_by_role("link", name="Окно у корзины").click()
    said = desk.locator(".v-trial-say").inner_text()
    assert "Победил B" in said
    assert "больше, чем A" in said
    assert desk.locator(".v-band.is-desk .v-band-stop").count() == 1
    assert wrong(desk) == []
    shot(desk, "trials-won-ru")
    desk.goto("/tests/")
    desk.get_by_role("link", name="Квиз").click()
    assert "где-то теряются люди" in desk.get_by_role("alert").inner_text()
    shot(desk, "trials-skewed-ru")
    desk.get_by_role("link", name="A/B-тесты").first.click()
    desk.get_by_role("link", name="Сколько нужно показать").click()
    desk.get_by_label("Покупают сейчас").fill("4")
    desk.get_by_role("button", name="Посчитать").click()
    assert "Показать всего" in desk.locator(".v-stats").inner_text()
    assert wrong(desk) == []
    shot(desk, "trials-plan-ru")

    phone = visit(cast.owner, language="en", bypass_csp=True, viewport=PHONE)
    phone.goto("/tests/")
    assert wrong(phone) == []
    shot(phone, "trials-list-phone")
    phone.get_by_role("link", name="Прощальное окно").click()
    assert "ends by itself" in phone.locator(".v-trial-say").inner_text()
    assert phone.locator(".v-band.is-phone:visible").count() == 2
    assert wrong(phone) == []
    shot(phone, "trials-runs-phone")
    phone.get_by_role("button", name="Take this one").nth(2).click()
    phone.wait_for_load_state()
    assert "C was chosen by hand" in phone.locator(".v-trial-say").inner_text()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        assert Trial.objects.get(subject_id=2).winner == 3
        assert services.assign("widget", 2, "visitor:new", now=NOW) == 3
