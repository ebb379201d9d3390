"""Background work of messages: what is due goes out, channel by channel; what providers of SMS tell comes in."""

import time
from datetime import UTC, datetime

import structlog
from django.conf import settings

from voronka.kit.imap import OF_SERVER
from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep
from voronka.kit.tenancy import company_context
from voronka.messaging.ports import sms_kinds
from voronka.messaging.services import campaigns, returning, sending, sms_asking, sms_links, sms_receiving, tracking
from voronka.messaging.services.channels import attached, coming, going, mailboxes, polling
from voronka.messaging.services.chat import forgetting, tending

log = structlog.get_logger(__name__)

ROUNDS = 100
# Two jobs work at once: while a slow mail server kept both for half an hour, campaigns would seem to be left alone.
SECONDS = 60.0


@sweep("messaging.look", every_seconds=1)
def look(now: datetime) -> None:
    """Order the sending of each company and channel that has something due."""
    for company_id, channel in sending.due_now(now):
        defer("messaging.send", of_company=company_id, channel=channel, once=f"messages {company_id} {channel}")


@sweep("messaging.touches", every_seconds=10)
def look_at_touches(now: datetime) -> None:
    """Order the judging of openings and clicks of each company that has some."""
    for company_id in tracking.touches_due(now):
        defer("messaging.touches", of_company=company_id, once=f"touches {company_id}")


@job("messaging.touches")
def touches_job(of_company: int) -> None:
    """Judge the openings and clicks of one company."""
    with company_context(of_company, origin="job messaging.touches", strict=True):
        for _round in range(ROUNDS):
            if not tracking.judge_touches(now=datetime.now(UTC)):
                break


@sweep("messaging.returns", every_seconds=300)
def look_for_returns(now: datetime) -> None:
    """Order a look into the mailbox of returns, where there is one."""
    if returning.is_set_up():
        defer("messaging.returns", once="returned letters")


@job("messaging.returns", queue="outgoing")
def returns_job() -> None:
    """Take in what came back; a mailbox that does not answer is asked again at the next look."""
    now = datetime.now(UTC)
    try:
        taken = returning.look(now=now)
    except OF_SERVER as problem:
        words = str(problem) or type(problem).__name__
        log.warning("the mailbox of returns was not read", reason=words)
        returning.note_look(words=words, is_read=False, now=now)
    else:
        returning.note_look(taken=taken, is_read=True, now=now)


@job("messaging.send", queue="outgoing")
def send_job(of_company: int, channel: str) -> None:
    """Send what one company has due by one channel; what is left after many rounds or a minute goes by the next."""
    until = time.monotonic() + SECONDS
    with company_context(of_company, origin="job messaging.send", strict=True):
        campaigns.hold_left(now=datetime.now(UTC))
        for _round in range(ROUNDS):
            if not sending.send_due(channel, now=datetime.now(UTC)) or time.monotonic() > until:
                break


@sweep("messaging.late_talks", every_seconds=15)
def look_for_late_talks(now: datetime) -> None:
    """Tell of visitors who were to be answered by now, in each company that has one."""
    for company_id in tending.companies_late(now):
        defer("messaging.late_talks", of_company=company_id, once=f"late talks {company_id}")


@job("messaging.late_talks", queue="listeners")
def late_talks_job(of_company: int) -> None:
    """Tell of the late talks of one company."""
    with company_context(of_company, origin="job messaging.late_talks", strict=True):
        tending.warn_late(now=datetime.now(UTC))


@job("messaging.talk_letter", queue="outgoing", retry=5)
def talk_letter_job(of_company: int, talk_id: int, employee_id: int) -> None:
    """Write to an operator that a visitor waits."""
    with company_context(of_company, origin="job messaging.talk_letter", strict=True):
        tending.send_letter(talk_id=talk_id, employee_id=employee_id, site=settings.SITE)


@sweep("messaging.campaigns", every_seconds=1)
def look_at_campaigns(now: datetime) -> None:
    """Order a look at the campaigns of each company that has some to be looked at."""
    for company_id in campaigns.companies_due(now):
        defer("messaging.campaigns", of_company=company_id, once=f"campaigns {company_id}")


@job("messaging.campaigns", queue="outgoing")
def campaigns_job(of_company: int) -> None:
    """Look at the campaigns of one company."""
    with company_context(of_company, origin="job messaging.campaigns", strict=True):
        campaigns.look(now=datetime.now(UTC), clock=lambda: datetime.now(UTC))


@job("messaging.campaign_check", queue="imports")
def campaign_check_job(of_company: int, check: int) -> None:
    """Judge all recipients of a campaign that somebody looks at before its start."""
    with company_context(of_company, origin="job messaging.campaign_check", strict=True):
        campaigns.judge_all(check, tell=lambda: datetime.now(UTC))


@sweep("messaging.sms_sessions", every_seconds=10)
def keep_sessions(now: datetime) -> None:
    """Keep the sessions with providers of SMS open, so that late receipts and answers arrive."""
    sms_links.keep(sms_links.providers_on(), now=now)


