"""What roles may narrow of deals: fields, and buttons by what their press means."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from voronka.deals.rules.limits import COLUMNS
from voronka.kit.actors import Actor
from voronka.kit.limits import LimitedField, register_limited, register_shade
from voronka.kit.modules import Item, register_items
from voronka.people import queries as people

register_limited(
    LimitedField("deal", "deal.sum", _("Sum")),
    LimitedField("deal", "deal.goods", _("Goods in the deal")),
    LimitedField("deal", "deal.tags", _("Tags")),
    LimitedField("deal", "deal.comment", _("What is written at a press")),
)


def shade_deal(actor: Actor, columns: dict[str, Any]) -> dict[str, Any]:
    """Return the kept columns of a deal that the actor may see, own fields one by one."""
    seen = {name: one for name, one in columns.items() if name not in COLUMNS or actor.sees(COLUMNS[name])}
    if isinstance(seen.get("fields"), dict):
        seen["fields"] = people.own_shown(actor, "deal", seen["fields"])
        if not seen["fields"] and columns["fields"]:
            del seen["fields"]
    return seen


register_shade("deals_deal", shade_deal)


def shade_line(actor: Actor, columns: dict[str, Any]) -> dict[str, Any]:
    """Return the kept columns of a line that the actor may see: none where goods are hidden, else by the sum."""
    if not actor.sees("deal.goods"):
        return {}
    hidden = () if actor.sees("deal.sum") else ("price", "discount", "total")
    return {name: one for name, one in columns.items() if name not in hidden}


register_shade("deals_dealline", shade_line)

_BUTTONS = _("Buttons of a deal")
register_items(
    Item("press:no_answer", _("No answer"), _BUTTONS),
    Item("press:call_back", _("Call back"), _BUTTONS),
    Item("press:thinking", _("Thinking"), _BUTTONS),
    Item("press:meeting", _("Meeting"), _BUTTONS),
    Item("press:paid", _("Paid"), _BUTTONS),
    Item("press:refused", _("Refused"), _BUTTONS),
    Item("press:wrong_number", _("Wrong number"), _BUTTONS),
    Item("press:talk", _("Talk"), _BUTTONS),
    Item("press:step", _("Step forward"), _BUTTONS),
)
