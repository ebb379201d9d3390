"""What clients have bought and owe: on the card, in the list, hidden where sums are."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts.testing import sign_in
from voronka.billing.services import refresh_debts
from voronka.billing.testing import make_invoice, make_requisites
from voronka.deals.testing import NOON, make_client, make_shop
from voronka.kit import facets
from voronka.kit.actors import Access
from voronka.orders import queries as order_queries
from voronka.orders import services
from voronka.orders import testing as orders
from voronka.people import queries as people
from voronka.people.models import Client

pytestmark = pytest.mark.django_db


def test_the_card_and_the_list_show_purchases() -> None:
    """Orders, sum, average, last and debts; sorted and filtered by each, as the kept figures and invoices say."""
    shop = make_shop()
    with shop.as_(shop.cast.owner) as owner:
        stand = orders.make_shop(owner, now=NOON)
        make_requisites(owner)
        make_client("Без покупок")
        for tables in (1, 3):
            orders.make_order(owner, stand, (stand.table, tables), now=NOON)
        services.refresh_figures([stand.client.pk])
        repeated = order_queries.repeats_by_employee(NOON, NOON + timedelta(days=1), None)
        assert sum(repeated.values()) == 1
        make_invoice(owner, "700", client_id=stand.client.pk)
        refresh_debts([stand.client.pk])
        shown = sign_in(Browser(), owner).get(reverse("deals:client-purchases", args=[stand.client.public_id]))
        text = shown.content.decode().replace("\u202f", "").replace("\xa0", "").replace("\u2009", "")
        assert "4000" in text
        assert "2000" in text
        assert "700" in text

        def found(**asked: str) -> list[int]:
            wanted, problems = facets.condition("client", dict(asked), owner, now=NOON)
            assert not problems
            return list(Client.objects.filter(wanted).values_list("id", flat=True))

        mine = [stand.client.pk]
        assert (
            found(orders_count="2..") == found(orders_sum="3999..4001") == found(orders_average="2000..2000") == mine
        )
        assert found(orders_last="2026-11-02") == found(debt="1..700") == mine
        assert found(orders_sum="5000..") == found(debt="701..") == []
        known = facets.facets_of("client", owner)
        for code, value in (("orders_sum", 4000), ("debt", 700)):
            rows = Client.objects.annotate(figure=known[code].expression).order_by("figure")
            assert [one.figure for one in rows if one.figure] == [value], code
        blind = replace(owner, limits={"client.sum": Access.HIDDEN})
        assert not {"orders_sum", "orders_average", "debt"} & facets.facets_of("client", blind).keys()
        assert people.count_of(mine) == 1
