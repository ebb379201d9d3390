"""Background work with goods: each job calls one service."""

from datetime import UTC, datetime

from voronka.catalogue.services import feeds, lists, sources
from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.kit.tenancy import company_context


@job("catalogue.load_list", queue="imports")
def load_job(load_id: int) -> None:
    """Load a supplier's price list."""
    lists.load(load_id, now=datetime.now(UTC))


@job("catalogue.find_again", queue="imports")
def find_again_job(supplier_id: int) -> None:
    """Look for a supplier's goods again with what the latest answers taught."""
    lists.find_again(supplier_id, now=datetime.now(UTC))


@sweep("catalogue.feeds", every_seconds=2)
def look_for_feeds(now: datetime) -> None:
    """Put off the work on the feeds of each company that has some; one job a company at a time."""
    for company_id in feeds.companies_due(now):
        defer("catalogue.build_feeds", of_company=company_id, once=f"feeds {company_id}")


@job("catalogue.build_feeds", queue="imports")
def build_feeds_job(of_company: int) -> None:
    """Bring the feeds of one company up to date, a few pieces at a time: other work of the queue gets its turn."""
    with company_context(of_company, origin="job catalogue.build_feeds", strict=True):
        is_more = feeds.build_due(now=datetime.now(UTC))
    if is_more:
        defer("catalogue.build_feeds", of_company=of_company, once=f"feeds {of_company}")


@sweep("catalogue.sources", every_seconds=60)
def look_for_sources(now: datetime) -> None:
    """Put off the nightly look of each company that has a source whose hour has come."""
    for company_id in sources.companies_due(now):
        defer("catalogue.night", of_company=company_id, once=f"night {company_id}")


@job("catalogue.night")
def night_job(of_company: int) -> None:
    """Order a look into each source of one company whose hour has come."""
    with company_context(of_company, origin="job catalogue.night", strict=True):
        sources.order_due(now=datetime.now(UTC))


@job("catalogue.look", queue="imports")
def look_job(source_id: int) -> None:
    """Look into one source of price lists."""
    sources.look(source_id, now=datetime.now(UTC))
