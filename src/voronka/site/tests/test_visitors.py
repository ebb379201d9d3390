"""What people see of visitors, and what automations make of baskets that were left."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voronka.accounts.testing import make_company, sign_in
from voronka.catalogue.models import Category, Product
from voronka.flows import services as flows
from voronka.flows.models import Run
from voronka.flows.services import ready
from voronka.flows.testing import go, hear, make_automation, node
from voronka.kit.facets import condition
from voronka.kit.stakes import stakes_in
from voronka.kit.tenancy import company_context
from voronka.kit.timeline import read
from voronka.messaging.models import Message
from voronka.orders.testing import make_order, make_shop
from voronka.people import queries as people
from voronka.people.models import Client, Consent
from voronka.people.testing import make_client
from voronka.site import services
from voronka.site.models import SeenGoods, Visit, Visitor
from voronka.site.queries.visitors import Wanted, is_filled, read_visits
from voronka.site.services.basket_words import tell_basket
from voronka.site.testing import make_site, visit_of
from voronka.site.views.scale import WIDTH, scale_of

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)
WHO = {"kind": "identify", "email": "anna@kuhnya.ru"}
SCRIPT = "<script>alert(1)</script>"


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
    return make_site(cast.owner, NOW - timedelta(days=8))


@pytest.fixture
def anna(cast):
    found = make_client(cast.owner, name="Анна Орлова", email="anna@kuhnya.ru")
    Consent.objects.create(client=found, purpose="advertising", channel="any", given=True, at=NOW, source="x")
    Client.objects.filter(pk=found.pk).update(zone="Europe/Moscow", zone_sure=True)
    return found


def held(shop, *more):
    lines = [{"name": f"Стол {SCRIPT}", "code": shop.table.code, "price": 990, "count": 2}, *more]
    return {"kind": "basket", "url": "/cart", "sum": 1980, "lines": lines}


def test_the_letter_about_a_basket_names_goods_of_the_catalogue_and_goes_only_while_it_lies(cast, site, shop, anna):
    row = ready.take(actor=cast.owner, code="basket", now=NOW)
    flows.switch(actor=cast.owner, public_id=row.public_id, is_on=True, now=at(-200))
    went = at(-90)
    visit = visit_of(site, WHO, held(shop, {"name": "Купите у нас http://evil.example", "price": 1}), at=went)
    services.judge_due(now=at(-89))
    services.judge_due(now=at(-20))
    go(cast.company_id, at(0))
    letter = Message.objects.get()
    assert "Стол обеденный, 2 шт." in letter.body
    assert "https://shop.example/cart" in letter.body
    assert "2\xa0000" in letter.body.replace("\u202f", "\xa0") or "2000" in letter.body, letter.body
    assert not [one for one in ("evil", "script", "1980") if one in letter.body]
    # A day later he has not ordered: a second letter. Of whom the shop has proven the page's own words are told.
    Visitor.objects.update(is_proven=True)
    assert [one["name"] for one in tell_basket(anna.pk, None)["lines"]] == [
        "Стол обеденный", "Купите у нас http://evil.example"
    ]  # fmt: skip
    # The walk came in by the true clock, which has gone on since this file was read.
    go(cast.company_id, datetime.now(UTC) + timedelta(days=1, minutes=5))
    assert Message.objects.count() == 2
    Visit.objects.filter(pk=visit.pk).update(basket={**visit.basket, "url": "//evil.example/x"})
    assert tell_basket(anna.pk, None)["url"] == "https://shop.example/"
    assert tell_basket(anna.pk, cast.colleague) is not None
    make_order(cast.owner, shop.__class__(shop.place, anna, shop.table, shop.chair), (shop.table, 1), now=at(1))
    assert tell_basket(anna.pk, None) is None


def test_what_clients_do_on_the_site_begins_automations(cast, site, shop, anna):
    tables, lamps = (Category.objects.create(name=one) for one in ("Столы", "Лампы"))
    for one in (tables, lamps):
        Category.objects.filter(pk=one.pk).update(path=f"/{one.pk}/")
    Product.objects.filter(pk=shop.table.product_id).update(category=tables)
    for kind, more in (
        ("basket_left", {"least": 5_000}), ("basket_left", {"least": 1_000}), ("checkout_left", {}),
        ("looked", {"category": lamps.public_id}), ("looked", {"category": tables.public_id}),
        ("came_back", {"days": 2}), ("came_back", {"days": 5}),
        ("browse_left", {}),
    ):  # fmt: skip
        name = f"{kind} {more}"
        make_automation(cast.owner, {"kind": f"site.{kind}", **more}, node(1, "wait", {"minutes": 9}), now=at(-9_999),
                        name=name)  # fmt: skip
    look = {"kind": "product", "url": "/t", "code": shop.table.code}
    first = visit_of(site, WHO, held(shop), {"kind": "checkout"}, look, at=at(-4_500))
    services.judge_due(now=at(-4_499))
    services.judge_due(now=at(-4_400))
    visit_of(site, look, look, at=at(-10), visitor=first.visitor)
    services.judge_due(now=at(0))
    services.judge_due(now=at(24 * 60))
    hear(cast.company_id)
    began = sorted(Run.objects.values_list("automation__name", flat=True))
    assert began == [
        "basket_left {'least': 1000}", "browse_left {}", "came_back {'days': 2}", "checkout_left {}",
        f"looked {{'category': '{tables.public_id}'}}",
    ]  # fmt: skip
    assert set(Run.objects.values_list("subject_id", flat=True)) == {anna.pk}


def test_the_list_and_the_pages_show_who_is_here_with_what_and_nothing_becomes_markup(cast, site, shop, anna):
    visit_of(
        site, {"kind": "page", "url": "/t", "title": f"Стол {SCRIPT}"}, WHO,
        {"kind": "product", "url": "/t", "code": shop.table.code, "name": SCRIPT, "price": 990}, held(shop),
        at=datetime.now(UTC) - timedelta(seconds=30), head={"utm": {"source": "ya"}, "from": "https://ya.ru/"},
    )  # fmt: skip
    visit_of(site, {"kind": "page", "url": "/2", "title": "Вторая"}, at=datetime.now(UTC) - timedelta(minutes=20))
    visit_of(site, {"kind": "page", "url": "/3", "title": "Третья"}, at=datetime.now(UTC) - timedelta(days=3))
    services.judge_due(now=datetime.now(UTC))
    browser = sign_in(Browser(), cast.owner)
    all_of_them = browser.get("/visitors/?when=all").content.decode()
    assert [one in all_of_them for one in ("Анна Орлова", "Вторая", "Третья", "сейчас здесь 1")] == [True] * 4
    assert SCRIPT not in all_of_them
    cases = {
        "when=now": "Анна", "when=all&who=known": "Анна", "when=all&basket=1": "Анна", "when=all&source=ya": "Анна",
        "when=all&who=unknown": "Вторая Третья", f"when=all&site={site.public_id}": "Анна Вторая Третья",
        "when=all&site=nosuch": "", "when=now&place=%00": "Анна",
    }  # fmt: skip
    for address, wanted in cases.items():
        shown = browser.get(f"/visitors/?{address}").content.decode()
        assert [one for one in ("Анна", "Вторая", "Третья") if one in shown] == wanted.split(), address
    visitor = Visitor.objects.get(client=anna)
    page = browser.get(f"/visitors/{visitor.public_id}/").content.decode()
    assert SCRIPT not in page
    assert [one in page for one in ("с его слов", "v-visit-scale", "Стол обеденный", "в каталоге")] == [True] * 4
    panel = browser.get(f"/visitors/of/{anna.public_id}/").content.decode()
    panel = panel.replace("\xa0", " ").replace("\u202f", " ")
    assert [one in panel for one in ("На сайте", "ya", "1 980", "сейчас здесь")] == [True] * 4, panel
    feed = read(anna.pk, actor=cast.owner, now=NOW, tab="site")
    heads = [str(entry.head_html) for day in feed.days for entry in day.entries]
    assert len(heads) == 2
    assert any(one.startswith("<b>was on the site</b> · 1 page") for one in heads)
    assert SCRIPT not in "".join(heads)
    odd = browser.get(f"/sites/{site.public_id}/").content.decode().replace("\xa0", " ").replace("\u202f", " ")
    assert [one in odd for one in ("Цены, которые расходятся", "990 ₽", "1 000 ₽")] == [True] * 3
    secret = browser.post(f"/sites/{site.public_id}/secret/", {"act": "renew"}).content.decode()
    site.refresh_from_db()
    assert site.secret in secret
    assert site.secret not in browser.get(f"/sites/{site.public_id}/").content.decode()
    # A manager of another's client sees neither him nor his visits.
    Client.objects.filter(pk=anna.pk).update(responsible_id=cast.owner.employee_id)
    manager = sign_in(Browser(), cast.colleague)
    shown = manager.get("/visitors/?when=all").content.decode()
    reach = people.visible(cast.colleague)
    assert ("Анна" in shown) == Client.objects.filter(reach, pk=anna.pk).exists()


def test_lists_of_visits_ask_as_much_for_many_as_for_few(cast, site, shop, anna):
    browser = sign_in(Browser(), cast.owner)

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert browser.get("/visitors/?when=all").status_code == 200
        return len(caught)

    visit_of(site, WHO, held(shop), at=at(-5))
    asked()
    few = asked()
    for number in range(60):
        visit_of(site, WHO, held(shop), {"kind": "page", "url": f"/{number}"}, at=at(-6 - number))
    services.judge_due(now=NOW)
    assert asked() <= few + 1
    after = re.search(r'href="(\?[^"]*place=[^"]+)"', browser.get("/visitors/?when=all").content.decode())
    assert after is not None
    second = browser.get(f"/visitors/{after[1].replace('&amp;', '&')}").content.decode()
    assert second.count('data-name="Последний раз') == 0 or "Анна" in second


def test_lists_of_clients_ask_what_was_done_on_the_site_and_rows_follow_the_client(cast, site, shop, anna):
    other = make_client(cast.owner, name="Пётр", email="petr@kuhnya.ru")
    look = {"kind": "product", "url": "/t", "code": shop.table.code}
    visit_of(site, WHO, look, held(shop), at=at(-200), head={"utm": {"source": "ya"}})
    services.judge_due(now=at(-199))
    services.judge_due(now=at(-1))
    day = NOW.astimezone(cast.owner.zone).strftime("%d.%m.%Y")

    def found(**asked: str) -> set[str]:
        wanted, problems = condition("client", asked, cast.owner, now=NOW)
        assert not problems
        return set(Client.objects.filter(wanted).values_list("name", flat=True)) & {"Анна Орлова", "Пётр"}

    mine = {"Анна Орлова"}
    assert found(site_visited=f"01.01.2020..{day}") == mine
    assert found(site_visited="01.01.2020..02.01.2020") == set()
    assert (found(site_goods="обеденный"), found(site_goods="люстра")) == (mine, set())
    assert (found(site_basket="0..1"), found(site_basket="3..9")) == (mine, set())
    assert (found(site_source="ya"), found(site_source="vk")) == (mine, set())
    assert found(**{"site_source:not": "ya"}) == {"Пётр"}
    # Cards that are joined, then erased: visits with what was seen in them follow.
    stake = next(one for one in stakes_in("client") if one.part == "site")
    stake.move([anna.pk], other.pk)
    assert found(site_source="ya") == {"Пётр"}
    told = list(stake.export([other.pk]))
    assert told[0]["goods"] == [{"name": shop.table.name, "times": 1, "seconds": 0}]
    stake.erase([other.pk])
    assert not SeenGoods.objects.exists()
    assert not Visitor.objects.exists()


def test_a_scale_is_as_long_as_its_pages():
    bars = scale_of([("a", 60), ("b", 0), ("c", 120)])
    ends = [(Decimal(one.left), Decimal(one.wide)) for one in bars]
    assert float(ends[-1][0] + ends[-1][1]) == pytest.approx(WIDTH, abs=0.3)
    assert ends[2][1] > ends[0][1] > ends[1][1] >= 3
    assert scale_of([]) == []


LINE = st.fixed_dictionaries({"name": st.just("Стол")}, optional={"count": st.integers(0, 2)})
BASKETS = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "sum": st.integers(0, 2), "currency": st.just("RUB"),
        "lines": st.lists(LINE, max_size=2),
    },
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BASKETS, st.sampled_from([None, 0, 1]), st.sampled_from([None, 0, 1, 2]))
def test_a_visit_keeps_whether_it_has_a_basket_as_the_rules_say(site, basket, filled, bought):
    with transaction.atomic():
        row = visit_of(site, {"kind": "page"}, at=NOW)
        row.basket = basket
        row.basket_at, row.bought_at = (None if one is None else at(one) for one in (filled, bought))
        row.save(update_fields=["basket", "basket_at", "bought_at"])
        row.refresh_from_db()
        assert row.has_basket == is_filled(row)
        transaction.set_rollback(True)


def test_visits_with_a_basket_are_asked_by_a_kept_column_that_has_an_index_of_its_own(cast, site):
    row = visit_of(site, {"kind": "basket", "lines": [{"name": "Стол"}]}, at=NOW)
    for minute in range(20):
        visit_of(site, {"kind": "page"}, at=at(minute))
    with CaptureQueriesContext(connection) as told:
        rows, _next = read_visits(cast.owner, Wanted(when="all", with_basket=True), now=at(300))
    assert rows == [row]
    asked = next(one["sql"] for one in told if "ORDER BY" in one["sql"] and "site_visit" in one["sql"])
    condition = asked.partition(" WHERE ")[2]
    assert '"site_visit"."has_basket"' in condition
    assert '"basket"' not in condition
    # Which way the planner goes hangs on figures that nobody gathers here: that there is one is looked at instead.
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'site_visit_basket'")
        [(index,)] = cursor.fetchall()
    assert index.endswith("(company_id, last_at DESC, id DESC) WHERE has_basket")
