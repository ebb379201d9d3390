"""The company of a bench: founded once, found again by its owner's address."""

from datetime import UTC, datetime

from voronka.accounts import queries as accounts
from voronka.accounts import services
from voronka.accounts.models import User
from voronka.config.benches.frame import Staff
from voronka.deals.services.shipped import ship
from voronka.kit.actors import Actor
from voronka.kit.tenancy import company_context

_PASSWORD = "bench-lantern-41-creek"  # noqa: S105 - of a company that lives in the benches' own database


def staff_of(name: str, count: int) -> Staff:
    """Return the company `name` with `count` managers and the shipped pipelines, made when it is not there."""
    owner_email = f"owner@{name}.example.com"
    user = User.objects.filter(email=owner_email).first()
    if user is None:
        return _found(name, owner_email, count)
    owner = _actor(*accounts.places_of_user(user.pk)[0])
    with company_context(owner.company_id):
        from django.db import transaction

        with transaction.atomic():
            rows = [one.pk for one in accounts.list_employees() if one.role.code == "manager"]
    return Staff(owner.company_id, owner, [_actor(owner.company_id, one) for one in sorted(rows)])


def _found(name: str, owner_email: str, count: int) -> Staff:
    now = datetime.now(UTC)
    company_id, owner_id = services.found_company(
        name=name, owner_email=owner_email, password=_PASSWORD, owner_name="Olga Bench", now=now
    )
    owner = _actor(company_id, owner_id)
    workers = []
    with company_context(company_id, employee_id=owner_id):
        for number in range(count):
            employee_id, token = services.add_employee(
                actor=owner,
                email=f"manager{number}@{name}.example.com",
                first_name="Max",
                last_name=f"Bench{number}",
                role="manager",
                now=now,
            )
            services.join(token=token, user_id=None, password=_PASSWORD, now=now)
            workers.append(_actor(company_id, employee_id))
        ship(actor=owner, now=now)
    return Staff(company_id, owner, workers)


def _actor(company_id: int, employee_id: int) -> Actor:
    actor = accounts.find_actor(company_id, employee_id)
    assert actor is not None
    return actor
