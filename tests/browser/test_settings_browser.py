"""Settings and lists of money at the desk and in the hand: what is written there is read whole and found."""

import pytest
from browsing import DESKTOP, PHONE, settled, until
from django.db import transaction

from voronka.billing.testing import make_invoice, make_requisites
from voronka.deals.testing import make_client, make_shop
from voronka.stock.testing import make_place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = """() => [...document.querySelectorAll(".v-reason-list input[name=reason]")]
    .map((one) => [one.scrollWidth <= one.clientWidth, one.clientWidth])"""
COVERED = """(names) => { const [one, other] = names.map((name) => document.querySelector(name));
    const lowest = Math.max(...[...one.children].map((child) => child.getBoundingClientRect().bottom));
    return lowest > other.getBoundingClientRect().top; }"""
OVER = """() => [...document.querySelectorAll(".v-table-box")].filter((one) => one.getClientRects().length)
    .map((one) => one.scrollWidth - one.clientWidth)"""
SEEN = "() => [...document.querySelectorAll('.v-setups h2')].map((one) => one.innerText)"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_settings_are_read_whole(visit, size):
    shop = make_shop()
    page = visit(shop.cast.owner, language="ru", viewport=size)
    page.goto("/settings/pipelines/")
    reasons = page.evaluate(WIDTHS)
    assert reasons
    assert all(whole and wide > 180 for whole, wide in reasons), reasons
    page.goto("/settings/company/")
    assert not page.evaluate(COVERED, [".v-copy", ".v-copy + .v-set-text"]), "buttons lie on the words below"
    for address in ("/settings/history/", "/settings/tasks/", "/settings/orders/"):
        page.goto(address)
        assert max(page.evaluate(OVER), default=0) <= 1, address
    page.goto("/settings/hours/")
    tops = page.evaluate(
        "() => [...document.querySelectorAll('.v-hours-table tr')].map((row) => new Set("
        "[...row.querySelectorAll('[type=time]')].map((one) => one.getBoundingClientRect().top)).size)"
    )
    assert set(tops) == {1}, "from and to stand on one line"
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_the_search_of_settings_leaves_what_it_finds_at_once(visit):
    shop = make_shop()
    page = visit(shop.cast.owner, language="ru")
    page.goto("/settings/")
    settled(page)
    every = page.evaluate(SEEN)
    page.keyboard.press("/")
    page.keyboard.type("отпуск")
    until(page, "document.querySelectorAll('.v-setups h2').length === 1")
    assert page.evaluate(SEEN) == ["Компания и люди"]
    assert "q=" in page.url, "the way back leads to what was found"
    page.fill("#q", "")
    until(page, f"document.querySelectorAll('.v-setups h2').length === {len(every)}")
    page.set_viewport_size(PHONE)
    page.click(".v-setups-ways a:nth-child(5)")
    until(page, "document.querySelector('#setups-talks h2').getBoundingClientRect().top < 300")
    assert page.evaluate("document.querySelector('#setups-talks h2').getBoundingClientRect().top") > 40, "not covered"


def test_a_phone_shows_sums_and_states_of_money_without_going_aside(visit):
    shop = make_shop()
    with shop.as_(shop.cast.owner), transaction.atomic():
        make_requisites(shop.cast.owner)
        make_invoice(shop.cast.owner, "150000", client_id=make_client("Анна").pk)
    page = visit(shop.cast.owner, language="ru", viewport=PHONE)
    for address in ("/money/documents/", "/money/debts/"):
        page.goto(address)
        assert page.evaluate(OVER) == [0], address
        sum_ = page.locator("td.is-num").first.bounding_box()
        assert sum_ is not None
        assert sum_["x"] + sum_["width"] <= PHONE["width"]
        assert "150 000" in page.locator("tbody").inner_text().replace("\u202f", " ").replace("\xa0", " ")


def test_the_order_of_places_stands_in_columns_and_a_mark_is_no_wider_than_its_words(visit):
    shop = make_shop()
    with shop.as_(shop.cast.owner), transaction.atomic():
        make_place(shop.cast.owner, "Склад на Калинина")
        make_place(shop.cast.owner, "Брак", is_selling=False, priority=200)
    page = visit(shop.cast.owner, language="ru")
    page.goto("/stock/places/")
    settled(page)
    box = "(one) => { const box = one.getBoundingClientRect(); return [box.x, box.y + box.height / 2, box.width]; }"
    mark = page.locator("td .v-chip").first.evaluate(box)
    assert mark[2] < 120, "not as wide as its cell"
    places = page.locator(".v-stock-order .v-arrange-row")
    assert len({places.nth(at).locator("[data-by='1']").evaluate(box)[0] for at in range(2)}) == 1
    grip, name = (places.first.locator(one).evaluate(box)[1] for one in (".v-arrange-grip svg", "span:not([class])"))
    assert abs(grip - name) <= 2, "the grip stands beside its name"
