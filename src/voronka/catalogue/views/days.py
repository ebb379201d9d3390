"""Days that people write beside prices, by the company's clock."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.errors import Invalid


def read_moment(text: str, *, next_day: bool) -> datetime | None:
    """Return midnight of a day by the company's clock; the end of a period is the midnight after its last day."""
    if not text.strip():
        return None
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2200:
        message = _("Write a day like 31.12.2026.")
        raise Invalid(message, fields={"since": message})
    shift = 1 if next_day else 0
    return datetime.combine(day + timedelta(days=shift), time.min, ZoneInfo(accounts.get_company_rules().zone))
