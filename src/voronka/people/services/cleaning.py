"""What is wrong with an input, told at its places; texts made fit to keep."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from voronka.kit.errors import Invalid
from voronka.people.rules.texts import clean_text

NOTE_LIMIT = 10_000


class Problems:
    """Collects what is wrong with the fields of an input, to be told all at once."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}

    def add(self, field: str, message: str) -> None:
        """Note what is wrong at a field; the first message of a field stays."""
        self.fields.setdefault(field, message)

    def extend(self, found: Mapping[str, str]) -> None:
        """Note several."""
        for field, message in found.items():
            self.add(field, message)

    def settle(self) -> None:
        """Raise Invalid when anything was noted."""
        if self.fields:
            raise Invalid(" ".join(dict.fromkeys(self.fields.values())), fields=self.fields)


def fit(field: str, text: str, most: int, problems: Problems, *, lines: bool = False) -> str:
    """Return the text without hidden signs when it is no longer than `most`; note the problem otherwise.

    It becomes one line unless `lines` stay.
    """
    cleaned = clean_text(text, most, lines=lines)
    if cleaned.reason:
        problems.add(field, _("Too long: at most %(most)d signs.") % {"most": most})
        return ""
    return cleaned.text


def is_web_link(text: str) -> bool:
    """Tell whether the text is an address of the web, and of nothing else."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
