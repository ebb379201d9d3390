"""What others may ask of companies and employees."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from voronka.accounts.models import Company, Employee, ListExport, Role, Team, User
from voronka.accounts.rules import OWNER, SHIPPED_ROLES, limits_of_role, rights_of_role
from voronka.accounts.rules.networks import is_inside
from voronka.kit.actors import Access, Actor, Reach, Right, all_rights
from voronka.kit.db.hot import HotQuery
from voronka.kit.errors import Denied, NotFound
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
    # Asked several times for each page: Django would take longer to build the statement than it runs.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name, zone, country, currency, language, call_opens_minute, call_closes_minute, strict_feed,"
            ' form_key FROM "accounts_company" ORDER BY id LIMIT 1'  # the wall leaves one row
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound("no company")
    return CompanyRules(*row)


def signs_in(email: str) -> bool:
    """Tell whether a person of this address signs in here: for administrators, never for visitors."""
    return User.objects.filter(email=email.strip().lower()).exists()


def places_of_user(user_id: int) -> list[tuple[int, int]]:
    """Return (company id, employee id) of every company where the person works."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, employee FROM accounts_places_of_user(%s)", [user_id])
        return [(row[0], row[1]) for row in cursor.fetchall()]


def user_of_place(company_id: int, employee_id: int) -> int:
    """Return the id of the account whose place it is. Raises NotFound."""
    with company_context(company_id), transaction.atomic():
        user_id = Employee.objects.filter(pk=employee_id).values_list("user_id", flat=True).first()
    if user_id is None:
        raise NotFound(_("There is no such employee."))
    return user_id


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A company where the person works."""

    company_id: int
    employee_id: int
    company: str
    role: str


def list_own_places(user_id: int) -> list[OwnPlace]:
    """Return the companies of the person, with his role in each."""
    found = []
    for company_id, employee_id in places_of_user(user_id):
        with company_context(company_id), transaction.atomic():
            role = Employee.objects.values_list("role__name", flat=True).get(pk=employee_id)
            found.append(OwnPlace(company_id, employee_id, get_company_rules().name, role))
    return found


def company_of_form(key: str) -> int | None:
    """Return the company whose public form has this key."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT accounts_company_of_form(%s)", [key])
        row = cursor.fetchone()
        return None if row is None else row[0]


