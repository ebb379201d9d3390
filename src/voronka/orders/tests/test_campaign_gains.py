"""Orders count for the campaign that reached their client last before them, as long as they stand."""

from datetime import timedelta

import pytest

from voronka.accounts.testing import NOW, make_company
from voronka.kit.events.listeners import all_listeners, drain, number_events
from voronka.kit.tenancy import company_context
from voronka.messaging import services as messaging
from voronka.messaging.models import Message
from voronka.messaging.queries import campaigns as asking
from voronka.messaging.services import campaigns
from voronka.messaging.testing import Post, channel, make_campaign
from voronka.orders import services
from voronka.orders.testing import make_order, make_shop
from voronka.people.models import ContactPoint
from voronka.people.services import merge_clients
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


def hear(company_id):
    while number_events():
        pass
    drain(next(one for one in all_listeners() if one.name == "orders.campaign_gains"), company_id)


def sent_to(cast, client):
    """Send a campaign to a client an hour ago and return it."""
    ContactPoint.objects.create(client=client, kind="email", value="c@example.com", position=0)
    row = make_campaign(cast.owner, now=NOW - timedelta(hours=1), traffic="service")
    with channel("email", Post()):
        campaigns.start(actor=cast.owner, public_id=row.public_id, now=NOW - timedelta(hours=1))
        campaigns.look(now=NOW - timedelta(hours=1))
        while messaging.send_due("email", now=NOW - timedelta(hours=1)):
            pass
    return row


def test_an_order_counts_though_its_clients_card_was_merged_before_it_was_heard_of(cast):
    shop = make_shop(cast.owner)
    row = sent_to(cast, shop.client)
    order = make_order(cast.owner, shop, (shop.table, 2))
    stays = make_client(cast.owner, phone="+79161234568")
    merge_clients(actor=cast.owner, survivor_id=stays.pk, other_ids=[shop.client.pk], chosen={}, now=NOW)
    hear(cast.company_id)
    whole = asking.results_of(row)[0]
    assert (whole.orders, whole.money) == (1, {order.currency: order.total})


def test_an_order_after_a_campaign_counts_till_it_is_cancelled(cast):
    shop = make_shop(cast.owner)
    before = make_order(cast.owner, shop, (shop.table, 1))
    row = sent_to(cast, before.client)
    assert Message.objects.filter(cause_kind="campaign", state="accepted").exists()
    order = make_order(cast.owner, shop, (shop.table, 2))
    early = NOW - timedelta(hours=2)
    type(before).objects.filter(pk=before.pk).update(made_at=early)  # it came before the campaign
    hear(cast.company_id)
    hear(cast.company_id)
    whole = asking.results_of(row)[0]
    assert (whole.orders, whole.money) == (1, {order.currency: order.total})
    services.cancel(order.public_id, "передумал", actor=cast.owner, now=NOW)
    hear(cast.company_id)
    whole = asking.results_of(row)[0]
    assert (whole.orders, whole.lost) == (0, 1)
