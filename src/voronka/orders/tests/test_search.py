"""Search of orders: what a plain look at each finds, within reach, by indexes, once for all that a page asks."""

import random
from dataclasses import replace

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from voronka.accounts.testing import make_company, sign_in, user_of
from voronka.kit.tenancy import company_context
from voronka.orders.models import Order, OrderLine
from voronka.orders.queries import lists
from voronka.orders.queries.reach import reachable
from voronka.orders.queries.search import search_orders
from voronka.orders.testing import make_order, make_shop
from voronka.people import queries as people
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db
NAMES = ("Стол обеденный", "стол ДЕТСКИЙ", "Стул 100%", "Полка_дуб", "Ёлка", "Шкаф 12")
TEXTS = (
    "стол",
    "СТОЛ об",
    "100%",
    "%",
    "_д",
    "ёлк",
    "12",
    "№ 3",
    "#2",
    "7",
    "M-3",
    "m-1",
    "иванова",
    "нет такого",
    "л",
)


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


def fill(cast, chance, many=14):
    """Orders of several clients, of the owner, the manager and nobody, whose lines have names of all kinds."""
    shop = make_shop(cast.owner, tables=900, now=timezone.now())
    clients = [shop.client, make_client(cast.owner, "Иванова Анна"), make_client(cast.owner, "Стольников Пётр")]
    owners = [cast.owner.employee_id, cast.colleague.employee_id, None]
    made = []
    for number in range(many):
        order = make_order(cast.owner, replace(shop, client=chance.choice(clients)), now=timezone.now())
        order.outer_number = f"M-{number}" if chance.random() < 0.5 else ""
        order.responsible_id = chance.choice(owners)
        order.save(update_fields=["outer_number", "responsible_id"])
        OrderLine.objects.filter(order=order).update(name=chance.choice(NAMES))
        made.append(order)
    return made


def plainly(actor, text):
    """Return the ids that a plain look finds, as the search was before it had an index."""
    line = text.strip()
    plain = line.lstrip("№# ").strip()
    wanted = Q(outer_number__iexact=line) | Q(
        pk__in=OrderLine.objects.filter(name__icontains=line).values("order_id")
    )
    wanted |= Q(client_id__in=people.search_clients(actor, line, most=200))
    if plain.isdigit():
        wanted |= Q(number=int(plain))
    return set(Order.objects.filter(reachable(actor)).filter(wanted).values_list("pk", flat=True))


@pytest.mark.parametrize("seed", range(2))
def test_the_search_finds_what_a_plain_look_finds(cast, seed):
    strangers = make_company()
    with company_context(strangers.company_id, employee_id=strangers.owner.employee_id):
        fill(strangers, random.Random(seed), 3)
    fill(cast, random.Random(seed))
    found_some = 0
    for actor in (cast.owner, cast.colleague):
        for text in TEXTS:
            wanted = plainly(actor, text)
            found, problems = lists.asked_orders(actor, lists.Ask(text))
            assert not problems
            assert set(found.values_list("pk", flat=True)) == wanted, (text, actor)
            asked = lists.searched(actor, lists.Ask(text))
            assert set(lists.asked_orders(actor, asked)[0].values_list("pk", flat=True)) == wanted, (text, actor)
            found_some += bool(wanted)
    assert found_some > 12


def test_of_too_many_the_newest_are_looked_through_and_the_number_always_is(cast, client, monkeypatch):
    made = fill(cast, random.Random(0), 6)
    OrderLine.objects.update(name="Стол 1")
    first = Order.objects.order_by("number").first()
    assert set(search_orders(cast.owner, "стол", most=2)) == {one.pk for one in made[-2:]}
    assert set(search_orders(cast.owner, str(first.number), most=2)) == {first.pk, made[-1].pk, made[-2].pk}
    # What a manager may not see takes no room.
    Order.objects.update(responsible_id=cast.owner.employee_id)
    Order.objects.filter(pk=made[0].pk).update(responsible_id=cast.colleague.employee_id)
    assert search_orders(cast.colleague, "стол", most=2) == [made[0].pk]
    user = user_of(cast.owner)
    user.language = "en"
    user.save(update_fields=["language"])
    sign_in(client, cast.owner)
    said = "more than a thousand orders"
    assert said not in client.get("/orders/", {"q": "стол"}).content.decode()
    monkeypatch.setattr(lists, "FOUND_LIMIT", 3)
    for look in ("", "days", "board"):
        asked = {"q": "стол", "look": look}
        assert said in client.get("/orders/", asked).content.decode(), look
        assert said in client.get("/orders/", asked, headers={"HX-Request": "true"}).content.decode(), look
        assert said not in client.get("/orders/", {"look": look}).content.decode(), look
    assert len(list(lists.walk_orders(cast.owner, lists.Ask("стол"), now=timezone.now()))) == 6


def test_a_page_looks_for_its_text_once(cast, client):
    fill(cast, random.Random(1), 3)
    sign_in(client, cast.owner)
    client.get("/orders/")
    with CaptureQueriesContext(connection) as counted:
        client.get("/orders/", {"q": "стол"})
    assert sum("orders_search(" in one["sql"] for one in counted) == 1


def test_a_rare_word_is_found_by_its_trigrams(cast):
    """Past the policies, as inside of the function: with them no index would serve a part of a text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'orders_line_words'")
        assert "gin (upper((name)::text) gin_trgm_ops)" in cursor.fetchone()[0]
        cursor.execute("SELECT prosecdef FROM pg_proc WHERE proname = 'orders_search'")
        assert cursor.fetchone()[0]
