"""What messages contribute to the pages of settings."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.settings_menu import SettingsPage, register_settings_page
from voronka.messaging.permissions import EDIT_TEMPLATES

register_settings_page(
    SettingsPage(
        "letters",
        _("Letters"),
        _("Templates that buttons send, checked on a real client"),
        "mail",
        "messaging:templates",
        EDIT_TEMPLATES,
        order=50,
    )
)
