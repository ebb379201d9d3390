"""Several managers at one list: nobody gets the same client, and a control without the locks shows why."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import add_person
from voronka.deals.models import Walk
from voronka.deals.services import walking
from voronka.deals.testing import Shop, make_client, make_deal, make_shop
from voronka.kit.actors import Actor

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WALKERS, CLIENTS = 4, 16


def at_once(acts: list[Callable[[], None]]) -> None:
    """Run all acts at the same moment, each on a connection of its own, and pass their failures on."""
    failures: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if failures:
        raise failures[0]


@pytest.fixture
def shop() -> Shop:
    return make_shop(NOW)


def shared(shop: Shop) -> tuple[Walk, list[Actor]]:
    walkers = [add_person(shop.cast.owner, "manager") for _number in range(WALKERS)]
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        ids = [make_deal(owner, client=make_client(f"Client {n}"), now=NOW).pk for n in range(CLIENTS)]
        walk = walking.start(actor=owner, subject="deal", ids=ids, name="", query="", is_shared=True, now=NOW)
    return walk, walkers


def test_no_two_are_ever_given_one_client(shop: Shop) -> None:
    walk, walkers = shared(shop)
    given: Counter[int] = Counter()

    def work(actor: Actor) -> None:
        while True:
            with shop.as_(actor), transaction.atomic():
                step = walking.take(actor=actor, walk_id=walk.public_id, now=NOW)
                if step is None:
                    return
                given[step.item.client_id] += 1
            with shop.as_(actor), transaction.atomic():
                walking.skip(actor=actor, walk_id=walk.public_id, position=step.item.position)

    at_once([lambda actor=actor: work(actor) for actor in walkers])
    assert len(given) == CLIENTS
    assert set(given.values()) == {1}


def test_control_without_the_locks_clients_are_given_twice(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    walk, walkers = shared(shop)
    gate, given = threading.Barrier(WALKERS), []

    def choose(rows):  # type: ignore[no-untyped-def]
        found = rows.first()
        gate.wait()
        return found

    monkeypatch.setattr(walking, "_first", choose)
    monkeypatch.setattr(walking.work, "hold", lambda **_given: True)

    def work(actor: Actor) -> None:
        with shop.as_(actor), transaction.atomic():
            step = walking.take(actor=actor, walk_id=walk.public_id, now=NOW)
            assert step is not None
            given.append(step.item.client_id)

    at_once([lambda actor=actor: work(actor) for actor in walkers])
    assert len(given) == WALKERS
    assert len(set(given)) == 1
