"""Price lists that come by themselves, from real peers on this machine: a folder, an HTTP server, a mailbox."""

import datetime as dt
import ssl
import threading
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from voronka.accounts.models import Notice
from voronka.accounts.testing import sign_in
from voronka.catalogue.models import PriceLoad, PriceSource, RefusedList, SeenLetter, SourceState
from voronka.catalogue.services import lists, sources
from voronka.catalogue.services.sources import SourceDraft
from voronka.catalogue.services.sources.fetching import folder_of
from voronka.catalogue.testing import make_kind, make_supplier
from voronka.kit import files
from voronka.kit.errors import Denied, Invalid
from voronka.kit.models import StoredFile
from voronka.kit.tenancy import company_context
from voronka.kit.testing import post_office

pytestmark = pytest.mark.django_db
LIST = "Код;Наименование;Цена\n101;Стул «Брусок»;6200\n102;Стул «Норд»;3100\n".encode()
OTHER = LIST + "103;Стол «Линия»;9900\n".encode()


# -- peers ----------------------------------------------------------------------------------------------------------


class Site(ThreadingHTTPServer):
    """Gives `body` with its sign, 304 to whoever has it; `asked` are the heads of requests."""

    def __init__(self):
        self.body, self.status, self.asked, self.sign = LIST, 200, [], ""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/price.csv"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append({name.lower(): value for name, value in self.headers.items()})
        sign = self.server.sign or f'"{len(self.server.body)}"'
        has_it = self.headers.get("If-None-Match") == sign
        self.send_response(304 if has_it else self.server.status)
        self.send_header("ETag", sign)
        self.send_header("Content-Length", "0" if has_it else str(len(self.server.body)))
        self.end_headers()
        if not has_it:
            self.wfile.write(self.server.body)

    def log_message(self, *_args):
        pass


def letter(
    sender="Прайс <price@supplier.test>", subject="Прайс-лист на сегодня", body=LIST, name="прайс.csv", number=1
):
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = sender, subject, f"<{number}@supplier.test>"
    message.set_content("Во вложении прайс.")
    message.add_attachment(body, maintype="text", subtype="csv", filename=name)
    message.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="virus.exe")
    return bytes(message)


@pytest.fixture
def site():
    server = Site()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def post(tmp_path, monkeypatch):
    with post_office(tmp_path) as (server, trusted):
        monkeypatch.setattr("voronka.kit.imap.public_trust", lambda: trusted)
        yield server


@pytest.fixture
def open_inside(settings, tmp_path):
    """Let the installation speak to this machine; keep its folder apart."""
    settings.ALLOW_PRIVATE_WEBHOOKS = ["127.0.0.0/8", "::1/128"]


# -- looking --------------------------------------------------------------------------------------------------------


def made(cast, supplier, **more):
    return sources.save_source(
        actor=cast.owner, supplier=supplier.public_id, draft=SourceDraft(**more), now=timezone.now()
    )


def look(source):
    sources.look(source.pk, now=timezone.now())
    return SourceState.objects.get(source=source)


@pytest.fixture
def supplier(inside):
    make_kind()
    return make_supplier()


def test_a_list_at_an_address_is_loaded_once_and_again_when_it_differs(inside, supplier, site, open_inside):
    source = made(inside, supplier, kind="url", url=site.url)
    assert look(source).state == "loaded"
    load = PriceLoad.objects.get()
    assert (load.state, load.by_id, load.file.name) == ("asked", None, "price.csv")
    assert [one.code for one in Notice.objects.all()] == ["price_list"]
    assert look(source).state == "same"
    assert site.asked[1]["if-none-match"] == f'"{len(LIST)}"'
    columns = {at[0]: kind for kind, at in load.layout["columns"].items()}
    lists.confirm_layout(actor=inside.owner, public_id=load.public_id, columns=columns, now=timezone.now())
    site.body = OTHER
    state = look(source)
    assert (state.state, state.load.state) == ("loaded", "waiting")
    assert PriceLoad.objects.count() == 2


