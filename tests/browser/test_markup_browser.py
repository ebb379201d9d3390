"""Shops as they are: what the script reads of WooCommerce, Bitrix, InSales, Tilda and of lists for tag managers."""

from pathlib import Path

import pytest

import voronka.site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

READING = Path(voronka.site.__file__).parent / "script" / "reading.js"
MARKS = """<div itemscope itemtype="http://schema.org/Product"><h1 itemprop="name"> Стол </h1>
<meta itemprop="sku" content="T-1"><div itemprop="offers" itemscope itemtype="http://schema.org/Offer">
<meta itemprop="priceCurrency" content="RUB"><span itemprop="price" content="12400.50">12 400,50</span></div></div>"""
WOO = """<script type="application/ld+json">{"@graph":[{"@type":"Product","name":"Лампа","sku":"L-2",
"offers":[{"@type":"Offer","priceSpecification":[{"price":"990.00"}]}]}]}</script>"""
WOO_BLOCKS = """<table class="wc-block-cart-items"><tr class="wc-block-cart-items__row">
<td><a class="wc-block-components-product-name">Лампа</a><span class="wc-block-components-product-price">
<del>1 200,00 ₽</del><ins>990,00 ₽</ins></span>
<input class="wc-block-components-quantity-selector__input" value="3"></td>
</tr></table>"""
WOO_FORM = """<form class="woocommerce-cart-form"><table><tr class="cart_item">
<td class="product-name"><a>Лампа</a></td><td class="product-price"><span class="amount">990&nbsp;₽</span></td>
<td><input class="qty" value="2"></td></tr></table></form>"""
WOO_DONE = """<ul><li class="woocommerce-order-overview__total">Итого:
<span class="amount">1 980,00 ₽</span></li></ul>"""
READ = "async () => { const plain = (one) => JSON.parse(JSON.stringify(one));"
READ += " const it = await import('/reading.js'); return plain([it.product(), it.basket(), it.selling()]); }"
TELL = """async (entries) => {
  const it = await import('/reading.js');
  return JSON.parse(JSON.stringify(entries.map((one) => it.told(one))));
}"""


@pytest.fixture
def page(visit):
    page = visit()
    pages = {
        "/marks": MARKS,
        "/woo": WOO,
        "/cart": WOO_BLOCKS,
        "/old": WOO_FORM,
        "/checkout/order-received/77/": WOO_DONE,
    }

    def answer(route):
        path = route.request.url.removeprefix("https://shop.example")
        if path == "/reading.js":
            return route.fulfill(body=READING.read_text("utf-8"), content_type="text/javascript; charset=utf-8")
        return route.fulfill(body=f"<!doctype html>{pages.get(path, '')}", content_type="text/html; charset=utf-8")

    page.route("https://shop.example/**", answer)
    return page


def read(page, path):
    page.goto(f"https://shop.example{path}")
    return page.evaluate(READ)


def test_shops_are_read_as_their_engines_write_them(page):
    product, _basket, _selling = read(page, "/marks")
    assert product == {"name": "Стол", "code": "T-1", "price": 12400.5, "currency": "RUB"}
    product, basket, selling = read(page, "/woo")
    assert (product["name"], product["code"], product["price"], basket, selling) == ("Лампа", "L-2", 990, None, None)
    _product, basket, _selling = read(page, "/cart")
    assert basket == {"sum": 2970, "lines": [{"name": "Лампа", "price": 990, "count": 3}]}
    _product, basket, _selling = read(page, "/old")
    assert basket == {"sum": 1980, "lines": [{"name": "Лампа", "price": 990, "count": 2}]}
    assert read(page, "/checkout/order-received/77/")[2] == ["purchase", {"number": "77", "sum": 1980}]
    assert read(page, "/checkout/")[2] == ["checkout", {}]
    page.goto("https://shop.example/tilda")
    page.evaluate("window.tcart = {amount: 500, products: [{name: 'Чашка', sku: 'C-1', price: 250, quantity: 2}]}")
    assert page.evaluate(READ)[1]["lines"] == [{"name": "Чашка", "code": "C-1", "price": 250, "count": 2}]


def test_what_tag_managers_are_told_makes_a_basket_that_lasts_from_page_to_page(page):
    page.goto("https://shop.example/1")
    page.evaluate("localStorage['voronka.v'] = 'a'.repeat(32)")
    lamp, table = (
        {"item_id": "L-2", "item_name": "Лампа", "price": 990},
        {"id": "T-1", "name": "Стол", "price": "5 000"},
    )
    first = page.evaluate(
        TELL,
        [
            {"event": "add_to_cart", "ecommerce": {"currency": "RUB", "items": [{**lamp, "quantity": 2}]}},
            ["event", "add_to_cart", {"items": [lamp]}],
            {"ecommerce": {"currencyCode": "RUB", "add": {"products": [{**table, "quantity": 1}]}}},
            {"event": "gtm.js"}, {"ecommerce": "x"}, None, ["event", "x"],
        ],
    )  # fmt: skip
    assert first[2][1]["sum"] == 7970
    assert [(one["code"], one["count"]) for one in first[2][1]["lines"]] == [("L-2", 3), ("T-1", 1)]
    assert first[3:] == [None] * 4
    page.goto("https://shop.example/2")
    second = page.evaluate(
        TELL,
        [
            {"ecommerce": {"remove": {"products": [table]}}},
            ["event", "remove_from_cart", {"items": [{**lamp, "quantity": 2}]}],
            {"ecommerce": {"detail": {"products": [table]}}}, ["event", "begin_checkout", {"value": 990}],
            {"ecommerce": {"purchase": {"actionField": {"id": "N-1", "revenue": "990"}, "products": [lamp]}}},
            {"event": "add_to_cart", "ecommerce": {"items": [lamp]}},
        ],
    )  # fmt: skip
    assert second[1][1]["lines"] == [{"name": "Лампа", "code": "L-2", "price": 990, "count": 1}]
    assert (second[2][0], second[2][1]["price"], second[3]) == ("product", 5000, ["checkout", {"sum": 990}])
    assert second[4] == ["purchase", {"sum": 990, "number": "N-1"}]
    assert len(second[5][1]["lines"]) == 1, "what was bought lies there no more"
    # Another person on the browser finds no basket of the first one.
    page.evaluate("localStorage['voronka.v'] = 'b'.repeat(32)")
    other = page.evaluate(TELL, [["event", "add_to_cart", {"items": [table]}]])
    assert [one["code"] for one in other[0][1]["lines"]] == ["T-1"]
