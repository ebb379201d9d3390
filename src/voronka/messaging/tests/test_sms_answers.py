"""What subscribers answer: whole, once, on the card of whose number it is; STOP takes the consent back at once."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit import stakes
from voronka.kit.tenancy import company_context
from voronka.messaging.channels.smpp.pdu import Short
from voronka.messaging.channels.smpp.standin import answer_of_subscriber, centre
from voronka.messaging.channels.smpp.text import HAS_HEADER, UCS2
from voronka.messaging.channels.smsc.standin import Smsc
from voronka.messaging.models import Message, SmsAnswer, SmsPiece, SmsProvider
from voronka.messaging.ports import Incoming
from voronka.messaging.queries.messages import judge
from voronka.messaging.services import sms_asking, sms_links
from voronka.messaging.services.sms_answers import AGAIN, take_answer
from voronka.messaging.testing import make_reader
from voronka.messaging.tests.sms_peer import sms_peer
from voronka.people.models import Consent, ContactPoint

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
NUMBER = "+79160000011"


@pytest.fixture
def cast(db, settings) -> Cast:
    settings.ALLOW_PRIVATE_WEBHOOKS = ["127.0.0.0/8"]
    return make_company()


@pytest.fixture
def owner(cast: Cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast.owner


def client_of(number: str = NUMBER, agrees: bool | None = True):
    client = make_reader("Анна Смирнова", at=NOW, agrees=agrees)
    ContactPoint.objects.create(client=client, kind="phone", value=number)
    return client


def provider() -> SmsProvider:
    return SmsProvider.objects.create(kind="sandbox", name="Песочница", secret="-")


def take(row: SmsProvider, text: str, address: str = NUMBER[1:], now: datetime = NOW, **more) -> SmsAnswer | None:
    return take_answer(row, Incoming(address, text, "Shop", **more), now=now)


def test_an_answer_stands_on_the_timeline_of_whose_number_it_is(owner, cast: Cast) -> None:
    row, client = provider(), client_of()
    kept = take(row, "Спасибо, <b>заберу</b> завтра")
    assert kept is not None
    assert (kept.client_id, kept.address, kept.is_stop) == (client.pk, NUMBER, False)
    browser = sign_in(Browser(), cast.owner)
    page = browser.get(reverse("people:client-detail", args=[client.public_id])).content.decode().replace("\xa0", " ")
    assert "SMS от клиента" in page
    assert "Спасибо, &lt;b&gt;заберу&lt;/b&gt; завтра" in page
    listed = browser.get("/settings/sms/answers/").content.decode()
    assert client.public_id in listed
    assert sign_in(Browser(), cast.colleague).get("/settings/sms/answers/").status_code == 403
    assert sign_in(Browser(), cast.stranger).get("/settings/sms/answers/").content.decode().count("заберу") == 0


@pytest.mark.parametrize("text", ["СТОП", "stop.", "ЫЕЩЗ", "отпишите меня"])
def test_stop_takes_the_consent_back_at_once_with_its_proof(owner, text: str) -> None:
    row, first, second = provider(), client_of(), client_of()
    take(row, text)
    take(row, text, now=NOW + timedelta(days=1))
    for client in (first, second):
        acts = Consent.objects.filter(client=client).order_by("id")
        assert [(one.given, one.channel) for one in acts] == [(True, "any"), (False, "sms")], "said twice is one act"
        assert all(part in acts[1].source for part in (text, NUMBER, "Песочница"))
        assert SmsAnswer.objects.first().public_id in acts[1].source
        assert judge(client.pk, "sms", now=NOW).code == "opted_out"
        assert judge(client.pk, "email", now=NOW).code != "opted_out"


def test_words_that_are_no_stop_change_nothing(owner) -> None:
    row, client = provider(), client_of()
    take(row, "стоп-кран заказали вчера вечером мы")
    assert Consent.objects.filter(client=client, given=False).count() == 0


def test_unknown_numbers_are_kept_and_do_no_harm(owner, cast: Cast) -> None:
    row, client = provider(), client_of()
    for address in ("79990000000", "", "Bank", "1" * 40, "9\x00"):
        kept = take(row, "СТОП\x00\ud83d" + address, address)
        assert kept is not None
        assert kept.client_id is None
    assert Consent.objects.filter(client=client, given=False).count() == 0
    assert sign_in(Browser(), cast.owner).get("/settings/sms/answers/").status_code == 200


def test_parts_are_joined_in_any_order_and_each_text_is_one_answer(owner) -> None:
    row, text = provider(), "я" * 66 + "😀" + "ю" * 20
    halves = text.encode("utf-16-be")
    parts = [halves[:134].decode("utf-16-be", "surrogatepass"), halves[134:].decode("utf-16-be", "surrogatepass")]
    assert take(row, parts[1], part=(7, 2, 2)) is None
    assert take(row, parts[1], part=(7, 2, 2)) is None
    assert take(row, parts[0], "79160000012", part=(7, 2, 1)) is None, "of another subscriber"
    kept = take(row, parts[0], part=(7, 2, 1))
    assert kept is not None
    assert kept.text == text
    assert SmsPiece.objects.count() == 1
    # The same reference comes round again: a new text, not the rest of the old one.
    assert take(row, "Б", part=(7, 2, 2), now=NOW + timedelta(hours=1)) is None
    assert take(row, "А", part=(7, 2, 1), now=NOW + timedelta(hours=1)).text == "АБ"
    assert take(row, "одна", part=(1, 0, 9)).text == "одна", "a header that says nothing sensible"


def test_what_comes_again_is_one_answer(owner) -> None:
    row = provider()
    assert take(row, "Да") is not None
    assert take(row, "Да", now=NOW + timedelta(minutes=1)) is None
    assert take(row, "Да", now=NOW + AGAIN + timedelta(minutes=1)) is not None
    assert take(row, "Нет", provider_id="5") is not None
    assert take(row, "Нет, другое", provider_id="5") is None


def test_of_several_cards_the_one_that_was_written_to_has_it(owner) -> None:
    row, first, second = provider(), client_of(), client_of()
    assert take(row, "Кто это?").client_id == first.pk
    Message.objects.create(
        channel="sms", traffic="service", client_id=second.pk, address=NUMBER, cause_kind="hand", state="accepted",
        planned_for=NOW, due_at=NOW,
    )  # fmt: skip
    assert take(row, "Понятно").client_id == second.pk


def test_erased_clients_leave_no_answer_and_the_owner_of_the_data_gets_his(owner) -> None:
    row, client = provider(), client_of()
    take(row, "Мой адрес: Ленина, 1")
    [mine] = [one for one in stakes.stakes_in("client") if one.part == "messaging"]
    assert "Ленина" in str(list(mine.export([client.pk])))
    assert client.pk in mine.touched([client.pk])
    mine.erase([client.pk])
    assert list(SmsAnswer.objects.values_list("address", "text")) == [("", "")]


@pytest.mark.django_db(transaction=True)
def test_answers_come_over_the_session_in_parts_and_stop_works(cast: Cast) -> None:
    keys = {"system_id": "voronka", "tls": "no", "window": "10", "alphabet": "gsm", "host": "127.0.0.1"}
    with centre() as made, company_context(cast.company_id):
        with transaction.atomic():
            SmsProvider.objects.create(kind="smpp", name="Центр", settings=keys | {"port": str(made.port)},
                                       secret="secret")  # fmt: skip
            client = client_of()
        try:
            sms_links.keep(sms_links.providers_on(), now=datetime.now(UTC))
            for place, text in ((2, "всё"), (1, "Это ")):
                header = bytes((5, 0, 3, 77, 2, place))
                made.write_to_us(
                    Short(NUMBER[1:], "Shop", header + text.encode("utf-16-be"), UCS2, HAS_HEADER, (1, 1))
                )  # fmt: skip
            made.write_to_us(answer_of_subscriber(NUMBER[1:], "СТОП"))
            end = time.monotonic() + 8
            while len(made.kept) < 3 and time.monotonic() < end:
                time.sleep(0.05)
        finally:
            sms_links.end_all()
        assert made.kept == [0, 0, 0]
        with transaction.atomic():
            assert set(SmsAnswer.objects.values_list("text", "client_id")) == {
                ("Это всё", client.pk), ("СТОП", client.pk),
            }  # fmt: skip
            assert not Consent.objects.filter(client=client).order_by("-id")[0].given


@pytest.mark.django_db(transaction=True)
def test_answers_are_asked_for_at_smsc_once_each(cast: Cast) -> None:
    with sms_peer(Smsc()) as peer, company_context(cast.company_id, strict=True):
        keys = {"login": "shop", "address": f"{peer.base}/sys", "test": "no"}
        with transaction.atomic():
            row = SmsProvider.objects.create(kind="smsc", name="SMSC", settings=keys, secret="secret")
            client = client_of()
        for number, text in ((8, "СТОП"), (7, "Спасибо")):
            peer.provider.answers.append({"id": number, "phone": NUMBER[1:], "message": text, "to_phone": "79"})
        assert sms_asking.ask_answers(row.pk, now=NOW) == 2
        assert sms_asking.ask_answers(row.pk, now=NOW + timedelta(days=1)) == 0
        peer.provider.answers.append({"id": 9, "phone": NUMBER[1:], "message": "Ещё", "to_phone": "79"})
        peer.troubles.append("broken")
        assert sms_asking.ask_answers(row.pk, now=NOW) == 0
        assert sms_asking.ask_answers(row.pk, now=NOW) == 1
        with transaction.atomic():
            assert list(SmsAnswer.objects.order_by("id").values_list("text", flat=True)) == ["Спасибо", "СТОП", "Ещё"]
            assert not Consent.objects.filter(client=client).order_by("-id")[0].given