def test_what_is_the_same_without_a_sign_is_known_by_its_content(inside, supplier, site, open_inside):
    source = made(inside, supplier, kind="url", url=site.url)
    look(source)
    SourceState.objects.update(etag="", modified="")
    assert look(source).state == "same"
    assert PriceLoad.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "body", "words"), [(404, b"", "404"), (200, b"no list", "price.csv"), (302, b"", "302")]
)
def test_what_is_no_list_is_told_in_words_and_by_the_bell(inside, supplier, site, open_inside, status, body, words):
    source = made(inside, supplier, kind="url", url=site.url)
    site.status, site.body = status, body
    state = look(source)
    assert state.state == "failed"
    assert words in state.error
    assert [one.code for one in Notice.objects.all()] == ["price_source"]
    look(source)
    assert Notice.objects.count() == 1
    site.status, site.body = 200, LIST
    assert look(source).state == "loaded"


def test_a_list_that_was_refused_is_tried_and_told_of_again(inside, supplier, site, open_inside):
    source = made(inside, supplier, kind="url", url=site.url)
    site.body = b"no list"
    for _night in range(2):
        state = look(source)
        assert (state.state, state.digest, state.etag) == ("failed", "", "")
        assert "price.csv" in state.error


def test_a_sign_that_cannot_be_sent_back_is_not_kept(inside, supplier, site, open_inside):
    source = made(inside, supplier, kind="url", url=site.url)
    site.sign = '"v\xe9"'
    assert look(source).state == "loaded"
    assert look(source).state == "same"


def test_an_inner_address_is_not_spoken_to(inside, supplier, site):
    source = made(inside, supplier, kind="url", url=site.url.replace("127.0.0.1", "localhost"))
    state = look(source)
    assert state.state == "failed"
    assert site.asked == []
    with pytest.raises(Invalid):
        made(inside, supplier, kind="url", url=site.url)
    with pytest.raises(Invalid):
        made(inside, supplier, kind="mail", host="127.0.0.1", login="a", password="b", sender="c")
    assert PriceSource.objects.count() == 1


