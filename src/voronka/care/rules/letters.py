"""A survey's letter written out: the company's own words, then five stars, each with its address."""

import html
import re
from collections.abc import Sequence

INK, PAPER, QUIET, LINE = "#1c1b19", "#ffffff", "#6b6862", "#dedbd3"
FONT = "-apple-system, 'Segoe UI', Arial, sans-serif"
DARK = (
    "@media (prefers-color-scheme: dark) {body,.v-sheet{background:#1e1d1b !important}"
    ".v-sheet p,.v-sheet a{color:#ecebe7 !important;border-color:#3a3834 !important}}"
)


def as_text(body: str, ask: str, stars: Sequence[tuple[int, str, str]]) -> str:
    """Return the plain text; `stars` are rating, words and address, the best first."""
    lines = [f"{words}: {url}" for _rating, words, url in stars]
    return "\n".join([body.strip(), "", ask, *lines])


def as_html(subject: str, body: str, ask: str, stars: Sequence[tuple[int, str, str]], language: str) -> str:
    """Return the page of the letter; whatever people wrote is escaped here."""
    said = "".join(
        f'<p style="margin:0 0 12px;color:{INK}">{html.escape(part).replace(chr(10), "<br>")}</p>'
        for part in body.strip().split("\n\n")
    )
    links = "".join(
        f'<a href="{html.escape(url)}" title="{html.escape(words)}" style="display:inline-block;margin:0 6px 6px 0;'
        f"padding:10px 14px;border:1px solid {LINE};border-radius:8px;color:{INK};text-decoration:none;font-size:18px"
        f'">{rating}&nbsp;&#9733;</a>'
        for rating, words, url in reversed(stars)
    )
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{html.escape(subject)}</title>'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f'<style>{DARK}</style></head><body style="margin:0;background:#f3f2ee">'
        f'<div class="v-sheet" style="max-width:560px;margin:0 auto;padding:24px;background:{PAPER};'
        f'font:16px/24px {FONT}">{said}<p style="margin:20px 0 12px;color:{INK}"><b>{html.escape(ask)}</b></p>'
        f'<p style="margin:0">{links}</p></div></body></html>'
    )


def looked_at(page: str, above: str, below: str) -> str:
    """Return the page of a letter as it is looked at: light, its links lead nowhere, HTML of ours around its sheet."""
    still = re.sub(r'href="[^"]*"', 'href="#"', page).replace("@media (prefers-color-scheme: dark)", "@media not all")
    sheet = '<div class="v-sheet"'
    return still.replace(sheet, above + sheet, 1).replace("</body>", f"{below}</body>")
