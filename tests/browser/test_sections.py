"""The top bar: what fits stands in it, the rest in one menu; nothing is lost and nothing moves."""

import pytest
from browsing import PHONE, until

from voronka.deals.testing import make_shop
from voronka.kit import screens

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SEEN = """() => [...document.querySelectorAll(".v-nav a")]
    .filter((link) => link.checkVisibility({visibilityProperty: true})).map((link) => link.getAttribute("href"))"""
IN_MENU = """() => [...document.querySelectorAll("#v-more a:not([hidden])")].map((row) => row.getAttribute("href"))"""
BUTTON = """() => document.querySelector(".v-nav-more").checkVisibility({visibilityProperty: true})"""
INSIDE = """() => { const box = document.querySelector("#v-more").getBoundingClientRect();
    return box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight; }"""
MOVED = """() => new Promise((done) => { let moved = 0;
    new PerformanceObserver((list) => { for (const one of list.getEntries()) moved += one.value; })
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(moved), 300); })"""


@pytest.mark.parametrize("width", [1440, 1200, 1040])
def test_every_section_is_in_the_bar_or_in_its_menu(visit, width):
    shop = make_shop()
    page = visit(shop.cast.owner)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/settings/")
    until(page, "document.querySelector('.v-nav-box')?.hasAttribute('data-over')")
    every = [str(one.url) for one in screens.sections_for(shop.cast.owner)]
    seen, kept = page.evaluate(SEEN), page.evaluate(IN_MENU)
    assert seen + kept == every, "in the bar first, the rest in the menu, each once"
    assert len(every) > 8
    assert page.evaluate(MOVED) < 0.01
    page.locator(".v-nav-more").press("Enter")
    until(page, "document.activeElement.matches('#v-more a')")
    assert page.evaluate(INSIDE)
    page.keyboard.press("ArrowDown")
    second = page.evaluate("document.activeElement.getAttribute('href')")
    assert second == (kept[1] if len(kept) > 1 else kept[0])
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('#v-more').matches(':popover-open')")
    page.set_viewport_size({"width": 2400, "height": 800})
    until(page, "!document.querySelector('.v-nav-box').hasAttribute('data-over')")
    assert page.evaluate(SEEN) == every
    assert not page.evaluate(BUTTON)


def test_a_phone_has_them_in_the_person_s_menu(visit):
    shop = make_shop()
    page = visit(shop.cast.owner, viewport=PHONE)
    page.goto("/settings/")
    page.click(".v-face")
    until(page, "document.querySelector('#v-mine').matches(':popover-open')")
    every = [str(one.url) for one in screens.sections_for(shop.cast.owner)]
    found = """[...document.querySelectorAll('.v-pop-nav a')].filter((row) => row.checkVisibility())
        .map((row) => row.getAttribute('href'))"""
    assert page.evaluate(found) == every
