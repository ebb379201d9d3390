"""Keys of the API as people and programs see them."""

import hashlib
import re
import secrets

PREFIX = "vrk_"
_SHAPE = re.compile(r"vrk_[A-Za-z0-9_-]{43}")


def new_key() -> str:
    """Return a fresh key: its prefix lets scanners of leaked secrets know it, 256 random bits follow."""
    return PREFIX + secrets.token_urlsafe(32)


def key_hash(key: str) -> str | None:
    """Return what is kept of a key; None for what cannot be one.

    A plain SHA-256: nobody tries 256 random bits, so slowness would only cost every request its time.
    """
    return hashlib.sha256(key.encode()).hexdigest() if _SHAPE.fullmatch(key) else None


def beginning_of(key: str) -> str:
    """Return the first signs of a key, by which people tell their keys apart."""
    return key[:10]
