"""Signs of what we wrote ourselves: the same that Django's salted_hmac makes, its key prepared once, not for each."""

import hashlib
import hmac
from functools import lru_cache

from django.conf import settings


def seal(salt: str, said: str) -> str:
    """Return the sign of a text, 64 hexadecimal digits; who does not know the installation's key cannot make it."""
    made = _begun(salt, settings.SECRET_KEY).copy()
    made.update(said.encode())
    return made.hexdigest()


@lru_cache(maxsize=256)
def _begun(salt: str, secret: str) -> hmac.HMAC:
    """Return a sign with its key and nothing said yet: a copy of it takes half the time of a new one."""
    return hmac.new(hashlib.sha256((salt + secret).encode()).digest(), digestmod="sha256")
