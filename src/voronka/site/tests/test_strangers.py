"""What anybody with a site's public id may try: it brings him no more than it brings a visitor."""

import threading
import time
import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, connection, transaction

from voronka.accounts.testing import make_company
from voronka.flows.testing import make_automation, step
from voronka.kit.errors import Conflict, Invalid, NotFound, TooMany
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.loyalty import services as loyalty
from voronka.loyalty.models import Promo, PromoCode
from voronka.people import services as people
from voronka.people.events import LeadReceived
from voronka.people.models import Client, Touch
from voronka.site.models import Showing, Visitor, Widget
from voronka.site.rules.origins import page_at
from voronka.site.services import answering
from voronka.site.services.kinds import votes_of
from voronka.site.services.naming import lock_visitor
from voronka.site.testing import make_site, make_widget, visit_of
from voronka.site.tests.test_calls import VISITOR, change, say
from voronka.site.tests.test_collect import run
from voronka.site.tests.test_stage import AGREES, MINUTE, NOW, call

HOUR = timedelta(hours=1)


@pytest.fixture
def cast(db):
    made = make_company(name="Ладная кухня", now=NOW)
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield made


@pytest.fixture
def site(cast):
    return make_site(cast.owner, NOW)


def promo_of(cast):
    draft = loyalty.PromoDraft(name="Подарок", is_batch=True, amount=Decimal(10))
    return loyalty.save_promo(actor=cast.owner, draft=draft, now=NOW).public_id


def opened(site, key, widget, now=NOW, page="/t"):
    return answering.answer_open(call(site, key, now, widget=widget.public_id, page=page))["show"]


def act(site, key, show, now=NOW, address="203.0.113.7", **answers):
    asked = call(site, key, now, showing=show["id"], what="acted", answers=answers)
    return answering.answer_told(replace(asked, address=address))


def test_who_opens_a_widget_again_gets_no_second_gift_and_no_second_vote(cast, site):
    prizes = [{"text": f"скидка {nr}", "promo": promo_of(cast)} for nr in range(8)]
    wheel = make_widget(cast.owner, site, NOW, kind="spinner", content={"prizes": prizes, "minutes": 60})
    key = uuid.uuid4().hex
    first = act(site, key, opened(site, key, wheel))
    for turn in range(1, 9):
        now = NOW + turn * MINUTE
        assert act(site, key, opened(site, key, wheel, now), now) == first
    assert PromoCode.objects.count() == 1
    poll = make_widget(cast.owner, site, NOW, kind="poll", content={"answers": ["да", "нет"]})
    for _turn in range(3):
        act(site, key, opened(site, key, poll), choice=0)
    assert votes_of(poll.pk) == {0: 1}


def test_a_deadline_is_not_begun_anew_by_opening_its_widget(cast, site):
    content = {"promo": promo_of(cast), "minutes": 60}
    widget = make_widget(cast.owner, site, NOW, kind="stop", content=content, rules={"often": "days", "days": 7})
    key = uuid.uuid4().hex
    opened(site, key, widget)
    row = Showing.objects.get()
    answering.answer_told(call(site, key, NOW, showing=row.public_id, what="shown"))
    later = NOW + 40 * MINUTE
    show = opened(site, key, widget, later)
    assert show["left"] == 20 * 60 * 1_000
    answering.answer_told(call(site, key, later, showing=show["id"], what="shown"))
    with pytest.raises(NotFound):
        opened(site, key, widget, NOW + HOUR)
    with pytest.raises(Conflict):
        act(site, key, show, NOW + HOUR)
    assert PromoCode.objects.count() == 0
    # When the rules would offer it to him again, it is a new offer.
    assert opened(site, key, widget, later + timedelta(days=7))["left"] == 3_600_000


def test_what_comes_each_time_comes_with_one_deadline_and_then_no_more(cast, site):
    content = {"promo": promo_of(cast), "minutes": 60}
    rules = {"often": "always", "never_after_closing": False, "number": 5}
    widget = make_widget(cast.owner, site, NOW, kind="stop", content=content, rules=rules)
    key = uuid.uuid4().hex

    def ask(now):
        return answering.answer_next(call(site, key, now, fired=[widget.public_id], page="/t"))

    def look(now):
        return ask(now)["show"]

    def close(show, now):
        answering.answer_told(call(site, key, now, showing=show["id"], what="closed"))

    first = look(NOW)
    code = act(site, key, first)["code"]
    close(first, NOW)
    again = look(NOW + 40 * MINUTE)
    assert (again["left"], act(site, key, again, NOW + 40 * MINUTE)["code"]) == (20 * 60 * 1_000, code)
    close(again, NOW + 41 * MINUTE)
    assert "over" not in ask(NOW + 41 * MINUTE)
    for later in (61 * MINUTE, timedelta(days=1), timedelta(days=90)):
        assert ask(NOW + later) == {"show": None, "again": None, "over": [widget.public_id]}
        with pytest.raises(NotFound):
            opened(site, key, widget, NOW + later)
    assert PromoCode.objects.count() == 1


