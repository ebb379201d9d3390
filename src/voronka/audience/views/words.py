"""How periods, spans of time, shares and codes are said in reports."""

from datetime import date
from decimal import Decimal

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from voronka.audience.rules.periods import Period
from voronka.kit import wording
from voronka.kit.wording import DASH, MONTHS, NB

EN_DASH = "–"
DAY = 86_400


def lang() -> str:
    """Return the language of the page: ru or en."""
    return wording.tongue(get_language())


def period_words(period: Period, today: date) -> str:
    """Say a period: 12 March, 1–12 March, 27 February – 5 March; the year where it is another."""
    first, last = period.first, period.last
    months = MONTHS[lang()]
    year = "" if last.year == today.year and first.year == today.year else f"{NB}{last.year}"
    end = f"{last.day}{NB}{months[last.month - 1]}{year}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}{EN_DASH}{end}"
    begin_year = f"{NB}{first.year}" if first.year != last.year else ""
    return f"{first.day}{NB}{months[first.month - 1]}{begin_year} {EN_DASH} {end}"


def day_words(day: date, today: date) -> str:
    """Say a day: 12 March; the year where it is another."""
    return period_words(Period(day, day), today)


def span(seconds: float | None) -> str:
    """Say a length of time as reports do: 9 min, 5.2 h, 4.6 days."""
    if seconds is None:
        return DASH
    value, unit = _measured(seconds, _unit_of(seconds))
    return f"{value}{NB}{unit}"


def span_before(seconds: float | None, now: float | None) -> str:
    """Say the length of time before in the unit of what it is now; days without their word, as they just had it."""
    if seconds is None:
        return DASH
    unit = _unit_of(seconds if now is None else now)
    value, word = _measured(seconds, unit)
    return value if unit == "day" and now is not None else f"{value}{NB}{word}"


def _unit_of(seconds: float) -> str:
    return "minute" if seconds < 5400 else "hour" if seconds < DAY else "day"


def _measured(seconds: float, unit: str) -> tuple[str, str]:
    words = wording.UNITS[lang()][unit]
    if unit == "minute":
        minutes = max(round(seconds / 60), 1 if seconds > 0 else 0)
        return wording.number(minutes, lang()), wording.plural(minutes, words, lang())
    amount = Decimal(str(round(seconds / (3600 if unit == "hour" else DAY), 1))).normalize()
    digits = 0 if amount == amount.to_integral_value() else 1
    return wording.number(amount, lang(), digits=digits), wording.plural(amount, words, lang())


def percent(part: float | None) -> str:
    """Say a share: 57 %."""
    return DASH if part is None else f"{round(part * 100)}{NB}%"


def count(value: int) -> str:
    """Say a count; nothing is a dash."""
    return wording.number(value, lang()) if value else DASH


def minutes(seconds: float | None) -> int | None:
    """Return whole minutes, at least one of what took any time."""
    return None if seconds is None else max(1, round(seconds / 60))


def source_words(code: str) -> str:
    """Say where a deal came from; a source that we do not know by name is said by its code."""
    known = {
        "hand": _("opened by hand"),
        "list": _("a list called through"),
        "form": _("form on the site"),
        "import": _("import"),
        "api": _("another program"),
        "call": _("incoming call"),
        "chat": pgettext("source", "chat"),
        "email": _("letter"),
    }
    return known.get(code, code)


def result_words(code: str) -> str:
    """Say a kind of outcome."""
    known = {
        "no_answer": _("No answer"),
        "call_back": _("Call back"),
        "thinking": pgettext("outcome", "Thinking"),
        "meeting": pgettext("outcome", "Meeting"),
        "paid": pgettext("outcome", "Paid"),
        "refused": pgettext("outcome", "Refused"),
        "wrong_number": _("Wrong number"),
        "talk": pgettext("outcome", "Talk"),
        "step": _("A step forward"),
    }
    return known.get(code, code)


def hours_words(hours: list[int]) -> str:
    """Say hours of the day, neighbours as a stretch: 9, 13, 18–19."""
    runs: list[list[int]] = []
    for hour in sorted(hours):
        if runs and runs[-1][-1] == hour - 1:
            runs[-1].append(hour)
        else:
            runs.append([hour])
    said = [str(run[0]) if len(run) == 1 else f"{run[0]}{EN_DASH}{run[-1]}" for run in runs]
    if len(said) < 2:
        return "".join(said)
    return _("%(first)s and %(last)s") % {"first": ", ".join(said[:-1]), "last": said[-1]}
