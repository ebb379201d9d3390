"""What bound goods cost now: a supplier's prices become costs, and the rules make prices of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction

from voronka.catalogue.models import Cost, Supplier, SupplierItem
from voronka.catalogue.services.buying import Asked, set_costs
from voronka.catalogue.services.lists.packing import pieces_bought
from voronka.catalogue.services.pricing import Done
from voronka.catalogue.services.rules import apply_rules
from voronka.kit.actors import Actor

CHUNK = 1_000
_LEAST = Decimal("0.01")


def cost_of(item: SupplierItem) -> Decimal | None:
    """Return what one of ours costs by the item: its price over the pieces it holds, to the kopeck."""
    if item.price is None:
        return None
    return max((item.price / pieces_bought(item)).quantize(_LEAST, ROUND_HALF_UP), _LEAST)


def count_packs(supplier: Supplier) -> int:
    """Return for how many bound lines the price of a pack makes the cost of a piece, by the column of packings."""
    rows = SupplierItem.objects.filter(supplier=supplier, state="bound", is_listed=True, pack__gt=1)
    return sum(pieces_bought(item) > 1 for item in rows.select_related("variant__product"))


def take_costs(supplier: Supplier, *, actor: Actor, now: datetime, variant_ids: Sequence[int] | None = None) -> Done:
    """Set the costs of what is bound and listed with a price (all, or these variants); apply the rules to what differs.

    Of two lines bound to one variant the cheaper counts. Transactions of a thousand; the guard stands before prices.
    """
    done = Done()
    with transaction.atomic():
        rows = SupplierItem.objects.filter(supplier=supplier, state="bound", is_listed=True, price__isnull=False)
        if variant_ids is not None:
            rows = rows.filter(variant_id__in=list(variant_ids))
        costs: dict[int, Asked] = {}
        for item in rows.select_related("variant__product").order_by("variant_id", "row"):
            cost = cost_of(item)
            if item.variant_id is None or cost is None:
                continue
            best = costs.get(item.variant_id)
            if best is None or (cost < best.amount and best.currency == item.currency):
                costs[item.variant_id] = Asked(item.variant_id, cost, item.currency, supplier.pk)
    ordered = [costs[key] for key in sorted(costs)]
    for start in range(0, len(ordered), CHUNK):
        with transaction.atomic():
            # Together: costs whose prices were never made would look settled to whoever goes on after a crash.
            differ = set_costs(actor=actor, costs=ordered[start : start + CHUNK], now=now)
            part = apply_rules(actor=actor, variant_ids=differ, now=now) if differ else Done()
        done.changed, done.same = done.changed + part.changed, done.same + part.same
        done.held += part.held
    return done


@transaction.atomic
def take_anew(supplier: Supplier, variant_ids: Collection[int], *, actor: Actor, now: datetime) -> None:
    """Let costs and prices of variants follow bindings that were taken back: what nothing is bound to is forgotten."""
    bound = SupplierItem.objects.filter(supplier=supplier, state="bound", is_listed=True, price__isnull=False)
    left = set(bound.filter(variant_id__in=variant_ids).values_list("variant_id", flat=True))
    gone = sorted(set(variant_ids) - left)
    if gone and Cost.objects.filter(supplier=supplier, variant_id__in=gone).delete()[0]:
        apply_rules(actor=actor, variant_ids=gone, now=now)
    take_costs(supplier, actor=actor, now=now, variant_ids=sorted(set(variant_ids)))
