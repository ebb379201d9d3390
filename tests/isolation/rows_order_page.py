"""Addresses that strangers open about orders: a link that is nobody's leads nowhere, however often it is tried."""

import uuid
from decimal import Decimal

from isolation_table import NOW, SECRET, Row, World

from voronka.accounts.queries import get_company_rules
from voronka.catalogue.testing import make_goods
from voronka.orders import services
from voronka.people.testing import make_client

SEE = "owner head manager marketer storekeeper cashier accountant reader"
SET_UP = "owner head"
NOWHERE = (404, 429)


def build(world: World) -> None:
    """Place an order of the manager's client; the order form stays off."""
    services.ship_settings()
    manager = world.people["manager"]
    buyer = make_client(world.owner, SECRET, responsible_id=manager.employee_id)
    goods = make_goods(SECRET, kind="service")
    draft = services.OrderDraft(client_id=buyer.pk, lines=[services.LineDraft(Decimal(1), goods.pk)])
    made = services.place(draft, actor=world.owner, now=NOW, operation=uuid.uuid4())
    world.kept["page_order"] = made.public_id
    world.kept["order_form_key"] = get_company_rules().form_key


def _wrong(world: World):
    return {"token": "0" * 40}


def _form(world: World):
    return {"form_key": world.kept["order_form_key"]}


def _shop(world: World):
    return {"title": "Заказы", "return_days": "14", "version": "0"}


def _page(name: str, method: str = "POST") -> Row:
    return Row(name, method, args=_wrong, is_open=True, answer=NOWHERE)


ROWS = [
    _page("orders:client", "GET"),
    *(_page(f"orders:client-{act}") for act in ("cancel", "change", "return", "repeat", "rate", "friend")),
    Row(
        "orders:client-paper", is_open=True, answer=NOWHERE,
        args=lambda world: {"token": "0" * 40, "key": "invoice-1"},
    ),
    Row("orders:order-form", is_open=True, answer=NOWHERE, args=_form),
    Row(
        "orders:order-form", "POST", is_open=True, answer=NOWHERE,
        args=_form,
    ),
    Row("orders:client-panel", roles=SEE, by_record=True, args=lambda world: {"public_id": world.kept["page_order"]}),
    Row("orders:shop-page", roles=SET_UP),
    Row("orders:shop-page", "POST", roles=SET_UP, answer=(302,), data=_shop),
]  # fmt: skip
