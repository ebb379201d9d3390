"""What the script sends, read and judged without asking anybody: plain values out, or a refusal.

Anybody may send anything here. A batch of the wrong shape is refused whole; within an event what is not known or is
not of its kind is left out, so that a script of tomorrow or of yesterday still tells what both sides know.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

MOST_BYTES, MOST_EVENTS, MOST_LINES = 65_536, 500, 50
OLDEST_SECONDS = 7 * 24 * 3600.0  # an event that waited longer in the browser is told as of then
LARGEST = 1e12
PUBLIC_ID = re.compile(r"[23456789a-hjkmnp-z]{12}")
BOT = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|headless|lighthouse|phantomjs|python-|curl/|wget|preview|facebookexternalhit|"
    r"pagespeed|uptime|monitor",
    re.IGNORECASE,
)

Shape = Mapping[str, object]  # by name: how long a text may be, or what else is there
NUMBER, LINES, NAMES, PLAIN, SOURCE = "number", "lines", "names", "plain", "source"
_GOOD: Shape = {"name": 300, "code": 80, "barcode": 48, "price": NUMBER, "currency": 8, "count": NUMBER}
SHAPES: Mapping[str, Shape] = {
    "page": {"url": 500, "title": 300, "from": 500, "utm": SOURCE, "ref": 12},
    "product": {"url": 500, **_GOOD},
    "basket": {"url": 500, "sum": NUMBER, "currency": 8, "lines": LINES},
    "checkout": {"url": 500, "sum": NUMBER, "currency": 8},
    "purchase": {"url": 500, "sum": NUMBER, "currency": 8, "number": 80},
    "form": {"url": 500, "name": 100, "fields": NAMES, "phone": 40, "email": 254, "person": 200},
    "exit": {"url": 500},
    "idle": {"url": 500, "seconds": NUMBER},
    "leave": {"url": 500, "seconds": NUMBER, "depth": NUMBER},
    "identify": {"client": 80, "email": 254, "phone": 40, "name": 200, "proof": 64},
    "custom": {"name": 100, "about": PLAIN},
}
CONTACTS = ("phone", "email", "person")  # of forms, where the owner of the site allows it
# What stands behind the path of an address may be what somebody typed into a form: it is not kept.
ADDRESSES = ("url", "from")
_KEY = re.compile(r"[0-9a-f]{32}")
_UTM = ("source", "medium", "campaign", "content", "term")


class BadBatch(ValueError):
    """What came cannot be taken; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Happened(NamedTuple):  # quicker made than a frozen class: there are thousands a second
    """One event; `ago` is how many seconds before the sending it happened."""

    key: str
    kind: str
    ago: float
    about: dict[str, Any]  # of JSON


@dataclass(frozen=True, slots=True)
class Batch:
    """What one request brings; `visitor` and the keys are 32 hexadecimal figures."""

    site: str
    visitor: str
    has_consent: bool
    zone: str
    width: int
    events: list[Happened]


def is_bot(agent: str) -> bool:
    """Tell whether a machine says so of itself by its User-Agent; one that says nothing is one."""
    return not agent or BOT.search(agent) is not None


def read_batch(body: bytes) -> Batch:
    """Read a request. Raises BadBatch."""
    said = _parsed(body)
    if not isinstance(said, dict):
        raise BadBatch("shape")
    site, events = said.get("site"), said.get("events")
    if not isinstance(site, str) or not PUBLIC_ID.fullmatch(site):
        raise BadBatch("site")
    if not isinstance(events, list) or not 0 < len(events) <= MOST_EVENTS:
        raise BadBatch("events")
    width: Any = said.get("width")
    return Batch(
        site, read_key(said.get("visitor")), said.get("consent") is True, text_of(said.get("zone"), 60),
        int(width) if _is_number(width) and 0 <= width < 100_000 else 0, _events(events, said.get("sent")),
    )  # fmt: skip


def _parsed(body: bytes) -> object:
    if len(body) > MOST_BYTES:
        raise BadBatch("long")
    try:
        return _READ(body.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        raise BadBatch("unreadable") from None


def no_constant(word: str) -> object:
    """Refuse what JSON does not know: NaN, Infinity."""
    raise ValueError(word)


_READ = json.JSONDecoder(parse_constant=no_constant).decode  # made once: making it takes longer than a small batch


def _events(events: list[object], sent: object) -> list[Happened]:
    found = []
    for one in events:
        if not isinstance(one, dict):
            raise BadBatch("shape")
        shape = SHAPES.get(one["kind"]) if isinstance(one.get("kind"), str) else None
        key = read_key(one.get("id"))
        if shape is None:
            continue  # of a script that knows more than we do
        at = one.get("at")
        ago = 0.0
        if _is_number(at) and _is_number(sent):
            ago = min(max((sent - at) / 1000, 0.0), OLDEST_SECONDS)  # type: ignore[operator]  # numbers, as was asked
        found.append(Happened(key, one["kind"], ago, _about(one, shape)))
    return found


def read_key(value: object) -> str:
    """Return a key of the browser's making. Raises BadBatch."""
    key = value.lower() if isinstance(value, str) else ""
    if _KEY.fullmatch(key) is None:
        raise BadBatch("key")
    return key


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and -LARGEST * 1000 < value < LARGEST * 1000  # type: ignore[operator]  # as asked


def text_of(value: object, most: int) -> str:
    """Return a text that the database takes and a page can show, empty for what is no text."""
    if not isinstance(value, str):
        return ""
    text = value[:most]
    if not text.isprintable():  # control signs, halves of signs beyond the plane, marks that turn the line round
        text = "".join(sign for sign in text if sign.isprintable())
    return text.strip()


def _about(one: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in shape.items():
        value = one.get(name)
        if value is None:
            continue
        told = text_of(value, kind) if type(kind) is int else _READERS[kind](value)  # type: ignore[index]  # names above
        if name in ADDRESSES and isinstance(told, str):
            told = told.partition("?")[0].partition("#")[0]
        if told or told == 0:
            found[name] = told
    return found


def _number(value: object) -> float | int | None:
    if type(value) in (int, float) and -LARGEST < value < LARGEST:  # type: ignore[operator]  # a number, as asked
        return value if type(value) is int else round(value, 2)  # type: ignore[call-overload]
    return None


def _lines(value: object) -> list[dict[str, Any]]:
    lines = value[:MOST_LINES] if isinstance(value, list) else []
    return [said for one in lines if isinstance(one, dict) and (said := _about(one, _GOOD))]


def _names(value: object) -> list[str]:
    names = value[:30] if isinstance(value, list) else []
    return [text for one in names if (text := text_of(one, 60))]


def _plain(value: object) -> dict[str, object]:
    pairs = list(value.items())[:10] if isinstance(value, dict) else []
    told: dict[str, object] = {}
    for name, one in pairs:
        plain = one if isinstance(one, bool) else _number(one) if _number(one) is not None else text_of(one, 200)
        if plain != "":
            told[text_of(name, 40)] = plain
    return told


def _source(value: object) -> dict[str, str]:
    said = value if isinstance(value, dict) else {}
    return {name: text for name in _UTM if (text := text_of(said.get(name), 200))}


_READERS = {NUMBER: _number, LINES: _lines, NAMES: _names, PLAIN: _plain, SOURCE: _source}
