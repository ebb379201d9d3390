"""The list of the stock and its file: how many of what lie where, are promised, are free, are coming."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from voronka.accounts import services as accounts
from voronka.accounts.queries.views import view_bar
from voronka.catalogue.queries import asked
from voronka.catalogue.queries.lists import SIZES, Ask
from voronka.kit import facets, wording
from voronka.kit.actors import Actor
from voronka.kit.facets import Facet
from voronka.kit.list_address import ListAddress
from voronka.kit.listfile import ListFile, file_links, handed_over
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.kit.tables.writers import Writable
from voronka.stock.models import Place
from voronka.stock.permissions import SEE
from voronka.stock.queries import lists
from voronka.stock.queries.lists import StockPage, StockRow
from voronka.stock.services.refusals import shown
from voronka.stock.views.words import doors, tabs

_PAGE = "stock:goods"
MOST_COUNTED = 100_000
NUMBERS = ("on_hand", "reserved", "available", "expected", "worth")
USUAL = ("code", "available", "on_hand", "reserved", "expected")
AT = "at-"  # begins the code of a place's column
MOST_PLACES = 4  # columns of places that are there without being asked for


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its code, its name, whether its values are numbers, whether the list sorts by it; its place, if any."""

    code: str
    name: str
    is_number: bool
    sorts: bool
    place: Place | None = None


def all_columns(known: Mapping[str, Facet], places: Sequence[Place]) -> dict[str, Column]:
    """Return every column there is, by code: those of facets, then one for each place."""
    found = {
        code: Column(code, str(one.name), one.kind in ("number", "money"), code in lists.SORTED)
        for code, one in known.items()
        if one.is_column and code != "name"
    }
    for one in places:
        code = AT + one.public_id
        found[code] = Column(code, one.name, is_number=True, sorts=False, place=one)
    return found


def columns_of(given: str, known: Mapping[str, Column], places: Sequence[Place]) -> list[Column]:
    """Return the asked columns (codes with commas) that exist, else the usual ones."""
    codes = [code for code in given.split(",")[:100] if code in known]
    usual = [*USUAL, *(AT + one.public_id for one in places[:MOST_PLACES] if len(places) > 1)]
    return [known[code] for code in dict.fromkeys(codes or usual) if code in known]