def test_a_gift_that_is_over_leaves_the_contact_with_a_word_of_what_is_owed(cast, site):
    over, holds = promo_of(cast), promo_of(cast)
    Promo.objects.filter(public_id=over).update(until=NOW - HOUR)
    asks = {"contact": "phone", "consent": AGREES}
    prizes = [{"text": "кончилась", "weight": 1_000, "promo": over}, {"text": "скидка", "promo": holds}]
    wheel = make_widget(cast.owner, site, NOW, kind="spinner", content={**asks, "prizes": prizes})
    for nr in range(5):
        key = uuid.uuid4().hex
        told = act(site, key, opened(site, key, wheel), contact=f"+7913200432{nr}", consent=True)
        assert (told["prize"], bool(told["code"])) == (1, True)
    empty = make_widget(cast.owner, site, NOW, kind="spinner", content={**asks, "prizes": [prizes[0]] * 2})
    popup = make_widget(cast.owner, site, NOW, kind="popup", content={**asks, "promo": over})
    for nr, widget in enumerate((empty, popup)):
        key = uuid.uuid4().hex
        show = opened(site, key, widget)
        told = act(site, key, show, contact=f"+7913200433{nr}", consent=True, message="Нужен стол")
        assert (told["code"], told == act(site, key, show)) == ("", True)
        touch = Touch.objects.latest("id")
        assert touch.message.startswith("Нужен стол\n")
    assert (Touch.objects.count(), PromoCode.objects.count()) == (7, 5)
    assert EventRow.objects.filter(name=LeadReceived.name()).count() == 2  # these two alone are to be answered
    bare = make_widget(cast.owner, site, NOW, kind="popup", content={"promo": over})
    key = uuid.uuid4().hex
    with pytest.raises(Conflict) as refusal, transaction.atomic():
        act(site, key, opened(site, key, bare))
    assert refusal.value.code == "no_code"


def test_what_is_off_or_of_yesterday_is_answered_no_more_but_what_was_had_stays(cast, site):
    widget = make_widget(cast.owner, site, NOW, kind="popup", content={"promo": promo_of(cast)})
    had, waits, old = ((key, opened(site, key, widget)) for key in (uuid.uuid4().hex for _nr in range(3)))
    told = act(site, *had)
    assert act(site, *old, NOW + timedelta(hours=23))["code"]
    for off in ({"is_on": False}, {"is_gone": True}):
        Widget.objects.update(**off)
        with pytest.raises(NotFound):
            act(site, *waits)
        Widget.objects.update(is_on=True, is_gone=False)
    with pytest.raises(NotFound):
        act(site, *waits, NOW + timedelta(hours=25))
    Widget.objects.update(is_on=False)
    assert act(site, *had, NOW + timedelta(hours=25)) == told
    assert PromoCode.objects.count() == 2


def test_one_address_gets_so_many_codes_whatever_keys_it_makes(cast, site):
    content = {"promo": promo_of(cast)}
    widget = make_widget(cast.owner, site, NOW, kind="popup", content=content)

    def get(address, now=NOW):
        key = uuid.uuid4().hex
        return act(site, key, opened(site, key, widget, now), now, address)["code"]

    for _turn in range(30):
        assert get("203.0.113.7")
    with pytest.raises(TooMany), transaction.atomic():
        get("203.0.113.7")
    assert get("203.0.113.8")
    assert get("203.0.113.7", NOW + HOUR + MINUTE)


def test_one_address_casts_so_many_votes_whatever_keys_it_makes(cast, site):
    poll = make_widget(cast.owner, site, NOW, kind="poll", content={"answers": ["да", "нет"]})

    def vote(address="203.0.113.7"):
        once = uuid.uuid4().hex
        asked = call(site, "", NOW, once=once, widget=poll.public_id, page="/t")
        show = answering.answer_open(asked)["show"]
        asked = call(site, "", NOW, once=once, showing=show["id"], what="acted", answers={"choice": 0})
        answering.answer_told(replace(asked, address=address))

    for _turn in range(30):
        vote()
    with pytest.raises(TooMany), transaction.atomic():
        vote()
    vote("203.0.113.8")
    assert votes_of(poll.pk) == {0: 31}


