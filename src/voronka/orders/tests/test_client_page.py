"""The client's own page: what it shows, what may be done on it, and what may not."""

import json
import re
import time
import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from voronka.accounts.testing import make_company
from voronka.catalogue import services as catalogue
from voronka.kit.errors import Conflict
from voronka.kit.tenancy import company_context
from voronka.orders import ports, services
from voronka.orders.models import Feedback, Order, Return
from voronka.orders.rules import client_page as rules
from voronka.orders.services import client_acts
from voronka.orders.services.returning import Back
from voronka.orders.testing import draft_for, make_order, make_shop
from voronka.people import queries
from voronka.people import services as people
from voronka.stock import queries as stock_queries

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def cast():
    cache.clear()
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def shop(cast):
    return make_shop(cast.owner, now=timezone.now())


@pytest.fixture
def order(cast, shop):
    return make_order(
        cast.owner, shop, (shop.table, 2), (shop.chair, 4), now=timezone.now(), recipient_name="Петрова Анна Ивановна",
        recipient_phone="+73912000001", city="Красноярск", address="ул. Ладо Кецховели, 22",
    )  # fmt: skip


def page(order, path="", *, language="ru", **sent):
    browser = Browser(headers={"Accept-Language": language})
    address = f"/o/{services.token_of(order)}/{path}"
    return browser.post(address, sent) if sent else browser.get(address)


def russian():
    return Browser(headers={"Accept-Language": "ru"})


def text_of(answer):
    return answer.content.decode().replace("\xa0", " ").replace("\u202f", " ").replace("\u2009", " ")


def hand_over(cast, order):
    services.hand_over(order.public_id, actor=cast.owner, now=timezone.now(), operation=uuid.uuid4())
    order.refresh_from_db()


def markup(answer):
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', answer.content.decode(), re.DOTALL)
    return json.loads(found[1])


def test_the_page_tells_what_was_ordered_and_hides_what_it_need_not_show(order):
    answer = page(order)
    text = text_of(answer)
    assert answer.status_code == 200
    for part in (f"Заказ № {order.number}", "Стол обеденный", "3 000 ₽", "К оплате", "Красноярск", "Анна П."):
        assert part in text, part
    for hidden in ("Петрова", "200-00-01", "2000001", "+73912000001"):
        assert hidden not in text, hidden
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
    assert not answer.cookies
    assert not re.search(r"<script(?! src=| type=\"application/ld)", answer.content.decode())
    english = text_of(page(order, language="en"))
    assert "To pay" in english
    assert "К оплате" not in english


def test_the_mark_up_is_an_order_of_schema_org(order):
    found = markup(page(order))
    assert (found["@context"], found["@type"]) == ("https://schema.org", "Order")
    assert found["orderStatus"] == "https://schema.org/OrderProcessing"
    assert (found["orderNumber"], found["price"], found["priceCurrency"]) == (str(order.number), "3000.00", "RUB")
    assert [one["itemOffered"]["name"] for one in found["acceptedOffer"]] == ["Стол обеденный", "Стул"]
    assert "customer" not in found
    assert "200" not in json.dumps(found.get("orderDelivery", ""))


def test_a_script_in_a_name_is_text_on_the_page_and_in_the_mark_up(cast, shop):
    line = services.LineDraft(Decimal(1), name=f"Полка {SCRIPT}", price=Decimal(100), vat="none")
    draft = replace(draft_for(shop), lines=[line], recipient_name=SCRIPT, address=SCRIPT, comment=SCRIPT)
    made = services.place(draft, actor=cast.owner, now=timezone.now(), operation=uuid.uuid4())
    answer = page(made)
    assert "<script>alert" not in answer.content.decode()
    assert markup(answer)["acceptedOffer"][0]["itemOffered"]["name"] == f"Полка {SCRIPT}"


def test_wrong_links_lead_nowhere_in_the_same_words_and_time(order):
    token = services.token_of(order)
    wrong = ["0" * 40, token[:-1], f"{token}0", "я", "x" * 3000, order.public_id, "'; --"]
    answers, spent = [], []
    for one in wrong:
        started = time.process_time()
        answers.append(russian().get(f"/o/{one}/"))
        spent.append(time.process_time() - started)
    assert {one.status_code for one in answers} == {404}
    assert len({one.content for one in answers}) == 1
    assert all("Стол" not in one.content.decode() for one in answers)
    assert sorted(spent)[-2] < 10 * sorted(spent)[1] + 0.05


def test_a_wrong_link_asks_the_database_as_a_right_one_does(order):
    looked = []
    for one in ("0" * 40, "я", "x" * 3000):
        with CaptureQueriesContext(connection) as asked:
            russian().get(f"/o/{one}/")
        looked.append(sum("orders_of_link" in query["sql"] for query in asked.captured_queries))
    assert looked == [1, 1, 1]


