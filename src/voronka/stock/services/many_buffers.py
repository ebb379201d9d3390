"""Many buffers changed at once: targets raised or lowered by a share, days, lots, packs; or kept no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.events import publish
from voronka.stock.events import BufferChanged
from voronka.stock.models import Buffer
from voronka.stock.permissions import ORDER
from voronka.stock.rules import quantities
from voronka.stock.services.buffers import BufferDraft, save_buffers

MOST = 10_000
LEAST_PERCENT, MOST_PERCENT = -90, 1_000


@dataclass(frozen=True, slots=True)
class BufferChange:
    """What becomes of the chosen buffers; None leaves a value as it is. `percent` is what is added to each target.

    `lead_days` -1: as the supplier takes.
    """

    percent: int | None = None
    lead_days: int | None = None
    min_lot: Decimal | None = None
    multiple: Decimal | None = None


@transaction.atomic
def change_buffers(ids: Sequence[int], change: BufferChange, *, actor: Actor, now: datetime) -> int:
    """Change buffers by their ids, all or none; return how many came out otherwise.

    A target that is raised or lowered stays at least one piece, whole where the goods are had whole. Raises Denied,
    Invalid with what is wrong by `percent`, `lead_days`, `min_lot`, `multiple`.
    """
    actor.require(ORDER)
    _check(ids, change)
    rows = list(Buffer.objects.select_for_update().filter(pk__in=list(ids)).order_by("id"))
    cards = catalogue.variants_by_ids([one.variant_id for one in rows])
    drafts = [_draft(one, change, cards.get(one.variant_id)) for one in rows]
    if not drafts:
        return 0
    try:
        return save_buffers(drafts, actor=actor, now=now)[1]
    except Invalid as wrong:
        told = {"min_lot", "multiple", "lead_days"}
        fields = {(name if (name := key.partition(".")[2]) in told else "percent"): words
                  for key, words in wrong.fields.items()}  # fmt: skip
        raise Invalid(wrong.message, fields=fields) from wrong


@transaction.atomic
def drop_buffers(ids: Sequence[int], *, actor: Actor) -> int:
    """Keep no buffers of them any more; return how many there were. Raises Denied."""
    actor.require(ORDER)
    rows = list(Buffer.objects.select_for_update().filter(pk__in=list(ids)[:MOST]).order_by("id"))
    for place_id in sorted({one.place_id for one in rows}):
        gone = sum(1 for one in rows if one.place_id == place_id)
        publish(BufferChanged(place_id=place_id, new=0, changed=gone))
    Buffer.objects.filter(pk__in=[one.pk for one in rows]).delete()
    return len(rows)


def _check(ids: Sequence[int], change: BufferChange) -> None:
    fields = {}
    if change.percent is not None and not LEAST_PERCENT <= change.percent <= MOST_PERCENT:
        fields["percent"] = _("From −90 to 1000 %.")
    if len(ids) > MOST:
        fields["percent"] = _("At most %(most)d buffers at once: narrow the list.") % {"most": MOST}
    if change == BufferChange():
        fields["percent"] = _("Say what is to be changed.")
    if fields:
        raise Invalid(next(iter(fields.values())), fields=fields)


def _draft(row: Buffer, change: BufferChange, card: catalogue.VariantCard | None) -> BufferDraft:
    target = row.target
    if change.percent is not None:
        whole = card is None or quantities.is_whole(card.unit, is_weighed=card.is_weighed)
        step = Decimal(1) if whole else Decimal("0.1")
        target = max(step, (row.target * (100 + change.percent) / 100 / step).to_integral_value(ROUND_CEILING) * step)
    lead = row.lead_days if change.lead_days is None else None if change.lead_days < 0 else change.lead_days
    return BufferDraft(
        row.variant_id, row.place_id, target, lead, row.min_lot if change.min_lot is None else change.min_lot,
        row.multiple if change.multiple is None else change.multiple, row.supplier_id, row.source_id,
    )  # fmt: skip
