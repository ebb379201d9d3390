"""Why the goods of an order leave from this place, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.kit.actors import Actor
from voronka.stock import queries as stock


def why_words(routing: Mapping[str, Any], names: Mapping[int, str] | None = None) -> list[str]:
    """Return the reasons that were kept with an order as sentences; what is not understood is left out."""
    reasons = routing.get("why") if isinstance(routing, Mapping) else None
    if not isinstance(reasons, list) or not reasons:
        return []
    known = place_names() if names is None else names
    return [said for one in reasons if isinstance(one, Mapping) and (said := _words(one, known))]


def place_names() -> dict[int, str]:
    """Return the names of the company's places by id."""
    return {one.pk: one.name for one in stock.places(Actor.system(0), only_on=False)}


def _words(one: Mapping[str, Any], names: Mapping[int, str]) -> str:
    place = names.get(one.get("place", 0), "")
    km = one.get("km")
    match one.get("code"):
        case "nearest":
            said = _("%(place)s is the nearest: %(km)s km.") % {"place": place, "km": km}
            after = names.get(one.get("next_place", 0))
            return said + (" " + _("%(place)s: %(km)s km.") % {"place": after, "km": one["next_km"]} if after else "")
        case "no_map":
            return _("%(place)s comes first by its priority; where the client lives is not on the map.") % {
                "place": place
            }
        case "fullest":
            return _("%(place)s has the most: %(has)s of %(of)s lines whole.") % {
                "place": place, "has": one.get("has"), "of": one.get("of"),
            }  # fmt: skip
        case "whole":
            more = int(one.get("others", 0))
            said = _("%(place)s has everything: one parcel.") % {"place": place}
            also = ngettext("So has %(n)d place more.", "So have %(n)d places more.", more) % {"n": more}
            return f"{said} {also}" if more else said
        case "fewest":
            return _("No place has everything: %(n)s parcels are the fewest.") % {"n": one.get("places")}
        case "shop":
            return _("A shop first: %(place)s.") % {"place": place}
        case "no_shop":
            return _("No shop has any of it.")
        case "rest":
            return _("%(place)s gives the rest: %(has)s of %(of)s lines.") % {
                "place": place, "has": one.get("has"), "of": one.get("of"),
            }  # fmt: skip
    return ""
