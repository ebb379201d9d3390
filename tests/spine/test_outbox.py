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
from voronka.deals.models import ButtonSet, Deal, Press
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit import outbox
from voronka.kit.errors import Conflict
from voronka.kit.models import EventRow, OutgoingItem
from voronka.messaging import services as messaging
from voronka.messaging.models import Message
from voronka.messaging.services import sending
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


def deal_with_letter(shop: Shop, me, **more: str) -> Deal:
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
            step = {"kind": "messaging.send_letter", "template": template.public_id} | more
            button["outcomes"][0]["steps"].append(step)
    live.save()
    return deal


def test_a_letter_leaves_after_ten_seconds_and_reads_well(shop: Shop, sink: Sink) -> None:
    with shop.as_(shop.cast.owner) as me:
        done = press(me, deal_with_letter(shop, me), "think")
        assert [one.words for one in done.effects if one.code == "letter"] == ["letter “Спасибо, Анна”"]
        assert messaging.due_now(NOON + timedelta(seconds=9)) == []
        assert messaging.due_now(NOON + timedelta(seconds=11)) == [(shop.cast.company_id, "email")]
        assert messaging.send_due("email", now=NOON + timedelta(seconds=11)) == 1
        assert messaging.send_due("email", now=NOON + timedelta(seconds=12)) == 0
        row = Message.objects.get()
        assert (row.state, row.traffic, row.cause_kind, row.author_id) == (
            "accepted",
            "service",
            "step",
            me.employee_id,
        )
        assert row.cause == Press.objects.get(pk=done.press_id).cause
    (raw,) = sink.letters
    letter = message_from_bytes(raw, policy=default)
    assert letter["Subject"] == "Спасибо, Анна"
    assert letter["To"] == "anna@example.com"
    assert letter["Auto-Submitted"] is None, "a person pressed"
    assert letter.get_content().strip() == "Здравствуйте, Анна Смирнова!"


def test_a_press_told_again_writes_no_second_letter(shop: Shop, sink: Sink) -> None:
    with shop.as_(shop.cast.owner) as me:
        deal, request = deal_with_letter(shop, me), uuid.uuid4()
        for _time in range(3):
            press(me, deal, "think", request_id=request)
        row = Message.objects.get()
        text = messaging.LetterText("anna@example.com", "Другое", "x")
        origin = messaging.Origin("step", row.cause_id, row.cause)
        again = messaging.write_letter(actor=me, client_id=deal.client_id, text=text, origin=origin, now=NOON)
        assert (again.pk, again.subject) == (row.pk, "Спасибо, Анна")
        assert Message.objects.count() == 1
        assert row.steps.count() == 1
        assert EventRow.objects.filter(name="messaging.MessagePlanned").count() == 1


def test_undo_within_ten_seconds_calls_the_letter_back(shop: Shop, sink: Sink) -> None:
    with shop.as_(shop.cast.owner) as me:
        done = press(me, deal_with_letter(shop, me), "think")
        services.undo(actor=me, press_id=done.press_id, now=NOON + timedelta(seconds=5))
        assert messaging.send_due("email", now=NOON + timedelta(minutes=5)) == 0
        assert list(Message.objects.get().steps.order_by("id").values_list("state", flat=True)) == [
            "planned", "cancelled",
        ]  # fmt: skip
    assert sink.letters == []


def test_undo_takes_a_letter_from_a_sender_that_has_not_begun_to_hand_it_over(shop: Shop, sink: Sink) -> None:
    later = NOON + timedelta(seconds=11)
    with shop.as_(shop.cast.owner) as me:
        done = press(me, deal_with_letter(shop, me), "think")
        _seen, taken, _nights = sending._claim("email", "c1", now=later, most=10)
        assert Message.objects.get().state == "claimed"
        services.undo(actor=me, press_id=done.press_id, now=later, agreed=False)
        assert sending._begin(taken, "c1", (), now=later, until=later) == []
        assert Message.objects.get().state == "cancelled"


