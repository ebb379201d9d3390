"""What lies in the recycle bin, as the actor may see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.people.models import Client
from voronka.people.permissions import DELETE_CLIENTS
from voronka.people.queries.clients import visible
from voronka.people.queries.shown import shown

KEEP_DAYS = 30
PAGE = 100


@dataclass(frozen=True, slots=True)
class Binned:
    """A card in the bin: who put it there and when, how many days are left until it is erased."""

    client: Client
    by: str
    at: datetime
    days_left: int


def within_bin(actor: Actor) -> QuerySet[Client]:
    """Return the cards in the bin that the actor may take out."""
    return Client.with_binned.filter(visible(actor, DELETE_CLIENTS), binned_at__isnull=False, erased_at=None)


def list_bin(
    actor: Actor, *, now: datetime, before: tuple[datetime, int] | None = None, size: int = PAGE
) -> Sequence[Binned]:
    """Return a page of the bin, the newest first; `before` are moment and id of the last one seen. Raises Denied."""
    actor.require(DELETE_CLIENTS)
    found = within_bin(actor)
    if before is not None:
        # Cards that were deleted together lie there since the same moment.
        at, pk = before
        found = found.filter(Q(binned_at__lt=at) | Q(binned_at=at, pk__lt=pk))
    return _binned(actor, list(found.order_by("-binned_at", "-id")[:size]), now)


def walk_bin(actor: Actor, *, now: datetime, chunk: int = 500) -> Iterator[Sequence[Binned]]:
    """Yield all that lies in the bin, the newest first, in chunks. Raises Denied."""
    actor.require(DELETE_CLIENTS)
    found = within_bin(actor)
    ids = list(found.order_by("-binned_at", "-id").values_list("id", flat=True))
    for at in range(0, len(ids), chunk):
        rows = {one.pk: one for one in found.filter(pk__in=ids[at : at + chunk])}
        yield _binned(actor, [rows[pk] for pk in ids[at : at + chunk] if pk in rows], now)


def _binned(actor: Actor, rows: Sequence[Client], now: datetime) -> Sequence[Binned]:
    names = accounts.employee_names(sorted({one.binned_by_id for one in rows if one.binned_by_id}))
    return [
        Binned(shown(actor, one), names.get(one.binned_by_id or 0, ""), one.binned_at, _left(one.binned_at, now))
        for one in rows
        if one.binned_at is not None
    ]


def companies_with_old(now: datetime) -> list[int]:
    """Return the companies whose bins hold cards for more than thirty days."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT company FROM people_companies_with_old_bins(%s) AS company", [now - timedelta(days=KEEP_DAYS)]
        )
        return [row[0] for row in cursor.fetchall()]


def _left(at: datetime, now: datetime) -> int:
    return max(0, (at + timedelta(days=KEEP_DAYS) - now).days)
