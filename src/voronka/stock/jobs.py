"""Background work of the stock: promises that have run out, buffers at night."""

from datetime import UTC, datetime

from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.stock import services


@sweep("stock.expire", every_seconds=20)
def expire(now: datetime) -> None:
    """Order a look at the reservations of each company in which some have run out."""
    for company_id in services.companies_with_expired(now):
        defer("stock.expire", to_company=company_id, once=f"expire {company_id}")


@job("stock.expire")
def expire_job(to_company: int) -> None:
    """Let go of what one company has held past its time."""
    services.expire_company(to_company, now=datetime.now(UTC))


@sweep("stock.judge", every_seconds=300)
def judge(now: datetime) -> None:
    """Order a look at the buffers of each company where none was taken today."""
    for company_id in services.companies_to_judge(now):
        defer("stock.judge", to_company=company_id, once=f"judge {company_id}")


@job("stock.judge")
def judge_job(to_company: int) -> None:
    """Reckon the buffers of one company, tell who may order where goods run out."""
    services.judge_company(to_company, now=datetime.now(UTC))
