"""Rights over A/B tests."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare
from voronka.kit.modules import register_module

register_module(
    "trials", _("A/B tests"), _("Which text, widget or way brings more money."), "arrows-split", "voronka.trials"
)

SEE = declare(
    "trials.see",
    _("see A/B tests"),
    shipped=dict.fromkeys(("head", "marketer", "reader"), Reach.ALL),
    about=_("See what is tested against what, and the money that each arm brings."),
)
RUN = declare(
    "trials.run",
    _("run A/B tests"),
    shipped=dict.fromkeys(("head", "marketer"), Reach.ALL),
    about=_("Plan tests, stop them, and choose the winner by hand."),
)
