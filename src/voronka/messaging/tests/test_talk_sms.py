"""Answers of subscribers are talks; what is answered goes by SMS, through the gate, with parts and price."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.utils import translation

from voronka.accounts import queries as accounts
from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.flows.models import Run
from voronka.flows.testing import make_scene, node
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.tenancy import company_context
from voronka.messaging.models import ChannelRules, Message, SmsProvider, Talk, TalkLine
from voronka.messaging.ports import Incoming
from voronka.messaging.queries import channels as told
from voronka.messaging.queries import talks as desk
from voronka.messaging.rules.channels import key_of
from voronka.messaging.services import chat
from voronka.messaging.services.sms_answers import take_answer
from voronka.messaging.testing import make_reader
from voronka.messaging.views.chat import COOKIE
from voronka.people.models import ContactPoint

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
NUMBER = "+79160000011"


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture(autouse=True)
def inside(cast: Cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), translation.override("ru"):
        yield


def take(text: str, number: str = "") -> None:
    row, _made = SmsProvider.objects.get_or_create(
        kind="sandbox", name="Песочница", defaults={"secret": "-", "price": Decimal(4)}
    )
    take_answer(row, Incoming(NUMBER[1:], text, "Shop", provider_id=number), now=NOW)


def answer(cast: Cast, text: str) -> None:
    draft = chat.Reply(key=uuid4(), text=text)
    chat.reply(actor=cast.owner, public_id=Talk.objects.get().public_id, draft=draft, now=NOW)


def test_what_a_subscriber_writes_is_a_talk_with_his_client_and_is_answered_by_sms(cast: Cast) -> None:
    client = make_reader("Анна Смирнова", at=NOW, agrees=True)
    ContactPoint.objects.create(client=client, kind="phone", value=NUMBER)
    take("Когда привезёте?", "1")
    take("Когда привезёте?", "1")  # told again
    talk = Talk.objects.get()
    assert (talk.channel, talk.outside, talk.client_id, talk.with_bot) == ("sms", NUMBER, client.pk, False)
    assert [one.talk.pk for one in desk.list_talks(cast.owner, "free", now=NOW, channel="sms").rows] == [talk.pk]
    answer(cast, "Завтра")
    sent = Message.objects.get()
    assert (sent.channel, sent.address, sent.body, sent.traffic, sent.parts, sent.cost) == (
        "sms", NUMBER, "Завтра", "service", 1, Decimal(4)
    )  # fmt: skip
    number = TalkLine.objects.get(by="operator").number
    assert "1 часть" in told.fates(talk)[number].words
    assert "4 ₽" in told.fates(talk)[number].words.replace("\xa0", " ")
    counted = sign_in(Browser(), cast.owner).post(f"/talk/{talk.public_id}/parts", {"text": "я" * 71})
    assert "2 части" in counted.content.decode()
    with pytest.raises(Invalid):
        answer(cast, "я" * 1001)
    assert TalkLine.objects.filter(by="operator").count() == 1


def test_stop_asks_for_no_answer_and_what_the_gate_refuses_is_told(cast: Cast) -> None:
    client = make_reader("Анна Смирнова", at=NOW, agrees=True)
    ContactPoint.objects.create(client=client, kind="phone", value=NUMBER)
    take("СТОП")
    assert (Talk.objects.get().waits_since, Talk.objects.get().last_text) == (None, "СТОП")
    ChannelRules.objects.update_or_create(channel="sms", defaults={"is_on": False})
    answer(cast, "Хорошо")
    fate = told.fates(Talk.objects.get())[TalkLine.objects.get(by="operator").number]
    assert (fate.is_bad, fate.again, "выключен" in fate.words) == (True, False, True)


def test_a_number_of_nobody_is_answered_when_somebody_says_whose_it_is(cast: Cast) -> None:
    take("Это кто?")
    with pytest.raises(Conflict) as refusal:
        answer(cast, "Магазин")
    assert (refusal.value.code, TalkLine.objects.filter(by="operator").count()) == ("no_client", 0)
    client = make_reader("Анна Смирнова", at=NOW, agrees=True)
    chat.bind(actor=cast.owner, public_id=Talk.objects.get().public_id, client=client.public_id, now=NOW)
    answer(cast, "Магазин")
    assert Message.objects.get().address == NUMBER


def test_no_file_goes_by_sms(cast: Cast) -> None:
    take("Пришлите счёт")
    draft = chat.Reply(key=uuid4(), text="")
    with pytest.raises(Invalid, match="По SMS файл не отправить"):
        chat.send(
            actor=cast.owner, public_id=Talk.objects.get().public_id, draft=draft, source=BytesIO(b"x"),
            name="счёт.txt", now=NOW,
        )  # fmt: skip
    page = sign_in(Browser(), cast.owner).get(f"/talk/{Talk.objects.get().public_id}/").content.decode()
    assert 'type="file"' not in page


def test_the_key_of_a_talk_by_sms_is_no_key_to_it_for_who_knows_the_number(cast: Cast) -> None:
    take("Адрес: Ленина, 1, код 1234")
    talk = Talk.objects.get()
    chat.save_chat(actor=cast.owner, draft=chat.ChatDraft(is_on=True))
    page = f"/chat/{accounts.get_company_rules().form_key}/"
    stranger = Browser()
    # The number alone makes the key: anybody can reckon it.
    guessed = str(key_of("sms", "", NUMBER))
    assert guessed == str(talk.key)
    answer = stranger.post(page, {"text": "Ау", "key": guessed}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (409, "talk_gone")
    assert not stranger.cookies
    # Nor does a cookie open it that was got when it did.
    stranger.cookies[COOKIE] = chat.talk_token(talk)
    assert "Ленина" not in stranger.get(page).content.decode()
    assert TalkLine.objects.filter(talk=talk, by="visitor").count() == 1


def test_a_scenario_asks_a_known_client_by_sms_from_his_first_words(cast: Cast) -> None:
    client = make_reader("Анна Смирнова", at=NOW, agrees=True)
    ContactPoint.objects.create(client=client, kind="phone", value=NUMBER)
    make_scene(
        cast.owner,
        node(1, "ask", {"text": "{{ client.first_name }}, чем помочь?", "about": "choice",
                       "buttons": ["Заказ", "Другое"], "name": "menu"}, **{"0": "n2", "1": "n4", "wrong": "n4"}),
        node(2, "ask", {"text": "Номер заказа?", "about": "number", "name": "number"}, next="n3", wrong="n4"),
        node(3, "say", {"text": "Смотрю заказ {{ answers.number }}."}),
        node(4, "person", {"text": "Зову человека."}), now=NOW, chat=False, sms=True,
    )  # fmt: skip
    for number, text in enumerate(["Здравствуйте", "1", "1", "не помню"], 1):
        take(text, str(number))
        take(text, str(number))  # told again
    sent = list(Message.objects.order_by("id").values_list("body", flat=True))
    assert sent == ["Анна, чем помочь?\n1. Заказ\n2. Другое", "Номер заказа?", "Смотрю заказ 1."]
    assert (Run.objects.get().state, Run.objects.get().client_id) == ("done", client.pk)
    assert Talk.objects.get().waits_since == NOW  # the scenario has ended: a person answers
    take_answer(SmsProvider.objects.get(), Incoming("79160000099", "Кто это?", "Shop", provider_id="9"), now=NOW)
    assert Message.objects.count() == 3  # nothing goes to the number of nobody
