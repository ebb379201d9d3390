"""Settings of working time: the company's week and each employee's, lunch, days off, holidays, leave."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from voronka.accounts import queries as accounts
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.work import queries, services
from voronka.work.models import Leave
from voronka.work.permissions import MANAGE_HOURS
from voronka.work.rules.holidays import YEARS
from voronka.work.rules.hours import Hours
from voronka.work.rules.schedule import USUAL_WEEK, schedule_from_rows
from voronka.work.views.planner_words import leave_name, minutes_words
from voronka.work.views.typed import posted

WORKED_FROM, WORKED_TO, LUNCH_FROM, LUNCH_TO = "09:00", "18:00", "13:00", "14:00"


@require_http_methods(["GET", "POST"])
@signed_in
def hours(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Show and change a week with its lunch: the company's, or an employee's; below them days off and leave."""
    actor = actor_of(request)
    actor.require(MANAGE_HOURS)
    if request.method == "GET":
        return render(request, "work/hours.html", _page(request, actor, public_id))
    try:
        _take(posted(request), actor, public_id)
    except Invalid as wrong:
        context = {**_page(request, actor, public_id, typed=posted(request)), "why": wrong.message}
        return render(request, "work/hours.html", context, status=422)
    messages.success(request, _("Saved"))
    return redirect(_place(public_id))


def _place(public_id: str) -> str:
    return reverse("work:hours-of", args=[public_id]) if public_id else reverse("work:hours")


def _who(public_id: str) -> int | None:
    return accounts.get_employee(public_id).pk if public_id else None


def _take(sent: Mapping[str, str], actor: Actor, public_id: str) -> None:
    employee_id = _who(public_id)
    if employee_id is not None and sent.get("own") != "1":
        services.follow_company_week(actor=actor, employee_id=employee_id)
        return
    week = [
        _span(sent.get(f"from{at}", ""), sent.get(f"to{at}", ""), f"from{at}") if sent.get(f"works{at}") else None
        for at in range(7)
    ]
    lunch = None
    if sent.get("has_lunch"):
        lunch = _span(sent.get("lunch_from", ""), sent.get("lunch_to", ""), "lunch_from")
    services.set_week(actor=actor, employee_id=employee_id, week=week, lunch=lunch)


def _span(start: str, end: str, field: str) -> Hours:
    try:
        return Hours(_minute(start), _minute(end) or 1440)
    except ValueError as error:
        message = _("These are no hours: from %(from)s to %(to)s.") % {"from": start[:5] or "?", "to": end[:5] or "?"}
        raise Invalid(message, fields={field: message}) from error


def _minute(text: str) -> int:
    hour, _colon, minute = text.partition(":")
    if not (0 <= int(hour) < 24 and 0 <= int(minute or 0) < 60):
        raise ValueError(text)
    return int(hour) * 60 + int(minute or 0)


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _page(
    request: HttpRequest, actor: Actor, public_id: str, typed: Mapping[str, str] | None = None
) -> dict[str, object]:
    employee = accounts.get_employee(public_id) if public_id else None
    employee_id = employee.pk if employee else None
    today = datetime.now(UTC).astimezone(actor.zone).date()
    year = _year(request.GET.get("year", ""), today.year)
    row = queries.find_week(employee_id)
    shown = row or (queries.find_week(None) if employee_id is not None else None)
    week = schedule_from_rows("UTC", shown.hours).week if shown else USUAL_WEEK
    days = queries.list_days(employee_id, year=year)
    return {
        "employee": employee,
        "own": (typed.get("own") == "1" if typed is not None else row is not None),
        "week": _week(week, typed, actor),
        "lunch": _lunch(queries.lunch_of(shown), typed),
        "action": _place(public_id),
        "year": year,
        "years": [
            (str(one), f"{_place(public_id)}?year={one}") for one in (today.year - 1, today.year, today.year + 1)
        ],
        "days": [
            {
                "on": one.on.isoformat(),
                "words": f"{one.on.day}\u00a0{_month(one.on, actor)}, {wording.short_day(one.on, actor.language)}",
                "name": one.name,
                "works": one.works,
            }
            for one in days
        ],
        "load_years": [] if employee else [one for one in YEARS if one >= today.year],
        "leaves": [_leave(one, actor) for one in queries.list_leaves([employee_id], since=today)],
        "kinds": [(kind, leave_name(kind)) for kind in Leave.Kind.values],
        "employees": [] if employee else _employees(actor, today),
        "whose": public_id,
        "today": today.isoformat(),
    }


