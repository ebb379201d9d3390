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
from voronka.messaging.models import GateSettings, Message
from voronka.messaging.ports import Handed, Outgoing
from voronka.messaging.services import campaigns, sending
from voronka.messaging.services.campaigns import freezing
from voronka.messaging.testing import Post, channel, draft, make_campaign
from voronka.people.models import Client, Consent, ContactPoint

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


def campaign_in_child(cast: Cast, ledger: Ledger, now: datetime, dies_after_rows: int) -> int:
    """Do what the worker does for campaigns, in a process that may die while it freezes or while it sends."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            real, frozen = freezing.plan, [0]

            def plan(drafts: Sequence[services.Draft], *, now: datetime) -> list[int | None]:
                ids = real(drafts, now=now)
                frozen[0] += len(ids)
                if dies_after_rows and frozen[0] >= dies_after_rows:
                    os.kill(os.getpid(), signal.SIGKILL)  # its rows are written, the checkpoint is not
                return ids

            freezing.plan, freezing.CHUNK = plan, 20
            with channel("email", ledger, chunk=7), company_context(cast.company_id, strict=True):
                campaigns.look(now=now)
                while services.send_due("email", now=now, most=20):
                    pass
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] & 0x7F


def test_a_campaign_killed_twenty_times_misses_nobody_and_doubles_nobody(cast: Cast, tmp_path: Path) -> None:
    """Check 17 in small: a fifth of the kills fall into the freezing, the rest into the sending."""
    readers, kills, rng, now, killed, in_sending = 400, 20, Random(17), NOON, 0, 0
    with channel("email", Post()), company_context(cast.company_id, employee_id=cast.owner.employee_id):
        with transaction.atomic():
            clients = Client.objects.bulk_create([Client(name=f"К{n}", zone="Europe/Moscow") for n in range(readers)])
            ContactPoint.objects.bulk_create(
                ContactPoint(client=one, kind="email", value=f"c{one.pk}@example.com", position=0) for one in clients
            )
            GateSettings.objects.create(quiet_begins=0, quiet_ends=0)
            row = make_campaign(cast.owner, now=NOON, traffic="service", text="Привет")
            campaigns.start(actor=cast.owner, public_id=row.public_id, now=NOON)
    for turn in range(kills):
        freezes = turn < 4
        last, way = rng.randint(1, 15), rng.choice(["before", "after"])
        fate = (lambda _n: "") if freezes else (lambda n, last=last, way=way: way if n == last else "")
        died = campaign_in_child(cast, Ledger(tmp_path / "got", fate), now, rng.randint(1, 60) if freezes else 0)
        killed += died == signal.SIGKILL
        in_sending += died == signal.SIGKILL and not freezes
        now += sending.CLAIM + timedelta(seconds=1)
    quiet = Ledger(tmp_path / "got")
    for _turn in range(3):
        assert campaign_in_child(cast, quiet, now, 0) == 0
        now += sending.CLAIM * 2
    got, ended = quiet.got(), states(cast)
    assert killed == kills
    assert len(ended) == readers, "somebody was left out of the freezing, or taken twice"
    assert set(got.values()) == {1}, "somebody got it twice"
    assert set(ended.values()) == {"accepted", "unknown"}
    assert Counter(ended.values())["unknown"] <= 7 * in_sending
    assert set(ended) - set(got) <= {one for one, state in ended.items() if state == "unknown"}


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
