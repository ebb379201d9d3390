"""Rights over deals and their set-up."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare

ALL, OWN, TEAM = Reach.ALL, Reach.OWN, Reach.TEAM

SEE_DEALS = declare(
    "deals.see",
    _("see deals"),
    by_record=True,
    shipped={"head": ALL, "manager": OWN, "marketer": ALL, "accountant": ALL, "reader": ALL},
)
PRESS = declare("deals.press", _("press buttons of deals"), by_record=True, shipped={"head": ALL, "manager": OWN})
OPEN_DEALS = declare("deals.open", _("open deals"), shipped={"head": ALL, "manager": ALL, "marketer": ALL})
ASSIGN = declare("deals.assign", _("give deals to other people"), shipped={"head": ALL})
UNDO_LATER = declare("deals.undo_later", _("take presses back from history"), shipped={"head": ALL})
EDIT_BUTTONS = declare("deals.edit_buttons", _("set up pipelines and buttons"), shipped={"head": ALL})
