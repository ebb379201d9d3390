"""The list of deals and a deal by hand."""

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client as Browser

from voronka.accounts import queries as accounts
from voronka.accounts.testing import add_person, sign_in
from voronka.deals.models import Deal, Pipeline, Stage
from voronka.deals.queries import lists
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit.actors import Access
from voronka.kit.facets import facets_of
from voronka.people.models import Client
from voronka.work.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def browser(shop: Shop) -> Browser:
    return sign_in(Browser(), shop.cast.owner)


def names(browser: Browser, query: str = "") -> list[str]:
    text = browser.get(f"/deals/{query}").content.decode()
    return re.findall(r'<a class="v-link" href="/deals/[^"]+">([^<]+)</a>', text)


def test_an_empty_list_teaches(shop: Shop, browser: Browser) -> None:
    text = browser.get("/deals/").content.decode()
    assert "v-empty" in text
    assert "/deals/new/" in text
    with shop.as_(shop.cast.owner) as owner:
        make_deal(owner)
    text = browser.get("/deals/?tag=нет").content.decode()
    assert "v-empty" in text
    assert "<table" not in text


def test_filters_of_the_address(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as owner:
        anna = make_deal(owner, client=make_client("Анна Смирнова"))
        boris = make_deal(owner, client=make_client("Борис Ким"), pipeline_code="win_back")
        vera = make_deal(owner, client=make_client("Вера Лис"), responsible_id=owner.employee_id)
        press(owner, vera, "paid", sum="1000")
        Deal.objects.filter(pk=boris.pk).update(tags=["опт"])
        win_back = Pipeline.objects.get(code="win_back")
        first = Stage.objects.get(pk=anna.stage_id)
    assert names(browser) == ["Борис Ким", "Анна Смирнова"]
    assert names(browser, "?state=won") == ["Вера Лис"]
    assert names(browser, "?state=all") == ["Вера Лис", "Борис Ким", "Анна Смирнова"]
    assert names(browser, f"?pipeline={win_back.public_id}") == ["Борис Ким"]
    assert names(browser, f"?stage={first.public_id}") == ["Анна Смирнова"]
    assert names(browser, "?tag=опт") == ["Борис Ким"]
    assert names(browser, "?q=смирн") == ["Анна Смирнова"]
    assert names(browser, "?state=all&responsible=me") == ["Вера Лис"]
    assert names(browser, "?responsible=pool") == ["Борис Ким", "Анна Смирнова"]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("?pipeline=%00", 200, ""),
        ("?state=eaten", 200, ""),
        ("?after=nobody", 200, ""),
        ("?q=%00", 200, ""),
        ("?tag=" + "x" * 9000, 200, ""),
        ("?stage=nobody", 422, "Такого этапа больше нет"),
        ("?pipeline=nobody", 422, "Такой воронки больше нет"),
        ("?responsible=%27--", 422, "Такого сотрудника нет"),
        ("?f.client.custom.gone=1", 422, "Такого фильтра нет"),
        ("?f.sum=дорого", 422, "Напишите число или два"),
        ("?f.age=-5", 422, "Напишите дни"),
        ("?f.step=never", 422, "Выберите из списка"),
        ("?f.made_at=вчера-ли", 422, "Напишите день или два"),
        ("?f.loss=none", 422, "Такой причины больше нет"),
    ],
)
def test_nonsense_in_the_address_is_told_clearly(
    shop: Shop, browser: Browser, query: str, status: int, words: str
) -> None:
    with shop.as_(shop.cast.owner) as owner:
        make_deal(owner)
    answer = browser.get(f"/deals/{query}")
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_each_facet_finds_its_deals(shop: Shop) -> None:
    now = NOON
    with shop.as_(shop.cast.owner) as owner:
        other = add_person(owner, "manager")
        anna = make_deal(owner, client=make_client("Анна", city="Пермь", is_vip=True), amount=1000, title="Кухня")
        boris = make_deal(owner, client=make_client("Борис"), amount=90_000, responsible_id=other.employee_id)
        vera = make_deal(owner, client=make_client("Вера"), pipeline_code="win_back", source="form")
        press(owner, vera, "refuse", reason="price")
        Stage.objects.filter(pk=anna.stage_id).update(norm_days=3)
        Deal.objects.filter(pk=boris.pk).update(stage_since=now - timedelta(days=5), tags=["опт"])
        Task.objects.filter(pk=boris.open_task_id).update(
            band=0, ready_at=now - timedelta(hours=1), due_at=now - timedelta(minutes=50)
        )
        Task.objects.filter(pk=anna.open_task_id).update(ready_at=now + timedelta(days=9))
        public = next(one.public_id for one in accounts.list_employees() if one.pk == other.employee_id)
        asked = {
            "pipeline": {Pipeline.objects.get(code="win_back").public_id: "Вера"},
            "stage": {Stage.objects.get(pk=anna.stage_id).public_id: "Анна Борис"},
            "state": {"lost": "Вера", "open": "Анна Борис"},
            "responsible": {"me": "", "pool": "Анна Вера", "mine": "Анна Вера", public: "Борис"},
            "sum": {"50000..": "Борис", "..1000": "Анна", "1000": "Анна"},
            "tags": {"опт": "Борис"},
            "title": {"кух": "Анна"},
            "age": {"5": "Борис", "..2": "Анна Вера"},
            "over": {"yes": "Борис", "нет": "Анна Вера"},
            "step": {"late": "Борис", "today": "Борис", "week": "Борис", "later": "Анна", "unpromised": "Анна"},
            "source": {"form": "Вера"},
            "made_at": {"02.11.2026": "Анна Борис Вера", "..01.11.2026": ""},
            "closed_at": {"01.11.2026..03.11.2026": "Вера"},
            "loss": {"price": "Вера"},
            "client.city": {"перм": "Анна"},
            "client.vip": {"да": "Анна"},
        }
        for code, texts in asked.items():
            for text, expected in texts.items():
                found = lists.search_deals(owner, lists.Asked(state="all", filters={code: text}), now=now)
                assert not found.problems, (code, text, found.problems)
                seen = sorted(found.rows.values_list("client__name", flat=True))
                assert seen == expected.split(), (code, text)
        assert set(asked) <= set(facets_of("deal", owner))


