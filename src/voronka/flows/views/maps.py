"""The editor of a map: drawn, told as a list, its open node beside it, its dry run below."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from voronka.flows import queries, services
from voronka.flows.permissions import EDIT, RUN
from voronka.flows.rules.scenes import SUBJECT, Scene
from voronka.flows.services import drawing, nodes, offering, stopping, trying
from voronka.flows.services.drawing import Drawn
from voronka.flows.services.scenes.setups import Start
from voronka.flows.services.scenes.trying import Tried, read_tried, try_scene
from voronka.flows.services.words import AGAIN, clock
from voronka.flows.views.pieces import START_ID, Here, beside_context, map_context, read_place
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound, Refusal
from voronka.kit.facets import facets_of
from voronka.kit.making import made_condition
from voronka.kit.pieces import Stat
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.kit.step_forms import read_settings


@signed_in
@require_GET
def automation(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the map of an automation."""
    actor = actor_of(request)
    row = queries.get_automation(actor, public_id)
    drawn = drawing.drawn_of(row)
    here = Here(
        drawn, actor, actor.may(EDIT), request.GET.get("node", "")[:8],
        read_place(request.GET.get("add", "")) if ":" in request.GET.get("add", "") else None, request.GET,
    )  # fmt: skip
    return _page(request, here, status=200)


def _page(request: HttpRequest, here: Here, *, status: int, tried: Tried | None = None) -> HttpResponse:
    row, now, actor = here.drawn.automation, timezone.now(), here.actor
    figures = queries.figures_of([row.pk], now)[row.pk]
    live = row.versions.filter(state="live").first()
    context = {
        "row": row,
        "here": here,
        "drawn": here.drawn,
        "rev": here.drawn.rev,
        "live": live,
        "saved": _saved(here, live.number if live else 0, now),
        "may_edit": here.may_edit,
        "may_run": actor.may(RUN),
        "agains": [(code, str(words)) for code, words in AGAIN.items()],
        "stats": _scene_stats(row.pk, now) if row.subject == SUBJECT else _stats(figures),
        "is_scene": isinstance(here.drawn.map, Scene),
        "dry": {} if isinstance(here.drawn.map, Scene) else _dry(here, request.GET, now),
        "tried": tried or Tried(here.drawn.rev),
        **map_context(here, queries.node_figures(here.drawn.version.pk) if not here.drawn.is_draft else {}),
        **beside_context(here),
    }
    return render(request, "flows/automation.html", context, status=status)


def _stats(figures: queries.Figures) -> list[Stat]:
    return [
        Stat(_("Inside now"), wording.number(figures.inside)),
        Stat(_("Came in, 30 days"), wording.number(figures.entered)),
        Stat(_("Reached the goal"), wording.number(figures.goals)),
        Stat(_("Stuck"), wording.number(figures.stuck), tone="late" if figures.stuck else ""),
    ]


def _scene_stats(pk: int, now: datetime) -> list[Stat]:
    figures = queries.scene_figures([pk], now)[pk]
    return [
        Stat(_("Inside now"), wording.number(figures.inside)),
        Stat(_("Started, 30 days"), wording.number(figures.started)),
        Stat(pgettext("scenarios", "Finished"), wording.number(figures.finished)),
        Stat(pgettext("scenarios", "Handed over"), wording.number(figures.handed)),
        Stat(pgettext("scenarios", "Dropped"), wording.number(figures.dropped)),
    ]


@signed_in
@require_POST
def try_scenario(request: HttpRequest, public_id: str) -> HttpResponse:
    """Talk with the draft of a scenario; nothing of it lasts."""
    actor, posted = actor_of(request), request.POST
    row = queries.get_automation(actor, public_id)
    here = Here(drawing.drawn_of(row), actor, actor.may(EDIT))
    if not isinstance(here.drawn.map, Scene):
        raise NotFound(_("There is no such scenario."))
    tried = read_tried(posted.get("kept", "")[:60_000], here.drawn.rev)
    if posted.get("do") == "anew" or not tried.begun:
        tried = Tried(here.drawn.rev, away=tried.away if tried.begun else bool(posted.get("away")))
    text = (posted.get("press") or posted.get("text", ""))[:500].replace("\0", "")
    tried = try_scene(actor=actor, held=here.drawn.map, name=row.name, tried=tried, text=text, now=timezone.now())
    if wants_fragment(request):
        return render(request, "flows/_try.html", {"row": row, "tried": tried})
    return _page(request, here, status=200, tried=tried)


def _saved(here: Here, live: int, now: datetime) -> str:
    if not here.drawn.is_draft:
        return _("version %(n)d is published") % {"n": live}
    at = clock(here.drawn.version.saved_at, here.actor, now)
    return _("draft of %(at)s") % {"at": at} if not live else _("draft of %(at)s, version %(n)d works") % {
        "at": at, "n": live,
    }  # fmt: skip


