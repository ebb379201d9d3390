"""The way of goods in a browser, from the supplier's price list to a return: the list is loaded, its columns looked at,
doubts answered, prices made by a rule; the goods are received, ordered by phone with keys alone, picked by a scanner
that types, shipped, looked at by their client, and a part of them given back in another shop.
"""

import pytest
from browsing import PHONE, settled, until, worker
from django.db import transaction
from django.utils import timezone

from voronka.catalogue.models import Barcode, PriceRule, Supplier, SupplierItem, Variant
from voronka.catalogue.queries import price_now
from voronka.catalogue.rules.barcodes import key_of
from voronka.catalogue.testing import make_goods, make_kind
from voronka.deals.testing import make_shop as make_company_with_deals
from voronka.orders import services
from voronka.orders.models import Order, Return, Shipment
from voronka.orders.testing import make_shop
from voronka.people.testing import make_client
from voronka.stock.models import Document
from voronka.stock.testing import balance, make_place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE, BLUE = "4600000000015", "4600000000022"
CALLER = "79161234567"
LIST = (
    "Прайс-лист ООО «Мебельград»;;;;\n;;;;\nКод;Штрихкод;Наименование;Цена, руб.;Остаток\nСТОЛЫ;;;;\n"
    f"M-1;{CODE};Стол обед. ЛОФТ дуб;600,00;12\nСТУЛЬЯ;;;;\nM-2;{BLUE};Стул Norden ясень синий;1 200,00;40\n"
    "M-3;;Стул Norden сосна красный;дорого;1\n"
)


@pytest.fixture
def world():
    company = make_company_with_deals()
    owner = company.cast.owner
    with company.as_(owner), transaction.atomic():
        shop = make_shop(owner, now=timezone.now())
        Barcode.objects.create(variant=shop.table, value=CODE, key=key_of(CODE), kind="ean13")
    return company, owner, shop


def scan(page, code):
    """Type as a scanner does: quickly, with Enter at the end."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def press_main(page, at):
    """Press the main button of a form and wait until its page has gone on to another address."""
    page.click(".v-form-acts .v-act--main")
    until(page, f"{at} && document.readyState === 'complete'")


def order_by_phone(page, codes, *, total):
    """Take an order of the one who calls: no mouse, goods by a scanner."""
    page.goto("/orders/new/")
    page.keyboard.type(CALLER)
    until(page, "document.querySelector('#entry-clients button')?.textContent.includes('+7')")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.v-entry-client')")
    counted = (
        "[...document.querySelectorAll('[name=line_quantity]')].reduce((all, one) => all + Number(one.value), 0)"
    )
    for number, code in enumerate(codes, start=1):
        until(page, "document.activeElement?.id === 'goods'")
        scan(page, code)
        until(page, f"{counted} === {number}")
    until(page, f"document.querySelectorAll('.v-entry-lines tbody tr').length === {len(set(codes))}")
    until(page, "document.activeElement?.id === 'goods'")
    until(page, f"document.querySelector('#entry-sum').textContent.replace(/\\s/g, '').includes('{total}')")
    page.keyboard.press("Control+Enter")
    until(page, "/orders\\/[a-z0-9]{8,}\\/$/.test(location.pathname)")


def pick_and_ship(phone, order, codes):
    """Pick an order by the scanner, the last thing without connection, and ship it."""
    phone.goto("/orders/picking/")
    phone.click(f"form[action*='{order.public_id}'] button")
    until(phone, "document.querySelector('v-pack')")
    scan(phone, "nothing-such")
    until(phone, "document.querySelector('.v-scan--bad')")
    for code in codes[:-1]:
        scan(phone, code)
        until(phone, "document.querySelector('.v-scan:not(.v-scan--bad)')")
        settled(phone)
    phone.context.set_offline(True)
    scan(phone, codes[-1])
    until(phone, "!document.querySelector('.v-pack-waits').hidden")
    phone.context.set_offline(False)
    until(phone, "document.querySelector('.v-pack-acts .v-act--main')")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.click(".v-pack-acts .v-act--main")
    until(phone, f"location.pathname.endsWith('/orders/{order.public_id}/')")


def look_as_client(page, order, *names):
    """Open the order's own page as its client does, who signs in nowhere."""
    page.goto(f"/o/{services.token_of(order)}/")
    assert f"№ {order.number}" in page.inner_text("main")
    for name in names:
        assert name in page.inner_text("main")


def give_back(page, order, place):
    """Take one piece of the first line back in a place."""
    page.goto(f"/orders/{order.public_id}/return/")
    page.fill("[name='quantity-1']", "1")
    page.select_option("[name=place]", place.public_id)
    press_main(page, "location.pathname.startsWith('/orders/returns/')")


def pay(company, owner, *, total):
    """Return the only order, paid: until then nobody picks it."""
    with company.as_(owner), transaction.atomic():
        order = Order.objects.get()
        assert str(order.total) == total
        assert order.payment_method.wants_prepayment
        services.note_paid(order.pk, order.total, now=timezone.now())
    return order


def test_an_order_by_phone_is_picked_and_shipped_by_keys_and_scanner(visit, world):
    company, owner, shop = world
    page = visit(owner)
    order_by_phone(page, [CODE, CODE], total="2000")
    order = pay(company, owner, total="2000.00")
    with company.as_(owner), transaction.atomic():
        assert balance(shop.table.pk, shop.place) == (10, 2)
    pick_and_ship(visit(owner, viewport=PHONE), order, [CODE, CODE])
    with company.as_(owner), transaction.atomic():
        assert Shipment.objects.get().state == "shipped"
        assert balance(shop.table.pk, shop.place) == (8, 0)
        salon = make_place(owner, "Салон на Мира", "shop")
    look_as_client(visit(viewport=PHONE), order, shop.table.name)
    give_back(page, order, salon)
    with company.as_(owner), transaction.atomic():
        back = Return.objects.get()
        assert (back.state, str(back.sum)) == ("received", "1000.00")
        assert balance(shop.table.pk, salon) == (1, 0)


