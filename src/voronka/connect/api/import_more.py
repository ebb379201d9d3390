"""Operations on what follows a check and a loading: another sheet, doubtful rows, deals for the clients it made."""

from typing import Annotated

from django.db import transaction
from django.utils.translation import gettext_lazy
from ninja import Path

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.imports import router, told_import
from voronka.connect.api.operations import operation
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import imports as docs
from voronka.connect.schemas.clients import client_out
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.connect.schemas.outer import Outer
from voronka.deals.services import after_import
from voronka.people.queries import imports as queries
from voronka.people.services import imports as services

RowNumber = Annotated[int, Path(ge=1, le=10**9, example=17)]


@operation(
    router,
    "POST",
    "/{run}/sheet",
    scope=scopes.IMPORTS_RUN,
    answer=docs.Import,
    is_long=True,
    summary=gettext_lazy("Look at another sheet of an import's file"),
)
def choose_sheet(request: ApiRequest, run: IdInPath, sent: docs.SheetGiven) -> docs.Import:
    """Recognise the columns of another sheet."""
    actor = request.auth.actor
    services.choose_sheet(actor=actor, public_id=run, sheet=sent.sheet)
    with transaction.atomic():
        return told_import(services.get_run(actor, run))


@operation(
    router,
    "GET",
    "/{run}/questions",
    scope=scopes.IMPORTS_RUN,
    answer=docs.QuestionList,
    summary=gettext_lazy("List the rows that may be of clients who are there already"),
)
def list_questions(request: ApiRequest, run: IdInPath, limit: Limit = 50, cursor: Cursor = "") -> docs.QuestionList:
    """Return a page of doubtful rows that wait for an answer, each beside the card it may belong to."""
    actor, key = request.auth.actor, {"questions": run}
    held = services.get_run(actor, run)
    rows = queries.read_questions(held, after=before_of(cursor, key) or 0, limit=limit + 1)
    page, outer = rows[:limit], Outer.load(actor)
    cards = queries.get_candidates(actor, page)
    items = [
        docs.question_out(read, client_out(client, contacts, outer) if client is not None else None)
        for read, (client, contacts) in zip(services.read_questions(held, page), cards, strict=True)
    ]
    after = str(rows[limit - 1].number) if len(rows) > limit else ""
    return docs.QuestionList(items=items, next=cursor_of(after, key))


@operation(
    router,
    "POST",
    "/{run}/questions/{row}",
    scope=scopes.IMPORTS_RUN,
    answer=docs.Import,
    summary=gettext_lazy("Answer whose a doubtful row is"),
)
def answer_question(request: ApiRequest, run: IdInPath, row: RowNumber, sent: docs.AnswerGiven) -> docs.Import:
    """Settle a doubtful row; one that was answered before stays as it was."""
    actor = request.auth.actor
    services.answer_question(actor=actor, public_id=run, number=row, answer=sent.answer, now=request.auth.now)
    return told_import(services.get_run(actor, run))


@operation(
    router,
    "GET",
    "/{run}/deals",
    scope=scopes.DEALS_WRITE,
    answer=docs.DealsOffer,
    right="deals.open",
    summary=gettext_lazy("Show how many clients of an import have no deal"),
)
def get_deals_offer(request: ApiRequest, run: IdInPath) -> docs.DealsOffer:
    """Return how far the clients of an import are put into a pipeline."""
    offer = after_import.get_offer(request.auth.actor, run)
    return docs.DealsOffer(waiting=offer.waiting, opened=offer.opened)


@operation(
    router,
    "POST",
    "/{run}/deals",
    scope=scopes.DEALS_WRITE,
    answer=docs.DealsOffer,
    status=202,
    summary=gettext_lazy("Open deals for the clients of an import in the background, spread over days"),
)
def open_deals(request: ApiRequest, run: IdInPath, sent: docs.DealsGiven) -> docs.DealsOffer:
    """Let a deal be opened for each client that an import made and that has none; its undo withdraws the untouched."""
    offer = after_import.plan(
        actor=request.auth.actor,
        run=run,
        pipeline=sent.pipeline,
        responsible=sent.responsible,
        days=sent.days,
        title=sent.title,
    )
    return docs.DealsOffer(waiting=offer.waiting, opened=offer.opened)
