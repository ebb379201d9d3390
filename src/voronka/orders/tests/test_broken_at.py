"""Where orders break if anything does: sent twice, changed after a return, closed with goods held."""

import re
import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from voronka.accounts.queries import get_company_rules
from voronka.accounts.testing import NOW, make_company, sign_in
from voronka.catalogue.models import KitLine
from voronka.catalogue.testing import make_goods
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.tenancy import company_context
from voronka.loyalty.models import Promo, PromoCode
from voronka.loyalty.testing import make_batch, make_promo
from voronka.orders import queries, services
from voronka.orders.models import (
    DeliveryMethod,
    Feedback,
    Order,
    OrderLine,
    Passage,
    PaymentMethod,
    Return,
    Shipment,
    Status,
)
from voronka.orders.rules.pricing import Asked, problem
from voronka.orders.services import client_acts, desk, entering, lacking
from voronka.orders.services.shop_page import ShopPageDraft, save_shop_page
from voronka.orders.testing import draft_for, make_order, make_shop
from voronka.people.models import Client
from voronka.people.services.bin import bin_client, erase_old
from voronka.people.testing import make_client
from voronka.stock.testing import balance, make_place, stock_up
from voronka.work.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cache.clear()
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def shop(cast):
    return make_shop(cast.owner)


def hand_over(cast, order):
    services.hand_over(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    order.refresh_from_db()


def ask(cast, order, many, operation=None):
    goods = [services.Back(1, Decimal(many))]
    return services.ask_return(order.public_id, goods, actor=cast.owner, now=NOW, operation=operation or uuid.uuid4())


def give_back(cast, shop, order, many):
    back = ask(cast, order, many)
    return services.receive_return(back.public_id, shop.place.pk, actor=cast.owner, now=NOW)


def change(cast, order, lines=None, **more):
    """Change an order; `lines` gets the lines of its draft and returns others."""
    order.refresh_from_db()
    draft = services.draft_of(order, list(order.lines.order_by("position")))
    wanted = list(draft.lines) if lines is None else lines(list(draft.lines))
    services.change(
        order.public_id, replace(draft, lines=wanted, **more), actor=cast.owner, version=order.version, now=NOW
    )
    order.refresh_from_db()


def hold_sums():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


# --- The public order form ---------------------------------------------------------------------------------------


def form(shop, **more):
    pickup = DeliveryMethod.objects.get(kind="pickup").public_id
    return {
        "operation": str(uuid.uuid4()), "name": "Смирнова Анна", "phone": "+7 912 345-67-89", "delivery": pickup,
        "consent": "yes", f"n-{shop.table.public_id}": "10",
    } | more  # fmt: skip


def send(cast, sent):
    save_shop_page(ShopPageDraft(is_on=True), actor=cast.owner)
    return Browser().post(
        f"/order/{get_company_rules().form_key}/", urlencode(sent), content_type="application/x-www-form-urlencoded"
    )


@pytest.fixture
def today(cast):
    return make_shop(cast.owner, now=timezone.now())


def test_the_last_pieces_sent_for_twice_are_one_order_and_no_complaint(cast, today):
    sent = form(today)
    answers = [send(cast, sent) for _turn in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert Order.objects.count() == 1


def test_signs_that_no_database_holds_do_not_break_the_form(cast, today):
    assert send(cast, form(today) | {"n-\0": "1", "name": "А\0нна", "promo": "\0"}).status_code in (400, 422)
    order = make_order(cast.owner, today)
    assert Browser().get(f"/o/{services.token_of(order)}/papers/a%00b").status_code == 404


def test_a_way_of_payment_that_is_switched_off_is_not_taken(cast, today):
    cash = PaymentMethod.objects.get(kind="cash")
    PaymentMethod.objects.filter(pk=cash.pk).update(is_on=False)
    answer = send(cast, form(today, payment=cash.public_id))
    assert answer.status_code == 422
    assert answer.context["problems"]["payment"]
    assert not Order.objects.exists()


# --- An operation is its own ------------------------------------------------------------------------------------------


def test_the_operation_of_anothers_order_opens_nothing(cast, shop):
    """Whoever has heard the operation of another's form must not be led to that order by his own page."""
    operation = uuid.uuid4()
    theirs = services.place(draft_for(shop, (shop.table, 1)), actor=cast.owner, now=NOW, operation=operation)
    stranger = replace(draft_for(shop, (shop.table, 1)), client_id=make_client(cast.owner).pk)
    mine = services.place(stranger, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    with pytest.raises(Conflict):
        client_acts.repeat_by_client(mine.public_id, actor=cast.owner, now=NOW, operation=operation)
    hand_over(cast, theirs)
    hand_over(cast, mine)
    back = uuid.uuid4()
    ask(cast, theirs, 1, back)
    with pytest.raises(Conflict):
        ask(cast, mine, 1, back)


@pytest.mark.django_db(transaction=True)
def test_a_new_client_sent_twice_at_once_is_one_card():
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        shop = make_shop(cast.owner)
    operation, made, wrong = uuid.uuid4(), [], []
    start = threading.Barrier(2)
    draft = replace(draft_for(shop, (shop.chair, 1)), client_id=0)

    def enter():
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id):
                start.wait(10)
                made.append(
                    entering.enter(
                        draft, actor=cast.owner, now=NOW, operation=operation,
                        new_client=entering.NewClient("Новый Покупатель", "+79130000001"),
                    ).pk
                )  # fmt: skip
        except Exception as error:  # whatever it is, the test tells it
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=enter) for _turn in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert wrong == []
    assert len(set(made)) == 1
    with company_context(cast.company_id), transaction.atomic():
        assert Client.objects.filter(name="Новый Покупатель").count() == 1


@pytest.mark.parametrize("year", [1, 9999])
def test_a_day_that_no_clock_shows_is_promised_to_nobody(cast, shop, year):
    """Such a moment is none in some zone: the page that shows it would break, for ever."""
    moment = datetime(year, 12, 31, 23, 59, tzinfo=UTC)
    order = make_order(cast.owner, shop)
    with pytest.raises(Invalid):
        make_order(cast.owner, shop, promised_at=moment)
    with pytest.raises(Invalid):
        desk.promise(order.public_id, moment, actor=cast.owner, now=NOW, cause="Ждём")


# --- Money ------------------------------------------------------------------------------------------------------------


def test_a_number_with_a_huge_exponent_is_refused_in_words():
    huge = Decimal("1e1000000")
    assert problem(Asked(Decimal(1), huge)) == "too_big"
    assert problem(Asked(Decimal(1), Decimal(1), huge)) == "discount"
    assert problem(Asked(huge, Decimal(1))) == "quantity"
    assert problem(Asked(Decimal(1), Decimal("0.001"))) == "price"
    assert problem(Asked(Decimal(1), Decimal(1), Decimal("0.001"))) == "discount"


def test_a_line_does_not_come_to_cost_less_than_what_was_given_back_for_it(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 2), (shop.chair, 1))
    hand_over(cast, order)
    give_back(cast, shop, order, 1)
    with pytest.raises(Conflict) as refused:
        change(cast, order, discount=Decimal("2200.00"))
    assert refused.value.code == "given_back"
    change(cast, order, lambda lines: [replace(lines[0], discount=Decimal(1000)), lines[1]])
    hold_sums()
    assert ask(cast, order, 1).sum == 0


