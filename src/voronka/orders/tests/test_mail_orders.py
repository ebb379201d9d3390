"""Orders by letters, from a real mail server on this machine: understood, placed once, or put before a person."""

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal
from email.message import EmailMessage
from html import unescape

import pytest
from django.test import Client as Client_
from django.urls import reverse
from django.utils import timezone

from voronka.accounts.models import Notice
from voronka.accounts.testing import make_company, sign_in
from voronka.catalogue.services import set_terms
from voronka.catalogue.testing import make_goods
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.letter import LetterUnreadable, read_letter
from voronka.kit.tables import write_xlsx
from voronka.kit.tenancy import company_context
from voronka.kit.testing import post_office
from voronka.messaging.models import Message
from voronka.orders.models import ClientWord, MailboxState, Order, OrderLetter, OrderMailbox
from voronka.orders.services import LineDraft, OrderDraft, mail
from voronka.orders.services.entering import NewClient
from voronka.orders.services.mail import BoxDraft, looking, placing
from voronka.orders.services.mail.answering import tell_placed
from voronka.orders.testing import make_shop
from voronka.people.models import Blocked, Client
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db
FROM = "Пётр Иванов <petr@client-zavod.ru>"


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def shop(cast):
    return make_shop(cast.owner)


@pytest.fixture
def petr(cast, shop):
    return make_client(cast.owner, "Иванов Пётр", email="petr@client-zavod.ru", phone="+79160000001")


@pytest.fixture
def post(tmp_path, monkeypatch, settings):
    settings.ALLOW_PRIVATE_WEBHOOKS = ["127.0.0.0/8", "::1/128"]
    with post_office(tmp_path) as (server, trusted):
        monkeypatch.setattr("voronka.kit.imap.public_trust", lambda: trusted)
        yield server


@pytest.fixture
def box(cast, shop, post):
    return made(cast, post)


def made(cast, post, **more):
    usual = {"host": "localhost", "port": post.port, "login": "shop@ours.test", "password": "right secret"}
    draft = BoxDraft(**usual | {"places_itself": True, "answers": True} | more)
    return mail.save_box(actor=cast.owner, draft=draft, now=timezone.now())