@sweep("messaging.sms_receipts", every_seconds=15)
def look_after_receipts(now: datetime) -> None:
    """Order a look at the SMS of each company whose fate is to be asked after or was told early."""
    for company_id in sms_asking.companies_due(now):
        defer("messaging.sms_receipts", of_company=company_id, once=f"sms receipts {company_id}")


@job("messaging.sms_receipts", queue="outgoing")
def receipts_job(of_company: int) -> None:
    """Match the receipts of one company and ask after its messages."""
    with company_context(of_company, origin="job messaging.sms_receipts", strict=True):
        sms_receiving.match_waiting(now=datetime.now(UTC))
        for _round in range(ROUNDS):
            if not sms_asking.ask_due(now=datetime.now(UTC)):
                break


@sweep("messaging.sms_answers", every_seconds=120)
def look_for_answers(now: datetime) -> None:
    """Order a look for answers at each provider that is to be asked for them."""
    for one in sms_links.providers_on():
        if one.kind in sms_kinds() and sms_kinds()[one.kind].tells_answers:
            sms_asking.order_answers(one.company_id, one.provider_id)


@job("messaging.sms_answers", queue="outgoing")
def answers_job(of_company: int, of_provider: int) -> None:
    """Ask one provider what subscribers wrote."""
    with company_context(of_company, origin="job messaging.sms_answers", strict=True):
        sms_asking.ask_answers(of_provider, now=datetime.now(UTC))


@sweep("messaging.sms_balances", every_seconds=3600)
def look_at_balances(now: datetime) -> None:
    """Order a look at the balance of each provider that tells it."""
    for one in sms_links.providers_on():
        if one.kind in sms_kinds() and sms_kinds()[one.kind].tells_money:
            defer(
                "messaging.sms_balance", of_company=one.company_id, of_provider=one.provider_id,
                once=f"sms balance {one.provider_id}",
            )  # fmt: skip


@job("messaging.sms_balance", queue="outgoing")
def balance_job(of_company: int, of_provider: int) -> None:
    """Read one balance."""
    with company_context(of_company, origin="job messaging.sms_balance", strict=True):
        sms_asking.watch_balance(of_provider, now=datetime.now(UTC))


@sweep("messaging.lines", every_seconds=2)
def look_for_lines(now: datetime) -> None:
    """Order the sending of lines of talks that wait for another try, or whose hand-over broke."""
    for company_id in going.companies_due(now):
        defer("messaging.lines", of_company=company_id, once=f"lines {company_id}")


@job("messaging.lines", queue="outgoing")
def lines_job(of_company: int) -> None:
    """Send the lines of talks that one company has due; what is left goes by the next job."""
    with company_context(of_company, origin="job messaging.lines", strict=True):
        for _round in range(ROUNDS):
            if not going.send_due(now=datetime.now(UTC)):
                break


@sweep("messaging.bots", every_seconds=10)
def keep_fetching(now: datetime) -> None:
    """Have the news of bots that are fetched waited for."""
    polling.keep()


@sweep("messaging.old_news", every_seconds=6 * 3600)
def look_for_old_news(now: datetime) -> None:
    """Order the forgetting of old news in each company that has an account."""
    for company_id in sorted({row[0] for row in polling.accounts_on()}):
        defer("messaging.old_news", of_company=company_id, once=f"old news {company_id}")


@job("messaging.old_news")
def old_news_job(of_company: int) -> None:
    """Forget what nobody tells again."""
    with company_context(of_company, origin="job messaging.old_news", strict=True):
        coming.forget_news(now=datetime.now(UTC))


@sweep("messaging.old_talks", every_seconds=3600)
def look_for_old_talks(now: datetime) -> None:
    """Order the dropping of old talks of nobody in each company that has some."""
    for company_id in forgetting.companies_with_old(now):
        defer("messaging.old_talks", of_company=company_id, once=f"old talks {company_id}")


@job("messaging.old_talks")
def old_talks_job(of_company: int) -> None:
    """Drop the old talks of nobody of one company, a few at a time; the rest at the next look."""
    with company_context(of_company, origin="job messaging.old_talks", strict=True):
        for _round in range(ROUNDS):
            if not forgetting.drop_old(now=datetime.now(UTC)):
                break


@sweep("messaging.talk_mailboxes", every_seconds=20)
def look_for_letters(now: datetime) -> None:
    """Order a look into each mailbox of talks whose time has come."""
    mailboxes.order_due(now)


@job("messaging.talk_mailbox", queue="imports")
def talk_mailbox_job(account_id: int) -> None:
    """Look into one mailbox of talks."""
    mailboxes.look(account_id, now=datetime.now(UTC))


@job("messaging.talk_files", queue="outgoing")
def talk_files_job(line_id: int) -> None:
    """Fetch the files that came with one line."""
    attached.fetch_files(line_id, now=datetime.now(UTC))
