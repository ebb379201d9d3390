"""What the part puts on shared screens: its pages of settings."""

from django.utils.translation import gettext_lazy as _

from voronka.connect.permissions import MANAGE_KEYS, MANAGE_WEBHOOKS
from voronka.kit.settings_menu import SettingsGroup, SettingsPage, register_settings_page

register_settings_page(
    SettingsPage(
        "keys",
        _("Keys of the API"),
        _("Let other programs read and write what you choose"),
        "key",
        "connect:keys",
        MANAGE_KEYS,
        SettingsGroup.OUTSIDE,
        order=20,
        words=_("token integration 1C developers"),
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
        SettingsGroup.OUTSIDE,
        order=30,
        words=_("integration notify events"),
    )
)
