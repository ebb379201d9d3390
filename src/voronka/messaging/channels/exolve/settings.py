"""How an application of MTS Exolve is set up."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from voronka.messaging.channels.exolve.channel import BASE, Account, ExolveChannel
from voronka.messaging.channels.exolve.errors import STATUSES
from voronka.messaging.channels.http import over_http
from voronka.messaging.ports import Incoming, Keys, Kind, SmsReceipt, Take


class ExolveGateway:
    """An application of Exolve."""

    def __init__(self, channel: ExolveChannel) -> None:
        self._channel = channel
        self.hand_over, self.bursts = channel.hand_over, channel.bursts

    def status(self, message_id: int, number: str, address: str) -> SmsReceipt | None:
        """Ask by the provider's number; without one there is nothing to ask by."""
        return self._channel.status(number) if number else None

    def balance(self) -> Decimal | None:
        """Return nothing: the documents of SMS name no such request."""
        return None

    def incoming(self, after: int) -> list[Incoming]:
        """Return nothing: its documents do not say how answers are told apart."""
        return []

    def listen(self, seconds: float) -> None:
        """Nothing comes by itself."""

    def close(self) -> None:
        """Nothing is open."""


def open_exolve(keys: Keys, _take: Take) -> ExolveGateway:
    """Open an application."""
    return ExolveGateway(ExolveChannel(Account(keys.secret), over_http(BASE, allow_private=keys.allow_private)))


EXOLVE = Kind(
    "exolve", "MTS Exolve", (), _("Key of the application"), open_exolve, tells_state=True,
    codes=tuple((f"HTTP {status}", code) for status, code in STATUSES.items()),
    pages="https://docs.exolve.ru/docs/ru/api-reference/sms-api/",
)  # fmt: skip
