"""Background work about accounts."""

from datetime import UTC, datetime

from voronka.accounts import queries, services
from voronka.kit.jobs import job
from voronka.kit.tenancy import current_company_id


@job("accounts.reset_letter", queue="outgoing", retry=5)
def send_reset_letter(user_id: int, site: str) -> None:
    """Send the letter by which a person chooses a new password."""
    services.send_reset_letter(user_id=user_id, site=site)


@job("accounts.invitation_letter", queue="outgoing", retry=5)
def send_invitation_letter(employee_id: int, site: str) -> None:
    """Send the letter that invites a person into the company."""
    services.send_invitation_letter(employee_id=employee_id, site=site)


@job("accounts.export")
def make_export(employee_id: int) -> None:
    """Make the archive of everything the company owns, for the person who ordered it and still may."""
    actor = queries.find_actor(current_company_id(), employee_id, origin="export")
    if actor is not None:
        services.keep_export(actor=actor, now=datetime.now(UTC))
