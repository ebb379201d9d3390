"""The chat as pages of other sites reach it: the key opens one talk of one company, whatever else is tried."""

import asyncio
import base64
import gzip
import json
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from voronka.accounts.testing import make_company
from voronka.flows.testing import hear as flow_hear
from voronka.kit import live
from voronka.kit.live import tickets, whispers
from voronka.kit.live.messages import LiveMessage
from voronka.kit.tenancy import company_context
from voronka.messaging import stakes
from voronka.messaging.models import Talk, TalkLine
from voronka.messaging.services import chat
from voronka.people.testing import make_client
from voronka.site import wire
from voronka.site.models import Visit, Visitor
from voronka.site.services import naming
from voronka.site.services.chatting import SiteChatDraft, reference, save_site_chat
from voronka.site.testing import SHOP, make_site
from voronka.site.tests.test_collect import run
from voronka.work import services as work
from voronka.work.services import Hours

NOW = datetime.now(UTC)
VISITOR = "0123456789abcdef0123456789abcdef"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def shop_of(name, origin):
    """Return a company with a site that has the chat."""
    cast = make_company(name=name, now=NOW)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        work.set_week(actor=cast.owner, employee_id=None, week=[Hours(0, 1439)] * 7, lunch=None)
        chat.save_chat(actor=cast.owner, draft=chat.ChatDraft(is_on=True))
        site = make_site(cast.owner, NOW, origins=origin)
        draft = SiteChatDraft(is_on=True, colour="#AA3300")
        save_site_chat(actor=cast.owner, public_id=site.public_id, draft=draft, now=NOW)
    return cast, site


async def say(asking, site, name, *, file=None, visitor=VISITOR, origin=SHOP, **about):
    said = {
        "site": site.public_id,
        "visitor": visitor,
        "language": "en",
        "zone": "Asia/Yekaterinburg",
        "about": about,
    }
    body = json.dumps(said).encode() + (b"" if file is None else b"\n" + file)
    path = f"/w/{'call' if file is None else 'file'}/chat.{name}"
    status, headers, body = await asking.ask(path, body, origin=origin, address=uuid.uuid4().hex[:8])
    assert headers.get(b"access-control-allow-origin", b"") == origin.encode()
    return status, json.loads(body) if headers[b"content-type"] == b"application/json" else body


def message(text="Есть?", **more):
    return {"id": str(uuid.uuid4()), "text": text, **more}


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


@pytest.mark.django_db(transaction=True)
def test_the_key_opens_its_own_talk_and_nothing_else():
    cast, site = shop_of("Ладная кухня", SHOP)
    _stranger, foreign = shop_of("Чужие", "https://other.example")
    there = {"origin": "https://other.example"}

    async def act(asking):
        assert (await say(asking, site, "open"))[1]["lines"] == []
        first = message("Есть? <script>alert(1)</script>")
        status, began = await say(asking, site, "write", **first)
        key = began["token"]
        assert (status, [one["parts"] for one in began["lines"]]) == (200, [[["Есть? <script>alert(1)</script>"]]])
        # Sent again, with and without the key, it is there once.
        assert (await say(asking, site, "write", **first))[1]["token"] == key
        assert len((await say(asking, site, "write", key=key, **first))[1]["lines"]) == 1
        _status, other = await say(asking, foreign, "write", **message(), **there)
        gone = (404, "talk_gone")
        forged = key[:-1] + ("0" if key[-1] != "0" else "1")
        left = message(contact="a@b.ru", consent=True)
        for wrong in (forged, other["token"], "x", key + "0", f"{key}\u00e9"):
            for name in ("open", "lines", "write", "typing", "rate", "fetch", "leave"):
                status, told = await say(asking, site, name, key=wrong, **left)
                assert (status, told["code"]) == gone, (name, wrong)
        # The right key from a page of another company's site, or for its site.
        assert (await say(asking, foreign, "lines", key=key, **there))[1]["code"] == "talk_gone"
        status, told = await say(asking, site, "lines", key=key, **there)
        assert (status, told) == (404, {"code": "site"})
        # What is left when nobody is there: a request, once; without consent, and by a machine, none.
        left = {**message("Перезвоните"), "contact": "petr@ladnaya-kuhnya.ru", "consent": True, "page": "/"}
        body = {"site": site.public_id, "about": {**left, "name": "Пётр"}}
        got = [await asking.ask("/w/call/chat.leave", json.dumps(body).encode()) for _time in range(2)]
        assert [(one[0], one[2]) for one in got] == [(200, b"{}")] * 2
        # A look by the visitor's key alone opens nothing that he wrote.
        assert (await say(asking, site, "open"))[1]["token"] == ""
        # Looks of nonsense break nothing.
        for odd in (-5, 10**11, 2.5, None, "1", True):
            assert (await say(asking, site, "lines", key=key, after=odd, seen=odd))[0] == 200
        assert (await say(asking, site, "write", key=key, id="no", text="x"))[0] == 422
        assert (await say(asking, site, "rate", key=key, rating=5))[1]["code"] == "not_ended"
        return key

    key = run(act)
    with company_context(cast.company_id), transaction.atomic():
        talk = Talk.objects.get()
        assert (talk.visitor, talk.language) == (reference(site.pk, VISITOR), "en")
        assert TalkLine.objects.filter(by="visitor").count() == 1
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        # A card merged and erased takes its talk along; what the talk knew of the browser is gone.
        chat.make_client(actor=cast.owner, public_id=talk.public_id, now=NOW)
        stakes.erase([Talk.objects.get().client_id])
        assert Talk.objects.get().visitor == ""
    assert key


