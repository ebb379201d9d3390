"""The demo's shop: what it says to machines, what it refuses, and that filling it again changes nothing."""

import http.client
import json
import re
import socket
import threading
import time
import tracemalloc
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from voronka.accounts.testing import make_company
from voronka.catalogue.models import Related, Variant
from voronka.config.demo.storefront import open_shop
from voronka.config.env import SettingError
from voronka.config.storefront import pages, pictures
from voronka.config.storefront.frame import Page, money
from voronka.config.storefront.goods import read_range
from voronka.config.storefront.office import Away, Offer, Placed
from voronka.config.storefront.server import Handler, Server, Shop, serve
from voronka.config.storefront.setting import Person, Setting, Way, read_setting, shop_port
from voronka.config.storefront.signs import opened, read_basket, sealed, write_basket
from voronka.config.supervisor import Supervisor
from voronka.connect.models import ApiKey
from voronka.flows.models import Automation
from voronka.kit.tenancy import company_context
from voronka.loyalty.queries.referrals import get_terms
from voronka.loyalty.services.referral_terms import TermsDraft, save_terms
from voronka.site.models import Site, SiteChat, Widget
from voronka.site.services import staging
from voronka.site.services.answering import told_of_site
from voronka.site.testing import make_visitor, moment_of
from voronka.stock.models import Balance
from voronka.stock.testing import make_place
from voronka.trials.models import Look, Trial
from voronka.trials.queries import results_of

SETTING = Setting(
    "abcdefghjkmn", "a secret", "a key", (Person("c1", "Анна", "anna@example.ru", "+73430000011"),),
    (Way("d1", "Самовывоз"), Way("d2", "Курьер", "300", needs_address=True)), (Way("p1", "Наличными"),),
)  # fmt: skip
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


class Shelf:
    """A product that answers from memory; `is_away` when it does not."""

    def __init__(self) -> None:
        self.is_away = False
        self.placed: list[object] = []

    def shelf(self) -> dict[str, Offer]:
        if self.is_away:
            raise Away
        return {
            code: Offer(f"v-{code}", code, f"{one.name}, {choice.size}", Decimal(one.sizes[choice.size][1]), "", 3)
            for code, (one, choice) in read_range().by_code().items()
        }

    def place(self, wanted: object) -> Placed:
        self.placed.append(wanted)
        return Placed("ЛК-000001", Decimal(1900))

    def orders_of(self, client: str) -> list[Placed]:
        return []


