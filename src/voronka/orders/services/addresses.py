"""The address of an order and those on the client's card."""

from datetime import datetime

from django.db import transaction

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.orders.models import Order
from voronka.people import services as people


def keep_delivery(order: Order, *, actor: Actor, now: datetime) -> None:
    """Keep where an order goes on its client's card, where he has no such address; asked again, nothing happens.

    A card that takes no more addresses, or has something to be put right first, stays as it is: the order stands
    anyway. Raises Denied where the actor may not change the card.
    """
    if not order.address:
        return
    address = people.AddressDraft(city=order.city, line=order.address)
    try:
        with transaction.atomic():
            people.keep_address(actor=actor, client_id=order.client_id, address=address, now=now)
    except Invalid:
        return
