"""What is checked and edited of steps on a stage beyond what all editors share: the ladder."""

from collections.abc import Mapping

from django.http import QueryDict
from django.utils.translation import gettext as _

from voronka.deals.models import Stage
from voronka.deals.rules.ladder import ARCHIVE, MAX_RUNGS, ladder_problems
from voronka.kit import step_forms
from voronka.kit.step_forms import WHOLE, minutes_and_unit, typed_minutes, unit_names
from voronka.kit.subjects import Subject

__all__ = ["WHOLE", "StepChecker", "ladder_words"]


class StepChecker(step_forms.StepChecker):
    """Checks settings of steps on one stage."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(Subject("stage", stage.pk))


def ladder_words(rows: object) -> str:
    """Say what is wrong with the rows of a ladder."""
    says = {
        "no_rungs": _("The ladder needs at least one try."),
        "too_many": _("A ladder has at most 12 tries."),
        "not_a_number": _("type a whole number"),
        "too_short": _("at least 1 minute"),
        "too_long": _("at most 60 days"),
        "archive_not_last": _("the archive can only be the last"),
    }
    found = ladder_problems(rows) if isinstance(rows, list) else []
    told = [
        says[one.code] if one.row is None else _("try %(n)s: %(why)s") % {"n": one.row + 1, "why": says[one.code]}
        for one in found
    ]
    return "; ".join(told) or _("This does not fit here.")


class _Ladder:
    """The tries of a ladder: in how long each, the last perhaps the archive."""

    template = "deals/editor_ladder.html"

    def piece(self, value: object) -> Mapping[str, object]:
        """Return its rows."""
        rows = [_rung_row(one) for one in value] if isinstance(value, list) else []
        return {"rows": rows, "units": unit_names(), "most": MAX_RUNGS}

    def read(self, posted: QueryDict, name: str) -> object:
        """Return the typed rows, empty ones left out."""
        rows = zip(posted.getlist(f"{name}_amount"), posted.getlist(f"{name}_unit"), strict=False)
        typed = [ARCHIVE if unit == ARCHIVE else typed_minutes(amount, unit) for amount, unit in rows
                 if amount.strip() or unit == ARCHIVE]  # fmt: skip
        return typed[: MAX_RUNGS + 2]

    def words(self, value: object) -> str:
        """Say what is wrong with the rows."""
        return ladder_words(value)


def _rung_row(value: object) -> dict[str, object]:
    if value == ARCHIVE:
        return {"amount": "", "unit": ARCHIVE}
    if isinstance(value, int):
        amount, unit = minutes_and_unit(value)
        return {"amount": amount, "unit": unit}
    return {"amount": value, "unit": "minutes"}


step_forms.register_look("ladder", _Ladder())
