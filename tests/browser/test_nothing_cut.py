"""Names of people, pipelines and reasons are whole on a screen, and what is found is not covered by reminders."""

from datetime import UTC, datetime, timedelta

import pytest
from browsing import PHONE, settled, until
from django.db import transaction

from voronka.accounts.models import Employee
from voronka.deals.models import Pipeline
from voronka.deals.testing import make_client, make_deal, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WHOLE = """(all) => [...document.querySelectorAll(all)].filter((node) => node.getClientRects().length)
    .map((node) => [node.innerText.trim(), node.scrollWidth <= node.clientWidth + 1])"""
# A row of the report as the page of losses draws it: its reason is longer than its column.
REASON = """() => { const side = document.createElement("div"), list = document.createElement("ul");
    side.className = "v-rep-side"; list.className = "v-reasons";
    list.innerHTML = "<li><span>Не устроила доставка</span><svg width='132'></svg><b>4</b><em>было 1</em></li>";
    side.append(list); document.querySelector(".v-work-side, main").append(side); }"""
LAYERS = """() => [".v-reminders", ".v-veil", ".v-toasts"].map((one) => document.querySelector(one))
    .map((node) => node ? Number(getComputedStyle(node).zIndex) : 30)"""


def test_names_and_titles_are_not_cut(visit):
    shop = make_shop()
    owner = shop.cast.owner
    with shop.as_(owner), transaction.atomic():
        Employee.objects.filter(pk=shop.cast.colleague.employee_id).update(
            first_name="Екатерина", last_name="Зайцева"
        )
        first = Pipeline.objects.order_by("position").first()
        Pipeline.objects.filter(pk=first.pk).update(name="Новые клиенты")
        now = datetime.now(UTC)
        make_deal(owner, client=make_client("Анна"), now=now - timedelta(hours=1), responsible_id=owner.employee_id)
    page = visit(owner, language="ru")
    page.goto("/planner/")
    settled(page)
    mates = dict(page.evaluate(WHOLE, ".v-mate-name"))
    assert mates["Екатерина Зайцева"]
    assert all(mates.values()), mates
    assert page.evaluate(WHOLE, ".v-find > span") == [["Клиент, сделка, страница", True]]
    page.evaluate(REASON)
    assert page.evaluate(WHOLE, ".v-reasons span") == [["Не устроила доставка", True]]
    page.keyboard.press("Control+k")
    until(page, "!document.querySelector('.v-veil').hidden")
    reminders, palette, toasts = page.evaluate(LAYERS)
    assert reminders < palette < toasts, "what is found is read over reminders, an Undo of seconds over both"
    page.goto("/settings/fields/")
    assert not page.locator("[name=options]").is_visible(), "a text has no choices"
    page.select_option("[name=kind]", "choice")
    assert page.locator("[name=options]").is_visible()
    page.set_viewport_size(PHONE)
    page.goto("/deals/board/")
    settled(page)
    assert page.evaluate(WHOLE, ".v-board-head h1") == [["Новые клиенты", True]]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
