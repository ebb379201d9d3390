"""Operations on lists called through: begin, whose turn it is, pass over, open a deal, end, what came of it."""

from typing import Annotated

from django.utils.translation import gettext_lazy
from ninja import Path, Router

from voronka.connect.api.asking import require_list
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import deals as deal_docs
from voronka.connect.schemas import walks as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit, Named
from voronka.deals.queries import desk
from voronka.deals.queries import walks as queries
from voronka.deals.services import walking
from voronka.kit.actors import Actor
from voronka.people import queries as people

router = Router(tags=["walks"])
Position = Annotated[int, Path(ge=0, le=1_000_000, example=0)]


def _told(actor: Actor, public_id: str) -> docs.Walk:
    row = queries.get_walk(actor, public_id)
    return docs.walk_out(row, queries.progress_of([row])[row.pk], actor.employee_id)


@operation(
    router,
    "GET",
    "",
    scope=scopes.LISTS_WALK,
    answer=docs.WalkList,
    summary=gettext_lazy("List the lists that are called through: one's own, and the shared ones"),
)
def list_walks(request: ApiRequest, limit: Limit = 50, cursor: Cursor = "") -> docs.WalkList:
    """Return a page of lists, newest first, with how far each is."""
    actor, key = request.auth.actor, {"walks": ""}
    walking.require_walker(actor)
    rows = queries.list_walks(actor, before=before_of(cursor, key), most=limit + 1)
    after = cursor_of(str(rows[limit - 1].pk) if len(rows) > limit else "", key)
    page = rows[:limit]
    progress = queries.progress_of(page)
    return docs.WalkList(items=[docs.walk_out(one, progress[one.pk], actor.employee_id) for one in page], next=after)


@operation(
    router,
    "POST",
    "",
    scope=scopes.LISTS_WALK,
    answer=docs.Walk,
    status=201,
    summary=gettext_lazy("Begin to call a list through: whom it finds now is kept"),
)
def start_walk(request: ApiRequest, sent: docs.NewWalk) -> Reply:
    """Keep whom a list of clients or deals finds, two thousand at most, to be called one after another."""
    actor, now = request.auth.actor, request.auth.now
    require_list(actor, sent.subject, sent.query, now=now)
    ids, _problems = queries.list_found(actor, sent.subject, sent.query, now=now, most=walking.MOST + 1)
    walk = walking.start(
        actor=actor,
        subject=sent.subject,
        ids=ids,
        name=sent.name,
        query=sent.query,
        is_shared=sent.is_shared,
        now=now,
    )
    return Reply(_told(actor, walk.public_id), headers={"Location": f"/api/v1/walks/{walk.public_id}"})


@operation(
    router,
    "GET",
    "/{walk}",
    scope=scopes.LISTS_WALK,
    answer=docs.WalkDetail,
    summary=gettext_lazy("Show what came of a list, and who was not reached"),
)
def get_walk(request: ApiRequest, walk: IdInPath) -> docs.WalkDetail:
    """Return a list with its outcomes by button and the first hundred who were not called."""
    actor = request.auth.actor
    walking.require_walker(actor)
    row = queries.get_walk(actor, walk)
    progress = queries.progress_of([row])[row.pk]
    outcomes, unreached = queries.outcomes_of(row, actor), queries.list_unreached(row, actor)
    return docs.walk_detail_out(row, progress, actor.employee_id, outcomes, unreached)


@operation(
    router,
    "POST",
    "/{walk}/next",
    scope=scopes.LISTS_WALK,
    answer=docs.WalkStep,
    summary=gettext_lazy("Take the next client of a list and hold him for 90 seconds"),
)
def take_of_walk(request: ApiRequest, walk: IdInPath) -> docs.WalkStep:
    """Give the next client whose clock allows a call; the one still in hand comes again until something was pressed."""
    actor = request.auth.actor
    step = walking.take(actor=actor, walk_id=walk, now=request.auth.now)
    told = _told(actor, walk)
    if step is None:
        return docs.WalkStep(walk=told, position=None, client=None, deal=None)
    position = step.item.position
    if step.deal is None:
        card = people.get_client(actor, step.item.client.public_id)
        client = Named(id=card.public_id, name=card.name)
        return docs.WalkStep(walk=told, position=position, client=client, deal=None)
    deal = deal_docs.deal_out(actor, desk.get_deal(actor, step.deal.public_id))
    return docs.WalkStep(walk=told, position=position, client=deal.client, deal=deal)


@operation(
    router,
    "POST",
    "/{walk}/items/{position}/skip",
    scope=scopes.LISTS_WALK,
    answer=docs.Walk,
    summary=gettext_lazy("Pass the client in hand over"),
)
def skip_of_walk(request: ApiRequest, walk: IdInPath, position: Position) -> docs.Walk:
    """Pass the client in hand over: he stays unreached."""
    walking.skip(actor=request.auth.actor, walk_id=walk, position=position)
    return _told(request.auth.actor, walk)


@operation(
    router,
    "POST",
    "/{walk}/items/{position}/open",
    scope=scopes.LISTS_WALK,
    answer=deal_docs.Deal,
    summary=gettext_lazy("Open a deal for the client in hand"),
)
def open_of_walk(request: ApiRequest, walk: IdInPath, position: Position, sent: docs.WalkOpen) -> deal_docs.Deal:
    """Open a deal due now and one's own; where he has one by now, that is answered."""
    actor = request.auth.actor
    deal = walking.open_for(
        actor=actor, walk_id=walk, position=position, pipeline=sent.pipeline, now=request.auth.now
    )
    return deal_docs.deal_out(actor, desk.get_deal_row(deal.public_id))


@operation(
    router,
    "POST",
    "/{walk}/stop",
    scope=scopes.LISTS_WALK,
    answer=docs.Walk,
    summary=gettext_lazy("End a list before its end"),
)
def stop_walk(request: ApiRequest, walk: IdInPath) -> docs.Walk:
    """End a list; only who began it may, and who was not reached stays so."""
    walking.stop(actor=request.auth.actor, walk_id=walk, now=request.auth.now)
    return _told(request.auth.actor, walk)
