"""Rights over promo codes."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare
from voronka.kit.modules import register_module

ALL = Reach.ALL

register_module("loyalty", _("Promo codes"), _("Discounts by a code."), "ticket", "voronka.loyalty")

SEE = declare(
    "loyalty.see",
    _("see promo codes"),
    shipped=dict.fromkeys(("head", "manager", "marketer", "cashier", "accountant", "reader"), ALL),
    about=_("See promo codes, their conditions and what was taken off by them."),
)
REDEEM = declare(
    "loyalty.redeem",
    _("take promo codes"),
    shipped=dict.fromkeys(("head", "manager", "marketer", "storekeeper", "cashier"), ALL),
    about=_("Take a client's promo code when his order is written."),
)
SET_UP = declare(
    "loyalty.set_up",
    _("make promo codes"),
    shipped={"head": ALL, "marketer": ALL},
    about=_("Make promo codes, change their conditions, switch them on and off, take them out as a file."),
)
PAY = declare(
    "loyalty.pay",
    _("judge and pay referrals"),
    shipped=dict.fromkeys(("head", "accountant"), ALL),
    about=_("Judge who really brought a friend, pay out what clients have earned by theirs."),
)
