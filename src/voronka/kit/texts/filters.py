"""The filters of our own: money, date, phone, plural.

Numbers and dates come typed; text that reads as one is taken too.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation

from liquid.exceptions import FilterArgumentError
from liquid.filter import liquid_filter
from liquid.undefined import is_undefined

SIGNS = {
    "RUB": "₽",
    "USD": "$",
    "EUR": "€",
    "KZT": "₸",
    "BYN": "Br",
    "UZS": "soʻm",
    "KGS": "⃀",
    "AMD": "֏",
    "GEL": "₾",
}
MONTHS = {
    "ru": (
        "января", "февраля", "марта", "апреля", "мая", "июня",
        "июля", "августа", "сентября", "октября", "ноября", "декабря",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
WEEKDAYS = {
    "ru": ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
# No widths: `%999999999d` would be as long.
PATTERN = re.compile(r"(?:[^%]|%-?[A-Za-z]|%%){1,100}", re.DOTALL)


@dataclass
class Setting:
    """For whom the text is being filled: set before each filling, since the child fills one at a time."""

    zone: tzinfo = UTC
    language: str = "ru"


class Filters:
    """The filters bound to one setting."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self.table = {
            "money": liquid_filter(self.show_money),
            "date": liquid_filter(self.show_date),
            "phone": liquid_filter(self.show_phone),
            "plural": liquid_filter(self.choose_plural),
        }

    def show_money(self, value: object, currency: str = "RUB") -> str:
        """Return a sum with two digits, none where they are zeros: `4 784,85 ₽`."""
        if _is_absent(value):
            return ""
        total = _number(value).quantize(Decimal("0.01"))
        whole = total == total.to_integral_value()
        digits = f"{total:,.0f}" if whole else f"{total:,.2f}"
        if self._setting.language == "ru":
            digits = digits.replace(",", "\xa0").replace(".", ",")
        return f"{digits}\xa0{SIGNS.get(str(currency).upper(), str(currency))}"

    def show_date(self, value: object, pattern: str = "short") -> str:
        """Return a day or moment by its reader's clock.

        `pattern` is short (26.11.2026), long (26 ноября 2026), time (14:30), moment (26 ноября 2026, 14:30),
        weekday, or a pattern of strftime.
        """
        if _is_absent(value):
            return ""
        moment = self._moment(value)
        months, weekdays = MONTHS[self._setting.language], WEEKDAYS[self._setting.language]
        long = f"{moment.day} {months[moment.month - 1]} {moment.year}"
        named = {
            "short": f"{moment:%d.%m.%Y}",
            "long": long,
            "time": f"{moment:%H:%M}",
            "moment": f"{long}, {moment:%H:%M}",
            "weekday": weekdays[moment.weekday()],
        }
        if pattern in named:
            return named[pattern]
        if not PATTERN.fullmatch(str(pattern)):
            raise FilterArgumentError("pattern", token=None)
        worded = pattern.replace("%B", months[moment.month - 1]).replace("%A", weekdays[moment.weekday()])
        return moment.strftime(worded)

    def _moment(self, value: object) -> datetime:
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
            except ValueError as error:
                raise FilterArgumentError("not a date", token=None) from error
        if isinstance(value, datetime):
            return value.astimezone(self._setting.zone)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=self._setting.zone)
        raise FilterArgumentError("not a date", token=None)

    def show_phone(self, value: object) -> str:
        """Return a phone as it is read aloud: `+7 921 218-05-60`; what is no whole number stays as it is."""
        if _is_absent(value):
            return ""
        raw = str(value)
        digits = "".join(sign for sign in raw if sign.isdecimal())
        if len(digits) == 11 and digits[0] in "78" and not raw.lstrip().startswith("+8"):
            return f"+7 {digits[1:4]} {digits[4:7]}-{digits[7:9]}-{digits[9:]}"
        return raw

    def choose_plural(self, value: object, one: str, few: str, many: str | None = None) -> str:
        """Return the form that goes with the number: `{{ n | plural: "час", "часа", "часов" }}`; English has two.

        Source of the rule: Unicode CLDR, plural rules of `ru` and `en`; a fraction takes the second form.
        """
        number = abs(_number(value))
        if many is None:
            return one if number == 1 else few
        if number != number.to_integral_value():
            return few
        tens, ones = int(number) % 100, int(number) % 10
        if ones == 1 and tens != 11:
            return one
        return few if 2 <= ones <= 4 and not 12 <= tens <= 14 else many


def _is_absent(value: object) -> bool:
    return value is None or value == "" or is_undefined(value)


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or is_undefined(value):
        raise FilterArgumentError("not a number", token=None)
    try:
        number = Decimal(str(value).replace("\xa0", "").replace(" ", "").replace(",", "."))
    except InvalidOperation as error:
        raise FilterArgumentError("not a number", token=None) from error
    if not number.is_finite() or number.adjusted() > 20:
        raise FilterArgumentError("not a number", token=None)
    return number
