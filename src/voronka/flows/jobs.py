"""Background work of automations: due walks, days of the calendar, lists."""

from datetime import UTC, datetime

from voronka.flows.services import scenes, timing, walking
from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.kit.tenancy import company_context


@sweep("flows.walk", every_seconds=1)
def look_for_walks(now: datetime) -> None:
    """Order the walking in each company in which somebody is due."""
    for company_id in walking.companies_due(now):
        defer("flows.walk", of_company=company_id, once=f"walk {company_id}")


@job("flows.walk")
def walk_job(of_company: int) -> None:
    """Move a company's due walks on, and meet the silence in talks with scenarios."""
    walking.walk(of_company, now=datetime.now(UTC))
    with company_context(of_company, origin="job flows.walk", strict=True):
        scenes.wake(now=datetime.now(UTC))


@sweep("flows.look", every_seconds=60)
def look_for_days(now: datetime) -> None:
    """Order a look at the calendar and at lists where something begins by them."""
    for company_id in timing.companies_timed():
        defer("flows.look", of_company=company_id, once=f"look {company_id}")


@job("flows.look")
def look_job(of_company: int) -> None:
    """Bring in those whose day has come and those who have come into a list."""
    timing.look(of_company, now=datetime.now(UTC))
