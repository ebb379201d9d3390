"""Departments of the chat: who serves which; and who takes talks now."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.messaging.models import ChatDepartment, ChatOperator, DepartmentMember
from voronka.messaging.permissions import SET_UP_CHAT, TALK
from voronka.messaging.queries.talks import operators
from voronka.people.services.cleaning import Problems, fit


def get_department(public_id: str) -> ChatDepartment:
    """Return a department. Raises NotFound."""
    row = ChatDepartment.objects.filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such department."))
    return row


@transaction.atomic
def save_department(
    *, actor: Actor, name: str, is_offered: bool, members: Sequence[str], public_id: str = ""
) -> ChatDepartment:
    """Write a department, or change one: its people are operators by public id. Raises Denied, NotFound, Invalid."""
    actor.require(SET_UP_CHAT)
    row = get_department(public_id) if public_id else ChatDepartment()
    problems = Problems()
    row.name, row.is_offered = fit("name", name, 80, problems), is_offered
    if not row.name:
        problems.add("name", _("A name is needed."))
    known = dict(operators())
    if any(one not in known for one in members):
        problems.add("members", _("Choose of those who may answer in chats."))
    problems.settle()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        message = _("There is a department with this name already.")
        raise Invalid(message, fields={"name": message}) from None
    wanted = {one.pk for one in accounts.list_employees() if one.public_id in set(members)}
    DepartmentMember.objects.filter(department=row).exclude(employee_id__in=wanted).delete()
    DepartmentMember.objects.bulk_create(
        [DepartmentMember(department=row, employee_id=one) for one in sorted(wanted)], ignore_conflicts=True
    )
    return row


@transaction.atomic
def drop_department(*, actor: Actor, public_id: str) -> None:
    """Delete a department; its talks are everybody's then. Raises Denied, NotFound."""
    actor.require(SET_UP_CHAT)
    get_department(public_id).delete()


@transaction.atomic
def say_in(*, actor: Actor, is_in: bool | None, now: datetime) -> bool:
    """Begin or stop taking talks by turn; None only says that the desk is open. Return whether he takes them."""
    actor.require(TALK)
    row, _made = ChatOperator.objects.get_or_create(employee_id=actor.person_id)
    row.seen_at = now
    row.is_in = row.is_in if is_in is None else is_in
    row.save(update_fields=["seen_at", "is_in"])
    return row.is_in
