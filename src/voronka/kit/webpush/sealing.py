"""What is said to a device is sealed with its key: the push service carries what it cannot read (RFC 8291, 8188)."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

POINT, SECRET, SALT = 65, 16, 16
RECORD = 4096
# A push service has to carry 4,096 bytes (RFC 8030, 7.2); header (86), mark of the end and tag (16) go off.
MOST = RECORD - 86 - 1 - 16


class Unusable(ValueError):
    """What a browser gave as its subscription cannot be used."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a device is told, and the keys by which it reads: its public point and its secret of authentication."""

    endpoint: str
    point: bytes
    secret: bytes


def to_text(raw: bytes) -> str:
    """Return bytes in the alphabet of URLs, without padding (RFC 7515, 2)."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """Return the bytes of a text in the alphabet of URLs; raises ValueError."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


def read_subscription(endpoint: str, point: str, secret: str) -> Subscription:
    """Return the subscription a browser gave; raises Unusable for a point off the curve or a secret of another size."""
    try:
        found = Subscription(endpoint, from_text(point), from_text(secret))
        if len(found.point) != POINT or len(found.secret) != SECRET:
            raise Unusable("size")
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), found.point)
    except Unusable:
        raise
    except ValueError as error:
        raise Unusable("key") from error
    return found


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a public key as its uncompressed point of 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def seal(text: bytes, to: Subscription, *, key: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b"") -> bytes:
    """Return the body of a message that only the device can read; one record (RFC 8188, 2).

    `key` and `salt` are fresh for each message; only a test of the vectors gives its own. Raises ValueError when the
    text is over `MOST` bytes.
    """
    if len(text) > MOST:
        raise ValueError(f"a message to a device has at most {MOST} bytes")
    ours, salt = key or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(SALT)
    point = point_of(ours.public_key())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to.point)
    shared = ours.exchange(ec.ECDH(), theirs)
    material = _derived(shared, to.secret, b"WebPush: info\0" + to.point + point, 32)
    cipher = AESGCM(_derived(material, salt, b"Content-Encoding: aes128gcm\0", 16))
    nonce = _derived(material, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(point)]) + point
    return header + cipher.encrypt(nonce, text + b"\x02", None)


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(material)
