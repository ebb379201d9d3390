"""Ready letters of blocks, kept as data: what a company begins with."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from voronka.messaging.rules.blocks import Block, clean

_FOLDER = Path(__file__).resolve().parent.parent / "ready"


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter to begin with."""

    code: str
    title: str
    about: str
    subject: str
    blocks: tuple[Block, ...]


@cache
def ready_letters(language: str) -> dict[str, Ready]:
    """Return the ready letters in a language by their codes."""
    name = "ru" if language.startswith("ru") else "en"
    held = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return {
        code: Ready(code, one["title"], one["about"], one["subject"], tuple(clean(one["blocks"])))
        for code, one in held.items()
    }
