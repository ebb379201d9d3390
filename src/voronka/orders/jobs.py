"""Background work with orders: each job calls one service."""

from datetime import UTC, datetime

from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.kit.tenancy import company_context
from voronka.orders.services import mail


@sweep("orders.mailboxes", every_seconds=30)
def look_for_mailboxes(now: datetime) -> None:
    """Put off the look of each company that has a mailbox whose time has come."""
    for company_id in mail.companies_due(now):
        defer("orders.mail_round", of_company=company_id, once=f"order mail {company_id}")


@job("orders.mail_round")
def mail_round_job(of_company: int) -> None:
    """Order a look into each mailbox of one company whose time has come."""
    with company_context(of_company, origin="job orders.mail_round", strict=True):
        mail.order_due(now=datetime.now(UTC))


@job("orders.look_for_letters", queue="imports")
def look_for_letters_job(mailbox_id: int) -> None:
    """Look into one mailbox."""
    mail.look(mailbox_id, now=datetime.now(UTC))
