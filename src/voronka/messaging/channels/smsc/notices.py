"""What SMSC posts to our address (https://smsc.ru/api/http/miscellaneous/callback/): states and answers, signed.

The signature is md5 over the fields and the secret line that stands in the cabinet beside our address. It does not
cover the time, so a notice that somebody caught may come again: it only makes us ask.
"""

import hashlib
import hmac
from urllib.parse import parse_qsl

from voronka.messaging.ports import Forged, Notice

MOST_FIELDS = 40


def read_notice(body: bytes, secret: str) -> Notice:
    """Return what a notice is about. Raises Forged."""
    try:
        sent = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Forged from None
    names = ("phone", "mes", "to") if "mes" in sent else ("id", "phone", "status")
    right, given = sign(*(sent.get(one, "") for one in names), secret), sent.get("md5", "")[:32].lower()
    if not hmac.compare_digest(right.encode(), given.encode("utf-8", "replace")):
        raise Forged
    return Notice(has_answers=True) if "mes" in sent else Notice(number=sent.get("id", "")[:65])


def sign(*said: str) -> str:
    """Return the signature of the fields, the secret the last."""
    # Not ours to choose: it is what SMSC signs by.
    return hashlib.md5(":".join(said).encode(), usedforsecurity=False).hexdigest()