def _dry(here: Here, asked: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Return the dry run: the chosen record, or those found by words, and its way through the map."""
    actor, held = here.actor, here.drawn.map
    traveller = offering.find_traveller(nodes.subject_of(held))
    words, chosen = asked.get("q", "").strip()[:200].replace("\0", ""), asked.get("on", "")[:12]
    piece: dict[str, Any] = {"q": words, "on": chosen, "found": [], "rows": [], "why": "", "name": ""}
    if traveller is None:
        return piece | {"why": _("Say first what begins the automation.")}
    if words:
        found = traveller.find(actor, words)
        if len(found) == 1:
            chosen = found[0].public_id
        else:
            piece["found"] = [(one.name, here.url(on=one.public_id) + "#v-dry") for one in found]
            piece["nobody"] = not found
    if not chosen.isalnum():
        return piece
    picked = traveller.pick(actor, chosen)
    if picked is None:
        return piece | {"nobody": True}
    come = frozenset(asked.get("come", "").split(","))
    try:
        trial = trying.try_map(
            actor=actor, automation=here.drawn.automation, held=held, subject=chosen, now=now, come=come
        )  # fmt: skip
    except Refusal as refusal:
        return piece | {"why": refusal.message}
    speaker = nodes.Speaker(nodes.subject_of(held), actor)
    rows = []
    for one in trial.lines:
        other = ""
        if one.node.kind == "await":
            changed = come ^ {one.node.id}
            other = here.url(on=chosen, come=",".join(sorted(changed - {""}))) + "#v-dry"
        rows.append(
            {
                "time": clock(one.at, actor, now),
                "text": speaker.words(one.node),
                "way": nodes.way_words(one.node, one.turn.way) if one.turn else "",
                "effects": [(each.words, each.happens) for each in one.turn.effects] if one.turn else [],
                "why": one.why,
                "other": other,
            }
        )
    return piece | {
        "on": chosen, "name": picked.name, "rows": rows, "until": clock(trial.until, actor, now),
        "comes_in": trial.comes_in, "is_run": True,
    }  # fmt: skip


# --- changes ----------------------------------------------------------------------------------------------------------


@signed_in
@require_POST
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change the map: add, remove, move, lead, set a node, say what begins it; publish, drop the draft."""
    actor, posted, now = actor_of(request), request.POST, timezone.now()
    row = queries.get_automation(actor, public_id)
    actor.require(EDIT)
    act = ACTS.get(posted.get("do", ""))
    if act is None:
        raise NotFound(_("There is no such act."))
    node = posted.get("node", "")[:8]
    try:
        shown, said = act(actor, public_id, posted, now)
    except Invalid as refusal:
        drawn = drawing.drawn_of(row)
        errors = dict(refusal.fields)
        if posted.get("do") == "publish":
            messages.error(request, refusal.message)
            return redirect("flows:automation", public_id)
        here = Here(
            drawn, actor, True, node or START_ID, None, posted, _typed(drawn, node, posted), errors, refusal.message
        )  # fmt: skip
        return _page(request, here, status=422)
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return redirect(Here(drawing.drawn_of(row), actor, True).url(**({"node": node} if node else {})))
    if said:
        messages.success(request, said)
    return redirect(Here(drawing.drawn_of(row), actor, True).url(**shown))


Shown = tuple[dict[str, str], str]


def _typed(drawn: Drawn, node_id: str, posted: QueryDict) -> dict[str, Any]:
    node = drawn.map.node(node_id)
    if node is None:
        return _start_typed(posted)
    if node.kind == "split":
        shares = posted.get("shares", "").replace("/", " ").replace("%", " ").replace(",", " ").split()[:6]
        return {"shares": [int(one) if one.isascii() and one.isdecimal() and len(one) < 4 else one for one in shares]}
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
        settings=_typed(drawn, node, posted), now=now,
    )  # fmt: skip
    return {"node": node}, _("Saved")


def _begin(actor: Actor, public_id: str, posted: QueryDict, now: datetime) -> Shown:
    typed = _start_typed(posted)
    drawing.set_start(
        actor=actor, public_id=public_id, rev=posted.get("rev", ""), trigger=typed, goal=posted.get("goal", "")[:80],
        now=now,
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


ACTS: Mapping[str, Callable[[Actor, str, QueryDict, datetime], Shown]] = {
    "add": _add, "remove": _remove, "move": _move, "lead": _lead, "set": _set, "start": _begin,
    "condition": _condition, "publish": _publish, "drop": _drop,
}  # fmt: skip


@signed_in
@require_POST
def set_up(request: HttpRequest, public_id: str) -> HttpResponse:
    """Rename an automation, switch it on or off, let everybody out, put it away."""
    actor, posted, now = actor_of(request), request.POST, timezone.now()
    row = queries.get_automation(actor, public_id)
    what = posted.get("do", "")
    try:
        if what in ("on", "off"):
            services.switch(actor=actor, public_id=public_id, is_on=what == "on", now=now)
            messages.success(request, _("Switched on") if what == "on" else _("Switched off"))
        elif what == "stop_all":
            count = stopping.stop_all(actor=actor, automation=row, now=now)
            messages.success(request, _("Stopped: %(n)d") % {"n": count})
        elif what == "remove":
            services.remove(actor=actor, public_id=public_id, now=now)
            return redirect("flows:scenarios" if row.subject == SUBJECT else "flows:automations")
        else:
            days = posted.get("again_days", "30")
            services.set_up(
                actor=actor, public_id=public_id, name=posted.get("name", "")[:500],
                again=posted.get("again", row.again if row.subject == SUBJECT else ""),
                again_days=int(days) if days.isascii() and days.isdecimal() and len(days) < 6 else 0, now=now,
            )  # fmt: skip
            messages.success(request, _("Saved"))
    except (Conflict, Invalid) as refusal:
        messages.error(request, refusal.message)
    return redirect("flows:automation", public_id)
