"""How an account with a message centre is set up."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from voronka.messaging.channels.smpp.channel import SmppChannel
from voronka.messaging.channels.smpp.errors import STATUSES
from voronka.messaging.channels.smpp.session import MOST_WINDOW, Account, Unbound
from voronka.messaging.ports import Incoming, Keys, Kind, Setting, Silent, SmsReceipt, Take

SETTINGS = (
    Setting("host", _("Server"), _("As the provider named it, without a port")),
    Setting("port", _("Port"), default="2775", look="number", least=1, most=65_535),
    Setting("system_id", _("Login (system_id)")),
    Setting("system_type", _("System type"), _("Empty, if the provider says nothing of it"), is_needed=False),
    Setting("tls", _("Encryption"), look="select", default="yes", choices=(
        ("yes", _("TLS")), ("no", _("none: the provider has no TLS")))),
    Setting("window", _("Window"), _("How many messages may wait for an answer"), default="10", look="number", least=1,
            most=MOST_WINDOW),
    Setting("alphabet", _("Latin text"), look="select", default="gsm", choices=(
        ("gsm", _("default alphabet (GSM)")), ("latin1", "Latin-1"))),
)  # fmt: skip


class SmppGateway(SmppChannel):
    """An account over SMPP: receipts come by the session, there is nobody to ask."""

    def status(self, message_id: int, number: str, address: str) -> SmsReceipt | None:
        """Return nothing: a centre tells by itself."""
        return None

    def balance(self) -> Decimal | None:
        """Return nothing: the protocol has no such question."""
        return None

    def incoming(self, after: int) -> list[Incoming]:
        """Return nothing: answers come by the session."""
        return []

    def listen(self, seconds: float) -> None:
        """Take receipts and answers for a time. Raises Silent when no session comes about."""
        try:
            super().listen(seconds)
        except Unbound as unbound:
            raise Silent(unbound.words or unbound.code, is_sent=False) from unbound


def open_smpp(keys: Keys, take: Take) -> SmppGateway:
    """Open an account; it is bound by the first message."""
    given = keys.settings
    return SmppGateway(
        Account(
            given["host"], int(given["port"]), given["system_id"], keys.secret, given.get("system_type", ""),
            tls=given["tls"] == "yes", window=int(given["window"]),
            default="latin1" if given["alphabet"] == "latin1" else "gsm", allow_private=keys.allow_private,
        ),
        take,
    )  # fmt: skip


def is_safe(settings: Mapping[str, str]) -> bool:
    """Say whether nobody on the way can read the messages."""
    return settings.get("tls") == "yes"


SMPP = Kind(
    "smpp", "SMPP 3.4", SETTINGS, _("Password"), open_smpp, keeps_session=True, is_safe=is_safe,
    codes=tuple((f"{name} (0x{status:02X})", code) for status, (name, code) in STATUSES.items()),
)  # fmt: skip
