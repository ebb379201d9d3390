"""Addresses of replenishment and lost sales."""

import uuid
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from isolation_table import EVERYBODY, NOW, SECRET, Row, World

from voronka.stock import services
from voronka.stock.models import Buffer
from voronka.stock.testing import make_place

ORDERS = "owner head storekeeper"
RESERVES = "owner head manager storekeeper cashier"
EXPORTS = "owner head marketer"
PRINTS = "owner head manager storekeeper cashier"


def build(world: World) -> None:
    """Make a place with a buffer that asks for an order, and a sale that was lost."""
    from voronka.catalogue.models import Supplier, Variant

    owner, kept = world.owner, world.kept
    variant = Variant.objects.get(public_id=kept["variant"])
    supplier = Supplier.objects.get(public_id=kept["supplier"])
    place = make_place(owner, f"{SECRET} запас")
    draft = services.BufferDraft(variant.pk, place.pk, Decimal(9), supplier_id=supplier.pk)
    services.save_buffers([draft], actor=owner, now=NOW)
    kept["buffer_place"] = place.public_id
    kept["buffer"] = Buffer.objects.get().public_id
    kept["operation"] = str(uuid.UUID(int=7))
    services.lose_sale(variant.pk, Decimal(2), actor=owner, now=NOW, place_id=place.pk)


def _buffer(world: World) -> dict[str, str]:
    return {"public_id": world.kept["buffer"]}


def _place(world: World) -> dict[str, str]:
    return {"place": world.kept["buffer_place"]}


def _ordered(world: World) -> dict[str, str]:
    buffer = world.kept["buffer"]
    return {**_place(world), "pick": buffer, f"many_{buffer}": "9", "operation": world.kept["operation"]}


def _typed(world: World) -> dict[str, str]:
    return {
        **_place(world),
        "code": "ТБ-1",
        "target": "12",
        "multiple": "1",
        "min_lot": "0",
        "origin": "",
        "lead_days": "",
    }


def _lost(world: World) -> dict[str, str]:
    return {"code": "ТБ-1", "quantity": "1", "cause": "short"}


def _labels(world: World) -> dict[str, str]:
    return {
        **_place(world),
        "what": "codes",
        "codes": "4006381333931",
        "sheet": "roll-58x40",
        "code": "",
        "skip": "0",
    }


def _file(world: World) -> dict[str, object]:
    return {**_place(world), "file": SimpleUploadedFile("b.csv", "Артикул;Буфер\nТБ-1;20\n".encode())}


ROWS = [
    Row("stock:replenish", roles=EVERYBODY, data=_place),
    Row("stock:replenish-open", roles=EVERYBODY, args=_buffer),
    Row("stock:replenish-export", roles=EXPORTS, args=lambda w: {"code": "csv"}, data=_place),
    Row("stock:replenish-order", "POST", ORDERS, (302,), data=_ordered),
    Row("stock:replenish-advice", "POST", ORDERS, (302,), _buffer, lambda w: {"act": "leave"}),
    Row("stock:buffers", roles=EVERYBODY),
    Row(
        "stock:buffers-change", "POST", ORDERS, (302,),
        data=lambda w: {"id": [w.kept["buffer"]], "act": "change", "percent": "10"},
    ),
    Row("stock:buffer-new", roles=ORDERS),
    Row("stock:buffer-new", "POST", ORDERS, (302,), data=_typed),
    Row("stock:buffer-edit", roles=ORDERS, args=_buffer),
    Row("stock:buffer-edit", "POST", ORDERS, (302,), _buffer, _typed),
    Row("stock:buffer-drop", "POST", ORDERS, (302,), _buffer),
    Row("stock:buffers-propose", "POST", ORDERS, (302,), data=_place),
    Row("stock:buffers-file", roles=ORDERS),
    Row("stock:buffers-file", "POST", ORDERS, (302,), data=_file),
    Row("stock:lost-sales", roles=EVERYBODY),
    Row("stock:lost-sales", "POST", RESERVES, (302,), data=_lost),
    Row("stock:labels", roles=PRINTS, data=_place),
    Row("stock:labels-print", "POST", PRINTS, data=_labels),
    Row("stock:lost-sales-export", roles=EXPORTS, args=lambda w: {"code": "csv"}),
]  # fmt: skip
