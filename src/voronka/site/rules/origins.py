"""Where pages of a site come from, as browsers write it in the header Origin."""

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*")
MOST = 20


def read_origin(text: str) -> str:
    """Return the origin that somebody means: an address of a page, or a bare name of a host. Raises ValueError."""
    typed = text.strip()
    if "://" not in typed:
        typed = f"https://{typed}"
    parts = urlsplit(typed)
    host = (parts.hostname or "").encode("idna").decode("ascii") if parts.hostname else ""
    if parts.scheme not in ("http", "https") or len(host) > 180 or not _HOST.fullmatch(host):
        raise ValueError(text)
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = parts.port
    return f"{parts.scheme}://{host}" if port in (None, usual) else f"{parts.scheme}://{host}:{port}"


def read_origins(text: str) -> tuple[list[str], list[str]]:
    """Return the origins of many lines, each once, and the lines that are none."""
    found, wrong = [], []
    for line in re.split(r"[\s,;]+", text):
        if line:
            try:
                found.append(read_origin(line))
            except (ValueError, UnicodeError):
                wrong.append(line)
    return list(dict.fromkeys(found)), wrong


def page_at(origin: str, path: str) -> str:
    """Return the address of a page by a path that its browser told: never one of another host, whatever it says."""
    return f"{origin}{path}" if path.startswith("/") else f"{origin}/"
