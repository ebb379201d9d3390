"""What stands in each buffer now, what it asks for, and where that would come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Q, Sum
from django.db.models.functions import TruncDate

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.db.arrays import Array
from voronka.stock.models import Balance, Buffer, DocumentLine, LostSale, Move, Place
from voronka.stock.permissions import SEE, SEE_COST
from voronka.stock.rules import replenishing as rules

_NONE = Decimal(0)
_COLUMNS = (
    "id", "public_id", "variant_id", "variant", "code", "name", "place_id", "place", "supplier_id", "supplier",
    "source_id", "source", "target", "min_lot", "multiple", "own_lead_days", "lead_days", "per_day", "week_least",
    "week_most", "zone", "zone_since", "dips", "quiet_until", "on_hand", "promised", "coming", "asks",
)  # fmt: skip
SHOWN = """b.id, b.public_id, b.variant_id, @variant, b.place_id, p.name, l.supplier_id,
  COALESCE(s.name, ''), b.source_id, COALESCE(o.name, ''), b.target, b.min_lot, b.multiple, b.lead_days, l.lead_days,
  b.per_day, b.week_least, b.week_most, l.zone, CASE WHEN l.zone = b.zone THEN b.zone_since END, b.dips, b.quiet_until,
  l.on_hand, l.promised, l.coming, l.asks"""
_LEVELS = """
SELECT @shown
FROM stock_buffer_levels(%(place)s, %(variants)s::bigint[]) l JOIN stock_buffer b ON b.id = l.buffer_id
  JOIN catalogue_variant v ON v.id = b.variant_id JOIN stock_place p ON p.id = b.place_id
  LEFT JOIN stock_place o ON o.id = b.source_id LEFT JOIN catalogue_supplier s ON s.id = l.supplier_id
""".replace("@shown", SHOWN.replace("@variant", "v.public_id, v.code, v.name"))


@dataclass(frozen=True, slots=True)
class Level:
    """A buffer and what stands beside it now. `supplier_id` is only one in use; `asks`: it is time to order."""

    id: int
    public_id: str
    variant_id: int
    variant: str
    code: str
    name: str
    place_id: int
    place: str
    supplier_id: int | None
    supplier: str
    source_id: int | None
    source: str
    target: Decimal
    min_lot: Decimal
    multiple: Decimal
    own_lead_days: int | None
    lead_days: int
    per_day: Decimal
    week_least: Decimal
    week_most: Decimal
    zone: str
    zone_since: date | None
    dips: int
    quiet_until: date | None
    on_hand: Decimal
    promised: Decimal
    coming: Decimal
    asks: bool

    @property
    def free(self) -> Decimal:
        """Return what lies there and is not promised: less than nothing where transfers take more than there is."""
        return self.on_hand - self.promised

    @property
    def position(self) -> Decimal:
        """Return what there will be when everything ordered has come and everything promised has gone."""
        return self.free + self.coming

    @property
    def wanted(self) -> Decimal:
        """Return how many to order now."""
        if not self.asks:
            return _NONE
        return rules.wanted(
            self.target, self.position, self.min_lot, self.multiple, per_day=self.per_day, lead_days=self.lead_days
        )

    @property
    def days_left(self) -> int | None:
        """Return for how many days what is free lasts; None where nothing goes."""
        return rules.days_left(self.free, self.per_day)

    def advice(self, today: date) -> Decimal | None:
        """Return the target it should have, or None; nothing while the answer of a person holds."""
        if self.quiet_until is not None and self.quiet_until >= today:
            return None
        days = (today - self.zone_since).days if self.zone_since else 0
        return rules.advice(self.zone, days, self.dips, self.target, self.lead_days, self.multiple)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a buffer asks for, and where it would come from. `cost` is of one piece in roubles, None where unknown.

    `lost` is what was wanted in vain in the last thirty days, `spare` what the place that gives has too many.
    """

    level: Level
    shares: Sequence[rules.Share] = ()
    cost: Decimal | None = None
    lost: Decimal = _NONE

    @property
    def quantity(self) -> Decimal:
        """Return how many would come in all."""
        return sum((one.quantity for one in self.shares), _NONE)

    @property
    def bought(self) -> Decimal:
        """Return how many of them its supplier would bring."""
        return sum((one.quantity for one in self.shares if one.source_id is None), _NONE)

    @property
    def sum(self) -> Decimal | None:
        """Return what the supplier would ask for them; None where nobody knows."""
        return None if self.cost is None or not self.bought else self.cost * self.bought


