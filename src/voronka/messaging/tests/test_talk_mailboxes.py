"""Letters as talks, against real IMAP and SMTP servers of this machine: threads, quotes, machines, what came back."""

import io
import socket
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.flows.models import Run
from voronka.flows.testing import make_scene, node
from voronka.kit.errors import Invalid
from voronka.kit.tenancy import company_context
from voronka.kit.testing import Post, post_office
from voronka.messaging.models import ChannelAccount, ChannelState, OutsideLine, Talk, TalkLine
from voronka.messaging.queries import channels as told
from voronka.messaging.rules.quotes import split_quote
from voronka.messaging.services import channels as services
from voronka.messaging.services import chat
from voronka.messaging.services.blocking import block
from voronka.messaging.services.channels import mailboxes
from voronka.messaging.services.templates import save_template
from voronka.people.models import ContactPoint
from voronka.people.testing import make_client

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
FROM = "Пётр Иванов <petr@client-zavod.ru>"


class Sink:
    """A server that keeps letters; `answer` is what it says after the text, "hang up" closes the line."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        self.letters.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]  # by the policy
        if self.answer == "hang up":
            server.transport.close()
        return self.answer


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings, transactional_db: None) -> Iterator[Post]:
    settings.ALLOW_PRIVATE_WEBHOOKS = ["127.0.0.0/8", "::1/128"]
    with post_office(tmp_path) as (server, trusted):
        monkeypatch.setattr("voronka.kit.imap.public_trust", lambda: trusted)
        yield server


@pytest.fixture
def sink() -> Iterator[Sink]:
    keeper = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        keeper.port = free.getsockname()[1]  # type: ignore[attr-defined]  # a test's own
    controller = Controller(keeper, hostname="127.0.0.1", port=keeper.port)  # type: ignore[attr-defined]
    controller.start()
    yield keeper
    controller.stop()


@pytest.fixture
def cast(post: Post, sink: Sink) -> Cast:
    return make_company()


@pytest.fixture(autouse=True)
def inside(request: pytest.FixtureRequest) -> Iterator[None]:
    if "cast" not in request.fixturenames:
        yield
        return
    made = request.getfixturevalue("cast")
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield


def typed(post: Post, sink: Sink, **more: str) -> dict[str, str]:
    return {
        "address": "shop@ours.test", "from_name": "Магазин", "host": "localhost", "port": str(post.port),
        "login": "shop@ours.test", "smtp_host": "127.0.0.1", "smtp_port": str(sink.port), "security": "none",  # type: ignore[attr-defined]
        "mode": "live", "signature": "{{ manager.name }}, {{ company.name }}", **more,
    }  # fmt: skip


@pytest.fixture
def box(cast: Cast, post: Post, sink: Sink) -> ChannelAccount:
    draft = services.AccountDraft("email", "Продажи", typed(post, sink), "right secret")
    with transaction.atomic():
        row = services.save_account(actor=cast.owner, draft=draft, now=NOW)
    assert services.connect(actor=cast.owner, public_id=row.public_id, now=NOW) == "shop@ours.test"
    return row


def letter(text: str, *, sender: str = FROM, subject: str = "Столы", number: object = 1, html: str = "",
           files: tuple[tuple[str, bytes], ...] = (), **heads: str) -> bytes:  # fmt: skip
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "shop@ours.test", subject
    message["Message-ID"] = f"<{number}@client-zavod.ru>"
    for name, value in heads.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, body in files:
        message.add_attachment(body, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def come(post: Post, box: ChannelAccount, *letters: bytes) -> int:
    last = max(post.letters, default=0)
    post.letters |= {last + n: one for n, one in enumerate(letters, 1)}
    return mailboxes.look(box.pk, now=NOW)


def lines() -> list[tuple[str, str]]:
    with transaction.atomic():
        return list(TalkLine.objects.exclude(by="event").order_by("talk_id", "number").values_list("by", "text"))


def answer(cast: Cast, text: str) -> None:
    with transaction.atomic():
        draft = chat.Reply(key=uuid.uuid4(), text=text)
        chat.reply(actor=cast.owner, public_id=Talk.objects.get().public_id, draft=draft, now=NOW)
    while services.send_due(now=NOW):
        pass


def state() -> tuple[str, str]:
    with transaction.atomic():
        row = OutsideLine.objects.exclude(state="came").order_by("-id")[0]
        return row.state, row.code


def test_a_thread_is_one_talk_and_is_answered_in_it_with_the_signature(cast, post, sink, box) -> None:
    with transaction.atomic():
        client = make_client(cast.owner, "Иванов Пётр", email="petr@client-zavod.ru")
    assert come(post, box, letter("Есть ли <b>столы</b>?")) == 1
    with transaction.atomic():
        talk = Talk.objects.get()
    assert (talk.channel, talk.subject, talk.email, talk.client_id, talk.with_bot) == (
        "email", "Столы", "petr@client-zavod.ru", client.pk, False
    )  # fmt: skip
    answer(cast, "Есть, приезжайте")
    sent = sink.letters[0]
    assert (sent["To"], sent["Subject"], sent["In-Reply-To"]) == (
        "petr@client-zavod.ru",
        "Re: Столы",
        "<1@client-zavod.ru>",
    )
    assert sent.get_content().split() == ["Есть,", "приезжайте", "--", "Olga", "Orlova,", "Bellwether"]
    assert "Olga Orlova, Магазин" in sent["From"]
    reply = letter(
        "Приеду завтра\n\nпт, 27 нояб. 2026 г. в 12:00, Olga <shop@ours.test> пишет:\n> Есть, приезжайте\n", number=2,
        subject="Re: Столы", References=f"<1@client-zavod.ru> {sent['Message-ID']}",
    )  # fmt: skip
    assert come(post, box, reply) == 1
    assert lines() == [
        ("visitor", "Есть ли <b>столы</b>?"),
        ("operator", "Есть, приезжайте"),
        ("visitor", "Приеду завтра"),
    ]
    with transaction.atomic():
        last = told.fates(Talk.objects.get())
    assert "Есть, приезжайте" in last[max(last)].outside.quoted
    answer(cast, "Ждём")
    assert sink.letters[1]["References"].split() == ["<1@client-zavod.ru>", "<2@client-zavod.ru>"]
    page = sign_in(Browser(), cast.owner).get(f"/talk/{talk.public_id}/").content.decode()
    assert "&lt;b&gt;столы&lt;/b&gt;" in page
    card = sign_in(Browser(), cast.owner).get(f"/clients/{client.public_id}/talks/").content.decode()
    assert talk.public_id in card


def test_a_letter_that_breaks_us_is_told_of_and_holds_up_no_other(
    cast: Cast, post: Post, box: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = mailboxes.split_quote

    def breaks(text: str) -> tuple[str, str]:
        if "ломает" in text:
            raise ZeroDivisionError
        return usual(text)

    monkeypatch.setattr(mailboxes, "split_quote", breaks)
    assert come(post, box, letter("Это ломает", number=1), letter("Сколько стоит?", number=2)) == 2
    assert come(post, box) == 0
    said = [text for by, text in lines() if by == "visitor"]
    assert said[0].startswith("Это письмо не удалось прочитать")
    assert said[1] == "Сколько стоит?"


def test_the_same_letter_is_taken_once_by_however_many_look(cast, post, box) -> None:
    post.letters = {
        1: letter("Раз"),
        2: letter("Раз"),
        3: letter("Два", number=2, sender="Анна <anna@ours-client.ru>"),
    }
    ready = threading.Barrier(3)

    def look() -> None:
        try:
            with company_context(cast.company_id):
                ready.wait(20)
                mailboxes.look(box.pk, now=NOW)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=look) for _one in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(lines()) == [("visitor", "Два"), ("visitor", "Раз")]
    post.validity = 2  # numbers hold no more: everything is looked at anew, and is known
    assert mailboxes.look(box.pk, now=NOW) == 0


def test_who_was_never_in_a_thread_gets_into_it_only_by_what_we_signed(cast, post, sink, box) -> None:
    come(post, box, letter("Есть столы?"))
    answer(cast, "Есть")
    ours = sink.letters[0]["Message-ID"]
    stranger = "Злодей <evil@example.com>"
    come(post, box, letter("Я тоже тут", number=7, sender=stranger, In_Reply_To="<1@client-zavod.ru>"))
    with transaction.atomic():
        assert Talk.objects.count() == 2
    come(post, box, letter("Коллега отвечает", number=8, sender="Коллега <kol@client-zavod.ru>", In_Reply_To=ours))
    forged = ours.replace(ours.split(".")[3][:4], "0000")
    come(post, box, letter("Подделка", number=9, sender=stranger, In_Reply_To=forged))
    with transaction.atomic():
        assert Talk.objects.count() == 3
        first = Talk.objects.order_by("id").first()
        found = told.fates(first)
        assert (found[max(found)].outside.sender, first.last_text) == ("kol@client-zavod.ru", "Коллега отвечает")


def test_of_several_cards_a_person_chooses_and_a_doubtful_letter_is_bound_to_nobody(cast, post, box) -> None:
    with transaction.atomic():
        one = make_client(cast.owner, "Анна", email="petr@client-zavod.ru")
        other = make_client(cast.owner, "Олег", email="oleg@client-zavod.ru")
        ContactPoint.objects.create(client=other, kind="email", value="petr@client-zavod.ru", position=1)
    come(post, box, letter("Чей я?"))
    forged = {"sender": "oleg@client-zavod.ru", "Authentication_Results": "mx.ours.test; dmarc=fail"}
    come(post, box, letter("Я Олег", number=2, **forged))
    with transaction.atomic():
        assert list(Talk.objects.values_list("client", flat=True)) == [None, None]
        likely = {row.pk for row in chat.likely_clients(cast.owner, Talk.objects.get(email="petr@client-zavod.ru"))}
    assert likely == {one.pk, other.pk}


@pytest.mark.parametrize(
    "heads",
    [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<news.example>"}, {"X_Autoreply": "yes"},
     {"sender": "mailer-daemon@example.com"}, {"sender": "shop@ours.test"}, {"subject": "Автоответ: в отпуске"}],
)  # fmt: skip
def test_what_no_person_wrote_opens_no_talk(cast, post, sink, box, heads) -> None:
    assert come(post, box, letter("Меня нет", **heads)) == 0
    assert (lines(), sink.letters) == ([], [])


def test_a_letter_of_ours_that_came_back_is_told_at_its_line(cast, post, sink, box) -> None:
    come(post, box, letter("Есть столы?"))
    answer(cast, "Есть")
    assert state() == ("sent", "")
    report = EmailMessage()
    report["From"], report["Subject"], report["Message-ID"] = "MAILER-DAEMON@mx", "Undelivered Mail", "<r@mx>"
    report.set_content("There is no such mailbox.")
    report.add_attachment(f"Message-ID: {sink.letters[0]['Message-ID']}\n", filename="headers.txt")
    come(post, box, bytes(report))
    assert state() == ("failed", "bounce")
    with transaction.atomic():
        assert Talk.objects.get().waits_since == NOW


@pytest.mark.parametrize(
    ("said", "became", "count"),
    [("hang up", "unknown", 1), ("451 later", "waiting", 1), ("550 5.1.1 no such user", "failed", 1)],
)
def test_what_the_server_says_is_what_the_line_tells(cast, post, sink, box, said, became, count) -> None:
    come(post, box, letter("Есть столы?"))
    sink.answer = said
    answer(cast, "Есть")
    assert (state()[0], len(sink.letters)) == (became, count)


def test_live_markup_and_programs_never_reach_the_page(cast, post, box) -> None:
    html = "<p>Привет <script>alert(1)</script><img src=x onerror=alert(2)> <a href='javascript:alert(3)'>тут</a></p>"
    files = (("счёт.pdf", b"%PDF-1.4 x"), ("virus.exe", b"MZ\x90\x00" + b"0" * 50), ("../../etc/пароль.txt", b"x"))
    come(post, box, letter("", html=html, files=files))
    with transaction.atomic():
        talk = Talk.objects.get()
        found = told.fates(talk)[1].outside.files
    page = sign_in(Browser(), cast.owner).get(f"/talk/{talk.public_id}/").content.decode()
    assert "alert(" not in page
    assert [one["name"] for one in found] == ["счёт.pdf", "virus.exe", "пароль.txt"]
    assert (found[0]["kind"], bool(found[1]["why"]), found[0]["why"]) == ("application/pdf", True, "")
    given = sign_in(Browser(), cast.owner).get(f"/talk/attached/{found[0]['id']}")
    assert (b"".join(given.streaming_content), given["Content-Disposition"][:10]) == (b"%PDF-1.4 x", "attachment")
    assert "id" not in found[1]


def test_garbage_is_told_and_the_next_letter_is_taken(cast, post, box) -> None:
    nested = b"MIME-Version: 1.0\nFrom: a@b.example\nSubject: x\nMessage-ID: <n@b>\n"
    for deep in range(60):
        nested += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (deep, deep)
    come(post, box, b"\xff\xfe\x00", nested, letter("Живое письмо"))
    assert ("visitor", "Живое письмо") in lines()


def test_a_wrong_password_is_told_and_goes_to_no_other_server(cast, post, sink, box) -> None:
    with transaction.atomic():
        ChannelAccount.objects.filter(pk=box.pk).update(secret="wrong")
    assert come(post, box, letter("Раз")) == 0
    with transaction.atomic():
        row = ChannelState.objects.get()
        assert (row.state, row.code) == ("failed", "bad_login")
        moved = services.AccountDraft("email", "Продажи", typed(post, sink, host="imap.example.com"))
        with pytest.raises(Invalid) as wrong:
            services.save_account(actor=cast.owner, draft=moved, public_id=box.public_id, now=NOW)
        assert "secret" in wrong.value.fields
    other = services.AccountDraft("email", "Y", typed(post, sink, smtp_host="smtp.example.com", address="нет"), "x")
    with transaction.atomic(), pytest.raises(Invalid) as wrong:
        services.save_account(actor=cast.owner, draft=other, now=NOW)
    assert set(wrong.value.fields) == {"security", "address"}


def test_a_mailbox_is_set_up_on_its_page(cast, post, sink) -> None:
    browser = sign_in(Browser(), cast.owner)
    sent = typed(post, sink) | {"name": "Продажи", "secret": "right secret", "is_on": "1", "for_all": "1"}
    page = browser.post("/settings/mailboxes/new/", sent, follow=True).content.decode()
    assert "Письма приходят и уходят" in page
    assert "right secret" not in page
    assert browser.get("/settings/mailboxes/").status_code == 200
    assert mailboxes.order_due(datetime.now(UTC) + timedelta(minutes=5)) == 1


def pressed(cast: Cast, client, box: ChannelAccount, **more: object) -> dict[str, object]:
    return {
        "mailbox": box.public_id, "subject": "Заказ {{ client.first_name }}",
        "body": "Здравствуйте, {{ client.name }}!",
        "operation": "6f3b8f0e-54c3-4f5e-9a0f-0a54e4a9a001", **more,
    }  # fmt: skip


def sent_all() -> None:
    while services.send_due(now=max(NOW, datetime.now(UTC)) + timedelta(seconds=5)):
        pass


def test_a_thread_is_begun_from_the_card_and_the_answer_comes_into_it(cast, post, sink, box) -> None:
    """Mailbox, subject, template, preview, files; sent twice it goes once; the answer lands in the same talk."""
    with transaction.atomic():
        client = make_client(cast.owner, "Иванов Пётр", email="petr@client-zavod.ru")
        template = save_template(actor=cast.owner, name="Счёт", subject="Счёт", body="Счёт для {{ client.name }}")
    browser, url = sign_in(Browser(), cast.owner), f"/clients/{client.public_id}/letter/"
    assert url in browser.get(f"/clients/{client.public_id}/talks/").content.decode()
    assert "Счёт для {{ client.name }}" in browser.get(url, {"template": template.public_id}).content.decode()
    shown = browser.post(url, pressed(cast, client, box, act="preview"), headers={"HX-Request": "true"})
    assert "Здравствуйте, Иванов Пётр!" in shown.content.decode()
    assert "Olga Orlova, Bellwether" in shown.content.decode()
    broken = browser.post(url, pressed(cast, client, box, body="{{ client.nothing }}", act="preview"))
    assert broken.status_code == 422
    program = SimpleUploadedFile("счёт.pdf.exe", b"MZ\x90\x00" + b"0" * 50)
    refused = browser.post(url, pressed(cast, client, box, file=program, act="send"))
    assert refused.status_code == 422
    with transaction.atomic():
        assert not Talk.objects.exists()

    for _twice in range(2):
        files = [SimpleUploadedFile("счёт №1.pdf", b"%PDF-1.4 x"), SimpleUploadedFile("опись.txt", b"a,b")]
        answer = browser.post(url, pressed(cast, client, box, file=files, act="send"))
        assert answer.status_code == 302
    sent_all()
    (letter_sent,) = sink.letters
    assert (letter_sent["To"], letter_sent["Subject"]) == ("petr@client-zavod.ru", "Заказ Пётр")
    text, *attached = letter_sent.iter_parts()
    assert text.get_content().split("--")[0].strip() == "Здравствуйте, Иванов Пётр!"
    assert [(one.get_filename(), one.get_content_type(), one.get_payload(decode=True)) for one in attached] == [
        ("счёт №1.pdf", "application/pdf", b"%PDF-1.4 x"), ("опись.txt", "text/plain", b"a,b"),
    ]  # fmt: skip

    with transaction.atomic():
        talk = Talk.objects.get()
    assert (talk.client_id, talk.owner_id, talk.waits_since) == (client.pk, cast.owner.employee_id, None)
    assert answer["Location"].startswith(f"/talk/{talk.public_id}/")
    desk = browser.get(f"/talk/{talk.public_id}/").content.decode()
    assert "опись.txt" in desk
    come(post, box, letter("Спасибо", number=5, subject="Re: Заказ Пётр", In_Reply_To=letter_sent["Message-ID"]))
    assert lines() == [("operator", "Здравствуйте, Иванов Пётр!"), ("visitor", "Спасибо")]
    with transaction.atomic():
        talk = Talk.objects.get()
        assert (talk.waits_since, talk.answered_at) == (NOW, None)  # from here on the time to answer is counted


def test_a_scenario_asks_by_letters_and_never_in_a_thread_that_a_person_began(cast, post, sink, box) -> None:
    with transaction.atomic():
        client = make_client(cast.owner, "Иванов Пётр", email="petr@client-zavod.ru")
        make_scene(
            cast.owner,
            node(1, "ask", {"text": "{{ client.first_name }}, что нужно?", "about": "choice",
                           "buttons": ["Заказ", "Счёт"], "name": "menu"}, **{"0": "n2", "1": "n3", "wrong": "n3"}),
            node(2, "ask", {"text": "Номер?", "about": "number", "name": "number"}, next="n3", wrong="n3"),
            node(3, "person", {"text": "Передаю: {{ answers.number }}"}), now=NOW, chat=False, email=True,
        )  # fmt: skip
    sign_in(Browser(), cast.owner).post(f"/clients/{client.public_id}/letter/", pressed(cast, client, box))
    sent_all()
    (begun,) = sink.letters
    come(post, box, letter("Спасибо", number=5, subject="Re: Заказ Пётр", In_Reply_To=begun["Message-ID"]))
    sent_all()
    assert len(sink.letters) == 1  # a person began this one, and answers it

    come(post, box, letter("Здравствуйте", number=6))
    sent_all()
    asked = sink.letters[-1]
    assert asked.get_content().replace("\r", "").split("--")[0].strip() == "Пётр, что нужно?\n1. Заказ\n2. Счёт"
    assert asked["Auto-Submitted"] == "auto-replied"
    robot = letter("Я в отпуске", number=7, In_Reply_To=asked["Message-ID"], Auto_Submitted="auto-replied")
    signed = letter("1\n\nС уважением,\nПётр", number=8, In_Reply_To=asked["Message-ID"])
    come(post, box, robot, signed, signed)
    come(post, box, letter("17\nПётр", number=9, In_Reply_To=asked["Message-ID"]))
    sent_all()
    texts = [one.get_content().split("--")[0].strip() for one in sink.letters[2:]]
    assert texts == ["Номер?", "Передаю: 17"]
    with transaction.atomic():
        run, talk = Run.objects.get(), Talk.objects.order_by("-id").first()
        assert (run.state, run.client_id, run.kept["values"]) == (
            "done",
            client.pk,
            {"menu": "Заказ", "number": "17"},
        )
        assert talk is not None
        assert (talk.with_bot, talk.waits_since) == (False, NOW)


def test_a_second_letter_before_any_answer_goes_on_in_the_thread(cast, post, sink, box) -> None:
    with transaction.atomic():
        client = make_client(cast.owner, "Иванов Пётр", email="petr@client-zavod.ru")
    sign_in(Browser(), cast.owner).post(f"/clients/{client.public_id}/letter/", pressed(cast, client, box))
    sent_all()
    with transaction.atomic():
        public_id = Talk.objects.get().public_id
        draft = chat.Reply(key=uuid.uuid4(), text="Забыл приложить")
        chat.send(
            actor=cast.owner,
            public_id=public_id,
            draft=draft,
            source=io.BytesIO(b"%PDF-1.4 y"),
            name="а.pdf",
            now=NOW,
        )
    sent_all()
    first, second = sink.letters
    assert (first["Subject"], second["Subject"]) == ("Заказ Пётр", "Re: Заказ Пётр")
    assert second["In-Reply-To"] == first["Message-ID"]
    assert [one.get_filename() for one in second.iter_attachments()] == ["а.pdf"]


def test_the_gate_and_the_rights_hold_for_what_we_begin_to_say(cast, post, sink, box) -> None:
    with transaction.atomic():
        client = make_client(cast.owner, "Иванов Пётр", email="petr@client-zavod.ru")
        silent = make_client(cast.owner, "Без почты")
        block("email", "petr@client-zavod.ru", "bounce", at=NOW)
        ChannelAccount.objects.filter(pk=box.pk).update(for_all=False)
    url = f"/clients/{client.public_id}/letter/"
    owner = sign_in(Browser(), cast.owner)
    assert owner.post(url, pressed(cast, client, box)).status_code == 422
    assert owner.post(f"/clients/{silent.public_id}/letter/", pressed(cast, silent, box)).status_code == 422
    manager = sign_in(Browser(), cast.colleague)
    assert sign_in(Browser(), cast.stranger).get(url).status_code == 404
    with transaction.atomic():
        own = make_client(cast.colleague, "Моя", email="anna@client-zavod.ru")
    mine = f"/clients/{own.public_id}/letter/"
    assert box.public_id not in manager.get(mine).content.decode()
    assert manager.post(mine, pressed(cast, own, box)).status_code == 422  # the mailbox is for others
    with transaction.atomic():
        assert not Talk.objects.exists()


QUOTES = [
    ("Да\n\nOn Fri, 27 Nov 2026 at 12:00, Shop <s@x.ru> wrote:\n> Есть?\n", "Да", True),
    ("Да\n\nпт, 27 нояб. 2026 г. в 12:00, Магазин <shop@ours.test>\nпишет:\n> Есть?", "Да", True),
    ("Да\n-----Original Message-----\nFrom: a@b.ru\nЕсть?", "Да", True),
    ("Ответ\n> вопрос\n> ещё", "Ответ", True),
    ("> вопрос\nответ между\n> ещё\nконец", "> вопрос\nответ между\n> ещё\nконец", False),
    ("> только цитата", "> только цитата", False),
]


@pytest.mark.parametrize(("text", "said", "has_quote"), QUOTES)
def test_what_is_quoted_is_folded_and_nothing_said_is_lost(text: str, said: str, has_quote: bool) -> None:
    assert (split_quote(text)[0], bool(split_quote(text)[1])) == (said, has_quote)


@given(st.text(alphabet="а> \n:-On@wrote", max_size=200))
def test_no_sign_of_a_letter_is_lost_by_folding(text: str) -> None:
    said, quoted = split_quote(text)
    assert "".join((said + quoted).split()) == "".join(text.split())
