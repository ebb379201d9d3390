"""Visitors in a browser: who is here in a list and on a phone, a visit as a scale, the block on the client's card."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browsing import PHONE, settled, until
from django.core.cache import cache
from django.db import transaction
from test_access_pages import AXE, RUN

from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.orders.testing import make_shop
from voronka.people.testing import make_client
from voronka.site import services
from voronka.site.models import Visitor
from voronka.site.testing import make_site, visit_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page, name):
    """Keep a picture to look at, where a folder for pictures is named."""
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def wrong(page):
    page.add_script_tag(path=AXE)
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*page.evaluate(RUN, None), *(["wider than the screen"] if wide else [])]


def page(url, title):
    return {"kind": "page", "url": url, "title": title}


@pytest.fixture
def cast():
    cache.clear()
    cast, now = make_company(name="Ладная кухня", now=datetime.now(UTC)), datetime.now(UTC)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        shop = make_shop(cast.owner, now=now - timedelta(days=3))
        site = make_site(cast.owner, now)
        anna = make_client(cast.owner, "Соколова Дарья Игоревна", phone="+79122004317")
        look = {"kind": "product", "url": "/stol", "code": shop.table.code, "name": "Стол обеденный", "price": 990}
        lines = [{"name": "Стол обеденный", "code": shop.table.code, "price": 990, "count": 2},
                 {"name": "Скамья «Брусок», 1 400 мм", "price": 8900, "count": 1}]  # fmt: skip
        walk = [
            page("/", "Столы из дуба"), page("/size", "Стол «Брусок», размеры"), look,
            {"kind": "leave", "url": "/stol", "seconds": 188}, page("/how", "Доставка и сборка"),
            {"kind": "identify", "phone": "+79122004317"}, page("/stol", "Стол «Брусок»: выбор масла"),
            {"kind": "basket", "url": "/cart", "sum": 10880, "lines": lines},
        ]  # fmt: skip
        head = {"utm": {"source": "yandex", "medium": "cpc"}, "device": "computer", "from": "https://ya.ru/"}
        visit_of(site, *walk, at=now - timedelta(minutes=3), head=head, every=22)
        for number in range(6):
            visit_of(site, page(f"/{number}", "Кухни на заказ"), page("/x", "Фасады"), head={"from": "https://ya.ru/"},
                     at=now - timedelta(minutes=20 + number * 30), every=90)  # fmt: skip
        services.judge_due(now=now)
        cast_anna = anna.public_id
    return cast, site, cast_anna


def test_visitors_are_seen_at_a_desk_and_on_a_phone(cast, visit):
    cast, site, anna = cast
    desk = visit(cast.owner, language="ru", bypass_csp=True)
    desk.goto("/visitors/?when=all")
    shot(desk, "visitors-ru")
    assert wrong(desk) == []
    assert desk.locator(".v-visits tbody tr").count() == 7
    desk.get_by_role("link", name="Сейчас", exact=True).click()
    until(desk, "document.querySelectorAll('.v-visits tbody tr').length === 1")
    settled(desk)  # what the wire says before the page's script listens is not heard
    # Who comes meanwhile is there without a press.
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        visit_of(site, page("/new", "Только что"), at=datetime.now(UTC))
    desk.evaluate("document.dispatchEvent(new CustomEvent('live:visit'))")  # as the collector says by the wire
    until(desk, "document.querySelectorAll('.v-visits tbody tr').length === 2", 40)
    desk.get_by_role("link", name="Соколова Дарья Игоревна").click()
    shot(desk, "visitor-ru")
    assert wrong(desk) == []
    assert desk.locator(".v-visit-scale rect").count() == 4
    desk.get_by_role("link", name="Карточка клиента").click()
    desk.wait_for_selector(".v-on-site .v-visit-scale")
    desk.locator(".v-on-site").scroll_into_view_if_needed()
    shot(desk, "card-on-site-ru")
    assert wrong(desk) == []
    desk.goto(f"/sites/{site.public_id}/")
    desk.get_by_text("Код для ваших страниц").click()
    shot(desk, "site-code-ru")
    assert wrong(desk) == []
    phone = visit(cast.owner, language="en", viewport=PHONE, bypass_csp=True)
    with company_context(cast.company_id), transaction.atomic():
        known = Visitor.objects.get(client__isnull=False).public_id
    for name, address in (("list", "/visitors/?when=all"), ("one", f"/visitors/{known}/"),
                          ("card", f"/clients/{anna}/")):  # fmt: skip
        phone.goto(address)
        shot(phone, f"visitors-phone-{name}-en")
        assert wrong(phone) == [], name