@dataclass(frozen=True, slots=True)
class Group:
    """What one supplier, or one place, would bring: `sum` counts only lines whose cost is known."""

    supplier_id: int | None
    source_id: int | None
    target_id: int
    name: str
    target: str
    goods: int
    quantity: Decimal
    sum: Decimal
    lead_days: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is proposed now, emptiest first, and the same by supplier and place."""

    proposals: Sequence[Proposal] = ()
    groups: Sequence[Group] = ()
    by_id: dict[int, Proposal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Zones:
    """How many buffers of a place have each colour, and how many ask for an order."""

    red: int = 0
    yellow: int = 0
    green: int = 0
    above: int = 0
    asks: int = 0

    @property
    def all(self) -> int:
        """Return how many there are."""
        return self.red + self.yellow + self.green + self.above


def count_zones(place_id: int | None) -> Zones:
    """Return the colours of the buffers of a place, or of all places."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.zone, count(*), count(*) FILTER (WHERE l.asks) FROM stock_buffer_levels(%s) l GROUP BY l.zone",
            [place_id],
        )
        rows = cursor.fetchall()
    return Zones(**{zone: count for zone, count, _asks in rows}, asks=sum(asks for _zone, _count, asks in rows))


def read_levels(where: str = "", order: str = "b.id", **given: Any) -> list[Level]:
    """Return buffers as they stand now. `where` and `order` are ours, never a person's; values come by name."""
    values = {"place": None, "variants": None, **given}
    condition = f" WHERE {where}" if where else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{_LEVELS}{condition} ORDER BY {order}", values)  # text of this module only
        return [Level(*row) for row in cursor.fetchall()]


def list_levels(place_id: int | None, zones: Sequence[str], *, size: int, skip: int = 0) -> list[Level]:
    """Return buffers of a place (or all) in these colours: first those that ask, emptiest first; `size` at most."""
    return read_levels(
        "l.zone = ANY (%(zones)s)", "l.asks DESC, l.fullness, b.id LIMIT %(size)s OFFSET %(skip)s",
        place=place_id, zones=list(zones), size=size, skip=skip,
    )  # fmt: skip


def find_level(public_id: str) -> Level | None:
    """Return a buffer as it stands now, or None."""
    known = Buffer.objects.filter(public_id=public_id).values_list("id", "place_id", "variant_id").first()
    if known is None:
        return None
    return next(iter(read_levels("b.id = %(one)s", place=known[1], variants=[known[2]], one=known[0])), None)


def propose(*, now: datetime, place_id: int | None = None, variant_id: int | None = None) -> Plan:
    """Return everything that all places would order now. What is on its way or ordered already is not asked again.

    With `place_id` it is what this place would order, with `variant_id` of one variant: as much as of the whole, since
    places wait for each other only over the same goods.
    """
    own = _asking(place_id, variant_id)
    return planned(own, now=now, place_id=place_id)


