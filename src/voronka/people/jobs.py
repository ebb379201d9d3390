"""Background work with clients: each job calls one service."""

from datetime import UTC, datetime

from django.db import transaction

from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.kit.tenancy import current_company_id
from voronka.people import services
from voronka.people.queries.bin import companies_with_old
from voronka.people.services import bulk, imports
from voronka.people.services.doubles import find_all_pairs

SEARCH_SECONDS = 5.0


@job("people.import_check", queue="imports")
def check_job(run_id: int) -> None:
    """Check the file of an import."""
    imports.check(run_id)


@job("people.import_run", queue="imports")
def run_job(run_id: int) -> None:
    """Load the file of an import."""
    imports.load(run_id)


@job("people.import_undo", queue="imports")
def undo_job(run_id: int) -> None:
    """Take an import back."""
    imports.undo(run_id)


@job("people.find_doubles", queue="imports")
def doubles_job(after: int = 0) -> None:
    """Find likely doubles over the whole base, a part a job: others have their turn, and a worker may stop."""
    _found, last = find_all_pairs(after=after, seconds=SEARCH_SECONDS)
    if last is not None:
        company_id = current_company_id()
        with transaction.atomic():
            defer("people.find_doubles", company_id=company_id, once=f"find_doubles {company_id}", after=last)


@job("people.bulk_run")
def bulk_run_job(bulk_id: int) -> None:
    """Change the cards of a bulk change."""
    bulk.run(bulk_id)


@job("people.bulk_undo")
def bulk_undo_job(bulk_id: int) -> None:
    """Take a bulk change back."""
    bulk.undo(bulk_id)


@sweep("people.bin", every_seconds=3_600)
def sweep_bin(now: datetime) -> None:
    """Order the erasure of what has lain in the recycle bins for thirty days."""
    for company_id in companies_with_old(now):
        defer("people.erase", company_id=company_id, once=f"erase {company_id}")


@job("people.erase", retry=3)
def erase_job() -> None:
    """Erase what has lain in the recycle bin for thirty days."""
    services.erase_old(now=datetime.now(UTC))
