"""Background work about accounts."""

from voronka.accounts import services
from voronka.kit.jobs import job


@job("accounts.reset_letter", queue="outgoing", retry=3)
def send_reset_letter(user_id: int, site: str) -> None:
    """Send the letter by which a person chooses a new password."""
    services.send_reset_letter(user_id=user_id, site=site)


@job("accounts.invitation_letter", queue="outgoing", retry=3)
def send_invitation_letter(employee_id: int, site: str) -> None:
    """Send the letter that invites a person into the company."""
    services.send_invitation_letter(employee_id=employee_id, site=site)
