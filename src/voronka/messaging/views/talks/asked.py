"""What the desk is asked for: a tab, a channel, the number of a line."""

from django.http import HttpRequest

from voronka.messaging.queries import talks as queries
from voronka.messaging.rules.channels import CHANNELS
from voronka.messaging.views.knowledge import typed


def tab_of(request: HttpRequest) -> str:
    """Return the tab that is asked for; the reader's own talks where none is."""
    asked = typed(request, "tab", 10)
    return asked if asked in queries.TABS else "mine"


def channel_of(request: HttpRequest) -> str:
    """Return the channel that the list is asked for; nothing for all of them."""
    asked = typed(request, "channel", 10)
    return asked if asked in CHANNELS else ""


def number_of(request: HttpRequest, name: str) -> int:
    """Return a number of a line as the script sends it, 0 for anything else."""
    text = typed(request, name, 9)
    return int(text) if text.isascii() and text.isdecimal() else 0
