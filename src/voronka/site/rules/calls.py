"""What a page asks by a call, read and judged without asking anybody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voronka.site.rules.batches import LARGEST, PUBLIC_ID, BadBatch, no_constant, read_key, text_of

MOST_CALL_BYTES = 16_384
DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as it came."""

    site: str
    visitor: str
    has_consent: bool
    zone: str
    width: int
    language: str
    about: Mapping[str, Any]


def read_call(body: bytes) -> Asked:
    """Read a call. Raises BadBatch."""
    if len(body) > MOST_CALL_BYTES:
        raise BadBatch("long")
    try:
        said = json.loads(body, parse_constant=no_constant)
    except (ValueError, RecursionError):
        raise BadBatch("unreadable") from None
    if not isinstance(said, dict):
        raise BadBatch("shape")
    site, about = said.get("site"), said.get("about", {})
    if not isinstance(site, str) or not PUBLIC_ID.fullmatch(site):
        raise BadBatch("site")
    if not isinstance(about, dict):
        raise BadBatch("shape")
    visitor = read_key(said["visitor"]) if said.get("visitor") else ""
    width: Any = said.get("width")
    return Asked(
        site, visitor, said.get("consent") is True, text_of(said.get("zone"), 60),
        width if type(width) is int and 0 < width < 100_000 else 0,
        "en" if text_of(said.get("language"), 10).startswith("en") else "ru",
        _cleaned(about, DEEPEST),
    )  # fmt: skip


def _cleaned(value: Any, deep: int) -> Any:  # JSON
    """Return JSON that the database takes and a page can show; its texts keep their lines. Raises BadBatch."""
    if deep < 0:
        raise BadBatch("deep")
    match value:
        case str():
            return "\n".join(text_of(line, len(line)) for line in value.splitlines()).strip()
        case dict():
            return {text_of(name, 60): _cleaned(one, deep - 1) for name, one in value.items()}
        case list():
            return [_cleaned(one, deep - 1) for one in value]
        case bool() | None:
            return value
        case int() | float() if -LARGEST < value < LARGEST:
            return value
    raise BadBatch("number")
