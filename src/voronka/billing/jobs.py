"""Background work with papers and money: each job calls one service."""

from datetime import UTC, datetime

from voronka.billing.services import giving_back, online
from voronka.billing.services.keeping import keep_file
from voronka.kit.actors import Actor
from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.kit.tenancy import current_company_id


@job("billing.keep_file", retry=3)
def keep_file_job(document_id: int, version: int) -> None:
    """Draw and keep the file of a version of a paper."""
    actor = Actor.system(current_company_id(), origin="job billing.keep_file")
    keep_file(actor=actor, document_id=document_id, version=version, now=datetime.now(UTC))


@job("billing.ask_provider", queue="outgoing", retry=3)
def ask_provider_job(online_id: int) -> None:
    """Ask a provider how a payment stands."""
    online.ask(online_id, now=datetime.now(UTC))


@job("billing.ask_refund", queue="outgoing", retry=3)
def ask_refund_job(refund_id: int) -> None:
    """Ask a provider again for a refund that he has not confirmed."""
    giving_back.ask_refund(refund_id, now=datetime.now(UTC))


@sweep("billing.ask_due", every_seconds=5)
def look_for_due(now: datetime) -> None:
    """Put off the asking about payments and refunds that wait for an answer."""
    for company_id, online_id, refund_id in online.due(now):
        if refund_id:
            defer("billing.ask_refund", company_id=company_id, once=f"ask refund {refund_id}", refund_id=refund_id)
        else:
            defer(
                "billing.ask_provider", company_id=company_id, once=f"ask provider {online_id}", online_id=online_id
            )
