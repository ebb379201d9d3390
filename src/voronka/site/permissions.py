"""Rights over sites and their visitors."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare
from voronka.kit.modules import register_module

ALL = Reach.ALL

register_module(
    "site", _("Site"), _("The script of your sites, visitors, what they do there."), "world", "voronka.site"
)

SEE = declare(
    "site.see",
    _("see visitors of the site"),
    shipped=dict.fromkeys(("head", "manager", "marketer", "reader"), ALL),
    about=_("See who is on the site, what was looked at, what lies in baskets."),
)
SET_UP = declare(
    "site.set_up",
    _("set up sites"),
    shipped={"head": ALL, "marketer": ALL},
    about=_("Connect sites, copy their script, choose whether consent is asked for and how long visits are kept."),
)
