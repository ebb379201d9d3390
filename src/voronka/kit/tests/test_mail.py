"""Letters of the installation itself reach a server as they are."""

import smtplib
import socket

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMessage, get_connection


class Sink:
    """Takes letters into memory."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.letters.append((envelope.rcpt_tos, envelope.original_content.decode()))
        return "250 Taken"


@pytest.fixture
def sink():
    taken = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        taken.port = free.getsockname()[1]
    controller = Controller(taken, hostname="127.0.0.1", port=taken.port)
    controller.start()
    yield taken
    controller.stop()


def test_a_letter_arrives(sink):
    connection = get_connection("voronka.kit.mail.EmailBackend", host="127.0.0.1", port=sink.port)
    sent = connection.send_messages([EmailMessage("Тема", "Текст", "a@example.com", ["b@example.com"])])
    assert sent == 1
    [(people, content)] = sink.letters
    assert people == ["b@example.com"]
    assert "Subject: =?utf-8?" in content


def test_nothing_goes_in_the_clear_where_encryption_is_asked_for(sink, settings):
    settings.MAIL_TLS = True
    connection = get_connection("voronka.kit.mail.EmailBackend", host="127.0.0.1", port=sink.port)
    with pytest.raises(smtplib.SMTPNotSupportedError, match="VORONKA_MAIL_TLS"):
        connection.send_messages([EmailMessage("Тема", "Текст", "a@example.com", ["b@example.com"])])
    assert sink.letters == []
