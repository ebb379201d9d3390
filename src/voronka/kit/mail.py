"""Letters of the installation itself (signing in), and the encryption that all letters go by."""

import smtplib
import ssl
from typing import Any

from django.conf import settings
from django.core.mail.backends import smtp


def encrypt(server: smtplib.SMTP) -> None:
    """Go over to encryption before anything is told; the server's name must fit its certificate.

    Raises smtplib.SMTPNotSupportedError where the server offers none and VORONKA_MAIL_TLS asks for it: somebody on
    the way may have struck the offer out, to read the password and the letters.
    """
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
    elif settings.MAIL_TLS:
        raise smtplib.SMTPNotSupportedError("the mail server offers no encryption, and VORONKA_MAIL_TLS asks for it")


class _Careful(smtplib.SMTP):
    """A session that goes over to encryption first."""

    def __init__(self, *given: Any, **named: Any) -> None:  # smtplib's own
        """Connect and encrypt."""
        super().__init__(*given, **named)
        try:
            encrypt(self)
        except BaseException:
            self.close()
            raise


class EmailBackend(smtp.EmailBackend):
    """Django's SMTP backend that asks for STARTTLS: `smtp://` in VORONKA_MAIL_URL says no more."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """Return the class of the session."""
        return smtplib.SMTP_SSL if self.use_ssl else _Careful
