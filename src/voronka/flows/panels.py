"""What automations put on shared screens: a page of settings, a block on the client's card, his timeline."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.flows import events
from voronka.flows.models import Run
from voronka.flows.permissions import SEE
from voronka.flows.services.words import state_of
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent
from voronka.kit.panels import Panel, register_panel
from voronka.kit.settings_menu import SettingsGroup, SettingsPage, register_settings_page
from voronka.kit.timeline import Told, tells

register_settings_page(
    SettingsPage(
        "automations",
        gettext_lazy("Automations"),
        gettext_lazy("What happens by itself after an event or at a time: letters, tasks, stages, step by step"),
        "route",
        "flows:automations",
        SEE,
        SettingsGroup.SALES,
        order=30,
        words=gettext_lazy("triggers processes robots reminders"),
    )
)
register_settings_page(
    SettingsPage(
        "scenarios",
        gettext_lazy("Scenarios of the bot"),
        gettext_lazy("What the bot asks and does in talks: questions, buttons, requests, orders, calling a person"),
        "arrows-split",
        "flows:scenarios",
        SEE,
        SettingsGroup.TALKS,
        order=50,
        words=gettext_lazy("bot questions buttons"),
    )
)
register_panel(
    Panel(
        "talk",
        "flows.scenarios",
        gettext_lazy("Scenarios of the bot"),
        "side",
        70,
        lambda public_id: reverse("flows:talk-panel", args=[public_id]),
        SEE,
    )
)
register_panel(
    Panel(
        "client",
        "flows.walks",
        gettext_lazy("Automations"),
        "side",
        70,
        lambda public_id: reverse("flows:client-panel", args=[public_id]),
        SEE,
    )
)


@tells("automations", gettext_lazy("Automations"), events.RunEntered, events.RunEnded, events.RunStuck)
def tell_walks(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell that a client came into an automation, is out of it, or is stuck there."""
    if not actor.may(SEE):
        return {}
    ids = [row.payload["walk_id"] for row in rows]
    runs = Run.objects.select_related("automation").in_bulk(ids)
    told = {}
    for row in rows:
        run = runs.get(row.payload["walk_id"])
        if run is None:
            continue
        if row.name == "flows.RunEntered":
            said, icon, kind = _("comes in"), "player-play", "thin"
        elif row.name == "flows.RunStuck":
            said, icon, kind = _("is stuck"), "alert-triangle", "late"
        else:
            said, icon, kind = state_of(run)[0], "flag", "thin"
        head = format_html("<b>{}</b> · {}", run.automation.name, said)
        told[row.seq] = Told(icon, head, kind, url=reverse("flows:run", args=[run.public_id]))
    return told