@pytest.mark.django_db(transaction=True)
def test_files_are_taken_within_bounds_and_are_what_they_are(monkeypatch):
    cast, site = shop_of("Ладная кухня", SHOP)

    async def act(asking):
        sent = message("", name_of_file="стол.png")
        status, came = await say(asking, site, "file", file=PNG, **sent)
        key, [line] = came["token"], came["lines"]
        assert (status, line["file"]["picture"]) == (200, True)
        assert len((await say(asking, site, "file", file=PNG, key=key, **sent))[1]["lines"]) == 1
        got = await asking.ask(
            "/w/call/chat.fetch",
            json.dumps({"site": site.public_id, "about": {"key": key, "file": line["file"]["id"]}}).encode(),
        )
        assert (got[0], got[2], got[1][b"content-type"]) == (200, PNG, b"application/octet-stream")
        assert got[1][b"x-content-type-options"] == b"nosniff"
        for name, body in (
            ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
            ("a.pdf", b"<!doctype html><script>1</script>"),
            ("a.exe", b"MZ\x90\x00" + b"0" * 99),
            ("a.png", b""),
        ):
            status, told = await say(asking, site, "file", file=body, key=key, **message("", name_of_file=name))
            assert (status, "file" in told["fields"]) == (422, True), name
        # Longer than it may be: by its own word, and by what comes; no head; a foreign page; no place.
        path, head = "/w/file/chat.file", json.dumps({"site": site.public_id, "about": message("")}).encode()
        assert (await asking.ask(path, b"x", content_length=str(11 * 1024 * 1024)))[0] == 413
        assert (await asking.ask(path, head + b"\n" + b"0" * (10 * 1024 * 1024 + 20_000), content_length="9"))[
            0
        ] == 413
        assert (await asking.ask(path, b"0" * 20_000))[0] == 400
        assert (await asking.ask(path, head))[0] == 400
        assert (await asking.ask(path, b"{}\n"))[0] in (400, 404)
        assert (await asking.ask(path, head + b"\n" + PNG, origin="https://foreign.example"))[0] == 404
        assert (await asking.ask("/w/call/chat.file", head))[0] == 404
        assert (await asking.ask("/w/file/chat.write", head + b"\n"))[0] == 404
        asking.edge.heavy = wire.HEAVY
        assert (await asking.ask(path, head + b"\n" + PNG))[0] == 503
        asking.edge.heavy = 0
        # Each file counts for many asks of its address.
        many = [(await asking.ask(path, b"x", address="198.51.100.9"))[0] for _time in range(70)]
        assert many[-1] == 429
        assert asking.edge.heavy == 0

    run(act)
    with company_context(cast.company_id), transaction.atomic():
        assert TalkLine.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_site_without_the_chat_tells_nothing_of_it_and_a_flood_is_told_to_wait():
    cast, site = shop_of("Ладная кухня", SHOP)

    async def told(asking):
        asking.edge.known.forget()
        _status, _headers, body = await asking.ask(f"/w/{site.public_id}.json", method="GET")
        return json.loads(body)["parts"].get("chat")

    async def on(asking):
        said = await told(asking)
        assert (said["asked"], said["colour"], said["words"]["ru"]["open"]) == (True, "#aa3300", "Открыть чат")
        body = json.dumps({"site": site.public_id, "about": {"text": "да"}}).encode()
        codes = []
        for _time in range(45):
            one = {**json.loads(body), "about": message("да")}
            codes.append((await asking.ask("/w/call/chat.write", json.dumps(one).encode()))[0])
        assert codes[0] == 200
        assert codes[-1] == 429

    async def off(asking):
        assert await told(asking) is None

    async def is_off(asking):
        await off(asking)
        assert (await say(asking, site, "open"))[1]["code"] == "chat_off"
        assert (await say(asking, site, "write", **message()))[1]["code"] == "chat_off"

    run(on)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        save_site_chat(actor=cast.owner, public_id=site.public_id, draft=SiteChatDraft(is_on=False), now=NOW)
    run(off)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        save_site_chat(actor=cast.owner, public_id=site.public_id, draft=SiteChatDraft(is_on=True), now=NOW)
        chat.save_chat(actor=cast.owner, draft=chat.ChatDraft(is_on=False))
    run(is_off)


