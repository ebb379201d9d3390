"""The stage: one thing at a time, no oftener than the site wants, and a deadline that nothing moves."""

import threading
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts.testing import make_company
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.tenancy import company_context
from voronka.loyalty import services as loyalty
from voronka.loyalty.models import Promo
from voronka.loyalty.testing import make_batch
from voronka.people.models import Client, Touch
from voronka.site import ports
from voronka.site.models import NotShown, Showing, Visitor
from voronka.site.queries import showings
from voronka.site.queries.showings import alive_of, waiting_for
from voronka.site.rules.stage import Facts, Limits, Past, Rules, Wanted, fits, is_alive, matches, why_not
from voronka.site.rules.widgets import Wrong, read_content
from voronka.site.services import answering
from voronka.site.services.showing import offer
from voronka.site.services.widgets import WidgetDraft, save_stage, save_widget
from voronka.site.testing import make_site, make_widget

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AGREES = "Согласен на обработку данных для ответа"
DAY = timedelta(days=1)


def moment(visitor, site, now=NOW, kind="tick", **about):
    return ports.Moment(site.pk, visitor.pk, None, kind, "/table", "Asia/Yekaterinburg", "computer", now, about)


def call(site, key, now=NOW, **about):
    return ports.OpenCall(
        site.company_id, site.pk, key, True, False, "https://shop.example", "203.0.113.7", "Asia/Yekaterinburg",
        "computer", 1440, "ru", now, about,
    )  # fmt: skip


@pytest.fixture
def cast(db):
    made = make_company(name="Ладная кухня", now=NOW)
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield made


@pytest.fixture
def site(cast):
    return make_site(cast.owner, NOW)


def make_visitor(site, now=NOW):
    return Visitor.objects.create(site=site, key=uuid.uuid4(), first_at=now)


# --- The rules, as plain values ----------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.integers(0, 4),  # which widget
        st.sampled_from([10, 10, 30, 40]),  # its rank
        st.integers(0, 400),  # seconds since the step before
        st.sampled_from(["", "", "closed", "acted", "left"]),  # what becomes of what is there
        st.sampled_from([None, 60, 3600]),  # its deadline
    ),
    max_size=30,
)


@given(STEPS, st.integers(0, 5), st.integers(0, 300))
def test_whatever_is_wanted_one_thing_is_there_and_no_more_than_the_site_allows(steps, most, gap):
    rules, limits = Rules(often="always", never_after_closing=False), Limits(most, timedelta(seconds=gap), NOW)
    past, now, shown = [], NOW, []
    for nr, (widget, rank, seconds, becomes, lasts) in enumerate(steps):
        now += timedelta(seconds=seconds)
        ends_at = None if lasts is None else now + timedelta(seconds=lasts)
        wanted = Wanted(widget, f"key {nr // 2}", rank, rules, ends_at)
        had = [one for one in past if is_alive(one, now)]
        reason = why_not(wanted, past, limits, now)
        if not reason:
            assert all(one.rank < rank for one in had)
            assert all(one.key != wanted.key for one in past)
            ended = [one.ended_at for one in past if one.ended_at and one.shown_at]
            assert had or not ended or now - max(ended) >= limits.gap
            past = [end(one, now) if one.ended_at is None else one for one in past]
            past.append(Past(widget, wanted.key, "shown", rank, now, now, None, ends_at))
            shown.append(now)
        assert len(shown) <= most
        assert sum(is_alive(one, now) for one in past) <= 1
        if becomes and past and past[-1].ended_at is None:
            past[-1] = end(past[-1], now, "shown" if becomes == "left" else becomes)


def test_without_a_gap_nothing_is_too_soon_in_whatever_order_calls_are_judged():
    rules, before = Rules(often="always"), NOW - timedelta(seconds=9)
    past = [Past(1, "a", "closed", 10, before, before, NOW + timedelta(milliseconds=30))]
    assert why_not(Wanted(2, "b", 30, rules), past, Limits(9, timedelta(0), before), NOW) == ""
    assert why_not(Wanted(2, "b", 30, rules), past, Limits(9, timedelta(seconds=5), before), NOW) == "gap"


