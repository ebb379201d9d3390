"""Rights over what joins other programs to the company."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import declare

MANAGE_KEYS = declare("connect.manage_keys", _("give keys of the API to programs"))
MANAGE_WEBHOOKS = declare("connect.manage_webhooks", _("send the company's events to other programs"))
