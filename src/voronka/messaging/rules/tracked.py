"""A letter whose links lead over us and whose picture tells that it was opened."""

import html
import re
from collections.abc import Callable

_LINK = re.compile(r"(<a\b[^>]*?\bhref=\")([^\"]*)(\")", re.IGNORECASE)
_END = "</body>"
# No person sees or reaches it, and no screen reader says it; whoever follows it tries every link.
_TRAP = '<a href="{}" style="display:none" tabindex="-1" aria-hidden="true"></a>'
_PIXEL = '<img src="{}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0" />'


def links_of(page: str) -> list[str]:
    """Return the links of a letter's page that lead to sites, each once, in their order."""
    found = (html.unescape(match[2]) for match in _LINK.finditer(page))
    return list(dict.fromkeys(one for one in found if one.lower().startswith(("https://", "http://"))))


def tracked(page: str, *, link: Callable[[int, str], str], pixel: str, trap: str) -> str:
    """Return a page with its links by `link` (number from 1 and address), the trap and the picture at its end."""
    numbers = {url: number for number, url in enumerate(links_of(page), 1)}

    def over_us(match: re.Match[str]) -> str:
        url = html.unescape(match[2])
        return f"{match[1]}{html.escape(link(numbers[url], url))}{match[3]}" if url in numbers else match[0]

    made = _LINK.sub(over_us, page)
    more = _TRAP.format(html.escape(trap)) + _PIXEL.format(html.escape(pixel))
    before, end, after = made.rpartition(_END)
    return before + more + end + after if end else made + more
