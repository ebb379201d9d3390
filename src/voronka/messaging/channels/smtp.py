"""Sessions with the mail server of VORONKA_MAIL_URL, in the demo with the local mailbox."""

import smtplib
import ssl
from urllib.parse import unquote, urlsplit

from django.conf import settings

from voronka.kit.mail import encrypt
from voronka.kit.outbox import TryLater

TIMEOUT_SECONDS = 30


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
