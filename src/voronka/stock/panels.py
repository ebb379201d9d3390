"""What the stock puts on shared screens: its section, its list, keys, a block on the card of goods."""

from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy

from voronka.catalogue.queries.asked import is_state
from voronka.kit.lists import ListKind, register_list
from voronka.kit.panels import Panel, register_panel
from voronka.kit.screens import Section, register_section
from voronka.stock.permissions import SEE
from voronka.stock.queries.lists import SUBJECT, count_asked

register_section(Section("stock", gettext_lazy("Stock"), reverse_lazy("stock:goods"), order=38, right=SEE))
register_list(ListKind(SUBJECT, "stock:goods", SEE, is_state, count_asked))
register_panel(
    Panel(
        "product",
        "stock.lying",
        gettext_lazy("Stock"),
        "side",
        20,
        lambda public_id: reverse("stock:product", args=[public_id]),
        SEE,
    )
)
