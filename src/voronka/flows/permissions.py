"""Rights over automations."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare
from voronka.kit.modules import register_module

ALL = Reach.ALL

register_module(
    "flows", _("Automations"), _("What happens by itself: after an event, at a time, step by step."), "route",
    "voronka.flows",
)  # fmt: skip

SEE = declare(
    "flows.see",
    _("see automations"),
    shipped=dict.fromkeys(("head", "manager", "marketer", "reader"), ALL),
    about=_("See automations, their maps, who is in them and what has happened to him there."),
)
EDIT = declare(
    "flows.edit",
    _("make automations"),
    shipped={"head": ALL, "marketer": ALL},
    about=_("Draw maps of automations, publish them, switch them on and off."),
)
RUN = declare(
    "flows.run",
    _("start and stop automations for a client"),
    shipped=dict.fromkeys(("head", "manager", "marketer"), ALL),
    about=_("Bring a client into an automation by hand, stop one for him, try a stuck step again."),
)
