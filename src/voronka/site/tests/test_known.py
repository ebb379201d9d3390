"""What the wire server knows of sites is forgotten as soon as somebody changes it."""

import asyncio
import json
import time
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection, transaction

from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.messaging.services import chat
from voronka.site.services import known
from voronka.site.services.chatting import SiteChatDraft, save_site_chat
from voronka.site.services.sites import SiteDraft, save_site
from voronka.site.services.widgets import drop_widget, save_stage, set_widget_on
from voronka.site.testing import SHOP, make_site, make_widget
from voronka.site.tests.test_collect import run

NOW = datetime.now(UTC)


@pytest.fixture
def cast():
    return make_company(name="Ладная кухня", now=NOW)


@pytest.fixture
def site(cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        return make_site(cast.owner, NOW)


async def done(cast, act, *given, **named):
    """Do something as the owner does, on a connection of his own."""

    def whole():
        with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
            made = act(*given, **named)
        connection.close()
        return made

    return await asyncio.to_thread(whole)


async def told(asking, site):
    """Return what a page of the site is told."""
    status, _headers, body = await asking.ask(f"/w/{site.public_id}.json", method="GET")
    return json.loads(body) if status == 200 else None


async def becomes(asking, site, check):
    """Wait for a page to be told something: for a third of the time for which an answer is kept."""
    ends = time.monotonic() + known.KEPT_SECONDS / 3
    while not check(await told(asking, site)):
        assert time.monotonic() < ends, "pages are told what was there before"
        await asyncio.sleep(0.02)


async def is_heard(asking):
    """Wait until the process hears of changes."""
    ends = time.monotonic() + 10
    while not asking.edge.known.sites.changes:
        assert time.monotonic() < ends, "it does not listen"
        await asyncio.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_pages_are_told_at_once_of_whatever_an_owner_changes(cast, site):
    owner = cast.owner
    with company_context(cast.company_id, employee_id=owner.employee_id), transaction.atomic():
        chat.save_chat(actor=owner, draft=chat.ChatDraft(is_on=True))

    async def act(asking):
        assert "stage" not in (await told(asking, site))["parts"]
        await is_heard(asking)
        await told(asking, site)  # from here on it is kept

        widget = await done(cast, make_widget, owner, site, NOW)
        await becomes(asking, site, lambda said: widget.public_id in json.dumps(said["parts"]))
        await done(cast, set_widget_on, actor=owner, public_id=widget.public_id, is_on=False, now=NOW)
        await becomes(asking, site, lambda said: widget.public_id not in json.dumps(said))
        await done(cast, set_widget_on, actor=owner, public_id=widget.public_id, is_on=True, now=NOW)
        await becomes(asking, site, lambda said: widget.public_id in json.dumps(said))
        look = {"look": {"brand": "#123456"}, "most_per_visit": 3, "gap_seconds": 0}
        await done(cast, save_stage, actor=owner, site=site.public_id, now=NOW, **look)
        await becomes(asking, site, lambda said: "#123456" in json.dumps(said))
        await done(cast, drop_widget, actor=owner, public_id=widget.public_id, now=NOW)
        await becomes(asking, site, lambda said: widget.public_id not in json.dumps(said))
        draft = SiteChatDraft(is_on=True, colour="#aa3300")
        await done(cast, save_site_chat, actor=owner, public_id=site.public_id, draft=draft, now=NOW)
        await becomes(asking, site, lambda said: "#aa3300" in json.dumps(said))
        for is_on in (False, True):
            draft = SiteDraft(name="Лавка", origins=SHOP, is_on=is_on)
            await done(cast, save_site, actor=owner, draft=draft, public_id=site.public_id, now=NOW)
            await becomes(asking, site, lambda said, is_on=is_on: said["on"] is is_on)
        draft = SiteDraft(name="Лавка", origins="https://other.example")
        await done(cast, save_site, actor=owner, draft=draft, public_id=site.public_id, now=NOW)
        await becomes(asking, site, lambda said: said is None)

    run(act)


@pytest.mark.django_db(transaction=True)
def test_the_change_of_a_site_leaves_what_is_known_of_others(cast, site):
    async def act(asking):
        other = await done(cast, make_site, cast.owner, NOW, name="Другая")
        await told(asking, site)
        await is_heard(asking)
        await told(asking, site)
        await told(asking, other)
        await done(cast, make_widget, cast.owner, other, NOW)
        ends = time.monotonic() + 10
        while other.public_id in asking.edge.known.sites.kept:
            assert time.monotonic() < ends
            await asyncio.sleep(0.02)
        assert list(asking.edge.known.sites.kept) == list(asking.edge.known.parts.kept) == [site.public_id]

    run(act)


@pytest.mark.django_db(transaction=True)
def test_changes_are_heard_of_again_after_the_database_was_away(cast, site, monkeypatch):
    monkeypatch.setattr(known, "AGAIN_SECONDS", 0.05)

    async def act(asking):
        await told(asking, site)
        await is_heard(asking)
        before = asking.edge.known.sites.changes
        assert await done(cast, end_ears) == 1
        ends = time.monotonic() + 10
        while asking.edge.known.sites.changes == before:  # what was changed meanwhile nobody has told it
            assert time.monotonic() < ends
            await asyncio.sleep(0.02)
        await told(asking, site)
        widget = await done(cast, make_widget, cast.owner, site, NOW)
        await becomes(asking, site, lambda said: widget.public_id in json.dumps(said["parts"]))

    run(act)


def end_ears():
    with psycopg.connect(known.database_address(), autocommit=True) as other:
        rows = other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query = %s", [f"LISTEN {known.CHANNEL}"],
        ).fetchall()  # fmt: skip
        return len(rows)


def test_an_answer_that_a_change_has_overtaken_is_not_kept():
    async def act():
        shelf = known.Shelf[str]()
        answers = iter(["before", "after", "never asked for"])

        async def overtaken():
            said = next(answers)
            shelf.forget("site")
            return said

        async def asked():
            return next(answers)

        assert await shelf.get("site", overtaken) == "before"
        assert [await shelf.get("site", asked) for _time in range(2)] == ["after", "after"]

    asyncio.run(act())
