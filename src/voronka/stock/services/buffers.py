"""Buffers: set by hand, by a file, from what went in the last ninety days; raised and lowered as they are advised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.stock.events import BufferChanged
from voronka.stock.models import Buffer, Place
from voronka.stock.permissions import ORDER
from voronka.stock.queries.replenishing import find_level
from voronka.stock.rules import quantities
from voronka.stock.rules import replenishing as rules
from voronka.stock.services.refusals import quantity_words

MOST_LEAD_DAYS = 730
QUIET_DAYS = 30
MOST_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class BufferDraft:
    """A buffer as it is wanted. `lead_days` None: as its supplier takes. At most one of `supplier_id` and `source_id`;
    without either, the supplier who asks least for it, if there is one.
    """

    variant_id: int
    place_id: int
    target: Decimal
    lead_days: int | None = None
    min_lot: Decimal = Decimal(0)
    multiple: Decimal = Decimal(1)
    supplier_id: int | None = None
    source_id: int | None = None


@transaction.atomic
def save_buffers(drafts: Sequence[BufferDraft], *, actor: Actor, now: datetime) -> tuple[int, int]:
    """Set buffers, new ones and those that are there; return how many of each. All or none.

    Raises Invalid with what is wrong by the number of the draft, from 1: `{"3.target": ...}`.
    """
    actor.require(ORDER)
    if not drafts:
        raise Invalid(_("Name what it is about: there is not one line."), code="no_lines")
    _check(drafts)
    drafts = _with_suppliers(drafts, now)
    keys = [(one.variant_id, one.place_id) for one in drafts]
    known = {
        (row.variant_id, row.place_id): row
        for row in Buffer.objects.select_for_update()
        .filter(variant_id__in={one[0] for one in keys}, place_id__in={one[1] for one in keys})
        .order_by("id")
    }
    new = [_row(one, Buffer(variant_id=one.variant_id, place_id=one.place_id, made_at=now)) for one in drafts
           if (one.variant_id, one.place_id) not in known]  # fmt: skip
    changed = [
        _row(one, known[one.variant_id, one.place_id])
        for one in drafts
        if (one.variant_id, one.place_id) in known and _differs(one, known[one.variant_id, one.place_id])
    ]
    Buffer.objects.bulk_create(new, batch_size=2_000)
    Buffer.objects.bulk_update(changed, [*_FIELDS, "dips", "quiet_until", "zone_since"], batch_size=500)
    if new or changed:
        judge(actor, now)
        for place_id in sorted({one[1] for one in keys}):
            counts = [sum(1 for row in rows if row.place_id == place_id) for rows in (new, changed)]
            publish(BufferChanged(place_id=place_id, new=counts[0], changed=counts[1]))
    return len(new), len(changed)


_FIELDS = ("target", "lead_days", "min_lot", "multiple", "supplier_id", "source_id")


def _differs(draft: BufferDraft, row: Buffer) -> bool:
    return any(getattr(draft, name) != getattr(row, name) for name in _FIELDS)


def _row(draft: BufferDraft, row: Buffer) -> Buffer:
    """Fill a row in; a new target is judged anew, without what became of the old one."""
    if row.pk is not None and row.target != draft.target:
        row.dips, row.quiet_until, row.zone_since = 0, None, None
    for name in _FIELDS:
        setattr(row, name, getattr(draft, name))
    return row


def _check(drafts: Sequence[BufferDraft]) -> None:
    cards = catalogue.variants_by_ids([one.variant_id for one in drafts])
    places = set(Place.objects.filter(is_external=False).exclude(name__startswith="@").values_list("id", flat=True))
    suppliers = catalogue.public_ids("supplier", [one.supplier_id for one in drafts if one.supplier_id is not None])
    fields: dict[str, str] = {}
    seen: set[tuple[int, int]] = set()
    for number, one in enumerate(drafts, start=1):
        card = cards.get(one.variant_id)
        found = _problems(one, places)
        if card is None or card.kind != "goods":
            found["variant"] = _("Only goods of the catalogue lie in stock: no services, no kits.")
        elif quantities.is_whole(card.unit, is_weighed=card.is_weighed):
            for name in ("target", "min_lot", "multiple"):
                if getattr(one, name) % 1:
                    found[name] = _("%(name)s is only had whole.") % {"name": card.name}
        if one.supplier_id is not None and one.supplier_id not in suppliers:
            found["supplier"] = _("There is no such supplier.")
        if (one.variant_id, one.place_id) in seen:
            found["variant"] = _("One of the goods is there twice: put its lines together.")
        seen.add((one.variant_id, one.place_id))
        fields |= {f"{number}.{name}": words for name, words in found.items()}
        if len(fields) > 50:
            break
    if fields:
        raise Invalid(next(iter(fields.values())), fields=fields)


def _problems(one: BufferDraft, places: set[int]) -> dict[str, str]:
    found = {}
    for name in ("target", "multiple"):
        wrong = quantities.problem(getattr(one, name))
        if wrong:
            found[name] = quantity_words(wrong)
    wrong = quantities.problem(one.min_lot) if one.min_lot else ""
    if wrong:
        found["min_lot"] = quantity_words(wrong)
    if one.lead_days is not None and not 0 <= one.lead_days <= MOST_LEAD_DAYS:
        found["lead_days"] = _("Write days from 0 to %(most)d.") % {"most": MOST_LEAD_DAYS}
    if one.place_id not in places:
        found["place"] = _("There is no such place.")
    if one.source_id is not None:
        if one.source_id not in places or one.source_id == one.place_id:
            found["source"] = _("Choose another place that it comes from.")
        elif one.supplier_id is not None:
            found["source"] = _("It comes from a supplier or from a place, not from both.")
    return found


def _with_suppliers(drafts: Sequence[BufferDraft], now: datetime) -> list[BufferDraft]:
    """Give those that come from nowhere the supplier who asks least."""
    bare = [one.variant_id for one in drafts if one.supplier_id is None and one.source_id is None]
    cheapest = catalogue.costs_of(bare, now) if bare else {}
    return [
        replace(one, supplier_id=cheapest[one.variant_id].supplier_id)
        if one.supplier_id is None and one.source_id is None and one.variant_id in cheapest
        else one
        for one in drafts
    ]


@transaction.atomic
def drop_buffer(public_id: str, *, actor: Actor) -> None:
    """Keep no buffer of it any more. Raises NotFound."""
    actor.require(ORDER)
    row = Buffer.objects.select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such buffer."))
    place = row.place_id
    row.delete()
    publish(BufferChanged(place_id=place, new=0, changed=1))


@transaction.atomic
def answer_advice(public_id: str, target: Decimal | None, *, actor: Actor, now: datetime) -> Decimal:
    """Set the target that a buffer was advised to have, or leave it (None): then nobody asks for thirty days.

    Return the target that holds now. Raises Conflict where the advice is another by now.
    """
    actor.require(ORDER)
    row = Buffer.objects.select_for_update().filter(public_id=public_id).first()
    level = find_level(public_id)
    if row is None or level is None:
        raise NotFound(_("There is no such buffer."))
    today = now.astimezone(actor.zone).date()
    if target is None:
        row.quiet_until = today + timedelta(days=QUIET_DAYS)
        row.save(update_fields=["quiet_until"])
    elif target == row.target:
        return row.target
    elif target != level.advice(today):
        raise Conflict(_("The advice has changed: look at it again."), code="advice_changed")
    else:
        row.target, row.dips, row.zone_since, row.quiet_until = target, 0, None, None
        row.save(update_fields=["target", "dips", "zone_since", "quiet_until"])
        judge(actor, now)
    publish(BufferChanged(place_id=row.place_id, new=0, changed=1))
    return row.target


def judge(actor: Actor, now: datetime) -> int:
    """Reckon demand and colours of all buffers of the company anew; return how many came out otherwise."""
    return judge_on(now.astimezone(actor.zone).date(), now)


def judge_on(today: date, now: datetime) -> int:
    """Reckon demand and colours as of a day; the caller is in the company and in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stock_judge_buffers(%s, %s)", [today, now])
        return int(cursor.fetchone()[0])


