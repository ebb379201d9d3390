"""Letters and calls that somebody tries to bend: headers added, other recipients, inner addresses."""

import socket
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction

from voronka.accounts.testing import make_company
from voronka.config import env
from voronka.deals.testing import NOON, make_client
from voronka.kit import outbox
from voronka.kit.models import OutgoingItem
from voronka.kit.tenancy import company_context
from voronka.messaging import services
from voronka.messaging.models import Letter, Template

pytestmark = pytest.mark.django_db
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


def test_a_letter_whose_address_names_two_goes_to_nobody_else(cast, settings):
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    client = make_client()
    text = services.LetterText("anna@example.com\r\nBcc: evil@example.com", "x", "y")
    services.write_letter(actor=cast.owner, client_id=client.pk, text=text, now=NOON, wait_seconds=0)
    with transaction.atomic():
        outbox.send_due(cast.company_id, now=NOON + timedelta(minutes=1))
    assert OutgoingItem.objects.get().state != OutgoingItem.State.SENT
    assert Letter.objects.count() == 1


def test_a_letter_waits_rather_than_go_in_the_clear_and_says_what_to_set(cast, settings):
    """The mail server of a far host offers no STARTTLS, or somebody on the way has struck the offer out."""

    class Sink:
        taken = 0

        async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
            self.taken += 1
            return "250 Taken"

    sink = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings.MAIL_URL = f"smtp://user:secret@127.0.0.1:{port}"
        settings.MAIL_TLS = True
        text = services.LetterText("anna@example.com", "x", "y")
        services.write_letter(actor=cast.owner, client_id=make_client().pk, text=text, now=NOON, wait_seconds=0)
        outbox.send_due(cast.company_id, now=NOON + timedelta(minutes=1))
        item = OutgoingItem.objects.get()
        assert (item.state, item.attempts) == (OutgoingItem.State.WAITING, 1)
        assert "VORONKA_MAIL_TLS" in item.error
        assert "secret" not in item.error
        assert sink.taken == 0
        settings.MAIL_TLS, settings.MAIL_URL = False, f"smtp://127.0.0.1:{port}"
        outbox.send_due(cast.company_id, now=NOON + timedelta(hours=1))
        assert OutgoingItem.objects.get().state == OutgoingItem.State.SENT
        assert sink.taken == 1
    finally:
        controller.stop()


@pytest.mark.parametrize(
    ("host", "near"),
    [("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("LOCALHOST", True),
     ("mail.example.com", False), ("localhost.example.com", False), ("10.0.0.1", False), ("0.0.0.0", False)],
)  # fmt: skip
def test_only_this_machine_is_near_enough_for_the_clear(host, near):
    assert env.is_loopback(host) == near