def test_no_page_that_a_stranger_tells_leads_a_colleague_to_another_host(cast, site):
    content = {"contact": "phone", "consent": AGREES}
    widget = make_widget(cast.owner, site, NOW, kind="popup", content=content)
    for nr, page in enumerate([".evil.example/x", "@evil.example/x", "javascript:x", "/tables"]):
        key = uuid.uuid4().hex
        act(site, key, opened(site, key, widget, page=page), contact=f"+7913200431{nr}", consent=True)
    assert list(Touch.objects.order_by("id").values_list("page", flat=True)) == [
        "https://shop.example/", "https://shop.example/", "https://shop.example/", "https://shop.example/tables",
    ]  # fmt: skip
    assert page_at("https://shop.example", "//evil.example") == "https://shop.example//evil.example"


@pytest.fixture
def heard(monkeypatch):
    from voronka.site import ports

    monkeypatch.setattr(ports, "_calls", dict(ports._calls))
    found = []
    ports.register_call("test.who", lambda asked: found.append(asked.visitor) or {})
    ports.register_call("test.followed", lambda asked: found.append(asked.visitor) or {}, needs_tracking=True)
    return found


@pytest.mark.django_db(transaction=True)
def test_who_may_not_be_followed_has_no_key_whatever_is_sent(heard):
    cast = make_company(name="Ладная кухня", now=NOW)
    with company_context(cast.company_id), transaction.atomic():
        site = make_site(cast.owner, NOW)

    async def act(asking):
        await say(asking, site, "test.who", {})
        await say(asking, site, "test.who", {}, sec_gpc="1")
        assert (await say(asking, site, "test.followed", {}, visitor=""))[0] == 400
        with company_context(cast.company_id):
            await change(type(site), site.pk, asks_consent=True)
        asking.edge.known.forget()
        await say(asking, site, "test.who", {})
        await say(asking, site, "test.who", {}, consent=True)

    run(act)
    assert heard == [VISITOR, "", "", VISITOR]


def test_who_may_not_be_followed_gets_what_he_opens_himself_and_nothing_is_joined_to_it(cast, site):
    content = {"contact": "phone", "consent": AGREES, "minutes": 30, "promo": promo_of(cast)}
    widget = make_widget(cast.owner, site, NOW, kind="popup", content=content)
    row = make_automation(
        cast.owner, {"kind": "site.acted"}, step(1, "site.make_lead", text="Согласился"), now=NOW, again="always"
    )  # fmt: skip
    followed, once = uuid.uuid4().hex, uuid.uuid4().hex
    his = opened(site, followed, widget)
    assert his["left"] is not None

    def alone(name, **about):
        asked = call(site, "", about.pop("now", NOW), once=once, **about)
        return getattr(answering, f"answer_{name}")(asked)

    show = alone("open", widget=widget.public_id, page="/t")["show"]
    assert (show["kind"], show["left"]) == ("popup", None), "an end that nobody can hold is not promised"
    alone("told", showing=show["id"], what="shown")
    told = alone("told", showing=show["id"], what="acted", answers={"phone": "+79132004310", "consent": True})
    assert PromoCode.objects.get(code=told["code"]).until == NOW + timedelta(days=1), "for minutes is not for ever"
    assert Touch.objects.get().extra["widget"] == widget.name, "what he typed himself is taken"
    assert set(Visitor.objects.values_list("client_id", flat=True)) == {None}, "and joined to no visitor"
    assert not row.runs.exists(), "nothing follows of it by a scenario"
    # Another page is another one; nobody reaches by it what was shown to who is followed, nor the other way round.
    with pytest.raises(NotFound):
        answering.answer_told(call(site, "", once=uuid.uuid4().hex, showing=show["id"], what="closed"))
    with pytest.raises(NotFound):
        answering.answer_told(call(site, "", once=followed, showing=his["id"], what="closed"))
    for wrong in ({}, {"once": ""}, {"once": "x" * 32}, {"once": 7}):
        with pytest.raises(Invalid):
            answering.answer_open(call(site, "", widget=widget.public_id, **wrong))
    assert answering.told_of_site(site.pk, NOW)["asked"] is True