def letter(text, *, sender=FROM, subject="Заказ", number=1, html="", files=(), **heads):
    message = EmailMessage()
    message["From"], message["Subject"] = sender, subject
    if number is not None:
        message["Message-ID"] = f"<{number}@client-zavod.ru>"
    for name, value in heads.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, body in files:
        message.add_attachment(body, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def look(box):
    return mail.look(box.pk, now=timezone.now())


def only():
    return OrderLetter.objects.get()


def text_for(shop):
    return f"Добрый день!\nПрошу отгрузить:\n{shop.table.code} – 2 шт\nСтул, 3 шт\n\nС уважением,\nПётр, цех 5"


# -- by itself --------------------


def test_a_sure_letter_of_a_known_client_is_an_order_at_once_at_his_own_terms(cast, shop, petr, post, box):
    set_terms(actor=cast.owner, client=petr.public_id, discount_percent=Decimal(10), now=timezone.now())
    post.letters = {1: letter(text_for(shop))}
    assert look(box) == 1
    order = Order.objects.get()
    assert (order.client_id, order.channel, order.total) == (petr.pk, "mail", Decimal("2475.00"))
    assert [(one.variant_id, one.quantity) for one in order.lines.order_by("position")] == [
        (shop.table.pk, 2),
        (shop.chair.pk, 3),
    ]
    row = only()
    assert (row.state, row.order_id, row.reasons) == ("placed", order.pk, [])
    assert "С уважением" in row.text
    assert not Notice.objects.filter(code="order_letter").exists()


def test_the_client_hears_of_it_once_by_a_message_of_a_machine(cast, shop, petr, post, box):
    post.letters = {1: letter(text_for(shop))}
    look(box)
    said, order = Message.objects.get(), Order.objects.get()
    assert (said.address, said.client_id, said.traffic) == ("petr@client-zavod.ru", petr.pk, "service")
    assert (said.cause_kind, said.cause_id, said.author_id) == ("order", order.pk, None)
    assert str(order.number) in said.subject
    tell_placed(OrderLetter.objects.get(), order, now=said.made_at)
    assert Message.objects.count() == 1


def test_a_letter_makes_one_order_however_often_it_is_seen(cast, shop, petr, post, box):
    post.letters = {1: letter(text_for(shop))}
    look(box)
    post.letters[2] = letter(text_for(shop))  # the same id, delivered again
    post.letters[3] = letter(text_for(shop), number=None)
    post.letters[4] = letter(text_for(shop), number=None)  # the same content without an id
    assert look(box) == 1
    MailboxState.objects.update(last_uid=0)
    assert look(box) == 0
    post.validity = 2  # the server has numbered its letters anew
    assert look(box) == 0
    assert (Order.objects.count(), OrderLetter.objects.count()) == (2, 2)


def test_what_people_have_read_before_us_is_taken_all_the_same(cast, shop, petr, post, box):
    post.letters = {1: letter("Спасибо за прошлый заказ")}
    look(box)
    post.letters[2] = letter(text_for(shop), number=2)
    post.seen = {2}
    assert look(box) == 1
    assert Order.objects.count() == 1
    assert not any("STORE" in one for one in post.asked)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"sender": "Чужой <stranger@chuzhoy-zavod.ru>"}, "stranger"),
        ({"In_Reply_To": "<1@ours.test>"}, "reply"),
        ({"Authentication_Results": "mx.ours.test; spf=fail; dmarc=fail"}, "doubtful"),
        ({"subject": "Отмена заказа"}, "otherwise"),
        ({"files": [("чертёж.pdf", b"%PDF")]}, "files"),
        ({"files": [("order.csv", b"")]}, "file_unread"),
    ],
)
def test_what_is_not_sure_waits_for_a_person(cast, shop, petr, post, box, more, reason):
    post.letters = {1: letter(text_for(shop), **more)}
    look(box)
    row = only()
    assert row.state == "waiting"
    assert reason in row.reasons
    assert [one["variant"] for one in row.lines] == [shop.table.public_id, shop.chair.public_id]
    assert not Order.objects.exists()
    assert {one.subject_id for one in Notice.objects.filter(code="order_letter")} == {row.pk}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Шуруповёрт – 2 шт", "unknown"),
        ("Стул, 2 уп", "unit"),
        ("Стул, 2.5 шт", "part"),
        ("Стул, 2", "weak"),
        ("T-OFF-1 - 2 шт", "off"),
    ],
)
def test_one_line_in_doubt_leaves_the_whole_letter_to_a_person(cast, shop, petr, post, box, line, why):
    make_goods("Снятое с продажи", code="T-OFF-1", is_on_sale=False)
    post.letters = {1: letter(f"{shop.table.code} – 2 шт\n{line}")}
    look(box)
    row = only()
    assert (row.state, "lines" in row.reasons) == ("waiting", True)
    assert [one["why"] for one in row.lines] == ["", why]


def test_one_address_hears_five_times_a_day_that_we_have_its_letter(cast, shop, petr, post, box):
    """A program at the other end that answers our letters would be answered without end."""
    make_client(cast.owner, "Другой", email="other@client-zavod.ru")
    doubtful = f"{shop.table.code} – 2 шт\nШуруповёрт – 2 шт"
    post.letters = {number: letter(doubtful, number=number) for number in range(1, 9)}
    assert look(box) == 8
    assert Message.objects.count() == 5
    post.letters[9] = letter(doubtful, number=9, sender="Другой <other@client-zavod.ru>")
    post.letters[10] = letter(text_for(shop), number=10)  # an order is told of all the same
    assert look(box) == 2
    assert Message.objects.count() == 7
    post.letters[11] = letter(doubtful, number=11)
    assert mail.look(box.pk, now=timezone.now() + dt.timedelta(hours=25)) == 1
    assert Message.objects.count() == 8


def test_several_clients_of_one_address_are_asked_about(cast, shop, petr, post, box):
    make_client(cast.owner, "Иванова Мария", email="petr@client-zavod.ru")
    post.letters = {1: letter(text_for(shop))}
    look(box)
    assert "several" in only().reasons


def test_what_is_not_in_stock_waits_and_nothing_is_promised(cast, shop, petr, post, box):
    post.letters = {1: letter(f"{shop.table.code} – 11 шт")}
    look(box)
    assert (only().state, only().reasons) == ("waiting", ["short"])
    assert not Order.objects.exists()


def test_a_mailbox_that_does_not_place_leaves_all_to_people(cast, shop, petr, post):
    box = made(cast, post, places_itself=False, answers=False)
    post.letters = {1: letter(text_for(shop))}
    look(box)
    assert (only().state, only().reasons) == ("waiting", [])
    assert not Message.objects.exists()
    told = Notice.objects.filter(code="order_letter").values_list("employee_id", flat=True)
    assert sorted(told) == sorted([cast.owner.employee_id, cast.colleague.employee_id])


