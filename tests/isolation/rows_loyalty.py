"""Addresses of promo codes."""

import uuid
from decimal import Decimal

from isolation_table import NOW, SECRET, Row, World

from voronka.loyalty import services
from voronka.loyalty.models import PromoCode
from voronka.people.testing import make_client

SEE = "owner head manager marketer cashier accountant reader"
SET_UP = "owner head marketer"


def build(world: World) -> None:
    """Make a shared promo that was used, and a batch of codes."""
    owner, manager = world.owner, world.people["manager"]
    buyer = make_client(owner, SECRET, responsible_id=manager.employee_id)
    shared = services.PromoDraft(name=SECRET, amount=Decimal(10), code="SECRET-ALL", note=SECRET)
    batch = services.PromoDraft(name=SECRET, amount=Decimal(500), is_percent=False, is_batch=True)
    world.kept["promo"] = services.save_promo(actor=owner, draft=shared, now=NOW).public_id
    world.kept["batch"] = services.save_promo(actor=owner, draft=batch, now=NOW).public_id
    made = services.make_codes(actor=owner, public_id=world.kept["batch"], count=2, now=NOW, client=buyer.public_id)
    world.kept["promo_code"], world.kept["promo_words"] = made[0].public_id, made[0].code
    services.redeem(
        "SECRET-ALL", services.Holder("order", 1), buyer.pk, [services.Line(None, Decimal(900))], actor=owner, now=NOW,
        operation=uuid.uuid4(),
    )  # fmt: skip
    assert PromoCode.objects.filter(used=1).count() == 1


def one(name: str, **more: str):
    return lambda world: {"public_id": world.kept[name], **more}


def _new(world: World):
    return {"name": "Зима", "kind": "shared", "way": "percent", "amount": "5", "code": "ЗИМА26"}


def _changed(world: World):
    return {"name": "Лето", "kind": "shared", "way": "sum", "amount": "100", "code": "SECRET-ALL"}


ROWS = [
    Row("loyalty:promos", roles=SEE),
    Row("loyalty:promo-new", roles=SET_UP),
    Row("loyalty:promo-new", "POST", roles=SET_UP, answer=(302,), data=_new),
    Row("loyalty:promo", roles=SEE, args=one("promo")),
    Row("loyalty:promo-edit", roles=SET_UP, args=one("promo")),
    Row("loyalty:promo-edit", "POST", roles=SET_UP, answer=(302,), args=one("promo"), data=_changed),
    Row(
        "loyalty:promo-switch", "POST", roles=SET_UP, answer=(302,), args=one("batch"),
        data=lambda world: {"what": "off", "id": [world.kept["promo_code"]]},
    ),
    Row(
        "loyalty:promo-codes", "POST", roles=SET_UP, answer=(302,), args=one("batch"),
        data=lambda world: {"count": "3", "prefix": "GIFT"},
    ),
    Row("loyalty:promo-file", roles=SET_UP, args=one("batch", code="csv")),
]  # fmt: skip
