"""The list of goods, its file, and many goods put on sale or taken off it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from voronka.accounts import services as accounts
from voronka.accounts.queries.views import view_bar
from voronka.catalogue import services
from voronka.catalogue.models import Variant
from voronka.catalogue.permissions import EDIT, LOAD_LISTS, RELEASE_PRICES, SEE
from voronka.catalogue.queries import asked, lists
from voronka.catalogue.queries.goods import count_held, list_kinds
from voronka.catalogue.services.words import KIND_WORDS, VAT_WORDS
from voronka.kit import facets, wording
from voronka.kit.actors import Actor
from voronka.kit.facets import Facet
from voronka.kit.list_address import ListAddress, address_back
from voronka.kit.listfile import ListFile, file_links, handed_over
from voronka.kit.screens import actor_of, place_for, signed_in, wants_fragment
from voronka.kit.tables.writers import Writable

_PAGE = "catalogue:goods-list"
SORTED = ("name", "code", "price")
MOST_COUNTED = 100_000
_PRINT = "stock.print"  # of an upper part
Plain = str | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the facet's code, its name, whether its values are numbers, whether the list sorts by it."""

    code: str
    name: str
    is_number: bool
    sorts: bool


def columns_of(given: str, known: Mapping[str, Facet]) -> list[Column]:
    """Return the asked columns (codes with commas) that exist, else the usual ones. The name is always shown."""
    codes = [code for code in given.split(",")[:100] if code in known and code != "name" and known[code].is_column]
    usual = [code for code in lists.DEFAULT_COLUMNS if code in known]
    return [
        Column(code, str(known[code].name), known[code].kind in ("money", "number"), code in SORTED)
        for code in list(dict.fromkeys(codes or usual))
    ]