def test_what_a_dead_worker_kept_is_placed_by_the_next_look(cast, shop, petr, post, box, monkeypatch):
    post.letters = {1: letter(text_for(shop))}
    monkeypatch.setattr("voronka.orders.services.mail.looking.place_by_itself", lambda *_all, **_named: None)
    look(box)
    assert only().state == "waiting"
    monkeypatch.undo()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("voronka.orders.services.mail.looking._walk", lambda *_all: 0)
        look(box)
    assert only().state == "placed"


# -- how it may be written --------------------


def test_barcodes_makers_articles_and_small_letters_are_known(cast, shop, petr, post, box):
    lamp = make_goods("Лампа настольная", code="LAMP-100", barcode="4601234567893", price="500")
    lamp.maker_code = "MK-77Z"
    lamp.save()
    post.letters = {1: letter("2 x 4601234567893\nlamp-100 - 1 шт\nарт. mk-77z, 3 шт")}
    look(box)
    assert [one["how"] for one in only().lines] == ["barcode", "code", "maker"]
    assert {one["variant"] for one in only().lines} == {lamp.public_id}


def test_a_table_of_the_letter_is_read_and_its_words_are_not_ordered_twice(cast, shop, petr, post, box):
    html = (
        "<table><tr><td><p>Здравствуйте</p><table><tr><th>Артикул</th><th>Товар</th><th>Кол-во</th></tr>"
        f"<tr><td>{shop.table.code}</td><td>Стол обеденный</td><td>2</td></tr>"
        "<tr><td></td><td>Стул</td><td>3 шт</td></tr><tr><td>Итого</td><td></td><td>5</td></tr></table>"
        "<script>alert(1)</script></td></tr></table>"
    )
    post.letters = {1: letter("Стол обеденный 2\nСтул 3", html=html)}
    look(box)
    assert only().state == "placed"
    assert [one.quantity for one in Order.objects.get().lines.order_by("position")] == [2, 3]
    assert "alert" not in only().text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_of_the_letter_is_read(cast, shop, petr, post, box, tmp_path, kind):
    rows = [["Наименование", "Количество"], ["Стол обеденный", 2], ["Стул", 3]]
    if kind == "csv":
        body = "\r\n".join(";".join(map(str, row)) for row in rows).encode("cp1251")
    else:
        write_xlsx(tmp_path / "a.xlsx", rows)
        body = (tmp_path / "a.xlsx").read_bytes()
    post.letters = {1: letter("Заказ во вложении.", files=[(f"заказ.{kind}", body)])}
    look(box)
    assert only().state == "placed"
    assert only().files == [f"заказ.{kind}"]
    assert Order.objects.get().lines.count() == 2


# -- what is no letter of a client --------------------


@pytest.mark.parametrize(
    "heads",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Unsubscribe": "<mailto:a@b.test>"},
        {"Return_Path": "<>"},
        {"subject": "Автоответ: в отпуске"},
        {"sender": "Mail Delivery <MAILER-DAEMON@client-zavod.ru>"},
        {"sender": "shop@ours.test"},
    ],
)
def test_machines_and_our_own_letters_are_passed_over(cast, shop, petr, post, box, heads):
    post.letters = {1: letter(text_for(shop), **heads)}
    assert look(box) == 0
    assert not OrderLetter.objects.exists()
    assert not Message.objects.exists()


def test_letters_of_the_blocked_are_put_aside_unanswered(cast, shop, petr, post, box):
    Blocked.objects.create(kind="email", value="petr@client-zavod.ru", at=timezone.now())
    post.letters = {1: letter(text_for(shop))}
    look(box)
    assert only().state == "dropped"
    assert not Message.objects.exists()


def nested(depth):
    open_ones = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
    return (
        b"From: petr@client-zavod.ru\nMessage-ID: <deep@x>\n"
        + open_ones.encode()
        + b"Content-Type: text/plain\n\nx\n"
    )


def bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made_of:
        made_of.writestr("[Content_Types].xml", b"<x/>")
        made_of.writestr("xl/workbook.xml", b"<workbook/>")
        made_of.writestr("xl/worksheets/sheet1.xml", b"0" * 120_000_000)
    return packed.getvalue()


