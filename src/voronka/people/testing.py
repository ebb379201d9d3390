"""Clients for tests, made by the verbs of the product."""

from datetime import UTC, datetime

from voronka.kit.actors import Actor
from voronka.people import services
from voronka.people.models import Client
from voronka.people.services import ClientDraft, ContactDraft

# A Monday, 12:00 in Moscow and 16:00 in Krasnoyarsk.
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def make_client(
    actor: Actor,
    name: str = "Смирнова Анна Петровна",
    *,
    phone: str = "",
    email: str = "",
    now: datetime = NOON,
    **draft: object,
) -> Client:
    """Make a card of the actor's company with a phone and an address if they are given."""
    contacts = [ContactDraft(kind=kind, value=value) for kind, value in (("phone", phone), ("email", email)) if value]
    more = {"contacts": tuple(contacts), **draft}
    return services.create_client(actor=actor, draft=ClientDraft(name=name, **more), now=now)  # type: ignore[arg-type]  # tests' own