def planned(
    own: Sequence[Level], *, now: datetime, place_id: int | None, elsewhere: Sequence[int] | None = None
) -> Plan:
    """Return what these buffers, the emptiest first, ask for and where it would come from.

    `elsewhere` are those of their variants that other places keep buffers of, None where nobody has looked.
    """
    wants = {one.id: wanted for one in own if (wanted := one.wanted) > 0}
    own = [one for one in own if one.id in wants]
    if not own:
        return Plan()
    variants = sorted({one.variant_id for one in own})
    others = _of_variants(variants if elsewhere is None else elsewhere, place_id)
    asking = own
    if place_id is not None and others:
        wants |= {one.id: wanted for one in others if (wanted := one.wanted) > 0}
        asking = _emptiest_first([*own, *(one for one in others if one.id in wants)])
    shares = rules.share_out(*_needs_and_spare(asking, wants, [*own, *others], variants))
    by_buffer: dict[int, list[rules.Share]] = {}
    for share in shares:
        by_buffer.setdefault(share.buffer_id, []).append(share)
    costs = catalogue.asked_by_suppliers(variants, now)
    lost = lost_since(variants, now - timedelta(days=30), now)
    found = [
        Proposal(
            one,
            by_buffer.get(one.id, ()),
            costs.get((one.variant_id, one.supplier_id or 0)),
            lost.get((one.variant_id, one.place_id), _NONE),
        )
        for one in own
    ]
    return Plan(found, _groups(found), {one.level.id: one for one in found})


def _asking(place_id: int | None, variant_id: int | None) -> list[Level]:
    variants = None if variant_id is None else [variant_id]
    return read_levels("l.asks", "l.fullness, b.id", place=place_id, variants=variants)


def _of_variants(variants: Sequence[int], place_id: int | None) -> list[Level]:
    """Return what has too much of these variants, and for one place also what asks for them elsewhere."""
    if not variants:
        return []
    if place_id is None:
        return read_levels("l.zone = 'above'", variants=list(variants))
    where = "l.place_id <> %(mine)s AND (l.asks OR l.zone = 'above')"
    return read_levels(where, variants=list(variants), mine=place_id)


def _emptiest_first(levels: Sequence[Level]) -> list[Level]:
    return sorted(levels, key=lambda one: (one.free / one.target, one.id))


def _needs_and_spare(
    asking: Sequence[Level], wants: Mapping[int, Decimal], known: Sequence[Level], variants: Sequence[int]
) -> tuple[list[rules.Need], dict[tuple[int, int], Decimal]]:
    """Return the needs and what places can give: a source all that is free, others what is over their own buffer.

    A variant that a place keeps without a buffer is nobody's surplus: it may lie there for a reason.
    """
    surplus = {
        (one.variant_id, one.place_id): min(one.position - one.target, one.free)
        for one in known
        if one.zone == "above" and one.position > one.target
    }
    sources = {one.source_id for one in asking if one.source_id is not None}
    spare = dict(surplus)
    if sources:
        spare |= _free_in(sources, variants)
    by_variant: dict[int, list[int]] = {}
    for (variant_id, place_id), many in sorted(surplus.items(), key=lambda pair: -pair[1]):
        if many > 0:
            by_variant.setdefault(variant_id, []).append(place_id)
    needs = []
    for one in asking:
        given = [place for place in by_variant.get(one.variant_id, ()) if place not in (one.place_id, one.source_id)]
        first = [one.source_id] if one.source_id is not None else []
        needs.append(
            rules.Need(
                one.id, one.variant_id, wants[one.id], one.multiple, one.free / one.target, one.supplier_id is not None,
                [*first, *given],
            )
        )  # fmt: skip
    return needs, spare


def _free_in(places: set[int], variants: Sequence[int]) -> dict[tuple[int, int], Decimal]:
    """Return what places that supply others have free, less what open transfers are about to take."""
    rows = Balance.objects.filter(place_id__in=places, variant_id__any_of=Array(variants), place__is_on=True)
    free = {
        (variant_id, place_id): has - promised
        for variant_id, place_id, has, promised in rows.values_list("variant_id", "place_id", "on_hand", "reserved")
    }
    for variant_id, place_id, many in leaving(variants, places):
        free[variant_id, place_id] = free.get((variant_id, place_id), _NONE) - many
    return free


