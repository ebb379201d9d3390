"""What others may ask of companies and employees."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from voronka.accounts.models import Company, Employee
from voronka.kit.actors import Actor, Reach
from voronka.kit.errors import NotFound
from voronka.kit.tenancy import company_context


@dataclass(frozen=True, slots=True)
class CompanyRules:
    """The company's own defaults: zone, currency, calling hours in minutes of the client's day."""

    company_id: int
    name: str
    zone: str
    country: str
    currency: str
    language: str
    call_opens_minute: int
    call_closes_minute: int
    strict_feed: bool
    form_key: str


def get_company_rules() -> CompanyRules:
    """Return the defaults of the current company. Raises NotFound when its row is not visible."""
    names = [name for name in CompanyRules.__slots__ if name != "company_id"]
    row: dict[str, Any] | None = Company.objects.values("id", *names).first()  # the wall leaves one row
    if row is None:
        raise NotFound("no company")
    return CompanyRules(company_id=row.pop("id"), **row)


def places_of_user(user_id: int) -> list[tuple[int, int]]:
    """Return (company id, employee id) of every company where the person works."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, employee FROM accounts_places_of_user(%s)", [user_id])
        return [(row[0], row[1]) for row in cursor.fetchall()]


def company_of_form(key: str) -> int | None:
    """Return the company whose public form has this key."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT accounts_company_of_form(%s)", [key])
        row = cursor.fetchone()
        return None if row is None else row[0]


def find_actor(company_id: int, employee_id: int, *, language: str = "ru", origin: str = "") -> Actor | None:
    """Return the employee as an actor with the rights of the moment, None when he no longer works there."""
    with company_context(company_id), transaction.atomic():
        row = (
            Employee.objects.filter(pk=employee_id, is_active=True)
            .values_list("first_name", "last_name", "zone", "team_id", "role__rights")
            .first()
        )
    if row is None:
        return None
    first, last, zone, team_id, rights = row
    return Actor(
        company_id=company_id,
        employee_id=employee_id,
        name=f"{first} {last}".strip(),
        rights={code: Reach(reach) for code, reach in rights.items()},
        team_id=team_id,
        zone=ZoneInfo(zone),
        language=language,
        origin=origin,
    )


def list_employees(*, active: bool = True) -> list[Employee]:
    """Return the employees of the current company by name."""
    found = Employee.objects.select_related("role", "team").order_by("last_name", "first_name", "id")
    return list(found.filter(is_active=True) if active else found)


def employee_names(ids: list[int]) -> dict[int, str]:
    """Return the names of employees by id; unknown ids are left out."""
    return {one.pk: one.name for one in Employee.objects.filter(pk__in=ids)}
