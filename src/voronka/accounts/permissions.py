"""Rights over people and companies."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare

MANAGE_EMPLOYEES = declare(
    "accounts.manage_employees",
    _("add employees and give them roles"),
    about=_("Invite people, give them a role and a team, dismiss them and take them back."),
)
MANAGE_ROLES = declare(
    "accounts.manage_roles",
    _("change what roles may do"),
    about=_("Make, change and delete roles, never beyond what this role may do itself."),
)
SEE_EXPORTS = declare(
    "accounts.see_exports",
    _("see the log of exports"),
    about=_("See who took which list out as a file, by which filter, how many rows, when and from where."),
)
BACK_UP = declare(
    "accounts.back_up",
    _("take the company's data out"),
    about=_("Take everything that the company owns out as one archive: all clients, deals, files and letters."),
)
SHARE_VIEWS = declare(
    "accounts.share_views",
    _("share saved lists"),
    shipped={"head": Reach.ALL, "marketer": Reach.ALL},
    about=_("Put a saved list before all colleagues who see such lists, change and delete the shared ones."),
)
