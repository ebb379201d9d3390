"""Passkeys in a real browser with a device of its own: made, used for signing in, as second factor, removed."""

import time

import pytest

from voronka.accounts.testing import PASSWORD, Cast, make_company, sign_in, user_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def page(chromium, live_server):  # type: ignore[no-untyped-def]
    """Return a page with a device that answers, which fails the test on an error of a script or the policy."""
    errors: list[str] = []
    context = chromium.new_context(base_url=live_server.url, locale="en-GB")
    opened = context.new_page()
    devtools = context.new_cdp_session(opened)
    devtools.send("WebAuthn.enable")
    opened.device = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    opened.devtools = devtools
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda one: errors.append(one.text) if "Content Security Policy" in one.text else None)
    yield opened
    context.close()
    assert errors == []


def at(page, path: str, seconds: float = 20) -> None:  # type: ignore[no-untyped-def]
    ends = time.monotonic() + seconds
    while path not in page.url:
        assert time.monotonic() < ends, page.url
        page.wait_for_timeout(50)


def sign_in_by_password(page, cast: Cast) -> None:  # type: ignore[no-untyped-def]
    page.goto("/account/login/")
    page.fill("input[name=login]", user_of(cast.owner).email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/account/login/" not in url)


def make_passkey(page) -> None:  # type: ignore[no-untyped-def]
    page.goto("/account/2fa/passkeys/add/")
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
    page.fill("input[name=name]", "Work laptop")
    page.click("[data-passkey]")


def test_a_passkey_opens_the_door_and_its_making_ends_other_sessions(page, live_server, cast, client) -> None:  # type: ignore[no-untyped-def]
    sign_in(client, cast.owner)
    assert client.get("/me/").status_code == 200
    assert client.get("/me/").status_code == 200
    sign_in_by_password(page, cast)
    make_passkey(page)
    at(page, "/account/2fa/recovery-codes/")
    assert page.locator(".v-sign-codes li").count() == 10
    assert client.get("/me/", headers={"HX-Request": "true"}).status_code == 401
    page.goto("/account/2fa/passkeys/")
    assert "Work laptop" in page.inner_text(".v-passkeys")
    page.context.clear_cookies()
    page.goto("/account/login/")
    page.click("[data-passkey]")
    page.wait_for_url(lambda url: "/account/" not in url)
    page.goto("/me/")
    assert user_of(cast.owner).email in page.content()


def test_a_passkey_is_the_second_factor_after_the_password(page, cast) -> None:  # type: ignore[no-untyped-def]
    sign_in_by_password(page, cast)
    make_passkey(page)
    at(page, "/account/2fa/recovery-codes/")
    page.context.clear_cookies()
    page.goto("/account/login/")
    page.fill("input[name=login]", user_of(cast.owner).email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    at(page, "/account/2fa/authenticate/")
    page.click("[data-passkey]")
    page.wait_for_url(lambda url: "/account/" not in url)


def test_a_device_that_says_no_is_told_kindly(page, cast) -> None:  # type: ignore[no-untyped-def]
    sign_in_by_password(page, cast)
    page.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": page.device, "isUserVerified": False})
    make_passkey(page)
    page.wait_for_selector("[data-why]:not([hidden])")
    assert page.inner_text("[data-why]") == page.get_attribute("v-passkey", "data-cancelled")
    assert page.locator("[data-passkey]").is_enabled()


def test_a_removed_passkey_opens_nothing(page, cast) -> None:  # type: ignore[no-untyped-def]
    sign_in_by_password(page, cast)
    make_passkey(page)
    at(page, "/account/2fa/recovery-codes/")
    page.goto("/account/2fa/passkeys/")
    page.click("a[href$='/remove/']")
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
    page.click(".v-act--danger")
    at(page, "/account/2fa/passkeys/")
    assert page.locator(".v-passkeys").count() == 0
    page.context.clear_cookies()
    page.goto("/account/login/")
    page.click("[data-passkey]")
    page.wait_for_selector(".v-banner")
    assert "/account/login/" in page.url


@pytest.mark.parametrize(
    "credential",
    ["", "{}", "[]", "null", '{"id": 1}', "not json", '{"id":"x","rawId":"x","type":"public-key","response":{}}'],
)
@pytest.mark.parametrize("address", ["/account/passkey/", "/account/2fa/passkeys/add/"])
def test_garbage_in_place_of_a_passkey_is_refused(client, cast, address, credential) -> None:  # type: ignore[no-untyped-def]
    if "add" in address:
        client.post("/account/login/", {"login": user_of(cast.owner).email, "password": PASSWORD})
    answer = client.post(address, {"credential": credential, "name": "x"})
    assert answer.status_code < 500
