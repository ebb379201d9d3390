"""What sites put on shared screens, and what their stage answers to pages."""

from collections.abc import Mapping, Sequence

from django.urls import reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent
from voronka.kit.panels import Panel, register_panel
from voronka.kit.screens import Section, register_section
from voronka.kit.settings_menu import SettingsGroup, SettingsPage, register_settings_page
from voronka.kit.timeline import Told, tells
from voronka.loyalty.ports import register_likeness
from voronka.site.events import SiteVisited, VisitorNamed
from voronka.site.models import Visit
from voronka.site.permissions import SEE
from voronka.site.ports import register_call, register_module
from voronka.site.queries.sites import public_ids
from voronka.site.queries.visitors import visits_by_number
from voronka.site.services import answering, kinds, ordering, surveying  # noqa: F401 - what kinds do is registered there
from voronka.site.services.bringing import share_browser

register_section(
    Section("site", pgettext_lazy("section", "Site"), reverse_lazy("site:visitors"), order=46, right=SEE)
)
register_panel(
    Panel(
        "client",
        "site.visits",
        gettext_lazy("On the site"),
        "side",
        35,
        lambda public_id: reverse("site:client-panel", args=[public_id]),
        SEE,
    )
)
register_settings_page(
    SettingsPage(
        "sites",
        gettext_lazy("Sites"),
        gettext_lazy("The line of script for your site, what comes from it, consent of visitors"),
        "world",
        "site:sites",
        SEE,
        SettingsGroup.OUTSIDE,
        order=10,
        words=gettext_lazy("script widgets tracker counter pop-up"),
    )
)


@tells("site", pgettext_lazy("section", "Site"), SiteVisited, VisitorNamed)
def tell_visits(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell of visits, a line each: how long, what lies in the basket; and when he said who he is."""
    if not actor.may(SEE):
        return {}
    visited = SiteVisited.name()
    pairs = [(one.subject_id, int(one.payload.get("visit", 0))) for one in rows if one.name == visited]
    visits = visits_by_number(pairs) if pairs else {}
    signs = public_ids("visitor", [one.subject_id for one in rows])
    told = dict[int, Told]()
    for row in rows:
        sign = signs.get(row.subject_id)
        url = reverse("site:visitor", args=[sign]) if sign else ""
        if row.name == visited:
            visit = visits.get((row.subject_id, int(row.payload.get("visit", 0))))
            told[row.seq] = Told("world", _visit_words(visit, actor), "client", url=url)
        else:
            is_proven = bool(row.payload.get("is_proven"))
            what = _("is known on the site: the shop has signed it") if is_proven else _("said on the site who he is")
            told[row.seq] = Told("user", what, "thin", url=url)
    return told


def _visit_words(visit: Visit | None, actor: Actor) -> str:
    """Say of a visit what is still kept of it; nothing that the page has said becomes markup."""
    if visit is None:
        return format_html("<b>{}</b>", _("was on the site"))
    spent = wording.duration((visit.last_at - visit.begun_at).total_seconds(), actor.language)
    pages = ngettext("%(n)d page", "%(n)d pages", visit.pages) % {"n": visit.pages}
    said = [pages, spent]
    if name := (visit.product or {}).get("name"):
        said.append(str(name))
    if visit.bought_at is not None:
        said.append(_("bought"))
    elif visit.basket_left_at is not None:
        said.append(_("left a basket"))
    return format_html("<b>{}</b> · {}", _("was on the site"), " · ".join(said))


register_likeness(share_browser)
register_call("stage.next", answering.answer_next, needs_tracking=True)
register_call("stage.open", answering.answer_open)  # he has asked for it himself
register_call("stage.told", answering.answer_told)
register_module("stage", answering.told_of_site)
register_panel(
    Panel(
        "talk",
        "site",
        gettext_lazy("On the site"),
        "side",
        10,
        lambda public_id: reverse("site:talk-visitor", args=[public_id]),
        SEE,
    )
)
