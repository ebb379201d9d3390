"""Settings: the employees."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import queries, services
from voronka.accounts.forms import EmployeeForm, NewEmployeeForm, TeamForm, take, typed
from voronka.accounts.models import Employee
from voronka.accounts.permissions import MANAGE_EMPLOYEES
from voronka.kit.panels import panels_for
from voronka.kit.screens import actor_of, signed_in


@signed_in
@require_GET
def employee_list(request: HttpRequest) -> HttpResponse:
    """List who works here, who is invited and who left."""
    actor_of(request).require(MANAGE_EMPLOYEES)
    everybody = queries.list_employees(active=False)
    context = {
        "present": [one for one in everybody if one.is_active],
        "gone": [one for one in everybody if not one.is_active],
        "teams": queries.list_teams(),
        "team_form": TeamForm(),
    }
    return render(request, "accounts/employees.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def employee_add(request: HttpRequest) -> HttpResponse:
    """Make a place and invite its person."""
    actor = actor_of(request)
    actor.require(MANAGE_EMPLOYEES)
    form = NewEmployeeForm(typed(request), zone=actor.zone.key, initial={"zone": actor.zone.key, "role": "manager"})
    made: list[tuple[int, str]] = []

    def add() -> None:
        given = {**form.cleaned_data, "team_id": form.cleaned_data["team"]}
        del given["team"]
        made.append(services.add_employee(actor=actor, now=timezone.now(), **given))

    if request.method == "POST" and take(form, add):
        employee_id, token = made[0]
        return _invited(request, Employee.objects.select_related("user").get(pk=employee_id), token)
    return render(request, "accounts/employee_add.html", {"form": form}, status=422 if form.errors else 200)


def _invited(request: HttpRequest, employee: Employee, token: str) -> HttpResponse:
    """Send the letter where letters go out, and show the link where they do not."""
    site = request.build_absolute_uri("/")
    link = services.hand_out_invitation(employee_id=employee.pk, token=token, site=site)
    if link is None:
        messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": employee.user.email})
        return redirect("accounts:employees")
    return _shown(request, employee, link)


def _show_link(request: HttpRequest, employee: Employee, token: str) -> HttpResponse:
    return _shown(request, employee, services.invitation_link(token, site=request.build_absolute_uri("/")))


def _shown(request: HttpRequest, employee: Employee, link: str) -> HttpResponse:
    response = render(request, "accounts/invited.html", {"employee": employee, "link": link})
    response.headers["Cache-Control"] = "no-store"
    return response


@signed_in
@require_http_methods(["GET", "POST"])
def employee_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a place."""
    actor = actor_of(request)
    actor.require(MANAGE_EMPLOYEES)
    employee = queries.get_employee(public_id)
    known = {
        "first_name": employee.first_name,
        "last_name": employee.last_name,
        "zone": employee.zone,
        "role": employee.role.code,
        "team": employee.team_id or "",
        "strict_feed": {None: "", True: "yes", False: "no"}[employee.strict_feed],
    }
    form = EmployeeForm(typed(request), zone=employee.zone, initial=known)

    def change() -> None:
        given = {**form.cleaned_data, "team_id": form.cleaned_data["team"]}
        del given["team"]
        services.change_employee(actor=actor, employee_id=employee.pk, **given)

    if request.method == "POST" and take(form, change):
        messages.success(request, _("Saved"))
        return redirect("accounts:employees")
    parts = [
        {"title": str(one.title), "url": one.address(public_id)}
        for one in panels_for("employee", actor, place="main")
    ]
    context = {"form": form, "employee": employee, "panels": parts}
    return render(request, "accounts/employee.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def employee_dismiss(request: HttpRequest, public_id: str) -> HttpResponse:
    """End a place."""
    actor = actor_of(request)
    actor.require(MANAGE_EMPLOYEES)
    employee = queries.get_employee(public_id)
    services.dismiss_employee(actor=actor, employee_id=employee.pk)
    messages.success(request, _("%(name)s no longer works here: his sessions have ended.") % {"name": employee.name})
    return redirect("accounts:employees")


@signed_in
@require_POST
def employee_return(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a dismissed person back."""
    actor = actor_of(request)
    actor.require(MANAGE_EMPLOYEES)
    employee = queries.get_employee(public_id)
    token = services.return_employee(actor=actor, employee_id=employee.pk, now=timezone.now())
    if token is not None:
        return _show_link(request, employee, token)
    messages.success(request, _("%(name)s works here again.") % {"name": employee.name})
    return redirect("accounts:employees")


@signed_in
@require_POST
def employee_invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make a new link for somebody who has not joined yet, and show it."""
    actor = actor_of(request)
    actor.require(MANAGE_EMPLOYEES)
    employee = queries.get_employee(public_id)
    token = services.invite_again(actor=actor, employee_id=employee.pk, now=timezone.now())
    return _show_link(request, employee, token)


@signed_in
@require_POST
def team_add(request: HttpRequest) -> HttpResponse:
    """Make a team."""
    actor = actor_of(request)
    services.add_team(actor=actor, name=request.POST.get("team_name", ""))
    messages.success(request, _("Saved"))
    return redirect("accounts:employees")