def test_hostile_letters_wait_in_words_and_hold_up_no_other(cast, shop, petr, post, box, monkeypatch):
    monkeypatch.setattr("voronka.orders.services.mail.looking.MOST_BYTES", 2_000_000)
    post.letters = {
        1: nested(3_000),
        2: b"From: <a@\nSubject: =?x\nMessage-ID: <[\n\nspam \xff\xfe",
        3: b"From: petr@client-zavod.ru\nMessage-ID: <big@x>\n\n" + b"x" * 2_100_000,
        4: letter("см. файл", number=4, files=[("order.xlsx", bomb())]),
        5: b"From: petr@client-zavod.ru\nContent-Type: text/plain; charset=zlib_codec\nMessage-ID: <z@x>\n\n1",
        6: letter("Стул - 1 шт\n" * 5_000, number=6),
        7: letter(text_for(shop), number=7),
    }
    look(box)
    states = {one.message: one for one in OrderLetter.objects.all()}
    assert Order.objects.count() == 1
    assert len(states) == 7
    reasons = [set(one.reasons) for one in OrderLetter.objects.order_by("id")]
    assert reasons[0] & {"nested", "empty", "unreadable"}
    assert "large" in reasons[2]
    assert "file_unread" in reasons[3]
    assert "long" in reasons[5]
    assert reasons[6] == set()


def test_letters_that_break_us_wait_for_a_person_and_hold_up_no_other(cast, shop, petr, post, box, monkeypatch):
    usual_reading, usual_entering = looking.understand, placing.entering.enter

    def reads(read):
        if read.subject == "unreadable":
            raise ZeroDivisionError
        return usual_reading(read)

    def enters(draft, **more):
        if draft.comment == "unplaceable":
            raise ZeroDivisionError
        return usual_entering(draft, **more)

    monkeypatch.setattr(looking, "understand", reads)
    monkeypatch.setattr(placing.entering, "enter", enters)
    post.letters = {
        1: letter(text_for(shop), subject="unreadable", number=1),
        2: letter(text_for(shop), subject="unplaceable", number=2),
        3: letter(text_for(shop), number=3),
    }
    assert look(box) == 3
    assert look(box) == 0
    told = [(one.subject, one.state, one.reasons) for one in OrderLetter.objects.order_by("id")]
    assert told == [
        ("unreadable", "waiting", ["broken"]), ("unplaceable", "waiting", ["refused"]), ("Заказ", "placed", []),
    ]  # fmt: skip
    assert Notice.objects.filter(code="order_letter").values("subject_id").distinct().count() == 2


def test_too_large_a_letter_is_not_even_fetched(cast, shop, post, box, monkeypatch):
    monkeypatch.setattr("voronka.orders.services.mail.looking.MOST_BYTES", 1_000)
    post.letters = {1: b"From: a@b.test\nSubject: big\nMessage-ID: <b@x>\n\n" + b"x" * 5_000}
    look(box)
    assert only().reasons == ["large"]
    assert not any("BODY.PEEK[])" in one for one in post.asked)


def test_a_letter_beyond_the_bound_is_refused_by_its_reader():
    with pytest.raises(LetterUnreadable):
        read_letter(b"x" * (15 * 2**20 + 1))


def test_nothing_of_a_letter_stands_in_the_log(cast, shop, petr, post, box, capfd, caplog):
    post.letters = {1: letter(text_for(shop), Auto_Submitted="auto-replied"), 2: letter(text_for(shop), number=2)}
    look(box)
    said = capfd.readouterr()
    told = said.out + said.err + caplog.text
    assert "petr@client-zavod.ru" not in told
    assert "Иванов" not in told


def test_a_server_that_refuses_is_told_of_in_words(cast, shop, post):
    box = made(cast, post, password="wrong")
    look(box)
    state = MailboxState.objects.get()
    assert state.state == "failed"
    assert "AUTHENTICATIONFAILED" in state.error


def test_an_inner_server_is_not_spoken_to(cast, shop, post, settings):
    box = made(cast, post)
    settings.ALLOW_PRIVATE_WEBHOOKS = []
    look(box)
    assert MailboxState.objects.get().state == "failed"
    assert post.logins == []
    with pytest.raises(Invalid):
        made(cast, post, host="127.0.0.1", login="other")


