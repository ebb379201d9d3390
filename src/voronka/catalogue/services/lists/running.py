"""A list from its first line to its prices: written, found in the catalogue, costs and prices made; or taken back."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from voronka.catalogue.events import PriceListLoaded
from voronka.catalogue.models import ListChange, PriceLoad, Supplier, SupplierItem
from voronka.catalogue.rules.pricelists import Layout
from voronka.catalogue.services.lists import costing, finding, reading, writing
from voronka.catalogue.services.lists.starting import get_load
from voronka.kit import files, tables
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict
from voronka.kit.events import publish
from voronka.kit.tables import TableError
from voronka.kit.tenancy import current_company_id

_BATCH = 500


def load(load_id: int, *, now: datetime) -> None:
    """Load a list that waits, or go on with one whose worker died. Every statement stands in a transaction."""
    with transaction.atomic():
        waiting = PriceLoad.objects.filter(pk=load_id).first()
        if waiting is None:
            return
        lock_supplier(waiting)
        row = PriceLoad.objects.select_for_update(of=("self",)).select_related("supplier", "file").filter(pk=load_id)
        found = row.filter(state__in=("waiting", "running")).first()
        if found is None:
            return
        _begin_again(found)
    try:
        with files.local_path(found.file) as path:
            lines = reading.lines_of(path, Layout.from_json(found.layout))
            writing.write_lines(found, lines, currency=found.supplier.currency, now=now)
        _finish(found, now)
    except TableError as error:
        _fail(found, tables.explain(error), now)
    except writing.Overtaken:
        return
    except Exception:
        _fail(found, _("It stopped by an error of the program. Take it back, then load the list again."), now)
        raise


def _begin_again(load: PriceLoad) -> None:
    """Count from nothing: lines written before are found again and stay as they are."""
    load.bad.all().delete()
    load.state, load.done_rows, load.bad_rows, load.error = "running", 0, 0, ""
    load.save(update_fields=["state", "done_rows", "bad_rows", "error"])


def _finish(load: PriceLoad, now: datetime) -> None:
    with transaction.atomic():
        writing.lock_running(load)
        gone = writing.unlist(load)
        bound = SupplierItem.objects.filter(supplier_id=load.supplier_id, is_listed=True, state="bound")
        counts = {
            "code": bound.filter(key__startswith="c").count(),
            "memory": bound.filter(key__startswith="n").count(),
        }
    found = finding.find_for(load.supplier, states=("new", "asked"), load=load, now=now)
    actor = Actor.system(current_company_id(), origin="price list")
    done = costing.take_costs(load.supplier, actor=actor, now=now)
    with transaction.atomic():
        counts["packs"] = costing.count_packs(load.supplier)
    counts |= found | {"gone": gone, "prices": done.changed, "held": len(done.held)}
    with transaction.atomic():
        writing.lock_running(load)
        load.state, load.finished_at, load.total = "done", now, load.done_rows
        load.counts = {name: number for name, number in counts.items() if number}
        load.save(update_fields=["state", "finished_at", "counts", "total"])
        publish(
            PriceListLoaded(
                supplier_id=load.supplier_id, load_id=load.pk, lines=load.done_rows, bad=load.bad_rows,
                asked=found.get("asked", 0),
            )
        )  # fmt: skip


@transaction.atomic
def _fail(load: PriceLoad, error: str, now: datetime) -> None:
    if not PriceLoad.objects.select_for_update().filter(pk=load.pk, state="running").exists():
        return
    load.state, load.error, load.finished_at = "failed", error, now
    load.save(update_fields=["state", "error", "finished_at"])


def undo_load(*, actor: Actor, public_id: str, now: datetime) -> PriceLoad:
    """Take the last list of a supplier back: lines, bindings and costs are as they were before it.

    What a person has answered since stays answered. Raises Denied, NotFound, Conflict when a later list was loaded.
    """
    with transaction.atomic():
        lock_supplier(get_load(actor, public_id))
        load = get_load(actor, public_id, lock=True)
        if load.state not in ("done", "failed") or not load.done_rows:
            raise Conflict(_("Only a list that has been loaded can be taken back."), code="not_loaded")
        later = PriceLoad.objects.filter(
            Q(state__in=("waiting", "running", "done")) | Q(state="failed", done_rows__gt=0),
            supplier_id=load.supplier_id, pk__gt=load.pk,
        )  # fmt: skip
        if later.exists():
            raise Conflict(
                _("A later list of this supplier has been loaded: take that one back first."), code="later"
            )
        items = SupplierItem.objects.select_for_update(no_key=True)
        list(items.filter(pk__in=load.changes.values("item_id")).order_by("id").values_list("id", flat=True))
        changes = list(load.changes.select_related("item").order_by("item_id"))
        touched = {
            pk for change in changes for pk in (change.item.variant_id, (change.before or {}).get("variant_id")) if pk
        }
        _give_back(changes)
        load.state, load.finished_at = "undone", now
        load.save(update_fields=["state", "finished_at"])
        system = Actor.system(current_company_id(), origin="price list")  # the right to load lists takes them back
        costing.take_anew(load.supplier, touched, actor=system, now=now)
    return load


def lock_supplier(load: PriceLoad) -> None:
    """Wait for what else begins or takes back lists of the supplier."""
    Supplier.objects.select_for_update(no_key=True).get(pk=load.supplier_id)


def _give_back(changes: list[ListChange]) -> None:
    made = [change.item.pk for change in changes if change.before is None and change.item.answered_at is None]
    rows = []
    for change in changes:
        if change.before is not None:
            answered = change.item.answered_at is not None
            for name, value in change.before.items():
                if not answered or name not in ("state", "how", "variant_id", "pieces", "certainty", "candidates"):
                    setattr(change.item, name, _value(name, value))
            rows.append(change.item)
    for change in changes:
        if change.before is None and change.item.answered_at is not None:
            change.item.is_listed = False
            rows.append(change.item)
    fields = [name.removesuffix("_id") for name in writing.KEPT]
    SupplierItem.objects.bulk_update(rows, fields, batch_size=_BATCH)
    ListChange.objects.filter(pk__in=[change.pk for change in changes]).delete()
    SupplierItem.objects.filter(pk__in=made).delete()


def _value(name: str, value: Any) -> Any:  # Any: a JSON value, turned into the field's
    if value is None:
        return None
    if name in ("price", "retail", "quantity"):
        return Decimal(value)
    return datetime.fromisoformat(value) if name == "seen_at" else value
