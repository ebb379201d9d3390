"""The steps of a status as its page shows them: sentences, the open one with its settings, kinds to add."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.step_forms import WHOLE, StepChecker, sentence_pieces, setting_pieces
from voronka.kit.steps import Step
from voronka.kit.subjects import Subject
from voronka.orders.models import Status
from voronka.orders.services import status_steps


@dataclass(frozen=True, slots=True)
class Open:
    """Which step is being edited (its number, or a new one of `kind`), what was typed into it, what is wrong."""

    number: int | None = None
    kind: str = ""
    typed: Mapping[str, object] | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


def asked(query: Mapping[str, str]) -> Open:
    """Return what the address of the page asks to open."""
    number = query.get("open", "")
    return Open(int(number) if number.isascii() and number.isdecimal() and len(number) < 4 else None,
                query.get("add", "")[:60])  # fmt: skip


def steps_context(row: Status, actor: Actor, opened: Open) -> dict[str, Any]:
    """Return the steps as sentences, the open one with its settings, and the kinds that may be added."""
    checker, known = StepChecker(Subject("order_status", row.pk)), status_steps.offered()
    page = reverse("orders:status", args=[row.public_id])
    rows = [_row(number, row, known, checker, opened, page) for number in range(len(row.steps))]
    kind = known.get(opened.kind) if opened.number is None else None
    return {
        "steps": rows,
        "step_kinds": [(one.kind, str(one.title), one.icon) for one in status_steps.offered(actor).values()],
        "step_new": None if kind is None else {
            "kind": kind.kind, "title": str(kind.title),
            "fields": setting_pieces(kind, opened.typed or {}, checker, opened.errors, len(rows)),
            "problems": [opened.errors[WHOLE]] if WHOLE in opened.errors else [],
        },
        "steps_rev": status_steps.sign_of(row),
        "steps_url": reverse("orders:status-steps", args=[row.public_id]),
        "steps_why": opened.why,
        "page_url": page,
    }  # fmt: skip


def _row(
    number: int, row: Status, known: Mapping[str, type[Step]], checker: StepChecker, opened: Open, page: str
) -> dict[str, Any]:
    stored, is_open = row.steps[number], opened.number == number
    kind = known.get(stored.get("kind", ""))
    found: dict[str, Any] = {
        "number": number, "n": number + 1, "is_open": is_open, "is_last": number + 1 == len(row.steps),
        "url": page if is_open else f"{page}?open={number}#step-{number}",
    }  # fmt: skip
    if kind is None:
        words = _("Nobody knows this step any more: remove it.")
        return found | {"pieces": [(stored.get("kind", ""), "", "")], "problems": [words], "fields": []}
    typed = {name: value for name, value in stored.items() if name != "kind"}
    problems = checker.problems(kind, typed)
    shown = opened.typed if is_open and opened.typed is not None else typed
    errors = opened.errors if is_open and opened.typed is not None else problems
    return found | {
        "kind": kind.kind,
        "icon": kind.icon,
        "pieces": sentence_pieces(kind, typed, f"{page}?open={number}#step-{number}"),
        "problems": [errors[WHOLE]]
        if is_open and WHOLE in errors
        else []
        if is_open
        else sorted(set(errors.values())),
        "fields": setting_pieces(kind, shown, checker, errors, number) if is_open else [],
        "has_settings": bool(kind.model_fields),
    }
