"""Requests of the API sent twice at the same moment have one effect; a control shows what comes without the guard."""

import threading
import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from voronka.connect.models import KeptAnswer
from voronka.connect.services import repeats
from voronka.connect.testing import Program
from voronka.deals.models import Deal
from voronka.deals.testing import make_client, make_shop
from voronka.kit.events import listeners
from voronka.kit.tenancy import company_context
from voronka.people.models import Client, Touch

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def all_at_once(acts):
    """Run all acts at the same moment, each on a connection of its own; return what they returned."""
    gate, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            gate.wait()
            found[place] = act()
        except BaseException as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return found


@pytest.fixture
def shop():
    return make_shop(datetime.now(UTC))


def inside(shop, read):
    with company_context(shop.cast.company_id), transaction.atomic():
        return read()


def test_a_retried_opening_makes_one_deal(shop):
    """The conversion that was sent twice at once made two deals elsewhere (frappe/crm#361)."""
    program = Program.of(shop.cast.owner)
    with shop.as_(shop.cast.owner), transaction.atomic():
        client = make_client().public_id
    for turn in range(3):
        token, sent = str(uuid.uuid4()), {"client": client, "title": f"Kitchen {turn}"}
        answers = all_at_once([lambda: program.post("deals", sent, token=token) for _ in range(AT_ONCE)])  # noqa: B023
        assert {one.status_code for one in answers} == {201}, [one.content for one in answers]
        assert len({one.json()["id"] for one in answers}) == 1
        assert sum("Idempotent-Replayed" in one for one in answers) == AT_ONCE - 1
        assert inside(shop, Deal.objects.count) == turn + 1


def test_control_without_the_guard_there_would_be_several(shop, monkeypatch):
    """The same requests, kept answers switched off and titles made different: every one has its effect."""
    program = Program.of(shop.cast.owner)
    with shop.as_(shop.cast.owner), transaction.atomic():
        client = make_client().public_id
    monkeypatch.setattr(repeats, "once", lambda asked, run, now: transaction.atomic(run)())
    acts = [
        lambda n=n: program.post("deals", {"client": client, "title": f"Kitchen {n}"}, token="same-token")
        for n in range(AT_ONCE)
    ]
    assert {one.status_code for one in all_at_once(acts)} == {201}
    assert inside(shop, Deal.objects.count) == AT_ONCE


def test_a_retried_lead_makes_one_card_one_touch_and_one_deal(shop):
    program = Program.of(shop.cast.owner)
    token, sent = str(uuid.uuid4()), {"name": "Анна", "phones": ["+79161234567"]}
    answers = all_at_once([lambda: program.post("leads", sent, token=token) for _ in range(AT_ONCE)])
    assert {one.status_code for one in answers} == {201}
    # And the program that lost all its answers, and so its tokens, sends the lead anew: the same card.
    assert program.post("leads", sent).json()["client"] == answers[0].json()["client"]
    listeners.number_events()
    for listener in listeners.all_listeners():
        listeners.drain(listener, shop.cast.company_id)
    assert inside(shop, Client.objects.count) == 1
    assert inside(shop, Touch.objects.count) == 2
    assert inside(shop, Deal.objects.count) == 1


def test_a_press_sent_twice_at_once_is_one_press(shop):
    program = Program.of(shop.cast.owner)
    from voronka.deals.models import Press
    from voronka.deals.testing import make_deal

    with shop.as_(shop.cast.owner), transaction.atomic():
        deal = make_deal(shop.cast.owner, now=datetime.now(UTC)).public_id
    token, sent = str(uuid.uuid4()), {"button": "miss", "outcome": "busy"}
    answers = all_at_once([lambda: program.post(f"deals/{deal}/press", sent, token=token) for _ in range(AT_ONCE)])
    assert {one.status_code for one in answers} == {200}, [one.content for one in answers]
    assert inside(shop, Press.objects.count) == 1


def test_the_same_token_for_another_request_is_refused(shop):
    program = Program.of(shop.cast.owner)
    assert program.post("clients", {"name": "Anna"}, token="one").status_code == 201
    other = program.post("clients", {"name": "Olga"}, token="one")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert inside(shop, Client.objects.count) == 1
    # Another operation and another key have tokens of their own.
    assert program.post("leads", {"phones": ["+79161234567"]}, token="one").status_code == 201
    assert Program.of(shop.cast.owner).post("clients", {"name": "Olga"}, token="one").status_code == 201


def test_a_refused_request_keeps_nothing_and_may_be_mended(shop):
    program = Program.of(shop.cast.owner)
    refused = program.post("deals", {"client": "nobody"}, token="again")
    assert refused.status_code == 422
    assert inside(shop, KeptAnswer.objects.count) == 0
    with shop.as_(shop.cast.owner), transaction.atomic():
        client = make_client().public_id
    assert program.post("deals", {"client": client}, token="again").status_code == 201


def test_a_request_that_takes_too_long_is_told_to_come_back(shop, monkeypatch):
    """A second process asks while the first one is still at work: 409 with Retry-After, and nothing happens twice."""
    monkeypatch.setattr(repeats, "WAIT_SECONDS", 1)
    program = Program.of(shop.cast.owner)
    begun, go_on = threading.Event(), threading.Event()
    real = repeats._keep

    def slow(row_id, answer):
        begun.set()
        go_on.wait(20)
        real(row_id, answer)

    monkeypatch.setattr(repeats, "_keep", slow)
    answers = []

    def first():
        answers.append(program.post("clients", {"name": "Anna"}, token="slow"))
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(20)
    second = program.post("clients", {"name": "Anna"}, token="slow")
    go_on.set()
    thread.join(30)
    assert (second.status_code, second.json()["code"], second["Retry-After"]) == (409, "in_progress", "1")
    assert answers[0].status_code == 201
    assert inside(shop, Client.objects.count) == 1
