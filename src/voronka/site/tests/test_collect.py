"""What visitors' browsers send: taken once, by its site only, refused cheaply whatever anybody makes of it."""

import asyncio
import gzip
import json
import threading
import uuid
from datetime import UTC, datetime, timedelta

import brotli
import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from hypothesis import given, settings
from hypothesis import strategies as st

from voronka.accounts import services as staff
from voronka.accounts.testing import make_company, sign_in
from voronka.kit.errors import Denied, Invalid
from voronka.kit.live import LiveMessage, whispers
from voronka.kit.live.messages import message_names
from voronka.kit.live.wire import database_address
from voronka.kit.tenancy import company_context
from voronka.loyalty.services import referring
from voronka.loyalty.services.referral_terms import TermsDraft, save_terms
from voronka.people.testing import make_client
from voronka.site import wire
from voronka.site.models import Showing, Site, Visit, VisitEvent, Visitor
from voronka.site.rules.batches import SHAPES, BadBatch, is_bot, read_batch
from voronka.site.rules.origins import read_origins
from voronka.site.services import answering, collecting, judging, keeping, naming
from voronka.site.testing import SHOP, batch_of, make_site, make_widget
from voronka.site.tests.test_stage import call

NOW = datetime.now(UTC)
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
KNOWN = st.sampled_from([*SHAPES, "later"])
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


class Asking:
    """Asks the collector as a server does, within one loop as one process has it."""

    def __init__(self) -> None:
        self.edge = wire.Edge()

    async def ask(self, path, body=b"", *, method="POST", origin=SHOP, agent=AGENT, address="203.0.113.7", **more):
        headers = {"origin": origin, "user-agent": agent, "content-length": str(len(body)), **more}
        scope = {"type": "http", "path": path, "method": method, "client": (address, 1)}
        scope["headers"] = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        told = []

        async def receive():
            return {"type": "http.request", "body": body}

        async def send(message):
            told.append(message)

        await self.edge(scope, receive, send)
        return told[0]["status"], dict(told[0]["headers"]), told[1]["body"]

    async def send(self, batch, **more):
        status, _headers, body = await self.ask("/collect", json.dumps(batch).encode(), **more)
        return status, json.loads(body).get("code", "")

    async def close(self):
        self.edge.desk.close()
        for one in self.edge.collector.idle:
            await one.close()


def run(act):
    async def whole():
        asking = Asking()
        try:
            return await act(asking)
        finally:
            await asking.close()

    return asyncio.run(whole())


def rows(cast, model):
    with company_context(cast.company_id), transaction.atomic():
        return list(model.objects.order_by("id"))


@pytest.fixture
def cast():
    return make_company(now=NOW)


