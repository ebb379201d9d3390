"""Background work of sites: what is older than a site keeps is dropped."""

from datetime import UTC, datetime

from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.kit.tenancy import company_context
from voronka.site.services import keeping

ROUNDS = 200


@sweep("site.old", every_seconds=600)
def look_for_old(now: datetime) -> None:
    """Order the dropping in each company that has something old."""
    for company_id in keeping.companies_with_old(now):
        defer("site.old", of_company=company_id, once=f"old visits {company_id}")


@job("site.old")
def old_job(of_company: int) -> None:
    """Drop the old visits of one company, a few hundred at a time."""
    with company_context(of_company, origin="job site.old", strict=True):
        for _round in range(ROUNDS):
            if not keeping.drop_old(now=datetime.now(UTC)):
                break
