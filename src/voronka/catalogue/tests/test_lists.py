"""Price lists loaded, found in the catalogue, answered, taken back."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from voronka.catalogue import services
from voronka.catalogue.models import BadRow, Cost, ListLayout, Price, PriceLoad, Product, SupplierItem, Variant
from voronka.catalogue.rules.matching import cut
from voronka.catalogue.services import RuleDraft, lists
from voronka.catalogue.services.lists import costing
from voronka.catalogue.testing import make_goods, make_kind, make_supplier
from voronka.catalogue.views.supply.words import found_words
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.models import EventRow

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DATA = Path(__file__).parent / "data"
HEADER = "Код;Наименование;Штрихкод;Артикул производителя;Цена;Остаток\n"
FIRST = (
    "101;Стул «Брусок», дуб, ткань графит;4601546021298;;6200;5\n"
    "102;Стул Norden ясень 2 шт;;NR-20;3 100,50;>10\n"
    "103;Краска Velmir матовая белая, 0,9 л;;;450;12\n"
    "104;Неведомая вещь;;;77;1\n"
    "105;Плохая цена;;;-1;1\n"
    "101;Стул второй раз;;;1;1\n"
)


def begin(cast, supplier, text=HEADER + FIRST, name="list.csv", now=NOW):
    source = io.BytesIO(text.encode() if isinstance(text, str) else text)
    return lists.start_load(actor=cast.owner, supplier=supplier.public_id, source=source, name=name, now=now)


def run(cast, supplier, text=HEADER + FIRST, now=NOW):
    """Load a list whole, as a person who nods at the columns does."""
    load = begin(cast, supplier, text, now=now)
    if load.state == "asked":
        columns = {column["index"]: kind for kind, column in shown_columns(load).items()}
        load = lists.confirm_layout(actor=cast.owner, public_id=load.public_id, columns=columns, now=now)
    lists.load(load.pk, now=now)
    load.refresh_from_db()
    return load


def shown_columns(load):
    return {kind: {"index": at[0], "heading": at[1]} for kind, at in load.layout["columns"].items()}


@pytest.fixture
def shelf(inside):
    make_kind()
    return {
        "chair": make_goods("Стул «Брусок», дуб, графит", code="BR-1", barcode="4601546021298", price=9800),
        "norden": make_goods("Стул Norden, ясень", code="NR-1", price=None),
        "paint": make_goods("Краска Velmir белая матовая, 900 мл", code="VM-09", price=700),
        "paint5": make_goods("Краска Velmir белая матовая, 5 л", code="VM-5", price=3100),
    }


def states():
    return dict(SupplierItem.objects.order_by("row").values_list("code", "state"))


def test_the_first_list_asks_for_its_columns_and_is_loaded_once_they_are_confirmed(inside, shelf):
    supplier = make_supplier()
    load = begin(inside, supplier)
    assert (load.state, load.question["code"]) == ("asked", "new")
    assert not SupplierItem.objects.exists()
    done = run(inside, supplier)
    assert done.state == "done"
    assert done.bad_rows == 2
    assert dict(BadRow.objects.filter(load=done).values_list("number", "code")) == {6: "negative", 7: "twice"}
    assert done.counts["barcode"] == 1
    assert states() == {"101": "bound", "102": "asked", "103": "bound", "104": "asked"}
    assert EventRow.objects.filter(name="catalogue.PriceListLoaded").count() == 1


def test_a_list_of_known_columns_is_loaded_without_asking(inside, shelf):
    supplier = make_supplier()
    run(inside, supplier)
    assert begin(inside, supplier).state == "waiting"
    assert ListLayout.objects.count() == 1


def test_a_column_that_is_gone_is_asked_about(inside, shelf):
    supplier = make_supplier()
    run(inside, supplier)
    load = begin(inside, supplier, (HEADER + FIRST).replace("Цена", "Стоимость"))
    assert load.state == "asked"
    assert (load.question["code"], load.question["kind"]) == ("gone", "price")


def test_costs_and_prices_follow_the_list(inside, shelf):
    services.save_rule(actor=inside.owner, draft=RuleDraft(name="Наценка", kind="retail", markup_percent=Decimal(50)))
    supplier = make_supplier()
    run(inside, supplier)
    assert Cost.objects.get(variant=shelf["chair"]).amount == Decimal("6200.00")
    assert Price.objects.filter(variant=shelf["chair"], until__isnull=True).get().amount == Decimal("9300.00")


def test_the_same_list_twice_changes_nothing(inside, shelf):
    supplier = make_supplier()
    run(inside, supplier)
    fields = ("code", "name", "state", "variant_id", "price", "how")
    before = list(SupplierItem.objects.order_by("id").values_list("id", *fields))
    costs, prices = list(Cost.objects.values_list("id", "amount", "seen_at")), Price.objects.count()
    again = run(inside, supplier, now=NOW + timedelta(days=1))
    assert list(SupplierItem.objects.order_by("id").values_list("id", *fields)) == before
    assert list(Cost.objects.values_list("id", "amount", "seen_at")) == costs
    assert Price.objects.count() == prices
    assert again.counts["code"] == 2


def test_a_loading_whose_worker_died_goes_on(inside, shelf):
    supplier = make_supplier()
    run(inside, supplier)
    PriceLoad.objects.update(state="running")
    lists.load(PriceLoad.objects.get().pk, now=NOW)
    load = PriceLoad.objects.get()
    assert (load.state, load.done_rows, load.bad_rows) == ("done", 4, 2)
    assert SupplierItem.objects.count() == 4


def test_what_a_list_leaves_out_is_not_listed_and_the_undo_brings_it_back(inside, shelf):
    supplier = make_supplier()
    run(inside, supplier)
    chair = SupplierItem.objects.get(code="101")
    kept = {name: getattr(chair, name) for name in ("price", "variant_id", "state", "quantity")}
    changed = HEADER + "101;Стул «Брусок», дуб, ткань графит;4601546021298;;7000;1\n201;Новая вещь;;;5;5\n"
    second = run(inside, supplier, changed, now=NOW + timedelta(days=1))
    assert second.counts["gone"] == 3
    assert not SupplierItem.objects.get(code="103").is_listed
    assert Cost.objects.get(variant=shelf["chair"]).amount == 7000
    lists.undo_load(actor=inside.owner, public_id=second.public_id, now=NOW + timedelta(days=2))
    chair.refresh_from_db()
    assert {name: getattr(chair, name) for name in kept} == kept
    assert SupplierItem.objects.get(code="103").is_listed
    assert not SupplierItem.objects.filter(code="201").exists()
    assert Cost.objects.get(variant=shelf["chair"]).amount == Decimal("6200.00")
    with pytest.raises(Conflict):
        lists.undo_load(actor=inside.owner, public_id=second.public_id, now=NOW)


def test_only_the_last_list_of_a_supplier_is_taken_back(inside, shelf):
    supplier = make_supplier()
    first = run(inside, supplier)
    run(inside, supplier, now=NOW + timedelta(days=1))
    with pytest.raises(Conflict):
        lists.undo_load(actor=inside.owner, public_id=first.public_id, now=NOW)


def test_an_answer_binds_takes_the_cost_of_one_and_is_remembered(inside, shelf):
    supplier = make_supplier()
    run(inside, supplier)
    item = SupplierItem.objects.get(code="102")
    told = lists.bind_item(actor=inside.owner, item=item.public_id, variant=shelf["norden"].public_id, now=NOW)
    assert (told.item.state, told.item.how, told.item.pieces) == ("bound", "person", 2)
    assert Cost.objects.get(variant=shelf["norden"]).amount == Decimal("1550.25")
    run(inside, supplier, now=NOW + timedelta(days=1))
    item.refresh_from_db()
    assert item.variant_id == shelf["norden"].pk
    with pytest.raises(Conflict):
        lists.bind_item(actor=inside.owner, item=item.public_id, variant=shelf["chair"].public_id, now=NOW)


def test_answers_teach_the_lines_that_are_still_asked(inside, shelf):
    supplier = make_supplier()
    text = HEADER + "1;ЛКМ Велмир бел. мат. РШ, 0,9 л;;;450;1\n2;ЛКМ Велмир бел. мат. РШ, 5 л;;;2000;1\n"
    run(inside, supplier, text)
    first = SupplierItem.objects.get(code="1")
    if first.state == "asked":
        lists.bind_item(actor=inside.owner, item=first.public_id, variant=shelf["paint"].public_id, now=NOW)
    lists.find_again(supplier.pk, now=NOW)
    second = SupplierItem.objects.get(code="2")
    assert (second.state, second.variant_id) == ("bound", shelf["paint5"].pk)
    assert Cost.objects.get(variant=shelf["paint5"]).amount == 2000


def test_an_answer_is_taken_back_with_its_cost(inside, shelf):
    supplier = make_supplier()
    run(inside, supplier)
    item = SupplierItem.objects.get(code="102")
    lists.bind_item(actor=inside.owner, item=item.public_id, variant=shelf["norden"].public_id, now=NOW)
    lists.take_answer_back(actor=inside.owner, item=item.public_id, now=NOW)
    item.refresh_from_db()
    assert (item.state, item.variant_id) == ("asked", None)
    assert not Cost.objects.filter(variant=shelf["norden"]).exists()


def test_lines_are_skipped_refused_and_made_into_goods(inside, shelf):
    supplier = make_supplier()
    run(inside, supplier)
    item = SupplierItem.objects.get(code="104")
    assert lists.skip_item(actor=inside.owner, item=item.public_id).skipped == 1
    assert lists.refuse_item(actor=inside.owner, item=item.public_id, now=NOW).state == "refused"
    lists.take_answer_back(actor=inside.owner, item=item.public_id, now=NOW)
    made = lists.make_goods(actor=inside.owner, item=item.public_id, now=NOW)
    assert made.item.variant.name == "Неведомая вещь"
    assert Cost.objects.get(variant=made.item.variant).amount == 77
    run(inside, supplier, now=NOW + timedelta(days=1))
    assert states()["104"] == "bound"


def test_who_may_not_load_lists_sees_and_changes_nothing(inside, shelf):
    supplier = make_supplier()
    load = run(inside, supplier)
    item = SupplierItem.objects.get(code="102")
    colleague = inside.colleague
    for attempt in (
        lambda: lists.start_load(
            actor=colleague, supplier=supplier.public_id, source=io.BytesIO(b"a"), name="a.csv", now=NOW
        ),
        lambda: lists.get_load(colleague, load.public_id),
        lambda: lists.undo_load(actor=colleague, public_id=load.public_id, now=NOW),
        lambda: lists.refuse_item(actor=colleague, item=item.public_id, now=NOW),
    ):
        with pytest.raises(Denied):
            attempt()
    assert SupplierItem.objects.get(code="102").state == "asked"
    with pytest.raises(NotFound):
        lists.get_load(inside.owner, "nosuch")


def test_a_file_without_a_price_list_keeps_nothing(inside, shelf):
    supplier = make_supplier()
    for text in ("Здравствуйте\nвысылаем прайс завтра\n", "", b"%PDF-1.7 nothing"):
        with pytest.raises(Invalid) as told:
            begin(inside, supplier, text)
        assert "file" in told.value.fields
    assert not PriceLoad.objects.exists()


def test_columns_without_a_price_are_refused_and_a_real_file_loads(inside, shelf):
    supplier = make_supplier()
    source = io.BytesIO((DATA / "wondersell_sample.xlsx").read_bytes())
    load = lists.start_load(actor=inside.owner, supplier=supplier.public_id, source=source, name="a.xlsx", now=NOW)
    with pytest.raises(Invalid):
        lists.confirm_layout(actor=inside.owner, public_id=load.public_id, columns={1: "code"}, now=NOW)
    columns = {column["index"]: kind for kind, column in shown_columns(load).items()}
    lists.confirm_layout(actor=inside.owner, public_id=load.public_id, columns=columns, now=NOW)
    lists.load(load.pk, now=NOW)
    load.refresh_from_db()
    assert (load.state, load.done_rows, load.bad_rows) == ("done", 670, 0)
    assert cut("x").words


@pytest.mark.parametrize(
    ("theirs", "ours", "pieces"), [("Стул 2 шт", "Стул", 2), ("Стул", "Стул", 1), ("Болт 100 шт", "Болт 200 шт", 1),
     ("Болт, 200 шт", "Болт 100 шт", 2)],
)  # fmt: skip
def test_a_pack_of_theirs_is_so_many_of_ours(theirs, ours, pieces):
    assert lists.pieces_in(theirs, ours) == pieces


def test_an_error_of_the_program_ends_a_loading_and_is_taken_back(inside, shelf, monkeypatch):
    supplier = make_supplier()
    load = run(inside, supplier, now=NOW - timedelta(days=1))
    again = begin(inside, supplier, HEADER + FIRST.replace("6200", "6300"))
    with monkeypatch.context() as broken:
        broken.setattr(lists.running.costing, "take_costs", lambda *_args, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            lists.load(again.pk, now=NOW)
    again.refresh_from_db()
    assert (again.state, again.done_rows) == ("failed", 4)
    assert again.error
    with pytest.raises(Conflict):
        lists.undo_load(actor=inside.owner, public_id=load.public_id, now=NOW)
    lists.undo_load(actor=inside.owner, public_id=again.public_id, now=NOW)
    assert SupplierItem.objects.get(code="101").price == 6200


def test_the_undo_of_the_first_list_leaves_no_cost_behind(inside, shelf):
    supplier = make_supplier()
    load = run(inside, supplier)
    assert Cost.objects.filter(supplier=supplier).exists()
    lists.undo_load(actor=inside.owner, public_id=load.public_id, now=NOW)
    assert not SupplierItem.objects.exists()
    assert not Cost.objects.filter(supplier=supplier).exists()


def test_a_binding_that_was_taken_back_is_not_made_by_itself_again(inside, shelf):
    supplier = make_supplier()
    run(inside, supplier)
    chair = SupplierItem.objects.get(code="101")
    assert chair.state == "bound"
    lists.take_answer_back(actor=inside.owner, item=chair.public_id, now=NOW)
    lists.find_again(supplier.pk, now=NOW)
    run(inside, supplier, now=NOW + timedelta(days=1))
    chair.refresh_from_db()
    assert (chair.state, chair.variant_id) == ("asked", None)


def test_odd_lines_are_told_and_end_nothing(inside, shelf):
    supplier = make_supplier()
    odd = "а" * 79 + "1;Вещь с длинным кодом;;;10;1\n" + "ß" * 80 + ";Другая;;;10;1\n9;Дорогая;;;1000000000;1\n"
    load = run(inside, supplier, HEADER + odd)
    assert (load.state, load.done_rows) == ("done", 2)
    assert BadRow.objects.get().code == "huge"


def test_goods_made_of_a_line_stand_in_its_group(inside, shelf):
    supplier = make_supplier()
    run(inside, supplier, HEADER + ";Табуреты;;;;\n" + "301;Табурет особый;;;900;1\n")
    item = SupplierItem.objects.get(code="301")
    made = lists.make_goods(actor=inside.owner, item=item.public_id, now=NOW)
    assert made.item.variant.product.category.name == "Табуреты"


@given(
    price=st.decimals("0.01", "999999.99", places=2), pack=st.integers(1, 10_000),
    unit=st.sampled_from(["796", "778", "166"]), how=st.sampled_from(["code", "barcode", "person"]),
)  # fmt: skip
def test_a_cost_of_a_piece_is_the_price_over_the_pieces_to_the_kopeck(price, pack, unit, how):
    ours = Variant(name="Болт мебельный", product=Product(unit=unit))
    item = SupplierItem(name="Болт мебельный", price=price, pack=pack, how=how, variant=ours)
    each = costing.cost_of(item)
    bought = pack if unit == "796" and how != "person" else 1
    assert each is not None
    assert abs(each * bought - price) <= Decimal("0.005") * bought or each == Decimal("0.01")


def test_the_column_of_packings_divides_the_price_of_a_pack(inside, shelf):
    head = "Код;Наименование;Штрихкод;Ед. изм.;В упаковке;Цена\n"
    pack = "201;Стул «Брусок», дуб;4601546021298;уп;4;24800\n"
    supplier = make_supplier()
    load = run(inside, supplier, f"{head}{pack}202;Вещь неведомая;;шт;10;50\n")
    assert (SupplierItem.objects.get(code="201").pack, SupplierItem.objects.get(code="202").pack) == (4, 1)
    assert Cost.objects.get(variant=shelf["chair"]).amount == Decimal("6200.00")
    assert load.counts["packs"] == 1
    with translation.override("ru"):
        assert ("цен упаковок поделено на штуки", 1) in [
            (str(name), count) for name, count in found_words(load.counts)
        ]
    later = NOW + timedelta(days=1)
    again = run(inside, supplier, head + pack.replace(";4;", ";8;"), now=later)
    assert Cost.objects.get(variant=shelf["chair"]).amount == Decimal("3100.00")
    lists.undo_load(actor=inside.owner, public_id=again.public_id, now=later)
    assert Cost.objects.get(variant=shelf["chair"]).amount == Decimal("6200.00")


def test_goods_sold_by_the_pack_cost_what_the_pack_does(inside, shelf):
    Product.objects.filter(variants=shelf["chair"]).update(unit="778")
    load = run(inside, make_supplier(), (
        "Код;Наименование;Штрихкод;Ед. изм.;В упаковке;Цена\n201;Стул «Брусок», дуб;4601546021298;уп;4;24800\n"
        "202;Вещь неведомая;;шт;10;50\n"
    ))  # fmt: skip
    assert Cost.objects.get(variant=shelf["chair"]).amount == Decimal("24800.00")
    assert "packs" not in load.counts
