"""Addresses of suppliers' price lists: one that asks for its columns, one loaded with lines in doubt."""

from datetime import UTC, datetime
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from isolation_table import SECRET, Row, World

from voronka.catalogue import services
from voronka.catalogue.models import PriceLoad, SupplierItem
from voronka.catalogue.services import ProductDraft, SupplierDraft, VariantDraft, lists

LOADS = "owner head"
LIST = (
    "Код;Наименование;Цена;Остаток\n"
    f"11;{SECRET} скамья садовая, дуб 120 см;1500;3\n12;{SECRET} вещь другая;90;1\n13;{SECRET} ещё одна;-1;1\n"
)
STEPS = ("asked", "done")


def build(world: World) -> None:
    """Make a supplier with a list at each step."""
    now = datetime.now(UTC)
    supplier = services.save_supplier(actor=world.owner, draft=SupplierDraft(name=f"{SECRET} списки"))
    world.kept["list_supplier"] = supplier.public_id
    draft = ProductDraft(name=f"{SECRET} скамья парковая, дуб 150 см", variants=(VariantDraft(code="СК-1"),))
    goods = services.save_product(actor=world.owner, draft=draft, now=now)
    world.kept["list_variant"] = goods.variants.get().public_id
    for step in STEPS:
        world.kept[f"list_{step}"] = _load(world, supplier.public_id, step, now)
    asked = SupplierItem.objects.filter(state="asked").order_by("row")
    world.kept["list_item"] = asked[0].public_id
    answered = lists.bind_item(
        actor=world.owner, item=asked[0].public_id, variant=world.kept["list_variant"], now=now
    ).item
    world.kept["list_bound"] = answered.public_id
    world.kept["list_item"] = asked[0].public_id


def _load(world: World, supplier: str, step: str, now: datetime) -> str:
    source = BytesIO(LIST.encode())
    load = lists.start_load(actor=world.owner, supplier=supplier, source=source, name=f"{SECRET}.csv", now=now)
    if step == "done":
        columns = {at[0]: kind for kind, at in load.layout["columns"].items()}
        lists.confirm_layout(actor=world.owner, public_id=load.public_id, columns=columns, now=now)
        lists.load(load.pk, now=now)
        assert PriceLoad.objects.get(pk=load.pk).state == "done"
    return load.public_id


def _at(step: str):
    return lambda world: {"public_id": world.kept[f"list_{step}"]}


def _supplier(world: World) -> dict[str, str]:
    return {"public_id": world.kept["list_supplier"]}


def _file(world: World) -> dict[str, object]:
    return {"file": SimpleUploadedFile("list.csv", LIST.encode())}


def _columns(world: World) -> dict[str, str]:
    return {"column_0": "code", "column_1": "name", "column_2": "price"}


def _answer(world: World) -> dict[str, str]:
    return {"item": world.kept["list_item"], "said": "bind", "variant": world.kept["list_variant"]}


def _back(world: World) -> dict[str, str]:
    return {"item": world.kept["list_bound"]}


ROWS = [
    Row("catalogue:supply", roles=LOADS),
    Row("catalogue:supply-supplier", roles=LOADS, args=_supplier),
    Row("catalogue:supply-upload", "POST", roles=LOADS, answer=(302,), args=_supplier, data=_file),
    Row("catalogue:supply-doubts", roles=LOADS, args=_supplier),
    Row("catalogue:supply-answer", "POST", roles=LOADS, answer=(302,), args=_supplier, data=_answer),
    Row("catalogue:supply-answer-back", "POST", roles=LOADS, answer=(302,), args=_supplier, data=_back),
    Row("catalogue:supply-find", roles=LOADS, args=_supplier, data=lambda w: {"item": w.kept["list_item"], "q": "а"}),
    *(Row("catalogue:supply-load", roles=LOADS, args=_at(step)) for step in STEPS),
    Row("catalogue:supply-columns", "POST", roles=LOADS, answer=(302,), args=_at("asked"), data=_columns),
    Row("catalogue:supply-progress", roles=LOADS, args=_at("done")),
    Row("catalogue:supply-undo", "POST", roles=LOADS, answer=(302,), args=_at("done")),
    Row("catalogue:supply-drop", "POST", roles=LOADS, answer=(302,), args=_at("asked")),
    Row("catalogue:supply-bad", roles=LOADS, args=_at("done")),
]
