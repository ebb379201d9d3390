"""Edits of a stage's buttons: each takes the document (rules.buttons) and returns it changed.

Pure: the document is copied, never touched. What cannot be done raises BadEdit with a code and the place; the
result always passes rules.buttons.Buttons, while steps may still lack settings until the buttons are enabled.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, get_args

from voronka.deals.rules.buttons import LABEL_LIMIT, Result

Json = dict[str, Any]  # the stored form of buttons
Document = list[Json]

# Digit 9 writes to the client, so eight are left.
HOTKEYS = range(1, 9)
OUTCOME_LIMIT = 12
OUTCOME_LABEL_LIMIT = 60
STEP_LIMIT = 30
ICONS = (
    "hand-click", "phone", "phone-call", "phone-check", "phone-incoming", "phone-outgoing", "phone-x", "phone-off",
    "clock", "hourglass", "calendar", "calendar-event", "message", "message-circle", "mail", "send", "file-text",
    "clipboard", "ruler-measure", "signature", "cash", "currency-ruble", "shopping-cart", "truck", "gift", "home",
    "building", "map-pin", "user", "user-check", "users", "star", "heart", "thumb-up", "thumb-down", "flag", "target",
    "bulb", "flame", "snowflake", "check", "checks", "x", "ban", "archive", "repeat", "refresh", "arrow-right",
    "player-pause", "trophy", "tag", "question-mark",
)  # fmt: skip
TONES = ("ink", "next", "gain", "late")
RESULTS: tuple[str, ...] = get_args(Result)


class BadEdit(ValueError):
    """The edit cannot be made; `code` says why and `place` names the input at fault, if one is.

    Codes: gone, empty, too_long, too_many, last, unknown.
    """

    def __init__(self, code: str, place: str = "") -> None:
        super().__init__(f"{code} {place}".strip())
        self.code, self.place = code, place


def clean_line(text: str) -> str:
    """Return one line without control signs and marks that turn or hide writing."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def find_button(buttons: Sequence[Json], key: str) -> Json:
    """Return a button of the document. Raises BadEdit `gone`."""
    found = next((one for one in buttons if one["key"] == key), None)
    if found is None:
        raise BadEdit("gone", "button")
    return found


def find_outcome(buttons: Sequence[Json], key: str, outcome: str) -> Json:
    """Return an outcome of a button. Raises BadEdit `gone`."""
    found: Json | None = next((one for one in find_button(buttons, key)["outcomes"] if one["key"] == outcome), None)
    if found is None:
        raise BadEdit("gone", "outcome")
    return found


def tone_of(button: Json) -> str:
    """Return how a button is coloured: plain ink, the way forward, money, or refusal."""
    if button.get("is_next"):
        return "next"
    colour = str(button.get("colour", "ink"))
    return colour if colour in TONES else "ink"


def toned(button: Json, tone: str) -> None:
    """Colour a button of the caller's own document by its tone."""
    button["is_next"] = tone == "next"
    button["colour"] = "accent" if tone == "next" else tone


def free_hotkey(buttons: Sequence[Json]) -> int | None:
    """Return the lowest digit that no button has."""
    taken = {one["hotkey"] for one in buttons}
    return next((digit for digit in HOTKEYS if digit not in taken), None)


def add_button(buttons: Document, *, key: str, outcome: str, label: str) -> Document:
    """Add a plain button with one outcome that does nothing yet."""
    changed = deepcopy(buttons)
    hotkey = free_hotkey(changed)
    if hotkey is None or len(changed) >= len(HOTKEYS):
        raise BadEdit("too_many", "button")
    first = {"key": outcome, "label": _label(label, OUTCOME_LABEL_LIMIT), "result": "step", "steps": []}
    new = {
        "key": key,
        "label": _label(label, LABEL_LIMIT),
        "icon": "hand-click",
        "hotkey": hotkey,
        "outcomes": [first],
    }
    return [*changed, new]


def set_label(buttons: Document, key: str, label: str) -> Document:
    """Rename a button; an only outcome of the same name is renamed with it."""
    changed = deepcopy(buttons)
    button = find_button(changed, key)
    outcomes = button["outcomes"]
    words = _label(label, LABEL_LIMIT)
    if len(outcomes) == 1 and outcomes[0]["label"] == button["label"]:
        outcomes[0]["label"] = words
    button["label"] = words
    return changed


def set_icon(buttons: Document, key: str, icon: str, known: Sequence[str]) -> Document:
    """Give a button another of the known icons."""
    if icon not in known:
        raise BadEdit("unknown", "icon")
    changed = deepcopy(buttons)
    find_button(changed, key)["icon"] = icon
    return changed


def set_tone(buttons: Document, key: str, tone: str) -> Document:
    """Colour a button; the way forward is one of the tones."""
    if tone not in TONES:
        raise BadEdit("unknown", "tone")
    changed = deepcopy(buttons)
    toned(find_button(changed, key), tone)
    return changed