def test_a_hidden_field_is_no_filter(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        make_deal(owner, amount=1000)
        blind = replace(owner, limits={"deal.sum": Access.HIDDEN})
        found = lists.search_deals(blind, lists.Asked(filters={"sum": "1.."}), now=NOON)
        assert found.problems == {"sum": "unknown"}
        assert not found.rows.exists()


def test_pages_go_on_from_where_the_last_one_ended(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    with shop.as_(shop.cast.owner) as owner:
        ids = [make_deal(owner).public_id for _n in range(5)][::-1]
        found = lists.search_deals(owner, lists.Asked(), now=NOON).rows
        first = lists.page_of(found)
        second = lists.page_of(found, after=first.after or "")
        third = lists.page_of(found, after=second.after or "")
        back = lists.page_of(found, before=third.before or "")
    assert [one.public_id for page in (first, second, third) for one in page.rows] == ids
    assert (first.before, third.after) == (None, None)
    assert [one.public_id for one in back.rows] == [one.public_id for one in second.rows]


def test_totals_and_query_count(shop: Shop, browser: Browser, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with shop.as_(shop.cast.owner) as owner:
        for n in range(30):
            make_deal(owner, client=make_client(f"Клиент {n}"), amount=1000)
        totals = lists.totals_of(lists.search_deals(owner, lists.Asked(), now=NOON).rows, owner)
    assert (totals.count, totals.is_more, [(c, int(s)) for c, s in totals.sums]) == (30, False, [("RUB", 30000)])
    with django_assert_max_num_queries(24):
        assert len(names(browser)) == 30


def test_a_manager_sees_his_own_and_the_common_pool(shop: Shop) -> None:
    other = add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.owner) as owner:
        make_deal(owner, client=make_client("Общий"))
        make_deal(owner, client=make_client("Чужой"), responsible_id=other.employee_id)
        make_deal(owner, client=make_client("Мой"), responsible_id=shop.cast.colleague.employee_id)
    assert names(sign_in(Browser(), shop.cast.colleague)) == ["Мой", "Общий"]
    assert names(sign_in(Browser(), shop.cast.stranger)) == []
    assert sign_in(Browser(), add_person(shop.cast.owner, "cashier")).get("/deals/").status_code == 403


def new_deal(shop: Shop, **changed: str) -> dict[str, str]:
    with shop.as_(shop.cast.owner):
        client = Client.objects.order_by("id").first() or make_client("Анна Смирнова")
        pipeline = Pipeline.objects.get(code="repeat_sale")
    posted = {"client": client.public_id, "pipeline": pipeline.public_id, "responsible": "me", "first": "now"}
    return posted | changed


def test_a_deal_by_hand(shop: Shop, browser: Browser) -> None:
    posted = new_deal(shop, title="Кухня", amount="184 000,50", first="morning")
    assert "Анна Смирнова" in browser.get("/deals/new/?q=смирн").content.decode()
    assert browser.get(f"/deals/new/?client={posted['client']}").status_code == 200
    answer = browser.post("/deals/new/", posted)
    assert answer.status_code == 302
    again = browser.post("/deals/new/", posted)
    assert again.url == answer.url
    with shop.as_(shop.cast.owner) as owner:
        deal = Deal.objects.select_related("open_task").get()
        assert (deal.title, str(deal.sum), deal.responsible_id) == ("Кухня", "184000.50", owner.employee_id)
        assert deal.open_task is not None
        assert deal.open_task.ready_at > NOON + timedelta(days=-1)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"pipeline": "nobody"}, 422),
        ({"responsible": "nobody"}, 422),
        ({"amount": "две тысячи"}, 422),
        ({"amount": "-5"}, 422),
        ({"amount": "1" * 40}, 422),
        ({"title": "ы" * 201}, 422),
        ({"first": "yesterday"}, 422),
        ({"client": "nobody"}, 404),
        ({"client": ""}, 403),
    ],
)
def test_bad_input_opens_nothing(shop: Shop, browser: Browser, changed: dict[str, str], status: int) -> None:
    answer = browser.post("/deals/new/", new_deal(shop, **changed))
    assert answer.status_code == status
    with shop.as_(shop.cast.owner):
        assert not Deal.objects.exists()


