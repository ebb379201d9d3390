"""Rights over messages."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare
from voronka.kit.modules import register_module

register_module(
    "letters",
    _("Letters"),
    _("Templates of letters, and the step of a button that sends one."),
    "mail",
    "voronka.messaging",
)
EDIT_TEMPLATES = declare(
    "messaging.edit_templates",
    _("edit templates of letters"),
    shipped={"head": Reach.ALL, "marketer": Reach.ALL},
    about=_("Write the letters that buttons send, and look at them on a real client."),
)
WRITE = declare(
    "messaging.write",
    _("write to clients"),
    by_record=True,
    shipped={"head": Reach.ALL, "manager": Reach.OWN},
    about=_("Send letters to clients within reach."),
)
