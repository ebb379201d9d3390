"""Letters of a bench signed by the domain: a key made for the run, what a signature costs, and that it holds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import process_time

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings

from voronka.config.benches.frame import Result
from voronka.config.env import SettingError
from voronka.kit.pem import LEAST_BITS

SIGNATURES = 500
_MOST_BITS = 8192


@contextmanager
def key_of(bits: int) -> Iterator[bytes]:
    """Let letters inside the block be signed by a new key; give its record, as it would stand in DNS."""
    if not LEAST_BITS <= bits <= _MOST_BITS:
        raise SettingError(f"--dkim {bits}: an RSA key has {LEAST_BITS} to {_MOST_BITS} bits")
    key, before = rsa.generate_private_key(public_exponent=65537, key_size=bits), settings.DKIM_KEY
    settings.DKIM_KEY = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    try:
        yield b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])
    finally:
        settings.DKIM_KEY = before


def measure(result: Result, record: bytes, compose: Callable[[], bytes]) -> None:
    """Note the processor's microseconds of a letter put together without a signature and of the signature alone.

    That it holds is judged by another library, and the same letter with a sign more must not hold.
    """
    letter = compose()
    result.demand(_holds(letter, record), "a signature does not hold")
    result.demand(not _holds(letter + b"x", record), "the check of signatures sees no changed letter")
    with_key, key = _each(compose), settings.DKIM_KEY
    settings.DKIM_KEY = b""
    try:
        bare = _each(compose)
    finally:
        settings.DKIM_KEY = key
    result.figures |= {"composed_us": bare, "signed_us": with_key - bare}


def _holds(letter: bytes, record: bytes) -> bool:
    found: bool = dkim.verify(letter, dnsfunc=lambda _name, timeout=5: record)
    return found


def _each(work: Callable[[], object]) -> float:
    begun = process_time()
    for _turn in range(SIGNATURES):
        work()
    return (process_time() - begun) / SIGNATURES * 1e6