def test_the_newest_file_of_a_folder_is_taken_and_links_lead_nowhere(inside, supplier, tmp_path):
    source = made(inside, supplier, kind="folder", pattern="price*.csv")
    assert look(source).state == "failed"
    folder = folder_of(inside.company_id)
    folder.mkdir(parents=True)
    (tmp_path / "secret.csv").write_bytes(OTHER)
    (folder / "price-link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "other.csv").write_bytes(OTHER)
    assert "price*" not in look(source).error
    assert not PriceLoad.objects.exists()
    (folder / "PRICE-1.CSV").write_bytes(LIST)
    assert look(source).state == "loaded"
    assert look(source).state == "same"
    assert PriceLoad.objects.get().file.name == "PRICE-1.CSV"
    with pytest.raises(Invalid):
        made(inside, supplier, kind="folder", pattern="../*.csv")


def mail(cast, supplier, post, **more):
    usual = {"kind": "mail", "host": "localhost", "port": post.port, "login": "me", "password": "right secret"}
    return made(cast, supplier, **usual | {"sender": "price@supplier.test", "subject": "прайс"} | more)


def test_letters_of_the_supplier_are_taken_once_and_others_left(inside, supplier, post, open_inside):
    post.letters = {
        1: letter(sender="spam@bad.test", number=7),
        2: letter(subject="Счёт на оплату", number=8),
        3: letter(number=9),
    }
    source = mail(inside, supplier, post)
    assert look(source).state == "loaded"
    assert PriceLoad.objects.get().file.name == "прайс.csv"
    assert post.seen == {3}
    assert look(source).state == "nothing"
    post.seen.clear()  # somebody marked it unseen: its id is remembered
    assert look(source).state == "nothing"
    post.letters[4] = letter(number=10)  # the same list again
    assert look(source).state == "same"
    post.letters[5] = letter(number=11, body=OTHER)
    assert look(source).state == "loaded"
    assert PriceLoad.objects.count() == 2
    assert SeenLetter.objects.count() == 3


def test_a_letter_with_a_bad_file_stays_on_the_page_until_it_is_tried_with_luck_or_put_aside(
    cast, post, open_inside, monkeypatch
):
    post.letters = {3: letter(number=3, body=b"no list", name="bad.csv")}
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        make_kind()
        supplier = make_supplier()
        source = mail(cast, supplier, post)
        assert look(source).state == "failed"
        assert look(source).state == "nothing", "the letter itself counts as seen"
        post.letters[4] = letter(number=4, body=b"no list", name="bad.csv")
        look(source)
        refused = RefusedList.objects.get()  # the same file is kept once
    browser = sign_in(Client(), cast.owner)
    page = reverse("catalogue:supply-supplier", args=[supplier.public_id])
    act = reverse("catalogue:refused-act", args=[refused.public_id])
    assert "bad.csv" in browser.get(page).content.decode()
    assert browser.post(act, {"act": "again"})["Location"] == page
    assert "bad.csv" in browser.get(page).content.decode()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        assert not PriceLoad.objects.exists()
        with files.local_path(refused.file) as path:
            path.write_bytes(LIST)  # as a version that reads more would see it
    assert "/suppliers/" not in browser.post(act, {"act": "again"})["Location"]
    assert act not in browser.get(page).content.decode()
    assert browser.post(act, {"act": "again"}).status_code == 404
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        assert PriceLoad.objects.get().file.name == "bad.csv"
        assert not RefusedList.objects.exists()
        assert (SourceState.objects.get().state, SourceState.objects.get().error) == ("loaded", "")
        post.letters[5] = letter(number=5, body=b"nothing", name="worse.csv")
        look(source)
        worse = RefusedList.objects.get()
        with company_context(cast.company_id, employee_id=cast.colleague.employee_id), pytest.raises(Denied):
            sources.put_aside(actor=cast.colleague, public_id=worse.public_id)
    browser.post(reverse("catalogue:refused-act", args=[worse.public_id]), {"act": "drop"})
    assert "worse.csv" not in browser.get(page).content.decode()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        assert not StoredFile.objects.filter(name="worse.csv").exists()


def test_letters_that_keep_to_no_standard_hold_up_no_other(inside, supplier, post, open_inside):
    strange = letter(number=9).replace(b"Message-ID: <9@supplier.test>", b"Message-ID: <>")
    named = letter(number=10, body=OTHER, name="x.csv").replace(b'filename="x.csv"', b'filename="\xd0x.csv"')
    post.letters = {
        1: b"From: <a@\nSubject: =?x\nMessage-ID: <[\n\nspam",
        2: strange,
        3: letter(number=3).replace(b"Content-Type: text/csv", b"Content-Type: text/csv; a*0*"),
        4: named,
    }
    assert look(mail(inside, supplier, post)).state == "loaded"
    assert post.seen >= {2, 4}
    assert PriceLoad.objects.count() == 2


def test_the_newest_letters_are_seen_behind_many_others(inside, supplier, post, open_inside, monkeypatch):
    monkeypatch.setattr("voronka.kit.imap.MOST_LETTERS", 3)
    post.letters = {number: letter(sender="other@bad.test", number=number) for number in range(1, 6)}
    post.letters[6] = letter(number=6)
    assert look(mail(inside, supplier, post)).state == "loaded"
    assert post.seen == {6}


@pytest.mark.parametrize("answer", [b"* 1 FETCH (UID 3 BODY[] {99999999999}\r\n", b"* OK more\r\n" * 20_000])
def test_an_answer_without_end_is_cut(inside, supplier, post, open_inside, monkeypatch, answer):
    monkeypatch.setattr("voronka.kit.imap.MOST_ANSWER", 100_000)
    post.letters = {3: letter()}
    told = post._answer
    monkeypatch.setattr(post, "_answer", lambda command: answer if "BODY.PEEK[])" in command else told(command))
    assert look(mail(inside, supplier, post)).state == "failed"


def test_a_server_that_drips_is_left(inside, supplier, post, open_inside, monkeypatch):
    monkeypatch.setattr("voronka.kit.imap.MOST_SECONDS", -1.0)
    assert look(mail(inside, supplier, post)).state == "failed"
    assert post.logins == []


def test_logins_and_passwords_go_whole_and_break_out_of_nothing(inside, supplier, post, open_inside):
    look(mail(inside, supplier, post, login='дом\\я "1"', password='пар"оль'))
    assert post.logins == ['LOGIN "дом\\\\я \\"1\\"" "пар\\"оль"']
    with pytest.raises(Invalid):
        mail(inside, supplier, post, password="a\r\nx LOGOUT")


def test_a_wrong_password_and_a_false_certificate_are_told(inside, supplier, post, open_inside, monkeypatch):
    state = look(mail(inside, supplier, post, password="wrong"))
    assert "AUTHENTICATIONFAILED" in state.error
    source = mail(inside, supplier, post, subject="другой")
    monkeypatch.setattr("voronka.kit.imap.public_trust", ssl.create_default_context)
    before = len(post.logins)
    assert look(source).state == "failed"
    assert len(post.logins) == before


def test_a_password_goes_to_no_other_server(inside, supplier, post, open_inside):
    source = mail(inside, supplier, post)
    usual = {"kind": "mail", "port": post.port, "login": "me", "sender": "a@b.test"}

    def save(host):
        sources.save_source(
            actor=inside.owner, public_id=source.public_id, draft=SourceDraft(**usual, host=host), now=timezone.now()
        )

    save("localhost")
    assert PriceSource.objects.get().password == "right secret"
    with pytest.raises(Invalid) as refused:
        save("imap.thief.test")
    assert "password" in refused.value.fields


def test_each_night_orders_a_look_at_the_hour_of_the_company(inside, supplier):
    evening = dt.datetime(2026, 11, 2, 18, 0, tzinfo=dt.UTC)  # 21:00 in Moscow
    source = sources.save_source(
        actor=inside.owner, supplier=supplier.public_id, draft=SourceDraft(kind="folder", hour=4), now=evening
    )
    due = dt.datetime(2026, 11, 3, 1, 0, tzinfo=dt.UTC)
    assert SourceState.objects.get().next_at == due
    assert sources.companies_due(due - dt.timedelta(seconds=1)) == []
    assert sources.companies_due(due) == [inside.company_id]
    assert sources.order_due(now=due) == 1
    assert sources.order_due(now=due) == 0
    assert SourceState.objects.get().next_at == due + dt.timedelta(days=1)
    off = SourceDraft(kind="folder", is_on=False)
    sources.save_source(actor=inside.owner, public_id=source.public_id, draft=off, now=due)
    assert sources.companies_due(due + dt.timedelta(days=9)) == []


def test_sources_are_made_looked_into_and_taken_away_on_the_screen(cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        supplier = make_supplier()
    browser = sign_in(Client(), cast.owner)
    new = reverse("catalogue:source-new", args=[supplier.public_id, "mail"])
    assert browser.get(new).status_code == 200
    typed = {
        "host": "imap.mail.test",
        "port": "993",
        "login": "me",
        "password": "hidden word",
        "sender": "a@b.test",
        "hour": "3",
        "is_on": "on",
    }
    assert browser.post(new, typed | {"hour": "25"}).status_code == 422
    assert browser.post(new, typed).status_code == 302
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        source = PriceSource.objects.get()
    page = browser.get(reverse("catalogue:supply-supplier", args=[supplier.public_id])).content.decode()
    assert "a@b.test" in page
    edit = reverse("catalogue:source", args=[source.public_id])
    assert "hidden word" not in browser.get(edit).content.decode()
    act = reverse("catalogue:source-act", args=[source.public_id])
    assert browser.post(act, {"act": "look"}).status_code == 302
    assert browser.post(act, {"act": "delete"}).status_code == 302
    assert browser.get(edit).status_code == 404
    with company_context(cast.company_id, employee_id=cast.colleague.employee_id), pytest.raises(Denied):
        sources.get_source(cast.colleague, source.public_id)