def set_hotkey(buttons: Document, key: str, digit: str) -> Document:
    """Give a button another digit; the button that had it takes the old one."""
    if digit not in {str(one) for one in HOTKEYS}:
        raise BadEdit("unknown", "hotkey")
    changed = deepcopy(buttons)
    button = find_button(changed, key)
    for other in changed:
        if other["hotkey"] == int(digit):
            other["hotkey"] = button["hotkey"]
    button["hotkey"] = int(digit)
    return changed


def move_button(buttons: Document, key: str, to: int) -> Document:
    """Put a button at another place of the order; its digit stays its own."""
    changed = deepcopy(buttons)
    _move(changed, changed.index(find_button(changed, key)), to)
    return changed


def drop_button(buttons: Document, key: str) -> Document:
    """Remove a button by its key. Raises BadEdit `gone`."""
    find_button(buttons, key)
    return [one for one in deepcopy(buttons) if one["key"] != key]


def add_outcome(buttons: Document, key: str, like: str, *, outcome: str, label: str) -> Document:
    """Add an outcome that does what the outcome `like` does, ready to be changed."""
    changed = deepcopy(buttons)
    pattern = find_outcome(changed, key, like)
    outcomes = find_button(changed, key)["outcomes"]
    if len(outcomes) >= OUTCOME_LIMIT:
        raise BadEdit("too_many", "outcome")
    outcomes.append({**deepcopy(pattern), "key": outcome, "label": _label(label, OUTCOME_LABEL_LIMIT)})
    return changed


def set_outcome(buttons: Document, key: str, outcome: str, *, label: str, result: str) -> Document:
    """Rename an outcome and say what it counts as."""
    if result not in RESULTS:
        raise BadEdit("unknown", "result")
    changed = deepcopy(buttons)
    found = find_outcome(changed, key, outcome)
    found["label"], found["result"] = _label(label, OUTCOME_LABEL_LIMIT, "outcome_label"), result
    return changed


def move_outcome(buttons: Document, key: str, outcome: str, to: int) -> Document:
    """Put an outcome at another place; the first one is that of a plain press."""
    changed = deepcopy(buttons)
    found = find_outcome(changed, key, outcome)
    outcomes = find_button(changed, key)["outcomes"]
    _move(outcomes, outcomes.index(found), to)
    return changed


def drop_outcome(buttons: Document, key: str, outcome: str) -> Document:
    """Remove an outcome; the last one stays."""
    changed = deepcopy(buttons)
    found = find_outcome(changed, key, outcome)
    outcomes = find_button(changed, key)["outcomes"]
    if len(outcomes) == 1:
        raise BadEdit("last", "outcome")
    outcomes.remove(found)
    return changed


def edit_steps(buttons: Document, key: str, outcome: str, edit: Callable[[list[Json]], None]) -> Document:
    """Change the steps of an outcome in place on the copy."""
    changed = deepcopy(buttons)
    steps = find_outcome(changed, key, outcome)["steps"]
    edit(steps)
    if len(steps) > STEP_LIMIT:
        raise BadEdit("too_many", "step")
    return changed


def add_step(buttons: Document, key: str, outcome: str, step: Json) -> Document:
    """Put a step behind the others of an outcome. Raises BadEdit `gone` or `too_many`."""
    return edit_steps(buttons, key, outcome, lambda steps: steps.append(step))


def set_step(buttons: Document, key: str, outcome: str, number: int, step: Json) -> Document:
    """Give a step (counted from 0) other settings; its kind stays."""

    def edit(steps: list[Json]) -> None:
        if _at(steps, number)["kind"] != step["kind"]:
            raise BadEdit("gone", "step")
        steps[number] = step

    return edit_steps(buttons, key, outcome, edit)


def move_step(buttons: Document, key: str, outcome: str, number: int, to: int) -> Document:
    """Put a step at another place of the order."""

    def edit(steps: list[Json]) -> None:
        _at(steps, number)
        _move(steps, number, to)

    return edit_steps(buttons, key, outcome, edit)


def drop_step(buttons: Document, key: str, outcome: str, number: int) -> Document:
    """Remove a step of an outcome, counted from 0. Raises BadEdit `gone`."""

    def edit(steps: list[Json]) -> None:
        _at(steps, number)
        del steps[number]

    return edit_steps(buttons, key, outcome, edit)


def _at(steps: list[Json], number: int) -> Json:
    if not 0 <= number < len(steps):
        raise BadEdit("gone", "step")
    return steps[number]


def _move(rows: list[Json], at: int, to: int) -> None:
    row = rows.pop(at)
    rows.insert(max(0, min(to, len(rows))), row)


def _label(text: str, limit: int, place: str = "label") -> str:
    words = clean_line(text[: limit * 50])
    if not words:
        raise BadEdit("empty", place)
    if len(words) > limit:
        raise BadEdit("too_long", place)
    return words
