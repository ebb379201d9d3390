"""SMS: the channel, and the kinds of its providers. Importing this registers them."""

from voronka.messaging.channels.exolve.settings import EXOLVE
from voronka.messaging.channels.sandbox import SANDBOX
from voronka.messaging.channels.smpp.settings import SMPP
from voronka.messaging.channels.smsc.settings import SMSC
from voronka.messaging.ports import register_channel, register_sms_kind
from voronka.messaging.services.sms_links import of_batch
from voronka.messaging.services.sms_sending import CHUNK, Sms, readiness

for _kind in (SMPP, EXOLVE, SMSC, SANDBOX):
    register_sms_kind(_kind)
register_channel("sms", Sms(), readiness=readiness, chunk=CHUNK, batch=of_batch)
