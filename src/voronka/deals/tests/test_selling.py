"""A deal becomes an order by a button: the order and its paper stand with the goods, and an undo takes each back."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts.testing import sign_in
from voronka.billing.models import Document
from voronka.billing.testing import make_requisites
from voronka.deals.models import Deal
from voronka.deals.rules.buttons import Buttons
from voronka.deals.services import goods, undo
from voronka.deals.services.goods import LineDraft
from voronka.deals.services.holding import held_until
from voronka.deals.services.pressing import LIVE
from voronka.deals.testing import NOON, Shop, make_deal, make_shop, press
from voronka.kit.errors import Conflict, Refusal
from voronka.orders import services as order_verbs
from voronka.orders import testing as orders
from voronka.orders.models import Order
from voronka.stock import services as stock
from voronka.stock.testing import balance

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Work as the owner of a company with statuses of orders and goods in stock."""
    made = make_shop()
    with made.as_(made.cast.owner):
        yield made


def stepping(deal: Deal, *steps: dict[str, object]) -> None:
    """Let the first button of the deal's stage that sets a next step do these steps before."""
    row = LIVE.first(stage_id=deal.stage_id)
    assert row is not None
    for button in row.buttons:
        if button["key"] == "next":
            button["outcomes"][0]["steps"] = [*steps, *button["outcomes"][0]["steps"]]
    Buttons.model_validate({"buttons": row.buttons})
    row.save(update_fields=["buttons"])


def sold(shop: Shop, *lines: tuple[object, str]) -> tuple[Deal, orders.Shop]:
    """Make a deal with two tables and a service told in words, and stock for it."""
    owner = shop.cast.owner
    stand = orders.make_shop(owner, now=NOON)
    deal = make_deal(owner, client=stand.client, responsible_id=owner.employee_id)
    for draft in (
        LineDraft(variant=stand.table.public_id, quantity=Decimal(2), discount=Decimal("100.01")),
        LineDraft(name="Сборка", price=Decimal(2400)),
    ):
        goods.add_goods(actor=owner, deal_public_id=deal.public_id, draft=draft, now=NOON)
    deal.refresh_from_db()
    return deal, stand


def at(seconds: int) -> object:
    return NOON + timedelta(seconds=seconds)


def test_a_deal_becomes_an_order(shop: Shop) -> None:
    """The order has the lines, prices and sum of the deal and its goods are promised; an undo cancels it."""
    owner = shop.cast.owner
    deal, stand = sold(shop)
    stepping(deal, {"kind": "deals.make_order"})
    done = press(owner, deal, "next")
    order = Order.objects.get()
    assert (order.total, order.channel) == (deal.sum, "deal") == (Decimal("4299.99"), "deal")
    assert (order.subject_kind, order.subject_id) == ("deal", deal.pk)
    lines = list(order.lines.order_by("position").values_list("name", "quantity", "price", "discount", "total"))
    assert lines == [
        ("Стол обеденный", 2, Decimal("1000.00"), Decimal("100.01"), Decimal("1899.99")),
        ("Сборка", 1, Decimal("2400.00"), Decimal("0.00"), Decimal("2400.00")),
    ]
    assert balance(stand.table.pk, stand.place) == (10, 2)
    browser = sign_in(Browser(), owner)
    shown = browser.get(reverse("deals:papers", args=[deal.public_id]), headers=HX).content.decode()
    assert f"№ {order.number}" in shown.replace("\xa0", " ")
    undo(actor=owner, press_id=done.press_id, now=NOON + timedelta(seconds=5))
    order.refresh_from_db()
    assert order.phase == "cancelled"
    assert balance(stand.table.pk, stand.place) == (10, 0)