def test_who_may_not_assign_takes_deals_for_himself_only(shop: Shop) -> None:
    manager = sign_in(Browser(), shop.cast.colleague)
    with shop.as_(shop.cast.owner):
        from voronka.accounts import queries

        other = next(one.public_id for one in queries.list_employees() if one.role.code == "owner")
    assert manager.post("/deals/new/", new_deal(shop, responsible=other)).status_code == 422
    assert manager.post("/deals/new/", new_deal(shop)).status_code == 302
    assert sign_in(Browser(), shop.cast.stranger).post("/deals/new/", new_deal(shop)).status_code == 404


def test_the_deals_of_a_client_stand_on_his_card(shop: Shop, browser: Browser) -> None:
    other = add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.owner) as owner:
        client = make_client("Анна Смирнова")
        make_deal(owner, client=client, title="Кухня")
        make_deal(owner, client=client, title="Тайная", responsible_id=other.employee_id)
    address = f"/clients/{client.public_id}/deals"
    text = browser.get(address).content.decode()
    assert "Кухня" in text
    assert text.index("v-step") < text.index("v-dots")  # what is next stands above the deals
    assert f"/deals/new/?client={client.public_id}" in text
    assert "Тайная" not in sign_in(Browser(), shop.cast.colleague).get(address).content.decode()
    assert sign_in(Browser(), shop.cast.stranger).get(address).status_code == 404


def test_the_next_step_is_put_off_from_the_card_by_whoever_may_press(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner, client=make_client("Анна Смирнова"), responsible_id=owner.employee_id)
        address = f"/clients/{deal.client.public_id}/deals"
    text = browser.get(address).content.decode()
    asked = re.search(r'hx-get="(/deals/[^"]+/ask/[^"]+)" hx-target="#v-ask"', text)
    assert asked is not None
    strip = browser.get(html.unescape(asked[1]), HTTP_HX_REQUEST="true")
    assert "v-strip-hours" in strip.content.decode()
    assert strip.headers["HX-Retarget"] == "#v-ask"
    reader = sign_in(Browser(), add_person(shop.cast.owner, "reader"))
    text = reader.get(address).content.decode()
    assert "v-step" in text
    assert "v-ask" not in text
