"""Draws the icons of the installed application from the mark, by a Chromium: run when the mark changes.

Writes app-180.png (Apple), app-192.png and app-512.png, and app-maskable-512.png, whose mark keeps clear of the edges
that a phone cuts off, to src/voronka/kit/static/kit.
"""

from pathlib import Path

from playwright.sync_api import sync_playwright

from voronka.config.testing import chromium_path

STATIC = Path(__file__).resolve().parent.parent / "src" / "voronka" / "kit" / "static" / "kit"
MARK = (STATIC / "icon.svg").read_text("utf-8")
# The mark is 22 by 20 in a square of 32; a maskable one may be cut to a circle of four fifths.
WHOLE, MASKABLE = 'viewBox="-5 -6 32 32"', 'viewBox="-11 -12 44 44"'
GROUND = '<rect x="-5" y="-6" width="32" height="32" rx="6" fill="#f3f2ee"/>'
FULL = '<rect x="-20" y="-20" width="70" height="70" fill="#f3f2ee"/>'


def main() -> None:
    """Draw all of them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path())
        for name, size, mark in (
            ("app-180", 180, MARK.replace(GROUND, FULL)),
            ("app-192", 192, MARK),
            ("app-512", 512, MARK),
            ("app-maskable-512", 512, MARK.replace(WHOLE, MASKABLE).replace(GROUND, FULL)),
        ):
            page = browser.new_page(viewport={"width": size, "height": size})
            sheet = "<style>html,body{margin:0}svg{display:block;width:100vw;height:100vh}</style>"
            page.set_content(sheet + mark)
            page.screenshot(path=STATIC / f"{name}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
