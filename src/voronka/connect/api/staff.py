"""Operations on employees and teams: invited, changed, dismissed, taken back."""

from typing import Annotated, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.accounts import queries as accounts
from voronka.accounts import services
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import staff as docs
from voronka.connect.schemas.common import IdInPath
from voronka.kit.errors import Invalid

router = Router(tags=["staff"])
teams = Router(tags=["staff"])


@operation(
    router,
    "GET",
    "",
    scope=scopes.COMPANY_READ,
    answer=docs.EmployeeList,
    summary=gettext_lazy("List the employees"),
)
def list_employees(
    request: ApiRequest, state: Annotated[Literal["active", "all"], Query()] = "active"
) -> docs.EmployeeList:
    """Return the employees by name."""
    rows = accounts.list_employees(active=state == "active")
    return docs.EmployeeList(items=[docs.employee_out(one, request.auth.actor) for one in rows])


@operation(
    router,
    "GET",
    "/{employee}",
    scope=scopes.COMPANY_READ,
    answer=docs.Employee,
    summary=gettext_lazy("Show an employee"),
)
def get_employee(request: ApiRequest, employee: IdInPath) -> docs.Employee:
    """Return an employee."""
    return docs.employee_out(accounts.get_employee(employee), request.auth.actor)


def _site(request: ApiRequest) -> str:
    return request.build_absolute_uri("/")


def _team_id(name: str | None) -> int | None:
    """Return the id of a team by its name. Raises Invalid."""
    if name is None:
        return None
    found = next((one.pk for one in accounts.list_teams() if one.name == name), None)
    if found is None:
        raise Invalid(_("There is no such team."), fields={"team": _("There is no such team.")})
    return found


@operation(
    router,
    "POST",
    "",
    scope=scopes.STAFF_WRITE,
    answer=docs.Invited,
    status=201,
    summary=gettext_lazy("Invite an employee"),
)
def invite_employee(request: ApiRequest, sent: docs.NewEmployee) -> Reply:
    """Make a place for a person, with a role that a program may give, and invite him by a letter or a link."""
    caller = request.auth
    employee_id, token = services.add_employee(
        actor=caller.actor,
        email=sent.email,
        first_name=sent.first_name,
        last_name=sent.last_name,
        role=sent.role,
        team_id=_team_id(sent.team),
        zone=caller.actor.zone.key if sent.zone is None else sent.zone,
        now=caller.now,
    )
    link = services.hand_out_invitation(employee_id=employee_id, token=token, site=_site(request))
    public_id = accounts.public_ids_of_employees([employee_id])[employee_id]
    made = docs.employee_out(accounts.get_employee(public_id), caller.actor)
    return Reply(docs.Invited(employee=made, link=link), headers={"Location": f"/api/v1/employees/{public_id}"})


@operation(
    router,
    "PATCH",
    "/{employee}",
    scope=scopes.STAFF_WRITE,
    answer=docs.Employee,
    summary=gettext_lazy("Change an employee: his name, role, team, zone, how he takes clients"),
)
def change_employee(request: ApiRequest, employee: IdInPath, sent: docs.EmployeeChanges) -> docs.Employee:
    """Change what is sent."""
    actor = request.auth.actor
    services.change_employee(
        actor=actor,
        employee_id=accounts.get_employee(employee).pk,
        first_name=sent.first_name,
        last_name=sent.last_name,
        role=sent.role,
        team_id=_team_id(sent.team) if "team" in sent.model_fields_set else services.KEEP,
        zone=sent.zone,
        strict_feed=services.KEEP if sent.feed is None else docs.STRICT[sent.feed],
    )
    return docs.employee_out(accounts.get_employee(employee), actor)


@operation(
    router,
    "POST",
    "/{employee}/dismiss",
    scope=scopes.STAFF_WRITE,
    answer=docs.Employee,
    summary=gettext_lazy("Dismiss an employee: his sessions and keys end at once"),
)
def dismiss_employee(request: ApiRequest, employee: IdInPath) -> docs.Employee:
    """End a place; repeating it changes nothing."""
    actor = request.auth.actor
    services.dismiss_employee(actor=actor, employee_id=accounts.get_employee(employee).pk)
    return docs.employee_out(accounts.get_employee(employee), actor)


@operation(
    router,
    "POST",
    "/{employee}/return",
    scope=scopes.STAFF_WRITE,
    answer=docs.Invited,
    summary=gettext_lazy("Take a dismissed employee back"),
)
def return_employee(request: ApiRequest, employee: IdInPath) -> docs.Invited:
    """Take somebody back; who had never joined gets a new link."""
    actor, held = request.auth.actor, accounts.get_employee(employee)
    token = services.return_employee(actor=actor, employee_id=held.pk, now=request.auth.now)
    link = services.invitation_link(token, site=_site(request)) if token is not None else None
    return docs.Invited(employee=docs.employee_out(accounts.get_employee(employee), actor), link=link)


@operation(
    router,
    "POST",
    "/{employee}/invite",
    scope=scopes.STAFF_WRITE,
    answer=docs.Invited,
    summary=gettext_lazy("Make a new link for an employee who has not joined yet"),
)
def invite_again(request: ApiRequest, employee: IdInPath) -> docs.Invited:
    """Make a new link; the earlier one stops working."""
    actor, held = request.auth.actor, accounts.get_employee(employee)
    token = services.invite_again(actor=actor, employee_id=held.pk, now=request.auth.now)
    link = services.invitation_link(token, site=_site(request))
    return docs.Invited(employee=docs.employee_out(accounts.get_employee(employee), actor), link=link)


@operation(teams, "GET", "", scope=scopes.COMPANY_READ, answer=docs.TeamList, summary=gettext_lazy("List the teams"))
def list_teams(request: ApiRequest) -> docs.TeamList:
    """Return the teams by name."""
    return docs.TeamList(items=[docs.Team(name=one.name) for one in accounts.list_teams()])


@operation(
    teams,
    "POST",
    "",
    scope=scopes.STAFF_WRITE,
    answer=docs.Team,
    status=201,
    summary=gettext_lazy("Make a team"),
)
def add_team(request: ApiRequest, sent: docs.NewTeam) -> docs.Team:
    """Make a team; its name is not taken yet."""
    try:
        team_id = services.add_team(actor=request.auth.actor, name=sent.name)
    except Invalid as wrong:
        places = {"name" if place == "team_name" else place: words for place, words in wrong.fields.items()}
        raise Invalid(wrong.message, fields=places) from wrong
    return docs.Team(name=next(one.name for one in accounts.list_teams() if one.pk == team_id))
