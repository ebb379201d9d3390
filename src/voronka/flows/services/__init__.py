"""The verbs of automations, and what other parts offer to them."""

from voronka.flows.services.drawing import make, publish_map, put_in_order, remove, set_up, switch
from voronka.flows.services.entering import enter
from voronka.flows.services.moments import hear
from voronka.flows.services.offering import offer_maker, offer_talks, offer_traveller, trigger
from voronka.flows.services.stopping import bring_in, names_seen, seen_run, sees, stop, try_again
from voronka.flows.services.walking import walk

__all__ = [
    "bring_in",
    "enter",
    "hear",
    "make",
    "names_seen",
    "offer_maker",
    "offer_talks",
    "offer_traveller",
    "publish_map",
    "put_in_order",
    "remove",
    "seen_run",
    "sees",
    "set_up",
    "stop",
    "switch",
    "trigger",
    "try_again",
    "walk",
]
