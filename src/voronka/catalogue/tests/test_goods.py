"""Products, variants, barcodes, kits, options, categories, pictures: by their verbs."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from voronka.catalogue import queries, services
from voronka.catalogue.models import (
    Barcode,
    Category,
    KitLine,
    Option,
    OptionGroup,
    Picture,
    Product,
    Related,
    Variant,
)
from voronka.catalogue.services import GroupDraft, OptionDraft, ProductDraft, VariantDraft
from voronka.catalogue.testing import make_category, make_goods
from voronka.catalogue.tests.test_rules import PNG
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound, Refusal
from voronka.kit.models import Change, EventRow, StoredFile

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def save(cast, name="Стол", *, public_id="", version=None, **more):
    draft = ProductDraft(name=name, **more)
    return services.save_product(actor=cast.owner, draft=draft, now=NOW, public_id=public_id, version=version)


def problems(cast, **more):
    with pytest.raises(Invalid) as caught:
        save(cast, **more)
    return caught.value.fields


def test_a_product_is_made_with_variants_and_barcodes(inside):
    table = make_category("Столы")
    made = save(
        inside,
        "  Стол   обеденный ",
        brand="Лофт",
        category=table.public_id,
        attributes={"Материал": "дуб", "Пусто": " "},
        variants=(
            VariantDraft(options={"Цвет": "белый"}, barcodes=("4006381333931", "96385074"), weight_g=12_000),
            VariantDraft(options={"Цвет": "чёрный"}, code="Ч-1", maker_code="LF-77"),
        ),
    )
    white, black = Variant.objects.filter(product=made).order_by("position")
    assert (white.name, white.code) == ("Стол обеденный, белый", "10001")
    assert (black.name, black.code) == ("Стол обеденный, чёрный", "Ч-1")
    assert made.attributes == {"Материал": "дуб"}
    assert [one.id for one in queries.find_variants(barcode="4006381333931")] == [white.pk]
    assert [one.id for one in queries.find_variants(code="Ч-1")] == [black.pk]
    assert [one.id for one in queries.find_variants("LF-77")] == [black.pk]
    assert [one.id for one in queries.find_variants("стол черный")] == [black.pk]
    assert {one.id for one in queries.find_variants("обеденный")} == {white.pk, black.pk}
    card = queries.variants_by_ids([white.pk])[white.pk]
    assert (card.unit, card.vat, card.kind, card.is_on_sale) == ("796", "main", "goods", True)
    assert EventRow.objects.get(name="catalogue.ProductSaved").payload == {"product_id": made.pk, "is_new": True}


def test_saving_what_is_there_writes_nothing(inside):
    made = save(inside, variants=(VariantDraft(barcodes=("4006381333931",)),))
    draft = services.draft_of(made)
    services.save_product(actor=inside.owner, draft=draft, now=NOW, public_id=made.public_id, version=1)
    made.refresh_from_db()
    assert made.version == 1
    assert EventRow.objects.filter(name="catalogue.ProductSaved").count() == 1
    assert not Change.objects.filter(table__startswith="catalogue_").exists()


def test_a_change_renames_variants_that_have_no_name_of_their_own(inside):
    made = save(
        inside, variants=(VariantDraft(options={"Цвет": "белый"}), VariantDraft(name="Стол особый", code="О"))
    )
    draft = replace(services.draft_of(made), name="Парта")
    services.save_product(actor=inside.owner, draft=draft, now=NOW, public_id=made.public_id, version=1)
    names = Variant.objects.order_by("position").values_list("name", flat=True)
    assert list(names) == ["Парта, белый", "Стол особый"]
    changed = Change.objects.get(table="catalogue_product")
    assert changed.before["name"] == "Стол"


def test_two_people_do_not_overwrite_each_other(inside):
    made = save(inside)
    save(inside, "Стол первый", public_id=made.public_id, version=1, variants=())
    with pytest.raises(Conflict, match="colleague"):
        save(inside, "Стол второй", public_id=made.public_id, version=1, variants=())
    made.refresh_from_db()
    assert made.name == "Стол первый"


WRONG = [
    ({"name": " "}, "name"),
    ({"name": "я" * 301}, "name"),
    ({"kind": "thing"}, "kind"),
    ({"unit": "000"}, "unit"),
    ({"is_weighed": True}, "unit"),
    ({"vat": "18"}, "vat"),
    ({"vat": "main_of"}, "vat"),
    ({"marking": "air"}, "marking"),
    ({"category": "none"}, "category"),
    ({"variants": ()}, "variants"),
    ({"attributes": {str(n): "x" for n in range(101)}}, "attributes"),
    ({"variants": (VariantDraft(weight_g=0),)}, "variants.0.weight_g"),
    ({"variants": (VariantDraft(weight_g=-5),)}, "variants.0.weight_g"),
    ({"variants": (VariantDraft(weight_g=10**12),)}, "variants.0.weight_g"),
    ({"variants": (VariantDraft(scale_code="12a"),)}, "variants.0.scale_code"),
    ({"variants": (VariantDraft(barcodes=("4006381333932",)),)}, "variants.0.barcodes"),
    ({"variants": (VariantDraft(barcodes=("штрих",)),)}, "variants.0.barcodes"),
    ({"variants": (VariantDraft(code="я" * 61),)}, "variants.0.code"),
    ({"variants": (VariantDraft(public_id="unknown"),)}, "variants.0"),
    ({"variants": (VariantDraft(code="А"), VariantDraft(code="А"))}, "variants.1.code"),
    (
        {"variants": (VariantDraft(barcodes=("96385074",)), VariantDraft(barcodes=("9638-5074",)))},
        "variants.1.barcodes",
    ),
]


@pytest.mark.parametrize(("more", "field"), WRONG, ids=str)
def test_a_wrong_product_is_told_at_its_place_and_nothing_is_written(inside, more, field):
    assert list(problems(inside, **{"name": "Стол", **more})) == [field]
    assert not Product.objects.exists()
    assert not Variant.objects.exists()


def test_a_code_or_barcode_of_another_says_whose_it_is(inside):
    make_goods("Шкаф", code="Ш-1", barcode="4006381333931")
    said = problems(inside, variants=(VariantDraft(code="Ш-1"),))["variants.0.code"]
    assert "Шкаф" in said
    said = problems(inside, variants=(VariantDraft(barcodes=("4006381333931",)),))["variants.0.barcodes"]
    assert "Шкаф" in said
    assert "Ш-1" in said
    # the same number printed as UPC-A, EAN-13 or ITF-14 is the same number
    make_goods("Полка", code="П-1", barcode="036000291452")
    assert "Полка" in problems(inside, variants=(VariantDraft(barcodes=("0036000291452",)),))["variants.0.barcodes"]


def test_a_barcode_moves_to_a_neighbour_in_one_save(inside):
    made = save(inside, variants=(VariantDraft(code="1", barcodes=("96385074",)), VariantDraft(code="2")))
    first, second = services.draft_of(made).variants
    moved = (replace(first, barcodes=()), replace(second, barcodes=("96385074",)))
    save(inside, public_id=made.public_id, version=1, variants=moved)
    assert Barcode.objects.get().variant.code == "2"


def test_scales_find_their_goods(inside):
    made = save(inside, "Гвозди", unit="166", is_weighed=True, variants=(VariantDraft(code="Г", scale_code="00042"),))
    from voronka.catalogue.rules.barcodes import control_digit

    body = "210004201250"
    found = queries.find_variants(barcode=body + control_digit(body))
    assert [one.product_id for one in found] == [made.pk]


def test_who_may_not_edit_changes_nothing(inside):
    made = save(inside)
    with pytest.raises(Denied):
        services.save_product(actor=inside.colleague, draft=ProductDraft(name="Иное"), now=NOW)
    with pytest.raises(Denied):
        services.switch_products(actor=inside.colleague, public_ids=[made.public_id], is_on_sale=False)
    made.refresh_from_db()
    assert (made.name, made.is_on_sale) == ("Стол", True)


def test_off_sale_and_on_again(inside):
    made = save(inside)
    assert services.switch_products(actor=inside.owner, public_ids=[made.public_id], is_on_sale=False) == 1
    assert services.switch_products(actor=inside.owner, public_ids=[made.public_id], is_on_sale=False) == 0
    assert not queries.find_variants("стол", on_sale=True)
    assert not queries.find_variants("стол")[0].is_on_sale
    events = EventRow.objects.filter(name="catalogue.ProductSwitched")
    assert [one.payload["is_on_sale"] for one in events] == [False]
    with pytest.raises(NotFound):
        services.switch_products(actor=inside.owner, public_ids=[made.public_id, "unknown"], is_on_sale=True)


# --- Categories ------------------------------------------------- ----------------------------------------


def test_a_tree_of_categories(inside):
    owner = inside.owner
    home = services.save_category(actor=owner, name="Дом")
    tables = services.save_category(actor=owner, name="Столы", parent=home.public_id)
    dining = services.save_category(actor=owner, name="Обеденные", parent=tables.public_id)
    garden = services.save_category(actor=owner, name="Сад")
    assert dining.path == f"/{home.pk}/{tables.pk}/{dining.pk}/"
    services.save_category(actor=owner, name="Столы", parent=garden.public_id, public_id=tables.public_id)
    dining.refresh_from_db()
    assert dining.path == f"/{garden.pk}/{tables.pk}/{dining.pk}/"
    with pytest.raises(Invalid, match="below itself"):
        services.save_category(actor=owner, name="Сад", parent=dining.public_id, public_id=garden.public_id)
    with pytest.raises(Invalid, match="below itself"):
        services.save_category(actor=owner, name="Сад", parent=garden.public_id, public_id=garden.public_id)
    garden.refresh_from_db()
    assert garden.parent_id is None
    with pytest.raises(Invalid, match="name"):
        services.save_category(actor=owner, name="сад")


def test_a_category_goes_and_its_goods_move_up(inside):
    home = make_category("Дом")
    tables = make_category("Столы", home)
    goods = make_goods("Стол", category=tables)
    with pytest.raises(Refusal, match="below"):
        services.delete_category(actor=inside.owner, public_id=home.public_id)
    services.delete_category(actor=inside.owner, public_id=tables.public_id)
    goods.product.refresh_from_db()
    assert goods.product.category_id == home.pk
    assert Category.objects.count() == 1


def test_neighbours_change_places(inside):
    made = [services.save_category(actor=inside.owner, name=name) for name in "АБВ"]
    services.move_category(actor=inside.owner, public_id=made[2].public_id, by=-1)
    services.move_category(actor=inside.owner, public_id=made[0].public_id, by=-5)
    assert "".join(Category.objects.order_by("position").values_list("name", flat=True)) == "АВБ"


def test_categories_of_a_list_are_made_once(inside):
    first = services.category_for(("Дом", " Столы "))
    assert first is not None
    again = services.category_for(("дом", "столы"))
    assert again is not None
    assert again.pk == first.pk
    assert Category.objects.count() == 2
    assert services.category_for(()) is None


# --- Kits, options, what goes together -------------------------- ----------------------------------------


def test_a_kit_and_its_parts(inside):
    kit = make_goods("Набор", kind="kit")
    table, chair = make_goods("Стол"), make_goods("Стул")
    lines = [(table.public_id, 1), (chair.public_id, "4")]
    services.set_kit_lines(actor=inside.owner, variant=kit.public_id, lines=lines)
    services.set_kit_lines(actor=inside.owner, variant=kit.public_id, lines=lines)
    assert list(KitLine.objects.order_by("position").values_list("part_id", "quantity")) == [
        (table.pk, Decimal(1)),
        (chair.pk, Decimal(4)),
    ]
    assert EventRow.objects.filter(name="catalogue.ProductSaved").count() == 1
    assert queries.taken_from_stock({kit.pk: Decimal(2)}) == {table.pk: Decimal(2), chair.pk: Decimal(8)}
    assert "kind" in problems_of_kind(inside, kit)


def problems_of_kind(cast, variant):
    with pytest.raises(Invalid) as caught:
        save(cast, "Набор", kind="goods", public_id=variant.product.public_id, variants=())
    return caught.value.fields


def test_a_kit_never_holds_itself(inside):
    one, two, three = (make_goods(name, kind="kit") for name in ("Один", "Два", "Три"))
    leaf = make_goods("Гвоздь")
    services.set_kit_lines(actor=inside.owner, variant=one.public_id, lines=[(two.public_id, 1), (leaf.public_id, 1)])
    services.set_kit_lines(actor=inside.owner, variant=two.public_id, lines=[(three.public_id, 1)])
    for lines in ([(one.public_id, 1)], [(three.public_id, 1)]):
        with pytest.raises(Invalid, match="hold itself"):
            services.set_kit_lines(actor=inside.owner, variant=three.public_id, lines=lines)
    assert not KitLine.objects.filter(kit=three).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        KitLine.objects.create(kit=one, part=one, quantity=1)


def test_kits_go_five_deep(inside):
    row = [make_goods(f"Набор {number}", kind="kit") for number in range(6)]
    leaf = make_goods("Гвоздь")
    services.set_kit_lines(actor=inside.owner, variant=row[5].public_id, lines=[(leaf.public_id, 1)])
    for upper, lower in zip(row[4:0:-1], row[5:1:-1], strict=True):
        services.set_kit_lines(actor=inside.owner, variant=upper.public_id, lines=[(lower.public_id, 1)])
    with pytest.raises(Invalid, match="deep"):
        services.set_kit_lines(actor=inside.owner, variant=row[0].public_id, lines=[(row[1].public_id, 1)])


@pytest.mark.parametrize("quantity", ["0", "-1", "много", "", "1e9", "NaN", "0.0001"])
def test_a_wrong_quantity_of_a_part_is_told(inside, quantity):
    kit, part = make_goods("Набор", kind="kit"), make_goods()
    with pytest.raises(Invalid) as caught:
        services.set_kit_lines(actor=inside.owner, variant=kit.public_id, lines=[(part.public_id, quantity)])
    assert list(caught.value.fields) == ["lines.0"]


def test_wrong_parts_are_told(inside):
    kit, part, service = make_goods("Набор", kind="kit"), make_goods(), make_goods("Сборка", kind="service")
    lines = [(part.public_id, 1), (part.public_id, 1), (service.public_id, 1), ("unknown", 1)]
    with pytest.raises(Invalid) as caught:
        services.set_kit_lines(actor=inside.owner, variant=kit.public_id, lines=lines)
    assert list(caught.value.fields) == ["lines.1", "lines.2", "lines.3"]
    with pytest.raises(Invalid, match="Only a kit"):
        services.set_kit_lines(actor=inside.owner, variant=part.public_id, lines=[])


def test_options_change_the_price_and_what_is_taken(inside):
    kitchen, oak, plastic = make_goods("Кухня"), make_goods("Фасад дуб"), make_goods("Фасад пластик")
    front = GroupDraft(
        name="Фасад",
        is_required=True,
        options=(
            OptionDraft(name="дуб", price_delta=Decimal("15000.50"), part_id=oak.pk, quantity=Decimal(6)),
            OptionDraft(name="пластик", part_id=plastic.pk, quantity=Decimal(6), is_default=True),
        ),
    )
    extras = GroupDraft(name="Ещё", most=2, options=(OptionDraft(name="сборка", price_delta=Decimal(3000)),))
    product = kitchen.product
    services.set_options(actor=inside.owner, product=product.public_id, groups=[front, extras])
    oak_option = Option.objects.get(name="дуб")
    work = Option.objects.get(name="сборка")
    priced = queries.price_options(kitchen.pk, [oak_option.pk, work.pk], Decimal(2))
    assert priced.delta == Decimal("18000.50")
    assert priced.parts == {oak.pk: Decimal(12)}
    with pytest.raises(Invalid, match="Фасад"):
        queries.price_options(kitchen.pk, [work.pk], Decimal(1))
    with pytest.raises(Invalid, match="Фасад"):
        queries.price_options(kitchen.pk, list(Option.objects.values_list("pk", flat=True)), Decimal(1))
    with pytest.raises(Invalid):
        queries.price_options(oak.pk, [work.pk], Decimal(1))
    services.set_options(actor=inside.owner, product=product.public_id, groups=[front])
    assert OptionGroup.objects.count() == 1
    assert Option.objects.get(name="дуб").pk == oak_option.pk


def test_what_goes_together(inside):
    table, chair, oil = (make_goods(name).product for name in ("Стол", "Стул", "Масло"))
    names = [chair.public_id, oil.public_id]
    services.set_related(actor=inside.owner, product=table.public_id, kind="accessory", others=names)
    services.set_related(actor=inside.owner, product=table.public_id, kind="accessory", others=names[::-1])
    rows = Related.objects.filter(product=table).order_by("position").values_list("other__name", flat=True)
    assert list(rows) == ["Масло", "Стул"]
    with pytest.raises(Invalid, match="itself"):
        services.set_related(actor=inside.owner, product=table.public_id, kind="related", others=[table.public_id])


# --- Pictures --------------------------------------------------- ----------------------------------------


def test_pictures_are_kept_ordered_and_deleted_with_their_bytes(inside, settings, tmp_path):
    product = make_goods().product
    add = {"actor": inside.owner, "product": product.public_id, "now": NOW}
    first = services.add_picture(source=io.BytesIO(PNG), name="стол.png", **add)
    second = services.add_picture(source=io.BytesIO(PNG), name="стол 2.png", **add)
    assert (first.width, first.height, first.position, second.position) == (640, 480, 0, 1)
    services.order_pictures(actor=inside.owner, product=product.public_id, public_ids=[second.public_id])
    assert list(Picture.objects.order_by("position").values_list("pk", flat=True)) == [second.pk, first.pk]
    services.delete_picture(actor=inside.owner, public_id=first.public_id)
    assert Picture.objects.count() == StoredFile.objects.filter(subject_kind="product").count() == 1
    for bad in (b"<svg onload=alert(1)>", b"", b"GIF89a"):
        with pytest.raises(Invalid, match="picture"):
            services.add_picture(source=io.BytesIO(bad), name="x.png", **add)
    assert StoredFile.objects.filter(subject_kind="product").count() == 1
