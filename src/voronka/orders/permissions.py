"""Rights over orders."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare
from voronka.kit.modules import register_module

ALL, OWN = Reach.ALL, Reach.OWN

register_module("orders", _("Orders"), _("What clients ordered, how far it is."), "shopping-cart", "voronka.orders")

SEE = declare(
    "orders.see",
    _("see orders"),
    by_record=True,
    shipped={"head": ALL, "manager": OWN, "marketer": ALL, "storekeeper": ALL, "cashier": ALL, "accountant": ALL,
             "reader": ALL},
    about=_("See orders within reach, and find them. Those of nobody are seen by all."),
)  # fmt: skip
MAKE = declare(
    "orders.make",
    _("make orders"),
    by_record=True,
    shipped={"head": ALL, "manager": OWN, "cashier": ALL},
    about=_("Write orders for clients within reach, repeat them."),
)
CHANGE = declare(
    "orders.change",
    _("change orders"),
    by_record=True,
    shipped={"head": ALL, "manager": OWN, "storekeeper": ALL, "cashier": ALL},
    about=_("Change and cancel orders within reach, bring them to other statuses."),
)
SHIP = declare(
    "orders.ship",
    _("pick and ship orders"),
    shipped={"head": ALL, "storekeeper": ALL, "cashier": ALL},
    about=_("Pick, pack, ship, hand over."),
)
RETURN = declare(
    "orders.return",
    _("take returns"),
    shipped={"head": ALL, "manager": ALL, "storekeeper": ALL, "cashier": ALL},
    about=_("Write down what clients give back, take it in, exchange it."),
)
SET_UP = declare(
    "orders.set_up",
    _("set up orders"),
    shipped={"head": ALL},
    about=_("Set up statuses, ways of delivery and of payment."),
)
