"""Background work with goods: each job calls one service."""

from datetime import UTC, datetime

from voronka.catalogue.services import lists
from voronka.kit.jobs import job


@job("catalogue.load_list", queue="imports")
def load_job(load_id: int) -> None:
    """Load a supplier's price list."""
    lists.load(load_id, now=datetime.now(UTC))


@job("catalogue.find_again", queue="imports")
def find_again_job(supplier_id: int) -> None:
    """Look for a supplier's goods again with what the latest answers taught."""
    lists.find_again(supplier_id, now=datetime.now(UTC))
