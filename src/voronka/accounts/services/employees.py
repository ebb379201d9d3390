"""Places in a company: adding, changing, dismissing."""

from datetime import datetime
from enum import Enum

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries
from voronka.accounts.events import EmployeeAdded, EmployeeChanged, EmployeeDismissed, EmployeeReturned
from voronka.accounts.models import Employee, Role, Team, User
from voronka.accounts.permissions import MANAGE_EMPLOYEES
from voronka.accounts.rules import OWNER
from voronka.accounts.services.checks import clean_email, clean_line, clean_zone
from voronka.accounts.services.invitations import make_link
from voronka.accounts.services.roles import require_within
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound, Refusal
from voronka.kit.events import publish


def add_employee(
    *,
    actor: Actor,
    email: str,
    first_name: str,
    last_name: str,
    role: str,
    now: datetime,
    team_id: int | None = None,
    zone: str = "Europe/Moscow",
) -> tuple[int, str]:
    """Make a place for a person; return its id and the token of the link by which he joins.

    `role` is the code of a role no stronger than the actor. Raises Denied, Invalid, NotFound.
    """
    actor.require(MANAGE_EMPLOYEES)
    with transaction.atomic():
        given = _role(role)
        require_within(actor, given)
        user = _account(clean_email(email), actor.language)
        if Employee.objects.filter(user=user).exists():
            message = _("He has a place here already. If he was dismissed, take him back from the list.")
            raise Invalid(message, fields={"email": message})
        employee = Employee(
            user=user,
            role=given,
            team=_team(team_id),
            first_name=clean_line("first_name", first_name, most=100),
            last_name=clean_line("last_name", last_name, most=100, needed=False),
            zone=clean_zone(zone),
        )
        employee.save()
        token = make_link(employee, now=now)
        employee.save(update_fields=["invitation"])
        publish(EmployeeAdded(employee_id=employee.pk, role=given.code, has_joined=False))
    return employee.pk, token


class Keep(Enum):
    """Says that a value which may be None stays as it is."""

    KEEP = "keep"


KEEP = Keep.KEEP


def change_employee(
    *,
    actor: Actor,
    employee_id: int,
    first_name: str | None = None,
    last_name: str | None = None,
    role: str | None = None,
    team_id: int | Keep | None = KEEP,
    zone: str | None = None,
    strict_feed: bool | Keep | None = KEEP,
) -> list[str]:
    """Change what is given of a place; return the codes of fields that differ now. `strict_feed` None: as the company.

    The last owner keeps his role. Raises Denied, Invalid, NotFound, Refusal.
    """
    actor.require(MANAGE_EMPLOYEES)
    with transaction.atomic():
        _lock_owners()
        employee = _locked(employee_id)
        require_within(actor, employee.role)
        wanted: dict[str, object] = {}
        if role is not None:
            wanted["role"] = _given_role(actor, employee, role)
        if first_name is not None:
            wanted["first_name"] = clean_line("first_name", first_name, most=100)
        if last_name is not None:
            wanted["last_name"] = clean_line("last_name", last_name, most=100, needed=False)
        if zone is not None:
            wanted["zone"] = clean_zone(zone)
        if not isinstance(team_id, Keep):
            wanted["team"] = _team(team_id)
        if not isinstance(strict_feed, Keep):
            wanted["strict_feed"] = strict_feed
        differing = [name for name, value in wanted.items() if getattr(employee, name) != value]
        for name in differing:
            setattr(employee, name, wanted[name])
        if differing:
            employee.save(update_fields=differing)
            publish(EmployeeChanged(employee_id=employee.pk, fields=differing))
    return differing


def _given_role(actor: Actor, employee: Employee, code: str) -> Role:
    given = _role(code)
    require_within(actor, given)
    if employee.role.code == OWNER and given.code != OWNER:
        _require_another_owner(employee)
    return given


def dismiss_employee(*, actor: Actor, employee_id: int) -> None:
    """End a place: its sessions and its invitation end at once. The last owner cannot be dismissed.

    Raises Denied, NotFound, Refusal.
    """
    actor.require(MANAGE_EMPLOYEES)
    with transaction.atomic():
        _lock_owners()
        employee = _locked(employee_id)
        require_within(actor, employee.role)
        if not employee.is_active:
            return
        if employee.role.code == OWNER:
            _require_another_owner(employee)
        employee.is_active, employee.invitation = False, ""
        employee.save(update_fields=["is_active", "invitation"])
        if not queries.places_of_user(employee.user_id):
            for session in UserSession.objects.filter(user_id=employee.user_id):
                session.end()
        publish(EmployeeDismissed(employee_id=employee.pk))


def return_employee(*, actor: Actor, employee_id: int, now: datetime) -> str | None:
    """Take a dismissed employee back; returns the token of a new link when he had never joined, else None.

    Raises Denied or NotFound.
    """
    actor.require(MANAGE_EMPLOYEES)
    with transaction.atomic():
        employee = _locked(employee_id)
        require_within(actor, employee.role)
        if employee.is_active:
            return None
        employee.is_active = True
        token = make_link(employee, now=now) if employee.joined_at is None else None
        employee.save(update_fields=["is_active", "invitation"])
        publish(EmployeeReturned(employee_id=employee.pk))
    return token


def add_team(*, actor: Actor, name: str) -> int:
    """Make a team and return its id. Raises Denied, or Invalid when the name is taken."""
    actor.require(MANAGE_EMPLOYEES)
    with transaction.atomic():
        team, is_new = Team.objects.get_or_create(
            company_id=actor.company_id, name=clean_line("team_name", name, most=100)
        )
        if not is_new:
            message = _("There is a team of this name.")
            raise Invalid(message, fields={"team_name": message})
    return team.pk


def _account(email: str, language: str) -> User:
    user = User.objects.filter(email=email).first()
    return user if user is not None else User.objects.create_user(email, None, language=language)


def _role(code: str) -> Role:
    role = Role.objects.select_for_update(no_key=True).filter(code=code).first()  # nobody deletes it meanwhile
    if role is None:
        raise Invalid(_("There is no such role."), fields={"role": _("There is no such role.")})
    return role


def _team(team_id: int | None) -> Team | None:
    if team_id is None:
        return None
    team = Team.objects.filter(pk=team_id).first()
    if team is None:
        raise Invalid(_("There is no such team."), fields={"team": _("There is no such team.")})
    return team


def _locked(employee_id: int) -> Employee:
    employee = Employee.objects.select_for_update(of=("self",)).select_related("role", "team").filter(pk=employee_id)
    found = employee.first()
    if found is None:
        raise NotFound(_("There is no such employee."))
    return found


def _lock_owners() -> None:
    """Let one change at a time decide who the last owner is: the row of the owner's role is the lock."""
    if Role.objects.select_for_update().filter(code=OWNER).first() is None:
        raise Conflict(_("This company has lost its owner's role."))


def _require_another_owner(employee: Employee) -> None:
    owners = Employee.objects.filter(role__code=OWNER, is_active=True, joined_at__isnull=False)
    if not owners.exclude(pk=employee.pk).exists():
        raise Refusal(_("He is the last owner: make somebody else an owner first."))
