"""What a feed tells of a shop and of each thing it sells, whatever the format."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from voronka.kit.ids import ALPHABET

NO_GROUP = 1  # the group of goods that lie in none: each offer must name one
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_OFFER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-_/]{0,79}")


@dataclass(frozen=True, slots=True)
class Group:
    """A category: its number in the feed, the number of the one above it (None at the top)."""

    number: int
    name: str
    above: int | None = None


@dataclass(frozen=True, slots=True)
class Shop:
    """Whose feed it is."""

    name: str
    company: str
    url: str
    currency: str
    groups: Sequence[Group] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A thing on sale. `vat` is its percent, None where nothing is taxed; `count` is None where it is not told.

    `series` is the same for variants of one product, empty for a thing by itself. Grams and millimetres.
    """

    id: str
    code: str
    name: str
    price: Decimal
    currency: str
    group: int = NO_GROUP
    group_name: str = ""
    is_available: bool = True
    count: int | None = None
    url: str = ""
    pictures: Sequence[str] = ()
    brand: str = ""
    maker_code: str = ""
    description: str = ""
    barcodes: Sequence[str] = ()
    vat: Decimal | None = None
    series: str = ""
    weight_g: int | None = None
    size_mm: tuple[int, int, int] | None = None
    params: Sequence[tuple[str, str]] = ()


def tidy(text: str) -> str:
    """Return a text without the signs that no XML may hold, in whatever clothes."""
    return _FORBIDDEN.sub("", text)


def offer_id(code: str, public_id: str) -> str:
    """Return what an offer is called for ever: the article where every reader takes it, else the variant's id."""
    return code if _OFFER_ID.fullmatch(code) else public_id


def group_number(public_id: str) -> int:
    """Return a category's number in feeds: its public id counted out, at most 18 digits, as YML wants it."""
    number = 0
    for sign in public_id:
        number = number * len(ALPHABET) + ALPHABET.index(sign)
    return number + 2


def page_by(pattern: str, code: str, public_id: str) -> str:
    """Return the address of a thing's page by that of a feed, with {code} or {id} in it; "" by none."""
    return pattern.replace("{code}", quote(code, safe="")).replace("{id}", public_id)
