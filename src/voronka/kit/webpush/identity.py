"""Who speaks to the push services: one key an installation, and a short word signed with it (RFC 8292).

The key grows out of the installation's secret, so there is nothing to set up, to keep or to lose. With another secret
the services refuse the old subscriptions; they are dropped then, and each device subscribes anew at its next visit.
"""

import json
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from .sealing import point_of, to_text

# At most 24 hours (RFC 8292, 2); half of it forgives a clock that is wrong.
LASTS = timedelta(hours=12)
# The order of the curve P-256 (FIPS 186-4, D.1.2.3): private keys are the numbers below it.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@cache
def _key_of(secret: str) -> ec.EllipticCurvePrivateKey:
    # 48 bytes for 32: so the remainder falls evenly on all numbers (FIPS 186-5, A.2.1).
    raw = HKDF(SHA256(), 48, None, b"voronka.webpush.identity").derive(secret.encode())
    return ec.derive_private_key(int.from_bytes(raw, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def public_key() -> str:
    """Return the installation's public key as a browser is given it to subscribe."""
    return to_text(point_of(_key_of(settings.SECRET_KEY).public_key()))


def authorization(endpoint: str, *, now: datetime) -> str:
    """Return the header by which a push service knows us: the word is for its address alone and lasts twelve hours."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + LASTS).timestamp()),
        "sub": f"mailto:{settings.MAIL_FROM.rpartition('<')[2].rstrip('>').strip()}",
    }
    head, body = (to_text(json.dumps(one).encode()) for one in ({"typ": "JWT", "alg": "ES256"}, claims))
    word = f"{head}.{body}"
    signed = _key_of(settings.SECRET_KEY).sign(word.encode(), ec.ECDSA(SHA256()))
    # A word is signed by the two numbers side by side (RFC 7518, 3.4), not by their ASN.1.
    both = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(signed))
    return f"vapid t={word}.{to_text(both)}, k={public_key()}"
