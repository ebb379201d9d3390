"""One letter looked at by many connections at once: it is kept once, placed once, and its client hears of it once."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import make_company
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Message
from voronka.orders.models import Order, OrderLetter, OrderMailbox
from voronka.orders.services.mail import placing
from voronka.orders.services.mail.letters import get_letter, keep_letter
from voronka.orders.services.mail.placing import place_by_itself
from voronka.orders.services.mail.understanding import Understood
from voronka.orders.testing import make_shop
from voronka.people.testing import make_client
from voronka.stock.models import Reservation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CROWD = 6


@pytest.fixture
def cast():
    return make_company()


@pytest.fixture
def box(cast):
    def make():
        shop = make_shop(cast.owner)
        client = make_client(cast.owner, "Иванов Пётр", email="petr@client-zavod.ru")
        line = {
            "text": "Стол – 2 шт", "name": "Стол", "quantity": "2", "unit": "796", "variant": shop.table.public_id,
            "how": "code", "why": "", "candidates": [],
        }  # fmt: skip
        found = Understood(
            "petr@client-zavod.ru", "Пётр", "Заказ", "Стол – 2 шт", [], [line], [], client_id=client.pk
        )
        box = OrderMailbox.objects.create(host="localhost", login="shop@ours.test", places_itself=True, answers=True)
        return box, found

    return inside(cast, make)


def inside(cast, act):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        return act()


def placed():
    """Return how many times it was told that a letter became an order."""
    return EventRow.objects.filter(name="orders.OrderLetterMoved", payload__state="placed").count()


def crowd(cast, box):
    """Let many connections take the same letter; return how many of them kept it, and what went wrong."""
    mailbox, found = box
    gate, kept, wrong = threading.Barrier(CROWD), [], []

    def take():
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id):
                gate.wait()
                row = keep_letter(mailbox, "one letter", found, now=NOW)
                if row is not None:
                    kept.append(row.pk)
                gate.wait()  # whoever did not keep it comes upon it as upon one that a dead worker left
                with transaction.atomic():
                    public_id = OrderLetter.objects.get().public_id
                place_by_itself(public_id, now=NOW)
        except Exception as problem:
            wrong.append(problem)
            gate.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _number in range(CROWD)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    return len(kept), wrong


def test_a_letter_that_many_connections_take_is_one_order_and_one_answer(cast, box):
    assert crowd(cast, box) == (1, [])

    def look():
        assert OrderLetter.objects.get().state == "placed"
        assert OrderLetter.objects.get().order == Order.objects.get()
        assert Reservation.objects.get().quantity == 2
        assert Message.objects.count() == 1
        assert placed() == 1

    inside(cast, look)


def test_control_without_its_lock_a_letter_is_placed_again_by_each(cast, box, monkeypatch):
    """The same crowd, the lock taken away: all find it waiting, and the operation alone keeps the order one."""
    gate, real = threading.Barrier(CROWD), placing.entering.enter

    def slowly(*args, **more):
        gate.wait(30)
        return real(*args, **more)

    monkeypatch.setattr(placing, "get_letter", lambda actor, public_id, lock=False: get_letter(actor, public_id))
    monkeypatch.setattr(placing.entering, "enter", slowly)
    crowd(cast, box)
    assert inside(cast, placed) > 1
