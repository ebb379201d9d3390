"""Invitations: one link, for one person, once, for a week.

The link's secret is kept as a hash beside the place it opens. A person who signs in already must be signed in
to use it: an address that somebody else registered earlier opens nothing here.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts.events import EmployeeJoined
from voronka.accounts.models import Company, Employee, User
from voronka.accounts.permissions import MANAGE_EMPLOYEES
from voronka.accounts.services.checks import check_password
from voronka.accounts.services.roles import require_within
from voronka.kit.actors import Actor
from voronka.kit.errors import Denied, NotFound, Refusal
from voronka.kit.events import publish
from voronka.kit.tenancy import company_context

VALID_FOR = timedelta(days=7)
_signer = signing.Signer(salt="voronka.accounts.invitation")


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the page of an invitation shows. `needs_password` when the person has never signed in."""

    company_id: int
    employee_id: int
    user_id: int
    company: str
    name: str
    email: str
    needs_password: bool


def make_link(employee: Employee, *, now: datetime) -> str:
    """Give the place a fresh link and return its token; an earlier link stops working. The caller saves."""
    secret = secrets.token_urlsafe(24)
    employee.invitation = _hash(secret)
    until = int((now + VALID_FOR).timestamp())
    return _signer.sign_object({"c": employee.company_id, "e": employee.pk, "u": until, "s": secret})


def invite_again(*, actor: Actor, employee_id: int, now: datetime) -> str:
    """Return the token of a new link for somebody who has not joined yet. Raises Denied, NotFound, Refusal."""
    actor.require(MANAGE_EMPLOYEES)
    with transaction.atomic():
        employee = Employee.objects.select_for_update().filter(pk=employee_id, is_active=True).first()
        if employee is None:
            raise NotFound(_("There is no such employee."))
        require_within(actor, employee.role)
        if employee.joined_at is not None:
            raise Refusal(_("He has joined already: he can ask for a new password on the page of signing in."))
        token = make_link(employee, now=now)
        employee.save(update_fields=["invitation"])
    return token


def read_invitation(token: str, *, now: datetime) -> Invitation:
    """Return whom a link invites where. Raises NotFound for a wrong, used, replaced or old one: all alike."""
    company_id, employee_id, secret = _open(token, now)
    with company_context(company_id), transaction.atomic():
        employee = Employee.objects.select_related("user").filter(pk=employee_id).first()
        if employee is None or not _fits(employee, secret):
            raise _no_invitation()
        company = Company.objects.get(pk=company_id)
        return Invitation(
            company_id=company_id,
            employee_id=employee_id,
            user_id=employee.user_id,
            company=company.name,
            name=employee.name,
            email=employee.user.email,
            needs_password=not employee.user.has_usable_password(),
        )


def join(*, token: str, user_id: int | None, password: str | None, now: datetime) -> Invitation:
    """Take the place by its link: a new person by choosing a password, a known one (`user_id`) signed in as himself.

    Raises NotFound for a link that does not fit, Denied when somebody else is signed in, Invalid for a weak password.
    """
    company_id, employee_id, secret = _open(token, now)
    with company_context(company_id, employee_id=employee_id, origin="invitation"), transaction.atomic():
        employee = Employee.objects.select_for_update().filter(pk=employee_id).first()
        if employee is None or not _fits(employee, secret):
            raise _no_invitation()
        user = User.objects.select_for_update().get(pk=employee.user_id)
        is_new = not user.has_usable_password()
        if is_new:
            check_password(password or "", user)
            user.set_password(password)
            user.save(update_fields=["password"])
        elif user_id != user.pk:
            raise Denied(_("This invitation is for another person: sign in with the address it was sent to."))
        employee.invitation, employee.joined_at = "", now
        employee.save(update_fields=["invitation", "joined_at"])
        publish(EmployeeJoined(employee_id=employee.pk))
        company = Company.objects.get(pk=company_id)
        return Invitation(company_id, employee_id, user.pk, company.name, employee.name, user.email, is_new)


def _open(token: str, now: datetime) -> tuple[int, int, str]:
    try:
        held = _signer.unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise _no_invitation() from error
    if held["u"] < now.timestamp():
        raise _no_invitation()
    return held["c"], held["e"], held["s"]


def _fits(employee: Employee, secret: str) -> bool:
    return (
        employee.is_active
        and employee.joined_at is None
        and secrets.compare_digest(employee.invitation, _hash(secret))
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _no_invitation() -> NotFound:
    return NotFound(_("This invitation has been used or has grown old. Ask for a new one."))
