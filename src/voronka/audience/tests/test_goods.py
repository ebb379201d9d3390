"""The funnel by goods: facts equal to the log, figures by product and category, where deals of a product die."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts.testing import sign_in
from voronka.audience import services as audience
from voronka.audience.models import DealGoods
from voronka.audience.testing import take_all_in
from voronka.catalogue.models import Variant
from voronka.catalogue.testing import make_category, make_goods
from voronka.deals.models import Deal
from voronka.deals.services import goods
from voronka.deals.services.goods import LineDraft
from voronka.deals.testing import NOON, Shop, make_deal, make_shop, press

pytestmark = pytest.mark.django_db


def sold(shop: Shop, *variants: Variant) -> Deal:
    """Make a deal of the owner's with these goods."""
    owner = shop.cast.owner
    deal = make_deal(owner, responsible_id=owner.employee_id)
    for one in variants:
        draft = LineDraft(variant=one.public_id, quantity=Decimal(2))
        goods.add_goods(actor=owner, deal_public_id=deal.public_id, draft=draft, now=NOON)
    deal.refresh_from_db()
    return deal


def test_goods_are_kept_as_the_log_tells_them() -> None:
    """Taken in event by event, made anew, compared: what was taken out again is not there, a false row is told."""
    shop = make_shop()
    with shop.as_(shop.cast.owner) as owner:
        table, chair = make_goods("Стол", price="1000.00"), make_goods("Стул", price="250.00")
        deal = sold(shop, table, chair)
        take_all_in(shop.cast.company_id)
        kept = dict(DealGoods.objects.values_list("product_id", "total"))
        assert kept == {table.product_id: Decimal(2000), chair.product_id: Decimal(500)}
        line = deal.lines.get(variant=chair).public_id
        goods.drop_goods(actor=owner, deal_public_id=deal.public_id, line=line, now=NOON)
        take_all_in(shop.cast.company_id)
        assert list(DealGoods.objects.values_list("product_id", flat=True)) == [table.product_id]
        assert audience.compare_with_log() == []
        DealGoods.objects.update(total=1)
        assert audience.compare_with_log() == [f"deal {deal.pk} differs from its log"]
        audience.rebuild()
        assert audience.compare_with_log() == []
        assert DealGoods.objects.get().total == 2000


def test_the_funnel_by_goods() -> None:
    """One product narrows every figure; the table tells won, lost, money and where its deals die."""
    shop = make_shop()
    with shop.as_(shop.cast.owner) as owner:
        tables = make_category("Столы")
        table, chair = (
            make_goods("Стол дубовый", price="1000.00", category=tables),
            make_goods("Стул", price="250.00"),
        )
        won, lost, other = sold(shop, table, chair), sold(shop, table), sold(shop, chair)
        press(owner, won, "paid", sum="2500", now=NOON + timedelta(hours=1))
        press(owner, lost, "refuse", "refuse", reason="price", now=NOON + timedelta(hours=1))
        press(owner, other, "refuse", "refuse", reason="price", now=NOON + timedelta(hours=1))
        take_all_in(shop.cast.company_id)
        stage = won.stage.name
        public_id = table.product.public_id
        browser = sign_in(Browser(), owner)
    days = {"period": "own", "from": "2026-11-01", "to": "2026-11-30"}
    piece = browser.get(reverse("audience:funnel-goods"), days).content.decode().replace("\xa0", " ")
    assert piece.index("Стол дубовый") < piece.index("Стул")
    assert "50 %" in piece.replace("\u202f", " ")
    assert stage in piece
    for narrow in ({"product": public_id}, {"category": tables.public_id}):
        page = browser.get(reverse("audience:funnel"), {**days, **narrow, "view": "table"})
        assert page.status_code == 200
        behind = browser.get(reverse("audience:behind"), {**days, **narrow, "what": "gone"})
        assert behind.status_code == 200
        table_only = browser.get(reverse("audience:funnel-goods"), {**days, **narrow}).content.decode()
        assert "Стол дубовый" in table_only
        assert "Стул" not in table_only
    assert browser.get(reverse("audience:funnel"), {**days, "product": "nothing"}).status_code == 422
    assert browser.get(reverse("audience:funnel"), {**days, "category": "nothing"}).status_code == 422
