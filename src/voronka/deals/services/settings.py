"""The settings of a step as people type them: checked by the step's own type, told in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from voronka.deals.models import Stage
from voronka.deals.rules.ladder import ladder_problems
from voronka.kit.steps import Setting, Step
from voronka.kit.subjects import Subject

WHOLE = ""


class StepChecker:
    """Checks settings of steps on one stage; what may be picked there is asked for once."""

    def __init__(self, stage: Stage) -> None:
        self.where = Subject("stage", stage.pk)
        self._options: dict[object, Sequence[tuple[str, str]]] = {}

    def options(self, setting: Setting) -> Sequence[tuple[str, str]]:
        """Return what may be picked for a setting here."""
        key = setting.options
        if key not in self._options:
            self._options[key] = setting.options(self.where)
        return self._options[key]

    def matters(self, kind: type[Step], name: str, typed: Mapping[str, object]) -> bool:
        """Tell whether a setting matters beside the others."""
        setting = kind.settings.get(name)
        if setting is None or setting.when is None:
            return True
        other, values = setting.when
        held = typed.get(other, kind.model_fields[other].default)
        return isinstance(held, str) and held in values

    def problems(self, kind: type[Step], typed: Mapping[str, object]) -> dict[str, str]:
        """Return what is wrong by setting; the key `WHOLE` holds what belongs to none."""
        found: dict[str, str] = {}
        for name, setting in kind.settings.items():
            if setting.is_picked and self.matters(kind, name, typed):
                value = typed.get(name, kind.model_fields[name].get_default(call_default_factory=True))
                known = {option for option, _words in self.options(setting)}
                if not isinstance(value, str) or value not in known:
                    found[name] = self._nothing_picked(setting, value)
        try:
            step = kind.model_validate(dict(typed))
        except ValidationError as error:
            for one in error.errors():
                name = str(one["loc"][0]) if one["loc"] else WHOLE
                found.setdefault(name, _words(kind, name, one, typed))
            return found
        if not found:
            for message in step.problems():
                found.setdefault(WHOLE, message)
        return found

    def _nothing_picked(self, setting: Setting, value: object) -> str:
        if not self.options(setting):
            return _("There is nothing to choose from yet.")
        return _("This choice is no longer in the list.") if isinstance(value, str) and value else _("Choose one.")


def _words(kind: type[Step], name: str, error: ErrorDetails, typed: Mapping[str, Any]) -> str:
    setting = kind.settings.get(name)
    if setting is not None and setting.look == "ladder":
        return ladder_words(typed.get(name))
    bounds = error.get("ctx", {})
    match error["type"]:
        case "missing" | "string_too_short":
            return _("Fill this in.")
        case "string_too_long":
            return _("The text is longer than %(limit)s signs.") % {"limit": bounds.get("max_length")}
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return _("Type a whole number.")
        case "greater_than_equal":
            return _("At least %(n)s.") % {"n": bounds.get("ge")}
        case "less_than_equal":
            return _("At most %(n)s.") % {"n": bounds.get("le")}
        case "literal_error" | "bool_parsing" | "bool_type":
            return _("This choice is no longer in the list.")
        case "extra_forbidden":
            return _("Nobody knows this setting: remove the step and add it anew.")
    return _("This does not fit here.")


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


def minutes_and_unit(minutes: int) -> tuple[int, str]:
    """Return a delay as people type it: a number of days, hours or minutes."""
    if minutes and minutes % 1440 == 0:
        return minutes // 1440, "days"
    if minutes and minutes % 60 == 0:
        return minutes // 60, "hours"
    return minutes, "minutes"


def unit_names() -> list[tuple[str, str]]:
    """Return the units of a delay with their names."""
    return [
        ("minutes", ngettext("minute", "minutes", 5)),
        ("hours", ngettext("hour", "hours", 5)),
        ("days", ngettext("day", "days", 5)),
    ]


UNITS = {"minutes": 1, "hours": 60, "days": 1440}


def typed_minutes(amount: str, unit: str) -> int | str:
    """Return the minutes of a typed delay; what is no number comes back as it was typed."""
    text = amount.strip()
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        return text[:20]
    return int(text) * UNITS.get(unit, 1)
