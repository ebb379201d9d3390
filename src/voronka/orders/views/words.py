"""What a form sent, and figures of orders as people read them."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.money import parse_amount

if TYPE_CHECKING:
    from django.http.request import _ImmutableQueryDict


def posted(request: HttpRequest) -> "_ImmutableQueryDict":
    """Return the posted fields with NUL signs taken out."""
    fields = request.POST.copy()
    for name in fields:
        fields.setlist(name, [str(value).replace("\x00", "") for value in fields.getlist(name)])
    return cast("_ImmutableQueryDict", fields)


def plain(quantity: Decimal) -> Decimal:
    """Return a quantity without needless zeros: 2.000 is 2."""
    return quantity.quantize(Decimal(1)) if quantity == quantity.to_integral_value() else quantity.normalize()


def read_money(sent: Mapping[str, str], name: str, *, empty: Decimal | None = None) -> Decimal | None:
    """Return a typed sum. Raises Invalid at its place."""
    text = sent.get(name, "")
    if not text.strip():
        return empty
    try:
        return parse_amount(text)
    except ValueError:
        message = _("This is no sum.")
        raise Invalid(message, fields={name: message}) from None


def read_count(text: str, place: str) -> Decimal:
    """Return a typed quantity of up to three digits after the comma. Raises Invalid at its place."""
    bare = "".join(text.split()).replace("\u00a0", "").replace(",", ".")
    whole, _dot, part = bare.partition(".")
    is_fit = whole.isascii() and whole.isdecimal() and len(whole) <= 8 and len(part) <= 3
    if not is_fit or (part and not (part.isascii() and part.isdecimal())):
        message = _("This is no quantity.")
        raise Invalid(message, fields={place: message})
    return Decimal(bare.rstrip("."))


def read_day(sent: Mapping[str, str], name: str) -> date | None:
    """Return a typed day, None for none. Raises Invalid at its place."""
    text = sent.get(name, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 2000 <= found.year <= 2100:
        message = _("This is no day.")
        raise Invalid(message, fields={name: message})
    return found


def read_interval(text: str) -> tuple[time, time] | None:
    """Return the interval of a day that was chosen ("10:00-14:00"), None for none. Raises Invalid."""
    if not text.strip():
        return None
    first, _dash, last = text.partition("-")
    try:
        return time.fromisoformat(first.strip()), time.fromisoformat(last.strip())
    except ValueError:
        message = _("This is no interval of the day.")
        raise Invalid(message, fields={"interval": message}) from None


def read_version(text: str) -> int:
    """Return the version a page was drawn with; nonsense is none that exists."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def day_words(moment: datetime | None, actor: Actor, now: datetime) -> str:
    """Return the day of a moment as people say it: today, tomorrow, 17 March; empty for none."""
    if moment is None:
        return ""
    today = now.astimezone(actor.zone).date()
    return wording.day(moment.astimezone(actor.zone).date(), today, actor.language)


def money(amount: Decimal, currency: str, actor: Actor) -> str:
    """Return a sum as people read it."""
    return wording.money(amount, currency, actor.language)


def many(quantity: Decimal, actor: Actor) -> str:
    """Return a quantity as people read it."""
    return wording.number(plain(quantity), actor.language)
