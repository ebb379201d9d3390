"""Operations on deals, presses, pipelines and the queue."""

import dataclasses
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.accounts import queries as accounts
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, filters_of, operation, refuse_filters, require_sort
from voronka.connect.api.paging import bad_cursor, before_of, cursor_of, place_of
from voronka.connect.api.problems import AnswersNeeded
from voronka.connect.queries.walking import SORTED_BY_ID, BadPlace, read_keyed_page
from voronka.connect.rules import scopes
from voronka.connect.schemas import deal_goods as goods_docs
from voronka.connect.schemas import deals as docs
from voronka.connect.schemas import tasks as task_docs
from voronka.connect.schemas.clients import places_out
from voronka.connect.schemas.common import Cursor, IdInPath, Limit, NumberInPath
from voronka.connect.schemas.outer import Outer
from voronka.deals import services
from voronka.deals.queries import desk, lists, pipelines
from voronka.deals.queries import goods as goods_queries
from voronka.deals.queries.shown import effects_shown
from voronka.deals.services import filling, goods
from voronka.deals.services.by_hand import open_by_hand
from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.steps import Effect
from voronka.people import queries as people
from voronka.work import queries as queue

if TYPE_CHECKING:
    from voronka.deals.models import Deal as DealRow

router = Router(tags=["deals"])
presses = Router(tags=["deals"])
ways = Router(tags=["pipelines"])
reasons = Router(tags=["pipelines"])
tasks = Router(tags=["tasks"])
NAMESPACE = uuid.UUID("5b0a3f52-6f0b-4f3e-8d0c-2f6f0e4f8a11")
Word = Annotated[str, Query(max_length=60)]


def _deal(request: ApiRequest, deal: str) -> "DealRow":
    return desk.get_deal(request.auth.actor, deal)


