"""How an account with SMSC is set up."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from voronka.messaging.channels.http import over_http
from voronka.messaging.channels.smsc.channel import BASE, Account, SmscChannel
from voronka.messaging.channels.smsc.errors import ANSWERS, CAUSES
from voronka.messaging.channels.smsc.notices import read_notice
from voronka.messaging.ports import Incoming, Keys, Kind, Setting, SmsReceipt, Take

SETTINGS = (
    Setting("login", _("Login"), _("Empty, if you give a key of the API below"), is_needed=False),
    Setting("address", _("Address of the API"), _("Another one for a provider that speaks as SMSC does"), default=BASE),
    Setting("test", _("Messages"), look="select", default="no", choices=(
        ("no", _("are sent")), ("yes", _("are checked and not sent (test mode of SMSC)")))),
)  # fmt: skip


class SmscGateway:
    """An account with SMSC."""

    def __init__(self, channel: SmscChannel) -> None:
        self._channel = channel
        self.hand_over, self.bursts = channel.hand_over, channel.bursts

    def status(self, message_id: int, number: str, address: str) -> SmsReceipt | None:
        """Ask by our own number."""
        return self._channel.status(message_id, address)

    def balance(self) -> Decimal | None:
        """Ask for the balance."""
        return self._channel.balance()

    def incoming(self, after: int) -> list[Incoming]:
        """Ask for the answers of subscribers."""
        return self._channel.incoming(after)

    def listen(self, seconds: float) -> None:
        """Nothing comes by itself."""

    def close(self) -> None:
        """Nothing is open."""


def open_smsc(keys: Keys, _take: Take) -> SmscGateway:
    """Open an account."""
    given = keys.settings
    account = Account(given.get("login", ""), keys.secret, given["test"] == "yes")
    return SmscGateway(
        SmscChannel(account, over_http(given["address"].rstrip("/"), allow_private=keys.allow_private))
    )


SMSC = Kind(
    "smsc", "SMSC", SETTINGS, _("Password or key"), open_smsc, tells_money=True, tells_state=True,
    tells_answers=True, notice=read_notice,
    is_safe=lambda settings: settings.get("address", "").startswith("https://"),
    codes=(*((f"error_code {one}", code) for one, code in ANSWERS.items()),
           *((f"err {one}", code) for one, code in CAUSES.items())),
    pages="https://smsc.ru/api/http/",
)  # fmt: skip
