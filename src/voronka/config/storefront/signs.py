"""What the shop keeps in the visitor's browser: his basket, and who he is, signed so that nobody writes it himself."""

import hmac
import re
from hashlib import sha256

MOST_LINES, MOST_PIECES = 20, 50
_LINE = re.compile(r"([A-Z0-9-]{3,20}):(\d{1,2})")


def read_basket(text: str) -> dict[str, int]:
    """Return pieces by article; what is not of the form is left out."""
    found: dict[str, int] = {}
    for word in text[:1_000].split("."):
        match = _LINE.fullmatch(word)
        if match and 0 < int(match[2]) <= MOST_PIECES and len(found) < MOST_LINES:
            found[match[1]] = int(match[2])
    return found


def write_basket(basket: dict[str, int]) -> str:
    """Return the basket as the cookie holds it."""
    return ".".join(f"{code}:{count}" for code, count in list(basket.items())[:MOST_LINES])


def proof_of(secret: str, client: str) -> str:
    """Return what tells the product that the shop itself says who this is: HMAC-SHA256, hexadecimal."""
    return hmac.new(secret.encode(), client.encode(), sha256).hexdigest()


def sealed(secret: str, what: str, value: str) -> str:
    """Return a value for a cookie that only this shop can have written, for one purpose."""
    return f"{value}~{proof_of(secret, f'{what} of the shop: {value}')}"


def opened(secret: str, what: str, text: str) -> str:
    """Return the value of such a cookie, empty where it was not written here."""
    value, _sign, _seal = text.rpartition("~")
    return value if value and hmac.compare_digest(sealed(secret, what, value).encode(), text.encode()) else ""
