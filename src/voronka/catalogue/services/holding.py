"""Prices that the guard holds: put before a person, replaced by newer ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from voronka.catalogue.events import PriceHeld
from voronka.catalogue.models import HeldPrice
from voronka.kit.actors import Actor
from voronka.kit.events import publish


@dataclass(frozen=True, slots=True)
class Held:
    """A price that the guard objects to, and why."""

    variant_id: int
    kind_id: int
    kind: str
    amount: Decimal
    was: Decimal | None
    cost: Decimal | None
    reasons: Sequence[str]
    public_id: str = ""


def _waiting(pairs: Sequence[tuple[int, int]]) -> Q:
    found = Q(pk__in=[])
    by_kind: dict[int, list[int]] = {}
    for variant_id, kind_id in pairs:
        by_kind.setdefault(kind_id, []).append(variant_id)
    for kind_id, variants in by_kind.items():
        found |= Q(kind_id=kind_id, variant_id__in=variants)
    return found & Q(state=HeldPrice.State.HELD)


def replace_held(pairs: Sequence[tuple[int, int]], *, now: datetime) -> None:
    """Let held prices of variants and kinds go that a newer price has made pointless; the caller holds the variants."""
    if pairs:
        HeldPrice.objects.filter(_waiting(pairs)).update(state=HeldPrice.State.REPLACED, settled_at=now)


def hold(
    wanted: Sequence[Held], *, actor: Actor, since: datetime, until: datetime | None, source: str, now: datetime
) -> list[Held]:
    """Put prices before a person; the same price that waits already is left as it is. The caller holds the variants."""
    if not wanted:
        return []
    rows = HeldPrice.objects.filter(_waiting([(one.variant_id, one.kind_id) for one in wanted]))
    waiting = {(row.variant_id, row.kind_id): row for row in rows}
    kept, new = [], []
    for one in wanted:
        row = waiting.get((one.variant_id, one.kind_id))
        is_same = row is not None and (row.amount, row.until, max(row.since, now)) == (
            one.amount,
            until,
            max(since, now),
        )
        if row is not None and is_same:
            kept.append(_told(one, row.public_id))
        else:
            new.append(one)
    replace_held([(one.variant_id, one.kind_id) for one in new], now=now)
    made = HeldPrice.objects.bulk_create(
        [
            HeldPrice(
                variant_id=one.variant_id, kind_id=one.kind_id, amount=one.amount, was=one.was, cost=one.cost,
                reasons=list(one.reasons), since=since, until=until, source=source, author_id=actor.employee_id,
                made_at=now,
            )
            for one in new
        ]
    )  # fmt: skip
    publish(
        *(
            PriceHeld(variant_id=one.variant_id, price_kind=one.kind, amount=one.amount, reasons=list(one.reasons))
            for one in new
        )
    )
    return [*kept, *(_told(one, row.public_id) for one, row in zip(new, made, strict=True))]


def _told(one: Held, public_id: str) -> Held:
    return Held(one.variant_id, one.kind_id, one.kind, one.amount, one.was, one.cost, one.reasons, public_id)
