"""A letter as the mail server gets it: plain text, HTML beside it, the ways to leave, the signature of the domain."""

import re
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import dkim
from django.conf import settings
from django.urls import reverse

from voronka.messaging.ports import Outgoing
from voronka.messaging.services.leaving import leave_token

# Seven bits only: no server on the way has to change a sign, so the signature holds.
_POLICY = policy.SMTP.clone(cte_type="7bit", max_line_length=76)
# RFC 8058, 4: both headers of unsubscribing stand inside the signature.
SIGNED = (b"From", b"To", b"Subject", b"Date", b"Message-ID", b"MIME-Version", b"Content-Type",
          b"List-Unsubscribe", b"List-Unsubscribe-Post")  # fmt: skip
# A long address is put onto a line of its own, after which some mail programs see an empty header.
_FOLDED = re.compile(rb"^List-Unsubscribe:\s*\r\n\s+<", re.MULTILINE)


def compose(one: Outgoing, *, now: datetime) -> bytes:
    """Return a letter ready to go, signed where the installation has a key."""
    letter = EmailMessage(policy=_POLICY)
    letter["From"] = one.sender or settings.MAIL_FROM
    letter["To"] = one.address
    letter["Subject"] = one.subject
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{one.public_id}@{domain_of(settings.MAIL_FROM)}>"
    if one.by_machine:
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: machines do not answer it
    if one.traffic == "advertising":
        letter["List-Unsubscribe"] = f"<{leave_address(one.public_id)}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(one.text)
    if one.html:
        letter.add_alternative(one.html, subtype="html")
    return signed(_FOLDED.sub(b"List-Unsubscribe: <", letter.as_bytes()))


def leave_address(public_id: str) -> str:
    """Return the address by which the client of a message leaves advertising."""
    return settings.SITE + reverse("messaging:leave", args=[leave_token(public_id)])


def signed(letter: bytes) -> bytes:
    """Return a letter with the signature of its domain before it (DKIM, RFC 6376); as it is where there is no key."""
    if not settings.DKIM_KEY:
        return letter
    present = {line.split(b":", 1)[0].strip().lower() for line in letter.partition(b"\r\n\r\n")[0].split(b"\r\n")}
    headers = [name for name in SIGNED if name.lower() in present]
    signature: bytes = dkim.sign(
        letter,
        settings.DKIM_SELECTOR.encode(),
        domain_of(settings.MAIL_FROM).encode("idna"),
        settings.DKIM_KEY,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=headers,
    )
    return signature + letter


def domain_of(sender: str) -> str:
    """Return the domain of a sender, with or without a name before the address."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
