"""Buffers from a table: whole or not at all, what is wrong told by rows."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from voronka.accounts.testing import make_company
from voronka.catalogue.testing import make_goods, make_supplier
from voronka.kit.errors import Invalid
from voronka.kit.tables import write_xlsx
from voronka.kit.tenancy import company_context
from voronka.stock import services
from voronka.stock.models import Buffer
from voronka.stock.testing import make_place

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


def load(cast, path, place=None):
    return services.load_buffers(path, actor=cast.owner, now=NOW, place_id=place.pk if place else None)


def test_a_table_sets_buffers_and_the_same_one_again_changes_nothing(cast, tmp_path):
    shop, store = make_place(cast.owner, "Красноярск"), make_place(cast.owner, "Новосибирск")
    supplier = make_supplier("Мебельград")
    chair, shelf = make_goods("Стул", code="0042"), make_goods("Полка", code="П-2", barcode="4006381333931")
    path = tmp_path / "буферы.xlsx"
    write_xlsx(path, [
        ["Отчёт о запасах"],
        ["Артикул", "Место", "Буфер", "Кратность", "Мин. партия", "Срок, дней", "Поставщик", "Откуда"],
        ["0042", "красноярск", 60, 6, 12, 9, "Мебельград", None],
        ["4006381333931", None, "20", None, None, None, None, "Новосибирск"],
    ])  # fmt: skip
    made = load(cast, path, shop)
    assert (made.new, made.changed) == (2, 0)
    first, second = Buffer.objects.get(variant=chair), Buffer.objects.get(variant=shelf)
    assert (first.place_id, first.target, first.multiple, first.min_lot, first.lead_days, first.supplier_id) == (
        shop.pk, 60, 6, 12, 9, supplier.pk,
    )  # fmt: skip
    assert (second.target, second.multiple, second.source_id, second.lead_days) == (20, 1, store.pk, None)
    again = load(cast, path, shop)
    assert (again.new, again.changed) == (0, 0)


def test_one_bad_row_and_nothing_is_taken_and_every_bad_row_is_told(cast, tmp_path):
    make_place(cast.owner, "Красноярск")
    make_goods("Стул", code="СТ-1")
    make_goods("Диван", code="ДВ-1")
    path = tmp_path / "bad.csv"
    path.write_text(
        "Артикул;Место;Буфер;Срок\nСТ-1;Красноярск;5;3\nНЕТ;Красноярск;5;3\nДВ-1;Луна;5;3\nДВ-1;Красноярск;много;3\n"
        "ДВ-1;Красноярск;-4;3\nДВ-1;Красноярск;4;скоро\nДВ-1;;4;3\n",
        encoding="utf-8",
    )
    with pytest.raises(Invalid) as refused:
        load(cast, path)
    assert set(refused.value.fields) == {"3", "4", "5", "6", "7", "8"}
    assert not Buffer.objects.exists()


def test_what_the_services_refuse_is_told_by_the_row_of_the_file(cast, tmp_path):
    shop = make_place(cast.owner, "Красноярск")
    make_goods("Стул", code="СТ-1")
    path = tmp_path / "half.csv"
    path.write_text("\n\nАртикул;Буфер\nСТ-1;2,5\nСТ-1;3\n", encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        load(cast, path, shop)
    assert set(refused.value.fields) == {"4", "5"}
    path.write_text("Код товара;Сколько\nСТ-1;3\n", encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        load(cast, path, shop)
    assert refused.value.code == "no_columns"
    assert not Buffer.objects.exists()


def test_a_barcode_that_a_spreadsheet_made_a_number_is_found(cast, tmp_path):
    shop = make_place(cast.owner, "Красноярск")
    good = make_goods("Полка", barcode="4006381333931")
    path = tmp_path / "numbers.xlsx"
    write_xlsx(path, [["SKU", "Target"], [4006381333931, 7]])
    assert load(cast, path, shop).new == 1
    assert Buffer.objects.get().variant_id == good.pk
    assert Buffer.objects.get().target == Decimal(7)
