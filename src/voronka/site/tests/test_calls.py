"""What pages ask by calls: answered in one transaction of the site's company, refused cheaply whatever comes."""

import asyncio
import json
import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts.testing import make_company
from voronka.kit.errors import Refusal
from voronka.kit.tenancy import company_context, current_company_id
from voronka.site import ports
from voronka.site.models import Site, Visitor
from voronka.site.rules.batches import BadBatch
from voronka.site.rules.calls import MOST_CALL_BYTES, read_call
from voronka.site.testing import make_site
from voronka.site.tests.test_collect import PLAIN, run

NOW = datetime.now(UTC)
VISITOR = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def offered(monkeypatch):
    """Let calls and modules be offered for one test only."""
    monkeypatch.setattr(ports, "_calls", dict(ports._calls))
    monkeypatch.setattr(ports, "_tellers", {})
    return ports


async def say(asking, site, name, about, *, visitor=VISITOR, consent=False, **headers):
    said = {"site": site.public_id, "visitor": visitor, "consent": consent, "language": "en-GB", "about": about}
    status, _headers, body = await asking.ask(f"/w/call/{name}", json.dumps(said).encode(), **headers)
    return status, json.loads(body)


@pytest.mark.django_db(transaction=True)
def test_a_call_is_one_transaction_of_the_sites_company(offered):
    cast = make_company(name="Ладная кухня", now=NOW)
    with company_context(cast.company_id), transaction.atomic():
        site = make_site(cast.owner, NOW)

    def greet(asked):
        assert threading.current_thread().name.startswith("call")
        Visitor.objects.create(
            site_id=asked.site_id, key=asked.visitor, public_id=asked.visitor[:12], first_at=asked.now
        )
        if asked.text("text", 5) == "\u202ebad"[1:]:
            raise Refusal("Not this word.", code="word")
        if asked.number("times") == 0:
            raise ZeroDivisionError
        return {"company": current_company_id(), "text": asked.text("text", 5), "language": asked.language}

    offered.register_call("test.greet", greet)
    offered.register_call("test.follow", lambda _asked: {}, needs_tracking=True)
    offered.register_module("greeting", lambda site_id, _now: {"site": site_id})
    offered.register_module("nothing", lambda _site_id, _now: None)

    async def act(asking):
        assert await say(asking, site, "test.greet", {"text": "\u202ebad"}) == (
            409, {"code": "word", "message": "Not this word.", "fields": {}},
        )  # fmt: skip
        assert await say(asking, site, "test.greet", {"times": 0}) == (500, {"code": "broken"})
        assert await say(asking, site, "test.greet", {"text": "good morning"}) == (
            200, {"company": cast.company_id, "text": "good", "language": "en"},
        )  # fmt: skip
        assert (await say(asking, site, "test.later", {}))[0] == 404
        assert (await say(asking, site, "test.greet", {}, origin="https://foreign.example"))[0] == 404
        assert (await say(asking, site, "test.greet", {"text": "x" * MOST_CALL_BYTES}))[0] == 413
        assert await say(asking, site, "test.follow", {}) == (200, {})
        assert await say(asking, site, "test.follow", {}, sec_gpc="1") == (403, {"code": "privacy"})
        status, _headers, body = await asking.ask(f"/w/{site.public_id}.json", method="GET")
        told = json.loads(body)
        assert (status, told["on"], told["parts"]) == (200, True, {"greeting": {"site": site.pk}})
        with company_context(cast.company_id):
            await change(Site, site.pk, asks_consent=True)
        asking.edge.known.forget()
        assert await say(asking, site, "test.follow", {}) == (403, {"code": "consent"})
        assert await say(asking, site, "test.follow", {}, consent=True) == (200, {})

    run(act)
    with company_context(cast.company_id), transaction.atomic():
        # The refused one and the broken one left nothing behind.
        assert [one.key.hex for one in Visitor.objects.all()] == [VISITOR]


async def change(model, key, **values):

    def write():
        with transaction.atomic():
            model.objects.filter(pk=key).update(**values)
        connection.close()

    await asyncio.to_thread(write)


@pytest.mark.django_db(transaction=True)
def test_a_flood_of_calls_is_told_to_come_again(offered):
    cast = make_company(name="Ладная кухня", now=NOW)
    with company_context(cast.company_id), transaction.atomic():
        site = make_site(cast.owner, NOW)
    gate = threading.Event()
    offered.register_call("test.wait", lambda _asked: {"done": gate.wait(20)})

    async def act(asking):

        calls = [
            asyncio.create_task(say(asking, site, "test.wait", {}, address=f"203.0.113.{number % 200}"))
            for number in range(260)
        ]
        try:
            await asyncio.wait_for(settled(calls, 60), 15)  # a busy machine takes its time to ask them all
            await asyncio.sleep(0.5)
            refused = [one for one in calls if one.done()]
            assert len(refused) == 60
            assert {(await one)[0] for one in refused} == {503}
        finally:
            gate.set()  # those who wait hold threads, and with them the end of the loop
        assert {await one for one in map(status_of, calls)} == {200, 503}

    run(act)


async def settled(calls, count):
    while sum(one.done() for one in calls) < count:
        await asyncio.sleep(0.05)


async def status_of(call):
    return (await call)[0]


@given(
    st.one_of(
        st.binary(max_size=200),
        PLAIN.map(lambda said: json.dumps(said).encode()),
        st.fixed_dictionaries(
            {"site": st.just("23456789abcd"), "about": PLAIN},
            optional={"visitor": st.just(VISITOR) | st.text(max_size=40), "width": PLAIN, "zone": PLAIN},
        ).map(lambda said: json.dumps(said).encode()),
    )
)
def test_no_call_breaks_the_reader_and_what_is_read_can_be_kept(body):
    try:
        asked = read_call(body)
    except BadBatch:
        return
    json.dumps(asked.about, allow_nan=False).encode()
    assert asked.width in range(100_000)
    assert asked.language in ("ru", "en")