def make_supplier_and_rule(page):
    """Set up a supplier and how prices are made of his."""
    page.goto("/settings/prices/suppliers/new/")
    page.fill("[name=name]", "Мебельград")
    press_main(page, "location.pathname === '/settings/prices/suppliers/'")
    page.goto("/settings/prices/rules/new/")
    page.fill("[name=name]", "Половина сверху")
    page.fill("[name=markup_percent]", "50")
    press_main(page, "location.pathname === '/settings/prices/rules/'")


def load_price_list(page, supplier):
    """Load the list: the file, what its columns are, its result, the line in doubt by one key."""
    page.goto(f"/goods/import/suppliers/{supplier.public_id}/")
    settled(page)
    page.set_input_files("#file", {"name": "прайс.csv", "mimeType": "text/csv", "buffer": LIST.encode()})
    page.click(".v-take .v-act--main")
    until(page, "document.querySelectorAll('#columns select').length === 5")
    known = page.evaluate("[...document.querySelectorAll('#columns select')].map((one) => one.value)")
    assert known == ["code", "barcode", "name", "price", "quantity"]
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.v-head-acts a[href$=\"/doubts/\"]')", 60)
    assert "M-3" in page.inner_text("main"), "a row without a price is told by itself"
    page.click(".v-head-acts a[href$='/doubts/']")
    until(page, "document.querySelector('.v-parse')?.textContent.includes('Norden')")
    settled(page)
    page.keyboard.press("KeyN")
    until(page, "document.querySelector('.v-match-none')")


def receive(page, phone, supplier, goods):
    """Order goods by (code, how many, cost) from the supplier, read what came by the scanner, take it in."""
    on_paper = "/papers\\/[a-z0-9]{8,}\\/$/.test(location.pathname)"
    page.goto("/stock/papers/new/?kind=purchase")
    page.select_option("[name=supplier]", supplier.public_id)
    press_main(page, on_paper)
    for number, (code, many, cost) in enumerate(goods, start=1):
        page.fill("#what", code)
        page.fill("#quantity", str(many))
        page.fill("#cost", cost)
        page.click(".v-stock-add .v-act")
        until(page, f"document.querySelectorAll('.v-stock-rows tbody tr').length === {number}")
    page.click("form[action$='/finish/'] button")
    until(page, "document.querySelector('a[href*=\"kind=receipt\"]')")
    page.click("a[href*='kind=receipt']")
    until(page, "location.pathname === '/stock/papers/new/' && document.readyState === 'complete'")
    press_main(page, on_paper)
    phone.goto(f"{page.evaluate('location.pathname')}scan/")
    until(phone, "!!document.querySelector('v-scan').dataset.waits")
    for code, many, _cost in goods:
        for piece in range(1, many + 1):
            scan(phone, code)
            said = f"document.querySelector('[data-code]').textContent.includes('{code}')"
            until(phone, f"{said} && document.querySelector('[data-done]').textContent === '{piece}'")
    until(phone, "document.querySelector('v-scan').dataset.waits === '0'")
    phone.click("[data-finish] button")
    until(phone, on_paper)


def test_from_the_price_list_to_the_return(visit, tmp_path):
    company = make_company_with_deals()
    owner = company.cast.owner
    with company.as_(owner), transaction.atomic():
        services.ship_settings()
        make_kind()
        store, salon = make_place(owner), make_place(owner, "Салон на Мира", "shop", priority=200)
        table = make_goods("Стол «Лофт», дуб", code="LOFT", barcode=CODE, price=None)
        make_goods("Стул Norden, ясень, белый", code="NR-2", price="3000.00")
        make_client(owner, phone=f"+{CALLER}")
    page, phone = visit(owner), visit(owner, viewport=PHONE)

    make_supplier_and_rule(page)
    with company.as_(owner), transaction.atomic():
        supplier = Supplier.objects.get()
        assert PriceRule.objects.get().markup_percent == 50
    with worker(tmp_path / "worker.log"):
        load_price_list(page, supplier)
    with company.as_(owner), transaction.atomic():
        states = dict(SupplierItem.objects.values_list("code", "state"))
        assert (states["M-1"], states["M-2"]) == ("bound", "bound")
        chair = Variant.objects.get(name="Стул Norden ясень синий")
        prices = price_now([table.pk, chair.pk], at=timezone.now())
        assert {pk: str(price) for pk, price in prices.items()} == {table.pk: "900.00", chair.pk: "1800.00"}

    receive(page, phone, supplier, [(CODE, 3, "600"), (BLUE, 2, "1200")])
    with company.as_(owner), transaction.atomic():
        assert Document.objects.get(kind="receipt").state == "done"
        assert (balance(table.pk, store), balance(chair.pk, store)) == ((3, 0), (2, 0))

    order_by_phone(page, [CODE, CODE, BLUE], total="3600")
    order = pay(company, owner, total="3600.00")
    pick_and_ship(phone, order, [CODE, BLUE, CODE])
    with company.as_(owner), transaction.atomic():
        assert Shipment.objects.get().state == "shipped"
        assert (balance(table.pk, store), balance(chair.pk, store)) == ((1, 0), (1, 0))
    look_as_client(visit(viewport=PHONE), order, table.name, chair.name)
    give_back(page, order, salon)
    with company.as_(owner), transaction.atomic():
        back = Return.objects.get()
        assert (back.state, str(back.sum)) == ("received", "900.00")
        assert (balance(table.pk, salon), balance(table.pk, store)) == ((1, 0), (1, 0))
