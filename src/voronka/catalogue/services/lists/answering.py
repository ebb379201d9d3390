"""A person says what a supplier's good is: ours, a new one, not taken, or asked again at the end."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.catalogue.events import ItemBound
from voronka.catalogue.models import Product, Supplier, SupplierItem, Variant
from voronka.catalogue.permissions import EDIT, LOAD_LISTS
from voronka.catalogue.rules.pricelists import MOST_PIECES
from voronka.catalogue.services.categories import category_for
from voronka.catalogue.services.lists import costing, finding
from voronka.catalogue.services.lists.packing import pieces_for
from voronka.catalogue.services.products import save_product
from voronka.catalogue.services.shapes import ProductDraft, VariantDraft
from voronka.kit import jobs
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.events import publish
from voronka.kit.tenancy import current_company_id

REMATCH = "catalogue.find_again"


@dataclass(frozen=True, slots=True)
class Answered:
    """What was said of an item, and which prices changed by it."""

    item: SupplierItem
    prices: int = 0
    held: int = 0


def _locked(actor: Actor, public_id: str, *states: str) -> SupplierItem:
    actor.require(LOAD_LISTS)
    rows = SupplierItem.objects.select_for_update(of=("self",), no_key=True).select_related("supplier")
    item = rows.filter(public_id=public_id).first()
    if item is None:
        raise NotFound(_("There is no such line."))
    if item.state not in states:
        raise Conflict(_("Somebody has answered this line meanwhile."), code="answered")
    return item


def bind_item(*, actor: Actor, item: str, variant: str, pieces: int = 0, now: datetime) -> Answered:
    """Say that an item (public id) is a variant of ours (public id); its cost is taken, its name remembered.

    `pieces` of ours are in one of theirs; nought: as names and packing tell. Raises Denied, NotFound, Conflict.
    """
    with transaction.atomic():
        row = _locked(actor, item, "asked", "new")
        ours = Variant.objects.filter(public_id=variant).first()
        if ours is None:
            raise NotFound(_("There is no such variant."))
        return _bind(row, ours, actor, pieces, now)


def _bind(row: SupplierItem, ours: Variant, actor: Actor, pieces: int, now: datetime) -> Answered:
    row.variant, row.state, row.how, row.certainty = ours, "bound", "person", 1.0
    row.pieces = pieces if 1 <= pieces <= MOST_PIECES else pieces_for(row, ours)
    _say(row, actor, now)
    publish(ItemBound(supplier_id=row.supplier_id, variant_id=ours.pk, item_name=row.name))
    done = costing.take_costs(row.supplier, actor=_system(), now=now, variant_ids=[ours.pk])
    jobs.defer(REMATCH, company_id=current_company_id(), supplier_id=row.supplier_id, once=f"find {row.supplier_id}")
    return Answered(row, done.changed, len(done.held))


def _system() -> Actor:
    """Return who takes costs over: the answer asks for the right to load lists, not for that to change prices."""
    return Actor.system(current_company_id(), origin="price list")


def _say(row: SupplierItem, actor: Actor, now: datetime) -> None:
    row.answered_by_id, row.answered_at = actor.employee_id, now
    row.save(update_fields=["variant", "state", "how", "certainty", "pieces", "answered_by", "answered_at"])


def make_goods(*, actor: Actor, item: str, now: datetime) -> Answered:
    """Make a product of the supplier's line, in the group it has there, and bind the line to it.

    Raises Denied, NotFound, Conflict, Invalid.
    """
    actor.require(EDIT)
    with transaction.atomic():
        row = _locked(actor, item, "asked", "new")
        group = category_for(tuple(row.category.split(" / ")) if row.category else ())
        draft = ProductDraft(
            name=row.name[:300], brand=row.brand, category=group.public_id if group else "",
            variants=(VariantDraft(maker_code=row.maker_code, barcodes=(row.barcode,) if row.barcode else ()),),
        )  # fmt: skip
        product: Product = save_product(actor=actor, draft=draft, now=now)
        ours = product.variants.order_by("position", "id").first()
        assert ours is not None
        return _bind(row, ours, actor, 1, now)


@transaction.atomic
def skip_item(*, actor: Actor, item: str) -> SupplierItem:
    """Ask about an item again at the end. Raises Denied, NotFound, Conflict."""
    row = _locked(actor, item, "asked", "new")
    row.skipped += 1
    row.save(update_fields=["skipped"])
    return row


@transaction.atomic
def refuse_item(*, actor: Actor, item: str, now: datetime) -> SupplierItem:
    """Say that we do not take an item: it is not asked about any more. Raises Denied, NotFound, Conflict."""
    row = _locked(actor, item, "asked", "new")
    row.state, row.how = "refused", "person"
    _say(row, actor, now)
    return row


@transaction.atomic
def take_answer_back(*, actor: Actor, item: str, now: datetime) -> SupplierItem:
    """Ask about an item again that was answered, or bound by itself. Raises Denied, NotFound, Conflict.

    The cost that came of it goes with it; goods that were made stay.
    """
    row = _locked(actor, item, "bound", "refused")
    ours, row.variant = row.variant, None
    row.state, row.how, row.certainty, row.pieces = "asked", "", 0.0, 1
    _say(row, actor, now)
    if ours is not None:
        costing.take_anew(row.supplier, [ours.pk], actor=_system(), now=now)
    return row


def find_again(supplier_id: int, *, now: datetime) -> None:
    """Look again for what is asked, with what the latest answers taught; costs of what is bound by it are taken."""
    with transaction.atomic():
        supplier = Supplier.objects.filter(pk=supplier_id).first()
        if supplier is None:
            return
        before = set(_bound_ids(supplier))
    found = finding.find_for(supplier, states=("asked",), load=None, now=now)
    if sum(found.values()) > found.get("asked", 0):
        with transaction.atomic():
            fresh = set(_bound_ids(supplier)) - before
        costing.take_costs(supplier, actor=_system(), now=now, variant_ids=sorted(fresh))


def _bound_ids(supplier: Supplier) -> list[int]:
    rows = SupplierItem.objects.filter(supplier=supplier, state="bound", variant_id__isnull=False)
    return [pk for pk in rows.values_list("variant_id", flat=True) if pk is not None]
