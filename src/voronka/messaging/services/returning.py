"""Letters that come back: each to an address of its own, so that we know whose letter it was and nobody forges it."""

import hmac
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import cache
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings
from django.db import connection, transaction

from voronka.accounts import queries as accounts
from voronka.accounts import services as employees
from voronka.kit.imap import MOST_LETTERS, NOT_OF_LETTER, Letter, Mailbox, open_mailbox
from voronka.kit.seals import seal
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Message, MessageStep, ReturnsState
from voronka.messaging.permissions import MANAGE
from voronka.messaging.ports import Receipt
from voronka.messaging.rules.returns import Returned, Unreadable, read_returned
from voronka.messaging.services.blocking import block
from voronka.messaging.services.leaving import Leaving, find_leaving, leave
from voronka.messaging.services.settling import settle

log = structlog.get_logger(__name__)
MOST_BYTES, ROUNDS, TIMEOUT_SECONDS = 2**20, 20, 60.0
# Three looks are a quarter of an hour: a server that is started anew is not worth a notice.
MAILED, TELLS, NOTICE = timedelta(days=30), 3, "returns"
_SALT = "voronka.messaging.bounce"


def return_path(public_id: str) -> str:
    """Return where a letter that cannot be delivered comes back to: signed, so that forged ones are known."""
    if not settings.MAIL_RETURN:
        return _bare(settings.MAIL_FROM)
    name, _at, domain = _in_ascii(settings.MAIL_RETURN).rpartition("@")
    return f"{name}+{public_id}-{_sign(public_id)}@{domain}"


@cache
def _bare(sender: str) -> str:
    return _in_ascii(parseaddr(sender)[1])


@cache
def _in_ascii(address: str) -> str:
    """Return an address with its domain as the mail server takes it: one of other letters in punycode (RFC 5891)."""
    name, at, domain = address.rpartition("@")
    return name + at + domain.encode("idna").decode()


def returned_message(address: str) -> str | None:
    """Return the public id of the message whose letter came back to this address; None for one we did not sign.

    Servers on the way may have written it in capitals.
    """
    public_id, _dash, sign = address.lower().rpartition("@")[0].rpartition("+")[2].rpartition("-")
    is_ours = public_id.isascii() and sign.isascii() and hmac.compare_digest(sign, _sign(public_id))
    return public_id if public_id and is_ours else None


def _sign(public_id: str) -> str:
    return seal(_SALT, public_id)[:16]


# --- The mailbox --------------------------------------------------------------------------------------------------


def is_set_up() -> bool:
    """Tell whether the installation has a mailbox of returns to look into."""
    return bool(settings.MAIL_RETURN and settings.MAIL_RETURN_BOX)


def look(*, now: datetime) -> int:
    """Take in what came to the mailbox of returns; return how many letters told something new.

    A letter is marked as seen when it is done with; one that is read twice, since somebody died between, changes
    nothing the second time. Outside of transactions and companies. Raises what open_mailbox raises.
    """
    parts = urlsplit(settings.MAIL_RETURN_BOX)
    folder, count = unquote(parts.path.strip("/")) or "INBOX", 0
    with open_mailbox(
        parts.hostname or "", parts.port or 993, unquote(parts.username or ""), unquote(parts.password or ""),
        folder=folder, timeout=TIMEOUT_SECONDS, allow_private=settings.ALLOW_PRIVATE_WEBHOOKS,
    ) as mail:  # fmt: skip
        for _round in range(ROUNDS):
            letters = mail.unseen()
            for letter in letters:
                count += _take_one(mail, letter, now)
                mail.mark_seen(letter.uid)
            if len(letters) < MOST_LETTERS:
                break
    return count


def mailing_companies(now: datetime) -> list[int]:
    """Return the companies whose letters have left lately: the mailbox is theirs to know of."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM messaging_mailing(%s)", [now - MAILED])
        return [row[0] for row in cursor.fetchall()]


def note_look(*, taken: int = 0, words: str = "", is_read: bool, now: datetime) -> None:
    """Write down for each company how a look went; tell who answers for sending once when it has failed TELLS times."""
    for company_id in mailing_companies(now):
        with company_context(company_id, origin="returned letters", strict=True), transaction.atomic():
            ReturnsState.objects.bulk_create([ReturnsState()], ignore_conflicts=True)
            row = ReturnsState.objects.select_for_update().get()
            row.looked_at = now
            if is_read:
                row.read_at, row.failures, row.words, row.taken = now, 0, "", row.taken + taken
            else:
                row.failed_at, row.failures, row.words = now, row.failures + 1, words[:300]
            row.save(update_fields=["looked_at", "read_at", "failed_at", "failures", "words", "taken"])
            if row.failures == TELLS:
                _tell(row, now)


def _tell(row: ReturnsState, now: datetime) -> None:
    watchers = accounts.employees_who_may(MANAGE)
    employees.notify(
        employee_ids=watchers, code=NOTICE, subject_kind="returns", subject_id=row.pk,
        detail_id=int(now.timestamp()), by=None, now=now,
    )  # fmt: skip


def _take_one(mail: Mailbox, letter: Letter, now: datetime) -> bool:
    """Take one letter. One that breaks what reads it is done with: no company would hear of those behind it."""
    try:
        return _take(mail, letter, now)
    except NOT_OF_LETTER:
        raise
    except Exception:
        log.exception("a returned letter broke what reads it")
        return False


def _take(mail: Mailbox, letter: Letter, now: datetime) -> bool:
    # Our letters are short: what is larger is none of them that came back.
    if letter.size > MOST_BYTES:
        log.info("return passed over", why="large")
        return False
    return take_returned(mail.source(letter.uid), now=now)


def take_returned(raw: bytes, *, now: datetime) -> bool:
    """Take one letter in: settle its message, block its address; tell whether it told something new.

    What is neither a report nor a complaint, or names no letter that we signed, changes nothing.
    """
    try:
        said = read_returned(raw)
    except Unreadable as bad:
        log.info("return passed over", why="unreadable", reason=str(bad))
        return False
    if not said.kind:
        return False
    found = _letter_of(said)
    if found is None:
        log.info("return passed over", why="not of a letter of ours")
        return False
    with company_context(found.company_id, origin="returned letters", strict=True), transaction.atomic():
        if said.kind == "complaint":
            return _complain(found, now)
        code = "" if said.kind == "delivered" else "bounce" if said.is_nobody else "returned"
        receipt = Receipt("email", said.kind, now, message_id=found.message_id, code=code, words=said.words)
        return settle(receipt)


def _letter_of(said: Returned) -> Leaving | None:
    """Return company and message of the letter that a report is about, by a sign of ours in it."""
    for address in said.addresses:
        public_id = returned_message(address)
        if public_id is not None:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT company, message FROM messaging_of_sign(%s)", [public_id])
                row = cursor.fetchone()
            if row is not None:
                return Leaving(*row)
    for token in said.leavings:
        if (found := find_leaving(token)) is not None:
            return found
    return None


def _complain(letter: Leaving, now: datetime) -> bool:
    """Write no more to whom our letter was spam, and take back what he once agreed to; said twice, it is one act."""
    row = Message.objects.select_for_update().get(pk=letter.message_id)
    if MessageStep.objects.filter(message=row, code="complaint").exists():
        return False
    MessageStep.objects.create(message=row, state=row.state, code="complaint", at=now)
    if row.address:
        block(row.channel, row.address, "complaint", at=now)
    leave(letter, now=now, how="complaint")
    return True
