"""Lists in a browser: a filter becomes a saved list, many cards change at once and back, a colleague is mentioned."""

from datetime import UTC, datetime

import pytest
from browsing import eventually, settled, until
from django.db import transaction

from voronka.accounts.models import Notice, SavedView
from voronka.accounts.testing import Cast, make_company
from voronka.kit.tenancy import company_context
from voronka.people.models import BulkRun, Client
from voronka.people.services import bulk
from voronka.people.testing import make_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id), transaction.atomic():
        for number in range(6):
            make_client(made.owner, f"Клиент {number}", city="Омск" if number % 2 else "Томск", now=datetime.now(UTC))
    return made


def inside(cast: Cast, ask):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        return ask()


def test_a_list_is_filtered_saved_opened_and_deleted_with_undo(cast: Cast, visit) -> None:
    page = visit(cast.owner)
    page.goto("/clients/?add=city")
    page.locator(".v-look-make select").select_option("not")
    page.fill(".v-look-make input[name=v]", "Омск")
    page.click(".v-look-make .v-act--main")
    until(page, "document.querySelectorAll('.v-clients tbody tr').length === 3")
    settled(page)
    page.click(".v-views summary")
    page.fill("#view-name", "Not from Omsk")
    page.click(".v-views-menu .v-act--main")
    until(page, "document.querySelector('.v-views a[aria-current] i')?.textContent === '3'")
    settled(page)
    page.click(".v-views summary")
    page.click(".v-views-menu .v-act--danger")
    until(page, "!!document.querySelector('.v-toast-undo')")
    assert page.locator(".v-views a", has_text="Not from Omsk").count() == 0
    settled(page)
    page.click(".v-toast-undo")
    until(page, "document.querySelector('.v-views a[aria-current] span')?.textContent === 'Not from Omsk'")
    assert inside(cast, lambda: SavedView.objects.get().dropped_at) is None


def test_chosen_rows_change_and_are_put_back(cast: Cast, visit) -> None:
    page = visit(cast.owner)
    page.goto("/clients/?sort=name")
    settled(page)
    assert page.locator("[data-pick-bar]").is_hidden()
    ticks = page.locator("input[name=id]")
    ticks.nth(0).click()
    ticks.nth(2).click(modifiers=["Shift"])
    until(page, "document.querySelector('[data-pick-words]').textContent.includes('3')")
    page.click("[data-pick-bar] .v-act--main")
    page.click(".v-bulk .v-tabs a:has-text('City')")
    page.fill(".v-bulk-form input[name=value]", "Казань")
    page.click(".v-bulk-form .v-act")
    until(page, "document.querySelectorAll('.v-bulk-table tbody tr').length === 3")
    page.click(".v-bulk-look .v-act--main")
    until(page, "!!document.querySelector('.v-run')")
    run_id = inside(cast, lambda: BulkRun.objects.get().pk)
    with company_context(cast.company_id, origin="test"):
        bulk.run(run_id)
    until(page, "document.querySelector('h1').textContent === 'Done'")
    assert inside(cast, lambda: Client.objects.filter(city="Казань").count()) == 3
    page.click(".v-bulk form .v-act")
    until(page, "document.querySelector('h1').textContent.startsWith('Putting back')")
    with company_context(cast.company_id, origin="test"):
        bulk.undo(run_id)
    until(page, "document.querySelector('h1').textContent === 'Put back as it was'")
    assert inside(cast, lambda: Client.objects.filter(city="Казань").count()) == 0


def test_a_colleague_is_mentioned_from_the_keyboard(cast: Cast, visit) -> None:
    client = inside(cast, lambda: Client.objects.order_by("id")[0])
    page = visit(cast.owner)
    page.goto(f"/clients/{client.public_id}/")
    settled(page)
    page.keyboard.press("n")
    page.keyboard.type("Call her, @max")
    until(page, "document.querySelectorAll('.v-mention-list:not([hidden]) li').length === 1")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#v-note').value === 'Call her, @Maxim Manager '")
    page.keyboard.press("Enter")
    eventually(lambda: inside(cast, lambda: Notice.objects.count()) == 1)
    colleague = visit(cast.colleague)
    colleague.goto("/notices/")
    until(colleague, "document.querySelector('[data-bell-count]').textContent === '1'")
    colleague.click(".v-notices-go")
    until(colleague, f"location.pathname === '/clients/{client.public_id}/'")
    until(colleague, "document.querySelector('[data-bell-count]').hidden")


def order_of(page) -> list[str]:
    return page.evaluate(
        "[...document.querySelectorAll('.v-clients th')].slice(2).map((one) => one.textContent.trim())"
    )


def test_columns_are_put_in_order_by_keys_and_mouse_and_kept_with_the_saved_list(cast: Cast, visit) -> None:
    page = visit(cast.owner)
    page.goto("/clients/")
    settled(page)
    assert order_of(page) == ["Phone", "City", "Responsible", "Card made"]
    page.click("summary:has-text('Columns')")
    page.focus("input[name=columns][value=made_at]")
    for _step in range(3):
        page.keyboard.press("Alt+ArrowUp")
    assert page.locator(".v-arrange [data-says]").inner_text() == "Card made: place 1 of " + str(
        page.locator(".v-arrange-row").count()
    )
    assert page.evaluate("document.activeElement.value") == "made_at"
    page.locator(".v-arrange-row", has_text="Phone").get_by_role("button", name="Down").click()
    grip = page.locator(".v-arrange-row", has_text="Responsible").locator(".v-arrange-grip").bounding_box()
    first = page.locator(".v-arrange-row").first.bounding_box()
    page.mouse.move(grip["x"] + 8, grip["y"] + 12)
    page.mouse.down()
    page.mouse.move(grip["x"] + 8, first["y"] + first["height"] * 1.5, steps=4)
    page.mouse.move(grip["x"] + 8, first["y"] + 4, steps=4)
    page.mouse.up()
    page.click(".v-drop-list--columns .v-act--main")
    until(page, "document.querySelectorAll('.v-clients th')[2]?.textContent.trim() === 'Responsible'")
    settled(page)
    wanted = ["Responsible", "Card made", "City", "Phone"]
    assert order_of(page) == wanted
    page.click(".v-views summary")
    page.fill("#view-name", "My order")
    page.click(".v-views-menu .v-act--main")
    until(page, "document.querySelector('.v-views a[aria-current] span')?.textContent === 'My order'")
    page.goto("/clients/")
    page.click(".v-views a:has-text('My order')")
    until(page, "document.querySelectorAll('.v-clients th')[2]?.textContent.trim() === 'Responsible'")
    assert order_of(page) == wanted


def test_the_chosen_cards_are_joined_from_the_list(cast: Cast, visit) -> None:
    page = visit(cast.owner)
    page.goto("/clients/?sort=name")
    settled(page)
    join = page.locator("[data-pick-bar] [value=merge]")
    ticks = page.locator("input[name=id]")
    ticks.nth(0).click()
    until(page, "!document.querySelector('[data-pick-bar]').hidden")
    assert join.is_hidden()
    ticks.nth(1).click()
    assert join.is_visible()
    join.click()
    until(page, "location.pathname === '/clients/merge/'")
    assert page.evaluate("new URLSearchParams(location.search).get('ids').split(',').length") == 2
