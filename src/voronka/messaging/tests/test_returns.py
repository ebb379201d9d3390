"""Letters that came back: read from a mailbox over IMAP, real reports of servers, complaints, and what is neither."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from voronka.accounts.testing import Cast, make_company
from voronka.kit.imap import MailRefused
from voronka.kit.models import EventRow
from voronka.kit.outgoing import OutgoingFailed
from voronka.kit.tenancy import company_context
from voronka.kit.testing import Post as PostOffice
from voronka.kit.testing import post_office
from voronka.messaging import jobs, services
from voronka.messaging.models import BlockedAddress, Message, MessageStep
from voronka.messaging.queries.words import step_words
from voronka.messaging.rules.returns import Returned, Unreadable, is_nobody, read_returned
from voronka.messaging.services import returning
from voronka.messaging.services.leaving import leave_token
from voronka.messaging.testing import Post, channel, draft, make_reader
from voronka.people.models import Client, Consent

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
SAMPLES = Path(__file__).parent / "data" / "returns"


@pytest.fixture
def office(tmp_path, monkeypatch, settings) -> Iterator[PostOffice]:
    settings.ALLOW_PRIVATE_WEBHOOKS = ["127.0.0.0/8", "::1/128"]
    settings.MAIL_RETURN = "back@shop.example.com"
    with post_office(tmp_path) as (server, trusted):
        monkeypatch.setattr("voronka.kit.imap.public_trust", lambda: trusted)
        settings.MAIL_RETURN_BOX = f"imaps://back%40shop.example.com:right%20secret@localhost:{server.port}"
        yield server


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def gone(cast: Cast, office: PostOffice) -> Message:
    """A letter of advertising that the mail server has taken."""
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), channel("email", Post()):
        services.plan([draft(make_reader("Анна", at=NOON), NOON, subject="Осень")], now=NOON)
        services.send_due("email", now=NOON)
        row = Message.objects.get()
        assert row.state == "accepted"
        return row


def sample(
    name: str, of: Message, *, back: str = "", type: str = "abuse", answer: str = "",  # noqa: A002 - a field's name
) -> bytes:  # fmt: skip
    way = back or returning.return_path(of.public_id)
    said = {
        "back": way, "BACK": way.upper(), "to": of.address, "id": of.public_id, "leave": leave_token(of.public_id),
        "type": type, "answer": answer,
    }  # fmt: skip
    text = (SAMPLES / f"{name}.eml").read_text("utf-8")
    for key, value in said.items():
        text = text.replace(f"{{{key}}}", value)
    return text.encode()


def now_of(cast: Cast) -> tuple[str, str, list[str]]:
    """Return state and code of the only message, and why its address is blocked."""
    with company_context(cast.company_id):
        row = Message.objects.get()
        return row.state, row.code, list(BlockedAddress.objects.values_list("reason", flat=True))


# --- Reports ------------------------------------------------------------------------------------------------------


def test_a_letter_to_nobody_blocks_the_address_once(cast: Cast, gone: Message, office: PostOffice) -> None:
    office.letters = {1: sample("postfix_nobody", gone)}
    assert returning.look(now=LATER) == 1
    assert now_of(cast) == ("failed", "bounce", ["bounce"])
    assert office.seen == {1}
    assert office.logins == ['LOGIN "back@shop.example.com" "right secret"']
    with company_context(cast.company_id):
        step = MessageStep.objects.latest("id")
        assert "User unknown" in step.words
        assert gone.address not in step.words, "steps are never changed, and its owner may be erased"
        assert EventRow.objects.filter(name="messaging.MessageFailed").count() == 1
        service = draft(Client.objects.get(), LATER, traffic="service")
        services.plan([service], now=LATER)
        assert Message.objects.latest("id").code == "blocked_bounce"
    office.seen.clear()  # somebody died before he marked it
    assert returning.look(now=LATER) == 0
    with company_context(cast.company_id):
        assert EventRow.objects.filter(name="messaging.MessageFailed").count() == 1


def test_a_report_in_the_wrapping_of_a_gateway_is_found(cast: Cast, gone: Message, office: PostOffice) -> None:
    office.letters = {7: sample("exchange_nested", gone)}
    assert returning.look(now=LATER) == 1
    assert now_of(cast) == ("failed", "bounce", ["bounce"])


@pytest.mark.parametrize("name", ["exim_plain", "qmail_plain"])
@pytest.mark.parametrize(
    ("answer", "code", "blocked"),
    [
        ("550 5.1.1 <{to}>: User unknown", "bounce", ["bounce"]),
        ("550 No such mailbox here", "bounce", ["bounce"]),
        ("552 5.2.2 The mailbox is full", "returned", []),
        ("554 5.7.1 192.0.2.5 is listed as a sender of spam", "returned", []),
        ("Connection timed out", "returned", []),
    ],
)
def test_servers_that_write_plain_texts_are_understood(
    cast: Cast, gone: Message, office: PostOffice, name: str, answer: str, code: str, blocked: list[str]
) -> None:
    office.letters = {1: sample(name, gone, answer=answer.format(to=gone.address))}
    assert returning.look(now=LATER) == 1
    assert now_of(cast) == ("failed", code, blocked)


@pytest.mark.parametrize("name", ["yandex_plain", "mailru_plain", "exchange_plain"])
@pytest.mark.parametrize(
    ("answer", "code", "blocked"),
    [
        ("550 5.7.1 No such user!", "bounce", ["bounce"]),
        ("550 5.7.1 Message rejected under suspicion of SPAM", "returned", []),
        ("550 Message was not accepted -- invalid mailbox. Local mailbox is unavailable: user not found", "bounce",
         ["bounce"]),
        ("550 5.1.1 The email account that you tried to reach does not exist", "bounce", ["bounce"]),
        ("Пользователь не найден", "bounce", ["bounce"]),
        ("The email address you entered couldn\u2019t be found.", "bounce", ["bounce"]),
        ("552 5.2.2 Mailbox is full", "returned", []),
        ("Почтовый ящик переполнен", "returned", []),
        ("Сообщение похоже на спам: адрес отправителя не найден в списке", "returned", []),
        ("Причина неизвестна", "returned", []),
    ],
)  # fmt: skip
def test_words_of_a_robot_of_mail_are_understood(
    cast: Cast, gone: Message, office: PostOffice, name: str, answer: str, code: str, blocked: list[str]
) -> None:
    if name == "yandex_plain":
        answer += "\nВаше письмо не доставлено."
    office.letters = {1: sample(name, gone, answer=answer)}
    assert returning.look(now=LATER) == 1
    assert now_of(cast) == ("failed", code, blocked)
    with company_context(cast.company_id):
        assert gone.address not in MessageStep.objects.latest("id").words


def test_only_a_robot_that_says_it_is_over_sends_a_letter_back(cast: Cast, gone: Message, office: PostOffice) -> None:
    plain = sample("mailru_plain", gone, answer="Пользователь не найден")
    office.letters = {
        1: plain.replace(b"mailer-daemon@corp.mail.ru", b"anna@client-zavod.ru"),  # a person, whatever he writes
        2: plain.replace(b"mailer-daemon@corp.mail.ru", b"mailer-daemon.fan@mail.ru"),
        3: plain.replace("Пользователь не найден".encode(), "Попытки доставки продолжаются".encode()),
        4: plain.replace(b"Mail failure.", b"Warning: message delayed 4 hours"),
        5: plain.replace("не может быть доставлено".encode(), "прочитано".encode()),
        6: sample("mailru_plain", gone, answer="Пользователь не найден", back="back@shop.example.com"),
        7: plain.replace(b"charset=utf-8", b"charset=no-such").replace(b"Subject: Mail", b"Subject: =?x?q?=FF?= Mail")
                .replace(f"+{gone.public_id}-".encode(), b"+forged-"),
    }  # fmt: skip
    assert returning.look(now=LATER) == 0
    assert now_of(cast) == ("accepted", "", [])


@pytest.mark.parametrize(
    ("name", "state", "code"),
    [
        ("exim_delayed", "accepted", ""),
        ("postfix_delayed", "accepted", ""),
        ("mailbox_full", "failed", "returned"),
        ("reached", "delivered", ""),
        ("absent", "accepted", ""),
        ("read_receipt", "accepted", ""),
    ],
)
def test_what_says_nothing_of_the_address_blocks_nothing(
    cast: Cast, gone: Message, office: PostOffice, name: str, state: str, code: str
) -> None:
    office.letters = {1: sample(name, gone)}
    returning.look(now=LATER)
    assert now_of(cast) == (state, code, [])
    with company_context(cast.company_id):
        assert Consent.objects.latest("id").given, "an absence note is no unsubscribing"
    assert office.seen == {1}


def test_forged_reports_and_those_of_other_letters_change_nothing(
    cast: Cast, gone: Message, office: PostOffice
) -> None:
    name, domain = "back", "shop.example.com"
    for back in (
        f"{name}@{domain}",
        f"{name}+{gone.public_id}@{domain}",
        f"{name}+{gone.public_id}-{'0' * 16}@{domain}",
    ):
        office.letters[len(office.letters) + 1] = sample("postfix_nobody", gone, back=back)
    office.letters[9] = sample("complaint", gone).replace(leave_token(gone.public_id).encode(), b"x" * 36)
    assert returning.look(now=LATER) == 0
    assert now_of(cast) == ("accepted", "", [])


def test_a_report_is_of_the_company_whose_letter_it_is(cast: Cast, gone: Message, office: PostOffice) -> None:
    other = make_company(name="Другая")
    office.letters = {1: sample("postfix_nobody", gone)}
    returning.look(now=LATER)
    with company_context(other.company_id):
        assert not BlockedAddress.objects.exists()


def test_hostile_and_large_letters_hold_up_no_other(
    cast: Cast, gone: Message, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returning, "MOST_BYTES", 60_000)
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1_500))
    office.letters = {
        1: b"\xff\xfe\x00 no letter",
        2: b"From: a@b.test\n" + deep[:59_000],
        3: b"From: a@b.test\n\n" + b"x" * 70_000,
        4: b"From: a@b.test\nContent-Type: message/delivery-status\n\nAction\n\n:\n\nAction: failed\nStatus: 5",
        5: sample("postfix_nobody", gone),
    }
    assert returning.look(now=LATER) == 1
    assert office.seen == {1, 2, 3, 4, 5}
    assert "UID FETCH 3 (UID BODY.PEEK[])" not in office.asked
    assert now_of(cast) == ("failed", "bounce", ["bounce"])


def test_a_letter_that_breaks_what_reads_it_holds_up_no_other(
    cast: Cast, gone: Message, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = returning.read_returned

    def breaks(raw: bytes) -> Returned:
        if raw.startswith(b"X-Breaks"):
            raise ZeroDivisionError
        return usual(raw)

    monkeypatch.setattr(returning, "read_returned", breaks)
    whole = sample("postfix_nobody", gone)
    office.letters = {1: b"X-Breaks: yes\n" + whole, 2: whole}
    assert returning.look(now=LATER) == 1
    assert now_of(cast) == ("failed", "bounce", ["bounce"])
    assert office.seen == {1, 2}, "both are done with"


def test_a_mailbox_that_does_not_answer_is_asked_again(gone: Message, office: PostOffice, settings) -> None:
    settings.MAIL_RETURN_BOX = settings.MAIL_RETURN_BOX.replace("right", "wrong")
    with pytest.raises(MailRefused):
        returning.look(now=LATER)
    jobs.returns_job()
    settings.MAIL_RETURN_BOX = "imaps://back:secret@localhost:9"
    with pytest.raises(OutgoingFailed):
        returning.look(now=LATER)
    jobs.returns_job()


# --- Complaints ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["complaint", "complaint_heads"])
def test_who_complains_is_written_to_no_more(cast: Cast, gone: Message, office: PostOffice, name: str) -> None:
    office.letters = {1: sample(name, gone), 2: sample(name, gone)}
    assert returning.look(now=LATER) == 1
    assert now_of(cast) == ("accepted", "", ["complaint"])
    with company_context(cast.company_id):
        last = Consent.objects.latest("id")
        assert (last.given, last.channel, last.source) == (False, "email", "жалоба на письмо «Осень»")
        assert step_words(MessageStep.objects.latest("id")) == "the client complained of it as spam"


def test_a_report_that_it_is_no_spam_is_no_complaint(cast: Cast, gone: Message, office: PostOffice) -> None:
    office.letters = {
        1: sample("complaint", gone, type="not-spam"),
        2: sample("complaint", gone, type="auth-failure"),
    }
    assert returning.look(now=LATER) == 0
    assert now_of(cast) == ("accepted", "", [])


# --- The words of servers -----------------------------------------------------------------------------------------


def report(*lines: str) -> bytes:
    heads = 'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: message/delivery-status\n\n'
    return (heads + "Reporting-MTA: dns; x\n\n" + "\n".join(lines) + "\n\n--b--\n").encode()


@pytest.mark.parametrize(
    ("lines", "kind", "is_nobody"),
    [
        (["Action: FAILED (bad)", "Status: 5.1.1"], "failed", True),
        (["Action: failed", "Status: 5.0.0", "Diagnostic-Code: smtp; 550 User unknown"], "failed", True),
        (["Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; 550 5.7.1 refused as spam"], "failed", False),
        (["Action: failed", "Status: 5.1.8", "Diagnostic-Code: smtp; 553 5.1.8 bad sender"], "failed", False),
        (["Action: failed", "Status: 4.4.7", "Diagnostic-Code: smtp; 451 4.4.7 expired"], "failed", False),
        (["Action: failed", "Status: 5.7.1", "Diagnostic-Code: smtp; 554 client [5.1.1.9] blocked"], "failed", False),
        (["Action: failed", "Status: 5.7.1", "Diagnostic-Code: smtp; 550 5.7.1 No such user!"], "failed", True),
        (["Action: delayed", "Status: 5.1.1"], "", False),
        (["Action: relayed", "Status: 2.1.5"], "", False),
        (["Action: delivered", "Status: 2.1.5"], "delivered", False),
        (["Status: 5.1.1"], "failed", True),
        (["Status: 4.1.1"], "", False),
        (["status: 5.1.1", "ACTION:failed"], "failed", True),
    ],
)
def test_the_action_goes_before_the_status(lines: list[str], kind: str, is_nobody: bool) -> None:
    found = read_returned(report(*lines))
    assert (found.kind, found.is_nobody) == (kind, is_nobody)


def test_a_report_of_names_in_any_alphabet_is_read() -> None:
    raw = report("Action: failed", "Status: 5.1.1").replace(b"message/delivery", b"message/global-delivery")
    assert read_returned(raw).is_nobody


@pytest.mark.parametrize(
    ("code", "words", "said"),
    [
        ("550", "5.1.1 no such user", True), ("550", "User unknown", True), ("550", "5.7.1 user is refused", False),
        ("553", "5.1.8 sender's domain", False), ("552", "5.2.2 mailbox full", False), ("554", "User unknown", False),
        ("550", "[5.1.2.3] is listed", False), ("550", "5.7.1 No such user!", True),
        ("550", "5.7.1 no such user is told to whom we block", False), ("450", "4.7.1 user unknown yet", False),
    ],
)  # fmt: skip
def test_only_no_such_mailbox_is_nobody(code: str, words: str, said: bool) -> None:
    assert is_nobody(code, words) is said


def test_bytes_that_break_readers_are_told_from_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(*_args: object, **_more: object) -> None:
        raise RecursionError

    monkeypatch.setattr("email.message_from_bytes", deep)
    with pytest.raises(Unreadable):
        read_returned(b"x")


@pytest.mark.parametrize(
    "raw",
    [
        b"From: mailer-daemon@b.test\nSubject: =?utf-8?b?a?=\n\nIt was not delivered.",
        b"From: mailer-daemon@b.test\nContent-Type: text/html\n\nnot delivered" + b"<style " * 100_000,
        b"From: " + b"a" * 700_000 + b"\n\nnot delivered",
    ],
    ids=["base64 that is none", "styles without an end", "a word without an end"],
)
def test_no_letter_of_anybodys_stops_the_reader_or_takes_it_hours(raw: bytes) -> None:
    begun = time.process_time()
    assert read_returned(raw).kind in ("", "failed")
    assert time.process_time() - begun < 5
