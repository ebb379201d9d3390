"""Addresses of the stock: balances, places, papers, the pages of a phone."""

import json
import uuid
from decimal import Decimal

from isolation_table import EVERYBODY, NOW, SECRET, Row, World

from voronka.catalogue.services import ProductDraft, SupplierDraft, VariantDraft, save_product, save_supplier
from voronka.stock import services
from voronka.stock.services import Heading, Incoming, PlaceDraft, Reading, Wanted

SEES = EVERYBODY
SETS_UP = "owner head"
STORE = "owner head storekeeper"
MOVES = "owner head storekeeper cashier"
EXPORTS = "owner head marketer"


def build(world: World) -> None:
    """Make two places with goods, a promise, papers of every state."""
    owner, kept = world.owner, world.kept
    first = services.save_place(PlaceDraft(f"{SECRET} склад", "warehouse", is_selling=True), actor=owner)
    second = services.save_place(PlaceDraft(f"{SECRET} салон", "shop", is_selling=True, priority=200), actor=owner)
    kept["place"], kept["second_place"] = first.public_id, second.public_id
    draft = ProductDraft(name=f"{SECRET} стул", variants=(VariantDraft(barcodes=("2000000000022",)),))
    goods = save_product(actor=owner, draft=draft, now=NOW)
    row = goods.variants.get()
    kept["lying"], kept["lying_product"] = row.public_id, goods.public_id
    services.receive(
        [Incoming(row.pk, Decimal(9), Decimal(77))], first.pk, actor=owner, now=NOW, operation=uuid.uuid4()
    )
    services.reserve(services.Holder("order", 1), [services.Line(1, row.pk, Decimal(2))], actor=owner, now=NOW)
    supplier = save_supplier(actor=owner, draft=SupplierDraft(name=f"{SECRET} поставщик"))
    kept["stock_supplier"] = supplier.public_id
    lines = [Wanted(row.pk, Decimal(3), Decimal(77))]
    order = Heading("purchase", target_id=first.pk, supplier_id=supplier.pk, comment=SECRET)
    kept["purchase"] = services.make_document(order, lines, actor=owner, now=NOW).public_id
    receipt = services.make_document(
        Heading("receipt", target_id=first.pk, partner_number=SECRET), [], actor=owner, now=NOW
    )
    services.scan(receipt.pk, [Reading(uuid.uuid4(), Decimal(1), variant_id=row.pk)], actor=owner, now=NOW)
    kept["receipt"], kept["receipt_line"] = receipt.public_id, receipt.lines.get().pk
    count = services.make_document(Heading("count", source_id=first.pk), [], actor=owner, now=NOW)
    kept["stock_count"] = count.public_id


def _variant(world: World) -> dict[str, str]:
    return {"public_id": world.kept["lying"]}


def _place(world: World) -> dict[str, str]:
    return {"public_id": world.kept["place"]}


def _receipt(world: World) -> dict[str, str]:
    return {"public_id": world.kept["receipt"]}


def _count(world: World) -> dict[str, str]:
    return {"public_id": world.kept["stock_count"]}


def _readings(world: World) -> dict[str, str]:
    return {"readings": json.dumps([{"operation": str(uuid.uuid4()), "quantity": "1", "code": "2000000000022"}])}


ROWS = [
    Row("stock:goods", roles=SEES),
    Row("stock:goods-count", roles=SEES),
    Row("stock:goods-export", roles=EXPORTS, args=lambda w: {"code": "csv"}),
    Row("stock:ledger", roles=SEES, args=_variant),
    Row("stock:product", roles=SEES, args=lambda w: {"public_id": w.kept["lying_product"]}),
    Row("stock:places", roles=SEES),
    Row("stock:place-new", roles=SETS_UP),
    Row(
        "stock:place-new", "POST", roles=SETS_UP, answer=(302,),
        data=lambda w: {"name": "Полка", "kind": "warehouse", "priority": "5", "is_on": "on"},
    ),
    Row("stock:place", roles=SETS_UP, args=_place),
    Row(
        "stock:place", "POST", roles=SETS_UP, answer=(302,), args=_place,
        data=lambda w: {"name": "Полка", "kind": "warehouse", "priority": "5", "is_on": "on"},
    ),
    Row(
        "stock:place-order", "POST", roles=SETS_UP, answer=(302,),
        data=lambda w: {"place": [w.kept["second_place"], w.kept["place"]]},
    ),
    Row("stock:settings", roles=SETS_UP),
    Row(
        "stock:settings", "POST", roles=SETS_UP, answer=(302,),
        data=lambda w: {"cost_method": "fifo", "damaged_place": ""},
    ),
    Row("stock:scan-begin", roles=SEES),
    Row("stock:papers", roles=SEES),
    Row("stock:paper-new", roles=STORE, data=lambda w: {"kind": "receipt"}),
    Row(
        "stock:paper-new", "POST", roles=STORE, answer=(302,),
        data=lambda w: {"kind": "receipt", "target": w.kept["place"], "supplier": w.kept["stock_supplier"]},
    ),
    Row("stock:paper", roles=SEES, args=_receipt),
    Row("stock:paper-find", roles=SEES, args=_receipt, data=lambda w: {"what": SECRET}),
    Row(
        "stock:paper-add", "POST", roles=STORE, answer=(302,), args=_receipt,
        data=lambda w: {"variant": w.kept["lying"], "quantity": "2"},
    ),
    Row(
        "stock:paper-lines", "POST", roles=STORE, answer=(302,), args=_receipt,
        data=lambda w: {f"done-{w.kept['receipt_line']}": "5"},
    ),
    Row("stock:paper-sheet", roles=SEES, args=_receipt),
    Row("stock:paper-export", roles=EXPORTS, args=lambda w: _receipt(w) | {"code": "csv"}),
    Row("stock:scan", roles=STORE, args=_receipt),
    Row("stock:scan-state", roles=SEES, args=_receipt, data=lambda w: {"code": "2000000000022"}),
    Row("stock:scan-readings", "POST", roles=MOVES, args=_count, data=_readings),
    Row(
        "stock:paper-act", "POST", roles=STORE, answer=(302,), args=lambda w: _receipt(w) | {"act": "finish"},
        data=lambda w: {"version": "1", "operation": str(uuid.uuid4())},
    ),
]  # fmt: skip
