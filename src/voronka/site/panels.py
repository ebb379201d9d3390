"""What sites put on shared screens."""

from django.utils.translation import gettext_lazy

from voronka.kit.settings_menu import SettingsPage, register_settings_page
from voronka.site.permissions import SEE

register_settings_page(
    SettingsPage(
        "sites",
        gettext_lazy("Sites"),
        gettext_lazy("The line of script for your site, what comes from it, consent of visitors"),
        "world",
        "site:sites",
        SEE,
        order=58,
    )
)
