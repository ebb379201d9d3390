"""What is sold in a deal: lines, the sum they make, and what the database holds of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from voronka.accounts.testing import sign_in
from voronka.catalogue import services as catalogue
from voronka.catalogue.models import ClientTerms, Price, Variant
from voronka.catalogue.testing import SINCE, make_category, make_goods, make_kind
from voronka.deals.models import Deal, DealLine
from voronka.deals.queries import goods as queries
from voronka.deals.queries import lists
from voronka.deals.services import filling, goods, undo
from voronka.deals.services.by_hand import open_by_hand
from voronka.deals.services.goods import LineDraft
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit.actors import Access
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.models import Change, EventRow
from voronka.stock.testing import make_place, stock_up

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Work as the head of sales of a company."""
    made = make_shop()
    with made.as_(made.cast.owner):
        yield made


def settled() -> None:
    """Let the database look at what it looks at when a transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def put(shop: Shop, deal: Deal, variant: Variant, quantity: str = "1", **more: object) -> goods.Changed:
    draft = LineDraft(variant=variant.public_id, quantity=Decimal(quantity), **more)  # type: ignore[arg-type]  # tests' own
    return goods.add_goods(actor=shop.cast.owner, deal_public_id=deal.public_id, draft=draft, now=NOON)


def test_goods_make_the_sum(shop: Shop) -> None:
    """A typed sum gives way to what the goods come to; each change moves it, the last one out leaves none."""
    deal = make_deal(shop.cast.owner, amount=Decimal(500))
    table, chair = make_goods("Стол", price="42500.00"), make_goods("Стул", price="9800.50")
    done = put(shop, deal, table)
    assert (done.sum_before, done.deal.sum) == (Decimal(500), Decimal("42500.00"))
    done = put(shop, deal, chair, "6")
    assert (done.deal.sum, done.deal.goods_count) == (Decimal("101303.00"), 2)
    again = put(shop, deal, chair, "2")
    assert [line.quantity for line in again.lines] == [1, 8], "the same chair at the same price is one line"
    line = again.lines[1].public_id
    owner, deal_id = shop.cast.owner, deal.public_id
    goods.change_goods(
        actor=owner, deal_public_id=deal_id, line=line, discount=Decimal("404.00"), price=Decimal(9800), now=NOON
    )
    deal.refresh_from_db()
    assert deal.sum == Decimal("120496.00")
    goods.drop_goods(actor=owner, deal_public_id=deal_id, line=line, now=NOON)
    done = goods.drop_goods(actor=owner, deal_public_id=deal_id, line=again.lines[0].public_id, now=NOON)
    assert (done.deal.sum, done.deal.goods_count, queries.lines_of(deal.pk)) == (None, 0, [])
    settled()
    told = [one.payload for one in EventRow.objects.filter(name="deals.DealGoodsChanged").order_by("id")]
    assert told[1]["product_sums"] == [
        [table.product_id, "1.000", "42500.00"], [chair.product_id, "6.000", "58803.00"],
    ]  # fmt: skip
    assert told[-1] == {"deal_id": deal.pk, "client_id": deal.client_id, "lines": 0, "sum": None, "product_sums": []}


def test_the_client_pays_his_own_price(shop: Shop) -> None:
    """The kind of price and the percent of his terms; goods without such a price take the usual one."""
    client = make_client()
    wholesale = make_kind("wholesale", "Оптовая", is_default=False)
    ClientTerms.objects.create(client=client, kind=wholesale, discount_percent=Decimal(5))
    table, chair = make_goods("Стол", price="1000.00"), make_goods("Стул", price="99.99")
    Price.objects.create(variant=table, kind=wholesale, amount=Decimal(800), since=SINCE)
    deal = make_deal(shop.cast.owner, client=client)
    put(shop, deal, table)
    done = put(shop, deal, chair)
    assert [line.price for line in done.lines] == [Decimal("760.00"), Decimal("94.99")]


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal(-3)}, "quantity"),
        ({"quantity": Decimal("0.5")}, "quantity"),
        ({"quantity": Decimal("1e12")}, "quantity"),
        ({"quantity": Decimal("NaN")}, "quantity"),
        ({"price": Decimal(-1)}, "price"),
        ({"price": Decimal(99999999999999), "quantity": Decimal(99999999)}, "price"),
        ({"discount": Decimal("1000.01")}, "discount"),
        ({"discount": Decimal(-1)}, "discount"),
        ({"variant": "nothing"}, "variant"),
        ({"variant": "", "name": " "}, "name"),
    ],
)
def test_lines_that_cannot_be(shop: Shop, more: dict[str, object], place: str) -> None:
    """Refused in words at the place at fault; nothing is half done."""
    deal = make_deal(shop.cast.owner, amount=Decimal(500))
    draft = LineDraft(**{"variant": make_goods(price="1000.00").public_id, **more})  # type: ignore[arg-type]  # cases
    with pytest.raises(Invalid) as refusal:
        goods.add_goods(actor=shop.cast.owner, deal_public_id=deal.public_id, draft=draft, now=NOON)
    assert list(refusal.value.fields) == [place]
    deal.refresh_from_db()
    assert (deal.sum, deal.goods_count, DealLine.objects.count()) == (Decimal(500), 0, 0)


def test_a_typed_sum_gives_way(shop: Shop) -> None:
    """With goods another sum is refused in words wherever it is typed: beside the deal and in a press."""
    owner = shop.cast.owner
    deal = make_deal(owner, responsible_id=owner.employee_id)
    put(shop, deal, make_goods(price="1000.00"))
    with pytest.raises(Invalid) as refusal:
        filling.fill_in(actor=owner, deal_public_id=deal.public_id, code="deal.sum", text="999", seen=None, now=NOON)
    assert "goods" in refusal.value.message
    with pytest.raises(Invalid) as pressed:
        press(owner, deal, "paid", sum="999")
    assert pressed.value.fields.keys() == {"sum"}
    press(owner, deal, "paid", sum="1000")
    deal.refresh_from_db()
    assert (deal.state, deal.sum) == ("won", Decimal("1000.00"))
    with pytest.raises(Conflict):
        put(shop, deal, make_goods())


def test_undo_leaves_the_sum_to_the_goods(shop: Shop) -> None:
    """A press that set the sum is taken back after goods were put in: the sum stays theirs."""
    owner = shop.cast.owner
    deal = make_deal(owner, responsible_id=owner.employee_id)
    done = press(owner, deal, "paid", sum="1000")
    Deal.objects.filter(pk=deal.pk).update(goods_count=1)
    DealLine.objects.create(deal=deal, position=1, name="Стол", quantity=1, price=1000, total=1000)
    undo(actor=owner, press_id=done.press_id, now=NOON + timedelta(seconds=5))
    settled()
    deal.refresh_from_db()
    assert (deal.state, deal.sum) == ("open", Decimal("1000.00"))


def test_the_database_holds_the_sum(shop: Shop) -> None:
    """Whoever writes past the service is stopped when the transaction ends, and a line has to come to its figures."""
    deal = make_deal(shop.cast.owner)
    put(shop, deal, make_goods(price="1000.00"))
    for wrong in ({"sum": 999}, {"goods_count": 2}, {"sum": None}):
        with pytest.raises(IntegrityError, match="its lines come to"), transaction.atomic():
            Deal.objects.filter(pk=deal.pk).update(**wrong)
            settled()
    with pytest.raises(IntegrityError), transaction.atomic():
        DealLine.objects.filter(deal=deal).delete()
        settled()
    with pytest.raises(IntegrityError, match="deals_dealline_total"), transaction.atomic():
        DealLine.objects.filter(deal=deal).update(quantity=2)


def test_lines_in_their_order(shop: Shop) -> None:
    """Lines are moved up and down, the ends stay; the stale page is told; each change stands in the history."""
    owner = shop.cast.owner
    deal = make_deal(owner)
    for name in "абв":
        lines = put(shop, deal, make_goods(name)).lines
    for line, down, wanted in [
        (0, True, "бав"),
        (0, True, "бва"),
        (2, False, "вба"),
        (2, True, "бва"),
        (1, False, "бва"),
    ]:
        goods.move_goods(actor=owner, deal_public_id=deal.public_id, line=lines[line].public_id, down=down, now=NOON)
        assert "".join(one.name for one in queries.lines_of(deal.pk)) == wanted
    row = queries.lines_of(deal.pk)[0]
    seen = goods.seen_as(row)
    goods.change_goods(
        actor=owner, deal_public_id=deal.public_id, line=row.public_id, quantity=Decimal(2), seen=seen, now=NOON
    )
    with pytest.raises(Conflict):
        goods.change_goods(
            actor=owner, deal_public_id=deal.public_id, line=row.public_id, quantity=Decimal(3), seen=seen, now=NOON
        )
    assert Change.objects.filter(table="deals_dealline", row_id=row.pk).exists()


def test_a_program_sets_all_lines(shop: Shop) -> None:
    """The whole list is put at once; where one line is wrong, its place is named and nothing changes."""
    owner = shop.cast.owner
    deal = make_deal(owner)
    table = make_goods("Стол", price="1000.00")
    drafts = [
        LineDraft(variant=table.public_id, quantity=Decimal(2)),
        LineDraft(name="Сборка", price=Decimal(2400), unit="356"),
    ]
    done = goods.set_goods(actor=owner, deal_public_id=deal.public_id, drafts=drafts, now=NOON)
    assert (done.deal.sum, [one.name for one in done.lines]) == (Decimal("4400.00"), ["Стол", "Сборка"])
    with pytest.raises(Invalid) as refusal:
        goods.set_goods(actor=owner, deal_public_id=deal.public_id, drafts=[*drafts, LineDraft(name="")], now=NOON)
    assert list(refusal.value.fields) == ["lines.3.name"]
    too_many = [LineDraft(name="Гвоздь", price=Decimal(1))] * 201
    with pytest.raises(Invalid):
        goods.set_goods(actor=owner, deal_public_id=deal.public_id, drafts=too_many, now=NOON)
    assert len(queries.lines_of(deal.pk)) == 2
    settled()


def test_a_repeated_deal_takes_the_goods(shop: Shop) -> None:
    """Opened like an earlier one it sells the same at today's prices, but what is off sale; not another's."""
    owner = shop.cast.owner
    old = make_deal(owner)
    table, gone = make_goods("Стол", price="1000.00"), make_goods("Снято", price="10.00")
    for one in (table, gone):
        put(shop, old, one, "3")
    Price.objects.filter(variant=table).update(amount=Decimal(1200))
    catalogue.switch_products(actor=owner, public_ids=[gone.product.public_id], is_on_sale=False)
    asked = {
        "client": old.client.public_id, "pipeline": old.pipeline.public_id, "title": "Ещё раз", "responsible": "me",
        "first": "now", "like": old.public_id,
    }  # fmt: skip
    made = open_by_hand(actor=owner, now=NOON, **asked)
    made.refresh_from_db()
    assert (made.sum, [one.name for one in queries.lines_of(made.pk)]) == (Decimal("3600.00"), ["Стол"])
    with pytest.raises(NotFound):
        open_by_hand(actor=owner, now=NOON, **{**asked, "client": make_client("Другой").public_id, "title": "!"})
    settled()


def test_who_may_and_what_is_hidden(shop: Shop) -> None:
    """A colleague out of reach, a role that does not see goods, one that may not touch the sum."""
    cast = shop.cast
    deal = make_deal(cast.owner, responsible_id=cast.owner.employee_id)
    line = put(shop, deal, make_goods(price="1000.00")).lines[0].public_id
    draft = LineDraft(name="Стол", price=Decimal(1))
    with shop.as_(cast.colleague), pytest.raises(Denied):
        goods.add_goods(actor=cast.colleague, deal_public_id=deal.public_id, draft=draft, now=NOON)
    blind = replace(cast.owner, limits={"deal.goods": Access.HIDDEN})
    with pytest.raises(NotFound):
        goods.add_goods(actor=blind, deal_public_id=deal.public_id, draft=draft, now=NOON)
    assert queries.lines_shown(blind, deal) == []
    poor = replace(cast.owner, limits={"deal.sum": Access.READ})
    with pytest.raises(Denied):
        goods.change_goods(actor=poor, deal_public_id=deal.public_id, line=line, price=Decimal(1), now=NOON)
    done = goods.change_goods(actor=poor, deal_public_id=deal.public_id, line=line, quantity=Decimal(2), now=NOON)
    assert done.deal.sum == Decimal("2000.00")


def test_found_by_goods_and_category(shop: Shop) -> None:
    """Deals are found by what is sold in them: by words, article and category with its branches."""
    owner = shop.cast.owner
    furniture = make_category("Мебель")
    tables = make_category("Столы", furniture)
    table = make_goods("Стол дубовый", code="BR-2200", category=tables)
    with_table, with_words, without = (make_deal(owner) for _ in range(3))
    put(shop, with_table, table)
    goods.add_goods(
        actor=owner, deal_public_id=with_words.public_id, draft=LineDraft(name="Сборка стола", price=Decimal(1)),
        now=NOON,
    )  # fmt: skip

    def found(**asked: str) -> set[int]:
        filters = {name.replace("__", ":"): text for name, text in asked.items()}
        rows = lists.search_deals(owner, lists.Asked(filters=filters), now=NOON)
        assert not rows.problems
        return set(rows.rows.values_list("id", flat=True))

    assert found(goods="дубовый") == found(goods="BR-2200") == {with_table.pk}
    assert found(goods="сборка") == {with_words.pk}
    assert found(category=furniture.public_id) == found(category=tables.public_id) == {with_table.pk}
    assert found(goods__empty="yes") == {without.pk}
    assert found(goods_count="1..") == {with_table.pk, with_words.pk}
    assert lists.search_deals(owner, lists.Asked(filters={"category": "nothing"}), now=NOON).problems


def test_offers_tell_price_and_stock(shop: Shop, django_assert_num_queries: object) -> None:
    """What a text or a barcode finds, with prices and what is free: kits by their parts, services by nothing."""
    owner = shop.cast.owner
    place = make_place(owner)
    table, leg = make_goods("Стол", barcode="4006381333931", price="1000.00"), make_goods("Ножка стола", price=None)
    kit = make_goods("Стол в наборе", kind="kit")
    make_goods("Сборка стола", kind="service")
    catalogue.set_kit_lines(actor=owner, variant=kit.public_id, lines=[(leg.public_id, Decimal(4))])
    stock_up(owner, table.pk, place, 3, now=NOON)
    stock_up(owner, leg.pk, place, 11, now=NOON)
    deal = make_deal(owner)
    found = {one.card.name: (one.price, one.free) for one in queries.find_offers(owner, deal, "стол", now=NOON)}
    assert found == {
        "Стол": (Decimal("1000.00"), 3),
        "Ножка стола": (None, 11),
        "Стол в наборе": (Decimal("1000.00"), 2),
        "Сборка стола": (Decimal("1000.00"), None),
    }
    assert [one.card.id for one in queries.find_offers(owner, deal, "4006381333931", now=NOON)] == [table.pk]
    assert queries.find_offers(owner, deal, "\0 %' OR", now=NOON) == []
    with django_assert_num_queries(6):  # type: ignore[operator]  # pytest-django's fixture
        queries.find_offers(owner, deal, "стол", now=NOON)


def test_the_page_and_the_block(shop: Shop) -> None:
    """Picked beside the deal and on its page; what is wrong comes back as typed; lists tell how many."""
    owner = shop.cast.owner
    deal = make_deal(owner, responsible_id=owner.employee_id)
    table = make_goods("Стол дубовый", code="BR-2200", price="1000.00")
    make_goods("Стол сосновый", price="700.00")
    browser = sign_in(Browser(), owner)
    page = reverse("deals:goods", args=[deal.public_id])
    add = reverse("deals:goods-add", args=[deal.public_id])
    found = browser.get(
        reverse("deals:goods-pick", args=[deal.public_id]), {"q": "стол"}, headers=HX
    ).content.decode()
    assert found.count('name="variant"') == 2
    assert "BR-2200" in found
    several = browser.post(add, {"q": "стол", "where": "side"}, headers=HX).content.decode()
    assert several.count('name="variant"') == 2
    assert not queries.lines_of(deal.pk)
    side = browser.post(add, {"q": "br-2200", "where": "side"}, headers=HX).content.decode()
    assert "hx-swap-oob" in side
    assert "Стол дубовый" in side
    line = queries.lines_of(deal.pk)[0]
    at = reverse("deals:goods-line", args=[deal.public_id, line.public_id])
    wrong = browser.post(at, {"quantity": "много", "price": "1000"}, headers=HX).content.decode()
    assert 'value="много"' in wrong
    assert "Это не число" in wrong
    browser.post(
        at, {"quantity": "3", "price": "1 000,50", "discount": "0,5", "seen": goods.seen_as(line)}, headers=HX
    )
    line.refresh_from_db()
    assert (line.quantity, line.total) == (3, Decimal("3001.00"))
    for address in (reverse("deals:deal-list"), reverse("deals:board"), page):
        assert "1 товар" in browser.get(address).content.decode().replace("\xa0", " ")
    gone = browser.post(at, {"act": "drop"}, headers=HX).content.decode()
    assert "Вернуть" in gone
    assert f'value="{table.public_id}"' in gone
    browser.post(
        add, {"variant": table.public_id, "quantity": "3", "price": "1000.50", "discount": "0.50"}, headers=HX
    )
    assert queries.lines_of(deal.pk)[0].total == Decimal("3001.00")
    browser.get(page)
    with CaptureQueriesContext(connection) as few:
        browser.get(page)
    for number in range(5):
        put(shop, deal, make_goods(f"Стул {number}"))
    with CaptureQueriesContext(connection) as many:
        browser.get(page)
    assert len(few) == len(many)
