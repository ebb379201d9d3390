"""The list of automations; a new one, empty or of a shipped process."""

from collections.abc import Callable, Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from voronka.flows import queries, services
from voronka.flows.models import Automation
from voronka.flows.permissions import EDIT
from voronka.flows.rules.maps import Map
from voronka.flows.rules.scenes import read_map
from voronka.flows.services import ready
from voronka.flows.services.drawing import new_scene
from voronka.flows.services.nodes import event_words, trigger_words
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in


@signed_in
@require_GET
def automation_list(request: HttpRequest) -> HttpResponse:
    """Show the automations with what comes of them."""
    actor, now = actor_of(request), timezone.now()
    before = request.GET.get("before", "")
    rows = queries.list_automations(actor, before=int(before) if before.isdecimal() and len(before) < 18 else None)
    shown = rows[: queries.automations.PAGE]
    figures = queries.figures_of([one.pk for one in shown], now)
    context = {
        "rows": [(one, event_words(one.trigger) if one.trigger else "", figures[one.pk]) for one in shown],
        "next_url": f"?before={shown[-1].pk}" if len(rows) > len(shown) else "",
        "first_url": "?" if before else "",
        "may_edit": actor.may(EDIT),
    }
    return render(request, "flows/automations.html", context)


@signed_in
@require_GET
def scenario_list(request: HttpRequest) -> HttpResponse:
    """Show the scenarios of the bot with what comes of them."""
    actor, now = actor_of(request), timezone.now()
    before = request.GET.get("before", "")
    found = queries.list_automations(
        actor, before=int(before) if before.isdecimal() and len(before) < 18 else None, scenes=True
    )  # fmt: skip
    shown = found[: queries.automations.PAGE]
    figures, maps = (
        queries.scene_figures([one.pk for one in shown], now),
        queries.shown_maps([one.pk for one in shown]),
    )
    context = {
        "rows": [
            {"row": one, "begins": trigger_words(read_map(maps[one.pk])), "figures": figures[one.pk]}
            for one in shown
        ],
        "next_url": f"?before={shown[-1].pk}" if len(found) > len(shown) else "",
        "first_url": "?" if before else "",
        "may_edit": actor.may(EDIT),
    }  # fmt: skip
    return render(request, "flows/scenarios.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def scenario_new(request: HttpRequest) -> HttpResponse:
    """Make a scenario: an empty one by its name, or a ready one."""
    words = {
        "title": _("New scenario"),
        "list": _("Scenarios of the bot"),
        "list_url": reverse("flows:scenarios"),
        "hint": _("Help in choosing"),
        "or_ready": _("Or take a ready scenario"),
        "of_ready": _("It stays off until you switch it on; change its words first."),
    }
    return _new(
        request, words, held=new_scene(), take=ready.take_scene, offered=lambda _actor: ready.scenes_offered()
    )


@signed_in
@require_http_methods(["GET", "POST"])
def automation_new(request: HttpRequest) -> HttpResponse:
    """Make an automation: an empty one by its name, or one of the shipped processes."""
    words = {
        "title": _("New automation"),
        "list": _("Automations"),
        "list_url": reverse("flows:automations"),
        "hint": _("Thanks after an order"),
        "or_ready": _("Or take a ready one"),
        "of_ready": _("It is made with its letters and stays off until you switch it on."),
    }
    return _new(request, words, held=Map(), take=ready.take, offered=ready.offered)


def _new(
    request: HttpRequest,
    words: Mapping[str, str],
    *,
    held: Map,
    take: Callable[..., Automation],
    offered: Callable[[Actor], Sequence[object]],
) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    actor.require(EDIT)
    problems: dict[str, str] = {}
    name = request.POST.get("name", "")[:500]
    if request.method == "POST":
        try:
            if request.POST.get("ready"):
                row = take(actor=actor, code=request.POST["ready"][:40], now=now)
            else:
                row = services.make(actor=actor, name=name, now=now, held=held)
        except Invalid as refusal:
            problems = {key: str(said) for key, said in refusal.fields.items()}
        else:
            return redirect("flows:automation", row.public_id)
    context = {"name": name, "problems": problems, "ready": offered(actor), "words": words}
    return render(request, "flows/new.html", context, status=422 if problems else 200)