def end(one, now, state=None):
    return Past(one.widget_id, one.key, state or one.state, one.rank, one.offered_at, one.shown_at, now, one.ends_at)


@given(st.text(alphabet="ab/*", max_size=12), st.text(alphabet="ab/", max_size=12))
def test_a_pattern_is_what_it_looks_like(pattern, path):
    import fnmatch
    import re

    assert matches(pattern, path) == bool(re.fullmatch(fnmatch.translate(pattern), path))


def test_its_own_rule_holds_first():
    shown = Past(1, "a", "shown", 10, NOW - 2 * DAY, NOW - 2 * DAY, NOW - 2 * DAY)
    closed = Past(1, "a", "closed", 10, NOW - 9 * DAY, NOW - 9 * DAY, NOW - 9 * DAY)
    limits = Limits(3, 2 * MINUTE, NOW - MINUTE)
    for past, rules, reason in (
        ([], {}, ""),
        ([shown], {"often": "days", "days": 3}, "often"),
        ([shown], {"often": "days", "days": 1}, ""),
        ([shown], {"often": "once"}, "often"),
        ([shown], {"often": "always"}, ""),
        ([closed], {"often": "days", "days": 1}, "closed"),
        ([closed], {"often": "days", "days": 1, "never_after_closing": False}, ""),
    ):
        assert why_not(Wanted(1, "b", 10, Rules(**rules)), past, limits, NOW) == reason, (past, rules)


def test_where_and_to_whom():
    table = Facts("/tables/oak", "phone", has_product=True, categories=frozenset({"tables"}), visit=2, source="ya")
    for rules, is_for in (
        ({}, True),
        ({"paths": ["/tables/*"]}, True),
        ({"paths": ["/chairs/*"]}, False),
        ({"but": ["/tables/*"]}, False),
        ({"goods": True}, True),
        ({"categories": ["tables"]}, True),
        ({"categories": ["chairs"]}, False),
        ({"devices": ["computer"]}, False),
        ({"visits": "returning"}, True),
        ({"visits": "new"}, False),
        ({"client": "known"}, False),
        ({"basket": "empty"}, True),
        ({"basket": "filled"}, False),
        ({"source": "YA"}, True),
        ({"source": "google"}, False),
    ):
        assert fits(Rules(**rules), table) is is_for, rules


def test_a_content_is_of_its_kind_and_leads_nowhere_bad():
    assert read_content("popup", {"title": " Скидка "})["title"] == "Скидка"
    for said in (
        {"title": "a", "contact": "phone"},  # a contact without the words of consent
        {"link": "javascript:alert(1)"}, {"link": "//evil.example"}, {"link": "/\\evil.example"},
        {"minutes": -1}, {"unknown": 1}, {"title": "x" * 121},
    ):  # fmt: skip
        with pytest.raises(Wrong):
            read_content("popup", said)


# --- The stage itself --------------------------------------------------------------------------------------------


def test_one_at_a_time_and_every_refusal_says_why(cast, site):
    visitor = make_visitor(site)
    save_stage(actor=cast.owner, site=site.public_id, look={}, most_per_visit=2, gap_seconds=120, now=NOW)
    popup, teaser, stop = (
        make_widget(cast.owner, site, NOW, kind=kind, rules={"often": "always"})
        for kind in ("popup", "teaser", "stop")
    )
    first = offer(moment=moment(visitor, site), widget_id=popup.pk, key="scenario 1")
    assert waiting_for(visitor.pk, NOW) == first
    assert offer(moment=moment(visitor, site), widget_id=popup.pk, key="scenario 1") is None
    assert offer(moment=moment(visitor, site), widget_id=teaser.pk, key="scenario 2") is None
    # Who leaves is offered the stop-offer, whatever small thing is there; that one has missed its hour.
    higher = offer(moment=moment(visitor, site, kind="exit"), widget_id=stop.pk, key="scenario 3")
    first.refresh_from_db()
    assert (alive_of(visitor.pk, NOW), first.state) == (higher, "missed")
    key = visitor.key.hex
    answering.answer_told(call(site, key, showing=higher.public_id, what="shown"))
    answering.answer_told(call(site, key, NOW + MINUTE, showing=higher.public_id, what="closed"))
    for after, widget, reason in ((2, teaser, "gap"), (4, stop, "closed"), (4, teaser, ""), (5, popup, "other")):
        made = offer(moment=moment(visitor, site, NOW + after * MINUTE), widget_id=widget.pk, key=f"late {after}")
        assert (made is None) == bool(reason), reason
    answering.answer_told(call(site, key, NOW + 6 * MINUTE, showing=made_of(visitor).public_id, what="closed"))
    assert offer(moment=moment(visitor, site, NOW + 10 * MINUTE), widget_id=popup.pk, key="last") is None
    counted = set(NotShown.objects.values_list("widget__kind", "reason", "count"))
    assert counted == {
        ("popup", "again", 1), ("teaser", "other", 1), ("teaser", "gap", 1), ("stop", "closed", 1),
        ("popup", "other", 1), ("popup", "cap", 1),
    }  # fmt: skip


