"""What becomes of SMS: receipts over a session that stays open, asked for over HTTP, notices that nobody can forge."""

import os
import signal
import time
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import connections, transaction
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts.testing import Cast, make_company
from voronka.kit.tenancy import company_context
from voronka.messaging import services
from voronka.messaging.channels.smpp.standin import Habits, centre
from voronka.messaging.channels.smsc.notices import sign
from voronka.messaging.channels.smsc.standin import Smsc
from voronka.messaging.models import Message, MessageStep, SmsAnswer, SmsPart, SmsProvider, SmsSender, SmsTold
from voronka.messaging.ports import SmsReceipt
from voronka.messaging.rules.fate import fate_of, part_moves
from voronka.messaging.services import sending, sms_asking, sms_hooks, sms_links, sms_receiving
from voronka.messaging.testing import make_reader
from voronka.messaging.tests.sms_peer import sms_peer
from voronka.people.models import ContactPoint

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NUMBER = "+79160000011"


@pytest.fixture
def cast(settings) -> Cast:
    settings.ALLOW_PRIVATE_WEBHOOKS = ["127.0.0.0/8"]
    return make_company()


def until(true, seconds: float = 8.0) -> None:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    assert true()


def provider(cast: Cast, kind: str, settings: dict[str, str], **more) -> SmsProvider:
    with company_context(cast.company_id), transaction.atomic():
        row = SmsProvider.objects.create(kind=kind, name=kind, settings=settings, secret="secret", **more)
        SmsSender.objects.create(provider=row, name="Shop", traffic="service", state="registered")
        return row


def smpp(cast: Cast, port: int, **more) -> SmsProvider:
    keys = {"host": "127.0.0.1", "port": str(port), "system_id": "voronka", "tls": "no", "window": "10"}
    return provider(cast, "smpp", keys | {"alphabet": "gsm"}, **more)


def smsc(cast: Cast, base: str, **more) -> SmsProvider:
    return provider(cast, "smsc", {"login": "shop", "address": f"{base}/sys", "test": "no"}, **more)


def written(cast: Cast, text: str = "Заказ готов", number: str = NUMBER) -> int:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        client = make_reader("Анна", at=NOON)
        ContactPoint.objects.create(client=client, kind="phone", value=number)
        sms = services.HandSms(text, "service", uuid.uuid4())
        return services.write_sms_by_hand(actor=cast.owner, client_id=client.pk, sms=sms, now=NOON).pk


def send(cast: Cast, now: datetime = NOON + timedelta(seconds=11)) -> None:
    with company_context(cast.company_id, strict=True):
        while services.send_due("sms", now=now):
            pass


def state(cast: Cast, pk: int) -> tuple[str, str]:
    with company_context(cast.company_id), transaction.atomic():
        return Message.objects.values_list("state", "code").get(pk=pk)


def steps(cast: Cast, pk: int) -> list[str]:
    with company_context(cast.company_id), transaction.atomic():
        return list(MessageStep.objects.filter(message_id=pk).order_by("id").values_list("state", flat=True))


def match(cast: Cast, now: datetime = NOON) -> int:
    with company_context(cast.company_id, strict=True):
        return sms_receiving.match_waiting(now=now)


def test_late_receipts_come_by_the_session_that_stays_open(cast: Cast) -> None:
    with centre(Habits(sends_receipts=False)) as made:
        row = smpp(cast, made.port)
        pk = written(cast, "я" * 100)
        try:
            assert sms_links.keep(sms_links.providers_on(), now=datetime.now(UTC)) == 1
            until(lambda: made.asked["0x9"] == 1)
            send(cast)
            assert state(cast, pk) == ("accepted", "")
            assert made.asked["0x9"] == 1, "the batch goes by the session that is open"
            [first, second] = made.taken
            made.write_to_us(made.receipt_of(first.number, first.short))
            until(lambda: len(made.kept) == 1)
            assert state(cast, pk) == ("accepted", ""), "one part of two is not all of it"
            made.write_to_us(made.receipt_of(second.number, second.short))
            until(lambda: state(cast, pk) == ("delivered", ""))
            assert made.kept == [0, 0]
        finally:
            sms_links.end_all()
    assert steps(cast, pk) == ["planned", "claimed", "handed", "accepted", "delivered"]
    assert row.pk not in sms_links._links


