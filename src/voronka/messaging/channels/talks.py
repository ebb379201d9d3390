"""The ways by which talks come and go beside the chat of the site. Importing this registers them."""

from voronka.messaging.channels.mailbox.settings import MAILBOX
from voronka.messaging.channels.telegram.settings import TELEGRAM
from voronka.messaging.ports import register_way
from voronka.messaging.services.channels.by_sms import plan_sms
from voronka.messaging.services.chat.crossing import register_planner

register_way(TELEGRAM)
register_way(MAILBOX)
register_planner("sms", plan_sms)
