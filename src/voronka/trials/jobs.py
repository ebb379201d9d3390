"""Background work of A/B tests."""

from datetime import UTC, datetime

from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.kit.tenancy import company_context
from voronka.trials import services


@sweep("trials.judge", every_seconds=3600)
def look_at_trials(now: datetime) -> None:
    """Order a look at the tests of each company in which some run."""
    for company_id in services.companies_running():
        defer("trials.judge", of_company=company_id, once=f"trials {company_id}")


@job("trials.judge")
def judge_job(of_company: int) -> None:
    """Look at the tests of one company."""
    with company_context(of_company, origin="job trials.judge", strict=True):
        services.judge(now=datetime.now(UTC))
