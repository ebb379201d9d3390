"""The kinds of providers of SMS. Importing this registers them."""

from voronka.messaging.channels.exolve.settings import EXOLVE
from voronka.messaging.channels.sandbox import SANDBOX
from voronka.messaging.channels.smpp.settings import SMPP
from voronka.messaging.channels.smsc.settings import SMSC
from voronka.messaging.ports import register_sms_kind

for _kind in (SMPP, EXOLVE, SMSC, SANDBOX):
    register_sms_kind(_kind)
