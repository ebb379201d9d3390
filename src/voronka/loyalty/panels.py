"""What promo codes put on shared screens."""

from django.utils.translation import gettext_lazy

from voronka.kit.screens import Quick, register_quick
from voronka.kit.settings_menu import SettingsPage, register_settings_page
from voronka.loyalty.permissions import SEE, SET_UP

register_settings_page(
    SettingsPage(
        "promo",
        gettext_lazy("Promo codes"),
        gettext_lazy("Discounts by a code: one for all, or thousands for single use."),
        "ticket",
        "loyalty:promos",
        SEE,
        order=43,
    )
)
register_quick(Quick(gettext_lazy("New promo code"), "loyalty:promo-new", "KeyK", SET_UP))
