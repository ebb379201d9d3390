"""The editor of letters of blocks in a real browser: by keys alone, by mouse, on a phone; the look follows."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browsing import PHONE, until
from django.db import transaction
from test_access_pages import AXE, RUN

from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Template
from voronka.messaging.testing import make_reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page, name):
    """Keep a picture to look at, where a folder for pictures is named."""
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def cast():
    cast = make_company(name="Ладная кухня", now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        make_reader("Анна Краснова", at=datetime.now(UTC))
    return cast


def kinds(page):
    return [one["kind"] for one in json.loads(page.input_value("[name=blocks]"))]


def look(page):
    return page.frame_locator("[data-frame] iframe:not(.is-coming)")


def looks(page, words, seconds=30):
    look(page).get_by_text(words).first.wait_for(timeout=seconds * 1000)


def acted(page, kinds_then):
    until(page, f"JSON.stringify(JSON.parse(document.querySelector('[name=blocks]').value).map((one) => one.kind))"
                f" === {json.dumps(json.dumps(kinds_then, separators=(',', ':')))}", 20)  # fmt: skip


def axe(page):
    page.add_script_tag(path=AXE)
    assert page.evaluate(RUN, None) == []


def test_a_letter_is_made_by_keys_alone_and_looked_at_as_it_is_typed(cast, visit):
    page = visit(cast.owner, language="ru")
    page.goto("/settings/letters/blocks/")
    shot(page, "blocks-starts-ru")
    page.get_by_role("link", name="Давно не виделись").press("Enter")
    page.wait_for_url("**/new/?from=win_back")
    looks(page, "Давно не виделись, Анна")
    shot(page, "blocks-desk-ru")
    first = kinds(page)
    # Typed: the look follows without a press.
    page.get_by_role("textbox", name="Текст").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("Зима близко")
    looks(page, "Зима близко")
    # Moved by Alt with an arrow; the focus stays where it was.
    page.locator("#b-b1").focus()
    page.keyboard.press("Alt+ArrowDown")
    acted(page, [first[1], first[0], *first[2:]])
    assert page.evaluate("document.activeElement.id") in {"b-b1", "b-b1-down"}
    page.locator("#b-b1-down").press("Enter")
    acted(page, [first[1], first[2], first[0], *first[3:]])
    assert page.evaluate("document.activeElement.id") == "b-b1-down"
    page.locator("#b-undo").press("Enter")
    acted(page, [first[1], first[0], *first[2:]])
    page.locator("#b-undo").press("Enter")
    acted(page, first)
    looks(page, "Зима близко")
    page.get_by_role("button", name="Удалить: Линия").press("Enter")
    acted(page, [one for one in first if one != "divider"])
    page.locator("#b-undo").press("Enter")
    acted(page, first)
    # A new block, marked bold, with a field put where the caret is.
    page.locator("[value='add:text']").press("Enter")
    acted(page, [first[0], "text", *first[1:]])
    text = page.get_by_role("textbox", name="Текст")
    text.focus()
    page.keyboard.type("Важно ")
    page.keyboard.press("Control+b")
    page.keyboard.type("сегодня ")
    page.get_by_role("button", name="имя без фамилии", exact=True).press("Enter")
    assert text.input_value() == "Важно **сегодня {{ client.first_name }}**"
    # One look follows another at once: a look that is held back is given up after eight seconds.
    looks(page, "сегодня Анна", 7)
    assert "**" not in look(page).locator("body").inner_text()
    # A link that leads nowhere is told at its place.
    page.get_by_role("button", name="Кнопка").first.press("Enter")
    link = page.get_by_role("textbox", name="Ссылка")
    link.fill("javascript:alert(1)")
    page.locator("#b-save").press("Enter")
    until(page, "document.querySelector('[aria-invalid=true]') === document.activeElement", 20)
    shot(page, "blocks-wrong-ru")
    link = page.get_by_role("textbox", name="Ссылка")
    link.fill("https://shop.example.com/")
    page.locator("#b-save").press("Enter")
    page.wait_for_url("**/settings/letters/blocks/*/", wait_until="load")
    until(page, "!location.pathname.includes('/new/')", 20)
    looks(page, "Зима близко")
    with company_context(cast.company_id), transaction.atomic():
        made = Template.objects.get()
        assert "Зима близко" in made.html
        assert made.kind == "blocks"
    # The browser's way back leads to the page before, not through every look.
    page.go_back()
    page.wait_for_url("**/new/?from=win_back")


def test_by_mouse_on_a_phone_and_in_the_dark(cast, visit):
    page = visit(cast.owner, language="en")
    page.goto("/settings/letters/blocks/new/?from=news")
    first = kinds(page)
    grip = page.locator("[data-block=b1] .v-blocks-grip").bounding_box()
    to = page.locator("[data-block=b3]").bounding_box()
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(to["x"] + 12, to["y"] + 10, steps=4)
    page.mouse.move(to["x"] + 12, to["y"] + to["height"] - 4, steps=4)
    page.mouse.up()
    acted(page, [first[1], first[2], first[0], *first[3:]])
    page.get_by_text("Dark", exact=True).click()
    until(page, "Number(document.querySelector('[data-frame]').dataset.looks) > 0", 20)
    looks(page, "Привезём сами")
    shot(page, "blocks-dark-en")
    phone = visit(cast.owner, language="en", viewport=PHONE)
    phone.goto("/settings/letters/blocks/new/?from=after_order")
    phone.get_by_text("Phone", exact=True).click()
    looks(phone, "Анна")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shot(phone, "blocks-phone-en")
    dead = phone.evaluate(
        "(() => { const one = document.querySelector('[data-frame] iframe'); return one.contentDocument; })()"
    )
    assert dead is None, "the frame is of no origin: nothing of ours can be reached from it"
    reader = visit(cast.owner, language="en", bypass_csp=True)
    for address in ("/settings/letters/blocks/", "/settings/letters/blocks/new/?from=news"):
        reader.goto(address)
        axe(reader)
