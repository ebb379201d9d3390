"""Operations on goods: variants in lists, products whole, prices, kits, categories, kinds of prices."""

from typing import TYPE_CHECKING, Annotated

from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.catalogue import queries, services
from voronka.catalogue.queries import goods, lists, tree
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, filters_of, operation, refuse_filters, require_sort
from voronka.connect.api.paging import cursor_of, place_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import goods as docs
from voronka.connect.schemas import prices as price_docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit

if TYPE_CHECKING:
    from collections.abc import Sequence

router = Router(tags=["goods"])
products = Router(tags=["goods"])
categories = Router(tags=["goods"])
kinds = Router(tags=["prices"])
held = Router(tags=["prices"])
SEE, EDIT = "catalogue.see", "catalogue.edit"
CHANGE, RELEASE = "catalogue.change_prices", "catalogue.release_prices"


@operation(
    router,
    "GET",
    "",
    scope=scopes.GOODS_READ,
    answer=docs.GoodsList,
    facets_of="variant",
    right=SEE,
    summary=gettext_lazy("List variants, by the filters and orders of the screen"),
)
def list_goods(
    request: ApiRequest,
    q: Annotated[str, Query(max_length=200, description="Part of a name, an article, a barcode.")] = "",
    sort: Annotated[str, Query(max_length=80)] = lists.DEFAULT_SORT,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.GoodsList:
    """Return a page of variants with their prices of the default kind."""
    filters = filters_of(request)
    require_sort(lists.SUBJECT, sort, request.auth.actor, more=("price",))
    asked = {**filters, "q": q, "sort": sort}
    ask = lists.Ask(text=q, filters=filters, sort=sort, after=place_of(cursor, asked))
    page = lists.read_page(request.auth.actor, ask, now=request.auth.now, size=limit)
    refuse_filters(page.problems)
    items = _out([row.variant.pk for row in page.rows], request)
    return docs.GoodsList(items=items, next=cursor_of(page.after, asked), is_cut=page.is_cut)


@operation(
    router,
    "GET",
    "/find",
    scope=scopes.GOODS_READ,
    answer=docs.GoodsList,
    right=SEE,
    summary=gettext_lazy("Find variants by a scanned barcode, an article or a text"),
)
def find_goods(
    request: ApiRequest,
    barcode: Annotated[str, Query(max_length=60, description="As scanned, also one printed by scales.")] = "",
    code: Annotated[str, Query(max_length=60, description="The company's article, exactly.")] = "",
    q: Annotated[str, Query(max_length=200, description="Words of the name.")] = "",
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> docs.GoodsList:
    """Return what is found, best first: by the article if it is given, else by the barcode, else by the text."""
    found = queries.find_variants(_plain(q), code=_plain(code), barcode=_plain(barcode), most=limit)
    return docs.GoodsList(items=_out([one.id for one in found], request))


def _plain(text: str) -> str:
    return text.replace("\0", "")


def _out(ids: "Sequence[int]", request: ApiRequest) -> list[docs.Goods]:
    cards, prices = queries.variants_by_ids(ids), queries.price_now(ids, at=request.auth.now)
    codes = queries.barcodes_of(ids)
    products_of = queries.public_ids("product", [one.product_id for one in cards.values()])
    return [
        docs.goods_out(cards[pk], prices.get(pk), codes.get(pk, []), products_of[cards[pk].product_id])
        for pk in ids
        if pk in cards
    ]


@operation(
    router,
    "GET",
    "/{variant}/prices",
    scope=scopes.GOODS_READ,
    answer=price_docs.PriceList,
    right=SEE,
    summary=gettext_lazy("List the prices of a variant: past, present and planned"),
)
def list_prices(request: ApiRequest, variant: IdInPath) -> price_docs.PriceList:
    """Return the prices of each kind, the newest first."""
    card = queries.get_variant(variant)
    lines = goods.price_lines([card.id], request.auth.now)[card.id]
    items = []
    for line in lines:
        rows = [*line.planned[::-1], *([line.now] if line.now is not None else []), *line.past]
        items += [price_docs.price_out(row, line.kind.code) for row in rows]
    return price_docs.PriceList(items=items)


@operation(
    router,
    "PUT",
    "/{variant}/prices",
    scope=scopes.PRICES_WRITE,
    answer=price_docs.PriceDone,
    right=CHANGE,
    summary=gettext_lazy("Set a price of a variant, now or for a time to come"),
)
def set_price(request: ApiRequest, variant: IdInPath, sent: price_docs.PriceGiven) -> price_docs.PriceDone:
    """Set a price; what the guard objects to waits for a person. What stands already changes nothing."""
    done = services.set_price(
        actor=request.auth.actor,
        variant=variant,
        kind=sent.kind,
        amount=sent.amount,
        now=request.auth.now,
        since=sent.since,
        until=sent.until,
        source="api",
        confirmed=sent.confirmed,
    )
    if done.held:
        return price_docs.PriceDone(state="held", held=done.held[0].public_id, reasons=list(done.held[0].reasons))
    return price_docs.PriceDone(state="changed" if done.changed else "same", held=None, reasons=[])


@operation(
    router,
    "DELETE",
    "/{variant}/prices/{kind}",
    scope=scopes.PRICES_WRITE,
    status=204,
    right=CHANGE,
    summary=gettext_lazy("Leave a variant without a price of a kind, planned ones included"),
)
def end_price(request: ApiRequest, variant: IdInPath, kind: IdInPath) -> Reply:
    """End the price of a kind; what was paid stays known."""
    services.end_price(actor=request.auth.actor, variant=variant, kind=kind, now=request.auth.now)
    return Reply(None)


@operation(
    router,
    "PUT",
    "/{variant}/parts",
    scope=scopes.GOODS_WRITE,
    status=204,
    right=EDIT,
    summary=gettext_lazy("Say what a kit is made of"),
)
def set_parts(request: ApiRequest, variant: IdInPath, sent: docs.PartsGiven) -> Reply:
    """Replace the parts of a kit; one that would come to hold itself is refused."""
    lines = [(one.variant, one.quantity) for one in sent.parts]
    services.set_kit_lines(actor=request.auth.actor, variant=variant, lines=lines)
    return Reply(None)


# --- Products -----------------------------------------------------------------------------------------------------


def _product(request: ApiRequest, public_id: str, status: int | None = None) -> Reply:
    view = goods.view_product(public_id, now=request.auth.now, with_cost=False)
    return Reply(
        docs.product_out(view), status, {"Location": f"/api/v1/products/{public_id}"} if status == 201 else {}
    )


@operation(
    products,
    "POST",
    "",
    scope=scopes.GOODS_WRITE,
    answer=docs.Product,
    status=201,
    right=EDIT,
    summary=gettext_lazy("Add a product with its variants and barcodes"),
)
def add_product(request: ApiRequest, sent: docs.NewProduct) -> Reply:
    """Make a product; without variants it gets one, without a code the next number."""
    made = services.save_product(actor=request.auth.actor, draft=docs.product_in(sent), now=request.auth.now)
    return _product(request, made.public_id, 201)


@operation(
    products,
    "POST",
    "/switch",
    scope=scopes.GOODS_WRITE,
    answer=docs.Switched,
    right=EDIT,
    summary=gettext_lazy("Put products on sale, or take them off it"),
)
def switch_products(request: ApiRequest, sent: docs.SwitchGiven) -> docs.Switched:
    """Switch all of them or none; those that stand so already are not counted."""
    count = services.switch_products(
        actor=request.auth.actor, public_ids=sent.products, is_on_sale=sent.is_on_sale
    )  # fmt: skip
    return docs.Switched(changed=count)


@operation(
    products,
    "GET",
    "/{product}",
    scope=scopes.GOODS_READ,
    answer=docs.Product,
    right=SEE,
    summary=gettext_lazy("Show a product with its variants and prices"),
)
def get_product(request: ApiRequest, product: IdInPath) -> Reply:
    """Return a product whole."""
    return _product(request, product)


@operation(
    products,
    "PATCH",
    "/{product}",
    scope=scopes.GOODS_WRITE,
    answer=docs.Product,
    right=EDIT,
    summary=gettext_lazy("Change a product, its variants and barcodes"),
)
def change_product(request: ApiRequest, product: IdInPath, sent: docs.ProductChanges) -> Reply:
    """Change what is sent; with `version` only if nobody changed the product since it was read."""
    held_now = services.draft_of(services.lock_product(product))
    services.save_product(
        actor=request.auth.actor,
        draft=docs.changed_in(sent, held_now),
        now=request.auth.now,
        public_id=product,
        version=sent.version,
    )
    return _product(request, product)


@operation(
    products,
    "PUT",
    "/{product}/related",
    scope=scopes.GOODS_WRITE,
    status=204,
    right=EDIT,
    summary=gettext_lazy("Say what goes with a product"),
)
def set_related(request: ApiRequest, product: IdInPath, sent: docs.RelatedGiven) -> Reply:
    """Replace the products of one kind that go with it."""
    services.set_related(actor=request.auth.actor, product=product, kind=sent.kind, others=sent.products)
    return Reply(None)


# --- Categories, kinds, held prices -------------------------------------------------------------------------------


@operation(
    categories,
    "GET",
    "",
    scope=scopes.GOODS_READ,
    answer=docs.CategoryList,
    right=SEE,
    summary=gettext_lazy("List the tree of categories"),
)
def list_categories(request: ApiRequest) -> docs.CategoryList:
    """Return all categories, each behind the one above it."""
    branches = tree.list_tree()
    parents = {one.row.pk: one.row.public_id for one in branches}
    return docs.CategoryList(items=[docs.category_out(one, parents) for one in branches])


def _category(public_id: str) -> docs.Category:
    branches = tree.list_tree()
    parents = {one.row.pk: one.row.public_id for one in branches}
    return next(docs.category_out(one, parents) for one in branches if one.row.public_id == public_id)


@operation(
    categories,
    "POST",
    "",
    scope=scopes.GOODS_WRITE,
    answer=docs.Category,
    status=201,
    right=EDIT,
    summary=gettext_lazy("Add a category"),
)
def add_category(request: ApiRequest, sent: docs.CategoryGiven) -> docs.Category:
    """Make a category behind its neighbours."""
    made = services.save_category(actor=request.auth.actor, name=sent.name, parent=sent.parent or "")
    return _category(made.public_id)


@operation(
    categories,
    "PUT",
    "/{category}",
    scope=scopes.GOODS_WRITE,
    answer=docs.Category,
    right=EDIT,
    summary=gettext_lazy("Rename or move a category"),
)
def change_category(request: ApiRequest, category: IdInPath, sent: docs.CategoryGiven) -> docs.Category:
    """Rename a category or hang it below another; never below itself."""
    services.save_category(
        actor=request.auth.actor, name=sent.name, parent=sent.parent or "", public_id=category
    )  # fmt: skip
    return _category(category)


@operation(
    categories,
    "DELETE",
    "/{category}",
    scope=scopes.GOODS_WRITE,
    status=204,
    right=EDIT,
    summary=gettext_lazy("Delete a category without branches"),
)
def delete_category(request: ApiRequest, category: IdInPath) -> Reply:
    """Delete a category; its goods go to the one above it."""
    services.delete_category(actor=request.auth.actor, public_id=category)
    return Reply(None)


@operation(
    kinds,
    "GET",
    "",
    scope=scopes.GOODS_READ,
    answer=price_docs.PriceKindList,
    right=SEE,
    summary=gettext_lazy("List the kinds of prices"),
)
def list_price_kinds(request: ApiRequest) -> price_docs.PriceKindList:
    """Return the kinds of prices, those switched off included."""
    return price_docs.PriceKindList(items=[price_docs.kind_out(one) for one in goods.list_kinds(on=False)])


@operation(
    held,
    "GET",
    "",
    scope=scopes.PRICES_WRITE,
    answer=price_docs.HeldList,
    right=RELEASE,
    summary=gettext_lazy("List the prices that the guard holds"),
)
def list_held_prices(request: ApiRequest) -> price_docs.HeldList:
    """Return the prices that wait for a person."""
    return price_docs.HeldList(items=[price_docs.held_out(one) for one in goods.list_held()])


@operation(
    held,
    "POST",
    "",
    scope=scopes.PRICES_WRITE,
    answer=price_docs.Settled,
    right=RELEASE,
    summary=gettext_lazy("Release or refuse held prices"),
)
def settle_held_prices(request: ApiRequest, sent: price_docs.SettleGiven) -> price_docs.Settled:
    """Settle all of them or none."""
    verb = services.release_prices if sent.act == "release" else services.refuse_prices
    return price_docs.Settled(settled=verb(actor=request.auth.actor, public_ids=sent.prices, now=request.auth.now))
