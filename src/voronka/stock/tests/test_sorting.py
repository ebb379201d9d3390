"""The list of the stock by its numbers: every goods once, page by page, up and down; worth only for who sees costs."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from voronka.accounts.testing import add_person, make_company, sign_in, user_of
from voronka.catalogue.queries.lists import Ask
from voronka.catalogue.testing import make_goods
from voronka.kit.tenancy import company_context
from voronka.stock import services
from voronka.stock.queries import lists
from voronka.stock.testing import make_place, stock_up

pytestmark = pytest.mark.django_db
NUMBERS = ("on_hand", "reserved", "available", "worth")


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def goods(cast, now):
    """Goods that lie in two places, one of which does not sell; some promised, some that were never there."""
    store, cellar = make_place(cast.owner), make_place(cast.owner, "Подвал", is_selling=False)
    made = [make_goods(f"Вещь {number}", price="10.00") for number in range(9)]
    for number, (one, many) in enumerate(zip(made, (5, 3, 3, 8, 1, 0, 0, 12, 3), strict=True)):
        if many:
            stock_up(cast.owner, one.pk, store, many, now=now, cost=f"{10 * (number + 1)}.00")
    stock_up(cast.owner, made[4].pk, cellar, 40, now=now, cost="1.00")
    for line, many in ((0, 5), (3, 2), (7, 2)):
        services.reserve(
            services.Holder("order", line + 1),
            [services.Line(1, made[line].pk, Decimal(many))],
            actor=cast.owner,
            now=now,
        )
    return made


def pages(actor, ask, now, size=2):
    """Return the rows of all pages of an ask."""
    found, after = [], ""
    for _page in range(20):
        page = lists.read_page(actor, replace(ask, after=after), now=now, size=size)
        found += page.rows
        after = page.after
        if not after:
            return found
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("code", NUMBERS)
@pytest.mark.parametrize("size", [1, 2, 4, 50])
def test_pages_by_a_number_hold_everything_once_in_order(cast, goods, now, code, size):
    for turn in ("", "-"):
        rows = pages(cast.owner, Ask(sort=f"{turn}{code}"), now, size)
        assert sorted(row.card.id for row in rows) == sorted(one.pk for one in goods)
        numbers = [(getattr(row, code), row.card.id) for row in rows]
        assert numbers == sorted(numbers, reverse=bool(turn)), (code, turn)


def test_filters_and_search_hold_under_a_number(cast, goods, now):
    rows = pages(cast.owner, Ask(filters={"available": "3..8"}, sort="-available"), now)
    assert [row.available for row in rows] == [6, 3, 3, 3]
    assert [row.card.name for row in pages(cast.owner, Ask(text="Вещь 7", sort="available"), now)] == ["Вещь 7"]
    for spoilt in ("x", "W10", "bnVsbA", "eyJhIjoxfQ"):
        assert lists.read_page(cast.owner, Ask(sort="available", after=spoilt), now=now).rows is not None


def test_a_file_is_in_the_order_of_the_list(cast, goods, now):
    walked = [row.card.id for row in lists.walk(cast.owner, Ask(sort="-reserved"), now=now, chunk=1)]
    assert walked == [row.card.id for row in pages(cast.owner, Ask(sort="-reserved"), now)]


def test_who_sees_no_costs_sorts_by_none(client, cast, goods, now):
    keeper = add_person(cast.owner, "storekeeper")
    by_name = [row.card.id for row in pages(keeper, Ask(sort="name"), now)]
    assert [row.card.id for row in pages(keeper, Ask(sort="worth"), now)] == by_name
    assert [row.card.id for row in pages(cast.owner, Ask(sort="worth"), now)] != by_name
    user = user_of(cast.owner)
    user.language = "en"
    user.save(update_fields=["language"])
    sign_in(client, cast.owner)
    shown = client.get(reverse("stock:goods"), {"sort": "-available"}).content.decode()
    assert 'aria-sort="descending"' in shown
    assert "sort=available" in shown


def test_a_page_by_a_number_asks_the_same_of_few_and_of_many(cast, goods, now):
    def asked():
        with CaptureQueriesContext(connection) as counted:
            lists.read_page(cast.owner, Ask(sort="-available"), now=now, size=50)
        return len(counted)

    few = asked()
    for number in range(20):
        make_goods(f"Ещё {number}", price="1.00")
    assert asked() == few


@pytest.mark.parametrize(("wanted", "is_found"), [("5..20", True), ("9", True), ("..4", False), ("10..", False)])
@pytest.mark.parametrize("code", ["on_hand", "available"])
def test_a_filter_by_a_number_sums_a_good_over_its_places(cast, now, code, wanted, is_found):
    made = make_goods("Вещь", price="10.00")
    for name in ("Первое", "Второе", "Третье"):
        stock_up(cast.owner, made.pk, make_place(cast.owner, name), 3, now=now)
    rows = pages(cast.owner, Ask(filters={code: wanted}), now)
    assert [row.card.id for row in rows] == ([made.pk] if is_found else [])


@pytest.mark.parametrize("seed", range(3))
def test_filters_and_orders_by_numbers_find_what_a_plain_look_finds(cast, now, seed):
    """What a row says of its goods is summed row by row: whatever is asked of the list has to agree with it."""
    chance = random.Random(seed)
    places = [make_place(cast.owner, name, is_selling=name != "Подвал") for name in ("Зал", "Склад", "Подвал")]
    for number in range(24):
        made = make_goods(f"Вещь {'дуб' if number % 3 else 'бук'} {number}", price="10.00")
        for where in places:
            if many := chance.choice((0, 0, 1, 3, 9)):
                stock_up(cast.owner, made.pk, where, many, now=now, cost=f"{chance.choice((0, 5, 70))}.00")
                if where.name == "Зал" and chance.random() < 0.4:
                    lines = [services.Line(1, made.pk, Decimal(1), where.pk)]
                    services.reserve(services.Holder("order", number + 1), lines, actor=cast.owner, now=now)
    every = pages(cast.owner, Ask(), now, 50)
    assert len(every) == 24
    for _ask in range(30):
        code, sorts, text = chance.choice(NUMBERS), chance.choice(NUMBERS), chance.choice(("", "дуб"))
        least, most = sorted(chance.choice((0, 1, 3, 9, 30, 200)) for _end in range(2))
        ask = Ask(text, {code: chance.choice((f"{least}..", f"..{most}", f"{least}..{most}"))}, f"-{sorts}")
        low, _dots, high = ask.filters[code].partition("..")
        wanted = [
            row for row in every
            if text in row.card.name and Decimal(low or 0) <= (getattr(row, code) or 0) <= Decimal(high or 10**9)
        ]  # fmt: skip
        wanted.sort(key=lambda row: (getattr(row, sorts), row.card.id), reverse=True)
        assert [row.card.id for row in pages(cast.owner, ask, now, 7)] == [row.card.id for row in wanted], ask
        assert lists.count_or_none(cast.owner, ask, most=100) == len(wanted), ask
