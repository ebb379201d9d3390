"""Operations on automations: how they are, who walks them, somebody brought in or let out by a program."""

from typing import Annotated

from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.api.paging import cursor_of, place_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import automations as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.flows import queries, services

router = Router(tags=["automations"])
SEE, EDIT, RUN = "flows.see", "flows.edit", "flows.run"


def _before(cursor: str, asked: dict[str, str]) -> int | None:
    place = place_of(cursor, asked)
    return int(place) if place.isascii() and place.isdecimal() and len(place) < 19 else None


@operation(
    router, "GET", "", scope=scopes.AUTOMATIONS_READ, answer=docs.AutomationList, right=SEE,
    summary=gettext_lazy("List automations"),
)  # fmt: skip
def list_automations(request: ApiRequest, limit: Limit = 50, cursor: Cursor = "") -> docs.AutomationList:
    """Return a page of automations with what comes of them."""
    found = queries.list_automations(request.auth.actor, before=_before(cursor, {}), size=limit)
    shown = found[:limit]
    figures = queries.figures_of([one.pk for one in shown], request.auth.now)
    following = cursor_of(str(shown[-1].pk) if len(found) > limit else "", {})
    return docs.AutomationList(items=[docs.automation_out(one, figures[one.pk]) for one in shown], next=following)


@operation(
    router, "GET", "/scenarios", scope=scopes.AUTOMATIONS_READ, answer=docs.ScenarioList, right=SEE,
    summary=gettext_lazy("List scenarios of the bot"),
)  # fmt: skip
def list_scenarios(request: ApiRequest, limit: Limit = 50, cursor: Cursor = "") -> docs.ScenarioList:
    """Return a page of scenarios; they are switched, and their walks are read, as those of automations."""
    found = queries.list_automations(request.auth.actor, before=_before(cursor, {}), size=limit, scenes=True)
    shown = found[:limit]
    figures = queries.scene_figures([one.pk for one in shown], request.auth.now)
    following = cursor_of(str(shown[-1].pk) if len(found) > limit else "", {})
    return docs.ScenarioList(items=[docs.scenario_out(one, figures[one.pk]) for one in shown], next=following)


@operation(
    router, "PUT", "/{automation}/switch", scope=scopes.AUTOMATIONS_WRITE, answer=docs.Automation, right=EDIT,
    summary=gettext_lazy("Switch an automation on or off"),
)  # fmt: skip
def switch_automation(request: ApiRequest, automation: IdInPath, sent: docs.AutomationSwitch) -> docs.Automation:
    """Switch it: while it is off nobody comes in, and those inside wait where they stand."""
    actor, now = request.auth.actor, request.auth.now
    row = services.switch(actor=actor, public_id=automation, is_on=sent.is_on, now=now)
    return docs.automation_out(row, queries.figures_of([row.pk], now)[row.pk])


@operation(
    router, "GET", "/{automation}/walks", scope=scopes.AUTOMATIONS_READ, answer=docs.WalkList, right=SEE,
    summary=gettext_lazy("List who walks an automation"),
)  # fmt: skip
def list_automation_walks(
    request: ApiRequest,
    automation: IdInPath,
    state: Annotated[str, Query(max_length=10, description="running, failed, done, left or stopped.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.WalkList:
    """Return a page of walks, without their logs."""
    actor, asked = request.auth.actor, {"automation": automation, "state": state}
    row = queries.get_automation(actor, automation)
    page = queries.list_runs(actor, automation=row, state=state, before=_before(cursor, asked), size=limit)
    seen = services.sees(actor, page.rows)
    names = services.names_seen(actor, seen)
    following = cursor_of(str(page.before) if page.before else "", asked)
    return docs.WalkList(items=[docs.walk_out(one, names) for one in seen], next=following)


@operation(
    router, "POST", "/{automation}/walks", scope=scopes.AUTOMATIONS_WRITE, answer=docs.Walk, right=RUN,
    summary=gettext_lazy("Bring somebody into an automation"),
)  # fmt: skip
def start_automation(request: ApiRequest, automation: IdInPath, sent: docs.WalkGiven) -> docs.Walk:
    """Bring a record in; who is inside already stays where he is, and his walk is returned."""
    actor = request.auth.actor
    made = services.bring_in(actor=actor, automation=automation, subject=sent.subject, now=request.auth.now)
    return _walk(request, made.public_id)


@operation(
    router, "GET", "/walks/{walk}", scope=scopes.AUTOMATIONS_READ, answer=docs.Walk, right=SEE,
    summary=gettext_lazy("Get a walk through an automation, with its log"),
)  # fmt: skip
def get_automation_walk(request: ApiRequest, walk: IdInPath) -> docs.Walk:
    """Return a walk with all that happened on the way."""
    return _walk(request, walk)


@operation(
    router, "POST", "/walks/{walk}/stop", scope=scopes.AUTOMATIONS_WRITE, answer=docs.Walk, right=RUN,
    summary=gettext_lazy("Stop an automation for somebody"),
)  # fmt: skip
def stop_automation_walk(request: ApiRequest, walk: IdInPath) -> docs.Walk:
    """Let him out; who is out already stays so."""
    services.stop(actor=request.auth.actor, public_id=walk, now=request.auth.now)
    return _walk(request, walk)


@operation(
    router, "POST", "/walks/{walk}/again", scope=scopes.AUTOMATIONS_WRITE, answer=docs.Walk, right=RUN,
    summary=gettext_lazy("Try a stuck step of an automation again"),
)  # fmt: skip
def retry_automation_walk(request: ApiRequest, walk: IdInPath) -> docs.Walk:
    """Let it be tried again; refused where nothing is stuck."""
    services.try_again(actor=request.auth.actor, public_id=walk, now=request.auth.now)
    return _walk(request, walk)


def _walk(request: ApiRequest, public_id: str) -> docs.Walk:
    actor = request.auth.actor
    run = services.seen_run(actor, public_id)
    return docs.walk_out(run, services.names_seen(actor, [run]), queries.log_of(run))
