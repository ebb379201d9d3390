"""Personal terms of clients as pages and programs read them: those that hold, and those that are planned."""

from datetime import datetime

from django.db.models import Q, QuerySet

from voronka.catalogue.models import ClientTerms
from voronka.kit.actors import Actor
from voronka.people import queries as people

SIZE = 50


def _not_over(now: datetime) -> "QuerySet[ClientTerms]":
    return ClientTerms.objects.filter(Q(until__isnull=True) | Q(until__gt=now)).select_related("kind")


def terms_of_client(client_id: int, now: datetime) -> list[ClientTerms]:
    """Return what a client pays now, if anything is agreed, and what is planned, the earliest first. One statement."""
    rows = _not_over(now).filter(client_id=client_id)
    return sorted(rows, key=lambda one: (one.since is not None, one.since or now))


def list_terms(actor: Actor, now: datetime, *, before: int = 0, size: int = SIZE) -> tuple[list[ClientTerms], int]:
    """Return terms of the clients that the actor may see, those agreed last first, and where the next page begins.

    `before` is where this one does; nought is the first page, or none. One statement.
    """
    rows = _not_over(now).filter(client__in=people.list_clients(actor)).select_related("client")
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-id")[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else 0
