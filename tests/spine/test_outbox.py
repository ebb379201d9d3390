"""What leaves the company: behind the undo, once, and honestly unknown when the hand-over broke."""

import socket
import uuid
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from django.db import IntegrityError, transaction
from django.test import override_settings

from voronka.deals import services
from voronka.deals.models import ButtonSet, Deal
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit import outbox
from voronka.kit.errors import Conflict
from voronka.kit.models import OutgoingItem
from voronka.messaging import services as messaging
from voronka.people.models import ContactPoint

pytestmark = pytest.mark.django_db


class Sink:
    """A mail server that keeps what it is given and answers as told."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802  (aiosmtpd's name)
        if self.answer.startswith("250"):
            self.letters.append(envelope.content)
        return self.answer


@pytest.fixture
def sink() -> Iterator[Sink]:
    keeper = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(keeper, hostname="127.0.0.1", port=port)
    controller.start()
    with override_settings(MAIL_URL=f"smtp://127.0.0.1:{port}", MAIL_FROM="shop@example.com"):
        yield keeper
    controller.stop()


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def deal_with_letter(shop: Shop, me) -> Deal:
    """A deal whose button "think" also writes to the client."""
    template = messaging.save_template(
        actor=shop.cast.owner,
        name="Thanks",
        subject="Спасибо, {{ client.first_name }}",
        body="Здравствуйте, {{ client.name }}!",
    )
    deal = make_deal(me, client=make_client("Анна Смирнова", first_name="Анна"))
    ContactPoint.objects.create(client=deal.client, kind="email", value="anna@example.com")
    live = ButtonSet.objects.get(stage=deal.stage, state="live")
    for button in live.buttons:
        if button["key"] == "think":
            button["outcomes"][0]["steps"].append({"kind": "messaging.send_letter", "template": template.public_id})
    live.save()
    return deal


def test_a_letter_leaves_after_ten_seconds_and_reads_well(shop: Shop, sink: Sink) -> None:
    with shop.as_(shop.cast.owner) as me:
        press(me, deal_with_letter(shop, me), "think")
        company = shop.cast.company_id
        assert outbox.send_due(company, now=NOON + timedelta(seconds=9)) == 0
        assert outbox.companies_with_due(NOON + timedelta(seconds=11)) == [company]
        assert outbox.send_due(company, now=NOON + timedelta(seconds=11)) == 1
        assert outbox.send_due(company, now=NOON + timedelta(seconds=12)) == 0
        assert OutgoingItem.objects.get().state == "sent"
    (raw,) = sink.letters
    letter = message_from_bytes(raw, policy=default)
    assert letter["Subject"] == "Спасибо, Анна"
    assert letter["To"] == "anna@example.com"
    assert letter.get_content().strip() == "Здравствуйте, Анна Смирнова!"


def test_undo_within_ten_seconds_calls_the_letter_back(shop: Shop, sink: Sink) -> None:
    with shop.as_(shop.cast.owner) as me:
        done = press(me, deal_with_letter(shop, me), "think")
        services.undo(actor=me, press_id=done.press_id, now=NOON + timedelta(seconds=5))
        assert outbox.send_due(shop.cast.company_id, now=NOON + timedelta(minutes=5)) == 0
        assert OutgoingItem.objects.get().state == "cancelled"
    assert sink.letters == []


def test_a_late_undo_names_what_cannot_be_called_back(shop: Shop, sink: Sink) -> None:
    later = NOON + timedelta(minutes=5)
    with shop.as_(shop.cast.owner) as me:
        deal = deal_with_letter(shop, me)
        done = press(me, deal, "think")
        outbox.send_due(shop.cast.company_id, now=later)
        with pytest.raises(Conflict) as refused:
            services.undo(actor=me, press_id=done.press_id, now=later)
        assert refused.value.code == "cannot_call_back"
        assert services.undo(actor=me, press_id=done.press_id, now=later, agreed=True).stays
        assert Deal.objects.get(pk=deal.pk).open_task_id == deal.open_task_id


@pytest.mark.parametrize(
    ("answer", "state", "error"), [("451 try later", "waiting", "451"), ("550 no such user", "failed", "550")]
)
def test_the_mail_server_says_later_or_never(shop: Shop, sink: Sink, answer: str, state: str, error: str) -> None:
    sink.answer = answer
    with shop.as_(shop.cast.owner) as me:
        press(me, deal_with_letter(shop, me), "think")
        outbox.send_due(shop.cast.company_id, now=NOON + timedelta(seconds=11))
        item = OutgoingItem.objects.get()
        assert item.state == state
        assert error in item.error
        sink.answer = "250 OK"
        outbox.send_due(shop.cast.company_id, now=NOON + timedelta(minutes=10))
        assert len(sink.letters) == (1 if state == "waiting" else 0)


def test_no_mail_server_is_waited_for(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as me, override_settings(MAIL_URL="smtp://127.0.0.1:9"):
        press(me, deal_with_letter(shop, me), "think")
        outbox.send_due(shop.cast.company_id, now=NOON + timedelta(seconds=11))
        assert OutgoingItem.objects.get().state == "waiting"


def test_a_hand_over_whose_worker_died_is_unknown_and_never_sent_again(shop: Shop, sink: Sink) -> None:
    """A claim that nobody settled: the mail server may have taken the letter."""
    with shop.as_(shop.cast.owner) as me:
        press(me, deal_with_letter(shop, me), "think")
        OutgoingItem.objects.update(state="sending", send_after=NOON + timedelta(minutes=5))
        outbox.send_due(shop.cast.company_id, now=NOON + timedelta(minutes=10))
        assert OutgoingItem.objects.get().state == "unknown"
        outbox.send_due(shop.cast.company_id, now=NOON + timedelta(hours=10))
    assert sink.letters == []


def test_a_second_post_of_one_operation_is_refused(shop: Shop) -> None:
    same = uuid.uuid4()
    with shop.as_(shop.cast.owner):
        outbox.post("webhook", {}, subject=("deal", 1), send_after=NOON, operation_id=same)
        with pytest.raises(IntegrityError), transaction.atomic():
            outbox.post("webhook", {}, subject=("deal", 1), send_after=NOON, operation_id=same)