@signed_in
@require_GET
def stock_list(request: HttpRequest) -> HttpResponse:
    """Show what lies where: search, filters, order and columns all stand in the address."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    address, known = ListAddress(request, _PAGE), facets.facets_of(lists.SUBJECT, actor)
    if made := address.made(known):
        return redirect(made)
    ask, size = asked.ask_of(request.GET), asked.size_of(request.GET)
    places = lists.places_shown()
    every = all_columns(known, places)
    columns = columns_of(address.columns, every, places)
    page = lists.read_page(actor, ask, now=now, size=size)
    is_asking = bool(ask.text.strip() or ask.filters)
    context: dict[str, Any] = {
        "ask": ask,
        "page": page,
        "is_empty": not page.rows and not is_asking and not ask.after,
        "has_places": bool(places),
        "query": address.query(after=""),
        **_table(address, actor, ask, page, columns),
    }
    is_piece = wants_fragment(request)
    if not is_piece:
        context |= _tools(address, actor, ask, known, page.problems, every, columns)
        context["bar"] = view_bar(actor, lists.SUBJECT, context["query"], opened=request.GET.get("view", "")[:20])
    template = "stock/_goods_rows.html" if is_piece else "stock/goods_list.html"
    response = render(request, template, context, status=422 if page.problems else 200)
    response.headers["Vary"] = "HX-Request"
    return response


def _table(
    address: ListAddress, actor: Actor, ask: Ask, page: StockPage, columns: Sequence[Column]
) -> dict[str, Any]:
    return {
        "rows": [
            (row, [(column, cell_words(row, column, actor), tone_of(row, column)) for column in columns])
            for row in page.rows
        ],
        "heads": [(column, *address.sorting(column.code, ask.sort, sorts=column.sorts)) for column in columns],
        "name_head": address.sorting("name", ask.sort),
        "chosen": [column.code for column in columns],
        "next_url": address.to(after=page.after) if page.after else "",
        "first_url": address.to(after="") if ask.after else "",
    }


def _tools(
    address: ListAddress,
    actor: Actor,
    ask: Ask,
    known: Mapping[str, Facet],
    problems: Mapping[str, str],
    every: Mapping[str, Column],
    columns: Sequence[Column],
) -> dict[str, Any]:
    order = dict.fromkeys([*(one.code for one in columns), *every])  # the chosen ones first, in their order
    return {
        "tabs": tabs(actor, "goods"),
        "doors": doors(actor),
        "choices": [(code, every[code].name) for code in order],
        **address.tools(ask.filters, known, problems),
        "sizes": [(str(one), one == asked.size_of(address.request.GET)) for one in SIZES],
        "files": file_links(actor, "stock:goods-export", address.query(after="")),
    }


def cell_value(row: StockRow, column: Column) -> str | Decimal | None:
    """Return what stands in a cell as a plain value: numbers for numbers."""
    if column.place is not None:
        lying = row.places.get(column.place.pk)
        return lying.on_hand if lying is not None else Decimal(0)
    if column.code in NUMBERS:
        value: Decimal | None = getattr(row, column.code)
        return value
    words: dict[str, str] = {
        "code": row.card.code,
        "category": row.category,
        "brand": row.brand,
        "barcode": ", ".join(row.barcodes),
        "on_sale": _("on sale") if row.card.is_on_sale else _("off sale"),
    }
    return words.get(column.code, "")


def cell_words(row: StockRow, column: Column, actor: Actor) -> str:
    """Return a cell for the page: nothing at all is a dash, so that what is there is seen at once."""
    value = cell_value(row, column)
    if column.code == "worth":
        return "—" if not value else wording.money(Decimal(str(value)), "RUB", actor.language)
    if not isinstance(value, Decimal):
        return value or ""
    return shown(value) if value else "—"


def tone_of(row: StockRow, column: Column) -> str:
    """Return what a cell says by its look: nothing to sell though it is wanted is a warning, nought is pale."""
    value = cell_value(row, column)
    if not isinstance(value, Decimal):
        return ""
    if column.code == "available" and value <= 0:
        return "late" if row.card.is_on_sale else "quiet"
    return "" if value else "quiet"


@signed_in
@require_GET
def stock_count(request: HttpRequest) -> HttpResponse:
    """Tell how many goods the list holds: asked for after the list itself is shown."""
    actor = actor_of(request)
    actor.require(SEE)
    count = lists.count_or_none(actor, asked.ask_of(request.GET), most=MOST_COUNTED) or 0
    return render(request, "stock/_goods_count.html", {"count": count, "most": MOST_COUNTED})


@signed_in
@require_GET
def stock_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give the list as a file, with the filters and columns of its page. The right is its own, the act is logged."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    ask, known, places = asked.ask_of(request.GET), facets.facets_of(lists.SUBJECT, actor), lists.places_shown()
    address = ListAddress(request, _PAGE)
    columns = columns_of(address.columns, all_columns(known, places), places)

    def rows() -> Iterator[Sequence[Writable]]:
        for row in lists.walk(actor, ask, now=now):
            yield [row.card.name, *(cell_value(row, one) for one in columns)]

    searched = [_("Search: %(text)s") % {"text": ask.text.strip()}] if ask.text.strip() else []
    made = ListFile(
        what="stock",
        name=_("stock-list"),
        heads=[pgettext("of a thing", "Name"), *(one.name for one in columns)],
        count=lambda most: lists.count_or_none(actor, ask, most=most) or 0,
        rows=rows,
        query=[*searched, *(f"{one.name}: {one.value}" for one in address.chips(ask.filters, known, {}))],
    )
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=now))