@pytest.mark.django_db(transaction=True)
def test_the_wire_lets_who_may_not_be_followed_open_a_widget_and_asks_nothing_else_of_him():
    cast = make_company(name="Ладная кухня", now=NOW)
    with company_context(cast.company_id), transaction.atomic():
        site = make_site(cast.owner, NOW, asks_consent=True)
        widget = make_widget(cast.owner, site, NOW)

    async def act(asking):
        about = {"widget": widget.public_id, "page": "/", "once": uuid.uuid4().hex}
        for more in ({}, {"sec_gpc": "1"}):
            status, said = await say(asking, site, "stage.open", about, **more)
            assert (status, said["show"]["kind"]) == (200, "popup")
            assert (await say(asking, site, "stage.next", {"kind": "page"}, **more))[0] == 403

    run(act)
    with company_context(cast.company_id), transaction.atomic():
        assert not Visitor.objects.filter(key=VISITOR).exists(), "whatever key was sent along"


@pytest.mark.django_db(transaction=True)
def test_a_call_that_met_another_in_a_deadlock_is_done_again(monkeypatch):
    from voronka.site import ports

    cast = make_company(name="Ладная кухня", now=NOW)
    with company_context(cast.company_id), transaction.atomic():
        site = make_site(cast.owner, NOW)
        rows = [Visitor.objects.create(site=site, key=uuid.uuid4(), first_at=NOW).pk for _nr in range(2)]
    monkeypatch.setattr(ports, "_calls", dict(ports._calls))
    met = threading.Barrier(2)
    tries = []

    def lock(asked):
        order = rows if asked.text("way", 5) == "there" else rows[::-1]
        tries.append(1)
        lock_visitor(order[0])
        if len(tries) <= 2:
            met.wait(20)
        lock_visitor(order[1])
        Client.objects.count()
        return {"done": True}

    ports.register_call("test.lock", lock)

    async def act(asking):
        import asyncio

        ways = ("there", "back")
        got = await asyncio.gather(*(say(asking, site, "test.lock", {"way": one}) for one in ways))
        assert got == [(200, {"done": True})] * 2
        assert len(tries) == 3

    run(act)


def beside(cast, does, seen):
    """Return a thread that does something in a transaction of its own and notes what came of it."""

    def go():
        try:
            with company_context(cast.company_id), transaction.atomic():
                seen.append(does())
        except OperationalError as error:
            seen.append(error)
        finally:
            connection.close()

    return threading.Thread(target=go)


def wait_for_a_contact():
    """Return when somebody waits for a contact that is held."""
    for _turn in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_an_act_and_whoever_judges_the_visit_lock_in_one_order():
    cast = make_company(name="Ладная кухня", now=NOW)
    key, phone, seen = uuid.uuid4().hex, "+79132004317", []
    with company_context(cast.company_id), transaction.atomic():
        site = make_site(cast.owner, NOW)
        content = {"contact": "phone", "consent": AGREES}
        widget = make_widget(cast.owner, site, NOW, kind="popup", content=content)
        show = opened(site, key, widget)
        visitor_id = Visitor.objects.get().pk

    other = beside(cast, lambda: act(site, key, show, contact=phone, consent=True), seen)
    with company_context(cast.company_id), transaction.atomic():
        made = people.receive(actor=cast.owner, touch=people.TouchData(channel="form", phones=(phone,)), now=NOW)
        other.start()
        wait_for_a_contact()
        assert lock_visitor(visitor_id, made.done.client_id) is not None
    other.join(30)
    assert seen == [{"code": "", "thanks": ""}]
    with company_context(cast.company_id), transaction.atomic():
        assert Visitor.objects.get().client_id == made.done.client_id


@pytest.mark.django_db(transaction=True)
def test_a_scenario_that_makes_a_request_locks_the_contact_before_the_visitor():
    cast = make_company(name="Ладная кухня", now=NOW)
    phone, seen = "+79132004317", []
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        site = make_site(cast.owner, NOW)
        make_automation(cast.owner, {"kind": "site.exit"}, step(1, "site.make_lead", text="Уходит"), now=NOW)
        visitor = visit_of(site, {"kind": "page"}, {"kind": "form", "phone": phone}, at=NOW).visitor

    def leaves():
        return answering.answer_next(call(site, visitor.key.hex, NOW, kind="exit", page="/t"))

    with company_context(cast.company_id), transaction.atomic():
        made = people.receive(actor=cast.owner, touch=people.TouchData(channel="form", phones=(phone,)), now=NOW)
    other = beside(cast, leaves, seen)
    with company_context(cast.company_id), transaction.atomic():
        people.hold_contacts([phone], [])
        other.start()
        wait_for_a_contact()
        assert lock_visitor(visitor.pk, made.done.client_id) is not None
    other.join(30)
    assert seen == [{"show": None, "again": None}]
    with company_context(cast.company_id), transaction.atomic():
        assert list(Touch.objects.values_list("message", flat=True).order_by("id")) == ["", "Уходит"]
