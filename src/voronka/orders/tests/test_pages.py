"""The list, the card, taking and changing an order, many at once, settings: what pages show and what they refuse."""

import base64
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from voronka.accounts.testing import make_company, sign_in, user_of
from voronka.catalogue.models import Barcode
from voronka.catalogue.rules.barcodes import key_of
from voronka.catalogue.testing import make_goods
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.tenancy import company_context
from voronka.orders import services
from voronka.orders.models import DeliveryMethod, Order, OrderPart, Return, RoutingSettings, Shipment, Status
from voronka.orders.queries import lists
from voronka.orders.services import desk, entering, lacking
from voronka.orders.services.entering import NewClient
from voronka.orders.testing import draft_for, make_order, make_shop
from voronka.people import queries as people_queries
from voronka.people import services as people
from voronka.people.models import Client
from voronka.stock.testing import balance, make_place, stock_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def shop(cast, now):
    return make_shop(cast.owner, now=now - timedelta(days=3))


@pytest.fixture
def page(client, cast):
    user = user_of(cast.owner)
    user.language = "en"
    user.save(update_fields=["language"])
    sign_in(client, cast.owner)
    return client


def text_of(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def entry(shop, **more):
    """Return what the form of a new order sends."""
    return {
        "operation": str(uuid.uuid4()), "client": shop.client.public_id, "channel": "phone", "act": "place",
        "line_variant": [shop.table.public_id], "line_name": [""], "line_quantity": ["2"], "line_price": [""],
        "line_position": [""],
    } | more  # fmt: skip


def test_the_list_shows_the_way_of_orders_and_who_is_late(page, cast, shop, now):
    make_order(cast.owner, shop, (shop.table, 1), now=now, promised_at=now + timedelta(days=2))
    late = make_order(
        cast.owner, shop, (shop.chair, 4), now=now - timedelta(days=5), promised_at=now - timedelta(days=2)
    )
    make_order(cast.owner, shop, (shop.table, 1), now=now)
    shown = text_of(page.get(reverse("orders:order-list")))
    assert "3</b>" in shown
    assert "late by 2 days" in shown
    assert "like № 1" in shown, "the third is like the first: one client, the same goods, near in time"
    found = page.get(reverse("orders:order-list"), {"f.due": "late"})
    assert [row.order.pk for row in found.context["page"].rows] == [late.pk]
    assert page.get(reverse("orders:order-list"), {"f.due": "never"}).status_code == 422
    services.cancel(late.public_id, "changed his mind", actor=cast.owner, now=now)
    assert len(page.get(reverse("orders:order-list")).context["rows"]) == 2
    assert len(page.get(reverse("orders:order-list"), {"f.state": "any"}).context["rows"]) == 3


@pytest.mark.parametrize("sort", ["number", "-promised", "promised", "-total", "made"])
def test_pages_of_the_list_show_every_order_once(page, cast, shop, now, sort):
    for n in range(7):
        make_order(cast.owner, shop, (shop.chair, n + 1), now=now + timedelta(seconds=n),
                   promised_at=now + timedelta(days=n % 3) if n % 2 else None)  # fmt: skip
    seen, after = [], ""
    while True:
        got = lists.read_page(cast.owner, lists.Ask(sort=sort, after=after), now=now, size=3)
        seen += [row.order.number for row in got.rows]
        after = got.after
        if not after:
            break
    assert sorted(seen) == list(range(1, 8))
    assert page.get(reverse("orders:order-list"), {"after": "bm9uc2Vuc2U", "sort": sort}).status_code == 200
    for spoilt in ('["x", 1]', "[null, 9999999999999]", '["NaN", 1]', '["2026-01-01", 1]', "{}"):
        cursor = base64.urlsafe_b64encode(spoilt.encode()).decode().rstrip("=")
        assert page.get(reverse("orders:order-list"), {"after": cursor, "sort": sort}).status_code == 200


def test_the_list_and_the_card_ask_the_same_number_of_statements_however_many(page, cast, shop, now):
    def asked(url):
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert page.get(url).status_code == 200
        return len(found)

    first = make_order(cast.owner, shop, (shop.table, 1), now=now)
    card = reverse("orders:order", args=[first.public_id])
    page.get(card)
    few = asked(reverse("orders:order-list")), asked(card)
    for n in range(6):
        make_order(cast.owner, shop, (shop.table, 1), (shop.chair, n + 1), now=now)
    goods = [make_goods(f"Полка {n}", price="10.00") for n in range(5)]
    for one in goods:
        stock_up(cast.owner, one.pk, shop.place, 5, now=now)
    big = make_order(cast.owner, shop, *[(one, 1) for one in goods], now=now + timedelta(days=9))
    assert (asked(reverse("orders:order-list")), asked(reverse("orders:order", args=[big.public_id]))) == few


def test_the_card_shows_what_is_short_and_takes_it_from_another_place(page, cast, shop, now):
    shop.place.refresh_from_db()
    far = make_place(cast.owner, "Новосибирск", is_selling=False)
    stock_up(cast.owner, shop.chair.pk, far, 3, now=now)
    draft = draft_for(shop, (shop.chair, 42))
    order = services.place(draft, actor=cast.owner, now=now, operation=uuid.uuid4(), on_short="backorder")
    card = reverse("orders:order", args=[order.public_id])
    shown = text_of(page.get(card))
    assert "short of 2" in shown
    assert "Take from Новосибирск" in shown
    order.refresh_from_db()
    sent = {"version": order.version, "position": "1", "place": far.public_id}
    assert page.post(reverse("orders:act", args=[order.public_id, "take"]), sent).status_code == 302
    assert balance(shop.chair.pk, far) == (3, 2)
    parts = OrderPart.objects.filter(order=order).order_by("id")
    assert [(one.kind, one.state, one.quantity) for one in parts] == [
        ("purchase", "cancelled", Decimal(2)), ("transfer", "waiting", Decimal(2)),
    ]  # fmt: skip
    assert "short of" not in text_of(page.get(card)).split("v-lines-key")[0]
    again = page.post(reverse("orders:act", args=[order.public_id, "take"]), sent)
    assert again.status_code == 409, "another version"


def test_acts_of_the_card_ask_and_do(page, cast, shop, now):
    order = make_order(cast.owner, shop, now=now, promised_at=now + timedelta(days=1))

    def act(code, **sent):
        order.refresh_from_db()
        return page.post(reverse("orders:act", args=[order.public_id, code]), {"version": order.version} | sent)

    assert act("status", value="agreed").status_code == 302
    later = (now + timedelta(days=4)).date().isoformat()
    assert act("promise", value=later).status_code == 422, "a later day asks why"
    assert act("promise", value=later, cause="the supplier").status_code == 302
    order.refresh_from_db()
    assert (order.status.code, order.late_cause) == ("agreed", "the supplier")
    assert order.first_promised_at < order.promised_at
    assert act("hand", value="").status_code == 302
    assert act("hand", value="nobody-such").status_code == 422
    assert act("cancel").status_code == 422
    assert act("cancel", cause="by the client").status_code == 302
    assert balance(shop.table.pk, shop.place) == (10, 0)
    assert act("promise", value=later).status_code == 409
    for code in ("status", "promise", "hand", "cancel"):
        assert page.get(reverse("orders:act", args=[order.public_id, code])).status_code == 200
    assert page.get(reverse("orders:act", args=[order.public_id, "sing"])).status_code == 404


def test_an_order_by_phone_with_a_new_client_is_placed_at_once(page, cast, shop, now):
    before = Client.objects.count()
    typed = entry(shop, client="", is_new="1", new_name="Смирнова Анна", new_phone="+7 391 200-00-01", city="Омск")
    done = page.post(reverse("orders:order-new"), typed)
    assert done.status_code == 302
    order = Order.objects.get()
    assert (order.client.name, order.total, order.channel) == ("Смирнова Анна", Decimal("2000.00"), "phone")
    assert order.promised_at is not None
    assert balance(shop.table.pk, shop.place) == (10, 2)
    assert page.post(reverse("orders:order-new"), typed).status_code == 302, "sent twice"
    assert (Order.objects.count(), Client.objects.count()) == (1, before + 1)
    assert "one parcel" in text_of(page.get(done.url))


def test_the_form_finds_adds_counts_and_keeps_what_was_typed(page, cast, shop, now):
    new = reverse("orders:order-new")
    assert page.get(new).status_code == 200
    assert page.get(new, {"client": shop.client.public_id}).context["client"].pk == shop.client.pk
    hx = {"HTTP_HX_REQUEST": "true"}
    found = text_of(page.post(reverse("orders:entry-goods"), {"goods": "стол"}, **hx))
    assert "Стол обеденный" in found
    assert "free 10" in found
    assert shop.client.name in text_of(page.post(reverse("orders:entry-clients"), {"who": "79161234567"}, **hx))
    added = page.post(new, entry(shop, act=f"add:{shop.chair.public_id}"), **hx)
    assert [one["typed"]["variant"] for one in added.context["lines"]] == [shop.table.public_id, shop.chair.public_id]
    again = page.post(new, entry(shop, act=f"add:{shop.table.public_id}"), **hx)
    assert [one["typed"]["quantity"] for one in again.context["lines"]] == ["3"]
    summed = text_of(page.post(reverse("orders:entry-sum"), entry(shop, line_quantity=["12"]), **hx))
    assert "12 000" in summed
    assert "Take what is there" in summed
    short = page.post(new, entry(shop, line_quantity=["12"], comment="до трёх"))
    assert short.status_code == 422
    assert "до трёх" in short.content.decode()
    assert not Order.objects.exists()
    assert page.post(new, entry(shop, line_quantity=["12"], backorder="1")).status_code == 302
    assert OrderPart.objects.get().quantity == Decimal(2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"line_quantity": ["-1"]}, {"line_quantity": ["0"]}, {"line_quantity": ["1e9"]}, {"line_quantity": ["many"]},
        {"line_price": ["free"]}, {"line_price": ["99999999999999999"]}, {"line_variant": ["nothing"]},
        {"operation": "x"}, {"delivery": "nothing"}, {"day": "31.31.31"}, {"interval": "later"}, {"discount": "90000"},
        {"client": ""}, {"line_variant": [], "line_quantity": [], "line_name": []}, {"delivery_cost": "-5"},
    ],
)  # fmt: skip
def test_a_wrong_form_is_refused_in_words_and_places_nothing(page, cast, shop, wrong):
    got = page.post(reverse("orders:order-new"), entry(shop, **wrong))
    assert got.status_code == 422
    assert got.context["why"]
    assert not Order.objects.exists()


