"""Facts of an order are kept by a listener while a verb holds the order and keeps them too: neither waits in a ring."""

from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.orders import services
from voronka.orders.models import Order, OrderFact
from voronka.orders.services.facts import differing_facts
from voronka.orders.testing import make_order, make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_who_holds_an_order_and_the_listener_keep_its_facts_in_one_order():
    cast = make_company()

    def inside(act):
        with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
            return act()

    order = inside(lambda: make_order(cast.owner, make_shop(cast.owner, now=NOW), now=NOW))
    inside(lambda: OrderFact.objects.filter(order=order).delete())
    waits, ended = Event(), []

    def listen():
        try:
            with company_context(cast.company_id), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    ended.append(cursor.fetchone()[0])
                waits.set()
                services.refresh_facts([order.pk])
                ended.append("kept")
        finally:
            connection.close()

    def split():
        Order.objects.select_for_update().get(pk=order.pk)
        other.start()
        assert waits.wait(30)
        with connection.cursor() as cursor:
            for _turn in range(3_000):
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s)), pg_sleep(0.01)", [ended[0]])
                if cursor.fetchone()[0]:
                    break
        services.refresh_facts([order.pk])

    other = Thread(target=listen)
    inside(split)
    other.join(30)
    assert ended[1:] == ["kept"]
    assert inside(differing_facts) == []