def any_company() -> bool:
    """Tell whether this installation has a company at all; the only thing a stranger may learn of them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT accounts_any_company()")
        return bool(cursor.fetchone()[0])


class Barred(Denied):
    """The company lets nobody in from this address."""

    code = "barred"

    def __init__(self, company_id: int, company: str, address: str) -> None:
        message = _("%(company)s lets nobody in from the address %(address)s. Come from the office or by its VPN.")
        super().__init__(message % {"company": company, "address": address})
        self.company_id, self.company, self.address = company_id, company, address


_WORKING = HotQuery(
    lambda employee_id: Employee.objects.select_related("role", "company").filter(
        pk=employee_id, is_active=True, joined_at__isnull=False
    ),
    employee_id=int,
)


def find_actor(
    company_id: int,
    employee_id: int,
    *,
    user_id: int | None = None,
    language: str = "ru",
    origin: str = "",
    address: str | None = None,
) -> Actor | None:
    """Return the employee as an actor with the rights of the moment, None when he no longer works there.

    With `user_id` the place must belong to that person. With `address`, where the visitor stands, Barred is raised
    when it is outside the networks from which the company lets people in; an unknown address ("") is outside of all.
    """
    with company_context(company_id), transaction.atomic():
        found = _WORKING.first(employee_id=employee_id)
    if found is None or user_id not in (None, found.user_id):
        return None
    if address is not None and found.company.networks and not is_inside(address, found.company.networks):
        raise Barred(company_id, found.company.name, address)
    return _actor_of(found, language=language, origin=origin)


def _actor_of(found: Employee, *, language: str = "ru", origin: str = "") -> Actor:
    """Return an employee, read with his role and company, as an actor."""
    is_owner = found.role.code == OWNER
    return Actor(
        company_id=found.company.pk,
        employee_id=found.pk,
        name=found.name,
        rights=rights_of_role(found.role.code, found.role.rights, all_rights()),
        team_id=found.team_id,
        zone=ZoneInfo(found.zone),
        language=language,
        origin=origin,
        is_led=found.company.strict_feed if found.strict_feed is None else found.strict_feed,
        limits=limits_of_role(found.role.code, found.role.fields),
        off_in_company=frozenset(found.company.modules_off),
        off=frozenset(found.company.modules_off) | frozenset([] if is_owner else found.role.modules_off),
        unused=frozenset(found.company.unused) | frozenset([] if is_owner else found.role.unused),
    )


def employees_who_may(right: Right, *, owner_id: int | None = None) -> list[int]:
    """Return the ids of the employees of the current company who may act now, by name: one statement for all.

    `owner_id` is whose record it would be done to; None for a record of nobody, or where the right is not by record.
    """
    rows = Employee.objects.select_related("role", "company").filter(is_active=True, joined_at__isnull=False)
    found = rows.order_by("last_name", "first_name", "id")
    return [one.pk for one in found if _actor_of(one).may(right, owner_id=owner_id)]


def reach_of_role(role: Role) -> dict[str, Reach]:
    """Return how far each declared right reaches in the role."""
    return rights_of_role(role.code, role.rights, all_rights())


def list_employees(*, active: bool = True) -> list[Employee]:
    """Return the employees of the current company by name."""
    found = Employee.objects.select_related("role", "team", "user").order_by("last_name", "first_name", "id")
    return list(found.filter(is_active=True) if active else found)


def count_employees() -> int:
    """Return how many people have a place in the company, those invited included."""
    return Employee.objects.filter(is_active=True).count()


def founded_at() -> datetime:
    """Return when the current company was founded here, an aware moment."""
    return Company.objects.values_list("made_at", flat=True).get()  # the wall leaves one row


def is_working(employee_id: int) -> bool:
    """Tell whether the employee of the current company works here."""
    with transaction.atomic():
        return Employee.objects.filter(pk=employee_id, is_active=True).exists()


def get_employee(public_id: str) -> Employee:
    """Return an employee of the current company. Raises NotFound."""
    found = Employee.objects.select_related("role", "team", "user").filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such employee."))
    return found


def list_unused() -> list[str]:
    """Return the codes of sections and buttons that the whole current company leaves out."""
    return list(Company.objects.values_list("unused", flat=True)[0])


def list_modules_off() -> list[str]:
    """Return the codes of modules that the whole current company has switched off."""
    return list(Company.objects.values_list("modules_off", flat=True)[0])


def list_networks() -> list[str]:
    """Return the networks from which the current company lets people in, none for any."""
    return list(Company.objects.values_list("networks", flat=True)[0])


@dataclass(frozen=True, slots=True)
class ExportPage:
    """A page of the log of exports, newest first; `before` asks for the next one, None at the end."""

    rows: list[ListExport]
    before: int | None


def list_exports(*, before: int | None = None, size: int = 50) -> ExportPage:
    """Return what left the current company as files."""
    found = ListExport.objects.order_by("-id")
    rows = list((found if before is None else found.filter(pk__lt=before))[:size])
    return ExportPage(rows, rows[-1].pk if len(rows) == size else None)


def get_name(actor: Actor) -> dict[str, str]:
    """Return the actor's own first name and surname."""
    found = Employee.objects.filter(pk=actor.employee_id or 0).first()
    return {"first_name": found.first_name, "last_name": found.last_name} if found else {}


def list_roles() -> list[Role]:
    """Return the roles of the current company, the shipped ones in their usual order."""
    order = {code: number for number, code in enumerate(SHIPPED_ROLES)}
    return sorted(Role.objects.all(), key=lambda role: (order.get(role.code, len(order)), role.name))


def get_role(code: str) -> Role:
    """Return a role of the current company. Raises NotFound."""
    role = Role.objects.filter(code=code).first()
    if role is None:
        raise NotFound(_("There is no such role: perhaps somebody has deleted it. Look at the list of roles."))
    return role


def count_by_role() -> dict[int, int]:
    """Return how many people who work in the current company have each role, by its id."""
    found = Employee.objects.filter(is_active=True).order_by()
    return dict(found.values_list("role_id").annotate(count=Count("id")))


def limits_by_code(role: Role) -> dict[str, Access]:
    """Return the fields that a role narrows."""
    return limits_of_role(role.code, role.fields)


def list_teams() -> list[Team]:
    """Return the teams of the current company by name."""
    return list(Team.objects.order_by("name"))


def employee_names(ids: list[int]) -> dict[int, str]:
    """Return the names of employees by id; unknown ids are left out."""
    return {one.pk: one.name for one in Employee.objects.filter(pk__in=ids)}


def public_ids_of_employees(ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of employees by id; unknown ids are left out."""
    return dict(Employee.objects.filter(pk__in=ids).values_list("id", "public_id"))


def address_of(employee_id: int) -> tuple[str, str] | None:
    """Return the e-mail address and the language of an employee who works here, for letters of the system to him."""
    rows = Employee.objects.filter(pk=employee_id, is_active=True, user__is_active=True)
    return rows.values_list("user__email", "user__language").first()


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A login of the demo company, shown on the page of signing in."""

    name: str
    role: str
    email: str
    password: str


def list_demo_logins() -> list[DemoLogin]:
    """Return the logins that the demo left; none outside a demo."""
    file = settings.HOME / "demo-logins.json"
    if not settings.IS_DEMO or not file.exists():
        return []
    return [DemoLogin(**one) for one in json.loads(file.read_text("utf-8"))]
