"""Verbs of working time: weeks, lunch, single days, leave, public holidays."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.events import publish
from voronka.work.events import HoursChanged
from voronka.work.models import DayOff, Leave, Schedule
from voronka.work.permissions import MANAGE_HOURS
from voronka.work.rules.days import LONGEST_LEAVE_DAYS
from voronka.work.rules.holidays import YEARS, production_calendar
from voronka.work.rules.hours import Hours
from voronka.work.rules.schedule import flat_hours

if TYPE_CHECKING:
    from voronka.accounts.models import Employee

FIRST_YEAR, LAST_YEAR = 2020, 2100


@transaction.atomic
def set_week(
    *, actor: Actor, employee_id: int | None, week: Sequence[Hours | None], lunch: Hours | None = None
) -> None:
    """Set the working week of an employee, or of the company where `employee_id` is None.

    `week` holds the hours of seven days from Monday, None for a day off, in minutes of his own clock; lunch is every
    day's. Raises Denied, NotFound, Invalid for a week without a working day or a lunch that ends before it begins.
    """
    actor.require(MANAGE_HOURS)
    if len(week) != 7 or not any(week):
        raise Invalid(_("Choose at least one working day."), fields={"week": _("Choose at least one working day.")})
    if lunch is not None and lunch.opens >= lunch.closes:
        message = _("Lunch ends before it begins.")
        raise Invalid(message, fields={"lunch": message})
    Schedule.objects.update_or_create(
        employee=_whose(employee_id),
        defaults={
            "hours": flat_hours(week),
            "lunch_starts_minute": lunch.opens if lunch else None,
            "lunch_ends_minute": lunch.closes if lunch else None,
        },
    )
    publish(HoursChanged(whose=employee_id or 0))


@transaction.atomic
def follow_company_week(*, actor: Actor, employee_id: int) -> None:
    """Take an employee's own week away: he works by the company's again."""
    actor.require(MANAGE_HOURS)
    Schedule.objects.filter(employee=_whose(employee_id)).delete()
    publish(HoursChanged(whose=employee_id))


@transaction.atomic
def set_day(*, actor: Actor, employee_id: int | None, on: date, works: bool, name: str = "") -> None:
    """Say of one day whether it is worked, whatever the week says."""
    actor.require(MANAGE_HOURS)
    _check_day(on, "on")
    DayOff.objects.update_or_create(
        employee=_whose(employee_id), on=on, defaults={"works": works, "name": " ".join(name.split())[:100]}
    )
    publish(HoursChanged(whose=employee_id or 0))


@transaction.atomic
def forget_day(*, actor: Actor, employee_id: int | None, on: date) -> None:
    """Let the week decide on the day again. Repeated, it is harmless."""
    actor.require(MANAGE_HOURS)
    DayOff.objects.filter(employee=_whose(employee_id), on=on).delete()
    publish(HoursChanged(whose=employee_id or 0))


@transaction.atomic
def add_leave(*, actor: Actor, employee_id: int | None, kind: str, starts_on: date, ends_on: date) -> Leave:
    """Note days in a row off work, both ends included, a year at most; of the company where `employee_id` is None.

    Raises Denied, NotFound, Invalid.
    """
    actor.require(MANAGE_HOURS)
    _check_day(starts_on, "starts_on")
    _check_day(ends_on, "ends_on")
    if ends_on < starts_on:
        raise Invalid(_("It ends before it begins."), fields={"ends_on": _("It ends before it begins.")})
    if (ends_on - starts_on).days > LONGEST_LEAVE_DAYS:
        raise Invalid(_("Longer than a year."), fields={"ends_on": _("Longer than a year.")})
    if kind not in Leave.Kind.values:
        raise Invalid(_("Choose a reason."), fields={"kind": _("Choose a reason.")})
    leave = Leave.objects.create(employee=_whose(employee_id), kind=kind, starts_on=starts_on, ends_on=ends_on)
    publish(HoursChanged(whose=employee_id or 0))
    return leave


@transaction.atomic
def drop_leave(*, actor: Actor, public_id: str) -> None:
    """Take a stretch of days off back. Raises NotFound."""
    actor.require(MANAGE_HOURS)
    leave = Leave.objects.select_for_update().filter(public_id=public_id).first()
    if leave is None:
        raise NotFound(_("There are no such days off."))
    whose = leave.employee_id or 0
    leave.delete()
    publish(HoursChanged(whose=whose))


@transaction.atomic
def load_holidays(*, actor: Actor, year: int) -> int:
    """Put the production calendar of Russia for a year among the company's days; return how many were new.

    Days that the company has said something of itself stay as they are. Raises Invalid for a year not known here.
    """
    actor.require(MANAGE_HOURS)
    if year not in YEARS:
        message = _("The calendar of %(year)s is not known here.") % {"year": year}
        raise Invalid(message, fields={"year": message})
    known = set(DayOff.objects.filter(employee=None, on__year=year).values_list("on", flat=True))
    new = [
        DayOff(on=day.on, works=day.works, name=holiday_name(day.code))
        for day in production_calendar(year)
        if day.on not in known
    ]
    DayOff.objects.bulk_create(new, ignore_conflicts=True)
    if new:
        publish(HoursChanged(whose=0))
    return len(new)


def holiday_name(code: str) -> str:
    """Return the name of a day of the production calendar in the language of the moment."""
    return {
        "new_year": _("New Year holidays"),
        "christmas": _("Christmas"),
        "defender": _("Defender of the Fatherland Day"),
        "women": _("International Women's Day"),
        "spring": _("Spring and Labour Day"),
        "victory": _("Victory Day"),
        "russia": _("Russia Day"),
        "unity": _("National Unity Day"),
        "moved": _("Day off moved here"),
        "worked": _("Working day: its rest was moved"),
    }[code]


def _whose(employee_id: int | None) -> "Employee | None":
    """Return the employee of the company, None for the company itself. Raises NotFound for another's."""
    if employee_id is None:
        return None
    found = next((one for one in accounts.list_employees(active=False) if one.pk == employee_id), None)
    if found is None:
        raise NotFound(_("There is no such employee."))
    return found


def _check_day(day: date, field: str) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = _("A day between 2020 and 2100, please.")
        raise Invalid(message, fields={field: message})
