"""Orders decide tests: a campaign of two texts is one by itself, and what is cancelled or comes back is taken off."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import NOW, make_company, sign_in
from voronka.kit.events.listeners import all_listeners, drain, number_events
from voronka.kit.tenancy import company_context
from voronka.messaging import services as messaging
from voronka.messaging.models import Message
from voronka.messaging.services import campaigns
from voronka.messaging.testing import Post, channel, make_campaign
from voronka.orders import services
from voronka.orders.models import Return
from voronka.orders.services.carrying import tell_of
from voronka.orders.testing import make_order, make_shop
from voronka.people.models import ContactPoint
from voronka.people.testing import make_client
from voronka.trials.models import Exposure, Trial
from voronka.trials.queries import results_of
from voronka.trials.services import judge

pytestmark = pytest.mark.django_db
TEXTS = {"Здравствуйте": 1, "Добрый день": 1}


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


def hear(company_id):
    while number_events():
        pass
    drain(next(one for one in all_listeners() if one.name == "orders.trial_gains"), company_id)


def money_of(trial):
    return {arm: one.money for arm, one in results_of([trial], now=NOW)[0].figures.items()}


def test_a_campaign_of_two_texts_is_a_test_that_orders_decide(cast):
    shop = make_shop(cast.owner)
    for n in range(12):
        buyer = make_client(cast.owner, phone=f"+7916123450{n:02}"[:12])
        ContactPoint.objects.create(client=buyer, kind="email", value=f"c{n}@example.com", position=1)
    ContactPoint.objects.create(client=shop.client, kind="email", value="c@example.com", position=0)
    sent_at = NOW - timedelta(hours=1)
    row = make_campaign(cast.owner, now=sent_at, traffic="service", texts=TEXTS)
    with channel("email", Post()):
        campaigns.start(actor=cast.owner, public_id=row.public_id, now=sent_at)
        trial = Trial.objects.get()
        assert (trial.kind, trial.subject_id, trial.state, trial.window_days) == ("letter", row.pk, "running", 7)
        assert not Exposure.objects.exists()  # nobody has got anything yet
        campaigns.look(now=sent_at)
        while messaging.send_due("email", now=sent_at):
            pass
    got = dict(Message.objects.filter(state="accepted").values_list("client_id", "variant"))
    assert dict(Exposure.objects.values_list("client_id", "arm")) == got
    assert set(got.values()) == {1, 2}
    arm = got[shop.client.pk]
    order, other = make_order(cast.owner, shop, (shop.table, 2)), make_order(cast.owner, shop, (shop.table, 1))
    hear(cast.company_id)
    hear(cast.company_id)
    assert money_of(trial)[arm] == order.total + other.total
    services.cancel(other.public_id, "передумал", actor=cast.owner, now=NOW)
    back = Return.objects.create(order=order, operation=uuid4(), number=1, state="received", sum=Decimal(500))
    tell_of(back)
    hear(cast.company_id)
    assert money_of(trial)[arm] == order.total - 500
    assert results_of([trial], now=NOW)[0].figures[arm].returned == other.total + 500
    assert judge(now=NOW) == 0
    browser = sign_in(Browser(), cast.owner)
    said = browser.get(f"/campaigns/{row.public_id}/").content.decode()
    assert f"/tests/{trial.public_id}/" in said
    page = browser.get(f"/tests/{trial.public_id}/").content.decode()
    assert row.name in page
    assert f"/campaigns/{row.public_id}/" in page


def test_a_campaign_of_one_text_tests_nothing(cast):
    shop = make_shop(cast.owner)
    ContactPoint.objects.create(client=shop.client, kind="email", value="c@example.com", position=0)
    row = make_campaign(cast.owner, now=NOW, traffic="service")
    with channel("email", Post()):
        campaigns.start(actor=cast.owner, public_id=row.public_id, now=NOW)
        campaigns.look(now=NOW)
        messaging.send_due("email", now=NOW)
    make_order(cast.owner, shop, (shop.table, 1))
    hear(cast.company_id)
    assert not Trial.objects.exists()
    assert not Exposure.objects.exists()
