"""Automations of the demo company: four ready processes, two of them on, some orders inside; the bot's scenarios."""

from datetime import datetime

from voronka.flows import services as flows
from voronka.flows.services import ready
from voronka.kit.actors import Actor
from voronka.orders.models import Order

TAKEN = (("after_sale", True), ("birthday", True), ("debt", False), ("silence", False))
INSIDE = 6
SCENARIOS = (("qualify", True), ("order", True), ("goods", True))  # begun by a message, a word, a button


def fill_automations(*, actor: Actor, now: datetime) -> None:
    """Take processes and scenarios, switch some on, bring the last orders that are done into the one after the sale."""
    for code, is_on in TAKEN:
        made = ready.take(actor=actor, code=code, now=now)
        if is_on:
            flows.switch(actor=actor, public_id=made.public_id, is_on=True, now=now)
    for code, is_on in SCENARIOS:
        made = ready.take_scene(actor=actor, code=code, now=now)
        if is_on:
            flows.switch(actor=actor, public_id=made.public_id, is_on=True, now=now)
    after = ready.take(actor=actor, code="after_sale", now=now)
    for order in Order.objects.filter(phase="done").order_by("-id")[:INSIDE]:
        flows.bring_in(actor=actor, automation=after.public_id, subject=order.public_id, now=now)
