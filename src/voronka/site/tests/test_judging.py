"""A visitor as a person knows him: who he is, what he asked for, what he looked at, what he left behind."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from voronka.accounts.testing import make_company
from voronka.catalogue.models import Barcode
from voronka.flows.testing import hear
from voronka.kit.errors import Denied
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.orders.testing import make_order, make_shop
from voronka.people import services as people
from voronka.people.models import Client, Consent, ContactPoint, InboxLead, Touch
from voronka.people.testing import make_client
from voronka.site import services
from voronka.site.models import SeenGoods, Visit, VisitEvent, Visitor
from voronka.site.queries import visitors as queries
from voronka.site.queries.chatting import find_visitor
from voronka.site.rules import leaving
from voronka.site.services import judging, naming
from voronka.site.testing import make_site, make_visitor, visit_of

pytestmark = pytest.mark.django_db
# At noon in Moscow: an hour before and after it is the same day there, at whatever hour the tests run.
NOW = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def cast():
    cache.clear()
    found = make_company(now=NOW - timedelta(days=9))
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def shop(cast):
    return make_shop(cast.owner, now=NOW - timedelta(days=8))


@pytest.fixture
def site(cast):
    return make_site(cast.owner, NOW - timedelta(days=8), takes_contacts=True)


@pytest.fixture
def anna(cast):
    return make_client(cast.owner, name="Анна Орлова", phone="+79130000001", email="anna@kuhnya.ru")


def told(*names: str) -> list[tuple[str, dict]]:
    """Return the events of the log that sites announced, without those of settings."""
    rows = EventRow.objects.filter(name__startswith="site.").exclude(name__startswith="site.Site").order_by("id")
    rows = rows | EventRow.objects.filter(name__in=["site.SiteVisited", "site.SitePurchase"])
    found = [(one.name.removeprefix("site."), one.payload) for one in rows.order_by("id")]
    return [pair for pair in found if not names or pair[0] in names]


def kinds(*names: str) -> list[str]:
    return [name for name, _payload in told(*names)]


def test_a_signed_name_is_proven_a_bare_one_is_only_said_and_a_doubtful_one_means_nobody(cast, site, anna):
    Client.objects.filter(pk=anna.pk).update(external_id="42")
    signed = {"kind": "identify", "client": "42", "proof": naming.proof_of(site.secret, "42")}
    proven = visit_of(site, signed, at=NOW)
    said = visit_of(site, {"kind": "identify", "phone": "8 913 000-00-01"}, at=NOW)
    forged = visit_of(site, {**signed, "proof": "0" * 64}, at=NOW)
    both = make_client(cast.owner, name="Двойник", email="two@kuhnya.ru")
    crossed = visit_of(site, {"kind": "identify", "email": "two@kuhnya.ru", "phone": "+79130000001"}, at=NOW)
    ContactPoint.objects.create(client=both, kind="email", value="anna@kuhnya.ru", position=5)
    shared = visit_of(site, {"kind": "identify", "email": "anna@kuhnya.ru"}, at=NOW)
    machine = visit_of(site, signed, at=NOW)
    Visitor.objects.filter(pk=machine.visitor_id).update(is_bot=True)
    assert services.judge_due(now=at(1)) == 6
    rows = Visitor.objects.in_bulk()
    known = [
        (rows[one.visitor_id].client_id, rows[one.visitor_id].is_proven)
        for one in (proven, said, forged, crossed, shared, machine)
    ]
    assert known == [(anna.pk, True), (anna.pk, False), *[(None, False)] * 4]
    assert [one["is_proven"] for _name, one in told("VisitorNamed")] == [True, False]
    # Looked at as often as one likes, nothing is told twice.
    Visit.objects.update(judge_at=NOW)
    services.judge_due(now=at(1))
    assert len(kinds("VisitorNamed", "SiteVisited")) == 4
    renewed = services.renew_secret(actor=cast.owner, public_id=site.public_id, now=NOW)
    assert naming.who_is(renewed, signed).client_id is None


def test_another_person_on_the_same_browser_inherits_nothing(cast, site, shop, anna):
    boris = make_client(cast.owner, name="Борис", email="boris@kuhnya.ru")
    visit = visit_of(
        site,
        {"kind": "page", "url": "/1"},
        {"kind": "identify", "email": "anna@kuhnya.ru"},
        {"kind": "basket", "sum": 500, "lines": [{"name": "Стол", "count": 1}]},
        {"kind": "identify", "email": "boris@kuhnya.ru"},
        {"kind": "page", "url": "/2"},
        at=NOW,
    )
    key = visit.visitor.key
    while services.judge_due(now=at(1)):
        pass
    first, second = Visitor.objects.order_by("id")
    assert (first.client_id, second.client_id) == (anna.pk, boris.pk)
    assert (first.key != key, second.key) == (True, key)
    mine, other = Visit.objects.get(visitor=first), Visit.objects.get(visitor=second)
    assert (mine.page["url"], mine.pages, mine.basket["sum"]) == ("/1", 1, 500)
    assert (other.page["url"], other.pages, other.basket, other.number) == ("/2", 1, None, 1)
    assert [one["client_id"] for _name, one in told("VisitorNamed")] == [anna.pk, boris.pk]
    assert services.bind(second.pk, boris.pk, True, at(2)) == second.pk
    third = services.bind(second.pk, anna.pk, False, at(3))
    assert third not in (first.pk, second.pk)
    assert Visitor.objects.get(pk=third).key == key
    assert services.bind(third, 10**9, False, at(3)) is None


def test_a_form_of_the_site_is_a_request_once_and_nobody_has_agreed_to_anything(cast, site):
    form = {"kind": "form", "url": "/call", "name": "call", "phone": "+7 913 000-00-09", "person": "Вера"}
    visit = visit_of(
        site, form, form, {**form, "name": "other"}, {"kind": "form", "phone": "12"}, {"kind": "form", "name": "find"},
        at=NOW, head={"utm": {"source": "ya", "campaign": "may"}, "from": "https://ya.ru/"},
    )  # fmt: skip
    services.judge(visit.pk, now=at(1))
    services.judge(visit.pk, now=at(2))
    client = Client.objects.get(name="Вера")
    touches = Touch.objects.order_by("id")
    assert [(one.client_id, one.page, one.source, one.campaign) for one in touches] == [
        (client.pk, "https://shop.example/call", "ya", "may")
    ] * 2
    assert touches[0].extra == {"site": "Лавка", "form": "call"}
    assert not Consent.objects.exists()
    visitor = Visitor.objects.get()
    assert (visitor.client_id, visitor.is_proven) == (client.pk, False)
    assert EventRow.objects.filter(name="people.LeadReceived").count() == 2
    assert not InboxLead.objects.exists()


def test_whose_form_waited_in_the_inbox_is_known_when_it_is_accepted(cast, site):
    people.set_channel(actor=cast.owner, channel="form", is_sorted=True)
    visit = visit_of(site, {"kind": "form", "phone": "+7 913 000-00-09", "person": "Вера"}, at=NOW)
    services.judge(visit.pk, now=at(1))
    lead = InboxLead.objects.get()
    assert Visitor.objects.get().client_id is None
    done = people.record_touch(actor=cast.owner, touch=people.touch_of(lead), now=at(2), by_hand=True)
    hear(cast.company_id, "site.request_sorted")
    visitor = Visitor.objects.get()
    assert (visitor.client_id, visitor.is_proven) == (done.client_id, False)
    assert Visit.objects.get().judge_at is not None


def test_goods_are_found_in_the_catalogue_whatever_a_visit_holds(cast, site, shop, anna):
    Barcode.objects.filter(variant=shop.table).delete()
    table = {"kind": "product", "url": "/t", "code": shop.table.code, "name": "x", "price": 990}
    visit = visit_of(
        site, {"kind": "identify", "email": "anna@kuhnya.ru"}, table, {"kind": "leave", "url": "/t", "seconds": 20},
        table, {"kind": "leave", "url": "/t", "seconds": 15}, {"kind": "product", "name": "Не наше", "url": "/n"},
        {"kind": "basket", "sum": 1000, "lines": [{"name": "no"}, {"name": shop.table.name, "count": 2}]},
        at=NOW,
    )  # fmt: skip
    services.judge(visit.pk, now=at(1))
    seen = SeenGoods.objects.get()
    assert (seen.variant_id, seen.times, seen.seconds, seen.price) == (shop.table.pk, 2, 35, Decimal(990))
    assert Visit.objects.get(pk=visit.pk).basket_goods == [None, shop.table.pk]
    assert kinds() == ["VisitorNamed", "SiteVisited", "ProductSeen", "BasketChanged"]
    assert (told("BasketChanged")[0][1]["sum"], told("SiteVisited")[0][1]["silent_days"]) == ("1000.00", None)
    queries_before = _count(lambda: services.judge(visit.pk, now=at(2)))
    for number in range(20):
        VisitEvent.objects.create(
            visit=visit, key=uuid.uuid4(), kind="product", at=at(1), about={"name": f"n{number}", "url": f"/{number}"}
        )
    assert _count(lambda: services.judge(visit.pk, now=at(3))) == queries_before
    assert len(kinds("ProductSeen")) == 1


def _count(act) -> int:
    with CaptureQueriesContext(connection) as caught:
        act()
    return len(caught)


def test_a_basket_is_left_after_its_hour_once_and_not_by_who_bought_ordered_or_is_back(cast, site, shop, anna):
    who = {"kind": "identify", "email": "anna@kuhnya.ru"}
    basket = {"kind": "basket", "sum": 900, "lines": [{"name": "Стол", "count": 1, "price": 900}]}
    visit = visit_of(site, who, basket, {"kind": "checkout"}, at=NOW)
    services.judge_due(now=at(1))
    assert Visit.objects.get().judge_at == visit.last_at + timedelta(minutes=60)
    services.judge_due(now=at(59))
    assert kinds("BasketLeft", "CheckoutLeft") == []
    services.judge_due(now=at(61))
    services.judge(visit.pk, now=at(90))
    assert kinds("BasketLeft", "CheckoutLeft") == ["BasketLeft", "CheckoutLeft"]
    assert told("BasketLeft")[0][1] | {"sum": "900.00", "lines": 1} == told("BasketLeft")[0][1]
    assert Visit.objects.get().judge_at is None
    # The page of his next visit shows the basket: that one is left now, this one is not left anew.
    day = 24 * 60
    again = visit_of(site, basket, at=at(day), visitor=visit.visitor)
    wait = visit_of(site, basket, at=at(day - 50), visitor=visit.visitor)
    services.judge_due(now=at(day + 11))
    services.judge_due(now=at(day + 61))
    assert len(kinds("BasketLeft")) == 2
    assert Visit.objects.get(pk=again.pk).basket_left_at
    assert not Visit.objects.get(pk=wait.pk).basket_left_at
    # Bought on the site; ordered with us by phone; emptied.
    visit_of(site, basket, {"kind": "purchase", "sum": 900, "number": "7"}, at=at(2 * day), visitor=visit.visitor)
    services.judge_due(now=at(2 * day + 61))
    assert told("SitePurchase")[0][1]["number"] == "7"
    visit_of(site, basket, {"kind": "basket", "sum": 0, "lines": []}, at=at(3 * day), visitor=visit.visitor)
    services.judge_due(now=at(3 * day + 61))
    visit_of(site, basket, at=at(4 * day), visitor=visit.visitor)
    services.judge_due(now=at(4 * day + 1))
    make_order(cast.owner, replace(shop, client=anna), (shop.table, 1), now=at(4 * day + 30))  # fmt: skip
    services.judge_due(now=at(4 * day + 61))
    assert len(kinds("BasketLeft")) == 2
    visited = [one for _name, one in told("SiteVisited")]
    assert [(one["is_first_today"], one["silent_days"]) for one in visited[:2]] == [(True, None), (True, 0)]


def test_goods_looked_at_in_earnest_are_left_after_a_day(cast, site, shop, anna):
    look = {"kind": "product", "url": "/t", "code": shop.table.code, "name": "Стол"}
    visit = visit_of(
        site, {"kind": "identify", "email": "anna@kuhnya.ru"}, look, {"kind": "leave", "url": "/t", "seconds": 40},
        at=NOW,
    )  # fmt: skip
    services.judge_due(now=at(1))
    services.judge_due(now=at(23 * 60))
    assert kinds("BrowseLeft") == []
    services.judge_due(now=at(24 * 60 + 1))
    assert told("BrowseLeft")[0][1]["variant_id"] == shop.table.pk
    assert Visit.objects.get(pk=visit.pk).judge_at is None


def test_one_visit_that_cannot_be_judged_keeps_nobody_waiting(cast, site, anna, monkeypatch):
    bad = visit_of(site, {"kind": "identify", "email": "anna@kuhnya.ru"}, at=NOW)
    good = visit_of(site, {"kind": "identify", "email": "anna@kuhnya.ru"}, at=NOW)
    usual = judging.judge

    def breaks(pk, *, now):
        if pk == bad.pk:
            raise ValueError("broken")
        usual(pk, now=now)

    monkeypatch.setattr(judging, "judge", breaks)
    judging.judge_due(now=at(1))
    assert Visit.objects.get(pk=bad.pk).judge_at == at(11)
    assert Visitor.objects.get(pk=good.visitor_id).client_id == anna.pk
    assert judging.companies_due(at(12)) == [cast.company_id]


def test_where_somebody_is_now_is_told_to_others(cast, site, anna):
    page = {"kind": "page", "url": "/t", "title": "Стол"}
    visit = visit_of(site, page, {"kind": "basket", "sum": 5, "lines": [{"name": "Стол", "price": 5}]}, at=NOW)
    assert queries.now_on(visit.visitor.public_id, now=at(1)).page["title"] == "Стол"
    assert queries.now_on(anna.pk, now=at(1)) is None
    services.bind(visit.visitor_id, anna.pk, False, at(1))
    there = queries.now_on(anna.pk, now=at(1))
    assert (there.basket["sum"], there.since) == (5, NOW)
    assert queries.now_on(anna.pk, now=at(20)) is None


def test_what_is_left_is_told_by_plain_rules():
    seen = leaving.Seen(NOW, {"sum": 5}, NOW, None, None, [])
    assert leaving.dues(seen, 60).due(at(60)) == ["basket"]
    assert leaving.dues(seen, 60).next_after(NOW) == at(60)
    assert not leaving.is_filled({"sum": 0, "lines": []})
    assert not leaving.is_filled({"sum": 7, "lines": [{"name": "x", "count": 0}]})
    assert leaving.sum_of({"lines": [{"price": 1.1, "count": 3}, {"name": "y"}]}) == Decimal("3.30")
    assert leaving.earnest([leaving.Looked(1, 29, 1), leaving.Looked(2, 31, 1)]).variant_id == 2


def test_who_asks_for_the_secret_is_written_down_and_must_have_the_right(cast, site):
    assert services.reveal_secret(actor=cast.owner, public_id=site.public_id, now=NOW).secret == site.secret
    assert EventRow.objects.filter(name="site.SiteSecretShown").count() == 1
    with transaction.atomic(), pytest.raises(Denied):
        services.renew_secret(actor=cast.colleague, public_id=site.public_id, now=NOW)


def test_who_is_parted_once_more_is_still_whoever_wrote_from_that_browser(cast, site):
    one = make_visitor(site, NOW)
    sign = one.key.hex
    second = naming.part(naming.lock_visitor(one.pk), now=NOW + timedelta(hours=1))
    naming.part(naming.lock_visitor(one.pk), now=NOW + timedelta(hours=2))  # by an old talk, of yet another client
    assert find_visitor(f"{site.pk}:{sign}", NOW) == one
    assert find_visitor(f"{site.pk}:{sign}", NOW + timedelta(hours=3)) == second
