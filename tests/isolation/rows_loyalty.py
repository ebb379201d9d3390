"""Addresses of promo codes."""

import uuid
from decimal import Decimal

from isolation_table import NOW, SECRET, Row, World

from voronka.loyalty import services
from voronka.loyalty.models import PromoCode, ReferralGain
from voronka.loyalty.services import referring
from voronka.loyalty.services.referral_terms import TermsDraft, save_terms
from voronka.people.testing import make_client

NOWHERE = (404, 429)
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
    save_terms(actor=owner, draft=TermsDraft(is_on=True, percent=Decimal(10), pays="note"), now=NOW)
    world.kept["friend_code"] = referring.make_link(actor=owner, client_id=buyer.pk, now=NOW)
    friend = make_client(owner, SECRET, responsible_id=manager.employee_id)
    touch = referring.Touch(world.kept["friend_code"], NOW)
    row = referring.refer(actor=owner, touch=touch, friend_id=friend.pk, now=NOW)
    world.kept["referral"], world.kept["referrer_client"] = row.public_id, buyer.public_id
    world.kept["friend_to_be"] = make_client(owner, SECRET, responsible_id=manager.employee_id).public_id
    ReferralGain.objects.create(
        referral=row, holder_kind="order", holder_id=1, base=Decimal(900), amount=Decimal(90), at=NOW, counted_at=NOW
    )


def one(name: str, **more: str):
    return lambda world: {"public_id": world.kept[name], **more}


def _new(world: World):
    return {"name": "Зима", "kind": "shared", "way": "percent", "amount": "5", "code": "ЗИМА26"}


def _changed(world: World):
    return {"name": "Лето", "kind": "shared", "way": "sum", "amount": "100", "code": "SECRET-ALL"}


def _terms(world: World):
    return {"is_on": "yes", "percent": "7", "days": "30", "earned_by": "both", "pays": "note", "gift_days": "30",
            "touch_days": "30", "code_days": "30"}  # fmt: skip


def _pay(world: World):
    return {"what": "pay", "sum": "90.00", "operation": str(uuid.uuid4())}


PAY = "owner head accountant"
ROWS = [
    Row("loyalty:referral-link", args=lambda world: {"code": "zzzzzzzzzzzz"}, is_open=True, answer=NOWHERE),
    Row("loyalty:referrals", roles=SEE),
    Row("loyalty:referral-terms", roles=SET_UP),
    Row("loyalty:referral-terms", "POST", roles=SET_UP, answer=(302,), data=_terms),
    Row("loyalty:referral-payouts", roles=PAY),
    Row(
        "loyalty:referral-panel", roles=SEE, by_record=True,
        args=lambda world: {"public_id": world.kept["referrer_client"]},
    ),
    Row(
        "loyalty:referral-act", "POST", roles=PAY, answer=(302,), data=_pay, by_record=True,
        args=lambda world: {"public_id": world.kept["referrer_client"]},
    ),
    Row(
        "loyalty:referral-judge", "POST", roles=PAY, answer=(302,), args=one("referral"),
        data=lambda world: {"what": "refuse"},
    ),
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
