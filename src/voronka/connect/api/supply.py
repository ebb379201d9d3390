"""Operations on suppliers' price lists: load a file, see what came of it, answer what is in doubt, take it back."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import File, Router
from ninja.files import UploadedFile

from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries import supply
from voronka.catalogue.services import lists
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import supply as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.kit.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voronka.catalogue.models import SupplierItem

suppliers = Router(tags=["price lists"])
loadings = Router(tags=["price lists"])
doubts = Router(tags=["price lists"])
RIGHT = "catalogue.load_lists"


def _lines(rows: "Sequence[SupplierItem]") -> list[docs.ListLine]:
    ids = {int(key) for row in rows for key, _score in row.candidates}
    ids |= {row.variant_id for row in rows if row.variant_id is not None}
    cards = catalogue.variants_by_ids(sorted(ids)) if ids else {}
    return [docs.line_out(row, cards) for row in rows]


@operation(
    suppliers,
    "GET",
    "",
    scope=scopes.PRICE_LISTS_LOAD,
    answer=docs.ListSupplierList,
    right=RIGHT,
    summary=gettext_lazy("List suppliers with what waits for an answer"),
)
def list_suppliers(request: ApiRequest) -> docs.ListSupplierList:
    """Return all suppliers with their last loadings."""
    rows = supply.list_suppliers(request.auth.actor)
    return docs.ListSupplierList(items=[docs.supplier_out(one) for one in rows])


@operation(
    suppliers,
    "GET",
    "/{supplier}/price-lists",
    scope=scopes.PRICE_LISTS_LOAD,
    answer=docs.PriceLoadingList,
    right=RIGHT,
    summary=gettext_lazy("List the latest price lists of a supplier"),
)
def list_price_lists(request: ApiRequest, supplier: IdInPath) -> docs.PriceLoadingList:
    """Return the latest fifty loadings of a supplier."""
    rows = supply.list_loads(lists.get_supplier(request.auth.actor, supplier))
    return docs.PriceLoadingList(items=[docs.loading_out(one) for one in rows])


@operation(
    suppliers,
    "POST",
    "/{supplier}/price-lists/import",
    scope=scopes.PRICE_LISTS_LOAD,
    answer=docs.PriceLoading,
    status=201,
    is_long=True,
    right=RIGHT,
    summary=gettext_lazy("Load a price list of a supplier"),
)
def load_price_list(request: ApiRequest, supplier: IdInPath, file: File[UploadedFile]) -> Reply:
    """Keep a file (XLSX, XLS, ODS, CSV, XML, YML) and load it in the background.

    Where its columns are not known from before, the state is `asked`: see `POST /price-lists/{id}/columns`.
    """
    caller = request.auth
    load = lists.start_load(
        actor=caller.actor, supplier=supplier, source=file, name=file.name or "", now=caller.now
    )  # fmt: skip
    with transaction.atomic():
        told = docs.loading_out(lists.get_load(caller.actor, load.public_id))
    return Reply(told, headers={"Location": f"/api/v1/price-lists/{load.public_id}"})


@operation(
    suppliers,
    "GET",
    "/{supplier}/doubts",
    scope=scopes.PRICE_LISTS_LOAD,
    answer=docs.DoubtList,
    right=RIGHT,
    summary=gettext_lazy("List the lines of a supplier that wait for an answer"),
)
def list_doubts(request: ApiRequest, supplier: IdInPath, limit: Limit = 50, cursor: Cursor = "") -> docs.DoubtList:
    """Return a page of lines in doubt, each with the likeliest variants of ours, the earliest first."""
    key = {"doubts": supplier}
    owner = lists.get_supplier(request.auth.actor, supplier)
    rows = supply.list_doubts(owner, after=before_of(cursor, key) or 0, size=limit + 1)
    after = str(rows[limit - 1].pk) if len(rows) > limit else ""
    return docs.DoubtList(items=_lines(rows[:limit]), next=cursor_of(after, key))


@operation(
    loadings,
    "GET",
    "/{loading}",
    scope=scopes.PRICE_LISTS_LOAD,
    answer=docs.PriceLoading,
    right=RIGHT,
    summary=gettext_lazy("Show what came of a price list"),
)
def get_price_list(request: ApiRequest, loading: IdInPath) -> docs.PriceLoading:
    """Return a loading: how far it is, what was found."""
    return docs.loading_out(lists.get_load(request.auth.actor, loading))


@operation(
    loadings,
    "POST",
    "/{loading}/columns",
    scope=scopes.PRICE_LISTS_LOAD,
    answer=docs.PriceLoading,
    right=RIGHT,
    summary=gettext_lazy("Say what the columns of a price list mean; it is then loaded"),
)
def choose_list_columns(request: ApiRequest, loading: IdInPath, sent: docs.MeaningsGiven) -> docs.PriceLoading:
    """Confirm or correct the columns of a list that is `asked`; they are remembered for the supplier."""
    actor = request.auth.actor
    lists.confirm_layout(
        actor=actor, public_id=loading, columns=dict(enumerate(sent.columns)), now=request.auth.now
    )  # fmt: skip
    return docs.loading_out(lists.get_load(actor, loading))


@operation(
    loadings,
    "POST",
    "/{loading}/undo",
    scope=scopes.PRICE_LISTS_LOAD,
    answer=docs.PriceLoading,
    right=RIGHT,
    summary=gettext_lazy("Take the last price list of a supplier back"),
)
def undo_price_list(request: ApiRequest, loading: IdInPath) -> docs.PriceLoading:
    """Put lines, bindings and costs back as they were before the list; what a person has answered since stays."""
    lists.undo_load(actor=request.auth.actor, public_id=loading, now=request.auth.now)
    return docs.loading_out(lists.get_load(request.auth.actor, loading))


@operation(
    loadings,
    "DELETE",
    "/{loading}",
    scope=scopes.PRICE_LISTS_LOAD,
    status=204,
    right=RIGHT,
    summary=gettext_lazy("Throw away a price list that has not been loaded"),
)
def drop_price_list(request: ApiRequest, loading: IdInPath) -> Reply:
    """Throw away the file of a list that is `asked`, or could not be loaded."""
    lists.drop_load(actor=request.auth.actor, public_id=loading)
    return Reply(None)


@operation(
    doubts,
    "POST",
    "/{line}/answer",
    scope=scopes.PRICE_LISTS_LOAD,
    answer=docs.ListLine,
    right=RIGHT,
    summary=gettext_lazy("Answer which goods a supplier's line is"),
)
def answer_doubt(request: ApiRequest, line: IdInPath, sent: docs.AnswerGiven) -> docs.ListLine:
    """Bind a line to a variant, make goods of it, ask later or do not take it; costs and prices follow at once."""
    actor, now = request.auth.actor, request.auth.now
    if sent.act == "bind":
        if not sent.variant:
            message = _("Say which variant it is.")
            raise Invalid(message, fields={"variant": message})
        row = lists.bind_item(actor=actor, item=line, variant=sent.variant, pieces=sent.pieces, now=now).item
    elif sent.act == "new":
        row = lists.make_goods(actor=actor, item=line, now=now).item
    elif sent.act == "later":
        row = lists.skip_item(actor=actor, item=line)
    else:
        row = lists.refuse_item(actor=actor, item=line, now=now)
    return _lines([row])[0]


@operation(
    doubts,
    "POST",
    "/{line}/back",
    scope=scopes.PRICE_LISTS_LOAD,
    answer=docs.ListLine,
    right=RIGHT,
    summary=gettext_lazy("Take an answer about a supplier's line back"),
)
def take_answer_back(request: ApiRequest, line: IdInPath) -> docs.ListLine:
    """Ask about a line again that was bound or refused; its cost goes with the answer, goods that were made stay."""
    return _lines([lists.take_answer_back(actor=request.auth.actor, item=line, now=request.auth.now)])[0]
