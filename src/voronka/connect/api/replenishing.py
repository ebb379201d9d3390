"""Operations on buffers, what they ask for, and lost sales."""

import uuid
from typing import TYPE_CHECKING, Annotated, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.catalogue import queries as catalogue
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import replenishing as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit, Named
from voronka.kit.errors import NotFound
from voronka.people import queries as people
from voronka.stock import queries as stock
from voronka.stock import services
from voronka.stock.queries import lost as lost_queries
from voronka.stock.queries import replenishing as queries
from voronka.stock.services.replenish_words import reason

if TYPE_CHECKING:
    from voronka.kit.actors import Actor

buffers = Router(tags=["replenishment"])
proposals = Router(tags=["replenishment"])
lost = Router(tags=["replenishment"])
SEE, ORDER = "stock.see", "stock.order"
ZONES = ("red", "yellow", "green", "above")
OfPlace = Annotated[str, Query(max_length=40, description="Of which place; all where it is empty.")]


class _Known:
    """Places and suppliers of the company by either id, read once a request."""

    def __init__(self, actor: "Actor") -> None:
        self.rows = stock.places(actor, only_on=False)
        self.places = {one.pk: Named(id=one.public_id, name=one.name) for one in self.rows}
        self.by_public = {one.public_id: one.pk for one in self.rows}
        suppliers = catalogue.supplier_choices()
        self.suppliers = {pk: Named(id=public, name=name) for pk, public, name in suppliers}
        self.suppliers_by_public = {public: pk for pk, public, _name in suppliers}

    def place(self, public_id: str) -> int:
        """Return the id of a place. Raises NotFound."""
        if public_id not in self.by_public:
            raise NotFound(_("There is no such place."))
        return self.by_public[public_id]

    def supplier(self, public_id: str | None) -> int | None:
        """Return the id of a supplier in use, None where none is named. Raises NotFound."""
        if public_id is None:
            return None
        if public_id not in self.suppliers_by_public:
            raise NotFound(_("There is no such supplier."))
        return self.suppliers_by_public[public_id]


