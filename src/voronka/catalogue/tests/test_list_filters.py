"""The list of goods under several filters at once finds what a plain look at each of them finds, in one pass."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from voronka.accounts.testing import make_company
from voronka.catalogue import services
from voronka.catalogue.models import Price, Variant
from voronka.catalogue.queries import lists
from voronka.catalogue.queries.lists import Ask
from voronka.catalogue.services import Asked
from voronka.catalogue.testing import make_goods, make_kind, make_supplier
from voronka.kit.tenancy import company_context

NOW = datetime.now(UTC)  # a filter by price asks the database what the time is
D = Decimal


@dataclass
class Thing:
    """What a plain look knows of a variant."""

    variant: Variant
    name: str
    price: Decimal | None
    costs: list[Decimal]
    is_on_sale: bool


def shelf(cast, chance):
    """Goods with and without a price and costs, with prices that are over, are to come, or are of another kind."""
    suppliers, things = [make_supplier("Дуб и ко"), make_supplier("Лес")], []
    prices, bought = [], []
    other = make_kind("wholesale", "Оптовая", is_default=False)
    for number in range(40):
        price = chance.choice([None, D(chance.randrange(1, 12)) * 100])
        name = f"{chance.choice(['Стол', 'Стул'])} {chance.choice(['дуб', 'ясень', 'бук'])} {number}"
        on_sale = chance.random() < 0.7
        made = make_goods(name, price=price, is_on_sale=on_sale)
        if price is None:
            begins, ends = chance.choice([(NOW - timedelta(days=9), NOW), (NOW + timedelta(days=1), None)])
            amount = D(chance.randrange(1, 12)) * 100
            prices.append(Price(variant=made, kind=make_kind(), amount=amount, since=begins, until=ends))
        amount = D(chance.randrange(1, 12)) * 100
        prices.append(Price(variant=made, kind=other, amount=amount, since=NOW - timedelta(days=1)))
        costs = [D(chance.randrange(1, 12)) * 50 for _supplier in range(chance.randrange(3))]
        bought += [Asked(made.pk, cost, supplier_id=one.pk) for cost, one in zip(costs, suppliers, strict=False)]
        things.append(Thing(made, name.upper(), price, costs, on_sale))
    Price.objects.bulk_create(prices)
    services.set_costs(actor=cast.owner, costs=bought, now=NOW)
    return things


def ends(chance, step):
    """Return a range of which an end may lack, as an address has it and as a function."""
    least, most = (chance.choice([None, D(chance.randrange(0, 13)) * step]) for _end in range(2))
    if least is None and most is None:
        least = D(0)
    text = f"{'' if least is None else least}..{'' if most is None else most}"
    return text, lambda one: (least is None or one >= least) and (most is None or one <= most)


def asked(chance):
    """Return an ask and the plain look at a thing that answers the same."""
    filters, tests, text = {}, [], chance.choice(["", "", "дуб", "стол бук"])
    if text:
        tests.append(lambda one: all(word in one.name for word in text.upper().split()))
    if chance.random() < 0.7:
        words, inside = ends(chance, 100)
        is_turned = chance.random() < 0.3
        filters["price:not" if is_turned else "price"] = words
        tests.append(lambda one: (one.price is not None and inside(one.price)) != is_turned)
    if chance.random() < 0.5:
        filters["cost"], in_costs = ends(chance, 50)
        tests.append(lambda one: any(in_costs(cost) for cost in one.costs))
    if chance.random() < 0.5:
        wanted = chance.random() < 0.6
        filters["on_sale"] = "yes" if wanted else "no"
        tests.append(lambda one: one.is_on_sale == wanted)
    return Ask(text, filters, chance.choice(["name", "-name", "price", "-price", "-code"])), tests


def in_order(found, sort):
    is_down, code = sort.startswith("-"), sort.removeprefix("-")
    if code == "price":
        some = sorted((one for one in found if one.price), key=lambda one: (one.price, one.variant.pk))
        none = sorted((one for one in found if not one.price), key=lambda one: one.variant.pk)
        return [*some[::-1], *none[::-1]] if is_down else [*some, *none]
    return sorted(
        found, reverse=is_down,
        key=lambda one: (one.name if code == "name" else one.variant.code, one.variant.pk),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_filters_search_and_order_find_what_a_plain_look_finds(inside, seed):
    chance = random.Random(seed)
    strangers = make_company()
    with company_context(strangers.company_id, employee_id=strangers.owner.employee_id):
        shelf(strangers, random.Random(seed))
    things, found_some = shelf(inside, chance), 0
    for _ask in range(40):
        ask, tests = asked(chance)
        wanted = in_order([one for one in things if all(test(one) for test in tests)], ask.sort)
        found_some += bool(wanted)
        walked, after = [], ""
        for _page in range(20):
            page = lists.read_page(inside.owner, replace(ask, after=after), now=NOW, size=7)
            assert not page.problems, ask
            walked += [row.variant.pk for row in page.rows]
            after = page.after
            if not after:
                break
        assert walked == [one.variant.pk for one in wanted], ask
        assert lists.count_or_none(inside.owner, ask, most=1_000) == len(wanted), ask
    assert found_some > 10


@pytest.mark.parametrize("code", ["price", "cost"])
def test_a_range_of_money_is_read_once_and_not_for_each_good(inside, code):
    """Under the policies the planner takes the range for one row; joined row by row it took seconds."""
    make_goods()
    found, _problems, _cut = lists.asked_of(inside.owner, Ask(filters={code: "1..5000"}))
    assert "hashed SubPlan" in found.explain()


def test_filters_take_two_statements_more_than_none_those_of_the_search(inside, django_assert_num_queries):
    shelf(inside, random.Random(1))
    lists.read_page(inside.owner, Ask(), now=NOW)  # what is read once in a process
    filters = {"price": "100..1100", "on_sale": "yes"}
    with django_assert_num_queries(4):
        lists.read_page(inside.owner, Ask(), now=NOW)
    with django_assert_num_queries(6):
        lists.read_page(inside.owner, Ask("дуб", filters), now=NOW)
