"""The order form of the shop: an order of a stranger, once, at the company's own prices."""

import uuid

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.utils import timezone

from voronka.accounts.queries import get_company_rules
from voronka.accounts.testing import make_company
from voronka.catalogue.testing import make_category, make_goods
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.kit.tenancy import company_context
from voronka.loyalty.testing import make_promo
from voronka.orders.models import DeliveryMethod, Order, ShopPage
from voronka.orders.services.shop_page import ShopPageDraft, save_shop_page
from voronka.orders.testing import make_shop
from voronka.people.models import Client, Consent, InboxLead
from voronka.people.services import HONEYPOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cache.clear()
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def shop(cast):
    made = make_shop(cast.owner, now=timezone.now())
    save_shop_page(ShopPageDraft(is_on=True, title="Закажите мебель"), actor=cast.owner)
    return made


def russian():
    return Browser(headers={"Accept-Language": "ru"})


def address():
    return f"/order/{get_company_rules().form_key}/"


def fields(shop, **more):
    pickup = DeliveryMethod.objects.get(kind="pickup").public_id
    sent = {
        "operation": str(uuid.uuid4()), "name": "Смирнова Анна", "phone": "+7 912 345-67-89", "delivery": pickup,
        "consent": "yes", f"n-{shop.table.public_id}": "2", f"n-{shop.chair.public_id}": "",
    }  # fmt: skip
    return sent | more


def send(shop, **more):
    return russian().post(address(), fields(shop, **more))


def test_the_form_shows_what_is_sold_with_prices_and_how_much_there_is(shop):
    make_goods("Снят с продажи", is_on_sale=False)
    make_goods("Без цены", price=None)
    make_goods("Закончился", price=5)
    answer = russian().get(address())
    text = answer.content.decode().replace("\xa0", " ").replace("\u202f", " ").replace("\u2009", " ")
    assert answer.status_code == 200
    for part in ("Закажите мебель", "Стол обеденный", "1 000 ₽", "в наличии", "нет в наличии"):
        assert part in text, part
    assert "Снят с продажи" not in text
    assert "Без цены" not in text
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert not answer.cookies


def test_doubled_sending_makes_one_order_and_shows_its_page(shop):
    sent = fields(shop, city="Красноярск", comment="Позвоните")
    answers = [russian().post(address(), sent) for _turn in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    made = Order.objects.get()
    assert (made.channel, made.total, made.comment) == ("form", 2000, "Позвоните")
    assert made.client.name == "Смирнова Анна"
    assert Consent.objects.filter(client=made.client, purpose="personal_data", given=True).exists()
    shown = russian().get(answers[0].headers["Location"]).content.decode()
    assert "Спасибо! Заказ у нас." in shown.replace("\xa0", " ")


def test_nothing_of_price_or_owner_is_taken_from_the_form(shop):
    send(shop, price="1", total="1", discount="2000", responsible="1", company_id="1", channel="phone", paid="9999")
    made = Order.objects.get()
    assert (made.total, made.discount_sum, made.paid, made.channel) == (2000, 0, 0, "form")


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"phone": ""}, "phone"),
        ({"phone": "нет"}, "phone"),
        ({"consent": ""}, "consent"),
        ({"delivery": "zzz"}, "delivery"),
        ({"n-zzzzzzzzzzzz": "1"}, "goods"),
        ({"operation": "1"}, ""),
        ({"promo": "НЕТТАКОГО"}, "promo"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(shop, wrong, place):
    answer = send(shop, **wrong)
    assert answer.status_code == 422
    assert "Смирнова Анна" in answer.content.decode()
    if place:
        assert answer.context["problems"].get(place)
    assert not Order.objects.exists()
    assert not Client.objects.filter(name="Смирнова Анна").exists()


@pytest.mark.parametrize("many", ["-1", "0.5", "11", "1e9", "999999999999", "два", "NaN"])
def test_amounts_that_cannot_be_are_told_at_their_line(shop, many):
    answer = send(shop, **{f"n-{shop.table.public_id}": many})
    assert answer.status_code == 422
    assert answer.context["problems"].get(f"quantity-{shop.table.public_id}")
    assert not Order.objects.exists()


def test_nothing_chosen_is_no_order(shop):
    answer = send(shop, **{f"n-{shop.table.public_id}": "0"})
    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_a_courier_needs_an_address(shop):
    courier = DeliveryMethod.objects.get(kind="courier").public_id
    assert send(shop, delivery=courier).status_code == 422
    assert send(shop, delivery=courier, address="ул. Мира, 1").status_code == 303
    assert Order.objects.get().delivery_cost == 300


def test_a_machine_is_thanked_and_nothing_is_kept(shop):
    answer = send(shop, **{HONEYPOT: "http://spam.example"})
    assert answer.status_code == 200
    assert not Order.objects.exists()
    assert not InboxLead.objects.exists()


def test_what_looks_like_spam_waits_in_the_inbox_and_reserves_nothing(shop):
    answer = send(shop, comment="купи http://a.example http://b.example http://c.example [url=x]y[/url]")
    assert answer.status_code == 200
    assert not Order.objects.exists()
    lead = InboxLead.objects.get()
    assert "Стол обеденный × 2" in lead.sent["message"]


def test_a_promo_code_makes_it_cheaper_and_guesses_end(cast, shop):
    make_promo(cast.owner, "ЛЕТО", 10, now=timezone.now())
    for number in range(10):
        assert send(shop, promo=f"УГАДАЙ{number}").status_code == 422
    refused = send(shop, promo="лето")
    assert refused.status_code == 422
    assert "Слишком много" in refused.context["problems"]["promo"]
    cache.clear()
    assert send(shop, promo="лето").status_code == 303
    assert (Order.objects.get().total, Order.objects.get().discount_sum) == (1800, 200)


def test_a_form_that_is_off_or_of_nobody_is_not_found(cast, shop):
    assert russian().get("/order/zzzzzzzzzzzz/").status_code == 404
    save_shop_page(ShopPageDraft(is_on=False), actor=cast.owner)
    assert russian().get(address()).status_code == 404
    assert send(shop).status_code == 404
    assert not Order.objects.exists()


def test_only_what_was_chosen_is_sold(cast, shop):
    sofas = make_category("Диваны")
    sofa = make_goods("Диван", category=make_category("Угловые", sofas), kind="service")
    draft = ShopPageDraft(is_on=True, categories=[sofas.public_id], variants=[shop.chair.public_id])
    save_shop_page(draft, actor=cast.owner)
    text = russian().get(address()).content.decode()
    assert "Диван" in text
    assert "Стул" in text
    assert "Стол обеденный" not in text
    assert send(shop).status_code == 422
    assert send(shop, **{f"n-{shop.table.public_id}": "", f"n-{sofa.public_id}": "1"}).status_code == 303


def test_many_sendings_from_one_place_are_stopped(shop):
    codes = [send(shop, phone="").status_code for _turn in range(21)]
    assert codes == [422] * 20 + [429]


def test_settings_are_for_those_who_set_up(cast, shop):
    nobody = type(cast.owner)(cast.company_id, None, "", {})
    with pytest.raises(Denied):
        save_shop_page(ShopPageDraft(is_on=False), actor=nobody)
    with pytest.raises(Conflict):
        save_shop_page(ShopPageDraft(is_on=False), actor=cast.owner, version=7)
    with pytest.raises(Invalid):
        save_shop_page(ShopPageDraft(is_on=False, return_days=400), actor=cast.owner)
    assert ShopPage.objects.get().is_on
