"""Ready widgets, kept as data: what a site begins with."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from voronka.site.rules.stage import read_rules
from voronka.site.rules.widgets import KINDS, read_content

_FOLDER = Path(__file__).resolve().parent.parent / "ready"


@dataclass(frozen=True, slots=True)
class Ready:
    """A widget to begin with."""

    code: str
    kind: str
    title: str
    about: str
    name: str
    content: dict[str, Any]
    rules: dict[str, Any]


@cache
def ready_widgets(language: str) -> dict[str, Ready]:
    """Return the ready widgets in a language by their codes, in the order of their kinds."""
    name = "ru" if language.startswith("ru") else "en"
    held = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    order = list(KINDS)
    return {
        code: Ready(
            code, one["kind"], one["title"], one["about"], one["name"],
            read_content(one["kind"], one["content"]), read_rules(one.get("rules", {})).model_dump(),
        )
        for code, one in sorted(held.items(), key=lambda pair: order.index(pair[1]["kind"]))
    }  # fmt: skip
