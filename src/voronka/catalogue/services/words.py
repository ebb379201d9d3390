"""What is said to people of codes, barcodes, sums and quantities."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.kit.money import parse_amount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

MOST_PRICE = Decimal("999999999.99")
MOST_QUANTITY = Decimal("99999999.999")
CURRENCIES = ("RUB", "USD", "EUR", "CNY", "BYN", "KZT", "TRY")
_SIGNS = str.maketrans("", "", "₽$€¥£₸₺")

BARCODE_FAULTS: "Mapping[str, str | _StrPromise]" = {
    "empty": gettext_lazy("The barcode is empty."),
    "length": gettext_lazy("The barcode has the wrong number of digits."),
    "control": gettext_lazy("The last digit of the barcode does not fit the others: a digit is wrong or missing."),
    "signs": gettext_lazy("There are signs in the barcode that it cannot hold."),
    "kind": gettext_lazy("There is no such kind of barcode."),
}
KIND_WORDS: "Mapping[str, str | _StrPromise]" = {
    "goods": gettext_lazy("goods"),
    "service": gettext_lazy("service"),
    "kit": gettext_lazy("kit"),
}
VAT_WORDS: "Mapping[str, str | _StrPromise]" = {
    "main": gettext_lazy("main rate"),
    "reduced": gettext_lazy("10 %"),
    "seven": gettext_lazy("7 %"),
    "five": gettext_lazy("5 %"),
    "zero": gettext_lazy("0 %"),
    "none": gettext_lazy("without VAT"),
}
MARKING_WORDS: "Mapping[str, str | _StrPromise]" = {
    "clothes": gettext_lazy("clothes"),
    "shoes": gettext_lazy("shoes"),
    "lp": gettext_lazy("linen and clothes (light industry)"),
    "tires": gettext_lazy("tyres"),
    "perfumery": gettext_lazy("perfume"),
    "electronics": gettext_lazy("cameras and electronics"),
    "tobacco": gettext_lazy("tobacco"),
    "milk": gettext_lazy("dairy products"),
    "water": gettext_lazy("packed water"),
    "beer": gettext_lazy("beer"),
    "bio": gettext_lazy("food supplements"),
    "antiseptic": gettext_lazy("antiseptics"),
    "wheelchairs": gettext_lazy("wheelchairs"),
    "bicycle": gettext_lazy("bicycles"),
    "furs": gettext_lazy("furs"),
    "petfood": gettext_lazy("pet food"),
    "caviar": gettext_lazy("caviar"),
    "softdrinks": gettext_lazy("soft drinks and juices"),
    "vetpharma": gettext_lazy("veterinary medicines"),
    "construction": gettext_lazy("building materials"),
    "furniture": gettext_lazy("furniture"),
}
SOURCE_WORDS: "Mapping[str, str | _StrPromise]" = {
    "hand": gettext_lazy("by hand"),
    "rule": gettext_lazy("by a rule"),
    "load": gettext_lazy("from a price list"),
    "import": gettext_lazy("from an import"),
    "api": gettext_lazy("by a program"),
}
REASON_WORDS: "Mapping[str, str | _StrPromise]" = {
    "jump": gettext_lazy("moved too far"),
    "margin": gettext_lazy("leaves too little"),
}


def marking_choices() -> list[tuple[str, str]]:
    """Return the groups of marked goods as choices, by name."""
    return sorted(((code, str(words)) for code, words in MARKING_WORDS.items()), key=lambda pair: pair[1])


def read_price(text: str) -> Decimal:
    """Read a price as people write it: `1 290,50 ₽`. Raises ValueError with words."""
    amount = _read_sum(text)
    if amount <= 0:
        raise ValueError(_("A price is more than nought."))
    if amount > MOST_PRICE:
        raise ValueError(_("A price of a thousand million and more is surely a slip."))
    return amount


def read_delta(text: str) -> Decimal:
    """Read what is added to a price, or taken off it. Raises ValueError with words."""
    amount = _read_sum(text)
    if abs(amount) > MOST_PRICE:
        raise ValueError(_("A price of a thousand million and more is surely a slip."))
    return amount


def _read_sum(text: str) -> Decimal:
    try:
        return parse_amount(text.translate(_SIGNS))
    except ValueError as error:
        said = {
            "empty": _("Write a sum."),
            "too_big": _("A price of a thousand million and more is surely a slip."),
        }
        raise ValueError(said.get(str(error), _("This is not a sum: write it like 1290.50."))) from error


def check_price(amount: Decimal) -> Decimal:
    """Return an amount that may be a price. Raises ValueError with words."""
    if not amount.is_finite():
        raise ValueError(_("This is not a sum: write it like 1290.50."))
    return read_price(format(amount.normalize(), "f"))


def read_quantity(text: str) -> Decimal:
    """Read a quantity to the thousandth: more than nought. Raises ValueError with words."""
    plain = "".join(text.split()).replace(",", ".")
    try:
        quantity = Decimal(plain)
    except InvalidOperation as error:
        raise ValueError(_("This is not a quantity: write it like 2 or 0.5.")) from error
    if not quantity.is_finite() or quantity <= 0:
        raise ValueError(_("A quantity is more than nought."))
    if quantity > MOST_QUANTITY:
        raise ValueError(_("So great a quantity is surely a slip."))
    if quantity != quantity.quantize(Decimal("0.001")):
        raise ValueError(_("A quantity has at most three digits behind the point."))
    return quantity


def read_percent(text: str, *, least: Decimal, most: Decimal) -> Decimal:
    """Read a per cent within bounds. Raises ValueError with words."""
    plain = "".join(text.split()).replace(",", ".").rstrip("%")
    try:
        percent = Decimal(plain)
    except InvalidOperation as error:
        raise ValueError(_("This is not a per cent: write it like 12.5.")) from error
    if not percent.is_finite() or not least <= percent <= most:
        raise ValueError(_("Write a per cent from %(least)s to %(most)s.") % {"least": least, "most": most})
    return percent.quantize(Decimal("0.01"))


LAST_YEAR = 2200  # of a planned price: behind the year 9999 no moment can be read again


def not_before(since: datetime, now: datetime) -> str:
    """Return what is wrong with the moment from which a price is to hold; empty when nothing is."""
    if since.year > LAST_YEAR:
        return _("Name a day before the year %(year)d.") % {"year": LAST_YEAR + 1}
    return _("The past keeps the prices that were paid: begin now or later.") if since < now else ""