@pytest.fixture
def site(cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        return make_site(cast.owner, NOW)


@pytest.mark.django_db(transaction=True)
def test_what_happened_is_there_once_and_in_its_visit(cast, site):
    visitor = uuid.uuid4().hex
    walk = batch_of(
        site.public_id,
        {"kind": "page", "url": "/?phone=1#2", "from": "https://ya.ru/?q=1", "utm": {"source": "ya", "x": "1"}},
        {"kind": "product", "name": "Стол <script>alert(1)</script>", "code": "T-1", "price": 12400},
        {"kind": "basket", "sum": 12400.0, "currency": "RUB", "lines": [{"name": "Стол", "price": 12400, "count": 1}]},
        {"kind": "dance", "url": "/"},
        visitor=visitor, zone="Asia/Omsk", width=390, sent=1_000_000,
    )  # fmt: skip
    walk["events"][0]["at"] = 1_000_000 - 20_000

    async def act(asking):
        first = await asyncio.gather(*(asking.send(walk) for _time in range(5)))
        later = batch_of(site.public_id, {"kind": "leave", "seconds": 40, "depth": 90}, visitor=visitor)
        # A clock that is years off, and events that waited in the browser for a day: only the difference counts.
        old = batch_of(site.public_id, {"kind": "page", "url": "/old"}, visitor=visitor, sent=4e12)
        old["events"][0]["at"] = 4e12 - 86_400_000
        return first, await asking.send(later), await asking.send(old), await asking.send(walk)

    answered = run(act)
    assert answered == ([(200, "")] * 5, (200, ""), (200, ""), (200, ""))
    [who] = rows(cast, Visitor)
    assert (who.key.hex, who.is_bot) == (visitor, False)
    visit, earlier = rows(cast, Visit)
    assert (visit.events, visit.pages, visit.number) == (4, 1, 1)
    assert visit.basket["sum"] == 12400
    assert visit.product["name"].startswith("Стол <script>")
    assert visit.head == {"zone": "Asia/Omsk", "device": "computer", "width": 390, "landing": "/",
                          "from": "https://ya.ru/", "utm": {"source": "ya"}}  # fmt: skip
    assert (earlier.pages, earlier.page) == (1, {"url": "/old"})
    assert timedelta(hours=23) < visit.begun_at - earlier.begun_at < timedelta(hours=25)
    page, product, *_rest = [one for one in rows(cast, VisitEvent) if one.visit_id == visit.pk]
    assert timedelta(seconds=19) < product.at - page.at < timedelta(seconds=21)


@pytest.mark.django_db(transaction=True)
def test_a_new_visit_begins_after_half_an_hour_and_old_ones_are_dropped(cast, site):
    visitor = uuid.uuid4().hex

    async def act(asking):
        await asking.send(batch_of(site.public_id, {"kind": "page", "url": "/"}, visitor=visitor))

    run(act)
    with company_context(cast.company_id), transaction.atomic():
        ago = datetime.now(UTC) - timedelta(days=400)
        Visit.objects.update(begun_at=ago, last_at=ago)
    run(act)
    assert [one.number for one in rows(cast, Visit)] == [1, 2]
    assert keeping.companies_with_old(NOW) == [cast.company_id]
    with company_context(cast.company_id):
        assert [keeping.drop_old(now=NOW), keeping.drop_old(now=NOW)] == [1, 0]
    assert [one.number for one in rows(cast, Visit)] == [2]
    assert len(rows(cast, VisitEvent)) == len(rows(cast, Visitor)) == 1


@pytest.mark.django_db(transaction=True)
def test_open_pages_are_told_of_whoever_is_there_once_for_all_that_comes(cast, site, monkeypatch):
    monkeypatch.setattr(collecting, "TELL_SECONDS", 0.3)

    def one():
        return batch_of(site.public_id, {"kind": "page", "url": "/"})

    async def act(asking):
        async with await psycopg.AsyncConnection.connect(database_address(), autocommit=True) as listener:
            await listener.execute(f"LISTEN {whispers.CHANNEL}")
            await asking.send(one(), agent="Googlebot/2.1")
            await asyncio.gather(*(asking.send(one()) for _nr in range(30)))
            told = [notice.payload async for notice in listener.notifies(timeout=1.5)]
            await asking.send(one())
            return told, [notice.payload async for notice in listener.notifies(timeout=1.5)]

    first, later = run(act)
    assert [whispers.heard(text) for text in (*first, *later)] == [(cast.company_id, LiveMessage("visit", {}))] * 2
    assert len(first) == 1
    assert "visit" in message_names()


@pytest.mark.django_db(transaction=True)
def test_visitors_of_calls_alone_are_dropped_with_what_was_shown_to_them(cast, site, monkeypatch):
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    long, lately = NOW - timedelta(days=400), NOW - timedelta(days=10)

    def press(key, at):
        answering.answer_open(call(site, key, at, widget=widget.public_id))

    keys = [uuid.uuid4().hex for _nr in range(5)]
    with company_context(cast.company_id), transaction.atomic():
        widget = make_widget(cast.owner, site, NOW)
        for key in keys:
            press(key, long)
        press(keys[0], lately)  # he is there still
    run(lambda asking: asking.send(batch_of(site.public_id, {"kind": "page", "url": "/"}, visitor=keys[1])))
    assert keeping.companies_with_old(NOW) == [cast.company_id]
    with company_context(cast.company_id):
        assert [keeping.drop_unvisited(now=NOW) for _turn in range(3)] == [2, 2, 0]
        assert keeping.drop_old(now=NOW) == 0
        # Of those who keep coming what was shown long ago goes too, but for what holds on.
        assert keeping.companies_with_old(NOW) == [cast.company_id]
        with transaction.atomic():
            kept = Showing.objects.order_by("id")[1]
            Showing.objects.filter(pk=kept.pk).update(ends_at=lately)
        assert [keeping.drop_shown(now=NOW) for _turn in range(2)] == [1, 0]
    assert keeping.companies_with_old(NOW) == []
    assert {one.key.hex for one in rows(cast, Visitor)} == {keys[0], keys[1]}
    assert [one.offered_at for one in rows(cast, Showing)] == [long, lately]
    assert keeping.companies_with_old(lately + timedelta(days=366)) == [cast.company_id]


@pytest.mark.django_db(transaction=True)
def test_what_comes_late_is_neither_the_last_word_nor_of_the_visit_of_today(cast, site):
    visitor, minute = uuid.uuid4().hex, 60_000
    basket, page = {"kind": "basket", "sum": 1}, {"kind": "page", "url": "/1"}

    def sent(ago, *events):
        """Return a batch whose events happened so many minutes ago, however long it was on its way."""
        return batch_of(site.public_id, *events, visitor=visitor, sent=1_000_000 + ago * minute)

    async def act(asking):
        # He had no network for a moment: what he did after it is here before what he did in it.
        now = sent(1, {**page, "url": "/2"}, {**basket, "sum": 2}, {"kind": "product", "name": "Полка"})
        assert await asking.send(now) == (200, "")
        assert await asking.send(sent(5, page, basket, {"kind": "product", "name": "Стол"})) == (200, "")
        # And what he left in the browser three hours ago comes beside what he does now, and with the crowd of them.
        every = [sent(180, {"kind": "leave"}), sent(0, page), *(sent(0, {"kind": "idle"}) for _one in range(3))]
        assert set(await asyncio.gather(*map(asking.send, every))) == {(200, "")}

    run(act)
    ago, today = sorted(rows(cast, Visit), key=lambda one: one.begun_at)
    assert (ago.events, today.events, today.begun_at - ago.last_at > timedelta(hours=2)) == (1, 10, True)
    assert today.page["url"] == "/1"
    assert (today.basket["sum"], today.product["name"]) == (2, "Полка")


@pytest.mark.django_db(transaction=True)
def test_a_link_of_a_client_counts_from_when_we_were_told_of_it_whatever_moment_a_page_names(cast, site):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        save_terms(actor=cast.owner, draft=TermsDraft(is_on=True), now=NOW)
        anna = make_client(cast.owner, name="Анна")
        code = referring.make_link(actor=cast.owner, client_id=anna.pk, now=NOW)
    long_ago = 1_000_000 - 6 * 24 * 3_600_000
    came = {"kind": "page", "url": "/", "ref": code, "at": long_ago}
    run(lambda asking: asking.send(batch_of(site.public_id, came)))
    [visitor] = rows(cast, Visitor)
    assert visitor.first_at < NOW - timedelta(days=5)  # a browser without a network may tell late
    assert visitor.referral_code == code
    assert visitor.referral_at >= NOW  # else who has ordered since would be a friend, and his orders would earn


@pytest.mark.django_db(transaction=True)
def test_a_link_sent_again_is_not_of_whoever_has_the_browser_by_then(cast, site):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        save_terms(actor=cast.owner, draft=TermsDraft(is_on=True), now=NOW)
        codes = [
            referring.make_link(actor=cast.owner, client_id=make_client(cast.owner, name=name).pk, now=NOW)
            for name in ("Анна", "Борис")
        ]
    key = uuid.uuid4().hex
    came = batch_of(site.public_id, {"kind": "page", "url": "/", "ref": codes[0]}, visitor=key)
    run(lambda asking: asking.send(came))
    [first] = rows(cast, Visitor)
    with company_context(cast.company_id), transaction.atomic():
        second = naming.part(first, now=datetime.now(UTC))
    run(lambda asking: asking.send(came))  # the answer to the first one was lost
    held = {one.pk: one.referral_code for one in rows(cast, Visitor)}
    assert held == {first.pk: codes[0], second.pk: ""}

    # Who came by a link after he had said that he is another takes it along.
    signs = [{"kind": "identify", "email": f"{name}@example.com"} for name in ("olga", "igor")]
    page = {"kind": "page", "url": "/", "ref": codes[1]}
    run(lambda asking: asking.send(batch_of(site.public_id, *signs, page, visitor=uuid.uuid4().hex)))
    with company_context(cast.company_id), transaction.atomic():
        judging.judge(Visit.objects.latest("id").pk, now=datetime.now(UTC))
    olga, igor = rows(cast, Visitor)[2:]
    assert (olga.referral_code, igor.referral_code) == ("", codes[1])
    assert igor.referral_at is not None


@pytest.mark.django_db(transaction=True)
def test_who_is_back_while_his_old_visits_are_dropped_loses_nothing(cast, site):
    visitor = uuid.uuid4().hex
    run(lambda asking: asking.send(batch_of(site.public_id, {"kind": "page", "url": "/"}, visitor=visitor)))
    with company_context(cast.company_id), transaction.atomic():
        ago = datetime.now(UTC) - timedelta(days=400)
        Visit.objects.update(begun_at=ago, last_at=ago)
    moment = datetime.now(UTC).timestamp()
    came = [{"s": site.pk, "v": visitor, "p": "222222222222", "m": False, "f": moment, "l": moment, "h": {}}]
    event = [{"b": 1, "k": uuid.uuid4().hex, "n": "page", "a": moment, "d": {"url": "/back"}}]
    told = []

    def drop():
        try:
            with company_context(cast.company_id):
                told.append(keeping.drop_old(now=NOW))
        except BaseException as error:
            told.append(error)
        finally:
            connection.close()

    with psycopg.connect(database_address()) as collector:
        collector.execute("SELECT set_config('app.company_id', %s, true)", [str(cast.company_id)])
        sent = [cast.company_id, json.dumps(came), json.dumps(event)]
        collector.execute("SELECT site_collect(%s, %s, %s)", sent)
        dropping = threading.Thread(target=drop)
        dropping.start()
        dropping.join(1)  # it waits for the visitor, or has gone too far already
    dropping.join(30)
    assert told == [1]
    assert [one.about for one in rows(cast, VisitEvent)] == [{"url": "/back"}]


@pytest.mark.django_db(transaction=True)
def test_a_company_without_the_module_takes_nothing_and_a_name_that_was_said_is_not_shown(cast, site):
    page, who = {"kind": "page", "url": "/"}, {"kind": "identify", "email": "anna@example.com", "name": "Анна Орлова"}
    run(lambda asking: asking.send(batch_of(site.public_id, page, who)))
    browser = sign_in(Browser(), cast.owner)
    shown = browser.get(f"/sites/{site.public_id}/").content.decode()
    assert "Посетитель назвал себя" in shown
    assert not [one for one in ("Орлова", "anna@") if one in shown]
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        staff.switch_modules(actor=cast.owner, off=["site"])

    async def act(asking):
        assert await asking.send(batch_of(site.public_id, page)) == (403, "off")
        assert b'"on":false' in (await asking.ask(f"/w/{site.public_id}.json", method="GET"))[2]

    run(act)
    assert browser.get("/sites/").status_code == 404
    assert len(rows(cast, VisitEvent)) == 2


@pytest.mark.django_db(transaction=True)
def test_what_is_not_to_be_taken_is_refused_and_leaves_nothing(cast, site):
    stranger = make_company(name="Чужие", now=NOW)
    with company_context(stranger.company_id, employee_id=stranger.owner.employee_id), transaction.atomic():
        foreign = make_site(stranger.owner, NOW, origins="https://other.example")
        off = make_site(stranger.owner, NOW, name="Off", is_on=False)
        asks = make_site(stranger.owner, NOW, name="Asks", asks_consent=True)
    page = {"kind": "page", "url": "/"}
    good = batch_of(site.public_id, page)
    cases = [
        (batch_of("22222222222a", page), {}, (404, "site")),
        (batch_of("no such id", page), {}, (404, "site")),
        (batch_of(foreign.public_id, page), {}, (404, "site")),
        (good, {"origin": "https://evil.example"}, (404, "site")),
        (good, {"origin": "null"}, (404, "site")),
        (good, {"origin": ""}, (404, "site")),
        (good, {"sec_gpc": "1"}, (403, "privacy")),
        (batch_of(off.public_id, page), {}, (403, "off")),
        (batch_of(asks.public_id, page), {}, (403, "consent")),
        (good | {"visitor": "1"}, {}, (400, "key")),
        (good | {"events": []}, {}, (400, "events")),
        (good | {"events": [{**good["events"][0], "id": 5}]}, {}, (400, "key")),
        ([1], {}, (400, "shape")),
    ]
    bodies = [
        (b"[" * 60_000, 400), (b"{", 400), (b"\xff\xfe", 400), (b'{"a":NaN}', 400), (b"1" * 5_000, 400),
        (b"x" * 65_537, 413), (b"", 400),
    ]  # fmt: skip

    async def act(asking):
        for number, (batch, more, wanted) in enumerate(cases):
            assert await asking.send(batch, address=f"203.0.113.{number}", **more) == wanted, (batch, more)
        for body, wanted in bodies:
            assert (await asking.ask("/collect", body))[0] == wanted, body[:20]
        assert (await asking.ask("/collect", method="GET"))[0] == 404
        assert (await asking.send(batch_of(asks.public_id, page, consent=True))) == (200, "")
        # A flood of one address: nothing of it is asked of the database, others are taken.
        codes = [(await asking.send(good, origin="https://evil.example"))[0] for _time in range(150)]
        assert set(codes) == {404, 429}
        assert await asking.send(good, address="198.51.100.1") == (200, "")

    run(act)
    assert len(rows(cast, VisitEvent)) == 1
    assert len(rows(stranger, VisitEvent)) == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_into_forms_is_kept_only_where_the_owner_allows_it(cast, site):
    form = {"kind": "form", "fields": ["tel"], "phone": "+79130000000", "name": "call"}
    bot = "Mozilla/5.0 (compatible; Googlebot/2.1)"

    async def act(asking):
        await asking.send(batch_of(site.public_id, form))
        await asking.send(batch_of(site.public_id, form), agent=bot)

    run(act)
    with company_context(cast.company_id), transaction.atomic():
        Site.objects.update(takes_contacts=True)
    run(act)
    said = [one.about.get("phone") for one in rows(cast, VisitEvent)]
    assert said == [None, None, "+79130000000", "+79130000000"]
    assert [one.is_bot for one in rows(cast, Visitor)] == [False, True, False, True]


@pytest.mark.django_db(transaction=True)
def test_an_answer_means_committed(cast, site, monkeypatch):
    """While the database does not take it nobody is told that it was taken; the browser keeps it and comes again."""
    visitor, batch = uuid.uuid4().hex, batch_of(site.public_id, {"kind": "page", "url": "/"})

    async def act(asking):
        monkeypatch.setattr("voronka.site.services.collecting.database_address", lambda: "host=127.0.0.1 port=1")
        assert await asking.send(batch) == (503, "busy")
        monkeypatch.undo()
        assert await asking.send(batch_of(site.public_id, {"kind": "page"}, visitor=visitor)) == (200, "")
        for one in asking.edge.collector.idle:  # the server ends our sessions: a restart of the database
            with pytest.raises(psycopg.OperationalError):
                await one.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        answers = {await asking.send(batch) for _time in range(5)}
        assert (200, "") in answers <= {(200, ""), (503, "busy")}

    run(act)
    assert len(rows(cast, VisitEvent)) == 2


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_breaks_the_writer_is_refused_and_keeps_nobody_waiting(cast, site, monkeypatch):
    usual, broken = collecting.as_documents, uuid.uuid4().hex

    def breaks(group):
        if any(one.batch.visitor == broken for one in group):
            raise ZeroDivisionError
        return usual(group)

    monkeypatch.setattr(collecting, "as_documents", breaks)

    async def act(asking):
        sent = [asking.send(batch_of(site.public_id, {"kind": "page", "url": "/"}, visitor=one))
                for one in (broken, uuid.uuid4().hex, broken)]  # fmt: skip
        return await asyncio.wait_for(asyncio.gather(*sent), 10)

    assert run(act) == [(503, "busy"), (200, ""), (503, "busy")]
    assert len(rows(cast, VisitEvent)) == 1


def test_the_script_is_small_and_told_by_its_mark():
    built = wire.BUILT.read_bytes()
    assert len(gzip.compress(built, 9)) <= 12 * 1024, "the core is over 12 KB"
    tracker = wire.BUILT.with_name("tracker.js").read_bytes()
    assert len(gzip.compress(tracker, 9)) <= 3 * 1024, "the tracker is over 3 KB"
    assert not [one for one in (b"eval(", b"Function(") if one in built], "a strict CSP forbids them"

    async def act(asking):
        status, headers, body = await asking.ask("/w.js", method="GET", accept_encoding="gzip, br")
        assert (status, brotli.decompress(body)) == (200, built)
        mark = headers[b"etag"].decode()
        assert (await asking.ask("/w.js", method="GET", accept_encoding="gzip, br", if_none_match=mark))[0] == 304
        assert (await asking.ask("/w.js", method="GET"))[2] == built
        assert (await asking.ask("/w.js", method="HEAD"))[2] == b""

    run(act)


@settings(max_examples=120)
@given(
    st.dictionaries(st.sampled_from(["site", "visitor", "events", "sent", "zone", "width", "x"]), PLAIN), st.data()
)
def test_no_batch_breaks_the_reader_and_what_is_read_can_be_written(batch, data):
    event = st.dictionaries(st.sampled_from([name for shape in SHAPES.values() for name in shape]), PLAIN, max_size=6)
    if data.draw(st.booleans()):
        events = data.draw(st.lists(event, min_size=1, max_size=3))
        batch |= {"site": "2" * 12, "visitor": "a" * 32}
        batch["events"] = [one | {"id": "b" * 32, "kind": data.draw(KNOWN), "at": data.draw(PLAIN)} for one in events]
    try:
        found = read_batch(json.dumps(batch).encode())
    except BadBatch:
        return
    for one in found.events:
        assert one.kind in SHAPES
        assert 0 <= one.ago <= 7 * 86_400
        text = json.dumps(one.about, allow_nan=False, ensure_ascii=False)
        assert not [sign for sign in ("\0", "\\u0000") if sign in text]
        assert text.encode()


def test_machines_and_addresses_are_known():
    phone = "Mozilla/5.0 (Linux; Android 14; CUBOT X20) Mobile Safari/537.36"
    said = ["", "Mozilla/5.0 (compatible; YandexBot/3.0)", "curl/8.0", AGENT, phone]
    assert [is_bot(one) for one in said] == [True, True, True, False, False]
    said = "shop.ru, https://Лавка.рф/page?x=1\nhttp://localhost:8080 https://shop.ru:443\nftp://a.ru https://a..b"
    found, wrong = read_origins(said)
    assert found == ["https://shop.ru", "https://xn--80aaf6ac.xn--p1ai", "http://localhost:8080"]
    assert wrong == ["ftp://a.ru", "https://a..b"]


@pytest.mark.django_db(transaction=True)
def test_only_those_who_may_set_sites_up(cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        with pytest.raises(Invalid) as refused:
            make_site(cast.owner, NOW, name="", origins="a b", keep_days=0)
        assert set(refused.value.fields) == {"name", "keep_days"}
        with pytest.raises(Denied):
            make_site(cast.colleague, NOW)
        assert not Site.objects.exists()
