"""What tests in the browser share: people's pages, waiting, and the keyboard."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Error

from voronka.accounts.testing import sign_in, user_of
from voronka.config.testing_warm import begun
from voronka.kit.actors import Actor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
_open: list["Page"] = []  # the pages of this test
QUIET = "!document.querySelector('.htmx-added, .htmx-settling, .htmx-swapping, .htmx-request')"


class Visitor:
    """Opens pages in browsers of their own and hears their errors."""

    def __init__(self, chromium: "Browser", base: str) -> None:
        self.chromium, self.base = chromium, base
        self.errors: list[str] = []
        self.contexts: list[BrowserContext] = []

    def open(self, actor: Actor | None = None, *, language: str = "en", **context: Any) -> "Page":
        """Open an empty page for an employee who is signed in, or for nobody, in a language."""
        opened = self.chromium.new_context(
            **{"viewport": DESKTOP, "base_url": self.base, "locale": language, **context}
        )
        self.contexts.append(opened)
        if actor is not None:
            user = user_of(actor)
            user.language = language
            user.save(update_fields=["language"])
            sign_in_page(opened, actor, self.base)
        page = opened.new_page()
        _open.append(page)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.hear(message))
        return page

    def hear(self, message: "ConsoleMessage") -> None:
        """Keep an error; an answer of 4xx or a cut connection is told to people and is no error of the page."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.errors.append(message.text)

    def close(self) -> None:
        """Close all browsers."""
        _open.clear()
        for one in self.contexts:
            one.close()


def sign_in_page(context: "BrowserContext", actor: Actor, base: str) -> None:
    """Give a browser the session of an employee."""
    name = settings.SESSION_COOKIE_NAME
    value = sign_in(Client(), actor).cookies[name].value
    context.add_cookies([{"name": name, "value": value, "url": base}])


def holds(page: "Page", expression: str) -> bool:
    """Evaluate on the page; while it goes over to another page nothing holds."""
    try:
        return bool(page.evaluate(expression))
    except Error as error:
        if "context was destroyed" in str(error) or "navigation" in str(error):
            page.wait_for_timeout(25)
            return False
        raise


# Looks by itself within the page: each look from outside goes through four processes and back. A delay of the scheduler
# also ends where a test has put its own clock into the page.
LOOK = """async () => {
    for (let looks = 0; looks < 10; looks++) {
        if (await (%s)) return true;
        await scheduler.postTask(() => {}, { delay: 25 });
    }
    return false;
}"""


def until(page: "Page", expression: str, seconds: float = 20) -> None:
    """Wait until an expression is true; Playwright's own wait would evaluate a string, which the CSP forbids."""
    ends = time.monotonic() + seconds
    while not holds(page, LOOK % expression):
        assert time.monotonic() < ends, f"{page.url}: {expression}"


def eventually(check: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something holds outside of the page, such as in the database.

    What pages tell meanwhile is heard: Playwright hands it to `page.on` and `page.route` within its own calls only.
    """
    ends = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < ends, "it did not happen in time"
        _pause(0.05)


def _pause(seconds: float) -> None:
    page = next((one for one in reversed(_open) if not one.is_closed()), None)
    try:
        if page is not None:
            return page.wait_for_timeout(seconds * 1000)
    except Error:  # it was closed meanwhile
        pass
    return time.sleep(seconds)


def settled(page: "Page") -> None:
    """Wait until what came is in the hands of the script: a key in the very frame of its coming submits as a form."""
    until(page, f"!!window.htmx && !!customElements.get('v-back') && {QUIET}")
    page.wait_for_timeout(30)


def reach(page: "Page", selector: str) -> None:
    """Go to a control by the Tab key, as one who has no mouse."""
    for _step in range(80):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is out of the reach of the Tab key")


@contextmanager
def wire(log: Path, settings: Any) -> Iterator[None]:
    """Run the product's own wire server beside the test, and let the pages of the test listen to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    directives = dict(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])
    directives["connect-src"] = [*directives["connect-src"], f"http://localhost:{port}", f"http://127.0.0.1:{port}"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
    settings.WIRE_URL, settings.WIRE_PORT = "", port
    with wire_at(port, log):
        yield


def wire_at(port: int, log: Path) -> AbstractContextManager[None]:
    """Run the wire server at a port."""
    return begun("wire", log, str(port))


def worker(log: Path) -> AbstractContextManager[None]:
    """Run the product's own worker beside the test, on the test's database."""
    return begun("worker", log)