def test_a_late_undo_names_what_cannot_be_called_back(shop: Shop, sink: Sink) -> None:
    later = NOON + timedelta(minutes=5)
    with shop.as_(shop.cast.owner) as me:
        deal = deal_with_letter(shop, me)
        done = press(me, deal, "think")
        messaging.send_due("email", now=later)
        with pytest.raises(Conflict, match="e-mail") as refused:
            services.undo(actor=me, press_id=done.press_id, now=later)
        assert refused.value.code == "cannot_call_back"
        assert services.why_not_undone(actor=me, press_id=done.press_id, now=later)[1]
        ((_channel, at),) = services.undo(actor=me, press_id=done.press_id, now=later, agreed=True).stays
        assert at == later
        assert Deal.objects.get(pk=deal.pk).open_task_id == deal.open_task_id
        assert Message.objects.get().state == "accepted"


def test_what_the_gate_refuses_is_told_where_the_press_is(shop: Shop, sink: Sink) -> None:
    with shop.as_(shop.cast.owner) as me:
        deal = deal_with_letter(shop, me)
        messaging.block("email", "anna@example.com", "bounce", at=NOON)
        done = press(me, deal, "think")
        said = [one.words for one in done.effects if one.code == "letter"]
        assert said == ["no letter: the address does not exist: an earlier message came back"]
        assert [one["words"] for one in Press.objects.get().effects if one["code"] == "letter"] == said
        assert (Message.objects.get().state, Message.objects.get().code) == ("refused", "blocked_bounce")
        assert services.undo(actor=me, press_id=done.press_id, now=NOON).stays == []


def test_a_step_may_advertise_only_to_those_who_agreed(shop: Shop, sink: Sink) -> None:
    with shop.as_(shop.cast.owner) as me:
        deal = deal_with_letter(shop, me, traffic="advertising")
        press(me, deal, "think")
        assert (Message.objects.get().state, Message.objects.get().code) == ("refused", "no_consent")


def test_a_client_without_an_address_has_an_answer_why(shop: Shop, sink: Sink) -> None:
    with shop.as_(shop.cast.owner) as me:
        deal = deal_with_letter(shop, me)
        ContactPoint.objects.all().delete()
        done = press(me, deal, "think")
        assert [one.words for one in done.effects if one.code == "letter"] == [
            "no letter: the client has no such address"
        ]
        assert Message.objects.get().code == "no_address"


@pytest.mark.parametrize(
    ("answer", "state", "code"), [("451 try later", "waiting", "retry"), ("550 no such user", "failed", "bounce")]
)
def test_the_mail_server_says_later_or_never(shop: Shop, sink: Sink, answer: str, state: str, code: str) -> None:
    sink.answer = answer
    with shop.as_(shop.cast.owner) as me:
        press(me, deal_with_letter(shop, me), "think")
        messaging.send_due("email", now=NOON + timedelta(seconds=11))
        assert (Message.objects.get().state, Message.objects.get().code) == (state, code)
        sink.answer = "250 OK"
        messaging.send_due("email", now=NOON + timedelta(minutes=10))
        assert len(sink.letters) == (1 if state == "waiting" else 0)


def test_no_mail_server_is_waited_for(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as me, override_settings(MAIL_URL="smtp://127.0.0.1:9"):
        press(me, deal_with_letter(shop, me), "think")
        messaging.send_due("email", now=NOON + timedelta(seconds=11))
        assert Message.objects.get().state == "waiting"


def test_a_call_whose_worker_died_is_unknown_and_never_made_again(shop: Shop) -> None:
    """A claim that nobody settled: the other side may have taken it."""
    with shop.as_(shop.cast.owner):
        outbox.post("webhook", {"url": "http://127.0.0.1:9/", "body": {}}, subject=("deal", 1), send_after=NOON)
        OutgoingItem.objects.update(state="sending", send_after=NOON + timedelta(minutes=5))
        outbox.send_due(shop.cast.company_id, now=NOON + timedelta(minutes=10))
        assert OutgoingItem.objects.get().state == "unknown"
        assert outbox.send_due(shop.cast.company_id, now=NOON + timedelta(hours=10)) == 0


def test_a_second_post_of_one_operation_is_refused(shop: Shop) -> None:
    same = uuid.uuid4()
    with shop.as_(shop.cast.owner):
        outbox.post("webhook", {}, subject=("deal", 1), send_after=NOON, operation_id=same)
        with pytest.raises(IntegrityError), transaction.atomic():
            outbox.post("webhook", {}, subject=("deal", 1), send_after=NOON, operation_id=same)
