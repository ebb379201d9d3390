"""Lists that leave the company as files: a right of its own, and a line in the log."""

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import EXPORT, Actor
from voronka.kit.errors import Refusal
from voronka.kit.events import publish
from voronka.people.events import ListExported


def require_export(*, actor: Actor, rows: int = 0, most: int = 0) -> None:
    """Check that the actor may take so many rows out. Raises Denied, Refusal for too many."""
    actor.require(EXPORT)
    if rows > most:
        raise Refusal(
            _("The list is longer than %(most)d rows: narrow it by filters and take it out in parts.")
            % {"most": most},
            code="too_long",
        )


def log_export(*, actor: Actor, rows: int, file_format: str) -> None:
    """Write down that a list was taken out: who, when, how many rows."""
    actor.require(EXPORT)
    with transaction.atomic():
        publish(ListExported(employee_id=actor.employee_id or 0, rows=rows, format=file_format))
