"""The demo company's referral programme: clients with links, friends who came by them and bought, one held for a
person to judge, one payout.
"""

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from voronka.kit.actors import Actor
from voronka.loyalty.services import PromoDraft, save_promo
from voronka.loyalty.services.referral_payouts import pay_out
from voronka.loyalty.services.referral_terms import TermsDraft, save_terms
from voronka.loyalty.services.referring import Touch, make_link, refer, suspicions
from voronka.orders.models import Order
from voronka.people.models import Client, ContactPoint

BROUGHT = (3, 2, 2, 1, 0)  # friends of each client with a link
LATELY = timedelta(days=70)
_WAYS = ("site", "site", "site", "form", "person")


def fill_friends(*, actor: Actor, now: datetime, chance: random.Random) -> None:
    """Switch the programme on and let clients of the last weeks have come by links; the last of them looks odd."""
    _set_terms(actor, now - LATELY)
    firsts = _first_orders(now)
    friends = {one.client_id for one in firsts}
    bringers = Client.objects.filter(kind="person").exclude(pk__in=friends).order_by("-purchases_sum", "id")
    orders = iter(chance.sample(firsts, k=len(firsts)))
    referrers = list(bringers[: len(BROUGHT)])
    for referrer, many in zip(referrers, BROUGHT, strict=False):
        code = make_link(actor=actor, client_id=referrer.pk, now=now - LATELY)
        is_odd = many == 1
        for order in _unlike(referrer, orders, many):
            if is_odd:
                _make_odd(order, referrer)
            _come(actor, order, code, chance)
    if referrers and firsts:
        operation = uuid.UUID(int=chance.getrandbits(128))
        pay_out(
            actor=actor, client=referrers[0].public_id, operation=operation, now=now - timedelta(hours=30),
            note="Поблагодарили по телефону",
        )  # fmt: skip


def _set_terms(actor: Actor, at: datetime) -> None:
    gift = PromoDraft(
        name="Подарок другу", is_batch=True, is_percent=False, amount=Decimal(300), minimum=Decimal(1500),
        with_terms=False,
    )  # fmt: skip
    promo = save_promo(actor=actor, draft=gift, now=at).public_id
    draft = TermsDraft(is_on=True, percent=Decimal(5), cap=Decimal(5000), gift=promo, gift_days=90)
    save_terms(actor=actor, draft=draft, now=at)


def _first_orders(now: datetime) -> list[Order]:
    """Return the first orders of people who began to buy lately, those that have come and are paid."""
    rows = Order.objects.exclude(phase="cancelled").filter(client__kind="person").select_related("client")
    firsts = rows.order_by("client_id", "made_at", "id").distinct("client_id")
    return [
        one for one in firsts
        if one.delivered_at is not None and one.made_at > now - LATELY and one.delivered_at < now - timedelta(days=2)
        and one.paid >= one.total
    ]  # fmt: skip


def _unlike(referrer: Client, orders: Iterator[Order], many: int) -> Iterator[Order]:
    """Give the next orders of clients who are not taken for this one himself."""
    left = many
    while left and (order := next(orders, None)) is not None:
        if not suspicions(referrer.pk, order.client_id):
            left -= 1
            yield order


def _make_odd(order: Order, referrer: Client) -> None:
    """Let an order go where its referrer takes what he buys himself: by his phone."""
    phone = ContactPoint.objects.filter(client=referrer, kind="phone").order_by("id").first()
    assert phone is not None
    Order.objects.filter(pk=order.pk).update(recipient_phone=phone.value)


def _come(actor: Actor, order: Order, code: str, chance: random.Random) -> None:
    """Let a client have come by a link shortly before his first order; it is written down when he has got it."""
    assert order.delivered_at is not None
    touch = Touch(code, order.made_at - timedelta(minutes=chance.randint(3, 50)), chance.choice(_WAYS))
    refer(actor=actor, touch=touch, friend_id=order.client_id, now=order.delivered_at + timedelta(minutes=20))