@signed_in
@require_GET
def goods_list(request: HttpRequest) -> HttpResponse:
    """Show goods: search, filters, order and columns all stand in the address."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    address, known = ListAddress(request, _PAGE), facets.facets_of(lists.SUBJECT, actor)
    if made := address.made(known):
        return redirect(made)
    ask, size = asked.ask_of(request.GET), asked.size_of(request.GET)
    columns = columns_of(address.columns, known)
    page = lists.read_page(actor, ask, now=now, size=size, with_cost=any(one.code == "cost" for one in columns))
    is_asking = bool(ask.text.strip() or ask.filters)
    context: dict[str, Any] = {
        "ask": ask,
        "page": page,
        "is_asking": is_asking,
        "is_empty": not page.rows and not is_asking and not ask.after,
        "query": address.query(after=""),
        **_table(address, actor, ask, page, columns),
    }
    is_piece = wants_fragment(request)
    if not is_piece:
        context |= _tools(address, actor, ask, known, page.problems, columns)
        context["bar"] = view_bar(actor, lists.SUBJECT, context["query"], opened=request.GET.get("view", "")[:20])
    template = "catalogue/_goods_rows.html" if is_piece else "catalogue/goods_list.html"
    response = render(request, template, context, status=422 if page.problems else 200)
    response.headers["Vary"] = "HX-Request"
    return response


def _table(
    address: ListAddress, actor: Actor, ask: lists.Ask, page: lists.GoodsPage, columns: Sequence[Column]
) -> dict[str, Any]:
    currency = next((one.currency for one in list_kinds() if one.is_default), "RUB")
    return {
        "rows": [
            (row, [(column, cell_value(row, column, actor, currency)) for column in columns]) for row in page.rows
        ],
        "heads": [(column, *address.sorting(column.code, ask.sort, sorts=column.sorts)) for column in columns],
        "name_head": address.sorting("name", ask.sort),
        "chosen": [column.code for column in columns],
        "next_url": address.to(after=page.after) if page.after else "",
        "first_url": address.to(after="") if ask.after else "",
        "may_edit": actor.may(EDIT),
    }


def _tools(
    address: ListAddress,
    actor: Actor,
    ask: lists.Ask,
    known: Mapping[str, Facet],
    problems: Mapping[str, str],
    columns: Sequence[Column],
) -> dict[str, Any]:
    names = {code: str(one.name) for code, one in known.items() if code != "name" and one.is_column}
    order = dict.fromkeys([*(one.code for one in columns), *names])  # the chosen ones first, in their order
    return {
        "choices": [(code, names[code]) for code in order],
        **address.tools(ask.filters, known, problems),
        "sizes": [(str(one), one == asked.size_of(address.request.GET)) for one in lists.SIZES],
        "files": file_links(actor, "catalogue:goods-export", address.query(after="")),
        "labels_url": _labels_url(actor, ask),
        "held": count_held() if actor.may(RELEASE_PRICES) else 0,
        "may_load": actor.may(LOAD_LISTS),
    }


def _labels_url(actor: Actor, ask: lists.Ask) -> str:
    """Return the address that prints labels of what a text finds; a list with filters has none."""
    page = place_for(actor, "stock:labels")
    text = ask.text.strip()
    return f"{page}?{urlencode({'q': text})}" if page and text and not ask.filters and _PRINT in actor.rights else ""


def cell_value(row: lists.Row, column: Column, actor: Actor, currency: str, *, plain: bool = False) -> Plain:
    """Return what stands in a cell: words for the page, plain values for a file."""
    variant, product = row.variant, row.variant.product
    if column.code in ("price", "cost"):
        value = row.price if column.code == "price" else row.cost
        money = currency if column.code == "price" else "RUB"
        return value if plain or value is None else wording.money(value, money, actor.language)
    if column.code == "created_at":
        day = product.created_at.astimezone(actor.zone).date()
        return day if plain else f"{day:%d.%m.%Y}"
    words: dict[str, str] = {
        "code": variant.code,
        "category": row.category,
        "brand": product.brand,
        "kind": str(KIND_WORDS[product.kind]),
        "vat": str(VAT_WORDS[product.vat]),
        "barcode": ", ".join(row.barcodes),
        "maker_code": variant.maker_code,
        "on_sale": _("on sale") if row.is_on_sale else _("off sale"),
    }
    return words.get(column.code, "")


@signed_in
@require_GET
def goods_count(request: HttpRequest) -> HttpResponse:
    """Tell how many variants the list holds: asked for after the list itself is shown."""
    actor = actor_of(request)
    actor.require(SEE)
    count = lists.count_or_none(actor, asked.ask_of(request.GET), most=MOST_COUNTED) or 0
    return render(request, "catalogue/_goods_count.html", {"count": count, "most": MOST_COUNTED})


@signed_in
@require_GET
def goods_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give the list as a file, with the filters and columns of its page. The right is its own, the act is logged."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    ask, known = asked.ask_of(request.GET), facets.facets_of(lists.SUBJECT, actor)
    address = ListAddress(request, _PAGE)
    columns = columns_of(address.columns, known)

    def rows() -> Iterator[Sequence[Writable]]:
        with_cost = any(one.code == "cost" for one in columns)
        for row in lists.walk_goods(actor, ask, now=now, with_cost=with_cost):
            yield [row.variant.name, *(cell_value(row, one, actor, "RUB", plain=True) for one in columns)]

    searched = [_("Search: %(text)s") % {"text": ask.text.strip()}] if ask.text.strip() else []
    made = ListFile(
        what="goods",
        name=_("goods-list"),
        heads=[pgettext("of a thing", "Name"), *(one.name for one in columns)],
        count=lambda most: lists.count_or_none(actor, ask, most=most) or 0,
        rows=rows,
        query=[*searched, *(f"{one.name}: {one.value}" for one in address.chips(ask.filters, known, {}))],
    )
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=now))


@signed_in
@require_POST
def goods_switch(request: HttpRequest) -> HttpResponse:
    """Put the products of the chosen variants on sale, or take them off it, and go back to the list."""
    actor = actor_of(request)
    actor.require(EDIT)
    ids = request.POST.getlist("id")[:1_000]
    products = Variant.objects.filter(public_id__in=ids).values_list("product__public_id", flat=True)
    is_on = request.POST.get("what") == "on"
    count = services.switch_products(actor=actor, public_ids=sorted(set(products)), is_on_sale=is_on)
    said = (
        ngettext("%(n)d product is on sale now", "%(n)d products are on sale now", count)
        if is_on
        else ngettext("%(n)d product is off sale now", "%(n)d products are off sale now", count)
    )
    messages.success(request, said % {"n": count})
    query = request.POST.get("query", "")[:4_000]
    return redirect(address_back(_PAGE, query))
