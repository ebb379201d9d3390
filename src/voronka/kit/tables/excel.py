"""How a spreadsheet writes dates: serial numbers and the formats that make dates of them.

Source: ECMA-376 part 1, 18.8.30 (number formats), 18.17.4 (dates and times).
"""

import re
from datetime import date, datetime, timedelta

EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet has no zone
EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
LAST_SERIAL = 2_958_466  # 10000-01-01

BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
BUILT_IN_DURATIONS = {46}
QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
BRACKETED = re.compile(r"\[[^\]]*\]")


def is_date_format(code: str) -> bool:
    """Whether numbers of this format are dates or times of day; elapsed time ([h]:mm) is not."""
    if ELAPSED.search(code):
        return False
    bare = BRACKETED.sub("", QUOTED.sub("", code)).split(";")[0].lower()
    return "general" not in bare and any(sign in bare for sign in "dmyhs")


def from_serial(value: float, epoch: datetime) -> date | datetime | str | float:
    """Turn a serial number into a date, a moment, or a time of day as text; what is out of range stays a number.

    Serials below 60 are a day off in the 1900 system, which believes in 29 February 1900.
    """
    if not 0 <= value < LAST_SERIAL:
        return value
    days, fraction = divmod(value, 1)
    rest = timedelta(milliseconds=round(fraction * 86_400_000))
    if days == 0:
        hours, seconds = divmod(round(rest.total_seconds()), 3600)
        return f"{hours:02}:{seconds // 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")
    if epoch == EPOCH_1900 and value < 60:
        days += 1
    try:
        moment = epoch + timedelta(days=days) + rest
    except OverflowError:
        return value
    return moment if rest else moment.date()
