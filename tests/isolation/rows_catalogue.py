"""Addresses of goods and prices."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from isolation_table import EVERYBODY, NOW, SECRET, Row, World

from voronka.catalogue import services
from voronka.catalogue.models import Product, RefusedList
from voronka.catalogue.services import (
    Asked,
    GroupDraft,
    KindDraft,
    OptionDraft,
    ProductDraft,
    RuleDraft,
    SupplierDraft,
    VariantDraft,
    feeds,
    sources,
)
from voronka.catalogue.services.sources.fetching import Fetched
from voronka.catalogue.services.sources.refused import keep

EDITS = "owner head marketer storekeeper"
PRICES = "owner head marketer"
SETS_UP = "owner head"
EXPORTS = "owner head marketer"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (8).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"


def build(world: World) -> None:
    """Make goods of both kinds with prices, a held one, a rule, a supplier, categories."""
    owner, kept = world.owner, world.kept
    services.ship_kinds()
    top = services.save_category(actor=owner, name=f"{SECRET} дом")
    kept["category"] = top.public_id
    kept["branch"] = services.save_category(actor=owner, name=SECRET, parent=top.public_id).public_id
    variant = VariantDraft(code="ТБ-1", barcodes=("4006381333931",), options={"Цвет": SECRET})
    draft = ProductDraft(name=SECRET, category=top.public_id, attributes={"Слово": SECRET}, variants=(variant,))
    goods = services.save_product(actor=owner, draft=draft, now=NOW)
    kept["product"] = goods.public_id
    row = goods.variants.get()
    kept["variant"] = row.public_id
    kit = services.save_product(
        actor=owner, draft=ProductDraft(name=f"{SECRET} набор", kind=Product.Kind.KIT), now=NOW
    )
    kept["kit"], kept["kit_variant"] = kit.public_id, kit.variants.get().public_id
    services.set_kit_lines(actor=owner, variant=kept["kit_variant"], lines=[(row.public_id, 2)])
    services.set_related(actor=owner, product=kit.public_id, kind="related", others=[goods.public_id])
    option = OptionDraft(name=SECRET, price_delta=Decimal(5))
    services.set_options(actor=owner, product=goods.public_id, groups=[GroupDraft(name=SECRET, options=(option,))])
    file = BytesIO(PNG)
    kept["picture"] = services.add_picture(
        actor=owner, product=goods.public_id, source=file, name=f"{SECRET}.png", now=NOW
    ).public_id
    began = datetime.now(UTC)
    price = {"actor": owner, "variant": row.public_id, "kind": "retail", "now": began}
    services.set_price(**price, amount=Decimal(1000))
    kept["held"] = services.set_price(**price, amount=Decimal(9000)).held[0].public_id
    kept["planned_until"] = began
    services.save_kind(actor=owner, draft=KindDraft(code="own", name=f"{SECRET} цена"))
    kept["supplier"] = services.save_supplier(actor=owner, draft=SupplierDraft(name=SECRET)).public_id
    services.set_costs(actor=owner, costs=[Asked(row.pk, Decimal(500))], now=began)
    rule = RuleDraft(name=SECRET, kind="retail", markup_percent=Decimal(100))
    kept["price_rule"] = services.save_rule(actor=owner, draft=rule).public_id
    wanted = feeds.FeedDraft(name=SECRET, shop_name="Магазин", site="https://shop.test")
    feed = feeds.save_feed(actor=owner, draft=wanted, now=NOW)
    lists_from = sources.SourceDraft(kind="folder", pattern=SECRET)
    kept["source"] = sources.save_source(actor=owner, draft=lists_from, supplier=kept["supplier"], now=NOW).public_id
    mail = sources.SourceDraft(kind="mail", host="imap.mail.test", login=SECRET, password="x", sender=SECRET)
    letters = sources.save_source(actor=owner, draft=mail, supplier=kept["supplier"], now=NOW)
    keep(letters, Fetched(f"{SECRET}.csv", b"no list"), SECRET, NOW)
    kept["refused"] = RefusedList.objects.get().public_id
    kept["feed"], kept["feed_key"] = feed.public_id, feeds.address_of(feed).partition(".")[0]


def _product(world: World) -> dict[str, str]:
    return {"public_id": world.kept["product"]}


def _kit(world: World) -> dict[str, str]:
    return {"public_id": world.kept["kit"], "variant_id": world.kept["kit_variant"]}


def _picture(world: World) -> dict[str, str]:
    return {"public_id": world.kept["product"], "picture_id": world.kept["picture"]}


def _category(world: World) -> dict[str, str]:
    return {"public_id": world.kept["category"]}


def _rule(world: World) -> dict[str, str]:
    return {"public_id": world.kept["price_rule"]}


def _supplier(world: World) -> dict[str, str]:
    return {"public_id": world.kept["supplier"]}


def _client(world: World) -> dict[str, str]:
    return {"public_id": world.kept["card"]}


def _typed(world: World) -> dict[str, object]:
    return {
        "name": "Стол", "kind": "goods", "unit": "796", "vat": "main", "is_on_sale": "on", "rows": "1",
        "v0-code": "ТБ-9", "act": "save", "version": "",
    }  # fmt: skip


def _changed(world: World) -> dict[str, object]:
    return _typed(world) | {"v0-public_id": world.kept["variant"], "v0-code": "ТБ-1"}


def _kind(world: World) -> dict[str, str]:
    return {"code": "own"}


def _feed(world: World) -> dict[str, str]:
    return {"public_id": world.kept["feed"]}


def _feed_typed(world: World) -> dict[str, str]:
    return {
        "name": "Площадка", "format": "yml", "kind": "retail", "shop_name": "Магазин", "site": "https://shop.test",
        "is_on": "on",
    }  # fmt: skip


def _kind_typed(world: World) -> dict[str, str]:
    return {"name": "Для гостей", "code": "guests", "currency": "RUB", "step": "1", "is_on": "on"}


def _rule_typed(world: World) -> dict[str, str]:
    return {"name": "Наценка", "kind": "retail", "markup_percent": "20", "is_on": "on"}


def _supplier_typed(world: World) -> dict[str, str]:
    return {"name": "Восток", "currency": "RUB", "is_on": "on"}


ROWS = [
    Row("catalogue:goods-list"),
    Row("catalogue:goods-count"),
    Row("catalogue:goods-export", roles=EXPORTS, args=lambda w: {"code": "csv"}),
    Row(
        "catalogue:goods-switch",
        "POST",
        roles=EDITS,
        answer=(302,),
        data=lambda w: {"id": w.kept["variant"], "what": "off"},
    ),
    Row("catalogue:goods-find", data=lambda w: {"q": SECRET}),
    Row("catalogue:goods-add", roles=EDITS),
    Row("catalogue:goods-add", "POST", roles=EDITS, answer=(302,), data=_typed),
    Row("catalogue:goods-detail", args=_product),
    Row("catalogue:goods-edit", roles=EDITS, args=_product),
    Row("catalogue:goods-edit", "POST", roles=EDITS, answer=(302,), args=_product, data=_changed),
    Row("catalogue:product-switch", "POST", roles=EDITS, answer=(302,), args=_product, data=lambda w: {"to": "off"}),
    Row(
        "catalogue:price-set",
        "POST",
        roles=PRICES,
        answer=(302,),
        args=_product,
        data=lambda w: {"variant": w.kept["variant"], "kind": "retail", "amount": "1100", "act": "set"},
    ),
    Row("catalogue:kit-edit", roles=EDITS, args=_kit),
    Row(
        "catalogue:kit-edit",
        "POST",
        roles=EDITS,
        answer=(302,),
        args=_kit,
        data=lambda w: {"what": "ТБ-1", "quantity": "3"},
    ),
    Row("catalogue:related-edit", roles=EDITS, args=_product),
    Row("catalogue:related-edit", "POST", roles=EDITS, answer=(302,), args=_product, data=lambda w: {"related": ""}),
    Row("catalogue:options-edit", roles=EDITS, args=_product),
    Row(
        "catalogue:options-edit",
        "POST",
        roles=EDITS,
        answer=(302,),
        args=_product,
        data=lambda w: {
            "g0-name": "Цвет",
            "g0-most": "1",
            "g0-option": "белый",
            "g0-delta": "",
            "g0-part": "",
            "g0-quantity": "",
        },
    ),
    Row("catalogue:picture", args=lambda w: {"public_id": w.kept["picture"]}),
    Row(
        "catalogue:picture-add",
        "POST",
        roles=EDITS,
        answer=(302,),
        args=_product,
        data=lambda w: {"files": SimpleUploadedFile("a.png", PNG)},
    ),
    Row(
        "catalogue:picture-delete",
        "POST",
        roles=EDITS,
        answer=(302,),
        args=_picture,
        data=lambda w: {"act": "delete"},
    ),
    Row("catalogue:categories", roles=EVERYBODY),
    Row("catalogue:categories", "POST", roles=EDITS, answer=(302,), data=lambda w: {"name": "Сад", "parent": ""}),
    Row("catalogue:category", roles=EDITS, args=_category),
    Row(
        "catalogue:category",
        "POST",
        roles=EDITS,
        answer=(302,),
        args=_category,
        data=lambda w: {"name": "Двор", "parent": ""},
    ),
    Row(
        "catalogue:category-move",
        "POST",
        roles=EDITS,
        answer=(302,),
        args=lambda w: {"public_id": w.kept["branch"]},
        data=lambda w: {"to": "delete"},
    ),
    Row("catalogue:held", roles=SETS_UP),
    Row(
        "catalogue:held-settle",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        data=lambda w: {"id": w.kept["held"], "act": "release"},
    ),
    Row("catalogue:kinds", roles=SETS_UP),
    Row("catalogue:kind-new", roles=SETS_UP),
    Row("catalogue:kind-new", "POST", roles=SETS_UP, answer=(302,), data=_kind_typed),
    Row("catalogue:kind", roles=SETS_UP, args=_kind),
    Row("catalogue:kind", "POST", roles=SETS_UP, answer=(302,), args=_kind, data=_kind_typed),
    Row("catalogue:kind-delete", "POST", roles=SETS_UP, answer=(302,), args=_kind),
    Row("catalogue:price-rules", roles=SETS_UP),
    Row("catalogue:price-rules", "POST", roles=SETS_UP, answer=(302,)),
    Row("catalogue:price-rule-new", roles=SETS_UP),
    Row("catalogue:price-rule-new", "POST", roles=SETS_UP, answer=(302,), data=_rule_typed),
    Row("catalogue:price-rule", roles=SETS_UP, args=_rule),
    Row("catalogue:price-rule", "POST", roles=SETS_UP, answer=(302,), args=_rule, data=_rule_typed),
    Row(
        "catalogue:price-rule-move", "POST", roles=SETS_UP, answer=(302,), args=_rule, data=lambda w: {"to": "delete"}
    ),
    Row("catalogue:suppliers", roles=SETS_UP),
    Row("catalogue:supplier-new", roles=SETS_UP),
    Row("catalogue:supplier-new", "POST", roles=SETS_UP, answer=(302,), data=_supplier_typed),
    Row("catalogue:supplier", roles=SETS_UP, args=_supplier),
    Row("catalogue:supplier", "POST", roles=SETS_UP, answer=(302,), args=_supplier, data=_supplier_typed),
    Row("catalogue:source-new", roles=SETS_UP, args=lambda w: _supplier(w) | {"kind": "mail"}),
    Row(
        "catalogue:source-new",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        args=lambda w: _supplier(w) | {"kind": "folder"},
        data=lambda w: {"pattern": "price*.xlsx", "hour": "4", "is_on": "on"},
    ),
    Row("catalogue:source", roles=SETS_UP, args=lambda w: {"public_id": w.kept["source"]}),
    Row(
        "catalogue:source",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        args=lambda w: {"public_id": w.kept["source"]},
        data=lambda w: {"pattern": "*.csv", "hour": "5", "is_on": "on"},
    ),
    Row(
        "catalogue:source-act",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        args=lambda w: {"public_id": w.kept["source"]},
        data=lambda w: {"act": "delete"},
    ),
    Row(
        "catalogue:refused-act",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        args=lambda w: {"public_id": w.kept["refused"]},
        data=lambda w: {"act": "drop"},
    ),
    Row("catalogue:terms", roles=SETS_UP),
    Row("catalogue:client-terms", roles=EVERYBODY, args=_client, by_record=True),
    Row(
        "catalogue:client-terms",
        "POST",
        roles=PRICES,
        answer=(302,),
        args=_client,
        data=lambda w: {"kind": "own", "discount": "7,5", "since": "", "until": "2199-12-31", "act": "set"},
    ),
    Row("catalogue:feeds", roles=SETS_UP),
    Row("catalogue:feed-new", roles=SETS_UP),
    Row("catalogue:feed-new", "POST", roles=SETS_UP, answer=(302,), data=_feed_typed),
    Row("catalogue:feed", roles=SETS_UP, args=_feed),
    Row("catalogue:feed", "POST", roles=SETS_UP, answer=(302,), args=_feed, data=_feed_typed),
    Row("catalogue:feed-act", "POST", roles=SETS_UP, answer=(302,), args=_feed, data=lambda w: {"act": "address"}),
    # The address is the secret: whoever has it reads the feed. The world's file is not made yet.
    Row(
        "catalogue:feed-file", answer=(503,), is_open=True, args=lambda w: {"key": w.kept["feed_key"], "code": "yml"}
    ),
    Row("catalogue:feed-picture", is_open=True, args=lambda w: {"public_id": w.kept["picture"]}),
    Row("catalogue:rates", roles=SETS_UP),
    Row(
        "catalogue:rates",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        data=lambda w: {"currency": "USD", "per_unit": "80", "since": "2026-11-01"},
    ),
]
