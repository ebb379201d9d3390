"""What goods put on shared screens: their section, the pages of settings, keys."""

from collections.abc import Mapping, Sequence

from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.catalogue.models import PriceLoad, PriceSource, SourceState
from voronka.catalogue.permissions import EDIT, LOAD_LISTS, SEE, SET_UP_PRICES
from voronka.catalogue.queries.asked import count_asked, is_state
from voronka.catalogue.services.telling import LIST, SOURCE
from voronka.kit.actors import Actor
from voronka.kit.lists import ListKind, register_list
from voronka.kit.notices import NoticeSeed, ToldNotice, tells_notice
from voronka.kit.panels import Panel, register_panel
from voronka.kit.screens import Quick, Section, register_quick, register_section
from voronka.kit.settings_menu import SettingsGroup, SettingsPage, register_settings_page

register_section(
    Section("catalogue", gettext_lazy("Goods"), reverse_lazy("catalogue:goods-list"), order=36, right=SEE)
)
register_list(ListKind("variant", "catalogue:goods-list", SEE, is_state, count_asked))
register_quick(Quick(gettext_lazy("New product"), "catalogue:goods-add", "KeyG", EDIT))
register_settings_page(
    SettingsPage(
        "prices",
        gettext_lazy("Prices"),
        gettext_lazy("Kinds of prices with rounding and guard, rules of markup, suppliers, rates of currencies"),
        "currency-ruble",
        "catalogue:kinds",
        SET_UP_PRICES,
        SettingsGroup.SHOP,
        order=10,
        words=gettext_lazy("markup suppliers currency feeds YML wholesale retail rounding"),
    )
)
register_panel(
    Panel(
        "client",
        "catalogue.terms",
        gettext_lazy("Personal prices"),
        "side",
        35,
        lambda public_id: reverse("catalogue:client-terms", args=[public_id]),
        SEE,
    )
)


@tells_notice(LIST)
def tell_lists(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell of lists that came by themselves: what waits in them for a person."""
    if not actor.may(LOAD_LISTS):
        return {}
    loads = PriceLoad.objects.select_related("supplier").in_bulk([one.subject_id for one in seeds])
    told = {}
    for seed in seeds:
        load = loads.get(seed.subject_id)
        if load is None:
            continue
        what = _("A price list of %(supplier)s came") % {"supplier": load.supplier.name}
        url = reverse("catalogue:supply-load", args=[load.public_id])
        if load.state == "asked":
            more = _("Look whether its columns are understood.")
        else:
            counts = {"asked": load.counts.get("asked", 0), "held": load.counts.get("held", 0)}
            more = _("In doubt: %(asked)d lines, held by the guard: %(held)d prices.") % counts
        told[seed.id] = ToldNotice(what, more, url, "file-spreadsheet")
    return told


@tells_notice(SOURCE)
def tell_sources(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell of sources that gave no list, and why, as long as they do not."""
    if not actor.may(LOAD_LISTS):
        return {}
    rows = PriceSource.objects.select_related("supplier").in_bulk([one.subject_id for one in seeds])
    states = {one.source_id: one for one in SourceState.objects.filter(source_id__in=rows)}
    told = {}
    for seed in seeds:
        source, state = rows.get(seed.subject_id), states.get(seed.subject_id)
        if source is not None and state is not None and state.error:
            what = _("No price list of %(supplier)s came") % {"supplier": source.supplier.name}
            url = reverse("catalogue:supply-supplier", args=[source.supplier.public_id])
            told[seed.id] = ToldNotice(what, state.error, url, "alert-circle")
    return told