def test_one_process_keeps_a_session_and_another_takes_it_over(cast: Cast, monkeypatch) -> None:
    with centre() as made:
        smpp(cast, made.port)
        now = datetime.now(UTC)
        try:
            assert sms_links.keep(sms_links.providers_on(), now=now) == 1
            links = dict(sms_links._links)
            monkeypatch.setattr(sms_links, "_links", {})
            monkeypatch.setattr(sms_links, "HOLDER", "another")
            assert sms_links.keep(sms_links.providers_on(), now=now) == 0
            assert sms_links.keep(sms_links.providers_on(), now=now + sms_links.LEASE) == 1
        finally:
            sms_links.end_all()
            sms_links._links.update(links)
            sms_links.end_all()


def test_receipts_that_come_with_the_answers_wait_for_the_message(cast: Cast) -> None:
    outcomes = {"79160000012": "UNDELIV"}
    with centre(Habits(ids=("hex", "dec"), outcomes=outcomes)) as made:
        smpp(cast, made.port, answer_form="hex", receipt_form="dec")
        pks = [written(cast), written(cast, number="+79160000012"), written(cast, "я" * 100, "+79160000013")]
        try:
            sms_links.keep(sms_links.providers_on(), now=datetime.now(UTC))
            send(cast)
            until(lambda: len(made.kept) == 4)
        finally:
            sms_links.end_all()
    match(cast)
    assert [state(cast, one)[0] for one in pks] == ["delivered", "failed", "delivered"]
    with company_context(cast.company_id), transaction.atomic():
        assert not SmsTold.objects.exists()


def test_a_receipt_for_another_number_or_of_the_past_changes_nothing(cast: Cast) -> None:
    with centre(Habits(sends_receipts=False)) as made:
        row = smpp(cast, made.port)
        pk = written(cast)
        send(cast)
        number = str(made.taken[0].number)
    take = sms_links.taker(cast.company_id, row.pk)
    take(SmsReceipt(number, "delivered", address="79990000000"))
    assert state(cast, pk)[0] == "accepted"
    take(SmsReceipt(number, "delivered", address=NUMBER[1:]))
    for late in ("failed", "accepted", "unknown", "delivered"):
        take(SmsReceipt(number, late, "expired", address=NUMBER[1:]))  # type: ignore[arg-type]
    assert state(cast, pk) == ("delivered", "")
    assert steps(cast, pk)[-2:] == ["accepted", "delivered"]
    take(SmsReceipt("9\0\ud83d", "delivered", words="x\0\ud83d", address="7\0"))
    with company_context(cast.company_id), transaction.atomic():
        assert SmsTold.objects.count() == 2
    match(cast, NOON + timedelta(days=4000))
    with company_context(cast.company_id), transaction.atomic():
        assert not SmsTold.objects.exists(), "nobody waits for it any more"


