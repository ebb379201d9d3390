"""How texts of a node are typed: one of several lines, or short ones a line each."""

from collections.abc import Mapping
from typing import Annotated

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import Field

from voronka.flows.rules.maps import MOST_BUTTONS
from voronka.kit.step_forms import register_look

MOST_TEXT = 1_000
MOST_TITLE = 60
Title = Annotated[str, Field(min_length=1, max_length=MOST_TITLE)]


class _Lines:
    """A text of several lines."""

    template = "flows/_lines_look.html"

    def piece(self, value: object) -> Mapping[str, object]:
        """Return the text."""
        return {"value": value if isinstance(value, str) else "", "rows": 2, "most": MOST_TEXT}

    def read(self, posted: QueryDict, name: str) -> object:
        """Return what was typed without signs that nobody sees."""
        text = posted.get(name, "")[: 2 * MOST_TEXT].replace("\r\n", "\n")
        return "".join(sign for sign in text if sign.isprintable() or sign == "\n").strip()

    def words(self, value: object) -> str:
        """Say what is wrong with it."""
        if not value:
            return _("Write something.")
        return _("The text is longer than %(limit)s signs.") % {"limit": MOST_TEXT}


class _Rows:
    """Short texts, one a line."""

    template = "flows/_lines_look.html"

    def piece(self, value: object) -> Mapping[str, object]:
        """Return them as lines."""
        held = value if isinstance(value, list) else []
        return {"value": "\n".join(str(one) for one in held), "rows": 2, "most": (MOST_TITLE + 1) * MOST_BUTTONS}

    def read(self, posted: QueryDict, name: str) -> object:
        """Return the lines that hold something."""
        lines = posted.get(name, "")[:2_000].splitlines()
        return [found for one in lines if (found := " ".join(one.split()))]

    def words(self, value: object) -> str:
        """Say what is wrong with them."""
        return _("One to %(n)d buttons, a line each, %(most)d signs at most.") % {
            "n": MOST_BUTTONS, "most": MOST_TITLE,
        }  # fmt: skip


register_look("lines", _Lines())
register_look("rows", _Rows())
