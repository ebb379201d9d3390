"""Finds a Chromium for the browser tests, or installs one, and says which: `make chromium`.

Looked for in VORONKA_CHROMIUM, then on the system (the headless shell first, then the whole browser), then
Playwright's own. As root with apt-get Debian's headless shell is installed where it is missing, or else the whole
browser; for others Playwright's build. Exits 1 with a sentence when none can be had: browser tests are never skipped.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from voronka.config.testing import HEADLESS, chromium_path


def add_headless_shell() -> None:
    """Install Debian's headless shell where it may be: browser tests take half the time with it."""
    if shutil.which(HEADLESS) or os.environ.get("VORONKA_CHROMIUM") or not may_install():
        return
    say("Installing Debian's headless shell of Chromium")
    if not apt("install", "-y", HEADLESS):
        apt("update")
        apt("install", "-y", HEADLESS)


def may_install() -> bool:
    """Tell whether packages of Debian may be installed here."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt(*words: str) -> bool:
    """Run apt-get quietly; return whether it did what it should."""
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-qq", *words]
    quiet = subprocess.DEVNULL
    try:
        return subprocess.run(command, env=variables, stdout=quiet, stderr=quiet, timeout=300).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def install() -> None:
    """Install a Chromium by what this machine has."""
    if may_install():
        say("No Chromium here: installing Debian's package")
        apt("install", "-y", "chromium")
        if chromium_path() is not None:
            return
    say("No Chromium here: installing Playwright's")
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def works(path: str) -> str:
    """Return "" when this Chromium ("" for Playwright's) opens a page, else why not."""
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=path or None, args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
            )
            browser.new_page().close()
            browser.close()
    except Error as error:
        return str(error).strip().splitlines()[0]
    return ""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Find, install where needed, try; return the exit code."""
    add_headless_shell()
    if chromium_path() is None:
        install()
    path = chromium_path()
    if path is None:
        say("No Chromium could be installed: install one, or set VORONKA_CHROMIUM to the path of one")
        return 1
    if reason := works(path):
        say(f"The Chromium {path or 'of Playwright'} does not start: {reason}")
        return 1
    say(f"Browser tests use {path or 'the Chromium of Playwright'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
