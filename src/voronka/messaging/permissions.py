"""Rights over messages."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare

EDIT_TEMPLATES = declare(
    "messaging.edit_templates", _("edit templates of letters"), shipped={"head": Reach.ALL, "marketer": Reach.ALL}
)
WRITE = declare(
    "messaging.write", _("write to clients"), by_record=True, shipped={"head": Reach.ALL, "manager": Reach.OWN}
)
