"""The log of a walk: lines of codes and figures, told in words when they are read."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from voronka.flows.models import Run, RunStep
from voronka.kit.steps import Effect


def kept_effects(effects: Sequence[Effect]) -> list[dict[str, Any]]:
    """Return effects as the log keeps them."""
    return [
        {"code": one.code, "words": one.words, "at": one.at.isoformat() if one.at else None, "happens": one.happens}
        for one in effects
    ]


def note(
    run: Run,
    code: str,
    *,
    at: datetime,
    number: int,
    node: str = "",
    way: str = "",
    about: Mapping[str, Any] | None = None,
    effects: Sequence[Effect] = (),
    cause: uuid.UUID | None = None,
) -> None:
    """Write a line; its number is taken once."""
    RunStep.objects.create(
        run=run, version_id=run.version_id, number=number, node=node, code=code, way=way, about=dict(about or {}),
        effects=kept_effects(effects), cause=cause, at=at,
    )  # fmt: skip
