"""Background work with clients: each job calls one service."""

from voronka.kit.jobs import job
from voronka.people.services import imports


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
