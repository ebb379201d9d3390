"""The editor of a map: drawn, told as a list, its open node beside it, its dry run below."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from voronka.flows import queries, services
from voronka.flows.permissions import EDIT, RUN
from voronka.flows.rules.ideas import count_ideas, write_ideas
from voronka.flows.rules.scenes import SUBJECT, Scene
from voronka.flows.services import drawing, nodes, offering, replaying, stopping, trying
from voronka.flows.services.moments import weighed
from voronka.flows.services.scenes.trying import Tried, read_tried, try_scene
from voronka.flows.services.words import AGAIN, clock, line_words
from voronka.flows.views.beside import beside_context
from voronka.flows.views.map_acts import ACTS, typed_settings
from voronka.flows.views.pieces import START_ID, Here, map_context, read_place
from voronka.kit import wording
from voronka.kit.errors import Conflict, Invalid, NotFound, Refusal
from voronka.kit.pieces import Stat
from voronka.kit.screens import actor_of, signed_in, wants_fragment


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
        "site": request.build_absolute_uri("/").rstrip("/"),
        "may_run": actor.may(RUN),
        "agains": [(code, str(words)) for code, words in AGAIN.items()],
        "stats": _scene_stats(row.pk, now) if row.subject == SUBJECT else _stats(figures),
        "is_scene": isinstance(here.drawn.map, Scene),
        "dry": {} if isinstance(here.drawn.map, Scene) or _is_live(here) else _dry(here, request.GET, now),
        "tried": tried or Tried(here.drawn.rev),
        **_live(here, request.GET, now),
        **map_context(here, *_figures(here, now)),
        **beside_context(here),
    }
    return render(request, "flows/automation.html", context, status=status)


def _figures(
    here: Here, now: datetime
) -> tuple[Mapping[str, queries.NodeFigures], Mapping[tuple[str, str], int]]:  # fmt: skip
    """Return the figures of nodes and, where visitors walk, of lines: of what is published, if that is drawn."""
    if here.drawn.is_draft:
        return {}, {}
    pk = here.drawn.version.pk
    ways = queries.way_figures(pk, now) if _is_live(here) else {}
    return queries.node_figures(pk), ways


def _is_live(here: Here) -> bool:
    return offering.is_live(nodes.subject_of(here.drawn.map))


def _live(here: Here, asked: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Return what stands beside the map of live records: who yields, ideas, the try on a recorded visit."""
    row = here.drawn.automation
    ideas = {"count": count_ideas(row.ideas), "tree": row.ideas, "text": write_ideas(row.ideas)}
    if not _is_live(here):
        return {"is_live": False}
    shown = sorted(
        (step.yields(), number, step.called(), one.id)
        for number, one in enumerate(here.drawn.map.nodes)
        if (step := weighed(one)) is not None
    )
    return {
        "is_live": True,
        "shows_ideas": "ideas" in asked,
        "ideas": ideas,
        "yields": [(name, here.url(node=node_id) + "#beside") for _rank, _number, name, node_id in shown],
        "order": [(one, one.pk == row.pk) for one in drawing.live_order()],
        "replay": _replay(here, asked, now),
    }


def _replay(here: Here, asked: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Return the try on a recorded visit: whom, which visit, and its marks on a scale."""
    actor, kind = here.actor, nodes.subject_of(here.drawn.map)
    traveller = offering.traveller_of(kind)
    words, chosen = asked.get("q", "").strip()[:200].replace("\0", ""), asked.get("on", "")[:12]
    found = traveller.find(actor, words)
    picked = traveller.pick(actor, chosen) if chosen.isalnum() else found[0] if len(found) == 1 and words else None
    piece: dict[str, Any] = {"q": words, "found": found, "on": picked, "nobody": bool(words) and not found}
    if picked is None or traveller.replay is None:
        return piece
    times = [(code, clock(at, actor, now)) for code, at in traveller.replay.times(picked.id)]
    visit = asked.get("visit", "")[:8] or (times[0][0] if times else "")
    piece |= {"times": times, "visit": visit}
    try:
        done = replaying.replay(actor=actor, drawn=here.drawn, subject=picked.public_id, chosen=visit)
    except Refusal as refusal:
        return piece | {"why": refusal.message}
    return piece | {"marks": [_mark(one, done.began, here, now) for one in done.marks], "is_run": True}


def _mark(mark: replaying.Mark, began: datetime, here: Here, now: datetime) -> dict[str, Any]:
    seconds = max(round((mark.at - began).total_seconds()), 0)
    far = seconds >= 3600
    said = mark.words if mark.line is None else line_words(mark.line, {}, here.actor, now)
    effects = mark.line.effects if mark.line else []
    is_hidden = bool(effects) and not any(one.get("happens", True) for one in effects)
    return {
        "time": f"+ {wording.duration(seconds, here.actor.language)}"
        if far
        else f"{seconds // 60}:{seconds % 60:02d}",
        "words": said,
        "kind": "did" if mark.line is None else "hidden" if is_hidden else "shown" if effects else "way",
    }


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
        typed = typed_settings(drawn, node, posted)
        here = Here(drawn, actor, True, node or START_ID, None, posted, typed, errors, refusal.message)
        return _page(request, here, status=422)
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return redirect(Here(drawing.drawn_of(row), actor, True).url(**({"node": node} if node else {})))
    if said:
        messages.success(request, said)
    return redirect(Here(drawing.drawn_of(row), actor, True).url(**shown))


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
        elif what == "earlier":
            drawing.put_earlier(actor=actor, public_id=posted.get("which", public_id)[:12], now=now)
        elif what == "ideas":
            drawing.set_ideas(actor=actor, public_id=public_id, text=posted.get("ideas", "")[:40_000], now=now)
            messages.success(request, _("Saved"))
            return redirect(f"{reverse('flows:automation', args=[public_id])}?ideas=1")
        elif what == "again_all":
            count = stopping.try_all_again(actor=actor, automation=row, now=now)
            messages.success(request, _("They go on: %(n)d") % {"n": count})
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