def test_an_order_is_changed_by_the_same_form(page, cast, shop, now):
    order = make_order(cast.owner, shop, (shop.table, 2), now=now)
    change = reverse("orders:order-change", args=[order.public_id])
    assert page.get(change).status_code == 200
    order.refresh_from_db()
    sent = entry(shop, version=order.version, line_position=["1"], line_quantity=["5"], line_price=["900"])
    assert page.post(change, sent).status_code == 302
    order.refresh_from_db()
    assert (order.total, balance(shop.table.pk, shop.place)) == (Decimal("4500.00"), (10, 5))
    assert page.post(change, sent).status_code == 422, "another version by now"
    repeat = page.get(reverse("orders:order-new"), {"repeat": order.public_id})
    assert [one["typed"]["quantity"] for one in repeat.context["lines"]] == ["5"]


def test_many_orders_at_once_tell_what_became_of_each(page, cast, shop, now):
    orders = [make_order(cast.owner, shop, (shop.chair, 1), now=now) for _n in range(3)]
    services.cancel(orders[2].public_id, "no", actor=cast.owner, now=now)
    ids = [one.public_id for one in orders]
    ask = page.get(reverse("orders:bulk", args=["status"]), {"id": ids}, HTTP_HX_REQUEST="true")
    assert ask.status_code == 200
    done = page.post(reverse("orders:bulk", args=["status"]), {"id": ids, "value": "agreed"})
    assert "is cancelled" in text_of(done)
    assert [Order.objects.get(pk=one.pk).status.code for one in orders] == ["agreed", "agreed", "cancelled"]
    day = (now + timedelta(days=3)).date().isoformat()
    both = ids[:2]
    assert page.post(reverse("orders:bulk", args=["promise"]), {"id": both, "value": day}).status_code == 302
    assert page.post(reverse("orders:bulk", args=["promise"]), {"id": both, "value": "soon"}).status_code == 422
    assert page.post(reverse("orders:bulk", args=["hand"]), {"id": both, "value": ""}).status_code == 302
    assert page.post(reverse("orders:bulk", args=["cancel"]), {"id": both, "value": "cancel"}).status_code == 422
    sent = {"id": both, "value": "cancel", "cause": "by agreement", "query": "f.state=any"}
    assert page.post(reverse("orders:bulk", args=["cancel"]), sent).url.endswith("?f.state=any")
    assert balance(shop.chair.pk, shop.place) == (40, 0)
    assert page.get(reverse("orders:bulk", args=["burn"])).status_code == 404


