"""How many there are, how many are free, how many are coming."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from voronka.kit.actors import Actor
from voronka.stock.models import Balance, Document, DocumentLine, Move, Place, Reservation, Worth
from voronka.stock.permissions import SEE, SEE_COST


@dataclass(frozen=True, slots=True)
class Held:
    """A live promise: of what, from where, how many, until when (None: until it is shipped or let go)."""

    id: int
    line: int
    variant_id: int
    place_id: int
    quantity: Decimal
    state: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Moved:
    """What one line of an operation moved, and what all of it cost. `line` is the asker's own number of it."""

    line: int
    variant_id: int
    quantity: Decimal
    source_id: int
    target_id: int
    value: Decimal
    lot_id: int | None


def available(variant_ids: Sequence[int], place_ids: Sequence[int] | None = None) -> dict[int, dict[int, Decimal]]:
    """Return what may be promised now: by variant and place, only where there is some.

    Places are those named, or all that sell. Kits have none of their own: ask for their parts.
    """
    found = Balance.objects.filter(variant_id__in=list(variant_ids), on_hand__gt=F("reserved"), is_external=False)
    if place_ids is None:
        found = found.filter(place__is_selling=True, place__is_on=True)
    else:
        found = found.filter(place_id__in=list(place_ids))
    free: dict[int, dict[int, Decimal]] = {one: {} for one in variant_ids}
    for variant_id, place_id, on_hand, reserved in found.values_list("variant_id", "place_id", "on_hand", "reserved"):
        free[variant_id][place_id] = on_hand - reserved
    return free


def on_hand(variant_ids: Sequence[int]) -> dict[int, dict[int, tuple[Decimal, Decimal]]]:
    """Return by variant and place of the company how many lie there and how many of them are promised."""
    found: dict[int, dict[int, tuple[Decimal, Decimal]]] = {one: {} for one in variant_ids}
    rows = Balance.objects.filter(variant_id__in=list(variant_ids), is_external=False, on_hand__gt=0)
    for variant_id, place_id, has, promised in rows.values_list("variant_id", "place_id", "on_hand", "reserved"):
        found[variant_id][place_id] = (has, promised)
    return found


def coming() -> "QuerySet[DocumentLine, Any]":  # rows are dicts of two values
    """Return how many (`n`) of each variant (`variant_id`) are ordered or under way and have not come."""
    lines = DocumentLine.objects.filter(
        Q(document__kind="purchase", document__state__in=["open", "sent"])
        | Q(document__kind="transfer", document__state="sent"),
        wanted__gt=F("done"),
    )
    return lines.values("variant_id").annotate(n=Sum(F("wanted") - F("done"))).order_by()


def expected(variant_ids: Sequence[int]) -> dict[int, Decimal]:
    """Return how many of each variant are ordered or under way and have not come: those without any are left out."""
    return {row["variant_id"]: row["n"] for row in coming().filter(variant_id__in=list(variant_ids))}


def held_for(holder_kind: str, holder_id: int) -> list[Held]:
    """Return what is promised to a record and not yet shipped, in the order of its lines."""
    return held_for_many(holder_kind, [holder_id]).get(holder_id, [])


def held_for_many(holder_kind: str, holder_ids: Sequence[int]) -> dict[int, list[Held]]:
    """Return by record what is promised to it and not yet shipped: one statement; those without any are left out."""
    rows = Reservation.objects.filter(
        holder_kind=holder_kind, holder_id__in=list(holder_ids), state__in=["held", "allocated"]
    ).order_by("holder_id", "holder_line", "id")
    found: dict[int, list[Held]] = {}
    for one in rows:
        found.setdefault(one.holder_id, []).append(
            Held(one.pk, one.holder_line, one.variant_id, one.place_id, one.quantity, one.state, one.expires_at)
        )
    return found


def let_go_of(holder_kind: str, holder_id: int) -> list[int]:
    """Return the variants that were promised to a record and came free again, whole or in part."""
    rows = Reservation.objects.filter(holder_kind=holder_kind, holder_id=holder_id, state__in=["released", "expired"])
    return list(rows.order_by("variant_id").values_list("variant_id", flat=True).distinct())


def moves_of(operation: UUID) -> list[Moved]:
    """Return the lines of an operation."""
    return _moved(Move.objects.filter(operation=operation).order_by("line"))


def _moved(rows: "QuerySet[Move]") -> list[Moved]:
    numbered = rows.annotate(number=Coalesce("asked_line", "line", output_field=BigIntegerField()))
    fields = ("number", "variant_id", "quantity", "source_id", "target_id", "value", "lot_id")
    return [Moved(*row) for row in numbered.values_list(*fields)]


def shipped_to(holder_kind: str, holder_id: int) -> list[Moved]:
    """Return what went to a record, in the order of shipping; what came back has the customer as its source."""
    return _moved(Move.objects.filter(document_kind=holder_kind, document_id=holder_id).order_by("id"))


def worth(actor: Actor, variant_ids: Sequence[int]) -> Mapping[int, tuple[Decimal, Decimal]]:
    """Return by variant how many the company has and what they cost it. Raises Denied without the right."""
    actor.require(SEE_COST)
    rows = Worth.objects.filter(variant_id__in=list(variant_ids), quantity__gt=0)
    return {row[0]: (row[1], row[2]) for row in rows.values_list("variant_id", "quantity", "value")}


def places(actor: Actor, *, only_on: bool = True) -> list[Place]:
    """Return the company's own places, first those that are asked first. Raises Denied without the right."""
    actor.require(SEE)
    found = Place.objects.filter(is_external=False)
    if only_on:
        found = found.filter(is_on=True)
    return list(found.order_by("priority", "id"))


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of places or papers by id; unknown ids are left out."""
    rows = (Place if kind == "place" else Document).objects.filter(pk__in=list(ids))
    return dict(rows.values_list("id", "public_id"))