def test_guessing_links_is_stopped_and_the_right_one_too(order):
    codes = [russian().get(f"/o/{number:040d}/").status_code for number in range(35)]
    assert codes[:30] == [404] * 30
    assert codes[-1] == 429
    assert page(order).status_code == 429, "else a guesser learns which of his guesses was right"


def test_a_new_link_ends_the_old_one(cast, order):
    old = services.token_of(order)
    token = services.new_link(order.public_id, actor=cast.owner)
    assert russian().get(f"/o/{old}/").status_code == 404
    assert russian().get(f"/o/{token}/").status_code == 200


def test_cancel_while_it_is_allowed(order):
    answer = page(order, "cancel/", cause="Нашёл дешевле")
    assert answer.status_code == 303
    order.refresh_from_db()
    assert (order.phase, order.cancel_cause) == ("cancelled", "Нашёл дешевле")
    text = text_of(page(order))
    assert "Заказ отменён" in text
    assert "client-cancel" not in text
    assert "Отменить заказ" not in text
    assert page(order, "cancel/", cause="ещё раз").status_code == 303


def test_cancel_after_shipping_is_refused_and_nothing_changes(cast, order):
    hand_over(cast, order)
    before = Order.objects.values().get(pk=order.pk)
    answer = page(order, "cancel/", cause="Передумал")
    assert answer.status_code == 409
    assert "уже в пути" in text_of(answer)
    assert Order.objects.values().get(pk=order.pk) == before


def test_cancel_while_it_stands_packed_is_refused(cast, order):
    services.start_picking(order.public_id, actor=cast.owner, now=timezone.now(), operation=uuid.uuid4())
    assert "Отменить заказ" in text_of(page(order))
    order.shipments.update(state="packed")
    assert "Отменить заказ" not in text_of(page(order))
    assert page(order, "cancel/", cause="?").status_code == 409


def test_a_return_is_asked_once_and_not_for_more_than_he_has(cast, order):
    assert (
        page(order, "return/", **{"line-1": "1", "reason": "Велик", "operation": str(uuid.uuid4())}).status_code
        == 409
    )
    hand_over(cast, order)
    operation = str(uuid.uuid4())
    sent = {"line-1": "1", "line-2": "", "reason": "Велик", "operation": operation}
    assert [page(order, "return/", **sent).status_code for _turn in range(2)] == [303, 303]
    made = Return.objects.get()
    assert (made.sum, made.reason, made.lines.get().quantity) == (1000, "Велик", 1)
    assert "рассматриваем" in text_of(page(order))
    for wrong in ("2", "999999999", "-1", "много", "1e9", "0"):
        answer = page(order, "return/", **{"line-1": wrong, "reason": "Ещё", "operation": str(uuid.uuid4())})
        assert answer.status_code in (409, 422), wrong
    bare = page(order, "return/", **{"line-1": "1", "reason": " ", "operation": str(uuid.uuid4())})
    assert bare.status_code == 422
    assert Return.objects.count() == 1
    assert (
        page(order, "return/", **{"line-77": "1", "reason": "?", "operation": str(uuid.uuid4())}).status_code == 422
    )


def test_days_of_return_end(cast, order):
    hand_over(cast, order)
    Order.objects.filter(pk=order.pk).update(delivered_at=timezone.now() - timedelta(days=14))
    order.refresh_from_db()
    assert "Оформить возврат" not in text_of(page(order))
    with pytest.raises(Conflict) as refused:
        client_acts.return_by_client(
            order.public_id, [Back(1, 1)], "Поздно", actor=cast.owner, now=timezone.now(), operation=uuid.uuid4()
        )
    assert refused.value.code == "too_late"


def test_repeat_makes_one_new_order_with_its_own_page(order):
    sent = {"operation": str(uuid.uuid4())}
    answers = [page(order, "repeat/", **sent) for _turn in range(2)]
    assert {one.status_code for one in answers} == {303}
    made = Order.objects.get(repeat_of=order)
    assert answers[0].headers["Location"].startswith(f"/o/{services.token_of(made)}/")
    assert made.total == order.total
    assert "Заказ у нас" in text_of(russian().get(answers[1].headers["Location"]))


def test_stars_are_kept_once_they_may_be_given(cast, order):
    assert page(order, "rate/", stars="5", words="Рано").status_code == 409
    hand_over(cast, order)
    assert page(order, "rate/", stars="9", words="?").status_code == 422
    assert page(order, "rate/", stars="4", words="Хорошо").status_code == 303
    assert page(order, "rate/", stars="5", words=f"Отлично {SCRIPT}").status_code == 303
    kept = Feedback.objects.get()
    assert (kept.stars, kept.words) == (5, f"Отлично {SCRIPT}")
    shown = page(order)
    assert "<script>alert" not in shown.content.decode()
    assert "вы поставили 5 звёзд" in text_of(shown)