def test_settings_are_shown_changed_and_refused_in_words(page, cast, shop):
    assert page.get(reverse("orders:settings")).status_code == 200
    status = Status.objects.get(code="agreed")
    edit = reverse("orders:status", args=[status.public_id])
    assert page.get(edit).status_code == 200
    sent = {"name": "Подтверждён", "phase": "work", "tone": "blue", "norm_hours": "1,5", "requires": ["address"],
            "next": [], "is_on": "1", "position": "1"}  # fmt: skip
    assert page.post(edit, sent).status_code == 302
    status.refresh_from_db()
    assert (status.name, status.norm_minutes, status.requires) == ("Подтверждён", 90, ["address"])
    assert page.post(edit, sent | {"norm_hours": "long"}).status_code == 422
    assert page.post(reverse("orders:status-new"), sent | {"name": ""}).status_code == 422
    way = {"name": "Курьер ночью", "kind": "courier", "cost": "500", "days_min": "1", "days_max": "2", "is_on": "1",
           "intervals": "22:00-23:00", "vat": "main"}  # fmt: skip
    assert page.post(reverse("orders:delivery-new"), way).status_code == 302
    made = DeliveryMethod.objects.get(name="Курьер ночью")
    assert made.intervals == [["22:00", "23:00"]]
    assert page.get(reverse("orders:delivery", args=[made.public_id])).status_code == 200
    assert page.post(reverse("orders:delivery-new"), way | {"name": "x", "days_max": "a"}).status_code == 422
    assert (
        page.post(reverse("orders:payment-new"), {"name": "Бартер", "kind": "later", "is_on": "1"}).status_code == 302
    )
    assert page.post(reverse("orders:payment-new"), {"name": "", "kind": "later"}).status_code == 422
    rule = {"rule": "nearest", "transfer_days": "3", "last_hour": "15:00"}
    assert page.post(reverse("orders:routing"), rule).status_code == 302
    assert page.post(reverse("orders:routing"), rule | {"transfer_days": "4"}).status_code == 302
    assert RoutingSettings.objects.get().transfer_days == 4
    assert page.post(reverse("orders:routing"), rule | {"last_hour": "noon"}).status_code == 422


