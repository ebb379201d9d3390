"""How much a browser that was never here takes for a page: the document and all that it loads, as it is sent.

Everything is asked for as a browser does, packed; fonts of a style sheet whose letters the page does not show would not
be loaded, so only those that the document preloads are counted. Pictures of the installed application are left out: a
browser takes them when it installs.
"""

import gzip
import http.client
import re
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit

import brotli  # type: ignore[import-untyped]  # it ships no types
from django.conf import settings

from voronka.config.env import SettingError

SIGNS = "/?&=.,:;@%+!*-_~"  # of an address that are sent as they are
_ACCEPTED = "gzip, br"
_KINDS = {"stylesheet": "css", "modulepreload": "js"} | dict.fromkeys(("icon", "manifest"), "pictures")
_IMPORT = re.compile(r"""(?:^|[;\n}])\s*(?:import|export)\s*(?:[\w*{}\s,$]+?\s*from\s*)?["']([^"']+)["']""")


class _Links(HTMLParser):
    """Gathers by kind what a document loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note scripts, style sheets, preloaded files, pictures."""
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and given.get("src"):
            self.found[given["src"]] = "js"
        elif tag == "img" and given.get("src"):
            self.found[given["src"]] = "pictures"
        elif tag == "use" and given.get("href"):
            self.found[given["href"].split("#")[0]] = "pictures"
        elif tag == "link":
            kind = "fonts" if given.get("as") == "font" else _KINDS.get(given.get("rel", ""), "")
            if kind:
                self.found[given["href"]] = kind


def first_load(port: int, address: str, cookie: str) -> dict[str, int]:
    """Return the bytes on the wire, without headers, by kind: document, css, js, fonts, pictures."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    document, size = _take(line, address, cookie)
    links = _Links()
    links.feed(document)
    sizes = {"document": size, "css": 0, "js": 0, "fonts": 0, "pictures": 0}
    waiting, seen = [(urljoin(address, one), kind) for one, kind in links.found.items()], set()
    while waiting:
        one, kind = waiting.pop()
        if not one or one in seen or urlsplit(one).netloc:
            continue
        seen.add(one)
        text, size = _take(line, one, cookie)
        sizes[kind] += size
        if kind == "js":
            waiting += [(urljoin(one, name), "js") for name in _IMPORT.findall(text)]
    line.close()
    return sizes


def _take(line: http.client.HTTPConnection, address: str, cookie: str) -> tuple[str, int]:
    """Ask for an address; return its text, and how many bytes were sent for it."""
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", "Accept-Encoding": _ACCEPTED}
    line.request("GET", quote(address, safe=SIGNS), headers=headers)
    answer = line.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SettingError(f"{address} of the bench was answered {answer.status}")
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(answer.headers.get("Content-Encoding", ""))
    return (unpack(body) if unpack else body).decode(errors="replace"), len(body)
