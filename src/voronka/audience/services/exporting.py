"""Reports that leave the company as files: a right of its own, and a line in the log."""

from django.db import transaction

from voronka.audience.events import ReportExported
from voronka.audience.permissions import SEE_REPORTS
from voronka.kit.actors import EXPORT, Actor
from voronka.kit.events import publish


def require_export(*, actor: Actor) -> None:
    """Check that the actor may take reports out. Raises Denied."""
    actor.require(SEE_REPORTS)
    actor.require(EXPORT)


def log_export(*, actor: Actor, report: str, rows: int, file_format: str) -> None:
    """Write down that a report was taken out: who, which, how many rows. Raises Denied."""
    require_export(actor=actor)
    with transaction.atomic():
        publish(ReportExported(employee_id=actor.employee_id or 0, report=report, rows=rows, format=file_format))