def test_the_desk_s_verbs_refuse_and_promise(cast, shop, now):
    order = make_order(cast.owner, shop, now=now)
    with pytest.raises(Invalid):
        desk.promise(order.public_id, now - timedelta(days=1), actor=cast.owner, now=now)
    with pytest.raises(Conflict):
        lacking.take_from(order.public_id, 1, shop.place.public_id, actor=cast.owner, now=now)
    with pytest.raises(Invalid):
        entering.enter(draft_for(shop, (shop.table, 1)), actor=cast.owner, now=now, operation=uuid.uuid4(),
                       new_client=NewClient("", ""))  # fmt: skip


def test_an_order_is_picked_by_the_scanner_and_ships_whole(page, cast, shop, now):
    Barcode.objects.create(variant=shop.table, value="4600000000015", key=key_of("4600000000015"), kind="ean13")
    order = make_order(cast.owner, shop, (shop.table, 2), (shop.chair, 1), now=now)
    assert str(order.number) in text_of(page.get(reverse("orders:picking")))
    began = page.post(reverse("orders:act", args=[order.public_id, "pick"]), {"version": order.version})
    assert began.status_code == 302
    again = page.post(reverse("orders:act", args=[order.public_id, "pick"]), {"version": order.version})
    assert again.url == began.url, "pressed twice"
    shipment = Shipment.objects.get()
    assert page.get(began.url).status_code == 200
    scan = reverse("orders:pack-scan", args=[shipment.public_id])
    hx = {"HTTP_HX_REQUEST": "true"}

    def read(code, operation=None):
        return text_of(page.post(scan, {"code": code, "operation": str(operation or uuid.uuid4())}, **hx))

    first = uuid.uuid4()
    assert "in the box" in read("4600000000015", first)
    assert "1</b><span>of 2" in read("4600000000015", first), "sent twice it counts once"
    assert "No goods have the code nothing" in read("nothing")
    stranger = make_goods("Ковёр", price="5.00")
    assert "not in the order" in read(stranger.code)
    ship = reverse("orders:shipment-act", args=[shipment.public_id, "ship"])
    assert page.post(ship).status_code == 409, "the box is not full"
    read(shop.table.code)
    assert "One too many" in read(shop.table.code)
    assert "3 of 3" in read(shop.chair.code)
    assert page.post(scan, {"code": shop.table.code, "operation": "x"}).status_code == 422
    assert page.post(ship, {"tracking": "RA123"}).status_code == 302
    assert page.post(ship).status_code == 302, "pressed twice"
    assert balance(shop.table.pk, shop.place) == (8, 0)
    assert "RA123" in text_of(page.get(reverse("orders:shipment", args=[shipment.public_id])))
    assert page.post(reverse("orders:shipment-act", args=[shipment.public_id, "deliver"])).status_code == 302
    shipment.refresh_from_db()
    assert shipment.state == "delivered"
    assert page.get(reverse("orders:order", args=[order.public_id])).status_code == 200


