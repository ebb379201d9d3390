"""Rights over goods and prices."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare
from voronka.kit.modules import register_module

ALL = Reach.ALL
EVERYBODY = {
    "head": ALL,
    "manager": ALL,
    "marketer": ALL,
    "storekeeper": ALL,
    "cashier": ALL,
    "accountant": ALL,
    "reader": ALL,
}

register_module("catalogue", _("Goods"), _("What is sold: goods, prices, suppliers."), "package", "voronka.catalogue")

SEE = declare(
    "catalogue.see",
    _("see goods and prices"),
    shipped=EVERYBODY,
    about=_("Find goods, see their cards and what they cost the buyer."),
)
EDIT = declare(
    "catalogue.edit",
    _("edit goods"),
    shipped={"head": ALL, "marketer": ALL, "storekeeper": ALL},
    about=_("Add and change goods, barcodes, kits, pictures and categories, put goods on sale and take them off."),
)
SEE_COST = declare(
    "catalogue.see_cost",
    _("see what goods cost the company"),
    shipped={"head": ALL, "accountant": ALL},
    about=_("See costs, suppliers and margins."),
)
CHANGE_PRICES = declare(
    "catalogue.change_prices",
    _("change prices"),
    shipped={"head": ALL, "marketer": ALL},
    about=_("Set prices now or for a day to come, say what single clients pay."),
)
RELEASE_PRICES = declare(
    "catalogue.release_prices",
    _("release prices that the guard holds"),
    shipped={"head": ALL},
    about=_("Let a price through that moved too far or leaves too little, or refuse it."),
)
SET_UP_PRICES = declare(
    "catalogue.set_up_prices",
    _("set up kinds and rules of prices"),
    shipped={"head": ALL},
    about=_("Set up kinds of prices, their rounding and guard, rules of markup, suppliers and rates."),
)

LOAD_LISTS = declare(
    "catalogue.load_lists",
    _("load suppliers' price lists"),
    shipped={"head": ALL},
    about=_("Load price lists, say which goods they mean, take a loading back. Costs are seen with them."),
)
