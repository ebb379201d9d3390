"""Many managers at one queue: nobody gets the same client, and a control without the lock shows why."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from voronka.accounts.testing import add_person
from voronka.deals import services
from voronka.deals.models import Deal, PipelineMember
from voronka.deals.queries.desk import my_pools
from voronka.deals.services import pressing
from voronka.deals.services.opening import FirstStep, open_deal
from voronka.deals.testing import Shop, make_client, make_deal, make_shop, press
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.work.models import Lease

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MANAGERS, CLIENTS = 8, 40


@pytest.fixture
def shop() -> Shop:
    return make_shop(NOW)


def managers(shop: Shop) -> list[Actor]:
    """Eight managers of the common pool of new leads."""
    found = [add_person(shop.cast.owner, "manager") for _number in range(MANAGERS)]
    with shop.as_(shop.cast.owner), transaction.atomic():
        pipeline = Deal.objects.values_list("pipeline_id", flat=True).first()
        for one in found:
            PipelineMember.objects.create(pipeline_id=pipeline, employee_id=one.employee_id)
    return found


def leads(shop: Shop, *, deals_a_client: int = 1) -> None:
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        for number in range(CLIENTS):
            client = make_client(f"Client {number}", zone="Europe/Moscow")
            for _deal in range(deals_a_client):
                at = NOW - timedelta(minutes=number)
                open_deal(actor=owner, client_id=client.pk, now=at, first=FirstStep("call", "Call", 1, at))


def at_once(acts: list[Callable[[], None]]) -> None:
    """Run all acts at the same moment, each on a connection of its own, and pass their failures on."""
    gate, failures = threading.Barrier(len(acts)), []

    def run(act: Callable[[], None]) -> None:
        try:
            gate.wait()
            act()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures, failures


def take_until_empty(shop: Shop, me: Actor, taken: list[int]) -> Callable[[], None]:
    """Take and keep: each lease is let run out of reach, so every client can be given once only."""

    def run() -> None:
        with shop.as_(me):
            while (turn := services.take_next(actor=me, now=NOW)) is not None:
                taken.append(turn.taken.client_id)
                with transaction.atomic():
                    # Keep the client and go on: the held card would come back otherwise.
                    Lease.objects.filter(task_id=turn.taken.task_id).update(employee_id=shop.cast.owner.employee_id)

    return run


@pytest.mark.parametrize("deals_a_client", [1, 2])
def test_no_client_is_given_to_two(shop: Shop, deals_a_client: int) -> None:
    leads(shop, deals_a_client=deals_a_client)
    people = managers(shop)
    taken: list[list[int]] = [[] for _one in people]
    at_once([take_until_empty(shop, me, mine) for me, mine in zip(people, taken, strict=True)])
    counts = Counter(client for mine in taken for client in mine)
    assert len(counts) == CLIENTS, "somebody was not given at all"
    assert max(counts.values()) == 1, "a client was given twice"
    assert sum(bool(mine) for mine in taken) > 1, "one manager took everything: nothing ran at once"


LOCK = "PERFORM 1 FROM work_task q WHERE q.company_id = mine AND q.id = pick.id AND q.is_open FOR UPDATE SKIP LOCKED;"
GUARD = "WHERE l.until <= at OR l.employee_id = me"


def test_the_control_without_lock_and_lease_gives_a_client_twice(shop: Shop) -> None:
    """The same race with both guards taken out of the function must fail, or the test above proves nothing."""
    leads(shop)
    people = managers(shop)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('work_take_next'::regproc)")
        whole = cursor.fetchone()[0]
    assert LOCK in whole
    assert GUARD in whole
    naive = (
        whole.replace(LOCK, "PERFORM pg_sleep(0.002);")
        .replace(GUARD, "")
        .replace("FUNCTION public.work_take_next", "FUNCTION pg_temp.naive_take_next")
    )
    given: list[int] = []

    def naive_take(me: Actor) -> Callable[[], None]:
        def run() -> None:
            with shop.as_(me):
                with transaction.atomic(), connection.cursor() as cursor:
                    pools = my_pools(me)
                    cursor.execute(naive)
                for _turn in range(5):
                    with transaction.atomic(), connection.cursor() as cursor:
                        cursor.execute(
                            "SELECT client_id FROM pg_temp.naive_take_next(%s, %s, %s, 90)",
                            [me.employee_id, pools, NOW],
                        )
                        row = cursor.fetchone()
                        if row is not None:
                            given.append(row[0])
                            cursor.execute(
                                "UPDATE work_lease SET employee_id = %s WHERE client_id = %s",
                                [shop.cast.owner.employee_id, row[0]],
                            )

        return run

    at_once([naive_take(me) for me in people])
    assert max(Counter(given).values()) > 1


def test_a_lease_ends_by_itself_and_the_client_returns(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        client = make_client(zone="Europe/Moscow")
        open_deal(actor=owner, client_id=client.pk, now=NOW)
    first, second = managers(shop)[:2]
    with shop.as_(first):
        assert services.take_next(actor=first, now=NOW) is not None
    with shop.as_(second):
        assert services.take_next(actor=second, now=NOW + timedelta(seconds=60)) is None
        assert services.take_next(actor=second, now=NOW + timedelta(seconds=91)) is not None
    with shop.as_(first):
        assert services.take_next(actor=first, now=NOW + timedelta(seconds=95)) is None


def test_eight_presses_of_one_button_at_once_have_one_effect(shop: Shop) -> None:
    """A double click, a retry and seven impatient tabs: one request id, one press."""

    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        deal = make_deal(owner)
    same = uuid.uuid4()

    def one() -> None:
        with shop.as_(shop.cast.owner) as me:
            press(me, deal, "miss", request_id=same)

    at_once([one] * 8)
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert Deal.objects.get(pk=deal.pk).misses == 1


def test_the_control_without_the_lock_loses_a_press(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two presses read the deal before either has written: one of them is refused by the database or forgotten."""
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        deal = make_deal(owner)
    both_have_read = threading.Barrier(2)

    def unlocked(public_id: str) -> Deal:
        found = Deal.objects.select_related("client", "stage", "pipeline", "open_task", "company", "responsible")
        read = found.get(public_id=public_id)
        both_have_read.wait(20)
        return read

    monkeypatch.setattr(pressing, "locked_deal", unlocked)
    failed: list[Exception] = []

    def one() -> None:
        try:
            with shop.as_(shop.cast.owner) as me:
                press(me, deal, "miss")
        except (DatabaseError, Refusal) as error:
            failed.append(error)

    at_once([one] * 2)
    with shop.as_(shop.cast.owner), transaction.atomic():
        misses = Deal.objects.get(pk=deal.pk).misses
    assert misses == 1
    assert len(failed) <= 1


def test_presses_at_once_are_counted_one_by_one(shop: Shop) -> None:

    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        deal = make_deal(owner)

    def one() -> None:
        with shop.as_(shop.cast.owner) as me:
            press(me, deal, "miss")

    at_once([one] * 4)
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert Deal.objects.get(pk=deal.pk).misses == 4
