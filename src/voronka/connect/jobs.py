"""Background work of webhooks and of what is kept for a time: each job calls services."""

from datetime import UTC, datetime

from django.db import connection, transaction

from voronka.connect.services import deliveries, notices, repeats
from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.kit.tenancy import company_context


@job("connect.deliver", queue="outgoing")
def deliver_job(of_company: int) -> None:
    """Read the log for a company's webhooks and send what is due."""
    deliveries.work_off(of_company)


@job(notices.JOB, queue="outgoing", retry=3)
def pause_letter_job(webhook_id: int) -> None:
    """Write to the maker of a webhook that it was switched off."""
    notices.send_pause_letter(webhook_id=webhook_id)


@sweep("connect.deliver", every_seconds=1)
def look_for_deliveries(now: datetime) -> None:
    """Put off the sending for each company that has something; one job a company at a time."""
    for company_id in deliveries.companies_with_work(now):
        defer("connect.deliver", of_company=company_id, once=f"deliver {company_id}")


@sweep("connect.forget", every_seconds=3600)
def look_for_old_rows(now: datetime) -> None:
    """Put off the dropping of old answers and messages, where there are any."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT company FROM connect_companies_with_old_rows(%s, %s)",
            [now - repeats.KEPT, now - deliveries.KEPT],
        )
        for (company_id,) in cursor.fetchall():
            defer("connect.forget", of_company=company_id, once=f"forget {company_id}")


@job("connect.forget")
def forget_job(of_company: int) -> None:
    """Drop a company's kept answers after two days and its settled messages after thirty."""
    now = datetime.now(UTC)
    with company_context(of_company, origin="job connect.forget", strict=True):
        repeats.forget_old(now=now)
        deliveries.forget_old(now=now)