def test_upper_parts_give_ways_to_pay_and_papers(order, monkeypatch):
    monkeypatch.setattr(
        ports, "_pay_ways", [lambda order_id: [ports.PayWay(f"https://pay.example/{order_id}", "СБП")]]
    )
    file = ports.PaperFile("schet.pdf", "application/pdf", b"%PDF-")
    papers = [ports.PaperShown("k1", "Счёт № 902", "PDF")]
    monkeypatch.setattr(
        ports, "_papers", [(lambda order_id: papers, lambda order_id, key: file if key == "k1" else None)]
    )
    text = text_of(page(order))
    assert f"https://pay.example/{order.pk}" in text
    assert "Оплатить 3 000 ₽" in text
    assert "Счёт № 902" in text
    given = page(order, "papers/k1")
    assert (b"".join(given), given.headers["X-Content-Type-Options"]) == (b"%PDF-", "nosniff")
    assert page(order, "papers/k2").status_code == 404


def test_a_company_is_reached_by_its_own_links_only(cast, order):
    other = make_company()
    with company_context(other.company_id, employee_id=other.owner.employee_id):
        theirs = make_order(other.owner, make_shop(other.owner, now=timezone.now()), now=timezone.now())
    assert page(theirs, "cancel/", cause="?").status_code == 303
    order.refresh_from_db()
    assert order.phase == "new"


def test_names_and_phones_are_shortened():
    assert rules.short_person("Петрова Анна Ивановна") == "Анна П."
    assert rules.short_person("Анна") == "Анна"
    assert rules.short_person("") == ""
    assert rules.masked_phone("+7 391 200-00-01") == "+7 391 •••-••-01"
    assert rules.masked_phone("02") == "02"
    assert rules.masked_phone("12345") == "•••45"


# --- The client changes his order ----------------------------------------------------------------------------------


def wished(order, **changes):
    """Return what the form of the page sends: as the order is, with some places changed."""
    order.refresh_from_db()
    lines = {f"line-{one.position}": f"{one.quantity.normalize():f}" for one in order.lines.all()}
    return {
        "version": str(order.version), "agreed": str(order.total), "city": order.city, "address": order.address,
        **lines, **changes,
    }  # fmt: skip


def agreed_by(answer):
    return re.search(r'name="agreed"\s+value="([\d.]+)"', text_of(answer))[1]


def held_of(order):
    return {one.line: one.quantity for one in stock_queries.held_for("order", order.pk)}


def test_a_client_moves_the_day_and_the_address_in_one_press(cast, shop, order):
    day = (timezone.now() + timedelta(days=9)).date()
    answer = page(
        order, "change/", **wished(order, day=str(day), address="пр. Мира, 1", wish="Позвоните заранее",
                                   recipient_phone="8 913 000-00-09"),
    )  # fmt: skip
    assert (answer.status_code, answer.url.rpartition("?")[2]) == (303, "done=change")
    total = order.total
    order.refresh_from_db()
    assert (order.delivery_on, order.address, order.total) == (day, "пр. Мира, 1", total)
    assert (order.recipient_phone, order.recipient_name) == ("8 913 000-00-09", "Петрова Анна Ивановна")
    assert order.comment.endswith("Позвоните заранее")
    assert order.promised_at.astimezone(cast.owner.zone).date() == day
    shown = text_of(russian().get(answer.url))
    assert "теперь заказ такой" in shown
    assert "000-00-09" not in shown, "the phone is never shown in full"


def test_hours_that_were_agreed_by_phone_stay_when_something_else_is_changed(cast, shop, order):
    Order.objects.filter(pk=order.pk).update(delivery_from="12:30", delivery_to="13:00")
    assert 'value="12:30-13:00"' in text_of(page(order)), "they are among those to choose from"
    assert page(order, "change/", **wished(order, hours="12:30-13:00", address="пр. Мира, 2")).status_code == 303
    order.refresh_from_db()
    assert (f"{order.delivery_from:%H:%M}", order.address) == ("12:30", "пр. Мира, 2")
    assert page(order, "change/", **wished(order, hours="")).status_code == 303
    order.refresh_from_db()
    assert order.delivery_from is None


