"""Finds a Chromium for the browser tests, or installs one, and says which: `make chromium`.

Looked for in VORONKA_CHROMIUM, then on the system, then Playwright's own. As root with apt-get Debian's package is
installed, else Playwright's build. Exits 1 with a sentence when none can be had: browser tests are never skipped.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from voronka.config.testing import chromium_path


def install() -> None:
    """Install a Chromium by what this machine has."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("No Chromium here: installing Debian's package")
        variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", "chromium"]):
            if subprocess.run(words, env=variables, stdout=subprocess.DEVNULL, check=False).returncode:
                break
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