def test_what_came_back_is_not_to_be_paid(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 2), now=timezone.now())
    hand_over(cast, order)
    give_back(cast, shop, order, 1)
    assert queries.card(cast.owner, order.public_id).owed == 1000
    text = Browser(headers={"Accept-Language": "ru"}).get(f"/o/{services.token_of(order)}/").content.decode()
    assert "2 000" in text.replace("\xa0", " ").replace("\u202f", " ").replace("\u2009", " ")
    services.note_paid(order.pk, Decimal("1000.00"), now=NOW)
    order.refresh_from_db()
    assert order.phase == "done"


def test_the_list_asks_for_no_money_of_what_came_back_either(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 2), now=timezone.now())
    hand_over(cast, order)
    page = sign_in(Browser(), cast.owner)

    def listed():
        answer = page.get(reverse("orders:order-list"), {"f.state": "any"})
        card = page.get(reverse("orders:order", args=[order.public_id])).context
        [row] = answer.context["rows"]
        assert row.left == card["left"]
        cell = answer.content.decode().split('<td class="v-row-paid">')[1].split("</td>")[0]
        return row.left, row.share, " ".join(re.sub(r"<[^>]+>", " ", cell).split())

    assert listed() == (2000, 0, "не оплачен")
    give_back(cast, shop, order, 1)
    services.note_paid(order.pk, Decimal("250.00"), now=NOW)
    assert listed()[:2] == (750, 18), "a quarter of what he keeps is paid"
    services.note_paid(order.pk, Decimal("0.00"), now=NOW)
    give_back(cast, shop, order, 1)
    assert listed() == (0, 72, "—"), "all came back: nothing is to be paid, and nothing was"


