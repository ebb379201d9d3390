"""Letters by hand: looked at, sent once through the gate, called back in time."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.tenancy import company_context
from voronka.messaging import services
from voronka.messaging.channels.composing import compose
from voronka.messaging.models import Message
from voronka.messaging.ports import Outgoing
from voronka.messaging.services import save_template
from voronka.messaging.services.taken import list_taken
from voronka.messaging.testing import Post, channel, draft, make_reader
from voronka.people.models import ContactPoint

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


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


@pytest.fixture
def post():
    taken = Post()
    with channel("email", taken):
        yield taken


def card(agrees: bool | None = None):
    client = make_reader("Анна Смирнова", at=NOON, agrees=agrees)
    ContactPoint.objects.create(client=client, kind="email", value="anna@example.com")
    return client, reverse("messaging:write", args=[client.public_id])


def typed(**more: str) -> dict[str, str]:
    return {
        "subject": "Для {{ client.name }}", "body": "Здравствуйте!", "traffic": "service",
        "operation": str(uuid.uuid4()),
    } | more  # fmt: skip


def test_a_letter_goes_once_however_often_its_form_is_sent(owner, browser: Browser, post: Post) -> None:
    client, address = card()
    sent = typed()
    for _time in range(3):
        assert browser.post(address, sent).status_code == 302
    services.send_due("email", now=datetime.now(UTC))
    assert post.got == [], "ten seconds of undo"
    services.send_due("email", now=datetime.now(UTC) + timedelta(seconds=11))
    assert [(one.address, one.subject, one.text) for one in post.got] == [
        ("anna@example.com", "Для Анна Смирнова", "Здравствуйте!")
    ]
    assert Message.objects.get().author_id == owner.employee_id
    assert Message.objects.get().client_id == client.pk


def test_looking_at_it_sends_nothing_and_a_template_fills_the_form(owner, browser: Browser) -> None:
    _client, address = card()
    template = save_template(actor=owner, name="Спасибо", subject="Спасибо!", body="Ждём вас, {{ client.name }}")
    assert "Ждём вас, {{ client.name }}" in browser.get(address, {"template": template.public_id}).content.decode()
    page = browser.post(address, typed(act="preview")).content.decode()
    assert "Для Анна Смирнова" in page
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": " "}, {"body": ""}, {"traffic": "spam"}, {"operation": "x"}, {"body": "{{ nothing.like.this"},
        {"body": "x" * 30_000}, {"body": "x\0"},
    ],
)  # fmt: skip
def test_a_wrong_letter_is_refused_in_words_and_stays_in_the_form(owner, browser: Browser, wrong) -> None:
    _client, address = card()
    answer = browser.post(address, typed(**wrong))
    assert answer.status_code == 422
    assert not Message.objects.exists()


def test_advertising_by_hand_is_held_by_the_gate_and_the_writer_is_told(owner, browser: Browser, post: Post) -> None:
    client, address = card()
    answer = browser.post(address, typed(traffic="advertising"), follow=True)
    assert "клиент не давал согласия на рекламу" in answer.content.decode().replace("\u00a0", " ")
    assert Message.objects.get(client_id=client.pk).state == "refused"


def test_a_letter_is_called_back_in_time_and_not_after(owner, browser: Browser, post: Post) -> None:
    _client, address = card()
    browser.post(address, typed())
    browser.post(address, typed())
    first, second = Message.objects.order_by("id")
    assert browser.post(reverse("messaging:call-back", args=[first.public_id])).status_code == 302
    services.send_due("email", now=datetime.now(UTC) + timedelta(seconds=11))
    assert browser.post(reverse("messaging:call-back", args=[second.public_id])).status_code == 302
    assert [one.message_id for one in post.got] == [second.pk]
    assert list(Message.objects.order_by("id").values_list("state", flat=True)) == ["cancelled", "accepted"]
    assert browser.post(reverse("messaging:call-back", args=["nothing"])).status_code == 404


def test_a_manager_writes_to_his_own_clients(owner, cast: Cast, post: Post) -> None:
    manager = sign_in(Browser(), cast.colleague)
    (own, own_address), (other, other_address) = card(), card()
    for one, actor in ((own, cast.colleague), (other, cast.owner)):
        one.responsible_id = actor.employee_id
        one.save()
    assert manager.post(own_address, typed()).status_code == 302
    assert manager.post(other_address, typed()).status_code in {403, 404}
    assert Message.objects.get().client_id == own.pk


def test_the_local_mailbox_shows_messages_of_the_company_alone(owner, cast: Cast, tmp_path: Path) -> None:
    client, _address = card()
    services.plan([draft(client, NOON, traffic="service", subject="Своё")], now=NOON)
    sign = Message.objects.get().public_id
    for name, one in (("1", sign), ("2", "23456789abcd")):
        message = Outgoing(1, one, "anna@example.com", "", f"Тема {name}", "Текст", "", "service")
        (tmp_path / f"{name}.eml").write_bytes(compose(message, now=NOON))
    assert [one.subject for one in list_taken(tmp_path)] == ["Тема 1"]
    with company_context(cast.other_company_id):
        assert list_taken(tmp_path) == []
