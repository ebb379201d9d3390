"""How a mailbox of talks is opened; `mode` sandbox sends nothing."""

from django.utils.translation import gettext_lazy as _

from voronka.messaging.channels.mailbox.transport import Mailbox
from voronka.messaging.ports import Keys, LineOut, LineSent, Way, WayKind

MOST = 100_000


class Sandbox:
    """A mailbox that writes to nobody."""

    def __init__(self, address: str) -> None:
        """Keep the address."""
        self._address = address

    def hello(self) -> str:
        """Return the address."""
        return self._address

    def send(self, line: LineOut) -> LineSent:
        """Take a letter and send it nowhere."""
        return LineSent("sent", outside_id=line.sign)


def open_box(keys: Keys) -> Way:
    """Open a mailbox."""
    if keys.settings.get("mode") == "sandbox":
        return Sandbox(keys.settings.get("address", ""))
    return Mailbox(keys.settings, keys.secret, keys.allow_private)


MAILBOX = WayKind("email", _("E-mail"), MOST, open_box, files=10, caption=MOST)
