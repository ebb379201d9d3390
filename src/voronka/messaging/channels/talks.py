"""The ways by which talks come and go beside the chat of the site. Importing this registers them."""

from voronka.messaging.channels.mailbox.settings import MAILBOX
from voronka.messaging.channels.telegram.settings import TELEGRAM
from voronka.messaging.ports import register_way

register_way(TELEGRAM)
register_way(MAILBOX)
