"""Letters by SMTP: to the server of VORONKA_MAIL_URL, in the demo to the local mailbox.

Replies 4xx mean later, 5xx mean never (RFC 5321, 4.2.1); a connection that breaks after the text was sent
means unknown, since the server may have taken it.
"""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from voronka.kit.events import publish
from voronka.kit.mail import encrypt
from voronka.kit.models import OutgoingItem
from voronka.kit.outbox import GiveUp, TryLater, outgoing_channel
from voronka.messaging.events import LetterSettled
from voronka.messaging.models import Letter

TIMEOUT_SECONDS = 30


@outgoing_channel("letter")
def send(item: OutgoingItem) -> None:
    """Hand one letter over to the mail server."""
    with transaction.atomic():
        letter = Letter.objects.get(pk=item.payload["letter_id"])
    message = EmailMessage()
    message["From"] = settings.MAIL_FROM
    message["To"] = letter.address
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(timezone.now())
    if letter.author_id is None:
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: machines do not answer it
    message["Message-ID"] = make_msgid(idstring=str(letter.operation_id), domain=_domain())
    message.set_content(letter.body)
    _hand_over(message, letter.address)
    with transaction.atomic():
        publish(LetterSettled(letter_id=letter.pk, client_id=letter.client_id, state="sent"), cause=item.cause)


def _hand_over(message: EmailMessage, address: str) -> None:
    try:
        server = connect()
    except smtplib.SMTPNotSupportedError as error:
        raise TryLater(str(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater(f"the mail server does not answer: {type(error).__name__}") from error
    with server:
        try:
            server.send_message(message, to_addrs=[address])
        except smtplib.SMTPRecipientsRefused as refused:
            code, _answer = next(iter(refused.recipients.values()))
            raise (TryLater if 400 <= code < 500 else GiveUp)(f"the address was refused: {code}") from refused
        except smtplib.SMTPResponseException as answer:
            raise (TryLater if 400 <= answer.smtp_code < 500 else GiveUp)(
                f"the mail server answered {answer.smtp_code}"
            ) from answer


def connect() -> smtplib.SMTP:
    """Open a session with the server of VORONKA_MAIL_URL: smtp://user:password@host:port or smtps://..."""
    parts = urlsplit(settings.MAIL_URL)
    if not parts.hostname:
        raise TryLater("no mail server is set: VORONKA_MAIL_URL")
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            parts.hostname, parts.port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(parts.hostname, parts.port or 25, timeout=TIMEOUT_SECONDS)
    try:
        if parts.scheme != "smtps":
            encrypt(server)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _domain() -> str:
    return str(settings.MAIL_FROM).rpartition("@")[2] or "localhost"
