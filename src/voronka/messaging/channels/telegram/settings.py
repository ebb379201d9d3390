"""How a bot of Telegram is opened; `mode` sandbox sends nothing, so that all may be tried without a bot."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from voronka.messaging.channels.telegram.transport import MOST, MOST_CAPTION, Telegram
from voronka.messaging.channels.telegram.updates import read_update
from voronka.messaging.ports import Keys, LineOut, LineSent, News, Way, WayKind


class Sandbox:
    """A bot that says nothing to anybody."""

    def hello(self) -> str:
        """Return a name that is nobody's."""
        return "@sandbox"

    def send(self, line: LineOut) -> LineSent:
        """Take a line and send it nowhere."""
        return LineSent("sent", outside_id="sandbox")

    def bring(self, url: str, secret: str) -> None:
        """Nothing is brought."""

    def fetch(self) -> None:
        """Nothing is fetched."""

    def news(self, after: int, seconds: int) -> list[News]:
        """Return nothing: nobody writes to it."""
        return []

    def heard(self, press: str) -> None:
        """Nobody presses."""

    def take_file(self, ref: str) -> bytes:
        """Return nothing: there are no files."""
        return b""


def open_telegram(keys: Keys) -> Way:
    """Open a bot."""
    if keys.settings.get("mode") == "sandbox":
        return Sandbox()
    return Telegram(keys.secret, settings.TELEGRAM_API, keys.allow_private)


TELEGRAM = WayKind("telegram", _("Telegram"), MOST, open_telegram, read_update, files=1, caption=MOST_CAPTION)
