"""Steps as people set them up: settings checked by the step's own type, told in words, edited by inputs of its fields.

The editor of buttons and that of statuses stand on these; `kit/step_setting.html` draws an input.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, get_args, get_origin

from annotated_types import Ge, Le, MaxLen
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from voronka.kit.steps import Setting, Setup, Slot
from voronka.kit.subjects import Subject

WHOLE = ""


class Look(Protocol):
    """How a part edits a setting that is no plain value: a list with rules of its own."""

    template: str

    def piece(self, value: object) -> Mapping[str, object]:
        """Return what its template shows of a value."""

    def read(self, posted: QueryDict, name: str) -> object:
        """Return what was typed, wrong values as they were typed."""

    def words(self, value: object) -> str:
        """Say what is wrong with a value."""


_looks: dict[str, Look] = {}


def register_look(code: str, look: Look) -> None:
    """Let a part edit the settings of this look."""
    if code in _looks:
        raise ValueError(f"look {code} is registered twice")
    _looks[code] = look


class StepChecker:
    """Checks settings of steps at one place; what may be picked there is asked for once."""

    def __init__(self, where: Subject) -> None:
        self.where = where
        self._options: dict[object, Sequence[tuple[str, str]]] = {}

    def options(self, setting: Setting) -> Sequence[tuple[str, str]]:
        """Return what may be picked for a setting here."""
        key = setting.options
        if key not in self._options:
            self._options[key] = setting.options(self.where)
        return self._options[key]

    def matters(self, kind: type[Setup], name: str, typed: Mapping[str, object]) -> bool:
        """Tell whether a setting matters beside the others."""
        setting = kind.settings.get(name)
        if setting is None or setting.when is None:
            return True
        other, values = setting.when
        held = typed.get(other, kind.model_fields[other].default)
        return isinstance(held, str) and held in values

    def problems(self, kind: type[Setup], typed: Mapping[str, object]) -> dict[str, str]:
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
                found.setdefault(name, _problem_words(kind, name, one, typed))
            return found
        if not found:
            for message in step.problems():
                found.setdefault(WHOLE, message)
        return found

    def _nothing_picked(self, setting: Setting, value: object) -> str:
        if not self.options(setting):
            return _("There is nothing to choose from yet.")
        return _("This choice is no longer in the list.") if isinstance(value, str) and value else _("Choose one.")


def _problem_words(kind: type[Setup], name: str, error: ErrorDetails, typed: Mapping[str, Any]) -> str:
    setting = kind.settings.get(name)
    if setting is not None and setting.look in _looks:
        return _looks[setting.look].words(typed.get(name))
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


def sentence_pieces(kind: type[Setup], typed: Mapping[str, object], url: str) -> list[tuple[str, str, str]]:
    """Return the sentence as (text, setting, address): a setting with an address is a slot that opens it."""
    try:
        sentence = kind.model_validate(dict(typed)).sentence()
    except ValidationError:
        title = str(kind.title)
        sentence = [title[:1].upper() + title[1:], ": ", Slot(next(iter(kind.model_fields), ""), _("choose"))]
    return [(one.words, one.setting, url) if isinstance(one, Slot) else (one, "", "") for one in sentence]


def setting_pieces(
    kind: type[Setup], shown: Mapping[str, object], checker: StepChecker, errors: Mapping[str, str], number: int
) -> list[dict[str, object]]:
    """Return the inputs for the settings of a step, each made from the type of its field."""
    found = []
    for name, info in kind.model_fields.items():
        setting = kind.settings.get(name, Setting(name))
        value = shown.get(name, None if info.is_required() else info.get_default(call_default_factory=True))
        when = setting.when
        piece: dict[str, object] = {
            "name": name,
            "id": f"step-{number}-{name}",
            "label": setting.label,
            "help": setting.help,
            "error": errors.get(name, ""),
            "value": "" if value is None else value,
            "when": when[0] if when else "",
            "values": " ".join(sorted(when[1])) if when else "",
            "hidden": not checker.matters(kind, name, shown),
        }
        found.append(piece | _input(info, setting, value, checker))
    return found


def _input(info: FieldInfo, setting: Setting, value: Any, checker: StepChecker) -> dict[str, object]:
    """Return the kind of an input and what it needs, by the type of the setting."""
    limits = {type(one): one for one in info.metadata}
    if setting.look in _looks:
        look = _looks[setting.look]
        return {"type": setting.look, "template": look.template, **look.piece(value)}
    if setting.look == "minutes":
        amount, unit = minutes_and_unit(value) if isinstance(value, int) else (str(value or ""), "minutes")
        return {"type": "minutes", "amount": amount, "unit": unit, "units": unit_names()}
    if setting.is_picked:
        options = list(checker.options(setting))
        if value not in {one for one, _words in options}:
            options = [("", "—"), *options]
        return {"type": "select", "choices": options}
    if get_origin(info.annotation) is not None and get_args(info.annotation):
        return {
            "type": "select",
            "choices": [(one, setting.words.get(one, one)) for one in get_args(info.annotation)],
        }
    if info.annotation is bool:
        return {"type": "checkbox", "checked": bool(value)}
    if info.annotation is int:
        low, high = limits.get(Ge), limits.get(Le)
        bounds = {"min": low.ge if isinstance(low, Ge) else None, "max": high.le if isinstance(high, Le) else None}
        return {"type": "number", **bounds}
    longest = limits.get(MaxLen)
    return {"type": "text", "most": longest.max_length if isinstance(longest, MaxLen) else 1000}


def read_settings(kind: type[Setup], posted: QueryDict) -> dict[str, object]:
    """Return what was typed for the settings of a step, nothing else; wrong values stay as they were typed."""
    found: dict[str, object] = {}
    for name, info in kind.model_fields.items():
        setting = kind.settings.get(name, Setting(name))
        if setting.look in _looks:
            found[name] = _looks[setting.look].read(posted, name)
        elif setting.look == "minutes":
            found[name] = typed_minutes(posted.get(f"{name}_amount", ""), posted.get(f"{name}_unit", ""))
        elif info.annotation is bool:
            found[name] = posted.get(name, "") not in {"", "0", "false"}
        else:
            found[name] = _one_line(posted.get(name, "")[:20_000])
    return found


def _one_line(text: str) -> str:
    """Return one line without control signs and marks that turn or hide writing."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
