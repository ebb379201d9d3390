"""The pages of the reports: figures as made, whose they are, what stands behind them, what nonsense gets."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from voronka.accounts.models import Employee, Role, Team
from voronka.accounts.testing import add_person, sign_in
from voronka.audience.models import DealFact
from voronka.audience.testing import take_all_in
from voronka.deals import services
from voronka.deals.models import Deal, Pipeline, Stage
from voronka.deals.testing import Shop, make_client, make_deal, make_shop, press
from voronka.kit.actors import Access, Actor
from voronka.kit.models import EventRow

pytestmark = pytest.mark.django_db

ADDRESSES = ("/reports/", "/reports/managers/")


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def browser(shop: Shop) -> Browser:
    return sign_in(Browser(), shop.cast.owner)


def today_at(hour: int) -> datetime:
    """Return an hour of today in Moscow; the pages read the clock."""
    return datetime.now(UTC).replace(hour=hour - 3, minute=0, second=0, microsecond=0)


def days_ago(days: int, hour: int = 12) -> datetime:
    return today_at(hour) - timedelta(days=days)


def own_days(first: int, last: int) -> str:
    """Return the query of a period from so many days ago to so many days ago."""
    return f"period=own&from={days_ago(first).date()}&to={days_ago(last).date()}"


def lose(
    actor: Actor, days: int, *, reason: str = "price", amount: int = 0, forward: int = 0, name: str = ""
) -> Deal:
    """Open a deal so many days ago, answer in 20 minutes, take it some stages on in a day each, and lose it."""
    at = days_ago(days)
    deal = make_deal(
        actor, client=make_client(name or f"Клиент {days}"), now=at, source="form", amount=amount or None
    )
    press(actor, deal, "think", now=at + timedelta(minutes=20))
    for step in range(forward):
        press(actor, deal, "next", now=at + timedelta(days=step + 1))
    press(actor, deal, "refuse", "refuse", reason=reason, now=at + timedelta(days=forward, hours=1))
    return deal


def win(actor: Actor, days: int, amount: int, *, name: str = "") -> Deal:
    at = days_ago(days)
    deal = make_deal(actor, client=make_client(name or f"Клиент {days}"), now=at, source="form")
    press(actor, deal, "paid", sum=str(amount), now=at + timedelta(hours=5))
    return deal


def page(browser: Browser, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return re.sub(r"[\u00a0\u202f]", " ", answer.content.decode())


def row_of(text: str, name: str) -> list[str]:
    """Return the words of the cells of a table's row that begins with the name."""
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", text, re.DOTALL):
        cells = [
            " ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", cell, flags=re.DOTALL).split())
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        ]
        if cells and cells[0].startswith(name):
            return cells
    raise AssertionError(f"no row {name}")


def test_a_company_without_deals_is_taught(shop: Shop, browser: Browser) -> None:
    for address in ADDRESSES:
        text = page(browser, address)
        assert "v-empty" in text
        assert "/deals/new/" in text
        assert "v-rep-chips" not in text


