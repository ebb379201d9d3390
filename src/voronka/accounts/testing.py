"""People for tests: a company with an owner and colleagues, and a stranger from another company."""

import json
import secrets
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, user_logged_in
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone

from voronka.accounts import queries, services
from voronka.accounts.events import CompanyFounded, EmployeeAdded, EmployeeJoined
from voronka.accounts.models import Company, Employee, Role, User
from voronka.kit.actors import Actor, all_rights
from voronka.kit.events import publish
from voronka.kit.tenancy import company_context

# Addresses are made of figures, so that none is found too like it.
PASSWORD = "rowan-lantern-41-creek-otter"  # noqa: S105 - of people made up for tests
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cast:
    """The same few people of every test. `owner` may do everything, `colleague` is a manager of the same company,
    `stranger` the owner of another one.
    """

    company_id: int
    owner: Actor
    colleague: Actor
    other_company_id: int
    stranger: Actor


def make_company(*, name: str = "Bellwether", zone: str = "Europe/Moscow", now: datetime = NOW) -> Cast:
    """Make a company with an owner and a manager, and another one with a stranger.

    Nearly every test begins with them, and the verbs take sixty statements for them. So they make them once in a
    process for each name and zone; those behind them are copies, row by row, event by event and change by change, in
    a fifth of the time. `test_testing.py` holds the one against the other.
    """
    asked = (name, zone, tuple(one.code for one in all_rights()), tuple(settings.PASSWORD_HASHERS))
    if asked not in _patterns:
        with transaction.atomic():
            made = make_company_by_verbs(name=name, zone=zone, now=now)
            _patterns[asked] = _Pattern.of(made)
        return made
    return _patterns[asked].copy(now)


def make_company_by_verbs(*, name: str = "Bellwether", zone: str = "Europe/Moscow", now: datetime = NOW) -> Cast:
    """Make the same company by the verbs of the product alone."""
    owner = make_owner(name=name, zone=zone, now=now)
    stranger = make_owner(name="Strangers Ltd", zone=zone, now=now)
    return Cast(
        company_id=owner.company_id,
        owner=owner,
        colleague=add_person(owner, "manager", now=now),
        other_company_id=stranger.company_id,
        stranger=stranger,
    )