def test_a_part_of_the_box_ships_and_the_rest_is_picked_again(page, cast, shop, now):
    order = make_order(cast.owner, shop, (shop.chair, 4), now=now)
    page.post(reverse("orders:act", args=[order.public_id, "pick"]), {"version": order.version})
    shipment = Shipment.objects.get()
    page.post(reverse("orders:pack-scan", args=[shipment.public_id]),
              {"code": shop.chair.code, "operation": str(uuid.uuid4()), "quantity": "3"})  # fmt: skip
    partly = reverse("orders:shipment-act", args=[shipment.public_id, "partly"])
    assert page.post(partly).status_code == 302
    assert balance(shop.chair.pk, shop.place) == (37, 1)
    order.refresh_from_db()
    assert (
        page.post(reverse("orders:act", args=[order.public_id, "pick"]), {"version": order.version}).status_code
        == 302
    )
    second = Shipment.objects.exclude(pk=shipment.pk).get()
    assert second.lines.get().quantity == 1
    assert page.post(reverse("orders:shipment-act", args=[second.public_id, "back"])).status_code == 302
    assert balance(shop.chair.pk, shop.place) == (37, 1)


def shipped(actor, shop, now):
    order = make_order(actor, shop, (shop.chair, 3), now=now)
    for one in services.start_picking(order.public_id, actor=actor, now=now, operation=uuid.uuid4()):
        services.set_picked(one.public_id, actor=actor, now=now)
        services.ship(one.public_id, actor=actor, now=now, operation=uuid.uuid4())
    return order


def test_goods_come_back_to_any_place(page, cast, shop, now):
    order = shipped(cast.owner, shop, now)
    other = make_place(cast.owner, "Магазин на Ленина", "shop")
    new = reverse("orders:return-new", args=[order.public_id])
    assert page.get(new).status_code == 200
    sent = {"operation": str(uuid.uuid4()), "quantity-1": "2", "condition-1": "sale", "kind": "return", "reason": "big",
            "place": other.public_id}  # fmt: skip
    assert page.post(new, sent | {"quantity-1": "9"}).status_code == 422
    assert page.post(new, sent | {"quantity-1": ""}).status_code == 422
    done = page.post(new, sent)
    assert done.status_code == 302
    assert page.post(new, sent).url == done.url, "sent twice"
    back = Return.objects.get()
    assert (back.state, back.sum, balance(shop.chair.pk, other)) == ("received", Decimal("500.00"), (2, 0))
    assert page.get(done.url).status_code == 200
    page.post(new, {"operation": str(uuid.uuid4()), "quantity-1": "1"})
    waits = Return.objects.get(state="asked")
    act = reverse("orders:return-act", args=[waits.public_id, "reject"])
    assert page.post(act, {"cause": ""}).status_code == 422
    assert page.post(act, {"cause": "worn"}).status_code == 302
    assert page.get(reverse("orders:returns"), {"state": "rejected"}).context["rows"][0][0].pk == waits.pk


def test_the_report_tells_of_the_days_asked(page, cast, shop, now):
    order = shipped(cast.owner, shop, now)
    services.refresh_facts([order.pk])
    assert page.get(reverse("orders:report")).status_code == 200
    shown = page.get(reverse("orders:report"), {"since": "2026-01-01", "until": "nonsense"})
    assert shown.status_code == 200
    assert order.total == Decimal("750.00")
    assert "750" in shown.context["money"][0][1]
    empty = page.get(reverse("orders:report"), {"since": "2020-01-01", "until": "2020-01-31"})
    assert "No orders in these days" in text_of(empty)


def test_an_order_goes_to_a_known_address_and_a_new_one_is_kept(page, cast, shop, now):
    for label, line in (("home", "Mira 1"), ("office", "Lenina 5")):
        address = people.AddressDraft(label=label, city="Omsk", line=line)
        people.add_address(actor=cast.owner, client_id=shop.client.pk, address=address, now=now)
    office = people_queries.addresses_of(cast.owner, Client.objects.get(pk=shop.client.pk))[1]
    form = reverse("orders:order-new")
    taken = page.post(form, entry(shop, act=f"address:{office.id}"))
    assert (taken.context["typed"]["city"], taken.context["typed"]["address"]) == ("Omsk", "Lenina 5")
    sent = entry(shop, city="Tula", address="Novaya 8", keep_address="1", backorder="1")
    for _n in range(2):  # sent twice it is one order and one address
        assert page.post(form, sent).status_code == 302
    where = [one.where for one in people_queries.addresses_of(cast.owner, Client.objects.get(pk=shop.client.pk))]
    assert where == ["Omsk, Mira 1", "Omsk, Lenina 5", "Tula, Novaya 8"]
    assert Order.objects.get().city == "Tula"