def leaving(variants: Sequence[int], places: set[int]) -> list[tuple[int, int, Decimal]]:
    """Return (variant, place, how many) of transfers that are made and have not left."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.variant_id, d.source_id, sum(GREATEST(COALESCE(l.wanted, 0), l.done)) FROM stock_document d"
            " JOIN stock_documentline l ON l.document_id = d.id WHERE d.kind = 'transfer'"
            " AND d.state IN ('draft', 'open') AND l.variant_id = ANY (%s) AND d.source_id = ANY (%s) GROUP BY 1, 2",
            [list(variants), list(places)],
        )
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def _groups(proposals: Sequence[Proposal]) -> list[Group]:
    found: dict[tuple[int | None, int | None, int], list[tuple[Proposal, rules.Share]]] = {}
    names = dict(
        Place.objects.filter(
            pk__in={share.source_id for one in proposals for share in one.shares if share.source_id}
        ).values_list("id", "name")
    )
    for one in proposals:
        for share in one.shares:
            supplier = one.level.supplier_id if share.source_id is None else None
            found.setdefault((supplier, share.source_id, one.level.place_id), []).append((one, share))
    groups = []
    for (supplier, source, target), lines in found.items():
        first = lines[0][0].level
        name = first.supplier if source is None else names.get(source, "")
        total = sum((one.cost * share.quantity for one, share in lines if source is None and one.cost), _NONE)
        quantity = sum((share.quantity for _one, share in lines), _NONE)
        lead = max(one.level.lead_days for one, _share in lines) if source is None else rules.MOVE_DAYS
        groups.append(Group(supplier, source, target, name, first.place, len(lines), quantity, total, lead))
    return sorted(groups, key=lambda one: (one.source_id is not None, -one.sum, one.name))


def lost_since(variants: Sequence[int], since: datetime, now: datetime) -> dict[tuple[int, int], Decimal]:
    """Return how many of each variant were wanted in vain, by (variant, place); those of no place are left out."""
    rows = LostSale.objects.filter(variant_id__any_of=Array(variants), at__gt=since, at__lte=now, place__isnull=False)
    sums = rows.filter(cause__in=["short", "late"]).values("variant_id", "place_id").annotate(many=Sum("quantity"))
    return {(row["variant_id"], row["place_id"]): row["many"] for row in sums.order_by()}


def levels_by_day(level: Level, since: date, today: date, zone: Any) -> list[tuple[date, Decimal]]:  # a tzinfo
    """Return what lay in the place at the end of each day, back from what lies there now."""
    moves = Move.objects.filter(variant_id=level.variant_id).filter(
        Q(source_id=level.place_id) | Q(target_id=level.place_id), at__date__gt=since
    )
    rows = moves.annotate(day=TruncDate("at", tzinfo=zone)).values("day").order_by("day")
    rows = rows.annotate(
        came=Sum("quantity", filter=Q(target_id=level.place_id)),
        went=Sum("quantity", filter=Q(source_id=level.place_id)),
    )
    change = {row["day"]: (row["came"] or _NONE) - (row["went"] or _NONE) for row in rows}
    many, found = level.on_hand, []
    for back in range((today - since).days + 1):
        day = today - timedelta(days=back)
        found.append((day, max(many, _NONE)))
        many -= change.get(day, _NONE)
    return found[::-1]


def arrivals(level: Level) -> list[tuple[date, Decimal]]:
    """Return what is ordered for the place and when it should come: only orders that name a day."""
    rows = DocumentLine.objects.filter(
        variant_id=level.variant_id, document__target_id=level.place_id, document__kind__in=["purchase", "transfer"],
        document__state__in=["draft", "open", "sent"], document__expected_on__isnull=False, wanted__gt=F("done"),
    )  # fmt: skip
    return list(
        rows.values_list("document__expected_on")
        .annotate(many=Sum(F("wanted") - F("done")))
        .order_by("document__expected_on")
    )


def sees_cost(actor: Actor) -> bool:
    """Tell whether the actor may see what goods cost."""
    return actor.may(SEE_COST)


def places_with_buffers(actor: Actor) -> list[Place]:
    """Return the places that have buffers. Raises Denied without the right to see the stock."""
    actor.require(SEE)
    known = Buffer.objects.values("place_id")
    return list(Place.objects.filter(pk__in=known, is_external=False).order_by("priority", "id"))
