"""Background work with clients: each job calls one service."""

from voronka.kit.jobs import job
from voronka.people.services import imports
from voronka.people.services.doubles import find_all_pairs


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
def doubles_job() -> None:
    """Find likely doubles over the whole base."""
    find_all_pairs()
