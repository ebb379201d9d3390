"""Background work of messages: what is due goes out, channel by channel."""

from datetime import UTC, datetime

from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.kit.tenancy import company_context
from voronka.messaging.services import sending

ROUNDS = 100


@sweep("messaging.look", every_seconds=1)
def look(now: datetime) -> None:
    """Order the sending of each company and channel that has something due."""
    for company_id, channel in sending.due_now(now):
        defer("messaging.send", of_company=company_id, channel=channel, once=f"messages {company_id} {channel}")


@job("messaging.send", queue="outgoing")
def send_job(of_company: int, channel: str) -> None:
    """Send what one company has due by one channel; what is left after many rounds goes by the next job."""
    with company_context(of_company, origin="job messaging.send", strict=True):
        for _round in range(ROUNDS):
            if not sending.send_due(channel, now=datetime.now(UTC)):
                break
