"""A card carried to another stage: the button of its present stage that leads there, with all that it asks."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from voronka.deals.models import Deal, Stage
from voronka.deals.permissions import EDIT_BUTTONS, PRESS
from voronka.deals.queries import desk as queries
from voronka.deals.queries.asked import word
from voronka.deals.queries.pipelines import list_stages
from voronka.deals.rules.buttons import Button
from voronka.deals.rules.ways import Way, ways_to
from voronka.deals.services import pressing
from voronka.deals.services.locking import team_of
from voronka.deals.views.asks import ask_response
from voronka.deals.views.desk import Looker, seen_address, usable
from voronka.kit import pieces
from voronka.kit.errors import Conflict
from voronka.kit.screens import actor_of, signed_in, wants_fragment


@require_GET
@signed_in
def deal_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open the button that leads to the stage `to`: one at once, several as a menu, none with what to do about it.

    Without `to` the stages are the menu. Nothing moves here: the press does that.
    """
    look = Looker(actor_of(request), datetime.now(UTC))
    deal = queries.get_deal(look.actor, public_id)
    look.actor.require(PRESS, owner_id=deal.responsible_id, team_id=team_of(deal))
    if deal.state != Deal.State.OPEN:
        raise Conflict(_("The deal is closed already: its card is on the board only for today."), code="deal_closed")
    stages = list_stages(deal.pipeline_id)
    buttons = usable(queries.live_buttons(deal.stage_id), look.actor)
    asked = word(request.GET, "to")
    if not asked:
        return _answer(request, deal, "deals/move_menu.html", _stage_menu(deal, stages, buttons))
    target = next((one for one in stages if one.public_id == asked), None)
    if target is None:
        raise Conflict(
            _("This stage was taken out of the pipeline meanwhile. The board is drawn anew."), code="stage_gone"
        )
    if target.pk == deal.stage_id:
        return HttpResponse(status=204)
    ways = ways_to(buttons, target.public_id)
    if not ways:
        return _answer(request, deal, "deals/move_none.html", _no_way(deal, target, stages, buttons, look))
    if len(ways) > 1:
        return _answer(request, deal, "deals/move_menu.html", _way_menu(deal, target, ways))
    return _open(request, deal, target, ways[0], look)


def _open(request: HttpRequest, deal: Deal, target: Stage, way: Way, look: Looker) -> HttpResponse:
    prepared = pressing.prepare(
        actor=look.actor,
        deal_public_id=deal.public_id,
        button=way.button.key,
        outcome=way.outcome.key,
        now=look.now,
        dry=True,
    )
    return ask_response(request, prepared, look, raw={}, problems={}, hint=_move_words(deal, target))


def _move_words(deal: Deal, target: Stage) -> str:
    return f"{deal.client.name}: {deal.stage.name} → {target.name}"


def _answer(request: HttpRequest, deal: Deal, inner: str, own: dict[str, object]) -> HttpResponse:
    context = {"deal": deal, "back": reverse("deals:deal-detail", args=[deal.public_id]), "inner": inner, **own}
    response = render(request, inner if wants_fragment(request) else "deals/move_page.html", context)
    response.headers["HX-Retarget"] = "#v-ask"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _stage_menu(deal: Deal, stages: Sequence[Stage], buttons: Sequence[Button]) -> dict[str, object]:
    """Return the other stages as choices, each with the buttons that lead there."""
    address = reverse("deals:deal-move", args=[deal.public_id])
    choices: list[pieces.Choice] = []
    for stage in stages:
        if stage.pk == deal.stage_id:
            continue
        names = [one.name for one in ways_to(buttons, stage.public_id)]
        said = ", ".join(names) if names else _("no button leads there")
        choices.append(pieces.Choice(stage.name, said, ask=f"{address}?to={stage.public_id}", is_first=not choices))
    return {"title": _("%(name)s: to which stage?") % {"name": deal.client.name}, "choices": choices}


def _way_menu(deal: Deal, target: Stage, ways: Sequence[Way]) -> dict[str, object]:
    choices = [
        pieces.Choice(
            way.name,
            ask=seen_address("deals:press-ask", deal, way.button.key, outcome=way.outcome.key),
            is_first=at == 0,
        )
        for at, way in enumerate(ways)
    ]
    return {"title": _move_words(deal, target), "choices": choices}


def _no_way(
    deal: Deal, target: Stage, stages: Sequence[Stage], buttons: Sequence[Button], look: Looker
) -> dict[str, object]:
    """Return why the card cannot go there, where it can, and who may change that."""
    ways = [(one, ways_to(buttons, one.public_id)) for one in stages if one.pk != deal.stage_id]
    can = [(one.name, ", ".join(way.name for way in found)) for one, found in ways if found]
    return {
        "title": _move_words(deal, target),
        "stage": deal.stage.name,
        "target": target.name,
        "can": can,
        "editor_url": reverse("deals:stage-buttons", args=[deal.stage.public_id])
        if look.actor.may(EDIT_BUTTONS)
        else "",
    }
