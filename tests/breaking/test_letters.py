"""Letters and calls that somebody tries to bend: headers added, other recipients, inner addresses."""

import socket
import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from voronka.accounts.testing import make_company
from voronka.config import env
from voronka.deals.testing import NOON, make_client
from voronka.kit import outbox
from voronka.kit.models import OutgoingItem
from voronka.kit.tenancy import company_context
from voronka.messaging import services
from voronka.messaging.models import Message, Template

pytestmark = pytest.mark.django_db


class Sink:
    """A mail server without encryption that counts what it takes."""

    taken = 0

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.taken += 1
        return "250 Taken"


@contextmanager
def a_sink():
    sink = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield sink, port
    finally:
        controller.stop()


EVIL = "Здравствуйте\r\nBcc: evil@example.com\n\nтело"
NAMES = [EVIL, "{{ 7 | times: 7 }}", "{% for i in (1..9) %}x{% endfor %}", "=cmd()", "a\x0bb\x85c\u2028Bcc: x"]


@pytest.fixture
def cast():
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast


@pytest.mark.parametrize("name", NAMES)
def test_what_a_client_is_called_adds_no_header_and_runs_no_template(cast, name):
    template = Template(name="Письмо", subject="Для {{ client.name }}", body="{{ client.name }}")
    text = services.render_letter(template, "anna@example.com", {"client": {"name": name}})
    assert len(text.subject.splitlines()) == 1
    assert "49" not in text.subject
    assert "xxxxxxxxx" not in text.body


@pytest.mark.parametrize("named", ["two\nBcc: evil@example.com", "two\r\nBcc: evil@example.com"])
def test_the_name_of_a_template_that_stands_in_for_a_subject_adds_no_header(cast, named):
    text = services.render_letter(Template(name=named, subject="", body="x"), "anna@example.com", {})
    assert len(text.subject.splitlines()) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "http://localhost/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "http://user:secret@example.com/",
        "http://example.com\r\nX: y/",
    ],
)
def test_a_webhook_to_an_inner_address_is_given_up_and_says_why(cast, url):
    outbox.post("webhook", {"url": url, "body": {"id": 1}}, subject=("deal", 1), send_after=NOON)
    outbox.send_due(cast.company_id, now=NOON + timedelta(minutes=1))
    item = OutgoingItem.objects.get()
    assert item.state == OutgoingItem.State.FAILED
    assert item.error
    assert "secret" not in item.error


def letter_to(cast, address):
    text = services.LetterText(address, "x", "y")
    origin = services.Origin("step", 1, uuid.uuid4())
    services.write_letter(
        actor=cast.owner, client_id=make_client().pk, text=text, origin=origin, now=NOON, wait_seconds=0
    )


@pytest.mark.parametrize(
    "address", ["anna@example.com\r\nBcc: evil@example.com", "a@example.com\nRCPT TO:<e@x.y>", "a b@x.y"]
)
def test_a_letter_whose_address_names_two_goes_to_nobody_and_holds_up_no_other(cast, settings, address):
    with a_sink() as (sink, port):
        settings.MAIL_URL, settings.MAIL_TLS = f"smtp://127.0.0.1:{port}", False
        letter_to(cast, address)
        letter_to(cast, "anna@example.com")
        services.send_due("email", now=NOON + timedelta(minutes=1))
        told = list(Message.objects.order_by("id").values_list("state", "code"))
        assert told == [("failed", "bad_address"), ("accepted", "")]
        assert sink.taken == 1


def test_a_letter_waits_rather_than_go_in_the_clear_and_says_what_to_set(cast, settings):
    """The mail server of a far host offers no STARTTLS, or somebody on the way has struck the offer out."""

    with a_sink() as (sink, port):
        settings.MAIL_URL = f"smtp://user:secret@127.0.0.1:{port}"
        settings.MAIL_TLS = True
        letter_to(cast, "anna@example.com")
        services.send_due("email", now=NOON + timedelta(minutes=1))
        row = Message.objects.get()
        assert (row.state, row.attempts) == ("waiting", 1)
        words = row.steps.latest("id").words
        assert "VORONKA_MAIL_TLS" in words
        assert "secret" not in words
        assert sink.taken == 0
        settings.MAIL_TLS, settings.MAIL_URL = False, f"smtp://127.0.0.1:{port}"
        services.send_due("email", now=NOON + timedelta(hours=1))
        assert Message.objects.get().state == "accepted"
        assert sink.taken == 1


@pytest.mark.parametrize(
    ("host", "near"),
    [("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("LOCALHOST", True),
     ("mail.example.com", False), ("localhost.example.com", False), ("10.0.0.1", False), ("0.0.0.0", False)],
)  # fmt: skip
def test_only_this_machine_is_near_enough_for_the_clear(host, near):
    assert env.is_loopback(host) == near