@pytest.fixture
def shop():
    """Serve the shop from memory; yields a way to ask it, and what stands behind."""
    office = Shelf()
    server = serve(Shop(SETTING, office, 8001), "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def ask(path: str, method: str = "GET", body: str = "", **headers: str) -> tuple[int, str, dict[str, str]]:
        line = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
        named = {"Host": "shop.example:8003", **{name.replace("_", "-"): one for name, one in headers.items()}}
        line.request(method, path, body.encode(), named)
        answer = line.getresponse()
        found = answer.status, answer.read().decode(), dict(answer.getheaders())
        line.close()
        return found

    yield ask, office
    server.shutdown()
    server.server_close()


def test_no_name_of_goods_becomes_a_part_of_the_page() -> None:
    strange = read_range().find("doska-razdelochnaya")
    assert strange is not None
    assert "<script>" in strange.name
    for markup in ("schema", "graph", "data"):
        goods = type(strange)(**{**{one: getattr(strange, one) for one in strange.__slots__}, "markup": markup})
        page = Page("/", "http://w", SETTING, read_range(), Shelf().shelf())
        html = pages.product(page, goods, goods.choices()[0])
        assert html is not None
        assert "<script>alert" not in html
        if markup == "schema":
            said = re.search(r'ld\+json">(.*?)</script>', html)
            assert said is not None
            assert json.loads(said[1])["name"].startswith(strange.name)


def test_each_kind_of_markup_is_met_and_each_picture_is_drawn() -> None:
    goods = read_range().goods
    assert {one.markup for one in goods} == {"schema", "graph", "data"}
    for one in goods:
        assert set(one.goes_with) <= {other.slug for other in goods}
        for tone in one.tones:
            drawn = pictures.draw(pictures.address(one.picture, tone)[10:].removesuffix(".svg"))
            assert drawn is not None
            assert "{" not in drawn
    assert pictures.draw("room-natural-0") is None
    assert pictures.draw("table-pink-0") is None


def test_pictures_that_are_not_there_are_not_kept_in_mind() -> None:
    tracemalloc.start()
    try:
        before, _most = tracemalloc.get_traced_memory()
        assert not any(pictures.draw(f"{n}{'x' * 20_000}-natural-0") for n in range(100))
        after, _most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 200_000


def test_what_the_browser_keeps_is_read_with_care() -> None:
    basket = {"LK-10-21": 2, "LK-11-11": 1}
    assert read_basket(write_basket(basket)) == basket
    assert read_basket("LK-10-21:0.LK:x.<b>:3.LK-11-11:77") == {}
    assert len(read_basket(".".join(f"LK-{n:02d}-11:1" for n in range(60)))) == 20
    seal = sealed("a secret", "me", "c1")
    assert opened("a secret", "me", seal) == "c1"
    for wrong in ("c1", "c2" + seal[2:], "", "~", sealed("another", "me", "c1"), sealed("a secret", "bought", "c1")):
        assert opened("a secret", "me", wrong) == ""
    assert [money(Decimal(one)) for one in ("36900", "1234567.5", "0")] == [
        "36\u202f900\u00a0₽", "1\u202f234\u202f567,50\u00a0₽", "0\u00a0₽",
    ]  # fmt: skip


def test_pages_stand_under_a_strict_policy_and_forms_of_others_are_refused(shop) -> None:
    ask, office = shop
    status, body, headers = ask("/tovar/stol-brusok")
    policy = headers["Content-Security-Policy"]
    assert status == 200
    assert policy.startswith("default-src 'none'; script-src 'self' http://shop.example:8001;")
    assert "connect-src http://shop.example:8001;" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert '<script async src="http://shop.example:8001/w.js" data-site="abcdefghjkmn">' in body
    assert " style=" not in body
    assert re.search(r"\son\w+=", body) is None
    assert ask("/tovar/none")[0] == ask("/tovar/stol-brusok/LK-99-11")[0] == ask("/x/../../etc/passwd")[0] == 404
    assert ask("/", Host="a b<script>")[0] == 400
    assert ask("/korzina/polozhit", "POST", "code=LK-10-21", Origin="http://evil.example")[0] == 403
    assert ask("/korzina/polozhit", "POST", "x" * 30_000)[0] == 413
    status, _body, headers = ask("/korzina/polozhit", "POST", "code=LK-10-21", Origin="http://shop.example:8003")
    assert (status, headers["Location"]) == (303, "/korzina")
    assert headers["Set-Cookie"].startswith("shop_basket=LK-10-21:1;")
    assert ask("/korzina/polozhit", "POST", "code=LK-77-21")[2]["Set-Cookie"].startswith("shop_basket=;")
    # Without its product the shop says so, and sells again when it is back.
    office.is_away = True
    assert ask("/")[0] == 503
    assert ask("/healthz")[0] == 200
    office.is_away = False
    assert ask("/")[0] == 200


def test_who_holds_all_lines_keeps_others_waiting_no_longer_than_till_he_goes() -> None:
    server = Server(("127.0.0.1", 0), type("OneShop", (Handler,), {"shop": Shop(SETTING, Shelf(), 8001)}), most=2)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def ask() -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)) as line:
            line.request("GET", "/healthz")
            return line.getresponse().status

    held = [socket.create_connection(server.server_address) for _number in range(2)]
    before = threading.active_count()
    for _turn in range(200):  # till both are taken
        if not server.places.acquire(blocking=False):
            break
        server.places.release()
        time.sleep(0.02)
    assert [ask() for _number in range(20)] == [503] * 20
    assert threading.active_count() <= before + 2
    for one in held:
        one.close()
    eventually = (ask() for _turn in range(200) if not time.sleep(0.02))
    assert next(status for status in eventually if status == 200)
    server.shutdown()
    server.server_close()


def test_only_the_shop_itself_says_who_is_signed_in(shop) -> None:
    ask, _office = shop
    me = ask("/vhod", "POST", "client=c1")[2]["Set-Cookie"].partition(";")[0]
    assert 'data-id="c1"' in ask("/kabinet", Cookie=me)[1]
    assert "Set-Cookie" not in ask("/vhod", "POST", "client=c2")[2]
    assert "data-id" not in ask("/kabinet", Cookie="shop_me=c1")[1]
    assert "HttpOnly" in ask("/vhod", "POST", "client=c1")[2]["Set-Cookie"]


def test_a_checkout_says_what_is_wrong_and_places_what_is_right(shop) -> None:
    ask, office = shop
    basket = "shop_basket=LK-23-11:1"
    typed = "key=" + "a" * 32 + "&name=%D0%91&phone=%2B73430000022&delivery={}&payment=p1&agreed=1"
    assert ask("/zakaz", "POST", typed.format("d1"))[2]["Location"] == "/korzina"  # nothing lies in it
    for wrong, words in (
        (typed.format("d2"), "куда везти"),
        (typed.format("d9"), "как получить"),
        (typed.format("d1").replace("agreed=1", ""), "Без согласия"),
        (typed.format("d1").replace("%2B73430000022", ""), "имя и телефон"),
        (typed.format("d1").replace("a" * 32, "1"), "Форма устарела"),
    ):
        status, body, _headers = ask("/zakaz", "POST", wrong, Cookie=basket)
        assert status == 422
        assert words in body
    assert office.placed == []
    status, _body, headers = ask("/zakaz", "POST", typed.format("d1"), Cookie=basket)
    assert (status, headers["Location"]) == (303, "/spasibo")
    [wanted] = office.placed
    assert wanted.lines == (("LK-23-11", 1),)