def test_a_password_goes_to_no_other_server(cast, box):
    draft = BoxDraft(host="imap.thief.test", login="shop@ours.test")
    with pytest.raises(Invalid) as refused:
        mail.save_box(actor=cast.owner, draft=draft, now=timezone.now(), public_id=box.public_id)
    assert "password" in refused.value.fields
    assert OrderMailbox.objects.get().password == "right secret"


def test_each_round_orders_a_look_when_its_time_has_come(cast, box):
    now = timezone.now() + dt.timedelta(seconds=1)
    assert mail.companies_due(now) == [cast.company_id]
    assert mail.order_due(now=now) == 1
    assert mail.order_due(now=now) == 0
    assert mail.companies_due(now + dt.timedelta(minutes=4)) == []
    assert mail.companies_due(now + dt.timedelta(minutes=5)) == [cast.company_id]


# -- by a person --------------------


def waiting(post, box, text="Чашка большая – 2 шт", **more):
    post.letters = {1: letter(text, **more)}
    look(box)
    return only()


def test_a_person_puts_it_right_once_and_his_words_are_remembered(cast, shop, petr, post, box):
    row = waiting(post, box)
    draft = OrderDraft(client_id=petr.pk, lines=[LineDraft(Decimal(2), shop.chair.pk)])
    orders = {
        mail.place_letter(
            row.public_id, draft, actor=cast.owner, now=timezone.now(),
            named=[("Чашка большая", shop.chair.pk)],
        ).pk
        for _press in range(2)
    }  # fmt: skip
    assert len(orders) == 1
    assert Order.objects.get().channel == "mail"
    assert ClientWord.objects.get().variant_id == shop.chair.pk
    assert Message.objects.count() == 2  # that we have it, that it is an order
    post.letters[2] = letter("чашка  большая - 1 шт", number=2)
    look(box)
    assert Order.objects.count() == 2


def test_a_new_client_is_made_with_the_address_he_wrote_from(cast, shop, post, box):
    row = waiting(post, box, sender="Новый Клиент <new@client-zavod.ru>")
    draft = OrderDraft(client_id=0, lines=[LineDraft(Decimal(2), shop.chair.pk)])
    new = NewClient("Новый Клиент", email="new@client-zavod.ru", channel="mail")
    order = mail.place_letter(row.public_id, draft, actor=cast.owner, now=timezone.now(), new_client=new)
    client = Client.objects.get(pk=order.client_id)
    assert client.name == "Новый Клиент"
    assert only().client_id == client.pk
    assert Message.objects.get().address == "new@client-zavod.ru"


def test_what_is_put_aside_is_no_order_until_it_is_taken_up(cast, shop, petr, post, box):
    row = waiting(post, box, text="Стул - 1 шт\nфото 15")
    now = timezone.now()
    mail.drop_letter(actor=cast.owner, public_id=row.public_id, now=now)
    draft = OrderDraft(client_id=petr.pk, lines=[LineDraft(Decimal(2), shop.chair.pk)])
    with pytest.raises(Conflict) as refused:
        mail.place_letter(row.public_id, draft, actor=cast.owner, now=now)
    assert refused.value.code == "dropped_already"
    mail.take_up_letter(actor=cast.owner, public_id=row.public_id, now=now)
    look(box)
    assert only().state == "waiting"
    mail.place_letter(row.public_id, draft, actor=cast.owner, now=now)
    with pytest.raises(Conflict):
        mail.drop_letter(actor=cast.owner, public_id=row.public_id, now=now)


# -- on the screen --------------------


def fields_of(page):
    """Return what the form of an order on a page would send."""
    found = {}
    for name, value in re.findall(r'<input[^>]*?name="([a-z_]+)"[^>]*?value="([^"]*)"', page):
        found.setdefault(name, []).append(unescape(value))
    return found


def opened(browser, row):
    return browser.get(reverse("orders:order-new"), {"letter": row.public_id}).content.decode()


