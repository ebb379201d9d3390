"""Rights over surveys."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare
from voronka.kit.modules import register_module

register_module(
    "surveys", _("Surveys"), _("What clients are asked after an order, and what they answer."), "star", "voronka.care"
)

SEE = declare(
    "care.see",
    _("see answers to surveys"),
    by_record=True,
    shipped={"head": Reach.ALL, "marketer": Reach.ALL, "reader": Reach.ALL, "manager": Reach.OWN},
    about=_("See what the clients within reach answered, and the results over them."),
)
SET_UP = declare(
    "care.set_up",
    _("set up surveys"),
    shipped={"head": Reach.ALL, "marketer": Reach.ALL},
    about=_("Write surveys, switch them on and off, say how often a client is asked."),
)