@operation(
    buffers, "GET", "", scope=scopes.REPLENISHMENT_READ, answer=docs.BufferList, right=SEE,
    summary=gettext_lazy("List buffers as they stand now"),
)  # fmt: skip
def list_buffers(
    request: ApiRequest,
    place: OfPlace = "",
    zone: Literal["", "red", "yellow", "green", "above"] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.BufferList:
    """Return a page of buffers: first those that ask for an order, the emptiest first."""
    actor, known = request.auth.actor, _Known(request.auth.actor)
    asked = {"place": place, "zone": zone}
    skip = before_of(cursor, asked) or 0
    place_id = known.place(place) if place else None
    levels = queries.list_levels(place_id, [zone] if zone else ZONES, size=limit + 1, skip=skip)
    today = request.auth.now.astimezone(actor.zone).date()
    items = [
        docs.Buffer(
            id=one.public_id, variant=Named(id=one.variant, name=one.name), code=one.code,
            place=known.places[one.place_id], target=one.target, min_lot=one.min_lot, multiple=one.multiple,
            lead_days=one.lead_days, supplier=known.suppliers.get(one.supplier_id or 0),
            source=known.places.get(one.source_id or 0), zone=one.zone, on_hand=one.on_hand, promised=one.promised,
            coming=one.coming, per_day=one.per_day, advised=one.advice(today),
        )
        for one in levels[:limit]
    ]  # fmt: skip
    after = cursor_of(str(skip + limit), asked) if len(levels) > limit else None
    return docs.BufferList(items=items, next=after)


@operation(
    buffers, "PUT", "", scope=scopes.REPLENISHMENT_WRITE, answer=docs.BuffersSet, right=ORDER,
    summary=gettext_lazy("Set buffers, new ones and those that are there"),
)  # fmt: skip
def set_buffers(request: ApiRequest, sent: docs.BuffersGiven) -> docs.BuffersSet:
    """Set buffers, all of them or none; what stands already changes nothing."""
    known = _Known(request.auth.actor)
    drafts = [
        services.BufferDraft(
            catalogue.get_variant(one.variant).id, known.place(one.place), one.target, one.lead_days, one.min_lot,
            one.multiple, known.supplier(one.supplier), known.place(one.source) if one.source else None,
        )
        for one in sent.buffers
    ]  # fmt: skip
    new, changed = services.save_buffers(drafts, actor=request.auth.actor, now=request.auth.now)
    return docs.BuffersSet(new=new, changed=changed)


@operation(
    buffers, "POST", "/propose", scope=scopes.REPLENISHMENT_WRITE, answer=docs.BuffersSet, right=ORDER,
    summary=gettext_lazy("Reckon the buffers that a place lacks from what went in ninety days"),
)  # fmt: skip
def propose_buffers(request: ApiRequest, sent: docs.PlaceGiven) -> docs.BuffersSet:
    """Give goods that went out of a place and have no buffer there the one that demand asks for."""
    place = _Known(request.auth.actor).place(sent.place)
    made = services.propose_buffers(place, actor=request.auth.actor, now=request.auth.now)
    return docs.BuffersSet(new=made, changed=0)


@operation(
    buffers, "DELETE", "/{buffer}", scope=scopes.REPLENISHMENT_WRITE, status=204, right=ORDER,
    summary=gettext_lazy("Keep no buffer of it any more"),
)  # fmt: skip
def drop_buffer(request: ApiRequest, buffer: IdInPath) -> Reply:
    """Take a buffer away; what was ordered for it stays ordered."""
    services.drop_buffer(buffer, actor=request.auth.actor)
    return Reply(None)


@operation(
    proposals, "GET", "", scope=scopes.REPLENISHMENT_READ, answer=docs.ProposalList, right=SEE,
    summary=gettext_lazy("List what buffers ask for, with the reasons"),
)  # fmt: skip
def list_proposals(request: ApiRequest, place: OfPlace = "") -> docs.ProposalList:
    """Return everything that is proposed now."""
    actor, known = request.auth.actor, _Known(request.auth.actor)
    place_id = known.place(place) if place else None
    found = queries.propose(now=request.auth.now, place_id=place_id).proposals
    sees_cost = queries.sees_cost(actor)
    items = [
        docs.ProposalTold(
            buffer=one.level.public_id, variant=Named(id=one.level.variant, name=one.level.name),
            place=known.places[one.level.place_id], quantity=one.quantity, cost=one.cost if sees_cost else None,
            reason=reason(one.level),
            shares=[
                docs.Share(
                    supplier=known.suppliers.get(one.level.supplier_id or 0) if share.source_id is None else None,
                    source=known.places.get(share.source_id or 0), quantity=share.quantity,
                )
                for share in one.shares
            ],
        )
        for one in found
    ]  # fmt: skip
    return docs.ProposalList(items=items)


@operation(
    proposals, "POST", "/order", scope=scopes.REPLENISHMENT_WRITE, answer=docs.Ordered, status=201, right=ORDER,
    summary=gettext_lazy("Make purchase orders and transfers of what is proposed"),
)  # fmt: skip
def order_proposed(request: ApiRequest, sent: docs.OrderGiven) -> docs.Ordered:
    """Make one order of each supplier and one transfer from each place; what was ordered meanwhile is left out."""
    picks = [services.Pick(one.buffer, one.quantity) for one in sent.picks]
    made = services.order_proposed(
        picks, actor=request.auth.actor, now=request.auth.now, operation=sent.operation or uuid.uuid4()
    )
    papers = [
        docs.MadePaper(id=one.public_id, kind=one.kind, number=one.number, expected_on=one.expected_on)
        for one in made.papers
    ]
    return docs.Ordered(papers=papers, skipped=made.skipped)


@operation(
    lost, "GET", "", scope=scopes.REPLENISHMENT_READ, answer=docs.LostList, right=SEE,
    summary=gettext_lazy("List lost sales by goods, places and causes"),
)  # fmt: skip
def list_lost_sales(
    request: ApiRequest,
    days: Annotated[int, Query(ge=1, le=3_650, description="Of so many days till now.")] = 30,
    place: OfPlace = "",
    cause: Literal["", "short", "off_sale", "late", "dear"] = "",
) -> docs.LostList:
    """Return what was wanted in vain, a thousand lines at most."""
    known = _Known(request.auth.actor)
    ask = lost_queries.LostAsk(days, known.place(place) if place else None, cause)
    rows = lost_queries.list_lost(request.auth.actor, ask, now=request.auth.now)
    items = [
        docs.LostGoods(
            variant=Named(id=one.variant, name=one.name), code=one.code, place=known.places.get(one.place_id or 0),
            cause=one.cause, quantity=one.quantity, times=one.times, last_at=one.last_at, sum=one.sum,
        )
        for one in rows
    ]  # fmt: skip
    return docs.LostList(items=items)


@operation(
    lost, "POST", "", scope=scopes.LOST_SALES_WRITE, status=204, right="stock.reserve",
    summary=gettext_lazy("Write down that somebody wanted what was not there"),
)  # fmt: skip
def lose_sale(request: ApiRequest, sent: docs.LostGiven) -> Reply:
    """Write a lost sale down; it counts as demand when buffers are reckoned."""
    actor = request.auth.actor
    client = people.get_client(actor, sent.client).pk if sent.client else None
    place = _Known(actor).place(sent.place) if sent.place else None
    services.lose_sale(
        catalogue.get_variant(sent.variant).id, sent.quantity, actor=actor, now=request.auth.now, cause=sent.cause,
        client_id=client, place_id=place,
    )  # fmt: skip
    return Reply(None)
