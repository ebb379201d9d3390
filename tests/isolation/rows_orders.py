"""Addresses of orders."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

from isolation_table import NOW, SECRET, Row, World

from voronka.catalogue.testing import make_goods
from voronka.orders import services
from voronka.orders.models import DeliveryMethod, Order, OrderLetter, PaymentMethod, Return, Status
from voronka.orders.services import mail
from voronka.people.testing import make_client
from voronka.stock.testing import make_place, stock_up

SEE = "owner head manager marketer storekeeper cashier accountant reader"
MAKE = "owner head manager cashier"
CHANGE = "owner head manager storekeeper cashier"
SHIP = "owner head storekeeper cashier"
RETURN = "owner head manager storekeeper cashier"
SET_UP = "owner head"


def _place(world: World, *, many: int = 1) -> Order:
    line = services.LineDraft(Decimal(many), world.kept["order_goods"].pk)
    draft = services.OrderDraft(client_id=world.kept["order_client"].pk, lines=[line], comment=SECRET, address=SECRET)
    return services.place(draft, actor=world.owner, now=NOW, operation=uuid.uuid4())


def _picked(world: World):
    order = _place(world)
    return services.start_picking(order.public_id, actor=world.owner, now=NOW, operation=uuid.uuid4())[0]


def _shipped(world: World) -> Order:
    shipment = _picked(world)
    services.set_picked(shipment.public_id, actor=world.owner, now=NOW)
    services.ship(shipment.public_id, actor=world.owner, now=NOW, operation=uuid.uuid4())
    world.kept["order_shipped"] = shipment.public_id
    return shipment.order


def _back(world: World, order: Order) -> Return:
    goods = [services.Back(1, Decimal(1))]
    return services.ask_return(
        order.public_id, goods, actor=world.owner, now=NOW, operation=uuid.uuid4(), reason=SECRET
    )


def build(world: World) -> None:
    """Make goods in a place, a client of the manager, orders at every step, a return."""
    services.ship_settings()
    manager = world.people["manager"]
    world.kept["order_client"] = make_client(
        world.owner, SECRET, responsible_id=manager.employee_id, phone="+79161239977"
    )
    world.kept["order_goods"] = make_goods(SECRET, price="100.00")
    place = make_place(world.owner, f"{SECRET} orders")
    world.kept["order_place"] = place.public_id
    stock_up(world.owner, world.kept["order_goods"].pk, place, 100, now=NOW)
    order = _place(world)
    world.kept["order"], world.kept["order_version"] = order.public_id, order.version
    world.kept["order_client_id"] = world.kept["order_client"].public_id
    world.kept["order_goods_id"] = world.kept["order_goods"].public_id
    shipment = _picked(world)
    world.kept["order_shipment"] = shipment.public_id
    packed = _picked(world)
    services.set_picked(packed.public_id, actor=world.owner, now=NOW)
    world.kept["order_packed"] = packed.public_id
    gone = _shipped(world)
    world.kept["order_gone"] = gone.public_id
    world.kept["order_return"] = _back(world, _shipped(world)).public_id
    world.kept["order_status"] = Status.objects.get(code="agreed").public_id
    world.kept["order_delivery"] = DeliveryMethod.objects.order_by("position").first().public_id
    now = datetime.now(UTC)
    box = mail.save_box(
        actor=world.owner, draft=mail.BoxDraft(host="imap.example.ru", login=SECRET, password=SECRET), now=now
    )
    world.kept["order_mailbox"] = box.public_id
    client_id = world.kept["order_client"].pk
    for name in ("order_letter", "order_letter_aside"):
        line = {"text": SECRET, "name": SECRET, "quantity": "1", "unit": "", "variant": "", "how": "",
                "candidates": [], "why": "unknown"}  # fmt: skip
        row = OrderLetter.objects.create(
            mailbox=box, message=name, came_at=now, text=SECRET, sender=SECRET, subject=SECRET, lines=[line],
            client_id=client_id,
        )  # fmt: skip
        world.kept[name] = row.public_id
    mail.drop_letter(actor=world.owner, public_id=world.kept["order_letter_aside"], now=now)
    world.kept["order_payment"] = PaymentMethod.objects.order_by("position").first().public_id


def one(name: str, **more: str):
    return lambda world: {"public_id": world.kept[name], **more}


def _entry(world: World):
    return {
        "operation": str(uuid.uuid4()), "client": world.kept["order_client_id"], "act": "place",
        "line_variant": [world.kept["order_goods_id"]], "line_quantity": ["1"], "line_price": [""],
        "line_position": [""], "line_name": [""],
    }  # fmt: skip


def _changed(world: World):
    return _entry(world) | {"version": str(world.kept["order_version"]), "line_position": ["1"]}


def _act(act: str, roles: str = CHANGE, **data: str) -> Row:
    return Row(
        "orders:act", "POST", roles=roles, answer=(302,), args=one("order", act=act), by_record=roles == CHANGE,
        data=lambda world: {"version": str(world.kept["order_version"]), **data},
    )  # fmt: skip


def _bulk(act: str, **data: str) -> Row:
    return Row(
        "orders:bulk", "POST", roles=CHANGE, answer=(302, 200), args=lambda world: {"act": act},
        data=lambda world: {"id": [world.kept["order"]], "value": "", **data},
    )  # fmt: skip


STATUS = {"name": "Status", "phase": "work", "tone": "blue", "position": "3", "is_on": "1"}
DELIVERY = {"name": "Way", "kind": "courier", "cost": "1", "days_min": "0", "days_max": "1", "is_on": "1"}
MAILBOX = {
    "host": "imap.example.ru", "login": "orders", "password": "long enough", "port": "993", "minutes": "5",
    "folder": "INBOX", "is_on": "1",
}  # fmt: skip
PAYMENT = {"name": "Pay", "kind": "cash", "is_on": "1"}


def sent(values: dict[str, str]):
    return lambda world: dict(values)


ROWS = [
    Row("orders:order-list", roles=SEE),
    Row("orders:order-export", roles="owner head marketer", args=lambda world: {"code": "csv"}),
    Row("orders:order-list", roles=SEE, data=lambda world: {"look": "days"}),
    Row("orders:order-list", roles=SEE, data=lambda world: {"look": "board"}),
    Row("orders:board-more", roles=SEE, args=one("order_status"), data=lambda world: {"rest": "1"}),
    Row("orders:order", roles=SEE, args=one("order"), by_record=True),
    Row("orders:move", roles=CHANGE, args=one("order"), by_record=True),
    Row(
        "orders:move", "POST", roles=CHANGE, answer=(302,), args=one("order"), by_record=True,
        data=lambda world: {"version": str(world.kept["order_version"]), "value": "agreed"},
    ),
    Row("orders:order-new", roles=MAKE),
    Row("orders:order-new", "POST", roles=MAKE, answer=(302,), data=_entry),
    Row("orders:entry-goods", "POST", roles=MAKE, data=lambda world: {"goods": "x"}),
    Row("orders:entry-clients", "POST", roles=MAKE, data=lambda world: {"who": "x"}),
    Row("orders:entry-sum", "POST", roles=MAKE, data=_entry),
    Row("orders:order-change", roles=CHANGE, args=one("order"), by_record=True),
    Row("orders:order-change", "POST", roles=CHANGE, answer=(302,), args=one("order"), data=_changed, by_record=True),
    Row("orders:act", roles=SEE, args=one("order", act="status"), by_record=True),
    _act("status", value="agreed"),
    _act("promise", value="2027-03-01"),
    _act("hand"),
    _act("split"),
    _act("link"),
    _act("cancel", cause="no"),
    _act("pick", roles=SHIP),
    Row("orders:bulk", roles=CHANGE, args=lambda world: {"act": "status"}),
    _bulk("status", value="agreed"),
    _bulk("promise", value="2027-03-01"),
    _bulk("hand"),
    _bulk("cancel", cause="no"),
    Row(
        "orders:client-orders", roles=SEE, args=lambda world: {"public_id": world.kept["order_client_id"]},
        by_record=True,
    ),
    Row("orders:picking", roles=SHIP),
    Row("orders:wave-sheet", roles=SHIP, data=lambda world: {"id": [world.kept["order"]]}),
    Row("orders:wave-sheet", "POST", roles=SHIP, answer=(200,), data=lambda world: {"id": [world.kept["order"]]}),
    Row("orders:shipment-sheet", roles=SHIP, args=one("order_shipment")),
    Row("orders:shipment", roles=SEE, args=one("order_shipment"), by_record=True),
    Row(
        "orders:pack-scan", "POST", roles=SHIP, answer=(200, 422), args=one("order_shipment"),
        data=lambda world: {"code": world.kept["order_goods"].code, "operation": str(uuid.uuid4())},
    ),
    Row("orders:shipment-act", "POST", roles=SHIP, answer=(302,), args=one("order_shipment", act="all")),
    Row("orders:shipment-act", "POST", roles=SHIP, answer=(302,), args=one("order_shipment", act="back")),
    Row("orders:shipment-act", "POST", roles=SHIP, answer=(302,), args=one("order_shipped", act="deliver")),
    Row("orders:report", roles=SEE),
    Row("orders:returns", roles=RETURN),
    Row("orders:return", roles=SEE, args=one("order_return"), by_record=True),
    Row("orders:return-new", roles=RETURN, args=one("order_gone"), by_record=True),
    Row(
        "orders:return-new", "POST", roles=RETURN, answer=(302,), args=one("order_gone"), by_record=True,
        data=lambda world: {"operation": str(uuid.uuid4()), "quantity-1": "1", "kind": "return"},
    ),
    Row("orders:exchange", roles=MAKE, args=one("order_gone"), by_record=True),
    Row(
        "orders:exchange", "POST", roles=MAKE, answer=(422,), args=one("order_gone"), by_record=True,
        data=lambda world: {"operation": str(uuid.uuid4()), "quantity-1": "1", "act": "place"},
    ),
    Row(
        "orders:return-act", "POST", roles=RETURN, answer=(302,), args=one("order_return", act="receive"),
        by_record=True, data=lambda world: {"place": world.kept["order_place"]},
    ),
    Row(
        "orders:return-act", "POST", roles=RETURN, answer=(302,), args=one("order_return", act="withdraw"),
        by_record=True,
    ),
    Row("orders:settings", roles=SET_UP),
    Row(
        "orders:routing", "POST", roles=SET_UP, answer=(302,),
        data=sent({"rule": "nearest", "transfer_days": "2", "last_hour": "15:00"}),
    ),
    Row("orders:letters", roles=MAKE),
    Row("orders:letter", roles=MAKE, args=one("order_letter"), by_record=True),
    Row(
        "orders:letter-act", "POST", roles=MAKE, answer=(302,), args=one("order_letter", act="drop"), by_record=True,
    ),
    Row(
        "orders:letter-act", "POST", roles=MAKE, answer=(302,), args=one("order_letter_aside", act="back"),
        by_record=True,
    ),
    Row("orders:mailbox-new", roles=SET_UP),
    Row("orders:mailbox-new", "POST", roles=SET_UP, answer=(302,), data=sent(MAILBOX)),
    Row("orders:mailbox", roles=SET_UP, args=one("order_mailbox")),
    Row("orders:mailbox", "POST", roles=SET_UP, answer=(302,), args=one("order_mailbox"), data=sent(MAILBOX)),
    Row("orders:mailbox-act", "POST", roles=SET_UP, answer=(302,), args=one("order_mailbox", act="look")),
    Row("orders:mailbox-act", "POST", roles=SET_UP, answer=(302,), args=one("order_mailbox", act="delete")),
    Row("orders:status-new", roles=SET_UP),
    Row("orders:status-new", "POST", roles=SET_UP, answer=(302,), data=sent(STATUS)),
    Row("orders:status", roles=SET_UP, args=one("order_status")),
    Row("orders:status", "POST", roles=SET_UP, answer=(302,), args=one("order_status"), data=sent(STATUS)),
    Row(
        "orders:status-steps", "POST", roles=SET_UP, answer=(302, 409), args=one("order_status"),
        data=lambda world: {"do": "add", "kind": "orders.split", "rev": "4f53cda18c2baa0c"},
    ),
    Row("orders:delivery-new", roles=SET_UP),
    Row("orders:delivery-new", "POST", roles=SET_UP, answer=(302,), data=sent(DELIVERY)),
    Row("orders:delivery", roles=SET_UP, args=one("order_delivery")),
    Row("orders:delivery", "POST", roles=SET_UP, answer=(302,), args=one("order_delivery"), data=sent(DELIVERY)),
    Row("orders:payment-new", roles=SET_UP),
    Row("orders:payment-new", "POST", roles=SET_UP, answer=(302,), data=sent(PAYMENT)),
    Row("orders:payment", roles=SET_UP, args=one("order_payment")),
    Row("orders:payment", "POST", roles=SET_UP, answer=(302,), args=one("order_payment"), data=sent(PAYMENT)),
]  # fmt: skip
