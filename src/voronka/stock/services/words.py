"""Places, papers and moves in words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy, pgettext_lazy

from voronka.stock.models import Place

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = Mapping[str, _StrPromise]

PLACE_KINDS: "Words" = {
    "warehouse": gettext_lazy("Warehouse"),
    "shop": gettext_lazy("Shop"),
    "virtual": gettext_lazy("Not on the floor"),
    "transit": gettext_lazy("On the way"),
}
# Places that the program keeps for itself are named by what they are.
_KEPT: "Words" = {
    "@transit": gettext_lazy("On the way"),
    "@damaged": gettext_lazy("Damaged goods"),
    "@supplier": gettext_lazy("Supplier"),
    "@customer": gettext_lazy("Customer"),
    "@loss": gettext_lazy("Losses"),
    "@gain": gettext_lazy("Surplus"),
    "@production": gettext_lazy("Production"),
}
PAPER_KINDS: "Words" = {
    "purchase": gettext_lazy("Purchase order"),
    "receipt": gettext_lazy("Receipt"),
    "transfer": gettext_lazy("Transfer"),
    "write_off": gettext_lazy("Write-off"),
    "back": gettext_lazy("Return to supplier"),
    "count": gettext_lazy("Count"),
}
_STATES: "Words" = {
    "draft": pgettext_lazy("a paper", "draft"),
    "open": pgettext_lazy("a paper", "being filled"),
    "sent": pgettext_lazy("a paper", "under way"),
    "done": pgettext_lazy("a paper", "done"),
    "cancelled": pgettext_lazy("a paper", "cancelled"),
}
STATE_TONES = {"open": "accent", "sent": "heed", "cancelled": "late", "done": "gain"}
HELD_STATES: "Words" = {"held": gettext_lazy("held"), "allocated": gettext_lazy("to be shipped")}


def place_name(place: Place) -> str:
    """Return the name of a place as people read it."""
    return name_of(place.name)


def name_of(name: str) -> str:
    """Return the name of a place as people read it, from the one that is kept."""
    return str(_KEPT.get(name, name))


def state_words(kind: str, state: str) -> str:
    """Return how far a paper has come."""
    if kind == "purchase" and state == "sent":
        return str(gettext_lazy("ordered"))
    return str(_STATES[state])


def state_choices() -> list[tuple[str, str]]:
    """Return the states of papers as choices."""
    return [(code, str(words)) for code, words in _STATES.items() if code != "draft"]
