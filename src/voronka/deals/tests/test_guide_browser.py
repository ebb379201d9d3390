"""From an empty installation to the first processed client, by the keyboard, as a new user goes."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOUNDER = {"name": "Мебель Сити", "owner_name": "Анна Петрова", "email": "anna@example.com"}


def test_from_nothing_to_the_first_processed_client(chromium, live_server) -> None:  # type: ignore[no-untyped-def]
    errors: list[str] = []
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url, locale="ru-RU")
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/")
    for name, value in FOUNDER.items():
        page.fill(f"[name={name}]", value)
    page.fill("[name=password]", "rowan-lantern-41-creek")
    page.keyboard.press("Enter")
    page.wait_for_url("**/guide/")
    assert page.locator("[aria-current=step] b").inner_text() == "Чем торгуете"
    page.keyboard.press("3")
    page.wait_for_selector(".v-start-got")
    assert page.locator(".v-start-got .v-track-name").all_inner_texts()[2] == "Замер"
    page.keyboard.press("1")
    page.wait_for_selector(".v-trade[value=shop][aria-pressed=true]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/work/?guide=1*")
    assert page.locator(".v-client-name").inner_text() == "Ларина Татьяна Сергеевна"
    assert page.locator(".v-hintcard h2").is_visible()
    page.keyboard.press("5")
    page.wait_for_selector(".v-client-name:has-text('Соколов')")
    page.goto("/guide/")
    steps = page.locator(".v-start-steps li")
    assert [steps.nth(at).get_attribute("class") for at in range(4)] == ["is-past"] * 3 + ["is-now"]
    assert page.locator(".v-trade[disabled]").count() == 4, "no trade is changed under a deal"
    page.click("text=Убрать пример")
    page.wait_for_selector("text=Попробовать на примере")
    page.goto("/clients/")
    assert page.locator("text=Ларина").count() == 0
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/guide/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
    assert errors == []