def test_nobody_waits_for_the_money_of_a_cancelled_order_beyond_what_left(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 2), (shop.chair, 4), now=timezone.now())
    services.note_paid(order.pk, Decimal("1000.00"), now=NOW)
    whole = make_order(cast.owner, shop, (shop.chair, 1), now=timezone.now())
    [box] = services.start_picking(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    picked = {box.lines.get(variant=shop.table).pk: Decimal(2)}
    services.set_picked(box.public_id, actor=cast.owner, now=NOW, picked=picked)
    services.ship(box.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4(), partly=True)
    page = sign_in(Browser(), cast.owner)

    def listed(way):
        rows = page.get(reverse("orders:order-list"), {"f.paid": way}).context["rows"]
        return {one.order.pk: one.left for one in rows}

    def owed(one):
        shown = page.get(reverse("orders:order", args=[one.public_id])).context
        return shown["left"], shown["over"]

    assert (owed(order), owed(whole)) == ((2000, 0), (250, 0))
    assert (listed("part"), listed("no")) == ({order.pk: 2000}, {whole.pk: 250})
    for one in (order, whole):
        services.cancel(one.public_id, "Передумал", actor=cast.owner, now=NOW)
    assert (owed(order), owed(whole)) == ((1000, 0), (0, 0))
    assert listed("part") == listed("no") == {}
    rows = page.get(reverse("orders:order-list"), {"f.phase": "cancelled"}).context["rows"]
    assert {one.order.pk: one.left for one in rows} == {order.pk: 1000, whole.pk: 0}
    services.note_paid(order.pk, Decimal("2100.00"), now=NOW)
    assert owed(order) == (0, 100)


def test_a_code_stays_used_while_the_client_keeps_what_he_bought_with_it(cast, shop):
    [code] = make_batch(cast.owner, 1, now=NOW, amount=100)
    order = make_order(cast.owner, shop, (shop.table, 1), (shop.chair, 4), promo=code)
    [box] = services.start_picking(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    row = box.lines.get(variant=shop.table)
    services.set_picked(box.public_id, actor=cast.owner, now=NOW, picked={row.pk: Decimal(1)})
    services.ship(box.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4(), partly=True)
    services.cancel(order.public_id, "Передумал", actor=cast.owner, now=NOW)
    assert PromoCode.objects.get().used == 1
    again = make_order(cast.owner, shop, (shop.table, 1), promo=make_batch(cast.owner, 1, now=NOW)[0])
    services.cancel(again.public_id, "Передумал", actor=cast.owner, now=NOW)
    assert PromoCode.objects.order_by("-id").first().used == 0


def test_an_order_whose_code_has_ended_can_be_changed_still(cast, shop):
    make_promo(cast.owner, "ЛЕТО2026", 10, now=NOW)
    order = make_order(cast.owner, shop, (shop.table, 2), promo="ЛЕТО2026")
    Promo.objects.update(until=NOW - timedelta(days=1))
    change(cast, order, comment="Позвонить", promo="лето2026")
    assert (order.comment, order.total, order.promo_code.used) == ("Позвонить", 1800, 1)
    change(cast, order, promo="")
    assert (order.total, order.promo_code, PromoCode.objects.get().used) == (2000, None, 0)


# --- Ways without an end ----------------------------------------------------------------------------------------------


def test_what_a_closed_order_held_comes_free(cast, shop):
    """Nothing leaves a closed order: its goods would be held for ever, and nobody could cancel it."""
    Status.objects.filter(code="closed").update(requires=[])
    order = make_order(cast.owner, shop)
    services.start_picking(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    services.split(order.public_id, actor=cast.owner, now=NOW)
    services.set_status(order.public_id, "closed", actor=cast.owner, now=NOW)
    assert balance(shop.table.pk, shop.place) == (10, 0)
    assert Shipment.objects.get().state == "cancelled"
    assert not Task.objects.filter(is_open=True).exists()


def test_goods_added_to_a_delivered_order_are_not_closed_away(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 1))
    hand_over(cast, order)
    assert order.delivered_at is not None
    change(cast, order, lambda lines: [*lines, services.LineDraft(Decimal(1), shop.chair.pk)])
    services.note_paid(order.pk, order.total, now=NOW)
    order.refresh_from_db()
    assert (order.delivered_at, order.phase) == (None, "shipping")
    hand_over(cast, order)
    assert order.phase == "done"
    assert balance(shop.chair.pk, shop.place) == (39, 0)


def test_an_order_cut_down_to_what_the_client_has_is_delivered(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 2))
    services.note_paid(order.pk, Decimal("1000.00"), now=NOW)
    [box] = services.start_picking(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    services.set_picked(box.public_id, actor=cast.owner, now=NOW, picked={box.lines.get().pk: Decimal(1)})
    services.ship(box.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4(), partly=True)
    services.deliver(box.public_id, actor=cast.owner, now=NOW)
    change(cast, order, lambda lines: [replace(lines[0], quantity=Decimal(1))])
    hold_sums()
    assert (order.delivered_at, order.phase) == (NOW, "done")
    assert balance(shop.table.pk, shop.place) == (9, 0)


def test_a_service_written_when_the_goods_have_left_does_not_keep_the_order_open(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 1))
    [box] = services.start_picking(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    services.set_picked(box.public_id, actor=cast.owner, now=NOW)
    services.ship(box.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    change(cast, order, lambda lines: [*lines, services.LineDraft(Decimal(1), None, "Сборка", Decimal(500))])
    services.deliver(box.public_id, actor=cast.owner, now=NOW)
    order.refresh_from_db()
    assert order.delivered_at == NOW
    assert OrderLine.objects.get(name="Сборка").shipped == 1


def test_a_kit_that_waits_is_promised_when_its_parts_come(cast, shop):
    bench = make_goods("Скамья")
    kit = make_goods("Набор для сада", kind="kit", price="5000.00")
    KitLine.objects.create(kit=kit, part=bench, quantity=2)
    order = services.place(
        draft_for(shop, (kit, 1)), actor=cast.owner, now=NOW, operation=uuid.uuid4(), on_short="backorder"
    )
    assert services.waiting_orders([shop.table.pk]) == []
    assert services.waiting_orders([bench.pk]) == [order.pk]
    stock_up(cast.owner, bench.pk, shop.place, 2, now=NOW)
    assert services.reserve_waiting(order.pk, actor=cast.owner, now=NOW) == 1
    assert balance(bench.pk, shop.place) == (2, 2)


def test_what_is_taken_from_elsewhere_is_bought_by_nobody_any_more(cast, shop):
    other = make_place(cast.owner, "Магазин на Мира", "shop")
    order = services.place(
        draft_for(shop, (shop.table, 12), place_id=shop.place.pk), actor=cast.owner, now=NOW, operation=uuid.uuid4(),
        on_short="backorder",
    )  # fmt: skip
    bought = Task.objects.get(is_open=True)
    stock_up(cast.owner, shop.table.pk, other, 5, now=NOW)
    lacking.take_from(order.public_id, 1, other.public_id, actor=cast.owner, now=NOW)
    bought.refresh_from_db()
    assert not bought.is_open


def test_what_an_erased_client_wrote_is_gone_from_history_too(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 1), city="Омск", address="Ленина, 1")
    other = services.place(
        replace(draft_for(shop, (shop.table, 1)), client_id=make_client(cast.owner).pk), actor=cast.owner, now=NOW,
        operation=uuid.uuid4(),
    )  # fmt: skip
    draft = services.draft_of(order, list(order.lines.order_by("position")))
    draft = replace(draft, address="Мира, 7", recipient_name="Зинаида", recipient_phone="+79990001122")
    order = services.change(order.public_id, draft, actor=cast.owner, version=order.version, now=NOW)
    draft = replace(draft, address="Садовая, 3", recipient_name="Егор", recipient_phone="+79990003344")
    services.change(order.public_id, draft, actor=cast.owner, version=order.version, now=NOW)
    hand_over(cast, order)
    goods = [services.Back(1, Decimal(1))]
    services.ask_return(
        order.public_id, goods, actor=cast.owner, now=NOW, operation=uuid.uuid4(), reason="Болит спина у Анны"
    )
    client_acts.rate(order.public_id, 5, "Привезли на Ленина, 1", actor=cast.owner, now=NOW)
    second = make_order(cast.owner, shop, (shop.table, 1))
    desk_words = "Кошка съела накладную"
    services.explain_delay(second.public_id, desk_words, actor=cast.owner, now=NOW)
    client_acts.cancel_by_client(second.public_id, "Развожусь с мужем", actor=cast.owner, now=NOW)
    services.cancel(other.public_id, "Передумала", actor=cast.owner, now=NOW)
    bin_client(actor=cast.owner, client_id=shop.client.pk, now=NOW)
    erase_old(now=NOW + timedelta(days=31))
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(before::text, ' ') FROM kit_change")
        told = cursor.fetchone()[0] or ""
        cursor.execute("SELECT string_agg(payload::text, ' ') FROM kit_event")
        told += cursor.fetchone()[0] or ""
    rows = [str(one) for model in (Order, Return, Feedback, Passage) for one in model.objects.values()]
    for words in (
        *("спина", "Ленина", "Омск", "Мира, 7", "Садовая", "Зинаида", "Егор", "79990001122", "79990003344"),
        *("Кошка", "Развожусь"),
    ):
        assert words not in told, words
        assert not any(words in one for one in rows), words
    assert Passage.objects.filter(cause="Передумала").exists(), "nobody else's words are touched"


def test_nobody_blanks_the_causes_of_a_client_who_is_not_in_the_bin(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 1))
    services.cancel(order.public_id, "Передумала", actor=cast.owner, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT orders_forget_causes(%s)", [[shop.client.pk]])
    assert Passage.objects.filter(cause="Передумала").exists()
