"""Rights over people and companies."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import declare

MANAGE_EMPLOYEES = declare("accounts.manage_employees", _("add employees and give them roles"))
MANAGE_ROLES = declare("accounts.manage_roles", _("change what roles may do"))
BACK_UP = declare("accounts.back_up", _("take the company's data out"))