def test_one_screen_shows_the_letter_and_the_order_and_one_press_places_it(cast, shop, petr, post, box):
    row = waiting(post, box, text=f"{shop.table.code} - 2 шт\nСтулья мягкие - 3 шт")
    browser = sign_in(Client_(), cast.owner)
    assert row.subject in browser.get(reverse("orders:letters")).content.decode()
    page = opened(browser, row)
    assert "Стулья мягкие - 3 шт" in page
    assert petr.name in page
    sent = fields_of(page)
    assert sent["line_variant"] == [shop.table.public_id, ""]
    assert sent["line_quantity"] == ["2", "3"]
    refused = browser.post(reverse("orders:order-new"), sent | {"act": "place"})
    assert refused.status_code == 422
    assert not Order.objects.exists()
    chosen = browser.post(reverse("orders:order-new"), sent | {"act": f"is:1:{shop.chair.public_id}"})
    sent = fields_of(chosen.content.decode())
    assert sent["line_variant"] == [shop.table.public_id, shop.chair.public_id]
    for _press in range(2):
        placed = browser.post(reverse("orders:order-new"), sent | {"act": "place"})
        assert placed.status_code == 302
    order = Order.objects.get()
    assert (order.channel, order.client_id, order.total) == ("mail", petr.pk, Decimal("2750.00"))
    assert ClientWord.objects.get().key == "стулья мягкие"
    card = browser.get(reverse("orders:order", args=[order.public_id])).content.decode()
    assert reverse("orders:letter", args=[row.public_id]) in card
    assert browser.get(reverse("orders:order-new"), {"letter": row.public_id}).status_code == 302


def test_a_line_without_a_number_is_asked_for_it(cast, shop, petr, post, box):
    row = waiting(post, box, text=shop.table.code)
    browser = sign_in(Client_(), cast.owner)
    sent = fields_of(opened(browser, row))
    assert sent["line_quantity"] == ["?"]
    assert browser.post(reverse("orders:order-new"), sent | {"act": "place"}).status_code == 422
    sent["line_quantity"] = ["4"]
    assert browser.post(reverse("orders:order-new"), sent | {"act": "place"}).status_code == 302
    assert Order.objects.get().lines.get().quantity == 4


def test_a_stranger_becomes_a_client_by_the_same_press(cast, shop, post, box):
    row = waiting(post, box, text="Стул - 2 шт", sender="Новый Клиент <new@client-zavod.ru>")
    browser = sign_in(Client_(), cast.owner)
    sent = fields_of(opened(browser, row))
    assert (sent["is_new"], sent["new_name"]) == (["1"], ["Новый Клиент"])
    assert browser.post(reverse("orders:order-new"), sent | {"act": "place"}).status_code == 302
    made_of = Order.objects.get().client
    assert list(made_of.contacts.values_list("value", flat=True)) == ["new@client-zavod.ru"]


def test_a_letter_is_put_aside_and_taken_up_by_a_press(cast, shop, petr, post, box):
    row = waiting(post, box)
    browser = sign_in(Client_(), cast.owner)
    assert browser.post(reverse("orders:letter-act", args=[row.public_id, "drop"])).status_code == 302
    assert row.subject in browser.get(reverse("orders:letters"), {"state": "dropped"}).content.decode()
    back = browser.post(reverse("orders:letter-act", args=[row.public_id, "back"]))
    assert row.public_id in back.headers["Location"]


def test_letters_of_clients_of_others_are_out_of_reach(cast, shop, petr, post, box):
    row = waiting(post, box)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        Client.objects.filter(pk=petr.pk).update(responsible_id=cast.owner.employee_id)
    browser = sign_in(Client_(), cast.colleague)
    assert row.public_id not in browser.get(reverse("orders:letters")).content.decode()
    assert browser.get(reverse("orders:letter", args=[row.public_id])).status_code == 404
    assert browser.get(reverse("orders:order-new"), {"letter": row.public_id}).status_code == 404


def test_the_mailbox_is_set_up_on_the_screen_and_its_password_never_shown(cast, shop, post):
    browser = sign_in(Client_(), cast.owner)
    typed = {"host": "imap.mail.ru", "login": "me", "password": "hidden word", "port": "993", "minutes": "5"}
    new = reverse("orders:mailbox-new")
    assert browser.post(new, typed | {"minutes": "0"}).status_code == 422
    assert browser.post(new, typed | {"is_on": "1", "places_itself": "1"}).status_code == 302
    row = OrderMailbox.objects.get()
    assert (row.places_itself, row.answers, row.folder) == (True, False, "INBOX")
    page = browser.get(reverse("orders:mailbox", args=[row.public_id])).content.decode()
    assert "hidden word" not in page
    assert "me" in browser.get(reverse("orders:settings")).content.decode()
    act = reverse("orders:mailbox-act", args=[row.public_id, "look"])
    assert browser.post(act).status_code == 302
    assert browser.post(reverse("orders:mailbox-act", args=[row.public_id, "delete"])).status_code == 302
    assert not OrderMailbox.objects.exists()