def _week(week: Sequence[Hours | None], typed: Mapping[str, str] | None, actor: Actor) -> list[dict[str, object]]:
    rows = []
    for at, hours_of_day in enumerate(week):
        start = _clock(hours_of_day.opens) if hours_of_day else WORKED_FROM
        end = _clock(hours_of_day.closes) if hours_of_day else WORKED_TO
        works = hours_of_day is not None
        if typed is not None:
            works = bool(typed.get(f"works{at}"))
            start, end = typed.get(f"from{at}", start), typed.get(f"to{at}", end)
        name = wording.WEEKDAYS[wording.tongue(actor.language)][at].capitalize()
        rows.append({"at": at, "name": name, "works": works, "from": start, "to": end})
    return rows


def _lunch(lunch: Hours | None, typed: Mapping[str, str] | None) -> dict[str, object]:
    if typed is not None:
        return {
            "has": bool(typed.get("has_lunch")),
            "from": typed.get("lunch_from", LUNCH_FROM),
            "to": typed.get("lunch_to", LUNCH_TO),
        }
    return {
        "has": lunch is not None,
        "from": _clock(lunch.opens) if lunch else LUNCH_FROM,
        "to": _clock(lunch.closes) if lunch else LUNCH_TO,
    }


def _year(text: str, this: int) -> int:
    return int(text) if text.isdecimal() and len(text) == 4 and abs(int(text) - this) <= 20 else this


def _month(day: date, actor: Actor) -> str:
    return wording.MONTHS[wording.tongue(actor.language)][day.month - 1]


def _leave(leave: Leave, actor: Actor) -> dict[str, object]:
    first, last = leave.starts_on, leave.ends_on
    words = f"{first.day}\u00a0{_month(first, actor)} \u2013 {last.day}\u00a0{_month(last, actor)} {last.year}"
    return {
        "name": leave_name(leave.kind),
        "words": words,
        "drop": reverse("work:leave-drop", args=[leave.public_id]),
    }


def _employees(actor: Actor, today: date) -> list[dict[str, object]]:
    people = accounts.list_employees()
    schedules = queries.schedules_of([(one.pk, one.zone) for one in people])
    away: dict[int | None, str] = {}
    for leave in queries.list_leaves([one.pk for one in people], since=today):
        away.setdefault(leave.employee_id, f"{leave_name(leave.kind)}, {_leave(leave, actor)['words']}")
    rows = []
    for one in people:
        first = next((day for day in schedules[one.pk].week if day), None)
        rows.append(
            {
                "name": one.name,
                "url": reverse("work:hours-of", args=[one.public_id]),
                "hours": minutes_words(first.opens, first.closes) if first else "",
                "days": sum(day is not None for day in schedules[one.pk].week),
                "place": wording.place_of(one.zone, actor.language),
                "away": away.get(one.pk, ""),
            }
        )
    return rows


def _date(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(_("This is not a day."), fields={field: _("This is not a day.")}) from error


@require_POST
@signed_in
def day_change(request: HttpRequest) -> HttpResponse:
    """Say of one day whether it is worked, or (`forget`) let the week decide again."""
    actor, whose = actor_of(request), posted(request).get("whose", "")
    on = _date(posted(request).get("on", ""), "on")
    actor.require(MANAGE_HOURS)
    if posted(request).get("forget"):
        services.forget_day(actor=actor, employee_id=_who(whose), on=on)
    else:
        services.set_day(
            actor=actor,
            employee_id=_who(whose),
            on=on,
            works=posted(request).get("works") == "1",
            name=posted(request).get("name", "")[:200],
        )
    messages.success(request, _("Saved"))
    return redirect(f"{_place(whose)}?year={on.year}")


@require_POST
@signed_in
def leave_add(request: HttpRequest) -> HttpResponse:
    """Note days in a row off work."""
    actor, whose = actor_of(request), posted(request).get("whose", "")
    actor.require(MANAGE_HOURS)
    services.add_leave(
        actor=actor,
        employee_id=_who(whose),
        kind=posted(request).get("kind", ""),
        starts_on=_date(posted(request).get("starts_on", ""), "starts_on"),
        ends_on=_date(posted(request).get("ends_on", ""), "ends_on"),
    )
    messages.success(request, _("Saved"))
    return redirect(_place(whose))


@require_POST
@signed_in
def leave_drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a stretch of days off back."""
    services.drop_leave(actor=actor_of(request), public_id=public_id)
    messages.success(request, _("Taken back"))
    return redirect(_place(posted(request).get("whose", "")))


@require_POST
@signed_in
def holidays_load(request: HttpRequest) -> HttpResponse:
    """Load the production calendar of Russia for a year."""
    year = _year(posted(request).get("year", ""), datetime.now(UTC).year)
    count = services.load_holidays(actor=actor_of(request), year=year)
    said = ngettext("%(n)s day loaded for %(year)s", "%(n)s days loaded for %(year)s", count)
    messages.success(request, said % {"n": count, "year": year})
    return redirect(f"{reverse('work:hours')}?year={year}")