@pytest.mark.django_db(transaction=True)
def test_the_stream_is_open_to_the_pages_of_its_site_alone():
    cast, site = shop_of("Ладная кухня", SHOP)

    async def listen(ticket, origin):
        """Open a stream; return its status and headers, and what it says of a whisper."""
        told, gone = [], asyncio.Event()
        scope = {"type": "http", "path": "/live", "method": "GET", "query_string": f"ticket={quote(ticket)}".encode()}
        scope["headers"] = [(b"origin", origin.encode())]

        async def receive():
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            told.append(message)

        stream = asyncio.create_task(live.app(scope, receive, send))
        for _time in range(100):
            await asyncio.sleep(0.05)
            if stream.done() or any(one.get("body") == b": welcome\n\n" for one in told):
                break
        if not stream.done():
            for _time in range(40):
                await asyncio.to_thread(whisper, cast.company_id, ticket)
                await asyncio.sleep(0.1)
                if any(b"typing" in one.get("body", b"") for one in told):
                    break
        gone.set()
        await stream
        said = b"".join(one.get("body", b"") for one in told)
        return told[0]["status"], dict(told[0]["headers"]).get(b"access-control-allow-origin", b""), said

    async def act(asking):
        _status, began = await say(asking, site, "write", **message())
        _status, told = await say(asking, site, "lines", key=began["token"], ticket=True)
        ticket = told["ticket"]
        assert "ticket" not in (await say(asking, site, "lines", key=began["token"]))[1]
        status, opened_to, said = await listen(ticket, SHOP)
        assert (status, opened_to) == (200, SHOP.encode())
        assert b"event: typing" in said
        assert b"Olga" in said
        assert b"another" not in said
        assert b"id:" not in said  # nothing of how much happens in the company
        for foreign in ("https://foreign.example", "", "null"):
            assert (await listen(ticket, foreign))[:2] == (403, b"")
        plain = tickets.sign(tickets.Ticket(cast.company_id, 0, "talk x"))
        assert (await listen(plain, "https://foreign.example"))[1] == b""
        assert (await listen(ticket[:-2] + "xx", SHOP))[:2] == (403, b"")

    run(act)


