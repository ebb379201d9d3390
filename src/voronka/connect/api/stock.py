"""Operations on the stock: what lies where, the ledger, places, papers and their readings."""

from typing import Annotated, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries.lists import DEFAULT_SORT, Ask
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, filters_of, operation, refuse_filters, require_sort
from voronka.connect.api.paging import before_of, cursor_of, place_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import stock as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.kit.errors import Invalid, NotFound
from voronka.stock import queries, services
from voronka.stock.queries import documents, ledger, lists

router = Router(tags=["stock"])
places = Router(tags=["stock"])
papers = Router(tags=["stock"])
SEE = "stock.see"


def _rows(request: ApiRequest, rows: "list[lists.StockRow]") -> list[docs.Stock]:
    ids = queries.public_ids("place", sorted({pk for row in rows for pk in row.places}))
    return [docs.stock_out(row, ids) for row in rows]


@operation(
    router, "GET", "", scope=scopes.STOCK_READ, answer=docs.StockList, facets_of="stock", right=SEE,
    summary=gettext_lazy("List what lies where, by the filters and orders of the screen"),
)  # fmt: skip
def list_stock(
    request: ApiRequest,
    q: Annotated[str, Query(max_length=200, description="Part of a name, an article, a barcode.")] = "",
    sort: Annotated[str, Query(max_length=80)] = DEFAULT_SORT,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.StockList:
    """Return a page of goods with what of them lies in each place."""
    filters = filters_of(request)
    require_sort(lists.SUBJECT, sort, request.auth.actor)
    asked = {**filters, "q": q, "sort": sort}
    ask = Ask(text=q.replace("\0", ""), filters=filters, sort=sort, after=place_of(cursor, asked))
    page = lists.read_page(request.auth.actor, ask, now=request.auth.now, size=limit)
    refuse_filters(page.problems)
    following = cursor_of(page.after, asked)
    return docs.StockList(items=_rows(request, list(page.rows)), next=following, is_cut=page.is_cut)


@operation(
    router, "GET", "/{variant}", scope=scopes.STOCK_READ, answer=docs.Stock, right=SEE,
    summary=gettext_lazy("Show what there is of a variant"),
)  # fmt: skip
def get_stock(request: ApiRequest, variant: IdInPath) -> docs.Stock:
    """Return what lies where of a variant, what is promised and what is coming."""
    card = catalogue.get_variant(variant)
    return _rows(request, lists.rows_of(request.auth.actor, [card.id]))[0]


@operation(
    router, "GET", "/{variant}/moves", scope=scopes.STOCK_READ, answer=docs.MoveList, right=SEE,
    summary=gettext_lazy("List how a variant moved"),
)  # fmt: skip
def list_stock_moves(
    request: ApiRequest,
    variant: IdInPath,
    place: Annotated[str, Query(max_length=40, description="Moves from or to this place.")] = "",
    paper: Annotated[str, Query(max_length=20, description="Moves by this kind of paper.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.MoveList:
    """Return a page of the ledger of a variant, the newest first."""
    card = catalogue.get_variant(variant)
    asked = {"moves": variant, "place": place, "paper": paper}
    before = before_of(cursor, asked)
    page = ledger.read_moves(
        request.auth.actor, card.id, after=str(before or ""), size=limit, place=_plain(place), paper=_plain(paper)
    )
    return docs.MoveList(items=docs.moves_out(page), next=cursor_of(page.after, asked))


def _plain(text: str) -> str:
    return text.replace("\0", "")


# --- Places -------------------------------------------------------------------------------------------------------


@operation(
    places, "GET", "", scope=scopes.STOCK_READ, answer=docs.PlaceList, right=SEE,
    summary=gettext_lazy("List the places where goods lie"),
)  # fmt: skip
def list_places(request: ApiRequest) -> docs.PlaceList:
    """Return the places, those out of use included; first those that are asked first when goods are sold."""
    rows = lists.places_shown(only_on=False, with_kept=True)
    return docs.PlaceList(items=[docs.place_out(one) for one in rows])


def _draft(sent: docs.PlaceGiven) -> services.PlaceDraft:
    return services.PlaceDraft(**sent.model_dump())


@operation(
    places, "POST", "", scope=scopes.STOCK_WRITE, answer=docs.Place, status=201, right="stock.set_up",
    summary=gettext_lazy("Add a place"),
)  # fmt: skip
def add_place(request: ApiRequest, sent: docs.PlaceGiven) -> docs.Place:
    """Make a place."""
    return docs.place_out(services.save_place(_draft(sent), actor=request.auth.actor))


@operation(
    places, "PUT", "/{place}", scope=scopes.STOCK_WRITE, answer=docs.Place, right="stock.set_up",
    summary=gettext_lazy("Change a place"),
)  # fmt: skip
def change_place(request: ApiRequest, place: IdInPath, sent: docs.PlaceGiven) -> docs.Place:
    """Write a place whole; one where goods lie cannot be put out of use."""
    pk = _places([place])[place]
    return docs.place_out(services.save_place(_draft(sent), actor=request.auth.actor, place_id=pk))


def _places(public_ids: "list[str | None]") -> dict[str, int]:
    """Return the ids of places by public id. Raises NotFound for one that is not there."""
    known = {one.public_id: one.pk for one in lists.places_shown(only_on=False)}
    if any(one is not None and one not in known for one in public_ids):
        raise NotFound(_("There is no such place."))
    return known


# --- Papers -------------------------------------------------------------------------------------------------------


@operation(
    papers, "GET", "", scope=scopes.STOCK_READ, answer=docs.PaperList, right=SEE,
    summary=gettext_lazy("List papers of the stock"),
)  # fmt: skip
def list_stock_papers(
    request: ApiRequest,
    kind: Annotated[docs.PaperKind | Literal[""], Query()] = "",
    state: Annotated[docs.PaperState | Literal["", "live"], Query(description="`live`: not done yet.")] = "",
    place: Annotated[str, Query(max_length=40)] = "",
    q: Annotated[str, Query(max_length=100, description="Number, supplier.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.PaperList:
    """Return a page of papers, the newest first."""
    asked = {"papers": kind, "state": state, "place": place, "q": q}
    before = before_of(cursor, asked)
    found = documents.list_documents(
        request.auth.actor, kind=kind, state=state, place=_plain(place), text=_plain(q)
    )  # fmt: skip
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: limit + 1])
    after = str(rows[limit - 1].pk) if len(rows) > limit else ""
    return docs.PaperList(items=[docs.paper_short(one) for one in rows[:limit]], next=cursor_of(after, asked))


def _paper(request: ApiRequest, public_id: str) -> docs.Paper:
    return docs.paper_out(documents.view_document(request.auth.actor, public_id))


@operation(
    papers, "GET", "/{paper}", scope=scopes.STOCK_READ, answer=docs.Paper, right=SEE,
    summary=gettext_lazy("Show a paper of the stock with its lines"),
)  # fmt: skip
def get_stock_paper(request: ApiRequest, paper: IdInPath) -> docs.Paper:
    """Return a paper whole."""
    return _paper(request, paper)


@operation(
    papers, "POST", "", scope=scopes.STOCK_WRITE, answer=docs.Paper, status=201,
    summary=gettext_lazy("Make a paper of the stock"),
)  # fmt: skip
def make_stock_paper(request: ApiRequest, sent: docs.PaperGiven) -> Reply:
    """Make a purchase order, receipt, transfer, write-off, return to a supplier or count with the next number."""
    known = _places([sent.source, sent.target])
    suppliers = {public_id: pk for pk, public_id, _name in catalogue.supplier_choices()}
    if sent.supplier is not None and sent.supplier not in suppliers:
        raise NotFound(_("There is no such supplier."))
    basis = documents.get_document(request.auth.actor, sent.basis).pk if sent.basis else None
    heading = services.Heading(
        sent.kind,
        source_id=known.get(sent.source or ""),
        target_id=known.get(sent.target or ""),
        supplier_id=suppliers.get(sent.supplier or ""),
        basis_id=basis,
        partner_number=_plain(sent.partner_number),
        comment=_plain(sent.comment),
        expected_on=sent.expected_on,
    )
    made = services.make_document(heading, _wanted(sent.lines), actor=request.auth.actor, now=request.auth.now)
    headers = {"Location": f"/api/v1/stock-papers/{made.public_id}"}
    return Reply(_paper(request, made.public_id), headers=headers)


def _wanted(lines: "list[docs.LineGiven]") -> list[services.Wanted]:
    cards = {one.public_id: one.id for one in catalogue.variants_by_public_ids([one.variant for one in lines])}
    if any(one.variant not in cards for one in lines):
        raise NotFound(_("There is no such variant."))
    return [services.Wanted(cards[one.variant], one.quantity, one.cost) for one in lines]


@operation(
    papers, "PUT", "/{paper}/lines", scope=scopes.STOCK_WRITE, answer=docs.Paper,
    summary=gettext_lazy("Write how many a paper is about"),
)  # fmt: skip
def write_stock_lines(request: ApiRequest, paper: IdInPath, sent: docs.LinesGiven) -> docs.Paper:
    """Write the named lines of an open paper; nothing takes a line off."""
    row = documents.get_document(request.auth.actor, paper)
    services.write_lines(row.pk, _wanted(sent.lines), actor=request.auth.actor)
    return _paper(request, paper)


@operation(
    papers, "POST", "/{paper}/readings", scope=scopes.STOCK_WRITE, answer=docs.ReadingsDone,
    summary=gettext_lazy("Add readings of a scanner to a paper"),
)  # fmt: skip
def read_stock_paper(request: ApiRequest, paper: IdInPath, sent: docs.ReadingsGiven) -> docs.ReadingsDone:
    """Count readings, each once by its operation; a code of no goods is kept and told."""
    row = documents.get_document(request.auth.actor, paper)
    named = [one.variant for one in sent.readings if one.variant is not None]
    cards = {one.public_id: one.id for one in catalogue.variants_by_public_ids(named)}
    if any(one not in cards for one in named):
        raise NotFound(_("There is no such variant."))
    if any(one.variant is None and not one.code.strip() for one in sent.readings):
        raise Invalid(_("A reading names a code or a variant."), fields={"readings": _("Name a code or a variant.")})
    readings = [
        services.Reading(
            one.operation, one.quantity, code=_plain(one.code), lot=_plain(one.lot),
            variant_id=cards.get(one.variant or ""), is_damaged=one.is_damaged, is_total=one.is_total,
            is_aside=one.is_aside, seconds_ago=one.seconds_ago,
        )
        for one in sent.readings
    ]  # fmt: skip
    done = services.scan(row.pk, readings, actor=request.auth.actor, now=request.auth.now)
    ids = catalogue.public_ids("variant", [one.variant_id for one in done if one.variant_id is not None])
    return docs.ReadingsDone(
        items=[
            docs.ReadingDone(operation=one.operation, state=one.state, variant=ids.get(one.variant_id or 0))
            for one in done
        ]
    )


@operation(
    papers, "POST", "/{paper}/finish", scope=scopes.STOCK_WRITE, answer=docs.Finished,
    summary=gettext_lazy("Do what a paper says"),
)  # fmt: skip
def finish_stock_paper(request: ApiRequest, paper: IdInPath, sent: docs.FinishGiven) -> docs.Finished:
    """Take in, send, write off or settle, one step of the paper, by the version it was read at."""
    actor = request.auth.actor
    row = documents.get_document(actor, paper)
    left = services.finish(row.pk, actor=actor, now=request.auth.now, version=sent.version)
    ids = catalogue.public_ids("variant", [one.variant_id for one in left])
    now = documents.get_document(actor, paper)
    unsettled = [docs.Unsettled(variant=ids[one.variant_id], why=one.why) for one in left]
    return docs.Finished(state=now.state, version=now.version, unsettled=unsettled)


@operation(
    papers, "POST", "/{paper}/cancel", scope=scopes.STOCK_WRITE, status=204,
    summary=gettext_lazy("Cancel a paper that has moved nothing"),
)  # fmt: skip
def cancel_stock_paper(request: ApiRequest, paper: IdInPath) -> Reply:
    """Cancel a paper; what has moved goods is finished, and moved back by another."""
    services.cancel(documents.get_document(request.auth.actor, paper).pk, actor=request.auth.actor)
    return Reply(None)


@operation(
    papers, "POST", "/{paper}/plan", scope=scopes.STOCK_WRITE, answer=docs.Planned,
    summary=gettext_lazy("Put all goods of its place on a count"),
)  # fmt: skip
def plan_stock_count(request: ApiRequest, paper: IdInPath) -> docs.Planned:
    """Add what the books have in the place of a count, so that the missing show."""
    pk = documents.get_document(request.auth.actor, paper).pk
    return docs.Planned(added=services.plan_count(pk, actor=request.auth.actor))
