"""Letters of the installation itself (signing in), encrypted wherever the mail server offers it."""

import smtplib
import ssl
from typing import Any

from django.core.mail.backends import smtp


class _Careful(smtplib.SMTP):
    """A session that goes over to encryption as soon as the server offers it."""

    def __init__(self, *given: Any, **named: Any) -> None:  # smtplib's own
        """Connect, and encrypt before anything is told where STARTTLS is offered."""
        super().__init__(*given, **named)
        self.ehlo()
        if self.has_extn("starttls"):
            self.starttls(context=ssl.create_default_context())


class EmailBackend(smtp.EmailBackend):
    """Django's SMTP backend that takes STARTTLS when it is offered: `smtp://` in VORONKA_MAIL_URL says no more."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """Return the class of the session."""
        return smtplib.SMTP_SSL if self.use_ssl else _Careful
