"""What to order, by keys alone: rows chosen and opened, one left out, one raised by a pack, the orders made."""

import os
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from browsing import PHONE, until
from django.db import transaction

from voronka.accounts.testing import make_company
from voronka.catalogue.models import Cost
from voronka.catalogue.testing import make_goods, make_supplier
from voronka.kit.tenancy import company_context
from voronka.stock import services
from voronka.stock.models import Document, DocumentLine
from voronka.stock.testing import make_place, stock_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("VORONKA_PICTURES", "")  # a folder that the pages are photographed into
GOODS = (
    ("Стул «Брусок», дуб, ткань «графит»", "BR-ST-GR", 7, 60, 6),
    ("Матрас «Облако» 160 × 200", "OB-M160", 0, 24, 1),
    ("Крючок «Норд», латунь, 5 шт.", "NR-H5", 22, 120, 12),
    ("Полка «Линия», 800 мм, белая", "LN-P80-W", 21, 48, 6),
    ("Зеркало «Линия», 600 × 1600", "LN-Z16", 17, 20, 1),
    ("Рейлинг «Норд», 600 мм, чёрный", "NR-R60-B", 44, 36, 1),
)


def make_shelves(cast):
    """Make a shop whose goods went for ninety days, with buffers and two suppliers, and a place with too many."""
    now, owner = datetime.now(UTC), cast.owner
    with company_context(cast.company_id, employee_id=owner.employee_id), transaction.atomic():
        shop, other = make_place(owner, "Красноярск", "shop"), make_place(owner, "Новосибирск", "shop")
        suppliers = [make_supplier("Мебельград"), make_supplier("Сонная фабрика")]
        drafts = []
        for number, (name, code, left, target, pack) in enumerate(GOODS):
            good, supplier = make_goods(name, code=code), suppliers[number % 2]
            supplier.lead_days = 9
            supplier.save()
            Cost.objects.create(variant=good, supplier=supplier, amount=Decimal(6200 - number * 900), seen_at=now)
            stock_up(owner, good.pk, shop, left + 36, now=now - timedelta(days=100))
            for week in range(12):
                holder = services.Holder("order", number * 100 + week + 1)
                at = now - timedelta(days=80 - week * 7)
                services.reserve(holder, [services.Line(1, good.pk, Decimal(3), shop.pk)], actor=owner, now=at)
                services.ship(holder, actor=owner, now=at, operation=uuid.uuid4())
            drafts.append(
                services.BufferDraft(
                    good.pk, shop.pk, Decimal(target), multiple=Decimal(pack), supplier_id=supplier.pk
                )
            )
            if code == "LN-P80-W":
                stock_up(owner, good.pk, other, 26, now=now - timedelta(days=40))
                drafts.append(services.BufferDraft(good.pk, other.pk, Decimal(20), supplier_id=supplier.pk))
        services.save_buffers(drafts, actor=owner, now=now - timedelta(days=12))
        services.lose_sale(drafts[1].variant_id, Decimal(2), actor=owner, now=now, place_id=shop.pk, cause="short")
    return shop


def photograph(page, name):
    if PICTURES:
        page.wait_for_timeout(400)
        page.screenshot(path=f"{PICTURES}/{name}.png")


def test_the_orders_are_made_by_keys_alone(visit):
    cast = make_company(now=datetime.now(UTC))
    shop = make_shelves(cast)
    page = visit(cast.owner)
    page.goto(f"/stock/replenish/?place={shop.public_id}")
    until(page, "document.querySelector('.v-open:not([hidden]) .v-deep')")
    assert page.locator("[data-goods]").inner_text() == "4"
    page.locator("[data-row]").first.focus()
    page.keyboard.press("Space")
    until(page, "document.querySelector('[data-goods]').textContent === '3'")
    page.keyboard.press("ArrowDown")
    until(page, "document.querySelectorAll('[data-row]')[1].classList.contains('is-open')")
    before = page.locator("[data-many]").nth(1).input_value()
    page.keyboard.press("+")
    until(page, f"document.querySelectorAll('[data-many]')[1].value !== '{before}'")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.v-toast')?.textContent.includes('№')")
    with company_context(cast.company_id), transaction.atomic():
        kinds = sorted(Document.objects.values_list("kind", flat=True))
        assert kinds == ["purchase", "purchase", "transfer"] or kinds == ["purchase", "transfer"]
        assert DocumentLine.objects.filter(variant__code="OB-M160").count() == 0
    until(page, "document.querySelector('[data-goods]').textContent === '1'")


def test_the_page_stands_on_a_phone_and_in_both_languages(visit):
    cast = make_company(now=datetime.now(UTC))
    shop = make_shelves(cast)
    for language, more, name in (
        ("ru", {}, "desk-light"), ("en", {"color_scheme": "dark"}, "desk-dark"), ("ru", {"viewport": PHONE}, "phone"),
    ):  # fmt: skip
        page = visit(cast.owner, language=language, **more)
        for path, of in (
            (f"/stock/replenish/?place={shop.public_id}", "replenish"), ("/stock/lost/", "lost"),
            ("/stock/labels/", "labels"), ("/stock/buffers/new/", "buffer"),
        ):  # fmt: skip
            page.goto(path)
            until(page, "document.querySelector('main h1')")
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), of
            photograph(page, f"{of}-{name}")
