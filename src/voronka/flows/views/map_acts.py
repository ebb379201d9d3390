"""The acts of the editor of maps: each reads what was posted, calls one verb, says what is open afterwards."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from voronka.flows import queries, services
from voronka.flows.services import drawing, hooks, nodes, offering
from voronka.flows.services.drawing import Drawn
from voronka.flows.services.scenes.starts import Start
from voronka.flows.views.pieces import START_ID, read_place
from voronka.kit.actors import Actor
from voronka.kit.facets import facets_of
from voronka.kit.making import made_condition
from voronka.kit.step_forms import read_settings

# What is open afterwards, as the query of the map's address, and what is said to the person.
Shown = tuple[dict[str, str], str]


def typed_settings(drawn: Drawn, node_id: str, posted: QueryDict) -> dict[str, Any]:
    """Return the settings of a node, or of the beginning where there is no such node, as they were typed."""
    node = drawn.map.node(node_id)
    if node is None:
        return _start_typed(posted)
    if node.kind == "split":
        shares = posted.get("shares", "").replace("/", " ").replace("%", " ").replace(",", " ").split()[:6]
        read = [int(one) if one.isascii() and one.isdecimal() and len(one) < 4 else one for one in shares]
        return {"shares": read, **({"is_test": True} if posted.get("is_test") else {})}
    setup = nodes.setup_of(node)
    return read_settings(setup, posted) if setup else {}


def _start_typed(posted: QueryDict) -> dict[str, Any]:
    asked = posted.get("trigger", "")
    kind = Start if asked == Start.kind else offering.all_triggers().get(asked)
    return {"kind": kind.kind, **read_settings(kind, posted)} if kind else {}


def _add(actor: Actor, public_id: str, posted: QueryDict, now: datetime) -> Shown:
    place = read_place(posted.get("place", "")) or ("", "")
    _drawn, node = drawing.add_node(
        actor=actor, public_id=public_id, rev=posted.get("rev", ""), place=place, kind=posted.get("kind", "")[:80],
        now=now,
    )  # fmt: skip
    return {"node": node}, ""


def _remove(actor: Actor, public_id: str, posted: QueryDict, now: datetime) -> Shown:
    drawing.remove_node(
        actor=actor, public_id=public_id, rev=posted.get("rev", ""), node=posted.get("node", "")[:8], now=now
    )
    return {}, _("The step is taken out")


def _move(actor: Actor, public_id: str, posted: QueryDict, now: datetime) -> Shown:
    node = posted.get("node", "")[:8]
    drawing.move_node(
        actor=actor, public_id=public_id, rev=posted.get("rev", ""), node=node,
        place=read_place(posted.get("place", "")) or ("", ""), now=now,
    )  # fmt: skip
    return {"node": node}, ""


def _lead(actor: Actor, public_id: str, posted: QueryDict, now: datetime) -> Shown:
    node = posted.get("node", "")[:8]
    drawing.lead_to(
        actor=actor, public_id=public_id, rev=posted.get("rev", ""), place=(node, posted.get("way", "")[:8]),
        to=posted.get("to", "")[:8], now=now,
    )  # fmt: skip
    return {"node": node}, ""


def _set(actor: Actor, public_id: str, posted: QueryDict, now: datetime) -> Shown:
    node = posted.get("node", "")[:8]
    drawn = drawing.drawn_of(queries.get_automation(actor, public_id))
    drawing.set_node(
        actor=actor, public_id=public_id, rev=posted.get("rev", ""), node=node,
        settings=typed_settings(drawn, node, posted), now=now,
    )  # fmt: skip
    return {"node": node}, _("Saved")


def _begin(actor: Actor, public_id: str, posted: QueryDict, now: datetime) -> Shown:
    typed = _start_typed(posted)
    drawing.set_start(
        actor=actor, public_id=public_id, rev=posted.get("rev", ""), trigger=typed, goal=posted.get("goal", "")[:80],
        now=now, phase=" ".join(posted.get("phase", "").replace("\0", "").split())[:40],
    )  # fmt: skip
    return {"node": START_ID}, _("Saved")


def _condition(actor: Actor, public_id: str, posted: QueryDict, now: datetime) -> Shown:
    """Add a condition, or take one out, of the beginning or of a node that checks."""
    node_id = posted.get("node", "")[:8]
    drawn = drawing.drawn_of(queries.get_automation(actor, public_id))
    held, node = drawn.map, drawn.map.node(node_id)
    kind = nodes.subject_of(held) if node is None else posted.get("of", "")[:40] or nodes.subject_of(held)
    filters = dict(held.only if node is None else node.set.get("filters", {}))
    if node is not None and kind != (node.set.get("of") or nodes.subject_of(held)):
        filters = {}
    made = made_condition(posted, facets_of(kind, actor))
    if made is not None:
        filters.pop(posted.get("add", ""), None)
        filters[made[0]] = made[1]
    filters.pop(posted.get("drop", ""), None)
    rev = posted.get("rev", "")
    if node is None:
        drawing.set_only(actor=actor, public_id=public_id, rev=rev, filters=dict(list(filters.items())[:20]), now=now)
        return {"node": START_ID}, ""
    settings = {"of": kind, "filters": dict(list(filters.items())[:20])}
    drawing.set_node(actor=actor, public_id=public_id, rev=rev, node=node_id, settings=settings, now=now)
    return {"node": node_id}, ""


def _publish(actor: Actor, public_id: str, posted: QueryDict, now: datetime) -> Shown:
    services.publish_map(actor=actor, public_id=public_id, rev=posted.get("rev", ""), now=now)
    return {}, _("Published: whoever comes in from now on goes by this map")


def _drop(actor: Actor, public_id: str, posted: QueryDict, now: datetime) -> Shown:
    drawing.drop_draft(actor=actor, public_id=public_id, rev=posted.get("rev", ""), now=now)
    return {}, _("The draft is thrown away")


def _hook(actor: Actor, public_id: str, _posted: QueryDict, _now: datetime) -> Shown:
    hooks.renew_hook(actor=actor, public_id=public_id)
    return {"node": START_ID}, _("The address holds from now on; the one before it does not")


def _unhook(actor: Actor, public_id: str, _posted: QueryDict, _now: datetime) -> Shown:
    hooks.drop_hook(actor=actor, public_id=public_id)
    return {"node": START_ID}, _("The address is taken away")


ACTS: Mapping[str, Callable[[Actor, str, QueryDict, datetime], Shown]] = {
    "add": _add, "remove": _remove, "move": _move, "lead": _lead, "set": _set, "start": _begin,
    "condition": _condition, "publish": _publish, "drop": _drop, "hook": _hook,
    "unhook": _unhook,
}  # fmt: skip
