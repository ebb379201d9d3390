"""Addresses of deals."""

import uuid
from datetime import UTC, datetime, timedelta

from isolation_table import EVERYBODY, SECRET, Row, World

from voronka.deals.services.shipped import ship
from voronka.deals.testing import make_client, make_deal, press
from voronka.kit.tenancy import company_context
from voronka.people.models import ContactPoint

SEES = "owner head manager marketer accountant reader"
WORKS = "owner head manager"


def build(world: World) -> None:
    """Make a manager's deal with a press an hour ago, in the shipped pipelines."""
    now = datetime.now(UTC)
    manager = world.people["manager"]
    ship(actor=world.owner, now=now)
    with company_context(world.company_id, employee_id=manager.employee_id):
        client = make_client(SECRET, zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        ContactPoint.objects.create(client=client, kind="phone", value="+79161234567")
        deal = make_deal(manager, client=client, now=now - timedelta(hours=2), responsible_id=manager.employee_id)
        pressed = press(manager, deal, "miss", "busy", now=now - timedelta(hours=1))
    world.kept |= {"deal": deal.public_id, "client": client.public_id, "press": pressed.press_id}


def _deal(world: World) -> dict[str, str]:
    return {"public_id": world.kept["deal"]}


def _button(key: str):
    return lambda world: {"public_id": world.kept["deal"], "button": key}


def _pressed(world: World) -> dict[str, str]:
    return {"request_id": str(uuid.UUID(int=7)), "outcome": "busy"}


ROWS = [
    Row("deals:home", answer=(302,)),
    Row("deals:workplace", roles=WORKS),
    Row("deals:queue-order", roles=EVERYBODY),
    Row("deals:deal-detail", roles=SEES, args=_deal, by_record=True),
    Row("deals:feed", roles=SEES, args=_deal, by_record=True),
    Row("deals:phrase", roles=SEES, args=_deal, data=lambda w: {"q": "завтра в 10"}, by_record=True),
    Row("deals:lease-renew", "POST", roles=SEES, answer=(204, 409), args=_deal, by_record=True),
    Row("deals:lease-release", "POST", roles=SEES, answer=(204,), args=_deal, by_record=True),
    Row("deals:press", "POST", roles=WORKS, answer=(302,), args=_button("miss"), data=_pressed, by_record=True),
    Row("deals:press-ask", roles=WORKS, args=_button("back"), by_record=True),
    Row("deals:press-menu", roles=SEES, args=_button("miss"), by_record=True),
    Row(
        "deals:press-undo",
        "POST",
        roles="owner head",
        answer=(302,),
        args=lambda w: {"press_id": w.kept["press"]},
        by_record=True,
    ),
]
