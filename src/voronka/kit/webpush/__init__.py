"""Notices to devices through the push services of browsers: RFC 8030 carries them, RFC 8291 and 8188 hide what they
say from the carrier, RFC 8292 (VAPID) tells it who we are.
"""

from .identity import public_key
from .sealing import Subscription, Unusable, read_subscription
from .sending import Gone, Later, send

__all__ = ["Gone", "Later", "Subscription", "Unusable", "public_key", "read_subscription", "send"]
