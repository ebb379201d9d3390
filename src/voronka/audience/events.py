"""What happens to reports, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportExported(Event):
    """A report (funnel, managers) left the company as a file; `rows` were in it."""

    subject: ClassVar = ("employee", "employee_id")
    employee_id: int
    report: str
    rows: int
    format: str
