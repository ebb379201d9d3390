"""The board and the funnel: what they show, to whom, at what cost; and a card carried to another stage."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import add_person, sign_in
from voronka.deals.models import ButtonSet, Deal, Pipeline, Stage
from voronka.deals.queries import board as boards
from voronka.deals.queries.lists import Asked
from voronka.deals.rules.buttons import Buttons
from voronka.deals.rules.ribbon import ribbon
from voronka.deals.rules.ways import ways_to
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit.actors import Access
from voronka.work.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def browser(shop: Shop) -> Browser:
    return sign_in(Browser(), shop.cast.owner)


def cards(browser: Browser, address: str = "/deals/board/") -> list[str]:
    text = browser.get(address).content.decode()
    return re.findall(r'<span class="v-deal-who">([^<]+)', text)


def stages_of(code: str) -> list[Stage]:
    return list(Stage.objects.filter(pipeline__code=code).order_by("position"))


def test_columns_hold_counts_sums_and_cards_by_the_time_of_their_step(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        first, second, *_rest = stages_of("new_lead")
        deals = [make_deal(owner, client=make_client(f"К{n}"), amount=100 * n) for n in range(1, 5)]
        for n, deal in enumerate(reversed(deals)):
            Task.objects.filter(pk=deal.open_task_id).update(ready_at=NOON + timedelta(hours=n))
        Task.objects.filter(pk=deals[0].open_task_id).update(due_at=NOON - timedelta(minutes=1))
        moved = make_deal(owner, client=make_client("Дальше"), amount=5000)
        press(owner, moved, "next")
        found = boards.search_board(owner, Asked(), first.pipeline, now=NOON).rows
        sums = boards.stage_sums(found, owner, now=NOON)
        assert (sums[first.pk].count, sums[first.pk].late, int(sums[first.pk].sums["RUB"])) == (4, 1, 1000)
        assert (sums[second.pk].count, int(sums[second.pk].sums["RUB"])) == (1, 5000)
        shown = boards.first_cards(found, owner, each=2)
        assert [one.client.name for one in shown[first.pk].deals] == ["К4", "К3"]
        behind = boards.next_cards(found, owner, first.pk, shown[first.pk].after)
        assert [one.client.name for one in behind.deals] == ["К2", "К1"]
        assert (behind.after, shown[second.pk].after) == ("", "")
        spoilt = boards.next_cards(found, owner, first.pk, "вчера_7")
        assert [one.client.name for one in spoilt.deals] == ["К4", "К3", "К2", "К1"]


def test_deals_won_today_stay_till_midnight(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        pipeline = Pipeline.objects.get(code="new_lead")
        deal = make_deal(owner, client=make_client("Анна"))
        press(owner, deal, "paid", sum="1000")
        today = boards.search_board(owner, Asked(), pipeline, now=NOON).rows
        tomorrow = boards.search_board(owner, Asked(), pipeline, now=NOON + timedelta(days=1)).rows
        assert [one.pk for one in today] == [deal.pk]
        assert not tomorrow.exists()


@pytest.mark.parametrize(("filters", "count"), [("", 5), ("&f.sum=500..", 3), ("&f.state=won", 5), ("&q=Анна", 4)])
def test_a_number_of_the_board_is_that_of_the_list_its_link_opens(
    shop: Shop, browser: Browser, filters: str, count: int
) -> None:
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner:
        late = make_deal(owner, client=make_client("Анна Поздняя"), amount=1000, now=now)
        Task.objects.filter(pk=late.open_task_id).update(due_at=now - timedelta(minutes=1))
        make_deal(owner, client=make_client("Анна"), amount=100, now=now)
        press(owner, make_deal(owner, client=make_client("Анна Рядом"), amount=700, now=now), "next", now=now)
        for amount, name in ((900, "Анна Оплатила"), (90, "Борис Оплатил")):
            won = make_deal(owner, client=make_client(name), amount=amount, now=now)
            press(owner, won, "paid", sum=str(amount), now=now)
        long_ago = make_deal(owner, client=make_client("Анна Давно"), amount=800, now=now)
        press(owner, long_ago, "paid", sum="800", now=now)
        Deal.objects.filter(pk=long_ago.pk).update(closed_at=now - timedelta(days=2))
    board = browser.get(f"/deals/board/?pipeline={late.pipeline.public_id}{filters}").context
    funnel = browser.get(f"/deals/funnel/?pipeline={late.pipeline.public_id}{filters}").context
    assert sum(one.count for one in board["columns"]) == count
    for columns in (board["columns"], funnel["columns"]):
        for one in columns:
            assert len(browser.get(one.list_url).context["rows"]) == one.count, one.list_url
            assert len(browser.get(one.late_url).context["rows"]) == one.late, one.late_url
    assert len(browser.get(board["totals"]["late_url"]).context["rows"]) == sum(one.late for one in board["columns"])


def test_sums_are_kept_from_one_who_may_not_see_them(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        stage = Stage.objects.get(pk=make_deal(owner, amount=777_000).stage_id)
        blind = replace(owner, limits={"deal.sum": Access.HIDDEN})
        found = boards.search_board(blind, Asked(), stage.pipeline, now=NOON).rows
        assert boards.stage_sums(found, blind, now=NOON)[stage.pk].sums == {}
        assert boards.first_cards(found, blind)[stage.pk].deals[0].sum is None


def test_the_board_its_filter_and_its_cost(shop: Shop, browser: Browser, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with shop.as_(shop.cast.owner) as owner:
        for n in range(30):
            make_deal(owner, client=make_client(f"Клиент {n}"), amount=1000, now=datetime.now(UTC))
        press(owner, make_deal(owner, client=make_client("Ким"), amount=70_000), "next", now=datetime.now(UTC))
        first = stages_of("new_lead")[0]
    browser.get("/deals/board/")
    with django_assert_num_queries(20):
        text = browser.get("/deals/board/").content.decode()
    assert len(re.findall("data-card=", text)) == boards.CARDS + 1
    assert "ещё 22" in text
    assert cards(browser, "/deals/board/?f.sum=50000..") == ["Ким"]
    assert "от 50\u202f000\u00a0₽" in browser.get("/deals/board/?f.sum=50000..").content.decode()
    more = re.search(r'hx-get="(/deals/board/[^"]+/more[^"]+)"', text)
    assert more is not None
    assert first.public_id in more[1]
    assert len(cards(browser, more[1].replace("&amp;", "&"))) == 22
    with django_assert_num_queries(18):
        text = browser.get("/deals/funnel/").content.decode()
    assert text.count('data-name="Взвешенно"') == len({*re.findall(r'f\.stage=(\w+)"', text)})
    for view in ("board", "funnel"):
        assert browser.get(f"/deals/{view}/?f.stage=gone").status_code == 422
        assert browser.get(f"/deals/{view}/?pipeline=gone").status_code == 404
    assert browser.get("/deals/board/gone/more").status_code == 404


def test_a_manager_sees_his_own_and_the_common_pool(shop: Shop) -> None:
    other = add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.owner) as owner:
        make_deal(owner, client=make_client("Общий"))
        make_deal(owner, client=make_client("Чужой"), responsible_id=other.employee_id)
        make_deal(owner, client=make_client("Мой"), responsible_id=shop.cast.colleague.employee_id)
    assert cards(sign_in(Browser(), shop.cast.colleague)) == ["Общий", "Мой"]
    assert cards(sign_in(Browser(), shop.cast.stranger)) == []


def carry(browser: Browser, deal: Deal, to: str = "") -> tuple[int, str]:
    answer = browser.get(f"/deals/{deal.public_id}/move" + (f"?to={to}" if to else ""), HTTP_HX_REQUEST="true")
    return answer.status_code, answer.content.decode()


def test_a_carried_card_opens_the_button_that_leads_there(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner, client=make_client("Анна Смирнова"))
        first, second, third, *_rest = stages_of("new_lead")
    status, text = carry(browser, deal, second.public_id)
    assert status == 200
    assert f"/deals/{deal.public_id}/press/next" in text
    assert f"{first.name} → {second.name}." in text  # what the press would do, told before it is made
    status, text = carry(browser, deal, third.public_id)
    assert "Туда не ведёт ни одна кнопка" in text
    assert second.name in text
    assert f"/settings/stages/{first.public_id}/buttons/" in text
    status, text = carry(browser, deal)
    assert "нет такой кнопки" in text
    assert f"move?to={second.public_id}" in text
    assert carry(browser, deal, first.public_id)[0] == 204
    status, text = carry(browser, deal, "gone")
    assert (status, "Этот этап тем временем убрали" in text) == (409, True)
    with shop.as_(shop.cast.owner) as owner:
        assert Deal.objects.get(pk=deal.pk).stage_id == first.pk
        press(owner, deal, "paid", sum="1", now=datetime.now(UTC))
    assert carry(browser, deal, second.public_id)[0] == 409


def test_several_buttons_are_a_menu(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner)
        second = stages_of("new_lead")[1]
        live = ButtonSet.objects.get(stage_id=deal.stage_id, state="live")
        for one in live.buttons:
            if one["key"] == "think":
                one["outcomes"][0]["steps"].append({"kind": "deals.change_stage", "stage": second.public_id})
        live.save(update_fields=["buttons"])
        ways = ways_to(Buttons.model_validate({"buttons": live.buttons}).buttons, second.public_id)
    assert [way.button.key for way in ways] == ["next", "think"]
    _status, text = carry(browser, deal, second.public_id)
    assert [f"ask/{way.button.key}?" in text for way in ways] == [True, True]


def test_who_may_not_press_may_not_carry(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner)
    reader = sign_in(Browser(), add_person(shop.cast.owner, "reader"))
    assert carry(reader, deal)[0] == 403
    assert "data-move" not in reader.get("/deals/board/").content.decode()
    assert carry(sign_in(Browser(), shop.cast.stranger), deal)[0] == 404


@pytest.mark.parametrize("amounts", [[], [0.0], [5.0], [0.0, 0.0], [3.0, 9.0, 1.0]])
def test_a_ribbon_of_any_stages_is_a_closed_shape_within_its_picture(amounts: list[float]) -> None:
    found = ribbon(amounts, [0.5, None, 0.9][: len(amounts)])
    assert found.d.startswith("M0 ")
    assert found.d.endswith("Z")
    heights = [float(one) for one in re.findall(r"[CV][\d.]+ ([\d.]+)", found.d)]
    assert all(0 <= one <= found.height for one in heights)
    assert [one.percent for one in found.shares] == ([50] if len(amounts) > 1 else [])