def test_days_without_anything_say_so(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as me:
        win(me, 3, 1000)
        take_all_in(me.company_id)
    for address in ADDRESSES:
        text = page(browser, f"{address}?{own_days(300, 200)}")
        assert "За эти дни ничего нет" in text
        assert "period=quarter" in text


def test_the_funnel_adds_up(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as me:
        for n in range(4):
            lose(me, 20 + n, reason="rival", amount=1000)
        for n in range(3):
            lose(me, 20 + n, forward=2, amount=5000, name=f"Дорогой {n}")
        win(me, 20, 70_000)
        win(me, 40, 9_000)  # the period before
        make_deal(me, client=make_client("Открытый"), now=days_ago(15), source="form")
        take_all_in(me.company_id)
    text = page(browser, f"/reports/?{own_days(30, 1)}&view=table")
    assert f"/reports/team/?{own_days(30, 1)}&view=table".replace("&", "&amp;") in text
    team = row_of(page(browser, f"/reports/team/?{own_days(30, 1)}&view=table"), "Orlova")
    assert team[3].startswith("12 %")
    assert team[4].startswith("70 000 ₽")
    new, qualified, offer = (row_of(text, one.name) for one in stages(shop)[:3])
    assert new[1:5] == ["8", "1", "50 %", "100 %"]
    assert new[7:] == ["4", "—", "4 000 ₽"]
    assert qualified[1:5] == ["4", "1", "100 %", "100 %"]
    assert offer[1:] == ["4", "1", "25 %", "100 %", "60 мин", "—", "3", "—", "15 000 ₽"]
    assert row_of(text, "Выиграно")[1:3] == ["1", "1"]
    assert "70 000 ₽" in row_of(text, "Выиграно")[-1]
    side = page(browser, f"/reports/?{own_days(30, 1)}&stage={stages(shop)[2].public_id}")
    assert "3 сделки ушли" in side
    assert "15 000 ₽" in side
    assert side.count("Дорогой") >= 3


def stages(shop: Shop) -> list[Stage]:
    with shop.as_(shop.cast.owner):
        return list(Stage.objects.filter(pipeline__code="new_lead").order_by("position"))


def test_what_is_lost_more_than_before_is_said_first(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as me:
        for n in range(12):  # before: most go on
            win(me, 50, 1000, name=f"Был {n}")
        lose(me, 50)
        for n in range(12):  # now: most are lost at once
            lose(me, 15, reason="rival", name=f"Стал {n}")
        for n in range(4):
            win(me, 15, 1000, name=f"Есть {n}")
        take_all_in(me.company_id)
    query = f"{own_days(30, 1)}&against=own&vs_from={days_ago(60).date()}&vs_to={days_ago(31).date()}"
    text = page(browser, f"/reports/?{query}")
    assert f"Теряем на этапе «{stages(shop)[0].name}»." in text
    assert "25 % против 92 %" in text


def test_an_undone_press_leaves_no_figure(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as me:
        win(me, 5, 1000)
        deal = make_deal(me, client=make_client("Ошибка"), now=days_ago(4), source="form")
        slip = press(me, deal, "paid", sum="999000", now=days_ago(3))
        take_all_in(me.company_id)
        before = page(browser, f"/reports/managers/?{own_days(10, 0)}&view=table")
        services.undo(actor=me, press_id=slip.press_id, now=days_ago(1))
        take_all_in(me.company_id)
    after = page(browser, f"/reports/managers/?{own_days(10, 0)}&view=table")
    assert "1 000 000 ₽" in before
    assert "1 000 000 ₽" not in after
    assert row_of(after, "Orlova Olga")[1].split()[0] == "1"


def test_every_figure_of_managers_leads_to_as_many_lines(shop: Shop, browser: Browser) -> None:
    other = add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.owner) as me:
        lose(me, 9)
        win(me, 8, 5000)
        make_deal(me, client=make_client("Общий"), now=days_ago(2), source="form")
    with shop.as_(other) as him:
        lose(him, 7, reason="rival")
        win(him, 6, 7000)
        win(him, 5, 9000)
    take_all_in(shop.cast.company_id)
    address = f"/reports/managers/?{own_days(20, 0)}&view=table"
    text = browser.get(address).content.decode()
    links = re.findall(r'<a class="v-rep-figure[^"]*" href="([^"]+)">([^<]+)</a>', text)
    counted = 0
    for link, figure in links:
        lines = browser.get(link.replace("&amp;", "&")).content.decode().count("<tr>") - 1
        if figure.isdigit():
            assert lines == int(figure), (link, figure)
            counted += 1
        else:
            assert lines > 0
    assert counted > 15
    rows = [row_of(text, name) for name in ("Orlova", "Manager", "Общая", "Все")]
    whole = [[int(cell.split()[0]) if cell.split()[0].isdigit() else 0 for cell in row[1:5]] for row in rows]
    assert [sum(column) for column in zip(*whole[:3], strict=True)] == whole[3]


def test_a_manager_sees_his_own_work_only(shop: Shop, browser: Browser) -> None:
    colleague = shop.cast.colleague
    with shop.as_(shop.cast.owner) as me:
        win(me, 5, 777_000, name="Чужой Клиент")
        lose(me, 4, amount=888_000, name="Чужой Второй")
        boss = Employee.objects.get(pk=me.employee_id)
    with shop.as_(colleague) as him:
        win(him, 3, 5000, name="Свой Клиент")
    take_all_in(shop.cast.company_id)
    own = sign_in(Browser(), colleague)
    query = own_days(20, 0)
    parts = ("", "team/", "managers/")
    for address in (*(f"/reports/{one}?{query}" for one in parts), f"/reports/behind/?{query}&what=closed"):
        text = page(own, address)
        assert "777 000" not in text
        assert "888 000" not in text
        assert "Чужой" not in text
        assert "Orlova" not in text
    assert "Свой Клиент" in page(own, f"/reports/behind/?{query}&what=won")
    refused = page(own, f"/reports/managers/?{query}&manager={boss.public_id}", 422)
    assert "его работа вам не видна" in refused
    assert "777 000" not in refused
    assert own.get(f"/reports/behind/?{query}&what=won&who={boss.public_id}").status_code == 404
    assert own.get(f"/reports/behind/?{query}&what=opened&who=pool").status_code == 404
    assert own.get("/reports/funnel.xlsx").status_code == 403
    assert "777 000" in page(browser, f"/reports/managers/?{query}")
    stranger = sign_in(Browser(), shop.cast.stranger)
    assert "Чужой" not in page(stranger, f"/reports/behind/?{query}&what=closed")
    assert sign_in(Browser(), add_person(shop.cast.owner, "cashier")).get("/reports/").status_code == 403


def test_the_head_of_a_team_sees_his_team(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as me:
        team = Team.objects.create(name="Север")
        Role.objects.filter(code="manager").update(
            rights={"audience.see_reports": 2, "deals.see": 2, "deals.press": 1}
        )
        Employee.objects.filter(pk=shop.cast.colleague.employee_id).update(team=team)
        win(me, 5, 777_000)
    other = add_person(shop.cast.owner, "manager", team_id=team.pk)
    with shop.as_(other) as him:
        win(him, 5, 555_000)
    take_all_in(shop.cast.company_id)
    text = page(sign_in(Browser(), shop.cast.colleague), f"/reports/managers/?{own_days(20, 0)}")
    assert "555 000 ₽" in text
    assert "777 000" not in text


def test_filters_of_the_address(shop: Shop, browser: Browser) -> None:
    other = add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.owner) as me:
        win(me, 5, 1000)
        by_hand = make_deal(me, client=make_client("Ручной"), now=days_ago(6))
        press(me, by_hand, "paid", sum="2000", now=days_ago(5))
        back = make_deal(me, client=make_client("Вернулся"), now=days_ago(6), pipeline_code="win_back", source="form")
        press(me, back, "paid", sum="4000", now=days_ago(5))
        win_back = Pipeline.objects.get(code="win_back")
    with shop.as_(other) as him:
        win(him, 4, 8000)
        second = Employee.objects.get(pk=him.employee_id)
    take_all_in(shop.cast.company_id)
    query = f"{own_days(20, 0)}&view=table"

    def won_sum(more: str) -> str:
        return row_of(page(browser, f"/reports/?{query}{more}"), "Выиграно")[-1]

    assert won_sum("") == "11 000 ₽"
    assert won_sum("&source=hand") == "2 000 ₽"
    assert won_sum(f"&manager={second.public_id}") == "8 000 ₽"
    assert won_sum(f"&manager={second.public_id}&source=form") == "8 000 ₽"
    assert won_sum(f"&pipeline={win_back.public_id}") == "4 000 ₽"
    assert "15 000 ₽" in page(browser, f"/reports/managers/?{query}")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("period=own&from=2026-02-31&to=2026-03-01", "нет в календаре"),
        ("period=own&from=31.02.2026&to=01.03.2026", "нет в календаре"),
        ("period=own&from=2026-03-01", "Не хватает дня"),
        ("period=own&from=1800-01-01&to=1800-02-01", "2000–2100"),
        ("period=own&from=2010-01-01&to=2020-02-01", "слишком длинный"),
        ("period=yesterday", "Такого периода нет"),
        ("against=own&vs_from=x&vs_to=y", "нет в календаре"),
        ("against=mars", "Сравнивать так не с чем"),
        ("manager=nobody", "Такого менеджера нет"),
        ("source=moon", "Из такого источника"),
        ("manager=%00&source=%27--", "Такого менеджера нет"),
    ],
)
def test_nonsense_is_told_and_the_usual_report_is_shown(shop: Shop, browser: Browser, query: str, says: str) -> None:
    with shop.as_(shop.cast.owner) as me:
        win(me, 5, 1000)
        take_all_in(me.company_id)
    for address in ADDRESSES:
        assert says in page(browser, f"{address}?{query}", 422)
    assert browser.get(f"/reports/funnel.xlsx?{query}").status_code == 422
    assert browser.get(f"/reports/behind/?what=won&{query}").status_code == 422


def test_odd_but_harmless_addresses(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as me:
        win(me, 5, 1000)
        take_all_in(me.company_id)
    turned = page(browser, f"/reports/?period=own&from={days_ago(0).date()}&to={days_ago(9).date()}")
    assert "мы их поменяли" in turned
    ahead = page(browser, "/reports/managers/?period=own&from=2099-01-01&to=2099-01-31")
    assert "ещё впереди" in ahead
    assert page(browser, "/reports/?stage=gone&view=carpet")
    assert "Такой воронки нет" in page(browser, "/reports/?pipeline=gone", 422)
    for query in ("", "what=eaten", "what=won&who=nobody", "what=won&stage=gone", "what=won&pipeline=gone"):
        assert browser.get(f"/reports/behind/?{query}").status_code == 404
    for number in ("-1", "0", "x", "99999999", "²"):
        assert browser.get(f"/reports/behind/?what=won&page={number}").status_code == 200


def sheet_of(answer: object) -> list[tuple[object, ...]]:
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return list(load_workbook(BytesIO(content)).active.values)


def test_files_hold_the_figures_and_are_logged(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as me:
        lose(me, 6, amount=3000)
        win(me, 5, 1000)
        take_all_in(me.company_id)
    query = own_days(20, 0)
    rows = sheet_of(browser.get(f"/reports/funnel.xlsx?{query}"))
    assert rows[0][0] == "Этап"
    assert rows[1][:2] == (stages(shop)[0].name, 2)
    assert rows[1][3] == 50
    won = next(row for row in rows if row[0] == "Выиграно")
    assert (won[1], won[-2]) == (1, 1000)
    people = sheet_of(browser.get(f"/reports/managers.xlsx?{query}"))
    mine, whole = people[1], people[-1]
    assert mine[0] == "Orlova Olga"
    assert mine[1] == whole[1] == 3
    with shop.as_(shop.cast.owner):
        logged = list(
            EventRow.objects.filter(name="audience.ReportExported").order_by("id").values_list("payload", flat=True)
        )
    assert [(one["report"], one["format"]) for one in logged] == [("funnel", "xlsx"), ("managers", "xlsx")]
    assert logged[1]["rows"] == len(people)


def test_statements_of_a_page_stay_few_and_do_not_grow(shop: Shop, browser: Browser) -> None:
    def statements(address: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(address).status_code == 200
        aside = ("SAVEPOINT", "RELEASE", "SELECT set_config")
        return len([one for one in caught if not one["sql"].startswith(aside)])

    browser.get("/reports/")  # the first page of a session writes it down

    counts = []
    for more in (1, 6):
        for n in range(more):
            person = add_person(shop.cast.owner, "manager")
            with shop.as_(person) as him:
                lose(him, 5 + n, forward=1, amount=100)
                win(him, 4, 1000)
        take_all_in(shop.cast.company_id)
        query = own_days(20, 0)
        counts.append(
            [
                statements(f"/reports/?{query}"),
                statements(f"/reports/team/?{query}"),
                statements(f"/reports/managers/?{query}"),
                statements(f"/reports/behind/?{query}&what=closed"),
                statements(f"/reports/behind/?{query}&what=presses"),
            ]
        )
    assert counts[0] == counts[1]
    assert counts[1] == [17, 14, 18, 14, 12]


def test_deals_out_of_sight_are_counted_not_shown(shop: Shop, browser: Browser) -> None:
    colleague = shop.cast.colleague
    with shop.as_(colleague) as him:
        deal = win(him, 3, 5000, name="Отданный")
    with shop.as_(shop.cast.owner) as me:
        Deal.objects.filter(pk=deal.pk).update(responsible_id=me.employee_id)
    take_all_in(shop.cast.company_id)
    text = page(sign_in(Browser(), colleague), f"/reports/behind/?{own_days(20, 0)}&what=won")
    assert "Отданный" not in text
    assert "ещё 1" in text


def test_the_facts_say_the_currency_of_the_company_alone(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as me:
        win(me, 5, 1000)
        foreign = win(me, 5, 500)
        take_all_in(me.company_id)
        DealFact.objects.filter(deal_id=foreign.pk).update(currency="USD")
    assert row_of(page(browser, f"/reports/?{own_days(20, 0)}&view=table"), "Выиграно")[-1] == "1 000 ₽"


def test_a_role_that_sees_no_sums_has_no_reports(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as me:
        win(me, 5, 777_000)
        take_all_in(me.company_id)
        head = Role.objects.get(code="head")
        Role.objects.filter(pk=head.pk).update(fields={"deal.sum": Access.HIDDEN})
    narrowed = sign_in(Browser(), add_person(shop.cast.owner, "head"))
    for address in ("", "managers/", "behind/?what=closed", "funnel.xlsx", "managers.xlsx"):
        answer = narrowed.get(f"/reports/{address}")
        assert answer.status_code == 403, address
        assert "777 000" not in answer.content.decode()
    assert "/reports/" not in page(narrowed, "/clients/")
    assert "/reports/" in page(sign_in(Browser(), shop.cast.owner), "/clients/")