def test_less_of_it_is_counted_anew_and_done_when_its_sum_is_agreed_to(cast, shop, order):
    assert (order.total, held_of(order)) == (3000, {1: 2, 2: 4})
    sent = wished(order, **{"line-1": "1", "line-2": "0"})
    asked = page(order, "change/", **sent)
    assert asked.status_code == 409
    assert "обойдётся в 1 000" in text_of(asked)
    order.refresh_from_db()
    assert (order.total, held_of(order)) == (3000, {1: 2, 2: 4}), "nothing is done before he has seen the sum"
    assert agreed_by(asked) == "1000.00"
    done = page(order, "change/", **(sent | {"agreed": agreed_by(asked)}))
    assert done.status_code == 303
    order.refresh_from_db()
    assert (order.total, held_of(order)) == (1000, {1: 1})
    again = page(order, "change/", **(sent | {"agreed": "1000.00"}))
    assert again.status_code == 409, "sent again, it is of an older version"


def test_more_of_it_is_sold_at_the_price_of_today_and_only_what_is_there(cast, shop, order):
    catalogue.set_price(
        actor=cast.owner, variant=shop.table.public_id, kind="retail", amount=Decimal(1100), now=timezone.now(),
        confirmed=True,
    )  # fmt: skip
    sent = wished(order, **{"line-1": "3"})
    asked = page(order, "change/", **sent)
    assert agreed_by(asked) == "4100.00"
    assert page(order, "change/", **(sent | {"agreed": "4100.00"})).status_code == 303
    order.refresh_from_db()
    assert [(one.quantity, one.price) for one in order.lines.order_by("position")] == [(2, 1000), (4, 250), (1, 1100)]
    short = page(order, "change/", **wished(order, **{"line-1": "2000"}))
    assert short.status_code == 409
    order.refresh_from_db()
    assert order.total == 4100


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"line-1": "0", "line-2": "0"}, "лучше отмените"),
        ({"line-1": "много"}, "Укажите"),
        ({"line-9": "1"}, "такой строки"),
        ({"day": "2001-01-01"}, "Выберите день"),
        ({"day": "завтра"}, "не дата"),
        ({"day": "2026-02-31"}, "не дата"),
        ({"hours": "03:00-04:00"}, "из списка"),
        ({"hours": "25:00-26:00"}, "из списка"),
        ({"hours": "03:00-04:00-05:00"}, "из списка"),
        ({"recipient_phone": "позвоните"}, "не телефон"),
        ({"address": "я" * 501}, ""),
        ({"agreed": "1e9"}, "другой"),
        ({"version": "9" * 30}, ""),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_done(cast, shop, order, changes, words):
    before = (order.total, order.version, held_of(order))
    answer = page(order, "change/", **wished(order, **changes))
    assert answer.status_code in (409, 422)
    assert words.lower() in text_of(answer).lower()
    order.refresh_from_db()
    assert (order.total, order.version, held_of(order)) == before


def test_an_order_that_is_being_picked_is_changed_by_the_shop_alone(cast, shop, order):
    assert "/change/" in text_of(page(order))
    services.start_picking(order.public_id, actor=cast.owner, now=timezone.now(), operation=uuid.uuid4())
    assert "/change/" not in text_of(page(order))
    answer = page(order, "change/", **wished(order, **{"line-1": "1"}))
    assert (answer.status_code, "уже собирают" in text_of(answer)) == (409, True)


def test_the_day_that_the_client_moves_is_no_fault_of_the_house(cast, shop, order):
    soon = timezone.now() + timedelta(days=2)
    Order.objects.filter(pk=order.pk).update(promised_at=soon, first_promised_at=soon)
    later = str((soon + timedelta(days=5)).date())
    assert page(order, "change/", **wished(order, day=later)).status_code == 303
    order.refresh_from_db()
    assert order.late_cause == "Клиент перенёс день"
    assert order.first_promised_at == soon


def test_who_holds_a_link_is_told_no_other_address_of_the_client_and_keeps_a_new_one(cast, shop, order):
    for line in ("пр. Мира, 1", "Сосновая, дом три"):
        address = people.AddressDraft(label="у мамы", city="Омск", line=line)
        people.add_address(actor=cast.owner, client_id=order.client_id, address=address, now=timezone.now())
    shown = text_of(page(order))
    said = [word for word in ("у мамы", "Омск", "Мира", "Сосновая") if word in shown]
    assert not said, "a link may be in other hands"
    before = order.city, order.address
    for one in queries.addresses_of(cast.owner, order.client):
        assert page(order, "change/", **wished(order, known=one.id)).status_code == 303
        order.refresh_from_db()
        assert (order.city, order.address) == before, "nor does an id that is guessed bring one out"
    for _n in range(2):
        sent = wished(order, city="Тула", address="ул. Новая, 8", keep_address="1")
        assert page(order, "change/", **sent).status_code == 303
    assert [one.where for one in queries.addresses_of(cast.owner, order.client)][2:] == ["Тула, ул. Новая, 8"]
