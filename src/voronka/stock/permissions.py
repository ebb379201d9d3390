"""Rights over stock."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare
from voronka.kit.modules import register_module

ALL = Reach.ALL
STORE = {"head": ALL, "storekeeper": ALL}

register_module("stock", _("Stock"), _("Where goods lie and how they move."), "building-warehouse", "voronka.stock")

SEE = declare(
    "stock.see",
    _("see what lies where"),
    shipped=dict.fromkeys(
        ("head", "manager", "marketer", "storekeeper", "cashier", "accountant", "reader"), ALL
    ),
    about=_("See balances, what is promised and expected, moves and papers of the stock."),
)  # fmt: skip
SEE_COST = declare(
    "stock.see_cost",
    _("see what the stock is worth"),
    shipped={"head": ALL, "accountant": ALL},
    about=_("See costs and sums in the lists, moves and papers of the stock."),
)
RESERVE = declare(
    "stock.reserve",
    _("reserve goods"),
    shipped={"head": ALL, "manager": ALL, "storekeeper": ALL, "cashier": ALL},
    about=_("Hold goods for a client, and let them go."),
)
SHIP = declare(
    "stock.ship",
    _("ship goods"),
    shipped=STORE | {"cashier": ALL},
    about=_("Give goods out of the stock to clients, and take returns in."),
)
RECEIVE = declare(
    "stock.receive",
    _("receive goods"),
    shipped=STORE,
    about=_("Take goods in from suppliers, with an order or without one, and send them back."),
)
MOVE = declare(
    "stock.move",
    _("move goods between places"),
    shipped=STORE | {"cashier": ALL},
    about=_("Send goods from one place to another, and take them in there."),
)
WRITE_OFF = declare(
    "stock.write_off",
    _("write goods off"),
    shipped={"head": ALL},
    about=_("Take damaged, lost and expired goods off the books."),
)
COUNT = declare(
    "stock.count",
    _("count goods"),
    shipped=STORE | {"cashier": ALL},
    about=_("Take part in a count: scan goods, say how many there are."),
)
SETTLE = declare(
    "stock.settle",
    _("settle differences"),
    shipped={"head": ALL},
    about=_("Begin and end a count, and bring the books to what was counted."),
)
ORDER = declare(
    "stock.order",
    _("order from suppliers"),
    shipped=STORE,
    about=_("Make purchase orders, set buffers and the way goods are kept."),
)
PRINT = declare(
    "stock.print",
    _("print labels and price tags"),
    shipped=STORE | {"cashier": ALL, "manager": ALL},
    about=_("Print labels and price tags, by which the program knows what stands on the shelves."),
)
SET_UP = declare(
    "stock.set_up",
    _("set up places"),
    shipped={"head": ALL},
    about=_("Add places, say which of them sell, and how cost is counted."),
)
