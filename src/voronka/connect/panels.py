"""What the part puts on shared screens: its pages of settings."""

from django.utils.translation import gettext_lazy as _

from voronka.connect.permissions import MANAGE_KEYS, MANAGE_WEBHOOKS
from voronka.kit.settings_menu import SettingsPage, register_settings_page

register_settings_page(
    SettingsPage(
        "keys",
        _("Keys of the API"),
        _("Let other programs read and write what you choose"),
        "key",
        "connect:keys",
        MANAGE_KEYS,
        order=80,
    )
)
register_settings_page(
    SettingsPage(
        "webhooks",
        _("Webhooks"),
        _("Tell other programs what happens here, at once and signed"),
        "webhook",
        "connect:webhooks",
        MANAGE_WEBHOOKS,
        order=81,
    )
)
