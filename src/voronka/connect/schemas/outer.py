"""Ids of employees as they stand outside, and values of custom fields that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voronka.accounts import queries as accounts
from voronka.connect.schemas.common import Named, Values, named
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.people import queries as people


@dataclass(slots=True)
class Outer:
    """Ids of employees in both directions, asked for once a request, and for whom: he is shown what he may see."""

    actor: Actor
    employees: Mapping[int, tuple[str, str]]
    people_fields: frozenset[str]
    people_fields_of_deals: frozenset[str]

    @classmethod
    def load(cls, actor: Actor) -> "Outer":
        """Read the employees and the codes of fields that hold one."""
        rows = accounts.list_employees(active=False)
        fields = [one for one in people.list_custom_fields(subject=None, active=False) if one.kind == "person"]
        return cls(
            actor,
            {one.pk: (one.public_id, one.name) for one in rows},
            frozenset(one.code for one in fields if one.subject == "client"),
            frozenset(one.code for one in fields if one.subject == "deal"),
        )

    def employee(self, employee_id: int | None) -> Named | None:
        """Return an employee by inner id."""
        found = self.employees.get(employee_id or 0)
        return named(*found) if found else None

    def inner(self, public_id: str, place: str) -> int:
        """Return the inner id of an employee. Raises Invalid at `place`."""
        try:
            return accounts.get_employee(public_id).pk
        except NotFound as missing:
            raise Invalid(missing.message, fields={place: missing.message}) from missing

    def values_out(self, values: Mapping[str, Any], *, of_deal: bool = False) -> Values:
        """Return values of custom fields, of a client or of a deal, with employees by their public ids."""
        named_by = self.people_fields_of_deals if of_deal else self.people_fields
        return {
            code: self.employees.get(int(value), ("", ""))[0] if code in named_by else value
            for code, value in values.items()
        }

    def values_in(self, values: Mapping[str, Any], *, of_deal: bool = False) -> Values:
        """Return values of custom fields, of a client or of a deal, as the services take them. Raises Invalid."""
        named_by = self.people_fields_of_deals if of_deal else self.people_fields
        return {
            code: self.inner(str(value), f"fields.{code}") if code in named_by and value else value
            for code, value in values.items()
        }
