"""The report of orders over made-up ones: shares and times per step are those of a plain look at each order."""

import random
import uuid
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from statistics import fmean, median

import pytest

from voronka.accounts.testing import make_company
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.orders import queries, services
from voronka.orders.models import Order, OrderPart, Passage, Return, Shipment, Status
from voronka.orders.services.facts import differing_facts
from voronka.orders.testing import NOW, make_order, make_shop

pytestmark = pytest.mark.django_db
SINCE, UNTIL, LATER = NOW - timedelta(days=3), NOW + timedelta(days=6), NOW + timedelta(days=5)


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


def fill(cast, chance):
    """Orders of all owners and days, some late, given back, waited for, sent in parts, changed; return what was perfect
    about them otherwise than by time.
    """
    shop = make_shop(cast.owner, tables=400, now=NOW - timedelta(days=9))
    statuses, spoilt = list(Status.objects.order_by("position")), set()
    for number in range(14):
        order = make_order(cast.owner, shop, now=NOW)
        order.made_at = NOW - timedelta(days=chance.randrange(7))
        order.first_promised_at = chance.choice([None, order.made_at + timedelta(days=chance.randrange(1, 9))])
        order.delivered_at = chance.choice([None, order.made_at + timedelta(days=chance.randrange(1, 9))])
        order.responsible_id = chance.choice([cast.owner.employee_id, cast.colleague.employee_id, None])
        order.save(update_fields=["made_at", "first_promised_at", "delivered_at", "responsible_id"])
        for _n in range(chance.randrange(4)):
            at = NOW + timedelta(minutes=chance.randrange(5000))
            Passage.objects.create(order=order, status=chance.choice(statuses), at=at)
        fate = chance.choice(["", "", "back", "rejected", "waited", "moved", "parts", "picking", "changed", "same"])
        if fate in ("back", "rejected"):
            state = "received" if fate == "back" else "rejected"
            Return.objects.create(operation=uuid.uuid4(), number=number + 1, order=order, state=state)
        elif fate in ("waited", "moved"):
            OrderPart.objects.create(order=order, kind="purchase" if fate == "waited" else "pick")
        elif fate in ("parts", "picking"):
            for part in range(2):
                state = "shipped" if fate == "parts" or not part else "picking"
                Shipment.objects.create(
                    operation=uuid.uuid4(), number=900 + 2 * number + part, order=order, place=shop.place, state=state
                )
        elif fate in ("changed", "same"):
            sums = {"was": "1000.00", "total": "1000.00" if fate == "same" else "900.00"}
            EventRow.objects.create(
                company_id=cast.company_id, name="orders.OrderChanged", subject_kind="order", subject_id=order.pk,
                payload=sums,
            )  # fmt: skip
        if fate in ("back", "waited", "parts", "changed"):
            spoilt.add(order.pk)
    services.refresh_facts(None)
    assert differing_facts() == []
    return spoilt


def seen_by(actor, cast):
    theirs = {cast.owner.employee_id, cast.colleague.employee_id, None}
    mine = theirs if actor is cast.owner else {cast.colleague.employee_id, None}
    return [one for one in Order.objects.order_by("pk") if one.responsible_id in mine]


@pytest.mark.parametrize("seed", range(3))
def test_shares_and_steps_are_those_of_a_plain_look(cast, seed):
    chance = random.Random(seed)
    spoilt = fill(cast, chance)
    for actor in (cast.owner, cast.colleague):
        seen = seen_by(actor, cast)
        due = [
            one for one in seen
            if one.first_promised_at and SINCE <= one.first_promised_at < UNTIL
            and (one.first_promised_at <= LATER or one.delivered_at)
        ]  # fmt: skip
        in_time = [one for one in due if (one.delivered_at or LATER) <= one.first_promised_at]
        found = queries.shares(actor, SINCE, UNTIL, now=LATER)
        perfect = [one for one in in_time if one.pk not in spoilt]
        assert (found.count, found.on_time, found.perfect) == (len(due), len(in_time), len(perfect))
        stays = defaultdict(list)
        for one in seen:
            if SINCE <= one.made_at < UNTIL:
                way = list(one.passages.order_by("pk"))
                for here, then in pairwise(way):
                    stays[here.status_id].append((then.at - here.at).total_seconds() / 60)
        told = {one.status.pk: one for one in queries.time_per_step(actor, SINCE, UNTIL)}
        assert {pk: one.count for pk, one in told.items()} == {pk: len(each) for pk, each in stays.items()}
        for pk, each in stays.items():
            assert told[pk].mean_minutes == pytest.approx(fmean(each))
            assert told[pk].median_minutes == pytest.approx(median(each))


def test_the_report_reads_no_orders_into_the_program(cast, django_assert_num_queries):
    """Thirty thousand ids went there and back: the times of steps are one statement, with the statuses two."""
    fill(cast, random.Random(0))
    with django_assert_num_queries(2):
        queries.time_per_step(cast.owner, SINCE, UNTIL)
    with django_assert_num_queries(1):
        queries.shares(cast.owner, SINCE, UNTIL, now=LATER)
