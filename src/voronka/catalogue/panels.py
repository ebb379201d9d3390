"""What goods put on shared screens: their section, the pages of settings, keys."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy

from voronka.catalogue.permissions import EDIT, SEE, SET_UP_PRICES
from voronka.catalogue.queries.asked import count_asked, is_state
from voronka.kit.lists import ListKind, register_list
from voronka.kit.screens import Quick, Section, register_quick, register_section
from voronka.kit.settings_menu import SettingsPage, register_settings_page

register_section(
    Section("catalogue", gettext_lazy("Goods"), reverse_lazy("catalogue:goods-list"), order=36, right=SEE)
)
register_list(ListKind("variant", "catalogue:goods-list", SEE, is_state, count_asked))
register_quick(Quick(gettext_lazy("New product"), "catalogue:goods-add", "KeyG", EDIT))
register_settings_page(
    SettingsPage(
        "prices",
        gettext_lazy("Prices"),
        gettext_lazy("Kinds of prices with rounding and guard, rules of markup, suppliers, rates of currencies."),
        "currency-ruble",
        "catalogue:kinds",
        SET_UP_PRICES,
        order=42,
    )
)
