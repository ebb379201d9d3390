"""Numbers of papers: without gaps in a series and year."""

from datetime import date

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from voronka.billing.models import Series, SeriesYear
from voronka.billing.permissions import SET_UP
from voronka.billing.rules.numbers import pattern_problem, written
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.tenancy import current_company_id


def series_of(kind: str) -> Series:
    """Return the series of a kind of paper; a kind that nobody has set up counts plainly, anew each year."""
    found = Series.objects.filter(kind=kind).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Series.objects.create(kind=kind)
    except IntegrityError:  # somebody else was quicker
        return Series.objects.get(kind=kind)


def next_number(kind: str, day: date) -> tuple[Series, int, int, str]:
    """Give the next number of a kind of paper: series, year (0: for ever), count, the number as it is written.

    To be called last in the transaction of the paper: the row of the series is locked till its end, so whoever comes
    next waits, and a paper that is rolled back gives its number back.
    """
    series = series_of(kind)
    year = day.year if series.is_yearly else 0
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_seriesyear AS y (company_id, series_id, year, last) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (company_id, series_id, year) DO UPDATE SET last = y.last + 1 RETURNING last",
            [current_company_id(), series.pk, year],
        )
        row = cursor.fetchone()
    assert row is not None
    return series, year, int(row[0]), written(series.pattern, int(row[0]), day)


@transaction.atomic
def save_series(*, actor: Actor, kind: str, pattern: str, is_yearly: bool, last: int | None, day: date) -> Series:
    """Set how papers of a kind are numbered; `last` is the number given last in the year of `day`, None to leave it.

    A count never goes back below what has been given. Raises Denied, Invalid.
    """
    actor.require(SET_UP)
    problems = {"": "", "no_number": _("The pattern has no {n}: all papers would have one number."),
                "unknown": _("The pattern may hold {n}, {n:5}, {yy}, {yyyy} and {mm}."),
                "too_long": _("The pattern is too long.")}  # fmt: skip
    problem = problems[pattern_problem(pattern.strip())]
    if problem:
        raise Invalid(problem, fields={"pattern": problem})
    series = series_of(kind)
    series.pattern, series.is_yearly = pattern.strip(), is_yearly
    series.save(update_fields=["pattern", "is_yearly"])
    if last is not None:
        _set_last(series, day.year if is_yearly else 0, last)
    return series


def _set_last(series: Series, year: int, last: int) -> None:
    row, _made = SeriesYear.objects.select_for_update().get_or_create(series=series, year=year)
    if not 0 <= last < 2_000_000_000 or last < row.last:
        message = _("Number %(last)d has been given already: the count does not go back.") % {"last": row.last}
        raise Invalid(message, fields={"last": message})
    row.last = last
    row.save(update_fields=["last"])