@transaction.atomic
def propose_buffers(place_id: int, *, actor: Actor, now: datetime) -> int:
    """Give everything that went out of a place in ninety days, and has no buffer there, the one its demand asks for.

    Return how many were made. Goods off sale are left out; goods that nobody supplies get one all the same.
    """
    actor.require(ORDER)
    demand = _demand(place_id, now)
    cards = catalogue.variants_by_ids(list(demand))
    costs = catalogue.costs_of(list(demand), now)
    leads = _lead_days({one.supplier_id for one in costs.values() if one.supplier_id is not None})
    drafts = []
    for variant_id, one in demand.items():
        card = cards.get(variant_id)
        if card is None or not card.is_on_sale or card.kind != "goods":
            continue
        supplier = costs[variant_id].supplier_id if variant_id in costs else None
        lead = leads.get(supplier or 0, rules.LEAD_DAYS)
        whole = quantities.is_whole(card.unit, is_weighed=card.is_weighed)
        target = rules.proposed_target(one.per_day, one.swing, lead, Decimal(1) if whole else Decimal("0.1"))
        if 0 < target <= quantities.MOST:
            multiple = Decimal(1) if whole else Decimal("0.001")
            drafts.append(BufferDraft(variant_id, place_id, target, multiple=multiple, supplier_id=supplier))
    if not drafts:
        return 0
    new, _changed = save_buffers(drafts[:MOST_AT_ONCE], actor=actor, now=now)
    return new


def _demand(place_id: int, now: datetime) -> Mapping[int, rules.Demand]:
    """Return what went to clients out of a place by weeks, of variants without a buffer there."""
    since = now - timedelta(days=rules.WINDOW_DAYS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stock_demand_without_buffer(%s, %s, %s)", [place_id, since, now])
        rows = cursor.fetchall()
    weeks: dict[int, dict[int, Decimal]] = {}
    firsts: dict[int, datetime] = {}
    for variant_id, week, many, first_at in rows:
        weeks.setdefault(variant_id, {})[week] = many
        firsts[variant_id] = first_at
    found = {}
    for variant_id, by_week in weeks.items():
        began = max(firsts[variant_id], since)
        days = min(max(-((began - now) // timedelta(days=1)), 7), rules.WINDOW_DAYS)
        found[variant_id] = rules.Demand([by_week.get(week, Decimal(0)) for week in range(-(-days // 7))], days)
    return found


def _lead_days(supplier_ids: set[int]) -> dict[int, int]:
    return {one: days for one, days in catalogue.lead_days_of(sorted(supplier_ids)).items() if days is not None}
