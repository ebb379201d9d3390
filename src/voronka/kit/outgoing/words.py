"""Why something did not go out, for people."""

from django.utils.translation import gettext as _

from .addresses import OutgoingRefused, Refusal
from .client import Failure, OutgoingFailed


def explain(error: OutgoingRefused | OutgoingFailed) -> str:
    """Say in the reader's language why nothing went out or no answer came."""
    texts: dict[Refusal | Failure, str] = {
        Refusal.ADDRESS: _("This is not an address we can send to."),
        Refusal.SCHEME: _("The address has to start with http:// or https://."),
        Refusal.CREDENTIALS: _("The address must not hold a user name or password."),
        Refusal.PORT: _("We do not send to this port. Use 80, 443, or one from 1024 up."),
        Refusal.UNRESOLVED: _("No such host is known."),
        Refusal.PRIVATE: _("The address leads into an inner network, so nothing is sent to it."),
        Failure.TIMEOUT: _("The other side did not answer in time."),
        Failure.CONNECTION: _("No connection could be made, or its certificate is not valid."),
        Failure.PROTOCOL: _("The other side answered something that is not HTTP."),
    }
    return texts[error.reason]
