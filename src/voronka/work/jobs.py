"""Background work of the queue: the sweep of reminders and the letters of the day."""

from datetime import UTC, datetime

from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.work import services


@sweep("work.remind", every_seconds=15)
def remind(now: datetime) -> None:
    """Order a look at the reminders of each company in which somebody may have to be told something."""
    for company_id in services.companies_to_remind(now):
        defer("work.remind", to_company=company_id, once=f"remind {company_id}")


@job("work.remind")
def remind_job(to_company: int) -> None:
    """Make and announce the reminders of one company."""
    services.remind_company(to_company, now=datetime.now(UTC))


@sweep("work.digests", every_seconds=600)
def look_for_mornings(now: datetime) -> None:
    """Order a look at the day of each company: whoever beats asks a dozen things of none of them himself."""
    for company_id in services.all_companies():
        defer("work.day", to_company=company_id, once=f"day {company_id}")


@job("work.day")
def day_job(to_company: int) -> None:
    """Order one company's letters of the day where it is morning; tell its heads what is overdue for too long."""
    now = datetime.now(UTC)
    services.tell_heads(to_company, now=now)
    services.order_letters(to_company, now=now)


@job("work.digest_letter", queue="outgoing", retry=5)
def digest_letter(employee_id: int, digest_id: int) -> None:
    """Send one person his letter of the day."""
    services.send_digest(employee_id=employee_id, digest_id=digest_id, now=datetime.now(UTC))
