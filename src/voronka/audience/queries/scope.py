"""Whose work an actor may see in reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.audience.permissions import MADE_OF, SEE_REPORTS
from voronka.kit.actors import Actor, Reach
from voronka.kit.errors import Denied


@dataclass(frozen=True, slots=True)
class Person:
    """An employee as reports name him."""

    employee_id: int
    public_id: str
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """The people an actor may see, by surname; `employee_ids` is None when he sees everything, the pool included."""

    people: Sequence[Person]
    employee_ids: tuple[int, ...] | None

    def find(self, public_id: str) -> Person | None:
        """Return a person within the scope by public id."""
        return next((one for one in self.people if one.public_id == public_id), None)

    def name_of(self, employee_id: int | None) -> str:
        """Return a name by id, empty for nobody and for people out of sight."""
        return next((one.name for one in self.people if one.employee_id == employee_id), "")


def scope_of(actor: Actor) -> Scope:
    """Return whose work the actor may see: his own, his team's, everybody's.

    Raises Denied without the right, and to a role that does not see sums: every report is made of them.
    """
    actor.require(SEE_REPORTS)
    if not actor.sees(MADE_OF):
        raise Denied(_("Reports are made of sums, which your role does not see. Ask your administrator."))
    reach = actor.reach(SEE_REPORTS)
    people = accounts.list_employees(active=False)
    if reach is not Reach.ALL:
        people = [
            one
            for one in people
            if one.pk == actor.employee_id
            or (reach is Reach.TEAM and actor.team_id is not None and one.team_id == actor.team_id)
        ]
    shown = [
        Person(one.pk, one.public_id, f"{one.last_name} {one.first_name}".strip(), one.is_active) for one in people
    ]
    return Scope(shown, None if reach is Reach.ALL else tuple(one.employee_id for one in shown))