def made_of(visitor):
    return Showing.objects.filter(visitor=visitor).latest("id")


@pytest.mark.django_db(transaction=True)
def test_two_calls_at_once_never_show_two_things():
    cast = make_company(name="Ладная кухня", now=NOW)
    with company_context(cast.company_id), transaction.atomic():
        site = make_site(cast.owner, NOW)
        visitor = make_visitor(site)
        widgets = [make_widget(cast.owner, site, NOW, kind="popup", rules={"often": "always"}) for _ in range(4)]
    met, made = threading.Barrier(4), []

    def ask(nr):
        try:
            met.wait(10)
            with company_context(cast.company_id), transaction.atomic():
                made.append(offer(moment=moment(visitor, site), widget_id=widgets[nr].pk, key=f"key {nr}"))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(nr,)) for nr in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert (len(made), sum(one is not None for one in made)) == (4, 1)
    with company_context(cast.company_id), transaction.atomic():
        assert Showing.objects.count() == 1
        assert sum(NotShown.objects.values_list("count", flat=True)) == 3


def test_the_deadline_is_the_servers_and_its_code_works_till_then(cast, site):
    make_batch(cast.owner, now=NOW)
    promo = Promo.objects.get()
    widget = make_widget(
        cast.owner, site, NOW, kind="teaser", content={"title": "−500", "promo": promo.public_id, "minutes": 60}
    )
    key = uuid.uuid4().hex
    found = answering.answer_next(call(site, key, kind="page", page="/t", fired=[widget.public_id]))["show"]
    assert (found["left"], found["whole"], found["again"], "promo" in found["content"]) == (3_600_000,) * 2 + (
        False,
    ) * 2
    answering.answer_told(call(site, key, showing=found["id"], what="shown"))
    # The page is reloaded, and opened in another tab: it is the same offer, and its hour has gone on.
    later = NOW + 20 * MINUTE
    again = answering.answer_next(
        call(site, key, later, kind="page", page="/t", left=found["id"], fired=[widget.public_id])
    )
    assert (again["show"]["id"], again["show"]["left"], again["show"]["again"]) == (found["id"], 2_400_000, True)
    told = answering.answer_told(call(site, key, later, showing=found["id"], what="acted"))
    assert answering.answer_told(call(site, key, later, showing=found["id"], what="acted")) == told
    lines = [loyalty.Line(None, Decimal(1000))]
    good = loyalty.quote(told["code"], None, lines, NOW + 59 * MINUTE, actor=cast.owner)
    assert (good.discount, good.reason) == (500, "")
    assert loyalty.quote(told["code"], None, lines, NOW + 60 * MINUTE, actor=cast.owner).reason == "late"
    # Too late for the next one: neither a code nor a showing.
    other = uuid.uuid4().hex
    found = answering.answer_next(call(site, other, kind="page", fired=[widget.public_id]))["show"]
    with pytest.raises(Conflict) as refusal:
        answering.answer_told(call(site, other, NOW + 61 * MINUTE, showing=found["id"], what="acted"))
    assert refusal.value.code == "late"
    assert answering.answer_next(call(site, other, NOW + 61 * MINUTE, kind="page"))["show"] is None


