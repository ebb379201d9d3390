"""The page of a promo names the orders that its code was used in."""

import pytest
from django.test import Client as Browser
from django.utils import timezone

from voronka.accounts.testing import make_company, sign_in
from voronka.kit.tenancy import company_context
from voronka.loyalty.testing import make_promo
from voronka.orders import services
from voronka.orders.testing import make_order, make_shop

pytestmark = pytest.mark.django_db


def test_uses_lead_to_their_orders_and_a_cancelled_one_is_given_back():
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        promo = make_promo(cast.owner, "ОСЕНЬ", 10, now=timezone.now())
        shop = make_shop(cast.owner, now=timezone.now())
        order = make_order(cast.owner, shop, now=timezone.now(), promo="осень")
        browser = sign_in(Browser(), cast.owner)
        page = browser.get(f"/promo/{promo.public_id}/")
        assert page.status_code == 200
        assert f"/orders/{order.public_id}/" in page.content.decode()
        services.cancel(order.public_id, "Передумал", actor=cast.owner, now=timezone.now())
        assert browser.get("/promo/?f.state=on&q=осень").status_code == 200
        assert page.context["uses"][0]["use"].amount == 200
        after = browser.get(f"/promo/{promo.public_id}/").context["uses"][0]["use"]
        assert after.given_back_at is not None
