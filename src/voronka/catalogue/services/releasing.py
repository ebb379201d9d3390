"""Held prices settled by a person: let into force, or refused."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.catalogue.models import HeldPrice
from voronka.catalogue.permissions import RELEASE_PRICES
from voronka.catalogue.services.pricing import Wish, lock_variants, write_prices
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound

MOST = 10_000


@transaction.atomic
def release_prices(*, actor: Actor, public_ids: Sequence[str], now: datetime) -> int:
    """Let held prices into force: from their planned beginning, or from now where it has passed. Return how many.

    One whose time is over already is settled and changes nothing. Raises Denied, NotFound, Conflict for one that
    somebody has settled already.
    """
    actor.require(RELEASE_PRICES)
    rows = _settle(actor, public_ids, HeldPrice.State.RELEASED, now)

    def when(row: HeldPrice) -> tuple[datetime, datetime | None, str]:
        return max(row.since, now), row.until, row.source

    for (since, until, source), together in groupby(sorted(rows, key=lambda row: str(when(row))), key=when):
        if until is None or until > since:
            wishes = [Wish(row.variant_id, row.kind.code, row.amount) for row in together]
            write_prices(
                actor=actor, wishes=wishes, now=now, since=since, until=until, source=source, passes=True
            )  # fmt: skip
    return len(rows)


@transaction.atomic
def refuse_prices(*, actor: Actor, public_ids: Sequence[str], now: datetime) -> int:
    """Refuse held prices; what holds now goes on. Return how many. Raises Denied, NotFound, Conflict."""
    actor.require(RELEASE_PRICES)
    return len(_settle(actor, public_ids, HeldPrice.State.REFUSED, now))


def _settle(actor: Actor, public_ids: Sequence[str], state: str, now: datetime) -> list[HeldPrice]:
    wanted = list(dict.fromkeys(public_ids))[:MOST]
    found = HeldPrice.objects.filter(public_id__in=wanted)
    lock_variants(found.values_list("variant_id", flat=True))
    rows = list(found.select_for_update(of=("self",)).select_related("kind").order_by("id"))
    if len(rows) != len(wanted):
        raise NotFound(_("There is no such price."))
    if any(row.state != HeldPrice.State.HELD for row in rows):
        raise Conflict(_("Somebody has settled this price already, or a newer one has come."), code="settled")
    for row in rows:
        row.state, row.settled_by_id, row.settled_at = state, actor.employee_id, now
    HeldPrice.objects.bulk_update(rows, ["state", "settled_by", "settled_at"])
    return rows
