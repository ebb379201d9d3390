"""SMS to clients: written by hand, through the gate, by providers that stand in for one another, never twice."""

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.tenancy import company_context
from voronka.messaging import ports, services
from voronka.messaging.channels.smsc.standin import Smsc
from voronka.messaging.models import Message, SmsPart, SmsProvider, SmsSender, SmsTry
from voronka.messaging.ports import Handed, Outgoing
from voronka.messaging.services import sms_providers
from voronka.messaging.testing import make_reader
from voronka.messaging.tests.sms_peer import sms_peer
from voronka.people.models import Consent, ContactPoint

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 2, 21, 0, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def owner(cast: Cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast.owner


@pytest.fixture
def browser(cast: Cast) -> Browser:
    return sign_in(Browser(), cast.owner)


class Account(ports.Gateway):
    """A provider's account in memory: it answers what it is told to, and remembers what it was given."""

    def __init__(self, answer: str = "accepted", code: str = "") -> None:
        self.state, self.code, self.got, self.closed = answer, code, [], 0

    def hand_over(self, batch: Sequence[Outgoing]) -> Iterator[Handed]:
        for one in batch:
            self.got.append(one)
            if self.state == "breaks":
                raise RuntimeError("broken")
            if self.state != "silent":
                number = f"n{one.message_id}" if self.state == "accepted" else ""
                yield Handed(one.message_id, self.state, provider_id=number, code=self.code)  # type: ignore[arg-type]

    def close(self) -> None:
        self.closed += 1


@contextmanager
def accounts(**made: Account) -> Iterator[None]:
    """Let kinds of providers stand for accounts in memory inside the block."""
    for name, account in made.items():
        kind = ports.Kind(name, name, (), "", lambda _keys, _take, account=account: account)
        ports.register_sms_kind(kind)
    try:
        yield
    finally:
        for name in made:
            del ports.sms._kinds[name]


def provider(kind: str, position: int, *traffic: str, **more) -> SmsProvider:
    row = SmsProvider.objects.create(
        kind=kind, name=kind, secret="-", position=position, for_service="service" in (traffic or ("service",)),
        for_advertising="advertising" in traffic, **more,
    )  # fmt: skip
    for one in traffic or ("service",):
        SmsSender.objects.create(provider=row, name=f"Shop{position}", traffic=one, state="registered")
    return row


def card(agrees: bool | None = None, *numbers: str):
    client = make_reader("Анна Смирнова", at=NOON, agrees=agrees)
    for place, number in enumerate(numbers or ("+74951234567", "+79160000011")):
        ContactPoint.objects.create(client=client, kind="phone", value=number, position=place)
    return client, reverse("messaging:write-sms", args=[client.public_id])


def typed(**more: str) -> dict[str, str]:
    return {"text": "Заказ готов", "traffic": "service", "operation": str(uuid.uuid4())} | more


def write(owner, client, *, now: datetime = NOON, text: str = "Заказ готов", traffic: str = "service") -> Message:
    sms = services.HandSms(text, traffic, uuid.uuid4())
    return services.write_sms_by_hand(actor=owner, client_id=client.pk, sms=sms, now=now)


def send(now: datetime = NOON) -> None:
    services.send_due("sms", now=now + timedelta(seconds=11))


def test_an_sms_goes_once_however_often_its_form_is_sent(owner, browser: Browser) -> None:
    first = Account()
    with accounts(first=first):
        provider("first", 0, price=Decimal("4.5"))
        client, address = card()
        sent = typed(text="я" * 100)
        for _time in range(3):
            assert browser.post(address, sent).status_code == 302
        services.send_due("sms", now=datetime.now(UTC))
        assert first.got == [], "ten seconds of undo"
        # The hour of the day at which tests run may be a quiet one of the client's.
        Message.objects.update(due_at=NOON, planned_for=NOON)
        send()
    assert [(one.address, one.sender, one.text) for one in first.got] == [("+79160000011", "Shop0", "я" * 100)]
    row = Message.objects.get()
    assert (row.state, row.client_id, row.author_id) == ("accepted", client.pk, owner.employee_id)
    assert (row.parts, row.cost) == (2, Decimal(9))
    assert (row.provider, row.provider_id) == (SmsProvider.objects.get().public_id, f"n{row.pk}")


@pytest.mark.parametrize(
    "wrong",
    [{"text": " "}, {"text": "я" * 1001}, {"text": "a\0"}, {"traffic": "spam"}, {"operation": "x"}],
)  # fmt: skip
def test_a_wrong_sms_is_refused_in_words(owner, browser: Browser, wrong: dict[str, str]) -> None:
    _client, address = card()
    assert browser.post(address, typed(**wrong)).status_code == 422
    assert not Message.objects.exists()


def test_the_page_counts_parts_and_says_what_makes_them_dear(owner, browser: Browser) -> None:
    with accounts(first=Account()):
        provider("first", 0, price=Decimal("4.5"))
        client, address = card()
        page = browser.get(address).content.decode()
        assert "+79160000011" in page
        assert 'name="operation"' in page
        count = reverse("messaging:write-sms-count", args=[client.public_id])
        said = browser.post(count, {"text": "x" * 150 + "😀", "traffic": "service"}).content.decode()
        assert "<mark>😀</mark>" in said
        assert "13,50 ₽" in said.replace("\xa0", " ")
        assert "Юникод" in browser.post(count, {"text": "Заказ готов"}).content.decode()
    alone, address = card(None, "+74951234567")
    assert "нет мобильного номера" in browser.get(address).content.decode().replace("\xa0", " ")
    assert write(owner, alone).code == "no_address"


def test_advertising_needs_consent_and_its_own_way(owner, browser: Browser) -> None:
    first = Account()
    with accounts(first=first):
        provider("first", 0, "service")
        shy, _address = card(None)
        assert write(owner, shy, traffic="advertising").code == "no_consent"
        client, _address = card(True, "+79160000012")
        waits = write(owner, client, traffic="advertising")
        assert (waits.state, waits.code) == ("waiting", "not_set_up")
        SmsProvider.objects.update(for_advertising=True)
        send(NOON + timedelta(hours=1))
        assert Message.objects.get(pk=waits.pk).state == "waiting", "no name is registered for advertising"
        SmsSender.objects.create(
            provider=SmsProvider.objects.get(), name="Sale", traffic="advertising", state="registered"
        )
        send(NOON + timedelta(hours=2))
    assert [one.sender for one in first.got] == ["Sale"]
    Consent.objects.create(client=client, purpose="advertising", channel="sms", given=False, at=NOON, source="x")
    assert write(owner, client, traffic="advertising", now=NOON + timedelta(hours=3)).code == "opted_out"


def test_at_night_it_waits_for_the_clients_morning(owner) -> None:
    first = Account()
    with accounts(first=first):
        provider("first", 0)
        client, _address = card()
        row = write(owner, client, now=MIDNIGHT)
        assert (row.state, row.code) == ("waiting", "quiet")
        send(MIDNIGHT)
        assert first.got == []
        send(row.due_at)
    assert len(first.got) == 1


@pytest.mark.parametrize(
    ("answer", "code", "goes_on", "state"),
    [("retry", "no_money", True, "accepted"), ("rejected", "no_route", True, "accepted"),
     ("rejected", "bad_number", False, "failed"), ("unknown", "no_answer", False, "unknown"),
     ("silent", "", False, "unknown"), ("breaks", "", False, "unknown")],
)  # fmt: skip
def test_only_what_surely_has_not_left_goes_to_the_next(owner, answer: str, code: str, goes_on: bool, state) -> None:
    first, second = Account(answer, code), Account()
    with accounts(first=first, second=second):
        provider("second", 2)
        provider("first", 1)
        client, _address = card()
        row = write(owner, client)
        send()
    row.refresh_from_db()
    assert len(first.got) == 1
    assert [one.sender for one in second.got] == (["Shop2"] if goes_on else [])
    assert row.state == state
    assert row.provider == ({"accepted": SmsProvider.objects.get(kind="second").public_id}.get(state, row.provider))


def test_when_all_refuse_it_waits_and_goes_another_time(owner) -> None:
    first, second = Account("retry", "no_money"), Account("retry", "provider_down")
    with accounts(first=first, second=second):
        provider("first", 1)
        provider("second", 2)
        client, _address = card()
        row = write(owner, client)
        send()
        row.refresh_from_db()
        assert (row.state, row.code, row.handed_at) == ("waiting", "retry", None)
        first.state = "accepted"
        send(NOON + timedelta(hours=1))
    row.refresh_from_db()
    assert row.state == "accepted"
    assert len(second.got) == 1


def test_numbers_of_a_message_are_kept_before_its_answer_is_written_down(owner, monkeypatch) -> None:
    """A sender that dies after the provider's answer leaves the number, by which the receipt finds the message."""
    first = Account()
    with accounts(first=first):
        provider("first", 1)
        client, _address = card()
        row = write(owner, client)

        def dies(*_given: object, **_named: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("voronka.messaging.services.sending.note_answers", dies)
        with pytest.raises(KeyboardInterrupt):
            send()
    row.refresh_from_db()
    assert row.state == "handed"
    assert [one.number for one in SmsPart.objects.filter(message=row)] == [f"n{row.pk}"]


def test_the_card_shows_it_step_by_step(owner, browser: Browser) -> None:
    with accounts(first=Account("rejected", "bad_number")):
        provider("first", 1)
        client, _address = card()
        write(owner, client)
        send()
    page = browser.get(reverse("messaging:client-messages", args=[client.public_id])).content.decode()
    page = page.replace("\xa0", " ")
    for words in ("По шагам", "запланировано", "передаётся", "Неверный номер", reverse(
        "messaging:write-sms", args=[client.public_id])):  # fmt: skip
        assert words in page


def test_a_manager_writes_to_his_own_clients(owner, cast: Cast) -> None:
    manager = sign_in(Browser(), cast.colleague)
    (own, own_address), (other, other_address) = card(), card()
    for one, actor in ((own, cast.colleague), (other, cast.owner)):
        one.responsible_id = actor.employee_id
        one.save()
    assert manager.post(own_address, typed()).status_code == 302
    assert manager.post(other_address, typed()).status_code in {403, 404}
    assert Message.objects.get().client_id == own.pk


@pytest.mark.django_db(transaction=True)
def test_a_double_press_sends_one_sms_to_try(cast: Cast, settings) -> None:
    settings.ALLOW_PRIVATE_WEBHOOKS = ["127.0.0.0/8"]
    with sms_peer(Smsc()) as peer:
        keys = {"login": "shop", "address": f"{peer.base}/sys", "test": "no"}
        draft = sms_providers.SmsProviderDraft("smsc", "SMSC", keys, secret="secret")
        with company_context(cast.company_id, employee_id=cast.owner.employee_id):
            row = sms_providers.save_sms_provider(actor=cast.owner, draft=draft, now=NOON)
        sent = {
            "provider": row.public_id, "address": "+79160000011", "sender": "Shop", "text": "Проба",
            "operation": str(uuid.uuid4()),
        }  # fmt: skip
        browsers = [sign_in(Browser(), cast.owner) for _one in range(2)]
        peer.troubles.append("slow")
        threads = [threading.Thread(target=press, args=(one, sent)) for one in browsers]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert len(peer.provider.taken) == 1
        assert peer.asked == 1
    with company_context(cast.company_id), transaction.atomic():
        assert SmsTry.objects.count() == 1


def press(browser: Browser, sent: dict[str, str]) -> None:
    try:
        assert browser.post("/settings/sms/try/", sent).status_code == 302
    finally:
        connection.close()


def test_of_a_text_that_came_in_part_only_the_part_is_paid_for(owner) -> None:
    first = Account()
    with accounts(first=first):
        provider("first", 0, price=Decimal("4.5"))
        client, _address = card()
        write(owner, client, text="я" * 250)
        first.hand_over = lambda batch: iter(  # type: ignore[method-assign]
            Handed(one.message_id, "unknown", code="partial", parts=4, part_ids=("n1",)) for one in batch
        )
        send()
    row = Message.objects.get()
    assert (row.state, row.code, row.parts, row.cost) == ("unknown", "partial", 4, Decimal("4.5"))
