"""People for tests: a company with an owner and colleagues, and a stranger from another company."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.test import Client

from voronka.accounts import queries, services
from voronka.accounts.models import Employee, User
from voronka.kit.actors import Actor
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
    """Make a company with an owner and a manager, and another one with a stranger."""
    owner = make_owner(name=name, zone=zone, now=now)
    stranger = make_owner(name="Strangers Ltd", zone=zone, now=now)
    return Cast(
        company_id=owner.company_id,
        owner=owner,
        colleague=add_person(owner, "manager", now=now),
        other_company_id=stranger.company_id,
        stranger=stranger,
    )


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
    """Sign the test client in as the actor, past the page of signing in, and return it."""
    client.force_login(user_of(actor))
    session = client.session
    session["place"] = [actor.company_id, actor.employee_id]
    session.save()
    return client
