"""Rights over deals and their set-up."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare

ALL, OWN, TEAM = Reach.ALL, Reach.OWN, Reach.TEAM

SEE_DEALS = declare(
    "deals.see",
    _("see deals"),
    by_record=True,
    shipped={"head": ALL, "manager": OWN, "marketer": ALL, "accountant": ALL, "reader": ALL},
    about=_("See the deals within reach in lists, on cards and in search. Those of nobody are seen by all."),
)
PRESS = declare(
    "deals.press",
    _("press buttons of deals"),
    by_record=True,
    shipped={"head": ALL, "manager": OWN},
    about=_("Move deals within reach by their buttons: call again, meet, paid, refused."),
)
OPEN_DEALS = declare(
    "deals.open",
    _("open deals"),
    shipped={"head": ALL, "manager": ALL, "marketer": ALL},
    about=_("Open new deals by hand and put imported clients into a pipeline."),
)
ASSIGN = declare(
    "deals.assign",
    _("give deals to other people"),
    shipped={"head": ALL},
    about=_("Say who is responsible for a deal, also somebody else."),
)
UNDO_LATER = declare(
    "deals.undo_later",
    _("take presses back from history"),
    shipped={"head": ALL},
    about=_("Take back a press of anybody, long after its ten seconds have passed."),
)
EDIT_BUTTONS = declare(
    "deals.edit_buttons",
    _("set up pipelines and buttons"),
    shipped={"head": ALL},
    about=_("Change stages, what each button does, who works in which pipeline."),
)