@operation(
    router,
    "GET",
    "",
    scope=scopes.DEALS_READ,
    answer=docs.DealList,
    facets_of="deal",
    right="deals.see",
    summary=gettext_lazy("List deals, by the filters of the screen"),
)
def list_deals(
    request: ApiRequest,
    q: Annotated[str, Query(max_length=200, description="Part of the client's name, end of his phone.")] = "",
    pipeline: Word = "",
    stage: Word = "",
    state: Literal["open", "won", "lost", "archived", "all"] = "open",
    responsible: Annotated[str, Query(max_length=60, description="me, pool or an employee.")] = "",
    tag: Word = "",
    client: Word = "",
    sort: Annotated[str, Query(max_length=80)] = f"-{SORTED_BY_ID}",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.DealList:
    """Return a page of deals that the actor may see."""
    actor, filters = request.auth.actor, filters_of(request)
    require_sort("deal", sort, actor, more=[SORTED_BY_ID])
    wanted, problems = facets.condition("deal", dict(filters), actor, now=request.auth.now)
    refuse_filters(problems)
    named = {"pipeline": pipeline, "stage": stage, "responsible": responsible, "tags": tag}
    plain = {code: text for code, text in named.items() if text}
    asked = lists.Asked(q=q, state="all" if "state" in filters else state, filters=plain)
    found = lists.search_deals(actor, asked, now=request.auth.now).rows.filter(wanted)
    if client:
        found = found.filter(client__public_id=client)
    key = {
        **filters, "q": q, "pipeline": pipeline, "stage": stage, "state": state, "responsible": responsible,
        "tag": tag, "client": client, "sort": sort,
    }  # fmt: skip
    rows = found.select_related("client", "stage", "pipeline", "responsible", "open_task", "loss_reason")
    try:
        page, after = read_keyed_page(actor, rows, "deal", sort, place_of(cursor, key), limit)
    except BadPlace as error:
        raise bad_cursor() from error
    return docs.DealList(items=docs.deals_out(actor, page), next=cursor_of(after, key))


@operation(
    router, "POST", "", scope=scopes.DEALS_WRITE, answer=docs.Deal, status=201, summary=gettext_lazy("Open a deal")
)
def open_deal(request: ApiRequest, sent: docs.NewDeal) -> Reply:
    """Open a deal with its first step. The same request again, under its Idempotency-Key, opens none."""
    caller = request.auth
    pipeline = sent.pipeline or _usual_pipeline()
    fields = Outer.load(caller.actor).values_in(sent.fields, of_deal=True) if sent.fields else {}
    try:
        row = open_by_hand(
            actor=caller.actor,
            client=sent.client,
            pipeline=pipeline,
            title=sent.title,
            amount="" if sent.sum is None else str(sent.sum),
            responsible=sent.responsible,
            first=sent.first_call,
            now=caller.now,
            source="api",
            fields=fields,
        )
    except NotFound as missing:
        raise Invalid(missing.message, fields={"client": missing.message}) from missing
    except Invalid as wrong:
        raise _renamed(wrong) from wrong
    location = {"Location": f"/api/v1/deals/{row.public_id}"}
    return Reply(_changed(caller.actor, row.public_id), headers=location)


def _renamed(wrong: Invalid) -> Invalid:
    """Return a refusal with the places as the sender names them."""
    places = {"sum" if name == "amount" else name: words for name, words in places_out(wrong.fields).items()}
    return Invalid(wrong.message, fields=places)


def _shown_effects(actor: Actor, effects: Sequence[Effect]) -> Sequence[Effect]:
    """Return what a press did without the values of fields that are hidden from the actor."""
    plain = [{"code": one.code, "words": str(one.words), "place": str(at)} for at, one in enumerate(effects)]
    return [
        dataclasses.replace(effects[int(one["place"])], words=one["words"]) for one in effects_shown(actor, plain)
    ]


def _changed(actor: Actor, public_id: str) -> docs.Deal:
    """Return a deal as its changer left it, also where the change has put it out of his sight."""
    return docs.deal_out(actor, desk.get_deal_row(public_id))


def _usual_pipeline() -> str:
    """Return the pipeline of new requests, else the first one."""
    rows = pipelines.list_pipelines()
    found = next((one for one in rows if one.code == "new_lead"), rows[0] if rows else None)
    return found.public_id if found is not None else ""


@operation(router, "GET", "/{deal}", scope=scopes.DEALS_READ, answer=docs.Deal, summary=gettext_lazy("Show a deal"))
def get_deal(request: ApiRequest, deal: IdInPath) -> docs.Deal:
    """Return a deal."""
    return docs.deal_out(request.auth.actor, _deal(request, deal))


@operation(
    router,
    "PATCH",
    "/{deal}",
    scope=scopes.DEALS_WRITE,
    answer=docs.Deal,
    summary=gettext_lazy("Change own fields of an open deal"),
)
def change_deal(request: ApiRequest, deal: IdInPath, sent: docs.DealChanges) -> docs.Deal:
    """Change the own fields that are sent. Who may not see the deal is told that there is none."""
    caller = request.auth
    _deal(request, deal)
    values = Outer.load(caller.actor).values_in(sent.fields, of_deal=True)
    try:
        filling.change_deal(actor=caller.actor, deal_public_id=deal, fields=values, now=caller.now)
    except Invalid as wrong:
        raise _renamed(wrong) from wrong
    return _changed(caller.actor, deal)


@operation(
    router,
    "GET",
    "/{deal}/goods",
    scope=scopes.DEALS_READ,
    answer=goods_docs.GoodsLines,
    right="catalogue.see",
    summary=gettext_lazy("Show the goods of a deal"),
)
def list_deal_goods(request: ApiRequest, deal: IdInPath) -> goods_docs.GoodsLines:
    """Return the lines of a deal in their order. To a role that does not work with goods there are none."""
    actor, row = request.auth.actor, _deal(request, deal)
    goods_queries.require_goods(actor)
    return goods_docs.goods_out(actor, row, goods_queries.lines_shown(actor, row))


@operation(
    router,
    "PUT",
    "/{deal}/goods",
    scope=scopes.DEALS_WRITE,
    answer=goods_docs.GoodsLines,
    right="catalogue.see",
    summary=gettext_lazy("Put the goods of an open deal whole: their sum becomes the sum of the deal"),
)
def set_deal_goods(request: ApiRequest, deal: IdInPath, sent: goods_docs.GoodsGiven) -> goods_docs.GoodsLines:
    """Let a deal have these lines and no others, or say what is wrong in which of them."""
    caller = request.auth
    _deal(request, deal)
    drafts = [goods.LineDraft(**one.model_dump()) for one in sent.lines]
    done = goods.set_goods(actor=caller.actor, deal_public_id=deal, drafts=drafts, now=caller.now)
    return goods_docs.goods_out(caller.actor, done.deal, done.lines)


@operation(
    router,
    "GET",
    "/{deal}/buttons",
    scope=scopes.DEALS_WRITE,
    answer=docs.ButtonList,
    summary=gettext_lazy("Show the buttons that may be pressed now, and what each asks"),
)
def list_buttons(request: ApiRequest, deal: IdInPath) -> docs.ButtonList:
    """Return the live buttons of the deal's stage; none once it is closed."""
    caller = request.auth
    found = services.offered_buttons(actor=caller.actor, deal_public_id=deal, now=caller.now)
    step = _deal(request, deal).open_task
    return docs.ButtonList(
        items=[docs.button_out(one) for one in found], step=step.public_id if step is not None else None
    )


@operation(
    router,
    "POST",
    "/{deal}/press",
    scope=scopes.DEALS_WRITE,
    answer=docs.Pressed,
    summary=gettext_lazy("Press a button of a deal: all its steps happen, or none"),
)
def press_button(request: ApiRequest, deal: IdInPath, sent: docs.PressGiven) -> docs.Pressed:
    """Press a button. What it asks and is not answered comes back as the problem `needs_answers`."""
    caller = request.auth
    seen = _deal(request, deal).open_task
    if sent.step is not None and (seen is None or seen.public_id != sent.step):
        raise Conflict(_("This client has been worked on meanwhile. Read the deal again."), code="moved_on")
    token = f"{caller.actor.company_id}/{caller.name}/{deal}/{request.headers.get('Idempotency-Key', '')}"
    try:
        done = services.press(
            actor=caller.actor,
            deal_public_id=deal,
            button=sent.button,
            outcome=sent.outcome,
            request_id=uuid.uuid5(NAMESPACE, token),
            answers=sent.answers,
            now=caller.now,
            seen_task_id=seen.pk if sent.step is not None and seen is not None else None,
        )
    except services.NeedsAnswers as needs:
        asks = [docs.ask_out(ask).model_dump() for ask in needs.prepared.asks]
        refusal = AnswersNeeded(needs.message, more={"asks": asks})
        refusal.fields = {f"answers.{key}": words for key, words in needs.fields.items()}
        raise refusal from needs
    return docs.Pressed(
        id=done.press_id,
        label=done.label,
        effects=docs.effects_out(_shown_effects(caller.actor, done.effects)),
        undo_until=done.undo_until,
        deal=_changed(caller.actor, done.deal_public_id),
    )


@operation(
    router,
    "GET",
    "/{deal}/presses",
    scope=scopes.DEALS_READ,
    answer=docs.PressList,
    summary=gettext_lazy("List the presses of a deal"),
)
def list_presses(request: ApiRequest, deal: IdInPath, limit: Limit = 50, cursor: Cursor = "") -> docs.PressList:
    """Return a page of presses, newest first."""
    row, asked = _deal(request, deal), {"presses": deal}
    rows = desk.list_presses(row.pk, before=before_of(cursor, asked), limit=limit + 1)
    after = cursor_of(str(rows[limit - 1].pk) if len(rows) > limit else "", asked)
    return docs.PressList(items=[docs.press_out(request.auth.actor, one) for one in rows[:limit]], next=after)


@operation(
    presses,
    "POST",
    "/{press}/undo",
    scope=scopes.DEALS_WRITE,
    answer=docs.Undone,
    summary=gettext_lazy("Take a press back"),
)
def undo_press(request: ApiRequest, press: NumberInPath, sent: docs.UndoGiven) -> docs.Undone:
    """Take a press back exactly, or say why not. Who may not see its deal is told that there is no such press."""
    caller = request.auth
    found = desk.find_press(press)
    if found is None:
        raise NotFound(_("There is no such press."))
    desk.get_deal(caller.actor, found.deal.public_id)
    done = services.undo(actor=caller.actor, press_id=press, now=caller.now, agreed=sent.agreed)
    stays = [channel for channel, _at in done.stays]
    return docs.Undone(label=done.label, stays=stays, deal=_changed(caller.actor, done.deal_public_id))


@operation(
    ways,
    "GET",
    "",
    scope=scopes.COMPANY_READ,
    answer=docs.PipelineList,
    summary=gettext_lazy("List the pipelines with their stages"),
)
def list_pipelines(request: ApiRequest) -> docs.PipelineList:
    """Return the pipelines in their order, those put away too."""
    stages = pipelines.stages_by_pipeline()
    rows = pipelines.list_pipelines(active=False)
    return docs.PipelineList(items=[docs.pipeline_out(one, stages.get(one.pk, [])) for one in rows])


@operation(
    tasks,
    "GET",
    "",
    scope=scopes.TASKS_READ,
    answer=task_docs.TaskList,
    summary=gettext_lazy("List tasks of the queue"),
)
def list_tasks(
    request: ApiRequest,
    state: Literal["open", "closed"] = "open",
    kind: Annotated[str, Query(max_length=30)] = "",
    employee: Annotated[str, Query(max_length=40, description="me or an employee.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> task_docs.TaskList:
    """Return a page of one's own tasks, those of one's pools, and of colleagues as far as their load may be seen."""
    actor = request.auth.actor
    asked = {"tasks": state, "kind": kind, "employee": employee}
    owner = None
    if employee:
        owner = actor.employee_id if employee == "me" else accounts.get_employee(employee).pk
    rows = queue.list_queue(
        actor,
        desk.my_pools(actor),
        is_open=state == "open",
        kind=kind,
        employee_id=owner,
        before=before_of(cursor, asked),
        limit=limit + 1,
    )
    after = cursor_of(str(rows[limit - 1].pk) if len(rows) > limit else "", asked)
    page = rows[:limit]
    deals = pipelines.public_ids("deal", [one.subject_id for one in page if one.subject_kind == "deal"])
    found = people.client_rows([one.client_id for one in page if one.client_id is not None])
    clients = {pk: (one.public_id, people.name_shown(request.auth.actor, one.name)) for pk, one in found.items()}
    return task_docs.TaskList(items=[task_docs.task_out(one, deals, clients) for one in page], next=after)


@operation(
    tasks,
    "POST",
    "/next",
    scope=scopes.TASKS_WORK,
    answer=docs.Turn,
    right="work.feed",
    summary=gettext_lazy("Take the next client of the feed and hold him for 90 seconds"),
)
def take_next(
    request: ApiRequest,
    anyway: Annotated[bool, Query(description="Work on, although the calendar gives the maker the day off.")] = False,
) -> docs.Turn:
    """Give the one right client of the maker's pools; all empty when nobody may be called now, or on his day off."""
    caller = request.auth
    schedule = queue.schedule_of(caller.actor.employee_id, caller.actor.zone.key)
    is_off = schedule.takes_off(caller.now)
    turn = None if is_off and not anyway else services.take_next(actor=caller.actor, now=caller.now)
    if turn is None:
        return docs.Turn(deal=None, band=None, waiting_since=None, is_day_off=is_off)
    return docs.Turn(
        is_day_off=is_off,
        deal=docs.deal_out(caller.actor, desk.get_deal_row_by_id(turn.deal_id)),
        band=task_docs.BANDS[turn.taken.band],
        waiting_since=turn.taken.ready_at,
    )
