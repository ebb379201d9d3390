"""Pictures of the key pages, to be set beside the reference pictures: `make screens` writes screens/*.png.

A program of its own runs for the time of the pictures, in a folder that is thrown away, with the company of
`screens_company.py`. Names: PAGE-STATE-LANGUAGE-THEME-WIDTH.png. Words after the command choose pages by name.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tools")]

from screens_company import PASSWORD  # noqa: E402

from voronka.config.testing import chromium_path  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, StorageState

OUT = ROOT / "screens"
DESK = ((1440, 900), (1366, 768), (1280, 800))
PHONE = ((390, 844),)
Act = Callable[["Page"], object]


def key(name: str) -> Act:
    """Return an act that presses a key."""
    return lambda page: page.keyboard.press(name)


def click(selector: str) -> Act:
    """Return an act that clicks."""
    return lambda page: page.click(selector)


@dataclass(frozen=True)
class Shot:
    """A state of a page: its address (a name of the company's addresses, or a path) and how it is reached."""

    name: str
    where: str
    acts: Sequence[Act] = ()
    sizes: Sequence[tuple[int, int]] = (*DESK, *PHONE)
    signed: bool = True


def write(selector: str, text: str) -> Act:
    """Return an act that types into a field."""
    return lambda page: page.fill(selector, text)


def _sign_in_as(name: str, password: str = PASSWORD) -> Act:
    """Return an act that signs a person of the company of this language in."""

    def act(page: "Page") -> None:
        language = page.evaluate("document.documentElement.lang")
        page.fill("input[name=login]", f"{name}.{language}@example.com")
        page.fill("input[name=password]", password)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    return act


def _edit_by_two(page: "Page") -> None:
    """Change the card in another tab first, then save other words here."""
    other = page.context.new_page()
    other.goto(page.url)
    other.fill("input[name=city]", f"Абакан-{uuid.uuid4().hex[:3]}")
    with other.expect_navigation():
        other.click(".v-form-acts button")
    other.close()
    page.fill("input[name=city]", "Ачинск")
    with page.expect_navigation():
        page.click(".v-form-acts button")


def _type_a_name(page: "Page") -> None:
    page.keyboard.type("smi" if page.evaluate("document.documentElement.lang") == "en" else "см", delay=30)
    page.wait_for_timeout(300)


def _carry_a_card(page: "Page") -> None:
    """Carry the first card one stage on by keys: the button that leads there asks."""
    page.focus(".v-board-columns [data-move] > a")
    for name in ("Space", "ArrowRight", "Enter"):
        page.keyboard.press(name)
    page.wait_for_selector("#v-ask > *")


def _begin_a_walk(page: "Page") -> None:
    with page.expect_navigation():
        page.click(".v-walk-new form button")


def _pause(page: "Page") -> None:
    with page.expect_navigation():
        page.keyboard.press("p")


# Of a program that holds no company yet.
FIRST = Shot("start", "/start/", signed=False, sizes=(DESK[0], DESK[2], PHONE[0]))
SHOTS = [
    Shot("sign-in", "/account/login/", signed=False, sizes=(DESK[0], PHONE[0])),
    Shot("workplace", "Смирнова"),
    Shot("workplace-time", "Смирнова", [key("2")]),
    Shot("workplace-outcomes", "Смирнова", [click("[data-press='1'] .v-press-more")]),
    Shot("workplace-reasons", "Смирнова", [key("7")], sizes=DESK[:1]),
    Shot("workplace-paid", "Смирнова", [key("6")], sizes=DESK[:1]),
    Shot("workplace-night", "Громов"),
    Shot("workplace-long", "Константинопольская-Задунайская", sizes=(*DESK, *PHONE)),
    Shot("workplace-fields", "Смирнова", [key("3")], sizes=(DESK[0], PHONE[0])),
    Shot("workplace-field", "Константинопольская-Задунайская", [click(".v-field-fill")], sizes=DESK[:1]),
    Shot("inbox", "/inbox/", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("inbox-lead", "/inbox/", [click(".v-inbox-row > a")], sizes=PHONE),
    Shot("inbox-accepted", "/inbox/", [key("ArrowDown"), key("ArrowDown"), key("a")], sizes=DESK[:1]),
    Shot("inbox-settings", "/settings/inbox/", sizes=(DESK[0], PHONE[0])),
    Shot("waiting", "/deals/waiting/", sizes=(DESK[0], PHONE[0])),
    Shot("share-rules", "share-rules", sizes=(DESK[0], PHONE[0])),
    Shot("hand-over", "hand-over", sizes=(DESK[0], PHONE[0])),
    Shot("stage", "stage", sizes=DESK[:1]),
    Shot("palette", "Смирнова", [key("Control+k"), _type_a_name], sizes=(DESK[0], PHONE[0])),
    Shot("queue-order", "/work/order", sizes=(DESK[0], PHONE[0])),
    Shot("deals", "/deals/", sizes=(DESK[0], PHONE[0])),
    Shot("deals-filter", "/deals/?f.sum=30000..&f.step=week&add=age", sizes=(DESK[0], PHONE[0])),
    Shot("board", "/deals/board/", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("board-filter", "/deals/board/?f.responsible=mine&f.sum=30000..", sizes=DESK[:1]),
    Shot("board-carried", "/deals/board/", [_carry_a_card], sizes=(DESK[0], PHONE[0])),
    Shot("funnel", "/deals/funnel/", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("walk-new", "/walks/new/?of=deal&query=f.sum%3D30000..", sizes=(DESK[0], PHONE[0])),
    Shot("walk", "/walks/new/?of=deal&query=f.sum%3D30000..", [_begin_a_walk], sizes=(DESK[0], PHONE[0])),
    Shot("walk-paused", "/walks/new/?of=deal&query=f.sum%3D30000..", [_begin_a_walk, _pause],
         sizes=(DESK[0], PHONE[0])),
    Shot("clients", "/clients/", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("clients-filter", "/clients/?f.kind=person&columns=phone,email,city,zone,sum,source,made_at&add=responsible",
         sizes=(DESK[0], PHONE[0])),
    Shot("clients-columns", "/clients/", [click(".v-filters-end summary")], sizes=(DESK[0], PHONE[0])),
    Shot("clients-nobody", "/clients/?q=Ктототам", sizes=DESK[:1]),
    Shot("client", "client", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("client-firm", "client-firm", sizes=(DESK[0],)),
    Shot("client-history", "client-history", sizes=(DESK[0], PHONE[0])),
    Shot("client-edit", "client-edit", sizes=(DESK[0], PHONE[0])),
    Shot("client-add", "/clients/add/", [write("input[name=contact_0]", "8 391 220-14-70"), key("Tab")],
         sizes=(DESK[0], PHONE[0])),
    Shot("client-conflict", "firm-edit", [_edit_by_two], sizes=(DESK[0], PHONE[0])),
    Shot("clients-lists", "/clients/?f.kind=person", [click(".v-views summary")], sizes=(DESK[0], PHONE[0])),
    Shot("doubles", "/clients/duplicates/", sizes=(DESK[0], PHONE[0])),
    Shot("merge", "merge", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("merged", "merged", sizes=(DESK[0], PHONE[0])),
    Shot("bulk", "bulk", sizes=(DESK[0], PHONE[0])),
    Shot("bin", "/clients/bin/", sizes=(DESK[0], PHONE[0])),
    Shot("guide", "/guide/", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("help", "Смирнова", [key("?")], sizes=(DESK[0], PHONE[0])),
    Shot("planner", "/planner/", sizes=(*DESK, *PHONE)),
    Shot("planner-day", "/planner/?view=day", sizes=(DESK[0], PHONE[0])),
    Shot("tasks", "/tasks/", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("task", "task", sizes=(DESK[0], PHONE[0])),
    Shot("task-new", "/tasks/new/", sizes=(DESK[0], PHONE[0])),
    Shot("reminders", "/reminders/", sizes=(DESK[0], PHONE[0])),
    Shot("notices", "/notices/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-hours", "/settings/hours/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-keys", "/settings/keys/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-webhooks", "/settings/webhooks/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-modules", "/settings/modules/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-networks", "/settings/networks/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-completeness", "/settings/completeness/", sizes=(DESK[0], PHONE[0])),
    Shot("passkeys", "/account/2fa/", sizes=(DESK[0], PHONE[0])),
    Shot("import", "/clients/import/", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("import-columns", "import-columns", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("import-check", "import-check", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("import-remarks", "import-remarks", sizes=(DESK[0],)),
    Shot("import-running", "import-running", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("import-result", "import-result", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("import-question", "import-question", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("import-undone", "import-undone", sizes=(DESK[0],)),
    Shot("settings", "/settings/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-company", "/settings/company/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-employees", "/settings/employees/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-employee", "employee", sizes=(DESK[0], PHONE[0])),
    Shot("settings-invite", "/settings/employees/add/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-roles", "/settings/roles/", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("settings-role", "/settings/roles/manager/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-fields", "/settings/fields/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-history", "/settings/history/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-letters", "/settings/letters/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-letter", "letter", sizes=(DESK[0], PHONE[0])),
    Shot("settings-mailbox", "/mailbox/", sizes=(DESK[0], PHONE[0])),
    Shot("settings-export", "/settings/export/", sizes=(DESK[0], PHONE[0])),
    Shot("profile", "/me/", sizes=(DESK[0], PHONE[0])),
    Shot("profile-sessions", "/account/sessions/", sizes=(DESK[0], PHONE[0])),
    Shot("profile-totp", "/account/2fa/totp/activate/", sizes=(DESK[0], PHONE[0])),
    Shot("sign-in-wrong", "/account/login/", [_sign_in_as("marina", "not-the-password")], signed=False,
         sizes=(DESK[0], PHONE[0])),
    Shot("sign-in-factor", "/account/login/", [_sign_in_as("sales")], signed=False, sizes=(DESK[0], PHONE[0])),
    Shot("sign-in-reset", "/account/password/reset/", signed=False, sizes=(DESK[0], PHONE[0])),
    Shot("sign-in-join", "join", signed=False, sizes=(DESK[0], PHONE[0])),
    Shot("lead-form", "lead-form", signed=False, sizes=(DESK[0], PHONE[0])),
    Shot("pipelines", "/settings/pipelines/", sizes=(DESK[0],)),
    Shot("button-editor", "editor", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("reports-funnel", "/reports/", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("reports-managers", "/reports/managers/", sizes=(DESK[0], DESK[2], PHONE[0])),
    Shot("reports-table", "/reports/managers/?view=table", sizes=DESK[:1]),
    # These two press, so they come last.
    Shot("workplace-toast", "Лаптев", [key("1")], sizes=(DESK[0], PHONE[0])),
    Shot("workplace-empty", "/work/?done", sizes=(DESK[0], PHONE[0])),
]  # fmt: skip


def main(wanted: Sequence[str]) -> int:
    """Take the pictures whose names begin with one of the words, all without words; return how many failed."""
    path = chromium_path()
    if path is None:
        print("No Chromium: run `make chromium`")
        return 1
    from playwright.sync_api import sync_playwright

    OUT.mkdir(exist_ok=True)
    failed = 0
    with running() as (base, home), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path or None, args=["--no-sandbox", "--disable-gpu"])
        room = Room(browser, base)
        if not wanted or FIRST.name.startswith(tuple(wanted)):
            failed += sum(_take_all(room, FIRST, language, {}) for language in ("ru", "en"))
        addresses = fill(home)
        room.signed = {language: sign_in(browser, base, language) for language in addresses}
        for shot in SHOTS:
            if not wanted or shot.name.startswith(tuple(wanted)):
                if shot.name == "workplace-empty":
                    finish_day(home, [one["company"] for one in addresses.values()])
                for language in addresses:
                    failed += _take_all(room, shot, language, addresses[language])
        browser.close()
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}, {failed} failed")
    return min(failed, 1)


@dataclass
class Room:
    """The browser with one window for each language, theme and size: opened once, used for all pictures."""

    browser: "Browser"
    base: str
    signed: "dict[str, StorageState]" = field(default_factory=dict)
    pages: "dict[tuple[object, ...], Page]" = field(default_factory=dict)

    def page(self, language: str, theme: str, size: tuple[int, int], *, signed: bool) -> "Page":
        """Return the window for such pictures."""
        key_of = (language, theme, size, signed)
        if key_of not in self.pages:
            context = self.browser.new_context(
                base_url=self.base,
                viewport={"width": size[0], "height": size[1]},
                color_scheme="dark" if theme == "dark" else "light",
                locale=language,
                storage_state=self.signed[language] if signed else None,
                device_scale_factor=2,
                is_mobile=size[0] < 500,
                has_touch=size[0] < 500,
                reduced_motion="reduce",
            )
            context.set_default_timeout(15_000)
            self.pages[key_of] = context.new_page()
        return self.pages[key_of]


def _take_all(room: Room, shot: Shot, language: str, addresses: dict[str, str]) -> int:
    failed = 0
    for size in shot.sizes:
        for theme in ("light", "dark"):
            page = room.page(language, theme, size, signed=shot.signed)
            name = f"{shot.name}-{language}-{theme}-{size[0]}.png"
            try:
                answer = page.goto(addresses.get(shot.where, shot.where))
                if answer is None or answer.status >= 400:
                    raise RuntimeError(f"answer {answer and answer.status}")
                _settle(page)
                for act in shot.acts:
                    act(page)
                    _settle(page)
                page.screenshot(path=str(OUT / name), animations="disabled")
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                if wide > 0:
                    raise RuntimeError(f"the page is {wide} px wider than its window")
            except Exception as error:  # noqa: BLE001 - one page that fails must not stop the others
                failed += 1
                print(f"{name}: {str(error).splitlines()[0]}")
    return failed


def _settle(page: "Page") -> None:
    """Wait until fonts are there, panels have come and nothing is asked of the server any more."""
    page.wait_for_timeout(60)
    ends = time.monotonic() + 10
    while time.monotonic() < ends and not page.evaluate(
        "document.fonts.status === 'loaded' && !!window.htmx && !document.querySelector('.is-busy, .htmx-request')"
    ):
        page.wait_for_timeout(40)
    page.wait_for_timeout(60)


def sign_in(browser: "Browser", base: str, language: str) -> "StorageState":
    """Sign the owner of one company in; return the cookies."""
    context = browser.new_context(base_url=base, locale=language)
    page = context.new_page()
    page.goto("/account/login/")
    page.fill("input[name=login]", f"{language}@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "login" not in address)
    state = context.storage_state()
    context.close()
    return state


def fill(home: Path) -> dict[str, dict[str, str]]:
    """Make the companies of the pictures; return the addresses of their pages by language."""
    found: dict[str, dict[str, str]] = json.loads(_company(home, "fill"))
    return found


def finish_day(home: Path, companies: Sequence[str]) -> None:
    """Move what is due to tomorrow, so that nobody is left for today."""
    _company(home, "finish", *companies)


def _company(home: Path, *words: str) -> str:
    env = {**os.environ, "VORONKA_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "screens_company.py"), *words],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return done.stdout


@contextmanager
def running() -> Iterator[tuple[str, Path]]:
    """Run the whole program in a folder of its own; give its address and the folder."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="voronka-screens-") as folder:
        home = Path(folder) / "home"
        env = {**os.environ, "VORONKA_HOME": str(home), "PORT": str(port), "PYTHONPATH": str(ROOT / "src")}
        Path(folder).chmod(0o755)
        process = subprocess.Popen(
            [sys.executable, "-m", "voronka.config.cli", "serve"],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            base = f"http://localhost:{port}"
            _wait(base, process)
            yield base, home
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _wait(base: str, process: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + 180
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise SystemExit("`voronka serve` ended before it was ready")
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise SystemExit("`voronka serve` does not answer")


def _free_port() -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port < 65000:
            return port


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