def send_in_child(cast: Cast, now: datetime, dies: str) -> int:
    """Send in a process of its own that is killed before or after it writes an answer down; return the signal."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:

            def killed(*_given: object, **_named: object) -> None:
                os.kill(os.getpid(), signal.SIGKILL)

            if dies == "note":
                sending.note_answers = killed
            elif dies == "keep":
                sms_receiving.keep_parts = killed
            send(cast, now)
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] & 0x7F


@pytest.mark.parametrize("dies", ["note", "keep"])
def test_a_sender_killed_between_hand_over_and_answer_sends_nothing_twice(cast: Cast, dies: str) -> None:
    """The provider has the message, we have no answer: unknown, never sent again, settled by its receipt."""
    with centre(Habits(sends_receipts=False)) as made:
        row = smpp(cast, made.port)
        pk, now = written(cast), NOON + timedelta(seconds=11)
        assert send_in_child(cast, now, dies) == signal.SIGKILL
        assert state(cast, pk)[0] == "handed"
        for turn in (1, 2, 3):
            now = NOON + sending.CLAIM * 2 * turn
            assert send_in_child(cast, now, "") == 0
        assert state(cast, pk) == ("unknown", "broken")
        assert Counter(one.short.destination for one in made.taken) == {NUMBER[1:]: 1}, "sent twice"
        sms_links.taker(cast.company_id, row.pk)(
            SmsReceipt(str(made.taken[0].number), "delivered", address=NUMBER[1:])
        )
    # Its number was kept before the answer was written down, so its receipt settles it; else a person does.
    assert state(cast, pk)[0] == ("delivered" if dies == "note" else "unknown")


def test_smsc_is_asked_until_it_is_known_and_not_after(cast: Cast) -> None:
    with sms_peer(Smsc()) as peer:
        smsc(cast, peer.base, price=Decimal(4))
        pks = [written(cast), written(cast, number="+79160000012")]
        peer.troubles.append("lost")
        send(cast)
        assert sorted(state(cast, one)[0] for one in pks) == ["accepted", "unknown"]
        peer.provider.states[f"v{pks[0]}"] = (1, 0)
        peer.provider.states[f"v{pks[1]}"] = (20, 6)
        asked = peer.asked
        with company_context(cast.company_id, strict=True):
            later = datetime.now(UTC) + timedelta(minutes=1)
            assert cast.company_id in sms_asking.companies_due(later)
            assert sms_asking.ask_due(now=later) == 2
            assert sms_asking.ask_due(now=later + timedelta(days=3)) == 0
        assert peer.asked == asked + 2
    assert state(cast, pks[0]) == ("delivered", "")
    assert state(cast, pks[1]) == ("failed", "phone_off")


def test_a_provider_that_does_not_answer_is_asked_again_ever_more_seldom(cast: Cast) -> None:
    with sms_peer(Smsc()) as peer:
        smsc(cast, peer.base)
        pk = written(cast)
        send(cast)
        peer.provider.secret = "changed"
        now, asked = datetime.now(UTC) + timedelta(minutes=1), 0
        with company_context(cast.company_id, strict=True):
            for _turn in range(40):
                asked += sms_asking.ask_due(now=now)
                now += timedelta(hours=6)
    assert asked == 1 + len(sms_asking.AGAIN)
    assert state(cast, pk)[0] == "accepted"


def test_notices_of_smsc_make_us_ask_and_are_not_believed(cast: Cast) -> None:
    with sms_peer(Smsc()) as peer:
        row = smsc(cast, peer.base)
        pk = written(cast)
        send(cast)
        address = reverse("messaging:sms-hook", args=[sms_hooks.hook_token(row.public_id)])
        secret = sms_hooks.hook_secret(row.public_id)
        sent = {"id": f"v{pk}", "phone": NUMBER[1:], "status": "1"}
        honest = sent | {"md5": sign(*sent.values(), secret)}

        def post(fields: dict[str, str], where: str = address) -> int:
            form = "application/x-www-form-urlencoded"
            return Browser(enforce_csrf_checks=True).post(where, urlencode(fields), content_type=form).status_code

        def due() -> bool:
            return cast.company_id in sms_asking.companies_due(datetime.now(UTC))

        for forged in (
            sent,
            honest | {"status": "20"},
            honest | {"md5": ""},
            sent | {"md5": sign(*sent.values(), "x")},
            honest | {"md5": "я" * 32},
        ):
            assert post(forged) == 400
        for wrong in (address[:-2] + "x/", reverse("messaging:sms-hook", args=["0" * 44])):
            assert post(honest, wrong) == 404
        assert post({"x": "y" * 70_000}) == 413
        assert Browser().get(address).status_code == 405
        assert not due()
        # The phone is off still: what the notice says is not what the provider answers.
        peer.provider.states[f"v{pk}"] = (0, 0)
        assert post(honest) == 200
        assert due()
        with company_context(cast.company_id, strict=True):
            assert sms_asking.ask_due(now=datetime.now(UTC)) == 1
        assert state(cast, pk)[0] == "accepted"
        peer.provider.states[f"v{pk}"] = (1, 0)
        assert post(honest) == 200
        with company_context(cast.company_id, strict=True):
            sms_asking.ask_due(now=datetime.now(UTC))
        assert state(cast, pk)[0] == "delivered"
        assert post(honest) == 200
        assert not due(), "the same notice again changes nothing"
    with company_context(cast.company_id), transaction.atomic():
        assert SmsPart.objects.get().state == "delivered"
        assert not SmsAnswer.objects.exists()


@pytest.mark.parametrize(
    ("states", "total", "fate"),
    [(["delivered"], 1, "delivered"), (["delivered", "accepted"], 2, "accepted"), (["delivered"], 2, "accepted"),
     (["failed", "delivered"], 2, "failed"), (["accepted"], 1, "accepted"), (["delivered"] * 3, 3, "delivered")],
)  # fmt: skip
def test_the_fate_of_parts(states: list[str], total: int, fate: str) -> None:
    assert fate_of(states, total) == fate


def test_a_part_that_ended_stays() -> None:
    assert [part_moves("accepted", told) for told in ("delivered", "failed", "accepted", "unknown")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert not any(part_moves("delivered", told) for told in ("delivered", "failed", "accepted"))
    assert part_moves("unknown", "accepted")
