"""An order that changes hands or status while somebody waits for its lock is read as it is then."""

from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.orders.models import Order, Status
from voronka.orders.permissions import CHANGE
from voronka.orders.services.locking import lock_order
from voronka.orders.testing import make_order, make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("changed", ["responsible", "status"])
def test_whoever_waited_reads_the_order_as_it_was_left(changed):
    cast = make_company()

    def inside(act):
        with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
            return act()

    order = inside(lambda: make_order(cast.owner, make_shop(cast.owner, now=NOW), now=NOW))
    status = inside(lambda: Status.objects.exclude(pk=order.status_id).order_by("id")[0])
    wanted = {"responsible": cast.colleague.employee_id, "status": status.pk}[changed]
    waits, found = Event(), []

    def read():
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    found.append(cursor.fetchone()[0])
                waits.set()
                locked = lock_order(cast.owner, order.public_id, CHANGE)
                found.append(getattr(locked, changed).pk)
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    def change():
        row = Order.objects.select_for_update().get(pk=order.pk)
        other.start()
        assert waits.wait(30)
        with connection.cursor() as cursor:
            for _turn in range(3_000):
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s)), pg_sleep(0.01)", [found[0]])
                if cursor.fetchone()[0]:
                    break
        Order.objects.filter(pk=row.pk).update(**{f"{changed}_id": wanted})

    other = Thread(target=read)
    inside(change)
    other.join(30)
    assert found[1:] == [wanted]
