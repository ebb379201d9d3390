"""A widget as its editor shows it: what is typed, dressed with plain examples, given to the module of its kind."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from voronka.kit.errors import Invalid
from voronka.site.rules.widgets import RANK, Wrong, public_content, read_content

# What stands for the site's own goods, shops and numbers while a widget is made.
Example = Callable[[Mapping[str, Any], datetime], Mapping[str, Any]]
_examples: dict[str, Example] = {}


def register_example(kind: str, example: Example) -> None:
    """Register the sample goods, shops and numbers that the editor shows with a kind."""
    _examples[kind] = example


def as_shown(kind: str, content: Mapping[str, Any], site_id: int, *, now: datetime) -> dict[str, Any]:
    """Return what the module of a kind gets for typed content. Raises Invalid where it cannot be shown yet."""
    try:
        whole = read_content(kind, content)
    except Wrong:
        raise Invalid(_("It cannot be shown yet: look at the marked places when you save it.")) from None
    minutes = whole.get("minutes") or 0
    example = _examples.get(kind)
    return {
        "id": "", "kind": kind, "rank": RANK, "asked": False,
        "content": public_content(whole) | dict(example(whole, now) if example is not None else {}),
        "left": minutes * 58_000 or None, "whole": minutes * 60_000 or None, "again": False, "told": None,
    }  # fmt: skip


def _priced(content: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    told: dict[str, Any] = {"good": _("Oak table, 1,800 mm")}
    if content.get("promo"):
        told["price"] = {"was": Decimal(36_900), "now": Decimal(35_055), "currency": "RUB"}
    return told


register_example("stop", _priced)