Line = dict[str, Any]  # a row as the database writes it in JSON


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What the verbs made: the people as actors, and the rows of accounts, companies, roles and places, by id."""

    cast: Cast
    users: list[Line]
    companies: list[Line]
    roles: list[Line]
    employees: list[Line]

    @classmethod
    def of(cls, cast: Cast) -> "_Pattern":
        companies, roles, employees = [], [], []
        for company_id in (cast.company_id, cast.other_company_id):
            with company_context(company_id):
                companies += _lines(Company, "id", [company_id])
                roles += _lines(Role, "company_id", [company_id])
                employees += _lines(Employee, "company_id", [company_id])
        users = _lines(User, "id", [one["user_id"] for one in employees])
        return cls(cast, users, companies, roles, employees)

    def copy(self, now: datetime) -> Cast:
        """Write the rows anew under ids, addresses and public ids of their own, and announce what the verbs do."""
        with transaction.atomic():
            users, companies, roles, employees = self._renumbered(now.isoformat())
            _write(User, users)
            places = {
                company["id"]: [one for one in employees if one["company_id"] == company["id"]]
                for company in companies
            }
            for company in companies:
                owner = places[company["id"]][0]
                with company_context(company["id"]):
                    _write(Company, [company])
                    _write(Role, [one for one in roles if one["company_id"] == company["id"]])
                    _write(Employee, [owner])
                    publish(CompanyFounded(company_id=company["id"], owner_id=owner["id"]))
            mine, other = (company["id"] for company in companies)
            owner, colleague = places[mine]
            with company_context(mine, employee_id=owner["id"]):
                _write(Employee, [{**colleague, "joined_at": None}])
                place = Employee.objects.filter(pk=colleague["id"])
                place.update(invitation=secrets.token_hex(32))
                publish(EmployeeAdded(employee_id=colleague["id"], role="manager", has_joined=False))
            with company_context(mine, employee_id=colleague["id"], origin="invitation"):
                place.update(joined_at=now, invitation="")
                publish(EmployeeJoined(employee_id=colleague["id"]))
        stranger = places[other][0]
        return Cast(
            company_id=mine,
            owner=_as(self.cast.owner, owner),
            colleague=_as(self.cast.colleague, colleague),
            other_company_id=other,
            stranger=_as(self.cast.stranger, stranger),
        )

    def _renumbered(self, at: str) -> tuple[list[Line], list[Line], list[Line], list[Line]]:
        users, companies, roles, employees = _new_ids(
            (User, self.users), (Company, self.companies), (Role, self.roles), (Employee, self.employees)
        )
        return (
            [
                {**one, "id": users[one["id"]], "email": f"{one['email'].partition('-')[0]}-{_figures()}@example.com",
                 "joined_at": timezone.now().isoformat()}
                for one in self.users
            ],
            [
                {**one, "id": companies[one["id"]], "public_id": _fresh(Company, "public_id"),
                 "form_key": _fresh(Company, "form_key"), "made_at": at}
                for one in self.companies
            ],
            [{**one, "id": roles[one["id"]], "company_id": companies[one["company_id"]]} for one in self.roles],
            [
                {**one, "id": employees[one["id"]], "public_id": _fresh(Employee, "public_id"),
                 "company_id": companies[one["company_id"]], "user_id": users[one["user_id"]],
                 "role_id": roles[one["role_id"]], "joined_at": at}
                for one in self.employees
            ],
        )  # fmt: skip


_patterns: dict[tuple[object, ...], _Pattern] = {}


def _lines(model: type[models.Model], column: str, values: list[int]) -> list[Line]:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(jsonb_agg(t ORDER BY t.id), '[]')::text FROM {table} t WHERE {column} = ANY(%s)",  # noqa: S608
            [values],
        )
        found: list[Line] = json.loads(cursor.fetchone()[0])
        return found


def _write(model: type[models.Model], lines: list[Line]) -> None:
    table, columns = model._meta.db_table, ", ".join(str(one.column) for one in model._meta.concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s)",  # noqa: S608
            [json.dumps(lines)],
        )


def _new_ids(*asked: tuple[type[models.Model], list[Line]]) -> list[dict[int, int]]:
    """Return the next id of the table for each line, by its old one."""
    next_ids = "ARRAY(SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s))"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join([next_ids] * len(asked))}",
            [value for model, lines in asked for value in (model._meta.db_table, len(lines))],
        )
        found = cursor.fetchone()
    return [
        {line["id"]: new for line, new in zip(lines, ids, strict=True)}
        for (_model, lines), ids in zip(asked, found, strict=True)
    ]


def _fresh(model: type[models.Model], field: str) -> str:
    return str(model._meta.get_field(field).get_default())  # type: ignore[union-attr]  # a column, not a relation


def _as(actor: Actor, place: Line) -> Actor:
    return replace(actor, company_id=place["company_id"], employee_id=place["id"], rights=dict(actor.rights))


def _figures() -> str:
    """Return what makes an address one of its kind; letters could by chance be those of the password."""
    return f"{secrets.randbelow(10**15):015}"


def make_owner(*, name: str = "Bellwether", zone: str = "Europe/Moscow", now: datetime = NOW) -> Actor:
    """Make a company and return its owner."""
    company_id, employee_id = services.found_company(
        name=name,
        owner_email=f"owner-{_figures()}@example.com",
        password=PASSWORD,
        owner_name="Olga Orlova",
        zone=zone,
        now=now,
    )
    return actor_of(company_id, employee_id)


def add_person(owner: Actor, role: str, *, team_id: int | None = None, now: datetime = NOW) -> Actor:
    """Add an employee with the role of this code to the owner's company; he has joined already."""
    with company_context(owner.company_id, employee_id=owner.employee_id):
        employee_id, token = services.add_employee(
            actor=owner,
            email=f"{role}-{_figures()}@example.com",
            first_name="Maxim",
            last_name=role.capitalize(),
            role=role,
            team_id=team_id,
            zone=owner.zone.key,
            now=now,
        )
    services.join(token=token, user_id=None, password=PASSWORD, now=now)
    return actor_of(owner.company_id, employee_id)


def actor_of(company_id: int, employee_id: int) -> Actor:
    """Return the employee as an actor with the rights of the moment."""
    actor = queries.find_actor(company_id, employee_id)
    assert actor is not None
    return actor


def user_of(actor: Actor) -> User:
    """Return the account by which the actor signs in."""
    assert actor.employee_id is not None
    with company_context(actor.company_id), transaction.atomic():
        return User.objects.get(pk=Employee.objects.get(pk=actor.employee_id).user_id)


def sign_in(client: Client, actor: Actor) -> Client:
    """Sign the test client in as the actor, past the page of signing in, and return it.

    A client without a session gets one that is whole at once and was noted as seen, as after his first page: to sign
    in, to add the place and to note it at the first request are twenty statements more, in thousands of tests.
    """
    user = user_of(actor)
    place = [actor.company_id, actor.employee_id]
    if settings.SESSION_COOKIE_NAME in client.cookies:
        client.force_login(user)
        session = client.session
        session["place"] = place
        session.save()
        return client
    user_logged_in.send(sender=User, request=None, user=user)
    session = SessionStore()
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            "place": place,
            "seen": int(time.time()),
        }
    )
    session.save()
    assert session.session_key is not None
    UserSession.objects.create(session_key=session.session_key, user=user, ip="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client
