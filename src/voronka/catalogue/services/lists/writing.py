"""Lines of a list written as the supplier's goods, by chunks, with what they were before for the undo."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction

from voronka.catalogue.models import BadRow, ListChange, PriceLoad, SupplierItem
from voronka.catalogue.rules.matching.words import code_key
from voronka.catalogue.rules.pricelists import Bad, Line
from voronka.catalogue.services.words import CURRENCIES

CHUNK, MOST_KEY = 1_000, 90
_MOST_BAD = 5_000
# What a line says of an item, and what the undo gives back.
SAID = (
    "code", "name", "maker_code", "barcode", "brand", "category", "unit", "vat", "price", "retail", "currency",
    "quantity", "quantity_text", "row", "pack",
)  # fmt: skip
KEPT = (*SAID, "is_listed", "load_id", "seen_at", "state", "how", "variant_id", "pieces", "certainty", "candidates")


class Overtaken(Exception):
    """The loading is not running any more, or somebody else goes on with it."""


def key_of(line: Line) -> str:
    """Return what tells a supplier's goods apart: his code, else his name."""
    if line.code:
        return f"c{code_key(line.code) or line.code}"[:MOST_KEY]
    tidy = " ".join(line.name.lower().replace("ё", "е").split())
    return f"n{hashlib.sha256(f'{tidy}|{line.unit}'.encode()).hexdigest()[:24]}"


def plain(value: object) -> Any:  # Any: a JSON value
    """Return a value of a field as JSON has it."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value  # a moment is a date too


def write_lines(load: PriceLoad, found: Iterable[Line | Bad], *, currency: str, now: datetime) -> None:
    """Write all lines, a thousand a transaction. Lines that came before are the same rows; nothing new changes nothing.

    Two lines with one code: the first is taken, the second told among the bad rows. Raises Overtaken.
    """
    seen: set[str] = set()
    lines = iter(found)
    while chunk := list(islice(lines, CHUNK)):
        good, bad = [], []
        for one in chunk:
            if isinstance(one, Bad):
                bad.append(one)
            elif (key := key_of(one)) in seen:
                bad.append(Bad(one.row, "twice", (one.code, one.name, plain(one.price))))
            else:
                seen.add(key)
                good.append(one)
        with transaction.atomic():
            locked = lock_running(load)
            _write_chunk(load, good, currency, now)
            kept = [
                BadRow(load=load, number=one.row, code=one.code, cells=[plain(cell) for cell in one.cells[:60]])
                for one in bad
            ]
            if locked.bad_rows < _MOST_BAD:
                BadRow.objects.bulk_create(kept, ignore_conflicts=True)
            load.done_rows, load.bad_rows = locked.done_rows + len(good), locked.bad_rows + len(bad)
            load.save(update_fields=["done_rows", "bad_rows"])


def lock_running(load: PriceLoad) -> PriceLoad:
    """Lock the loading's row. Raises Overtaken when it runs no more."""
    row = PriceLoad.objects.select_for_update().filter(pk=load.pk, state="running").first()
    if row is None:
        raise Overtaken
    return row


def _write_chunk(load: PriceLoad, lines: Sequence[Line], currency: str, now: datetime) -> None:
    keys = {key_of(line): line for line in lines}
    rows = SupplierItem.objects.select_for_update(no_key=True).filter(supplier_id=load.supplier_id, key__in=keys)
    have = {row.key: row for row in rows.order_by("id")}
    new: list[SupplierItem] = []
    changed: list[SupplierItem] = []
    changes: list[ListChange] = []
    for key, line in keys.items():
        values = _values(line, currency)
        row = have.get(key)
        if row is None:
            new.append(SupplierItem(supplier_id=load.supplier_id, key=key, load=load, seen_at=now, **values))
            continue
        changes.append(ListChange(load=load, item=row, before=before_of(row)))
        for name, value in values.items():
            setattr(row, name, value)
        row.is_listed, row.load, row.seen_at = True, load, now
        changed.append(row)
    SupplierItem.objects.bulk_create(new)
    changes += [ListChange(load=load, item=row, before=None) for row in new]
    SupplierItem.objects.bulk_update(changed, [*SAID, "is_listed", "load", "seen_at"], batch_size=500)
    ListChange.objects.bulk_create(changes, ignore_conflicts=True)


def before_of(row: SupplierItem) -> dict[str, Any]:
    """Return what the undo gives back."""
    return {name: plain(getattr(row, name)) for name in KEPT}


def _values(line: Line, currency: str) -> dict[str, Any]:
    known = line.currency if line.currency in CURRENCIES else currency
    return {
        "code": line.code,
        "name": line.name,
        "maker_code": line.maker_code,
        "barcode": line.barcode,
        "brand": line.brand,
        "category": " / ".join(line.category)[:500],
        "unit": line.unit,
        "vat": line.vat,
        "price": line.price,
        "retail": line.retail,
        "currency": known,
        "quantity": None if line.quantity is None else line.quantity.quantize(Decimal("0.001")),
        "quantity_text": line.quantity_text,
        "row": line.row,
        "pack": line.pieces,
    }


def unlist(load: PriceLoad) -> int:
    """Mark what this list left out; return how many goods went from the supplier's list."""
    gone = SupplierItem.objects.filter(supplier_id=load.supplier_id, is_listed=True).exclude(load=load)
    rows = list(gone.select_for_update(no_key=True).order_by("id"))
    ListChange.objects.bulk_create(
        [ListChange(load=load, item=row, before=before_of(row)) for row in rows], batch_size=1_000
    )
    return SupplierItem.objects.filter(pk__in=[row.pk for row in rows]).update(is_listed=False)