def test_a_press_whose_order_went_on_is_not_taken_back(shop: Shop) -> None:
    """Money that has come and goods that have left do not come back by an undo: it is said, and nothing is changed."""
    owner = shop.cast.owner
    deal, stand = sold(shop)
    stepping(deal, {"kind": "deals.make_order"})
    done = press(owner, deal, "next")
    order, later = Order.objects.get(), NOON + timedelta(seconds=5)
    order_verbs.note_paid(order.pk, Decimal(100), now=NOON)
    with pytest.raises(Conflict, match="shipped or paid"):
        undo(actor=owner, press_id=done.press_id, now=later)
    order_verbs.note_paid(order.pk, Decimal(0), now=NOON)
    order.lines.filter(position=1).update(shipped=1)
    with pytest.raises(Conflict, match="shipped or paid"):
        undo(actor=owner, press_id=done.press_id, now=later)
    assert balance(stand.table.pk, stand.place) == (10, 2)
    order.lines.update(shipped=0)
    undo(actor=owner, press_id=done.press_id, now=later)
    assert Order.objects.get().phase == "cancelled"


def test_goods_are_held_and_go_into_the_order(shop: Shop) -> None:
    """Held for a time, taken over by the order, held again when the order's press is taken back, free in the end."""
    owner = shop.cast.owner
    deal, stand = sold(shop)
    stepping(deal, {"kind": "deals.hold_goods", "minutes": 60})
    held = press(owner, deal, "next")
    assert held_until(deal.pk) == NOON + timedelta(hours=1)
    assert balance(stand.table.pk, stand.place) == (10, 2)
    deal.refresh_from_db()
    stepping(deal, {"kind": "deals.make_order"})
    row = LIVE.first(stage_id=deal.stage_id)
    assert row is not None
    ordered = press(owner, deal, "next", now=NOON + timedelta(minutes=1))
    assert held_until(deal.pk) is None
    assert balance(stand.table.pk, stand.place) == (10, 2)
    undo(actor=owner, press_id=ordered.press_id, now=NOON + timedelta(minutes=1, seconds=5))
    assert held_until(deal.pk) == NOON + timedelta(hours=1)
    undo(actor=owner, press_id=held.press_id, now=NOON + timedelta(minutes=2))
    assert (held_until(deal.pk), balance(stand.table.pk, stand.place)) == (None, (10, 0))


def test_what_is_short_is_told_or_ordered(shop: Shop) -> None:
    """Refused by name, and nothing of the press stands; or the rest waits as a purchase."""
    owner = shop.cast.owner
    deal, stand = sold(shop)
    stock.reserve(stock.Holder("other", 1), [stock.Line(1, stand.table.pk, Decimal(9))], actor=owner, now=NOON)
    stepping(deal, {"kind": "deals.make_order", "short": "refuse"})
    with pytest.raises(Refusal, match="Стол обеденный"):
        press(owner, deal, "next")
    assert not Order.objects.exists()
    stepping_only(deal, {"kind": "deals.make_order", "short": "backorder"})
    press(owner, deal, "next")
    assert Order.objects.get().parts.filter(kind="purchase", quantity=1).exists()


def stepping_only(deal: Deal, step: dict[str, object]) -> None:
    """Put a step in the place of the one that was put in before."""
    row = LIVE.first(stage_id=deal.stage_id)
    assert row is not None
    for button in row.buttons:
        if button["key"] == "next":
            button["outcomes"][0]["steps"][0] = step
    row.save(update_fields=["buttons"])


def test_a_deal_without_goods_makes_none(shop: Shop) -> None:
    """Refused in words, or passed over, as the button says."""
    owner = shop.cast.owner
    deal = make_deal(owner, responsible_id=owner.employee_id)
    stepping(deal, {"kind": "deals.make_order"})
    with pytest.raises(Refusal):
        press(owner, deal, "next")
    stepping_only(deal, {"kind": "deals.make_order", "empty": "pass"})
    press(owner, deal, "next")
    assert not Order.objects.exists()


def test_a_paper_takes_the_goods(shop: Shop) -> None:
    """An invoice of a deal with goods asks for no sum and has its lines; an undo voids it."""
    owner = shop.cast.owner
    make_requisites(owner)
    deal, _stand = sold(shop)
    stepping(deal, {"kind": "billing.issue", "paper": "invoice"})
    done = press(owner, deal, "next")
    paper = Document.objects.get()
    assert (paper.amount, [one["name"] for one in paper.body["lines"]]) == (deal.sum, ["Стол обеденный", "Сборка"])
    undo(actor=owner, press_id=done.press_id, now=NOON + timedelta(seconds=5))
    paper.refresh_from_db()
    assert paper.state == "void"
