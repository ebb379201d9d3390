"""Background work with surveys: each job calls one service."""

from datetime import UTC, datetime

from voronka.care import services
from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.kit.tenancy import company_context


@sweep("care.due", every_seconds=30)
def look_for_due(now: datetime) -> None:
    """Put off the asking of each company that has somebody to ask."""
    for company_id in services.companies_due(now):
        defer("care.ask", of_company=company_id, once=f"surveys {company_id}")


@job("care.ask")
def ask_job(of_company: int) -> None:
    """Ask those of one company whose hour has come."""
    with company_context(of_company, origin="job care.ask", strict=True):
        services.ask_due(now=datetime.now(UTC))
