"""Pages of goods in the hands of people: what they show, what they refuse, how many statements they take."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from voronka.accounts.testing import sign_in
from voronka.catalogue import queries, services
from voronka.catalogue.models import (
    Category,
    HeldPrice,
    KitLine,
    Option,
    Picture,
    Price,
    PriceKind,
    PriceRule,
    Product,
    Rate,
    Related,
    Supplier,
    Variant,
)
from voronka.catalogue.services import Asked
from voronka.catalogue.testing import make_category, make_goods, make_many, make_row, make_supplier
from voronka.catalogue.tests.test_rules import PNG
from voronka.kit.tenancy import company_context

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(cast):
    return sign_in(Client(), cast.owner)


@pytest.fixture
def colleague(cast):
    return sign_in(Client(), cast.colleague)


@pytest.fixture
def room(cast):
    """Enter the company for a moment: `with room(): ...`."""
    return lambda: company_context(cast.company_id, employee_id=cast.owner.employee_id)


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2_000]
    return answer.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def url(name, *args):
    return reverse(f"catalogue:{name}", args=args)


def test_the_list_finds_sorts_and_filters(browser, room):
    with room():
        home = make_category("Дом")
        tables = make_category("Столы", home)
        make_goods("Стол дубовый", code="СТ-1", price="15000.00", category=tables, barcode="4006381333931")
        make_goods("Стул", code="СТ-2", price="3000.00", category=home)
        make_goods("Сборка", code="У-1", price=None, kind="service", is_on_sale=False)
    page = text(browser.get(url("goods-list")))
    assert all(name in page for name in ("Стол дубовый", "Стул", "Сборка", "Дом / Столы", "15 000"))

    def found(**asked):
        answer = browser.get(url("goods-list"), asked, headers={"HX-Request": "true"})
        page = text(answer)
        return [name for name in ("Стол дубовый", "Стул", "Сборка") if f">{name}</a>" in page]

    assert found(q="дуб") == found(q="4006381333931") == found(q="СТ-1") == ["Стол дубовый"]
    assert found(**{"f.category": home.public_id}) == ["Стол дубовый", "Стул"]
    assert found(**{"f.price": "2000..4000"}) == ["Стул"]
    assert (
        found(**{"f.price:empty": "yes"})
        == found(**{"f.on_sale": "no"})
        == found(**{"f.kind": "service"})
        == ["Сборка"]
    )
    assert found(**{"f.barcode:empty": "yes"}) == ["Стул", "Сборка"]
    for sort, order in (("price", "Стул Стол Сборка"), ("-price", "Стол Стул Сборка"), ("code", "Стол Стул Сборка")):
        page = text(browser.get(url("goods-list"), {"sort": sort}, headers={"HX-Request": "true"}))
        places = [page.index(f">{name}") for name in order.replace("Стол", "Стол").split()]
        assert places == sorted(places), sort


@pytest.mark.parametrize("sort", ["name", "-name", "code", "-code", "price", "-price"])
def test_pages_of_the_list_hold_each_once(browser, room, sort):
    with room():
        make_row(
            [(f"Товар {number % 7}", None if number % 5 == 0 else str(100 + number % 11)) for number in range(120)]
        )
        wanted = set(Variant.objects.values_list("public_id", flat=True))
    seen, address = [], url("goods-list") + f"?sort={sort}&size=50"
    while address:
        page = text(browser.get(address, headers={"HX-Request": "true"}))
        seen += [part.split('"')[0] for part in page.split('name="id" value="')[1:]]
        address = ""
        if 'rel="next"' in page:
            address = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert len(seen) == 120
    assert set(seen) == wanted


@pytest.mark.parametrize(
    "asked",
    [
        {"after": "x" * 500},
        {"after": "WzEsMl0"},
        {"after": "W251bGwsIDk5OTk5OTk5OTk5OTk5OTk5OTk5OV0"},
        {"sort": "' OR 1=1"},
        {"sort": "code", "after": "WyJcdWQ4MDAiLCAxXQ"},
        {"sort": "price", "after": "WyJOYU4iLCAxXQ"},
        {"q": "\0"},
        {"q": "%' --"},
        {"columns": "nothing,<b>"},
        {"size": "999999"},
    ],
    ids=str,
)
def test_a_spoilt_address_is_no_error(browser, asked):
    text(browser.get(url("goods-list"), asked))


@pytest.mark.parametrize(
    "asked",
    [{"f.none": "1"}, {"f.price": "много"}, {"f.category": "none-such"}, {"f.kind": "x"}, {"f.supplier": "x"}],
    ids=str,
)
def test_a_filter_without_sense_is_told(browser, asked):
    with transaction.atomic():
        assert "v-banner" in text(browser.get(url("goods-list"), asked), 422)


def test_statements_of_the_list_do_not_grow_with_it(browser, room, django_assert_num_queries):
    with room():
        home = make_category("Дом")
        for one in make_many(60):
            Product.objects.filter(pk=one.product_id).update(category=home)
    browser.get(url("goods-list"))
    with django_assert_num_queries(18):
        text(browser.get(url("goods-list")))


def test_the_list_leaves_as_a_file(browser, colleague, room):
    with room():
        make_goods("=Формула", price="10.50")
    page = b"".join(browser.get(url("goods-export", "csv")).streaming_content).decode("utf-8-sig")
    assert "'=Формула" in page
    assert "10.5" in page.replace(",", ".")
    assert colleague.get(url("goods-export", "csv")).status_code == 403


def test_goods_are_switched_from_the_list(browser, room):
    with room():
        one, two = make_goods("А"), make_goods("Б")
    sent = {"id": [one.public_id, two.public_id], "what": "off", "query": "q=а"}
    answer = browser.post(url("goods-switch"), sent)
    assert answer.url == url("goods-list") + "?q=%D0%B0"
    with room():
        assert not Product.objects.filter(is_on_sale=True).exists()


# --- A product ----------------------------------------------------------------------------------------------------

PRODUCT = {
    "name": "Стол", "kind": "goods", "category": "", "brand": "Лофт", "unit": "796", "vat": "main", "marking": "",
    "attributes": "Материал: дуб\nНожки: сталь", "description": "", "is_on_sale": "on", "rows": "2",
    "v0-options": "Цвет: белый", "v0-code": "Б-1", "v0-barcodes": "4006381333931 96385074", "v0-is_on_sale": "on",
    "v1-options": "Цвет: чёрный", "v1-is_on_sale": "on", "act": "save",
}  # fmt: skip


def test_a_product_is_made_shown_and_changed(browser, room):
    answer = browser.post(url("goods-add"), PRODUCT)
    assert answer.status_code == 302
    page = text(browser.get(answer.url))
    assert all(words in page for words in ("Стол, белый", "Б-1", "96385074", "Стол, чёрный", "10001", "дуб", "22"))
    with room():
        product = Product.objects.get()
    page = text(browser.get(url("goods-edit", product.public_id)))
    assert "Ножки: сталь" in page
    with room():
        ids = list(Variant.objects.order_by("position").values_list("public_id", flat=True))
    changed = PRODUCT | {
        "version": "1",
        "name": "Парта",
        "v0-public_id": ids[0],
        "v1-public_id": ids[1],
        "v1-code": "Ч-1",
    }
    assert browser.post(url("goods-edit", product.public_id), changed).status_code == 302
    again = text(browser.post(url("goods-edit", product.public_id), changed), 422)
    assert "коллега" in again
    with room():
        assert list(Variant.objects.order_by("position").values_list("name", "code")) == [
            ("Парта, белый", "Б-1"), ("Парта, чёрный", "Ч-1"),
        ]  # fmt: skip


def test_what_is_wrong_stands_beside_its_input(browser, room):
    with room():
        make_goods("Шкаф", code="Б-1", barcode="96385074")
    page = text(browser.post(url("goods-add"), PRODUCT | {"v1-code": "Б-1", "v1-weight_g": "-5"}), 422)
    assert page.count("is-late") == 4
    assert "уже у товара «Шкаф»" in page
    page = text(browser.post(url("goods-add"), PRODUCT | {"attributes": "без двоеточия"}), 422)
    assert "двоеточие" in page
    with room():
        assert Product.objects.count() == 1


def test_one_more_row_for_a_variant(browser):
    page = text(browser.post(url("goods-add"), PRODUCT | {"act": "more"}))
    assert 'name="v2-code"' in page
    assert 'value="Б-1"' in page


def test_a_price_is_typed_in_place(browser, colleague, room):
    with room():
        goods = make_goods("Стол", price="1000.00")
    address = url("price-set", goods.product.public_id)
    typed = {"variant": goods.public_id, "kind": "retail", "amount": "1 100,50 ₽", "act": "set"}
    page = text(browser.post(address, typed, headers={"HX-Request": "true"}))
    assert "1 100,50" in page
    assert "Цена поставлена" in page
    for wrong in ("0", "-5", "много", "1000000000000", "1.001", ""):
        page = text(browser.post(address, typed | {"amount": wrong}, headers={"HX-Request": "true"}), 422)
        assert "v-input-why" in page
    assert colleague.post(address, typed).status_code == 403
    page = text(browser.post(address, typed | {"amount": "5000"}, headers={"HX-Request": "true"}))
    assert "Защита задержала" in page
    page = text(browser.post(address, typed | {"amount": "5000", "act": "insist"}, headers={"HX-Request": "true"}))
    assert "Цена поставлена" in page
    with room():
        assert queries.price_now([goods.pk]) == {goods.pk: 5000}


def test_a_price_is_planned_and_called_off_without_script(browser, room):
    with room():
        goods = make_goods("Стол", price="1000.00")
    address = url("price-set", goods.product.public_id)
    day = (timezone.now() + timedelta(days=10)).date()
    typed = {"variant": goods.public_id, "kind": "retail", "amount": "900", "since": f"{day}", "until": f"{day}"}
    assert browser.post(address, typed | {"act": "set"}).status_code == 302
    page = text(browser.get(url("goods-detail", goods.product.public_id)))
    assert "1 запланированная цена" in page or "2 запланированные цены" in page
    with room():
        planned = Price.objects.get(amount=900)
        assert planned.until - planned.since == timedelta(days=1)
    browser.post(address, typed | {"act": "call-off", "price": str(planned.pk)})
    with room():
        assert not Price.objects.filter(amount=900).exists()
    text(browser.post(address, typed | {"act": "set", "since": "вчера"}, headers={"HX-Request": "true"}), 422)
    assert browser.post(address, typed | {"act": "end"}).status_code == 302
    with room():
        assert queries.price_now([goods.pk]) == {}


def test_statements_of_a_product_do_not_grow_with_its_variants(browser, room, django_assert_num_queries):
    with room():
        first = make_goods("Стол", price="1000.00")
        for number in range(8):
            row = Variant.objects.create(product=first.product, code=f"В-{number}", name=f"Стол {number}")
            Price.objects.create(
                variant=row, kind=PriceKind.objects.get(is_default=True), amount=5, since=timezone.now()
            )
            services.set_costs(
                actor=first_owner(browser), costs=[Asked(row.pk, Decimal(4))], now=timezone.now()
            )  # fmt: skip
    browser.get(url("goods-detail", first.product.public_id))
    with django_assert_num_queries(21):
        text(browser.get(url("goods-detail", first.product.public_id)))


def first_owner(browser):
    from voronka.accounts.testing import actor_of

    return actor_of(*browser.session["place"])


def test_who_may_not_see_costs_reads_none(browser, colleague, room):
    with room():
        goods = make_goods("Стол", price="1000.00")
        services.set_costs(actor=first_owner(browser), costs=[Asked(goods.pk, Decimal("777.13"))], now=timezone.now())
    address = url("goods-detail", goods.product.public_id)
    assert "777,13" in text(browser.get(address))
    assert "777,13" not in text(colleague.get(address))
    shown = {"columns": "cost", "f.cost": "1..9999"}
    assert "777,13" in text(browser.get(url("goods-list"), {"columns": "cost"}))
    assert "777,13" not in text(colleague.get(url("goods-list"), {"columns": "cost"}))
    text(colleague.get(url("goods-list"), shown), 422)


def test_kits_options_and_what_goes_with_it(browser, room):
    with room():
        kit, part, oil = (
            make_goods("Набор", kind="kit"),
            make_goods("Стул", code="С-1"),
            make_goods("Масло", code="М-1"),
        )
    address = url("kit-edit", kit.product.public_id, kit.public_id)
    page = text(browser.post(address, {"what": ["С-1", "нет такого"], "quantity": ["2", "1"]}), 422)
    assert "Не найдено" in page
    text(browser.post(address, {"what": ["С-1"], "quantity": ["0"]}), 422)
    assert browser.post(address, {"what": ["С-1", ""], "quantity": ["2,5", "1"]}).status_code == 302
    with room():
        assert KitLine.objects.get().quantity == Decimal("2.5")
    text(browser.get(address))
    goes = url("related-edit", kit.product.public_id)
    assert "нет такого" in text(browser.post(goes, {"accessory": "нет такого", "related": ""}), 422)
    assert browser.post(goes, {"accessory": "М-1", "related": "С-1"}).status_code == 302
    with room():
        assert Related.objects.count() == 2
    choose = url("options-edit", part.product.public_id)
    typed = {
        "g0-name": "Обивка", "g0-most": "1", "g0-needed": "on", "g0-option": ["ткань", "кожа", ""],
        "g0-delta": ["", "1 500", ""], "g0-part": ["", "М-1", ""], "g0-quantity": ["", "0,5", ""], "g1-name": "",
    }  # fmt: skip
    assert browser.post(choose, typed).status_code == 302
    text(browser.post(choose, typed | {"g0-delta": ["много", "", ""]}), 422)
    with room():
        leather = Option.objects.get(name="кожа")
        assert (leather.price_delta, leather.part_id, leather.quantity) == (1500, oil.pk, Decimal("0.5"))
    page = text(browser.get(url("goods-detail", part.product.public_id)))
    assert "кожа" in page


def test_pictures_are_added_shown_as_attachments_and_deleted(browser, colleague, room):
    with room():
        goods = make_goods("Стол")
    address = url("picture-add", goods.product.public_id)
    files = [SimpleUploadedFile("стол.png", PNG), SimpleUploadedFile("x.png", b"<svg onload=alert(1)>")]
    assert browser.post(address, {"files": files}).status_code == 302
    with room():
        kept = Picture.objects.get()
    shown = colleague.get(url("picture", kept.public_id))
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["Content-Disposition"].startswith("attachment")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(shown.streaming_content) == PNG
    browser.post(url("picture-delete", goods.product.public_id, kept.public_id), {"act": "delete"})
    with room():
        assert not Picture.objects.exists()


# --- Categories, held prices, settings ----------------------------------------------------------------------------


def test_categories(browser, room):
    browser.post(url("categories"), {"name": "Дом"})
    with room():
        home = Category.objects.get()
    browser.post(url("categories"), {"name": "Столы", "parent": home.public_id})
    page = text(browser.get(url("categories")))
    assert page.index("Дом") < page.index("Столы")
    with room():
        tables = Category.objects.get(name="Столы")
    page = text(browser.post(url("category", home.public_id), {"name": "Дом", "parent": tables.public_id}), 422)
    assert "внутри самой себя" in page
    assert browser.post(url("category-move", home.public_id), {"to": "delete"}).status_code == 409
    assert browser.post(url("category-move", tables.public_id), {"to": "delete"}).status_code == 302


def test_held_prices_are_settled_one_after_another(browser, colleague, room):
    with room():
        goods = [make_goods(f"Стол {number}", price="1000.00") for number in range(3)]
        for one in goods:
            services.set_price(
                actor=first_owner(browser),
                variant=one.public_id,
                kind="retail",
                amount=Decimal(2000),
                now=timezone.now(),
            )
        ids = list(HeldPrice.objects.order_by("id").values_list("public_id", flat=True))
    page = text(browser.get(url("held")))
    assert "+100" in page
    assert "3 цены задержаны" in text(browser.get(url("goods-list")))
    page = text(browser.post(url("held-settle"), {"id": ids[0], "act": "release"}, headers={"HX-Request": "true"}))
    assert "Стол 0" not in page
    assert browser.post(url("held-settle"), {"id": ids[1], "act": "refuse"}).status_code == 302
    assert colleague.post(url("held-settle"), {"id": ids[2], "act": "release"}).status_code == 403
    with room():
        assert sorted(queries.price_now([one.pk for one in goods]).values()) == [1000, 1000, 2000]


def test_settings_of_prices(browser, room):
    assert "Розничная" in text(browser.get(url("kinds")))
    kind = {"name": "Для своих", "code": "own", "currency": "RUB", "step": "10", "ending": "9", "is_on": "on"}
    assert browser.post(url("kind-new"), kind).status_code == 302
    text(browser.post(url("kind-new"), kind | {"code": "other", "name": "Иная", "ending": "10"}), 422)
    text(browser.get(url("kind", "own")))
    assert browser.post(url("kind-delete", "own")).status_code == 302
    browser.post(url("supplier-new"), {"name": "Восток", "currency": "RUB", "lead_days": "5", "is_on": "on"})
    with room():
        east = Supplier.objects.get()
        goods = make_goods("Стол", price=None)
        services.set_costs(
            actor=first_owner(browser), costs=[Asked(goods.pk, Decimal(100), "RUB", east.pk)], now=timezone.now()
        )
    made = {"name": "Наценка", "kind": "retail", "supplier": east.public_id, "markup_percent": "50", "is_on": "on"}
    assert browser.post(url("price-rule-new"), made).status_code == 302
    assert browser.post(url("price-rules")).status_code == 302
    with room():
        assert queries.price_now([goods.pk]) == {goods.pk: 150}
        rule = PriceRule.objects.get()
    assert "Восток" in text(browser.get(url("price-rules")))
    text(browser.get(url("price-rule", rule.public_id)))
    browser.post(url("price-rule-move", rule.public_id), {"to": "delete"})
    assert (
        browser.post(url("rates"), {"currency": "USD", "per_unit": "81.5", "since": "2026-11-01"}).status_code == 302
    )
    text(browser.post(url("rates"), {"currency": "USD", "per_unit": "-1", "since": "2026-11-01"}), 422)
    with room():
        assert Rate.objects.get().per_unit == Decimal("81.5")
        assert not PriceRule.objects.exists()
    assert "Восток" in text(browser.get(url("suppliers")))


def test_a_reader_sees_and_changes_nothing(colleague, room):
    with room():
        goods = make_goods("Стол", price="1000.00")
        make_supplier()
    assert "Стол" in text(colleague.get(url("goods-list")))
    assert "Стол" in text(colleague.get(url("goods-detail", goods.product.public_id)))
    for name, args in (("goods-add", ()), ("kinds", ()), ("held", ()), ("suppliers", ())):
        assert colleague.get(url(name, *args)).status_code == 403


def test_the_palette_finds_goods(browser, colleague, room):
    with room():
        make_goods("Стол дубовый", code="СТ-77", price="15000.00", barcode="4006381333931")
    for asked in ("СТ-77", "дубовый", "4006381333931"):
        page = text(browser.get(reverse("deals:search"), {"q": asked}, headers={"HX-Request": "true"}))
        assert "15 000" in page, asked
