"""Senders that die in the middle, and many at once: nobody gets a message twice, and what broke is unknown."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.db import connection, connections, transaction

from voronka.accounts.testing import Cast, make_company
from voronka.kit.tenancy import company_context
from voronka.messaging import services
from voronka.messaging.models import Message
from voronka.messaging.ports import Handed, Outgoing
from voronka.messaging.services import sending
from voronka.messaging.testing import Post, channel, draft
from voronka.people.models import Client, Consent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
READERS = 60


class Ledger:
    """What the other side got, written where a killed process cannot take it back; `fate` may kill before or after."""

    def __init__(self, file: Path, fate: Callable[[int], str] = lambda _n: "") -> None:
        self.file, self.fate, self.count = file, fate, 0

    def hand_over(self, batch: Sequence[Outgoing]) -> Iterator[Handed]:
        for one in batch:
            self.count += 1
            fate = self.fate(self.count)
            if fate == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            with self.file.open("a") as opened:
                opened.write(f"{one.message_id}\n")
            if fate == "after":
                os.kill(os.getpid(), signal.SIGKILL)
            yield Handed(one.message_id, "accepted")

    def got(self) -> Counter[int]:
        return Counter(int(line) for line in self.file.read_text().split()) if self.file.exists() else Counter()


@pytest.fixture
def cast() -> Cast:
    return make_company()


def plan_for(cast: Cast, count: int, **more: object) -> list[int]:
    """Plan a letter to each of many readers."""
    with channel("email", Post()), company_context(cast.company_id), transaction.atomic():
        clients = Client.objects.bulk_create([Client(name=f"К{n}", zone="Europe/Moscow") for n in range(count)])
        Consent.objects.bulk_create(
            [
                Consent(client=one, purpose="advertising", channel="any", given=True, at=NOON, source="x")
                for one in clients
            ]
        )
        drafts = [draft(one, NOON, cause_kind="campaign", cause_id=1, **more) for one in clients]
        return [one for one in services.plan(drafts, now=NOON) if one is not None]


def states(cast: Cast) -> dict[int, str]:
    with company_context(cast.company_id), transaction.atomic():
        return dict(Message.objects.values_list("id", "state"))


def send_in_child(cast: Cast, ledger: Ledger, now: datetime) -> int:
    """Send in a process of its own; return the signal that ended it, 0 for none."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            with channel("email", ledger, chunk=7), company_context(cast.company_id, strict=True):
                while services.send_due("email", now=now, most=20):
                    pass
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] & 0x7F


@pytest.mark.parametrize("seed", [1, 2])
def test_whoever_is_killed_wherever_nobody_gets_it_twice(cast: Cast, tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    ids, now, killed = plan_for(cast, READERS), NOON, 0
    for _turn in range(4):
        last, way = rng.randint(1, 15), rng.choice(["before", "after"])
        ledger = Ledger(tmp_path / "got", lambda n, last=last, way=way: way if n == last else "")
        killed += send_in_child(cast, ledger, now) == signal.SIGKILL
        now += sending.CLAIM + timedelta(seconds=1)
    quiet = Ledger(tmp_path / "got")
    assert send_in_child(cast, quiet, now) == 0
    assert send_in_child(cast, quiet, now + sending.CLAIM * 2) == 0
    assert killed == 4
    got, ended = quiet.got(), states(cast)
    assert set(got.values()) == {1}, "somebody got it twice"
    assert set(ended.values()) == {"accepted", "unknown"}
    assert {one for one, state in ended.items() if state == "accepted"} <= set(got)
    # What broke is a chunk at most for each that died, and nobody is forgotten.
    assert Counter(ended.values())["unknown"] <= 7 * killed
    assert set(ended) == set(ids)
    assert set(ids) - set(got) <= {one for one, state in ended.items() if state == "unknown"}


def crowd(cast: Cast, count: int, now: datetime) -> None:
    """Let many senders send at the same moment."""
    start, failures = threading.Barrier(count, timeout=60), []

    def run() -> None:
        try:
            with company_context(cast.company_id, strict=True):
                start.wait()
                while services.send_due("email", now=now, most=9):
                    pass
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    assert failures == []


def test_many_senders_share_the_work(cast: Cast, tmp_path: Path) -> None:
    ids = plan_for(cast, READERS)
    ledger = Ledger(tmp_path / "got")
    with channel("email", ledger):
        crowd(cast, 6, NOON)
        crowd(cast, 1, NOON)
    assert ledger.got() == Counter(ids)
    assert set(states(cast).values()) == {"accepted"}


def many_campaigns(cast: Cast) -> None:
    """Plan thirty letters to one reader."""
    with channel("email", Post()), company_context(cast.company_id), transaction.atomic():
        client = Client.objects.create(name="Один", zone="Europe/Moscow")
        Consent.objects.create(client=client, purpose="advertising", channel="any", given=True, at=NOON, source="x")
        services.plan([draft(client, NOON, cause_kind="campaign", cause_id=n) for n in range(30)], now=NOON)


def test_senders_at_once_pass_no_cap(cast: Cast, tmp_path: Path) -> None:
    many_campaigns(cast)
    ledger = Ledger(tmp_path / "got")
    with channel("email", ledger):
        crowd(cast, 6, NOON)
        crowd(cast, 1, NOON)
    assert sum(ledger.got().values()) == 2
    assert Counter(states(cast).values()) == {"accepted": 2, "refused": 28}


def test_control_without_the_lock_of_the_client_caps_are_passed(cast: Cast, tmp_path: Path, monkeypatch) -> None:
    """The same crowd that counts without holding the client: several let him have his last two."""
    meet = threading.Barrier(6, timeout=1)

    def careless(rows: Sequence[Message]) -> list[Message]:
        return list(rows)

    real = sending.scene_of

    def slow(*given: object, **named: object) -> object:
        scene = real(*given, **named)  # type: ignore[arg-type]  # passed on
        try:
            meet.wait()
        except threading.BrokenBarrierError:
            meet.reset()
        return scene

    monkeypatch.setattr(sending, "_with_free_clients", careless)
    monkeypatch.setattr(sending, "scene_of", slow)
    many_campaigns(cast)
    ledger = Ledger(tmp_path / "got")
    with channel("email", ledger):
        crowd(cast, 3, NOON)
    assert sum(ledger.got().values()) > 2
