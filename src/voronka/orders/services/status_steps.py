"""The steps that run when an order comes to a status: which may be there, and how they are changed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.step_forms import StepChecker
from voronka.kit.steps import Step, all_steps, steps_for
from voronka.kit.subjects import Subject
from voronka.orders.events import OrderSettingsChanged
from voronka.orders.models import Status
from voronka.orders.permissions import SET_UP
from voronka.orders.services.flow import OrderOpener

MOST_STEPS = 30


def offered(actor: Actor | None = None) -> dict[str, type[Step]]:
    """Return by kind the steps that suit an order; for an actor, those of modules that are on for him."""
    known = all_steps() if actor is None else steps_for(actor)
    found = [one for one in known if all(issubclass(OrderOpener, need) for need in one.needs)]
    own = [one for one in found if one.kind.startswith("orders.")]
    return {one.kind: one for one in (*own, *(one for one in found if one not in own))}


def sign_of(row: Status) -> str:
    """Return the sign of the steps as they are: who changes them says which he saw."""
    return hashlib.sha256(json.dumps(row.steps, sort_keys=True).encode()).hexdigest()[:16]


@transaction.atomic
def change_steps(
    public_id: str, do: str, *, actor: Actor, rev: str, number: int | None = None, kind: type[Step] | None = None,
    typed: Mapping[str, object] | None = None,
) -> Status:  # fmt: skip
    """Add a step, set one up anew (`set`), take it `up` or `down`, or `remove` it.

    Raises Denied, NotFound, Conflict where the steps are others by now, Invalid naming the settings at fault.
    """
    actor.require(SET_UP)
    row = Status.objects.select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such status of orders."))
    if rev != sign_of(row):
        raise Conflict(_("Somebody changed these steps meanwhile: look at them again."), code="moved")
    steps: list[dict[str, Any]] = list(row.steps)
    if do != "add" and (number is None or number >= len(steps)):
        raise NotFound(_("There is no such step."))
    at = number or 0
    if do in ("add", "set"):
        made = _checked(row, kind, dict(typed or {}))
        if do == "add" and len(steps) >= MOST_STEPS:
            raise Invalid(_("No more than %(limit)s fit here.") % {"limit": MOST_STEPS})
        steps[len(steps) if do == "add" else at : len(steps) if do == "add" else at + 1] = [made]
    elif do == "remove":
        del steps[at]
    elif do in ("up", "down"):
        to = at - 1 if do == "up" else at + 1
        if 0 <= to < len(steps):
            steps[at], steps[to] = steps[to], steps[at]
    else:
        raise NotFound(_("There is no such act."))
    row.steps = steps
    row.save(update_fields=["steps"])
    publish(OrderSettingsChanged(setting_id=row.pk, kind="status"))
    return row


def _checked(row: Status, kind: type[Step] | None, typed: dict[str, object]) -> dict[str, Any]:
    """Return a step as it is stored. Raises Invalid naming the settings at fault."""
    if kind is None or kind.kind not in offered():
        raise NotFound(_("There is no such step."))
    checker = StepChecker(Subject("order_status", row.pk))
    typed = {name: value for name, value in typed.items() if checker.matters(kind, name, typed)}
    problems = checker.problems(kind, typed)
    if typed.get("status") == row.code and kind.kind == "orders.set_status":
        problems["status"] = _("An order is here already: choose another status.")
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
    return kind.model_validate(typed).to_json()
