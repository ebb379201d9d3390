"""What the stock puts on shared screens: its section, lists, a block on the card of goods, word of shortages."""

from collections.abc import Mapping, Sequence

from django.urls import reverse, reverse_lazy
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from voronka.catalogue.queries.asked import is_state
from voronka.kit.actors import Actor
from voronka.kit.lists import ListKind, register_list
from voronka.kit.notices import NoticeSeed, ToldNotice, tells_notice
from voronka.kit.panels import Panel, register_panel
from voronka.kit.screens import Section, register_section
from voronka.kit.settings_menu import SettingsGroup, SettingsPage, register_settings_page
from voronka.stock.models import Place
from voronka.stock.permissions import ORDER, SEE, SET_UP
from voronka.stock.queries.lists import SUBJECT, count_asked
from voronka.stock.queries.replenishing import count_zones

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
register_settings_page(
    SettingsPage(
        "places",
        gettext_lazy("Places of goods"),
        gettext_lazy("Warehouses and shops, by what cost goods leave, where damaged goods go"),
        "building-warehouse",
        "stock:places",
        SET_UP,
        SettingsGroup.SHOP,
        order=40,
        words=gettext_lazy("stores branches cost FIFO average stocktaking"),
    )
)


@tells_notice("stock.shortage")
def tell_shortage(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell where goods run out, with how many ask for an order by now; nothing where all of it is ordered."""
    if not actor.may(ORDER):
        return {}
    places = Place.objects.in_bulk({one.subject_id for one in seeds})
    counts = {pk: count_zones(pk) for pk in places}
    told = {}
    for seed in seeds:
        place = places.get(seed.subject_id)
        if place is None:
            continue
        asks = counts[place.pk].asks
        more = ngettext("%(n)d product asks for an order", "%(n)d products ask for an order", asks) % {"n": asks}
        url = f"{reverse('stock:replenish')}?{urlencode({'place': place.public_id})}"
        what = _("Goods run out: %(place)s") % {"place": place.name}
        told[seed.id] = ToldNotice(what, more if asks else _("All of it is ordered"), url, "truck")
    return told