def whisper(company_id, ticket):
    room = tickets.read(ticket).room
    with company_context(company_id), transaction.atomic():
        whispers.whisper(LiveMessage("typing", {"name": "another"}, frozenset(), "talk another"))
        whispers.whisper(LiveMessage("typing", {"name": "Olga"}, frozenset(), room))
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_scenario_opens_a_talk_that_only_its_visitor_finds_until_he_has_written():
    cast, site = shop_of("Ладная кухня", SHOP)
    who, once = reference(site.pk, VISITOR), uuid.uuid4()
    with company_context(cast.company_id), transaction.atomic():
        for _time in range(2):
            chat.say_to_visitor(visitor=who, text="Подсказать размер?", key=once, now=NOW)
        visitor = Visitor.objects.create(site=site, key=VISITOR, first_at=NOW)
        basket = {"lines": [{"name": SCRIPT, "price": 5}], "sum": 5, "currency": "RUB"}
        page = {"url": "/", "title": "Столы"}
        Visit.objects.create(visitor=visitor, number=1, begun_at=NOW, last_at=NOW, page=page, basket=basket)

    async def act(asking):
        assert (await say(asking, site, "open", visitor="f" * 32))[1]["lines"] == []
        _status, found = await say(asking, site, "open")
        assert ([one["by"] for one in found["lines"]], found["unread"], found["ended"]) == (["bot"], 1, False)
        _status, told = await say(asking, site, "write", key=found["token"], **message("Да"))
        assert told["token"] == found["token"]
        assert (await say(asking, site, "open"))[1]["lines"] == []  # by the key of the talk alone from now on

    run(act)
    with company_context(cast.company_id), transaction.atomic():
        talk = Talk.objects.get()
        assert talk.state == "open"
        assert [one.by for one in TalkLine.objects.order_by("number")] == ["bot", "visitor"]
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        chat.take(actor=cast.owner, public_id=talk.public_id, now=NOW)
        assert chat.say_to_visitor(visitor=who, text="Ещё?", key=uuid.uuid4(), now=NOW) is None  # a person has it


SCRIPT = "<script>alert(1)</script>"


@pytest.mark.django_db
def test_a_talk_is_of_whoever_had_the_browser_when_he_wrote():
    cast, site = shop_of("Ладная кухня", SHOP)
    who, later = reference(site.pk, VISITOR), NOW + timedelta(hours=1)

    def written(text, at):
        return chat.write(talk=None, written=chat.Written(uuid.uuid4(), text, visitor=who), now=at)

    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        first = Visitor.objects.create(site=site, key=VISITOR, first_at=NOW)
        talk = written("Есть стол?", NOW)
        second = naming.part(first, now=later)
        third = naming.part(second, now=later + timedelta(hours=1))
        talks = [talk, *(written("А стул?", later + timedelta(minutes=one)) for one in (30, 90))]
        clients = [make_client(cast.owner, name=name) for name in ("Анна", "Борис", "Вера")]
        for one, client in zip(talks, clients, strict=True):
            chat.bind(actor=cast.owner, public_id=one.public_id, client=client.public_id, now=later)
    flow_hear(cast.company_id, "site.talk_bound")
    with company_context(cast.company_id):
        known = Visitor.objects.order_by("id").values_list("id", "client__name")
        assert list(known) == [(first.pk, "Анна"), (second.pk, "Борис"), (third.pk, "Вера")]


@pytest.mark.django_db
def test_the_line_of_hours_promises_only_what_was_measured():
    cast, _site = shop_of("Ладная кухня", SHOP)
    with company_context(cast.company_id), transaction.atomic():
        who = chat.Looker("ru", "Asia/Yekaterinburg", NOW)
        assert "обычно" not in chat.opening(None, who)["when"]
        for number in range(10):
            Talk.objects.create(
                key=uuid.uuid4(), last_at=NOW, begun_at=NOW - timedelta(days=1), first_seconds=30 + number
            )  # fmt: skip
        assert "usually answered within 40" in chat.opening(None, chat.Looker("en", "", NOW))["when"].replace(
            "\xa0", " "
        )
        assert ", " in chat.opening(None, who)["when"]  # by his clock too
        assert chat.opening(None, chat.Looker("ru", "Nowhere/No", NOW))["open"]


@pytest.mark.django_db
def test_the_button_and_the_panel_are_small():
    weights = {one: len(gzip.compress((wire.MODULES / f"{one}.js").read_bytes(), 9)) for one in ("chat", "chatpanel")}
    assert weights["chat"] <= 3_500
    assert weights["chatpanel"] <= 9_500
