"""Typst in a warm caged child: no network, no files but one template, our fonts and the pictures handed over."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from voronka.kit.warm import TooMuch, TooSlow, WarmChild

FONTS = Path(__file__).resolve().parent / "fonts"
CHILD = "voronka.kit.typeset_child"
DONE = 1
MEMORY_MIB = 1024  # of address space: fonts and code are mapped, not held
SECONDS = 20.0
PPI = 132.0


class TypesetFailed(Exception):
    """A paper could not be drawn; the message tells why, for the log."""


class Typesetter(WarmChild):
    """The warm child that draws by one template."""

    def __init__(self, template: Path, *, memory_mib: int = MEMORY_MIB, seconds: float = SECONDS) -> None:
        super().__init__(CHILD, [str(template), str(FONTS), str(memory_mib), str(seconds)], seconds=seconds)

    def typeset(
        self,
        told: Mapping[str, object],
        *,
        day: date,
        pictures: Mapping[str, bytes] | None = None,
        page: int = 0,
        ppi: float = PPI,
        tags: bool = True,
    ) -> bytes:
        """Return what is told to the template as PDF, or one `page` of it (from 1) as a picture in PNG.

        `tags`: with marks for screen readers. The same values and `day` give the same bytes. Raises TypesetFailed.
        """
        form = {
            **told,
            "pictures": {key: base64.b64encode(body).decode("ascii") for key, body in (pictures or {}).items()},
        }
        moment = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
        try:
            kind, answer = self.ask({
                "form": form, "timestamp": moment, "tags": tags and not page, "format": "png" if page else "pdf",
                "page": page, "ppi": ppi,
            })  # fmt: skip
        except TooSlow:
            raise TypesetFailed("the form took too long") from None
        except TooMuch:
            raise TypesetFailed("the form took too much memory") from None
        said = json.loads(answer)
        if kind != DONE:
            raise TypesetFailed(said)
        return base64.b64decode(said)