@pytest.mark.django_db
def test_the_shop_of_a_company_is_opened_once_and_follows_its_port(tmp_path) -> None:
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        make_place(cast.owner)
        save_terms(actor=cast.owner, draft=TermsDraft(is_on=True, cap=Decimal(700)), now=NOW)
        first = open_shop(actor=cast.owner, origins=["http://localhost:8003"], home=tmp_path, now=NOW)
        known = read_range().by_code()
        assert set(Variant.objects.values_list("code", flat=True)) == set(known)
        assert Related.objects.filter(kind="accessory").count() == sum(
            len(one.goes_with) for one in read_range().goods
        )
        lying = dict(Balance.objects.filter(place__is_selling=True).values_list("variant__code", "on_hand"))
        assert lying["LK-10-21"] == 6
        assert "LK-41-11" not in lying
        again = open_shop(actor=cast.owner, origins=["http://localhost:9003"], home=tmp_path, now=NOW)
        assert Variant.objects.count() == len(known)
        terms = get_terms()  # a friend who comes by a link comes into the shop
        assert (terms.page, terms.cap, terms.is_on) == ("http://localhost:9003/", Decimal(700), True)
        own = TermsDraft(is_on=True, page="https://ladnaya.example.ru/")
        save_terms(actor=cast.owner, draft=own, now=NOW)
        open_shop(actor=cast.owner, origins=["http://localhost:8003"], home=tmp_path, now=NOW)
        assert get_terms().page == "https://ladnaya.example.ru/"
        again = open_shop(actor=cast.owner, origins=["http://localhost:9003"], home=tmp_path, now=NOW)
        site = Site.objects.get()
        assert site.origins == ["http://localhost:9003", "http://localhost:8003"]
        assert (again.site, again.secret) == (first.site, first.secret) == (site.public_id, site.secret)
        assert again.key != first.key
        assert ApiKey.objects.filter(revoked_at=None).count() == 1
    assert read_setting(tmp_path) == again
    assert (tmp_path / "demo-shop.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(SettingError, match="voronka demo"):
        read_setting(tmp_path / "nowhere")


@pytest.mark.django_db
def test_the_shop_has_its_funnel_and_a_second_start_hangs_nothing_more(tmp_path) -> None:
    cast = make_company(name="Ладная кухня", now=NOW)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        make_place(cast.owner)
        for port in (8003, 9003):
            open_shop(actor=cast.owner, origins=[f"http://localhost:{port}"], home=tmp_path, now=NOW)
        site = Site.objects.get()
        assert sorted(Widget.objects.values_list("kind", "is_on")) == [
            ("bar", True),
            ("stop", True),
            ("teaser", True),
        ]
        told = told_of_site(site.pk, NOW)
        assert told is not None
        assert told["hears"]
        assert [one["paths"] for one in told["widgets"]] == [["/dostavka"]], (
            "the others are shown by the scenario alone"
        )
        # Two bars are tested since a fortnight, by people who saw them and bought.
        [found] = results_of(Trial.objects.filter(kind="widget"), now=NOW)
        assert (found.trial.state, found.is_skewed) == ("running", False)
        assert min(one.buyers for one in found.figures.values()) >= 50
        assert found.reading.bands[2] is not None
        assert Look.objects.filter(low__isnull=False).exists()
        funnel = Automation.objects.get(ready="shop_funnel")
        assert (funnel.is_on, funnel.subject) == (True, "visitor")
        visitor = make_visitor(site, NOW)
        for seconds, kind in ((0, "product"), (36, "tick")):
            staging.hear(moment_of(visitor, kind, NOW + timedelta(seconds=seconds)))
        trial = Trial.objects.get(kind="flow")
        assert (trial.kind, trial.subject_id, trial.place) == ("flow", funnel.pk, "n3"), "who is shown the teaser"
        assert SiteChat.objects.get(site=site).is_on


def test_a_demo_keeps_a_shop_alive_and_a_company_of_its_own_has_none(tmp_path, monkeypatch) -> None:
    for name in ("SHOP_PORT", "VORONKA_WIRE_PORT", "VORONKA_MAIL_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORT", "8100")
    assert shop_port() == 8103
    demo = Supervisor(tmp_path, 8100, "127.0.0.1", quiet=True, shop=shop_port())
    assert [one.name for one in demo._make_programs()] == ["web", "wire", "worker", "mailbox", "shop"]
    assert demo._ports() == [8100, 8101, 8102, 8103]
    assert demo._prepared(demo=True) != Supervisor(tmp_path, 8100, "127.0.0.1", quiet=True, shop=9)._prepared(
        demo=True
    )
    own = Supervisor(tmp_path, 8100, "127.0.0.1", quiet=False)
    assert [one.name for one in own._make_programs()] == ["web", "wire", "worker", "mailbox"]
    assert own._ports() == [8100, 8101, 8102]
    monkeypatch.setenv("SHOP_PORT", "8777")
    assert shop_port() == 8777