def test_what_is_shown_once_is_shown_once_however_much_came_after_it(cast, site, monkeypatch):
    monkeypatch.setattr(showings, "MOST", 3)
    visitor = make_visitor(site)
    save_stage(actor=cast.owner, site=site.public_id, look={}, most_per_visit=20, gap_seconds=0, now=NOW)
    rules = {"once": {"often": "once", "never_after_closing": False}, "closed": {"often": "always"}}
    first, second = (make_widget(cast.owner, site, NOW, rules=one) for one in rules.values())
    other = make_widget(cast.owner, site, NOW, rules={"often": "always", "never_after_closing": False})

    def show(widget, nr, key=""):
        now = NOW + nr * MINUTE
        made = offer(moment=moment(visitor, site, now), widget_id=widget.pk, key=key or f"key {nr}")
        if made is not None:
            Showing.objects.filter(pk=made.pk).update(state="closed", shown_at=now, ended_at=now)
        return made is not None

    assert [show(one, nr) for nr, one in enumerate([first, second, other, other, other, other])] == [True] * 6
    assert [show(first, 6), show(second, 7), show(other, 8, "key 2"), show(other, 9)] == [False, False, False, True]
    assert set(NotShown.objects.values_list("widget_id", "reason")) == {
        (first.pk, "often"), (second.pk, "closed"), (other.pk, "again")
    }  # fmt: skip


def test_a_contact_becomes_a_request_once_with_its_consent_and_names_the_visitor(cast, site):
    content = {"title": "Подобрать стол?", "contact": "phone", "consent": AGREES}
    widget = make_widget(cast.owner, site, NOW, kind="popup", content=content)
    key = uuid.uuid4().hex
    found = answering.answer_next(call(site, key, kind="page", page="/t?q=1", fired=[widget.public_id]))["show"]

    def send(**answers):
        return answering.answer_told(call(site, key, showing=found["id"], what="acted", answers=answers))

    for wrong in ({"contact": "+7 913 200-43-17"}, {"contact": "12", "consent": True}):
        with transaction.atomic(), pytest.raises(Invalid):
            send(**wrong)
    for _time in range(2):
        send(contact="+7 913 200-43-17", name="Иван", consent=True)
    client, touch = Client.objects.get(), Touch.objects.get()
    assert (client.name, touch.page) == ("Иван", "https://shop.example/t")
    assert touch.extra["consent"] == AGREES
    [consent] = client.consents.filter(purpose="personal_data")
    assert consent.text_version == f"widget {widget.public_id} v1"
    visitor = Visitor.objects.get(key=key)
    assert (visitor.client_id, visitor.is_proven, visitor.named_at) == (client.pk, False, NOW)
    # Somebody else's browser can do nothing in it.
    stranger = call(site, uuid.uuid4().hex, showing=found["id"], what="closed")
    with pytest.raises(NotFound):
        answering.answer_told(stranger)


def test_a_widget_is_not_for_everybody_and_machines_see_none(cast, site):
    widget = make_widget(cast.owner, site, NOW, kind="popup", rules={"paths": ["/sale*"]})
    key = uuid.uuid4().hex
    assert answering.answer_next(call(site, key, kind="page", page="/", fired=[widget.public_id]))["show"] is None
    assert answering.answer_next(call(site, key, kind="page", page="/sale", fired=[widget.public_id]))["show"]
    robot = make_visitor(site)
    Visitor.objects.filter(pk=robot.pk).update(is_bot=True)
    assert offer(moment=moment(robot, site), widget_id=widget.pk, key="x") is None
    assert NotShown.objects.get(reason="bot").count == 1
    opened = answering.answer_open(call(site, key, NOW + MINUTE, widget=widget.public_id, page="/"))["show"]
    assert opened["asked"]


def test_what_is_wrong_with_a_widget_is_told_at_its_place(cast, site):
    draft = WidgetDraft(kind="popup", name="", content={"contact": "phone"}, rules={"number": -1})
    with pytest.raises(Invalid) as refusal:
        save_widget(actor=cast.owner, site=site.public_id, draft=draft, now=NOW)
    assert set(refusal.value.fields) == {"name", "content.consent", "rules.number"}
