"""Deals for tests, made by the verbs of the product."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from voronka.accounts.testing import Cast, make_company
from voronka.deals import services
from voronka.deals.models import Deal
from voronka.deals.services.shipped import ship
from voronka.kit.actors import Actor
from voronka.kit.tenancy import company_context
from voronka.people.models import Client

# A Monday, 12:00 in Moscow and 16:00 in Krasnoyarsk.
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shop:
    """A company with the shipped pipelines and its people."""

    cast: Cast

    @contextmanager
    def as_(self, actor: Actor) -> Iterator[Actor]:
        """Run the block as one of the people."""
        with company_context(actor.company_id, employee_id=actor.employee_id):
            yield actor


def make_shop(now: datetime = NOON) -> Shop:
    """Make a company that has the shipped pipelines."""
    cast = make_company(now=now)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        ship(actor=cast.owner, now=now)
    return Shop(cast)


def make_client(name: str = "Anna Smirnova", zone: str = "Asia/Krasnoyarsk", **fields: object) -> Client:
    """Make a client of the current company; 9:00-20:00 by the company's default."""
    return Client.objects.create(name=name, zone=zone, zone_sure=True, **fields)


def make_deal(actor: Actor, *, client: Client | None = None, now: datetime = NOON, **more: object) -> Deal:
    """Open a deal for a client with its first call due now."""
    client = client or make_client()
    return services.open_deal(actor=actor, client_id=client.pk, now=now, **more)  # type: ignore[arg-type]  # test's own


def press(
    actor: Actor,
    deal: Deal,
    button: str,
    outcome: str | None = None,
    *,
    now: datetime = NOON,
    request_id: uuid.UUID | None = None,
    **answers: str,
) -> services.Pressed:
    """Press a button of a deal as the page does."""
    return services.press(
        actor=actor,
        deal_public_id=deal.public_id,
        button=button,
        outcome=outcome,
        request_id=request_id or uuid.uuid4(),
        answers=answers,
        now=now,
    )
