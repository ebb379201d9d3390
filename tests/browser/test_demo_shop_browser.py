"""The demo's shop walked through: under its strict policy each step of a buyer arrives, and his order is his."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from browsing import PHONE, eventually, until, wire
from django.db import transaction
from test_chat_browser import axe, shot
from test_site_browser import AGENT, is_up, told

from voronka.accounts.testing import make_company
from voronka.config.demo.storefront import connect_site, open_shop
from voronka.config.storefront.office import ApiOffice
from voronka.config.storefront.server import Shop, serve
from voronka.config.storefront.setting import Person
from voronka.config.storefront.signs import proof_of
from voronka.kit.tenancy import company_context
from voronka.orders.models import Order
from voronka.people.models import Client
from voronka.people.testing import make_client
from voronka.stock.testing import make_place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STRANGE = 'Доска <script>alert("дуб")</script>'


@contextmanager
def standing(setting, base, wire_port):
    """Serve the shop beside the test, at an origin of its own; it asks the product by the API as ever."""
    office = ApiOffice(base, setting.key, host="localhost")
    server = serve(Shop(setting, office, wire_port), "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def opened(cast, home):
    """Fill what the demo company has of the shop, with one customer."""
    now = datetime.now(UTC)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        make_place(cast.owner)
        anna = make_client(cast.owner, phone="+73430000011", email="anna@example.ru")
        setting = open_shop(actor=cast.owner, origins=["http://127.0.0.1:1"], home=home, now=now)
    customer = Person(anna.public_id, anna.name, "anna@example.ru", "+73430000011")
    return setting.__class__(
        **{**{name: getattr(setting, name) for name in setting.__slots__}, "people": (customer,)}
    )


def orders(cast):
    with company_context(cast.company_id), transaction.atomic():
        rows = Order.objects.order_by("id").select_related("client")
        return [(one.outer_number, one.client.public_id, one.total, one.recipient_phone) for one in rows]


def test_a_buyer_walks_through_the_shop(visit, live_server, settings, tmp_path):
    cast = make_company(name="Ладная кухня", now=datetime.now(UTC))
    setting = opened(cast, tmp_path)
    base = f"http://127.0.0.1:{urlsplit(live_server.url).port}"
    with wire(tmp_path / "wire.log", settings), standing(setting, base, settings.WIRE_PORT) as shop:
        eventually(lambda: is_up(settings.WIRE_PORT), 60)
        with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
            connect_site(actor=cast.owner, origins=[shop], now=datetime.now(UTC))
        bought_before = len(told(cast, "purchase"))  # by those who saw the bars that the shop compares
        guest = visit(user_agent=AGENT, language="ru")
        guest.set_default_navigation_timeout(60_000)
        guest.goto(f"{shop}/?utm_source=ya")
        until(guest, "!!localStorage['voronka.s']")

        # One product of each kind of markup: known by its article, at the catalogue's price.
        guest.click(".tile >> nth=1")
        guest.click(".card >> nth=0")
        assert "36\u202f900" in guest.inner_text(".price")
        guest.click(".sizes a >> nth=2")
        until(guest, "location.pathname.endsWith('/LK-10-31')")
        eventually(lambda: len(told(cast, "product")) == 2)
        for slug in ("stul-reyka", "ostrov-prichal", "doska-razdelochnaya"):
            guest.goto(f"{shop}/tovar/{slug}")
            guest.wait_for_timeout(700)
        assert guest.inner_text("h1") == STRANGE
        eventually(lambda: len(told(cast, "product")) == 5)
        seen = [(one["code"], one["price"]) for one in told(cast, "product")]
        assert seen == [
            ("LK-10-21", 36900), ("LK-10-31", 41500), ("LK-12-11", 6400), ("LK-21-11", 46900), ("LK-23-11", 1900),
        ]  # fmt: skip
        assert told(cast, "product")[-1]["name"].startswith(STRANGE)
        assert len(told(cast, "product")[0]["barcode"]) == 13

        # The basket and the one page of the checkout, at first without a place to bring the goods to.
        guest.click(".product .button")
        guest.goto(f"{shop}/tovar/stol-brusok")
        guest.click(".product .button")
        guest.click("[aria-label^=Больше] >> nth=1")
        eventually(lambda: told(cast, "basket") and told(cast, "basket")[-1]["sum"] == 1900 + 2 * 36900)
        shot(guest, "shop-basket-desk")
        guest.click("aside .button")
        guest.fill("[name=name]", "Борис Сажин")
        guest.fill("[name=phone]", "+7 343 000-00-22")
        guest.check("[name=delivery] >> nth=1")
        guest.check("[name=agreed]")
        guest.click("aside .button")
        assert "куда везти" in guest.inner_text(".wrong")
        assert orders(cast) == []
        shot(guest, "shop-checkout-desk")
        guest.fill("[name=city]", "Екатеринбург")
        guest.fill("[name=address]", "Мира, 5")
        guest.check("[name=agreed]")
        guest.click("aside .button")
        until(guest, "location.pathname === '/spasibo'")
        [(number, buyer, total, phone)] = orders(cast)
        assert number in guest.inner_text("h1")
        assert phone.replace(" ", "").replace("-", "") == "+73430000022"
        eventually(lambda: len(told(cast, "purchase")) > bought_before)
        bought = told(cast, "purchase")[bought_before:]
        assert [(one["number"], one["sum"]) for one in bought] == [(number, float(total))]
        assert told(cast, "checkout")
        assert told(cast, "form")[-1]["phone"] == "+7 343 000-00-22"
        with company_context(cast.company_id), transaction.atomic():
            assert Client.objects.get(public_id=buyer).name == "Борис Сажин"
        guest.reload()
        assert not guest.query_selector("[data-voronka-purchase]")

        # Signed in, he is somebody whom the shop's server vouches for, and his orders are his.
        guest.goto(f"{shop}/kabinet")
        shot(guest, "shop-sign-in-desk")
        guest.click(".people button")
        eventually(lambda: told(cast, "identify"))
        [said] = told(cast, "identify")
        anna = setting.people[0]
        assert (said["client"], said["proof"]) == (anna.id, proof_of(setting.secret, anna.id))
        guest.goto(f"{shop}/tovar/skamya-brusok")
        guest.click(".product .button")
        guest.click("aside .button")
        assert guest.input_value("[name=phone]") == anna.phone
        guest.check("[name=agreed]")
        guest.click("aside .button")
        until(guest, "location.pathname === '/spasibo'")
        assert orders(cast)[-1][1] == anna.id
        guest.goto(f"{shop}/kabinet")
        assert orders(cast)[-1][0] in guest.inner_text(".ways")
        before = guest.evaluate("localStorage['voronka.v']")
        guest.click("text=Выйти")
        until(guest, f"localStorage['voronka.v'] !== '{before}'")
        guest.context.close()

        for size, name in ((None, "desk"), (PHONE, "phone")):
            page = visit(user_agent=AGENT, language="ru", bypass_csp=True, **({"viewport": size} if size else {}))
            for path, what in (
                ("/", "home"), ("/stoly", "part"), ("/tovar/stol-brusok", "product"), ("/dostavka", "delivery"),
                ("/tovar/kuhnya-bereg", "kitchen"), ("/detskie", "children"), ("/tovar/shkaf-klyon/LK-30-13", "closet"),
            ):  # fmt: skip
                page.goto(shop + path)
                page.wait_for_load_state("networkidle")
                shot(page, f"shop-{what}-{name}")
                axe(page)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, name)
            page.click("text=Столы")
            page.click(".card >> nth=0")
            page.click(".product .button")
            page.wait_for_url("**/korzina")
            shot(page, f"shop-basket-{name}")
            axe(page)
            page.click("aside .button")
            page.wait_for_url("**/zakaz")
            shot(page, f"shop-checkout-{name}")
            axe(page)
