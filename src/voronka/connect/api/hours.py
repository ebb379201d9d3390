"""Operations on working time: weeks, lunch, single days, stretches off, public holidays."""

from datetime import date
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.accounts import queries as accounts
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import hours as docs
from voronka.connect.schemas.common import IdInPath
from voronka.kit.errors import Invalid
from voronka.work import queries, services

router = Router(tags=["hours"])
leaves = Router(tags=["hours"])
holidays = Router(tags=["hours"])
COMPANY, MANAGES = "company", "work.manage_hours"


def _who(word: str) -> int | None:
    """Return the id of an employee, None for the company itself. Raises NotFound."""
    return None if word == COMPANY else accounts.get_employee(word).pk


def _hours(span: docs.SpanGiven | None) -> services.Hours | None:
    return services.Hours(span.opens_minute, span.closes_minute) if span is not None else None


@operation(
    router,
    "GET",
    "/{whose}",
    scope=scopes.STAFF_READ,
    answer=docs.Week,
    right=MANAGES,
    summary=gettext_lazy("Show the working week of the company or an employee"),
)
def get_week(request: ApiRequest, whose: docs.Whose) -> docs.Week:
    """Return the week with its lunch; an employee without his own has the company's."""
    employee_id = _who(whose)
    own = queries.find_week(employee_id)
    row = own if own is not None or employee_id is None else queries.find_week(None)
    return docs.week_out(row, is_own=own is not None)


@operation(
    router,
    "PUT",
    "/{whose}",
    scope=scopes.STAFF_WRITE,
    answer=docs.Week,
    summary=gettext_lazy("Set the working week of the company or an employee"),
)
def set_week(request: ApiRequest, whose: docs.Whose, sent: docs.WeekGiven) -> docs.Week:
    """Set seven days and the lunch."""
    places = [(f"week.{at}", one) for at, one in enumerate(sent.week)]
    if bad := docs.bad_spans([*places, ("lunch", sent.lunch)]):
        message = _("It ends when it begins.")
        raise Invalid(_("Look at the named fields."), fields=dict.fromkeys(bad, message))
    employee_id = _who(whose)
    services.set_week(
        actor=request.auth.actor,
        employee_id=employee_id,
        week=[_hours(one) for one in sent.week],
        lunch=_hours(sent.lunch),
    )
    return docs.week_out(queries.find_week(employee_id), is_own=True)


@operation(
    router,
    "DELETE",
    "/{whose}",
    scope=scopes.STAFF_WRITE,
    status=204,
    summary=gettext_lazy("Let an employee work by the week of the company again"),
)
def follow_company_week(request: ApiRequest, whose: docs.Whose) -> None:
    """Take an employee's own week away."""
    employee_id = _who(whose)
    if employee_id is None:
        message = _("The company's own week is changed, not taken away.")
        raise Invalid(message, fields={"whose": message})
    services.follow_company_week(actor=request.auth.actor, employee_id=employee_id)


@operation(
    router,
    "GET",
    "/{whose}/days",
    scope=scopes.STAFF_READ,
    answer=docs.DayList,
    right=MANAGES,
    summary=gettext_lazy("List the single days off, and worked ones, of a year"),
)
def list_days(
    request: ApiRequest,
    whose: docs.Whose,
    year: Annotated[int | None, Query(ge=2020, le=2100, description="This year where nothing is said.")] = None,
) -> docs.DayList:
    """Return the days of a year in order."""
    asked = year or request.auth.now.astimezone(request.auth.actor.zone).year
    return docs.DayList(items=[docs.day_out(one) for one in queries.list_days(_who(whose), year=asked)])


@operation(
    router,
    "PUT",
    "/{whose}/days/{on}",
    scope=scopes.STAFF_WRITE,
    answer=docs.Day,
    summary=gettext_lazy("Say of one day whether it is worked"),
)
def set_day(request: ApiRequest, whose: docs.Whose, on: docs.DayInPath, sent: docs.DayGiven) -> docs.Day:
    """Say of one day whether it is worked, whatever the week says."""
    employee_id = _who(whose)
    services.set_day(actor=request.auth.actor, employee_id=employee_id, on=on, works=sent.works, name=sent.name)
    return next(docs.day_out(one) for one in queries.list_days(employee_id, year=on.year) if one.on == on)


@operation(
    router,
    "DELETE",
    "/{whose}/days/{on}",
    scope=scopes.STAFF_WRITE,
    status=204,
    summary=gettext_lazy("Let the week decide on a day again"),
)
def forget_day(request: ApiRequest, whose: docs.Whose, on: docs.DayInPath) -> None:
    """Let the week decide again; repeating it changes nothing."""
    services.forget_day(actor=request.auth.actor, employee_id=_who(whose), on=on)


@operation(
    router,
    "GET",
    "/{whose}/leaves",
    scope=scopes.STAFF_READ,
    answer=docs.LeaveList,
    right=MANAGES,
    summary=gettext_lazy("List vacations and other days off in a row that have not ended"),
)
def list_leaves(
    request: ApiRequest,
    whose: docs.Whose,
    since: Annotated[date | None, Query(description="Those that end on this day or later; today by default.")] = None,
) -> docs.LeaveList:
    """Return the stretches off in order."""
    caller = request.auth
    first = since or caller.now.astimezone(caller.actor.zone).date()
    return docs.LeaveList(items=[docs.leave_out(one) for one in queries.list_leaves([_who(whose)], since=first)])


@operation(
    router,
    "POST",
    "/{whose}/leaves",
    scope=scopes.STAFF_WRITE,
    answer=docs.Leave,
    status=201,
    summary=gettext_lazy("Note a vacation or other days off in a row"),
)
def add_leave(request: ApiRequest, whose: docs.Whose, sent: docs.LeaveGiven) -> Reply:
    """Note days in a row off work."""
    made = services.add_leave(
        actor=request.auth.actor,
        employee_id=_who(whose),
        kind=sent.kind,
        starts_on=sent.starts_on,
        ends_on=sent.ends_on,
    )
    return Reply(docs.leave_out(made))


@operation(
    leaves,
    "DELETE",
    "/{leave}",
    scope=scopes.STAFF_WRITE,
    status=204,
    summary=gettext_lazy("Take a vacation or other days off back"),
)
def drop_leave(request: ApiRequest, leave: IdInPath) -> None:
    """Take a stretch of days off back."""
    services.drop_leave(actor=request.auth.actor, public_id=leave)


@operation(
    holidays,
    "POST",
    "",
    scope=scopes.STAFF_WRITE,
    answer=docs.HolidaysLoaded,
    summary=gettext_lazy("Load the public holidays of Russia for a year"),
)
def load_holidays(request: ApiRequest, sent: docs.HolidaysGiven) -> docs.HolidaysLoaded:
    """Put the production calendar of a year among the company's days."""
    return docs.HolidaysLoaded(added=services.load_holidays(actor=request.auth.actor, year=sent.year))
