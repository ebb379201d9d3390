"""Background work of sites: visits are looked at, what is older than a site keeps is dropped, calls are promised."""

from datetime import UTC, datetime

from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.kit.tenancy import company_context
from voronka.site.services import judging, keeping, kinds

ROUNDS = 200


@sweep("site.old", every_seconds=600)
def look_for_old(now: datetime) -> None:
    """Order the dropping in each company that has something old."""
    for company_id in keeping.companies_with_old(now):
        defer("site.old", of_company=company_id, once=f"old visits {company_id}")


@job("site.old")
def old_job(of_company: int) -> None:
    """Drop the old visits, showings, visitors and what they said of one company, a few hundred at a time."""
    with company_context(of_company, origin="job site.old", strict=True):
        for _round in range(ROUNDS):
            now = datetime.now(UTC)
            drops = (keeping.drop_old, keeping.drop_shown, keeping.drop_unvisited, keeping.drop_said)
            if not sum(drop(now=now) for drop in drops):
                break


@sweep("site.due", every_seconds=10)
def look_for_due(now: datetime) -> None:
    """Order the judging in each company that has visits to be looked at."""
    for company_id in judging.companies_due(now):
        defer("site.judge", of_company=company_id, once=f"visits {company_id}")


@job("site.judge")
def judge_job(of_company: int) -> None:
    """Look at the visits of one company whose moment has come."""
    with company_context(of_company, origin="job site.judge", strict=True):
        for _round in range(ROUNDS):
            if not judging.judge_due(now=datetime.now(UTC)):
                break


@job("site.promise_call")
def promise_job(client_id: int, at: str, title: str) -> None:
    """Promise a client the call at the hour that he named in a widget."""
    kinds.promise_call(client_id, datetime.fromisoformat(at), title, now=datetime.now(UTC))
