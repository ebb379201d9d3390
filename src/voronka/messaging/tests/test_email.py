"""E-mail as a channel: real sessions with a mail server, signatures that hold, one press that unsubscribes."""

import re
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import dkim
import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client as Browser
from django.test import override_settings
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac

from voronka.accounts.testing import Cast, make_company
from voronka.kit.seals import seal
from voronka.kit.tenancy import company_context
from voronka.messaging import services
from voronka.messaging.channels import email
from voronka.messaging.channels.email import MOST_BREAKS, Email, of_batch
from voronka.messaging.models import BlockedAddress, Message
from voronka.messaging.ports import Outgoing
from voronka.messaging.queries.words import failure_words
from voronka.messaging.services.leaving import leave_token
from voronka.messaging.services.returning import return_path, returned_message
from voronka.messaging.testing import draft, make_reader
from voronka.people import queries as people
from voronka.people.models import Client, Consent, ContactPoint

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Sink:
    """A mail server that keeps what it takes; it answers as told, or hangs up, at the recipient or after the text."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.senders: list[str] = []
        self.asked: list[str] = []
        self.at_recipient: dict[str, str] = {}
        self.after_text: dict[str, str] = {}
        self.in_a_row = False
        self.sessions = 0
        self.most, self.after_most = 0, "421 enough"

    async def handle_EHLO(self, server, session, envelope, hostname, responses) -> list[str]:  # noqa: N802
        session.host_name = hostname
        self.sessions += 1
        session.taken = 0
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self.in_a_row else responses

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if self.most and session.taken == self.most:
            if self.after_most == "hang up":
                server.transport.close()
            return self.after_most
        session.taken += 1
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802  (aiosmtpd's name)
        answer = self.at_recipient.get(address, "250 OK")
        self.asked.append(address)
        if answer == "hang up":
            server.transport.close()
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        answer = self.after_text.get(envelope.rcpt_tos[0], "250 OK")
        self.letters.append(envelope.content)
        self.senders.append(envelope.mail_from)
        if answer == "hang up":
            server.transport.close()
        return answer

    def read(self) -> list[EmailMessage]:
        return [message_from_bytes(one, policy=default) for one in self.letters]  # type: ignore[misc]  # by the policy


@pytest.fixture
def sink() -> Iterator[Sink]:
    keeper = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(keeper, hostname="127.0.0.1", port=port)
    controller.start()
    address = {"MAIL_URL": f"smtp://127.0.0.1:{port}", "MAIL_FROM": "Shop <shop@example.com>"}
    with override_settings(**address, MAIL_TLS=False, SITE="https://shop.example.com"):
        yield keeper
    controller.stop()


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def owner(cast: Cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast.owner


def send(*drafts: services.Draft) -> list[tuple[str, str]]:
    """Plan and send; return state and code of each message."""
    services.plan(list(drafts), now=NOON)
    services.send_due("email", now=NOON)
    return list(Message.objects.order_by("id").values_list("state", "code"))


def test_a_letter_reads_well_and_names_the_way_out(owner, sink: Sink) -> None:
    client = make_reader(at=NOON)
    html = "<p>Скидки до <b>20 %</b></p>"
    text = "Скидки до 20 %.\nСтрока, которая длиннее семидесяти восьми знаков и потому должна пережить любую почту."
    sent = send(draft(client, NOON, subject="Осень: «Лофт» —20 %", body=text, body_html=html))
    assert sent == [("accepted", "")]
    (letter,) = sink.read()
    assert letter["Subject"] == "Осень: «Лофт» —20 %"
    assert letter["To"] == f"c{client.pk}@example.com"
    plain, rich = letter.get_body(["plain"]), letter.get_body(["html"])
    assert plain is not None
    assert plain.get_content().strip().replace("\r\n", "\n") == text
    assert rich is not None
    assert rich.get_content().startswith(html), "behind it what tells of an opening"
    assert all(one < 128 for one in sink.letters[0]), "seven bits: nothing on the way has to change it"
    sign = leave_token(Message.objects.get().public_id)
    assert letter["List-Unsubscribe"] == f"<https://shop.example.com/u/{sign}/>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert b"List-Unsubscribe: <https://" in sink.letters[0], "in one line"


def test_a_service_letter_has_no_way_out_of_advertising(owner, sink: Sink) -> None:
    send(draft(make_reader(at=NOON, agrees=None), NOON, traffic="service", subject="Чек"))
    assert sink.read()[0]["List-Unsubscribe"] is None


def test_the_signature_holds_and_covers_both_headers_of_leaving(owner, sink: Sink) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])
    asked = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    with override_settings(DKIM_KEY=pem, DKIM_SELECTOR="s1"):
        send(draft(make_reader(at=NOON), NOON, subject="Тема", body="Текст\n\n\n", body_html="<p>Текст</p>"))
    (letter,) = sink.letters
    assert dkim.verify(letter, dnsfunc=dns)
    assert asked[0].rstrip(b".") == b"s1._domainkey.example.com"
    signature = str(sink.read()[0]["DKIM-Signature"])
    covered = re.sub(r"\s", "", signature).split(";h=")[1].split(";")[0].lower().split(":")
    assert {"list-unsubscribe", "list-unsubscribe-post", "from", "subject"} <= set(covered)
    for one, other in ((b"/u/", b"/x/"), (b"One-Click", b"Two-Click"), (b"Subject: ", b"Subject: Re ")):
        assert not dkim.verify(letter.replace(one, other), dnsfunc=dns)


@pytest.mark.parametrize("in_a_row", [False, True])
@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [
        ("550 5.1.1 <{to}> no such user", "failed", "bounce"),
        ("550 No such mailbox here", "failed", "bounce"),
        ("550 5.7.1 your text looks like spam", "failed", "smtp_550"),
        ("552 5.2.2 mailbox is full", "failed", "smtp_552"),
        ("450 4.2.1 come later", "waiting", "retry"),
        ("421 busy", "waiting", "retry"),
        ("hang up", "waiting", "retry"),
    ],
)
def test_what_the_server_says_of_one_recipient_does_not_touch_the_others(
    owner, sink, answer, state, code, in_a_row
) -> None:
    sink.in_a_row = in_a_row
    clients = [make_reader(at=NOON) for _n in range(3)]
    wrong = f"c{clients[1].pk}@example.com"
    sink.at_recipient[wrong] = answer.format(to=wrong)
    assert send(*(draft(one, NOON) for one in clients)) == [("accepted", ""), (state, code), ("accepted", "")]
    assert BlockedAddress.objects.count() == (code == "bounce")
    assert len(sink.letters) == 2


@pytest.mark.parametrize("in_a_row", [False, True])
@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [("hang up", "unknown", "broken"), ("451 later", "waiting", "retry"), ("554 no", "failed", "smtp_554")],
)
def test_what_breaks_after_the_text_is_unknown(
    owner, sink: Sink, answer: str, state: str, code: str, in_a_row: bool
) -> None:
    sink.in_a_row = in_a_row
    clients = [make_reader(at=NOON) for _n in range(2)]
    sink.after_text[f"c{clients[0].pk}@example.com"] = answer
    assert send(*(draft(one, NOON) for one in clients)) == [(state, code), ("accepted", "")]
    assert len(sink.letters) == 2


def test_a_dot_at_the_begin_of_a_line_ends_no_letter_and_a_letter_begins_no_other(owner, sink: Sink) -> None:
    """What is written in a row is cut by the server alone: a text may hold what looks like its end and a command."""
    sink.in_a_row = True
    text = "one\n.\nMAIL FROM:<x@example.com>\n..two\n."
    assert send(*(draft(make_reader(at=NOON), NOON, body=text) for _n in range(3))) == [("accepted", "")] * 3
    assert [one.get_content().splitlines() for one in sink.read()] == [text.splitlines()] * 3
    assert len({one["To"] for one in sink.read()}) == 3


@pytest.mark.parametrize("in_a_row", [False, True])
def test_a_letter_whose_night_has_begun_does_not_leave_though_its_envelope_was_written(
    owner, sink: Sink, in_a_row: bool
) -> None:
    sink.in_a_row = in_a_row
    letters = [
        Outgoing(n, f"m{n}", f"c{n}@example.com", "", "Тема", f"Текст {n}", "", "service",
                 until=time.monotonic() - 1 if n == 2 else time.monotonic() + 60)
        for n in (1, 2, 3)
    ]  # fmt: skip
    told = [(one.message_id, one.state, one.code) for one in Email().hand_over(letters)]
    assert told == [(1, "accepted", ""), (2, "retry", "quiet"), (3, "accepted", "")]
    assert [one["To"] for one in sink.read()] == ["c1@example.com", "c3@example.com"]


def letters_to(*numbers: int) -> list[Outgoing]:
    return [Outgoing(n, f"m{n}", f"c{n}@example.com", "", "Тема", f"Текст {n}", "", "service") for n in numbers]


@pytest.mark.parametrize("in_a_row", [False, True])
def test_the_chunks_of_a_batch_go_by_one_session(owner, sink: Sink, in_a_row: bool) -> None:
    sink.in_a_row = in_a_row
    with of_batch():
        told = [one for chunk in ([1, 2], [3], [4, 5]) for one in Email().hand_over(letters_to(*chunk))]
    assert [(one.message_id, one.state) for one in told] == [(n, "accepted") for n in range(1, 6)]
    assert (len(sink.letters), sink.sessions) == (5, 1)
    list(Email().hand_over(letters_to(6)))
    assert sink.sessions == 2, "the batch is over, and its session with it"


@pytest.mark.parametrize("in_a_row", [False, True])
@pytest.mark.parametrize("ends", ["421 enough", "hang up"])
def test_a_session_that_the_server_ended_between_two_chunks_delays_no_letter(
    owner, sink: Sink, ends: str, in_a_row: bool
) -> None:
    sink.in_a_row, sink.most, sink.after_most = in_a_row, 2, ends
    with of_batch():
        told = [one for chunk in ([1, 2], [3, 4], [5]) for one in Email().hand_over(letters_to(*chunk))]
    assert [(one.message_id, one.state) for one in told] == [(n, "accepted") for n in range(1, 6)]
    assert (len(sink.letters), sink.sessions) == (5, 3)


def test_a_letter_that_cannot_be_written_says_nothing_of_a_kept_session(owner, sink: Sink, monkeypatch) -> None:
    usual = email.compose

    def breaks_at_three(one: Outgoing, *, now: datetime) -> bytes:
        if one.message_id == 3:
            raise ZeroDivisionError
        return usual(one, now=now)

    monkeypatch.setattr(email, "compose", breaks_at_three)
    sink.most = 2
    with of_batch():
        told = [one.state for chunk in ([1, 2], [3, 4]) for one in Email().hand_over(letters_to(*chunk))]
    assert told == ["accepted", "accepted", "rejected", "accepted"]


def test_a_letter_that_a_kept_session_broke_at_is_tried_once_more_only(owner, sink: Sink) -> None:
    with of_batch():
        assert [one.state for one in Email().hand_over(letters_to(1))] == ["accepted"]
        sink.at_recipient["c2@example.com"] = "hang up"
        assert [one.state for one in Email().hand_over(letters_to(2, 3))] == ["retry", "accepted"]
        assert sink.asked == [f"c{n}@example.com" for n in (1, 2, 2, 3)]


def test_a_sign_is_the_one_that_was_written_before() -> None:
    assert (
        seal("voronka.messaging.leave", "abc")
        == salted_hmac("voronka.messaging.leave", "abc", algorithm="sha256").hexdigest()
    )


def test_a_server_that_is_not_there_is_waited_for(owner) -> None:
    with override_settings(MAIL_URL="smtp://127.0.0.1:9", MAIL_TLS=False):
        assert send(draft(make_reader(at=NOON), NOON)) == [("waiting", "retry")]


def test_a_server_that_never_answers_is_not_waited_for_by_every_letter(owner, monkeypatch) -> None:
    monkeypatch.setattr("voronka.messaging.channels.smtp.TIMEOUT_SECONDS", 0.2)
    clients = [make_reader(at=NOON) for _n in range(20)]
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        with override_settings(MAIL_URL=f"smtp://127.0.0.1:{deaf.getsockname()[1]}", MAIL_TLS=False):
            began = time.monotonic()
            assert set(send(*(draft(one, NOON) for one in clients))) == {("waiting", "retry")}
    assert time.monotonic() - began < 2, "half a minute each would keep a worker for ten"


def test_a_server_that_hangs_up_on_everybody_is_left_alone(owner, sink: Sink) -> None:
    clients = [make_reader(at=NOON) for _n in range(12)]
    for one in clients:
        sink.at_recipient[f"c{one.pk}@example.com"] = "hang up"
    assert set(send(*(draft(one, NOON) for one in clients))) == {("waiting", "retry")}
    assert len(sink.asked) == MOST_BREAKS


@pytest.mark.parametrize("in_a_row", [False, True])
@pytest.mark.parametrize("odd", ["#=+99#?<", "0,.*<='`_+<^@(*]", "(^|-#_~$/`).](ab0/"])
def test_an_address_that_breaks_the_library_of_letters_holds_up_no_other(
    owner, sink: Sink, odd: str, in_a_row: bool
) -> None:
    sink.in_a_row = in_a_row
    clients = [make_reader(at=NOON) for _n in range(3)]
    drafts = [draft(one, NOON, **({"address": odd} if one is clients[1] else {})) for one in clients]
    assert send(*drafts) == [("accepted", ""), ("failed", "bad_address"), ("accepted", "")]
    with translation.override("ru"):
        assert failure_words("bad_address") == "это не адрес"
        assert failure_words("smtp_554") == "почтовый сервер не принял сообщение, код 554"


def test_a_sender_of_a_domain_of_other_letters_goes_in_punycode(owner, sink: Sink) -> None:
    with override_settings(MAIL_FROM="Магазин <shop@магазин.рф>"):
        assert send(draft(make_reader(at=NOON), NOON)) == [("accepted", "")]
    assert sink.senders == ["shop@xn--80aairftm.xn--p1ai"]
    (letter,) = sink.read()
    assert letter["From"] == "Магазин <shop@xn--80aairftm.xn--p1ai>"
    assert b"<shop@xn--80aairftm.xn--p1ai>" in sink.letters[0]
    with override_settings(MAIL_RETURN="back@магазин.рф"):
        sign = Message.objects.get().public_id
        path = return_path(sign)
        assert path.endswith("@xn--80aairftm.xn--p1ai")
        assert returned_message(path) == sign


def test_each_letter_comes_back_to_an_address_of_its_own_that_nobody_can_forge(owner, sink: Sink) -> None:
    with override_settings(MAIL_RETURN="back@mail.example.com"):
        send(draft(make_reader(at=NOON), NOON))
        (sender,) = sink.senders
        sign = Message.objects.get().public_id
        assert re.fullmatch(rf"back\+{sign}-[0-9a-f]{{16}}@mail\.example\.com", sender)
        assert returned_message(sender.upper()) == sign
        for forged in (f"back+{sign}-{'0' * 16}@mail.example.com", "back@mail.example.com", "", f"back+{sign}@x"):
            assert returned_message(forged) is None
    with override_settings(MAIL_RETURN=""):
        assert return_path(sign) == "shop@example.com"


# --- Leaving ------------------------------------------------------------------------------------------------------


def consents() -> list[tuple[str, bool, str]]:
    return list(Consent.objects.order_by("id").values_list("channel", "given", "source"))


def test_one_post_without_session_or_token_unsubscribes_from_the_received_letter(owner, cast: Cast, sink) -> None:
    client = make_reader(at=NOON)
    send(draft(client, NOON, subject="Осень"), draft(client, NOON, subject="Осень 2"))
    address = str(sink.read()[0]["List-Unsubscribe"]).strip("<>").removeprefix("https://shop.example.com")
    mailer = Browser(enforce_csrf_checks=True)
    for method in (mailer.get, mailer.head, mailer.get):
        assert method(address).status_code == 200
    assert consents() == [("any", True, "x")], "looking changes nothing"
    body = "List-Unsubscribe=One-Click"
    for _time in range(2):
        answer = mailer.post(address, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200
    assert consents()[1:] == [("email", False, "одно нажатие в письме «Осень»")], "said twice, it is one act"
    assert "Рекламы больше не будет" in mailer.get(address).content.decode()
    assert mailer.put(address).status_code == 405
    later = NOON + timedelta(days=10)
    services.plan([draft(client, later)], now=later)
    assert Message.objects.order_by("-id").values_list("state", "code")[0] == ("refused", "opted_out")


def test_who_leaves_leaves_on_every_card_with_his_address(owner, sink: Sink) -> None:
    cards = [make_reader(name, at=NOON) for name in ("Анна", "Анна Петрова", "Борис")]
    for one, value in zip(cards, ("anna@example.com", "anna@example.com", "boris@example.com"), strict=True):
        ContactPoint.objects.create(client=one, kind="email", value=value, position=0)
    send(draft(cards[0], NOON, address="anna@example.com"))
    address = reverse("messaging:leave", args=[leave_token(Message.objects.get().public_id)])
    for _time in range(2):
        assert Browser().post(address).status_code == 200
    assert [people.may_advertise(one.pk, "email") for one in cards] == [False, False, True]
    assert len(consents()) == 5


def test_the_page_has_a_button_and_tells_nothing_of_the_client(owner, sink: Sink) -> None:
    client = make_reader("Секретная Анна", at=NOON)
    send(draft(client, NOON))
    page = Browser().get(reverse("messaging:leave", args=[leave_token(Message.objects.get().public_id)]))
    text = page.content.decode()
    assert '<form method="post"' in text
    assert "Секретная" not in text
    assert f"c{client.pk}@" not in text
    assert page["Cache-Control"] == "no-store"


def test_a_forged_or_broken_address_leads_nowhere_and_asks_nothing(owner, sink, django_assert_num_queries) -> None:
    send(draft(make_reader(at=NOON), NOON))
    sign = leave_token(Message.objects.get().public_id)
    last = "0" if sign[-1] != "0" else "1"
    for wrong in (sign[:-1], sign[:-1] + last, "x" * 36, sign[12:], sign + "0", sign.upper()):
        with django_assert_num_queries(0):
            answer = Browser().post(reverse("messaging:leave", args=[wrong]))
        assert answer.status_code == 404
    assert len(consents()) == 1


def test_leaving_for_a_client_who_is_gone_or_of_a_test_changes_nothing(owner, sink: Sink) -> None:
    client = make_reader(at=NOON)
    send(draft(client, NOON), draft(client, NOON, client_id=None, cause_kind="test"))
    Client.objects.filter(pk=client.pk).update(binned_at=NOON)
    for one in Message.objects.all():
        assert Browser().post(reverse("messaging:leave", args=[leave_token(one.public_id)])).status_code == 200
    assert len(consents()) == 1
