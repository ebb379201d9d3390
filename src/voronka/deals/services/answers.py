"""What a person answered before a press: raw texts become typed values, or problems at their fields."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.moments import Unread, parse_moment
from voronka.kit.money import parse_amount
from voronka.kit.steps import Ask

TEXT_LIMIT = 10_000
FARTHEST = timedelta(days=3 * 366)


def typed_answers(
    asks: Sequence[Ask],
    raw: Mapping[str, str],
    *,
    now: datetime,
    client_zone: str,
    my_zone: str,
    fill: bool = False,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return typed answers by key and problems by key, in the reader's language.

    Moments come back in UTC, sums as Decimal, people as employee ids. With `fill`, an absent required
    answer gets a likely value, for dry runs.
    """
    typed: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for ask in asks:
        text = _clean(raw.get(ask.key, ""))
        if not text and ask.default is not None:
            text = str(ask.default)
        if not text and fill:
            text = _likely(ask, now)
        if not text:
            if ask.required:
                problems[ask.key] = _missing(ask)
            typed[ask.key] = None
            continue
        try:
            typed[ask.key] = _typed(ask, text, now, client_zone, my_zone)
        except ValueError as reason:
            problems[ask.key] = str(reason)
    return typed, problems


def _clean(text: str) -> str:
    """Drop what is not text: control characters and marks that turn the direction of writing."""
    kept = (sign for sign in text if sign in "\n\t" or (sign >= " " and sign not in _INVISIBLE))
    return "".join(kept).strip()


_INVISIBLE = frozenset(
    [
        chr(0x7F),
        *map(chr, range(0x80, 0xA0)),
        *map(chr, range(0x200B, 0x2010)),
        *map(chr, range(0x202A, 0x202F)),
        *map(chr, range(0x2060, 0x206A)),
        chr(0xFEFF),
    ]
)


def _missing(ask: Ask) -> str:
    return {
        "moment": _("Choose the time."),
        "money": _("Type the sum."),
        "choice": _("Choose one."),
        "date": _("Choose the day."),
    }.get(ask.kind, _("Fill this in."))


def _likely(ask: Ask, now: datetime) -> str:
    match ask.kind:
        case "moment":
            return (now + timedelta(hours=1)).isoformat()
        case "money" | "number":
            return "1000"
        case "date":
            return now.date().isoformat()
        case "choice" | "choices":
            return ask.options[0][0] if ask.options else ""
        case "yes_no":
            return "yes"
        case "link":
            return "https://example.com"
        case "person" | "file":
            return ""
    return "…"


def _typed(ask: Ask, text: str, now: datetime, client_zone: str, my_zone: str) -> Any:
    match ask.kind:
        case "moment":
            return _moment(text, now, client_zone, my_zone)
        case "money":
            return _amount(text)
        case "number":
            return _number(text)
        case "date":
            return _day(text)
        case "choice":
            return _one_of(ask, text)
        case "choices":
            return [_one_of(ask, one.strip()) for one in text.split("\n") if one.strip()]
        case "yes_no":
            return text.lower() in {"yes", "on", "1", "true", "да"}
        case "person":
            return _person(text)
        case "link":
            return _link(text)
    if len(text) > TEXT_LIMIT:
        raise ValueError(_("The text is longer than %(limit)s signs.") % {"limit": TEXT_LIMIT})
    return text


def _moment(text: str, now: datetime, client_zone: str, my_zone: str) -> datetime:
    """Read a moment: ISO with its offset from the strip, or a phrase by the client's clock."""
    if len(text) > 100:
        raise ValueError(_("This is too long for a time."))
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        found = parse_moment(text, now, client_zone, my_zone=my_zone)
        if isinstance(found, Unread):
            raise ValueError(unread_words(found.reason)) from None
        at = found.at
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(client_zone))
    if at < now - timedelta(minutes=5):
        raise ValueError(_("This time has passed. Choose a later one."))
    if at > now + FARTHEST:
        raise ValueError(_("This is more than three years away."))
    return at.astimezone(now.tzinfo)


def unread_words(reason: str) -> str:
    """Say why a typed time was not taken."""
    return {
        "past": _("This time has passed. Choose a later one."),
        "no_such_date": _("There is no such day. Example: 31.12.2026"),
        "no_such_time": _("There is no such time of day."),
        "too_far": _("This is more than three years away."),
    }.get(reason, _("This time was not understood. Try: tomorrow at 10, in 2 hours."))


def _amount(text: str) -> Decimal:
    try:
        amount = parse_amount(text)
    except ValueError as reason:
        words = {
            "too_big": _("The sum is too big."),
            "empty": _("Type the sum."),
        }
        raise ValueError(words.get(str(reason), _("This is not a sum. Example: 184 000,50"))) from None
    if amount < 0:
        raise ValueError(_("A sum cannot be below zero."))
    return amount


def _number(text: str) -> str:
    try:
        number = Decimal(text.replace(" ", "").replace("\u202f", "").replace("\u00a0", "").replace(",", "."))
    except InvalidOperation:
        raise ValueError(_("This is not a number.")) from None
    if not number.is_finite() or abs(number) > 10**15:
        raise ValueError(_("The number is too big."))
    return format(round(number, 6).normalize(), "f")


def _day(text: str) -> date:
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day of the calendar has no zone)
        except ValueError:
            continue
    raise ValueError(_("There is no such day. Example: 31.12.2026"))


def _one_of(ask: Ask, text: str) -> str:
    if text not in {value for value, _words in ask.options}:
        raise ValueError(_("This choice is no longer in the list."))
    return text


def _person(text: str) -> int:
    for one in accounts.list_employees():
        if one.public_id == text:
            return one.pk
    raise ValueError(_("This employee no longer works here."))


def _link(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or len(text) > 1000:
        raise ValueError(_("A link begins with https://"))
    return text
