"""The list of clients and its file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from voronka.accounts import services as accounts
from voronka.accounts.queries.views import view_bar
from voronka.kit import facets, modules
from voronka.kit.actors import Actor
from voronka.kit.list_address import ListAddress
from voronka.kit.listfile import ListFile, file_links, handed_over
from voronka.kit.screens import actor_of, place_for, signed_in, wants_fragment
from voronka.kit.tables.writers import Writable
from voronka.people.permissions import (
    BULK_EDIT,
    CREATE_CLIENTS,
    DELETE_CLIENTS,
    EDIT_CLIENTS,
    IMPORT_CLIENTS,
    SEE_CLIENTS,
)
from voronka.people.queries import asked, lists
from voronka.people.queries.lists import ADDRESSES, FULL
from voronka.people.services import MOST_CARDS
from voronka.people.views import asking
from voronka.people.views.columns import Column, cell_value, columns_of


@signed_in
@require_GET
def client_list(request: HttpRequest) -> HttpResponse:
    """Show clients: search, filters, order and columns all stand in the address."""
    actor = actor_of(request)
    actor.require(SEE_CLIENTS)
    address, known = asking.address_for(request, actor), facets.facets_of("client", actor)
    if made := address.made(known):
        return redirect(made)
    ask, size = asked.ask_of(request.GET), asked.size_of(request.GET)
    columns = columns_of(address.columns, known)
    codes = {one.code for one in columns}
    page = lists.read_page(
        actor, ask, size=size, known=known, with_full=FULL in codes, with_addresses=ADDRESSES in codes
    )
    is_asking = bool(ask.text.strip() or ask.filters)
    context: dict[str, Any] = {
        "ask": ask,
        "page": page,
        "is_asking": is_asking,
        "is_empty": not page.rows and not is_asking and not ask.after,
        "query": address.query(after=""),
        **_table(address, actor, ask, page, columns),
        **_tools(address, actor, ask, known, page.problems, columns),
    }
    is_piece = wants_fragment(request)
    if not is_piece:
        context["bar"] = view_bar(actor, "client", context["query"], opened=request.GET.get("view", "")[:20])
    template = "people/_client_rows.html" if is_piece else "people/client_list.html"
    response = render(request, template, context, status=422 if page.problems else 200)
    response.headers["Vary"] = "HX-Request"
    return response


def _table(
    address: ListAddress, actor: Actor, ask: lists.Ask, page: lists.ClientPage, columns: Sequence[Column]
) -> dict[str, Any]:
    may_bulk, may_merge = actor.may(BULK_EDIT) or actor.may(DELETE_CLIENTS), actor.may(EDIT_CLIENTS)
    return {
        "rows": [(row, [(column, cell_value(row, column, actor)) for column in columns]) for row in page.rows],
        "heads": [(column, *address.sorting(column.code, ask.sort, sorts=column.sorts)) for column in columns],
        "name_head": address.sorting("name", ask.sort),
        "chosen": [column.code for column in columns],
        "next_url": address.to(after=page.after) if page.after else "",
        "first_url": address.to(after="") if ask.after else "",
        "may_bulk": may_bulk,
        "may_merge": may_merge,
        "may_pick": may_bulk or may_merge,
        "most_merged": MOST_CARDS,
        "is_page_all": not page.after and not ask.after,
    }


def _tools(
    address: ListAddress,
    actor: Actor,
    ask: lists.Ask,
    known: Mapping[str, facets.Facet],
    problems: Mapping[str, str],
    columns: Sequence[Column],
) -> dict[str, Any]:
    names = {code: str(one.name) for code, one in known.items() if code != "name" and one.is_column}
    order = dict.fromkeys([*(one.code for one in columns), *names])  # the chosen ones first, in their order
    return {
        "choices": [(code, names[code]) for code in order],
        **address.tools(ask.filters, known, problems),
        "sizes": [(str(one), one == asked.size_of(address.request.GET)) for one in lists.SIZES],
        "may_create": actor.may(CREATE_CLIENTS),
        "may_import": actor.may(IMPORT_CLIENTS) and modules.is_on(actor, "import"),
        "files": file_links(actor, "people:client-export", address.query(after="")),
        "walk_url": _walk_url(address, actor),
        "write_url": _write_url(address, actor),
        "may_see_bin": actor.may(DELETE_CLIENTS),
    }


@signed_in
@require_GET
def client_count(request: HttpRequest) -> HttpResponse:
    """Tell how many clients the list holds: asked for after the list itself is shown."""
    actor, most = actor_of(request), 10_000
    actor.require(SEE_CLIENTS)
    count = lists.count_clients(actor, asked.ask_of(request.GET), most=most)
    return render(request, "people/_client_count.html", {"count": count, "most": most})


def _walk_url(asked_by: ListAddress, actor: Actor) -> str:
    """Return the address that begins to call the list through; empty for one who does not call or does not choose."""
    address = place_for(actor, "deals:walk-new")
    if not address or actor.is_led or "deals.press" not in actor.rights:
        return ""
    return f"{address}?{urlencode({'of': 'client', 'query': asked_by.query(after='')})}"


def _write_url(asked_by: ListAddress, actor: Actor) -> str:
    """Return the address that prepares a campaign to the list; empty for one who prepares none."""
    address = place_for(actor, "messaging:campaign-new")
    if not address or "messaging.edit_campaigns" not in actor.rights:
        return ""
    return f"{address}?{urlencode({'list': asked_by.query(after='')})}"


@signed_in
@require_GET
def client_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give the list as a file, with the filters and columns of its page. The right is its own, the act is logged."""
    actor = actor_of(request)
    ask, known = asked.ask_of(request.GET), facets.facets_of("client", actor)
    address = asking.address_for(request, actor)
    columns = columns_of(address.columns, known)
    made = ListFile(
        what="client",
        name=_("clients"),
        heads=_file_heads(actor, columns),
        count=lambda most: lists.count_clients(actor, ask, most=most),
        rows=lambda: _file_rows(actor, ask, columns),
        query=_query_words(address, ask, known),
    )
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=timezone.now()))


def _file_rows(actor: Actor, ask: lists.Ask, columns: Sequence[Column]) -> Iterator[list[Writable]]:
    others, kinds, codes = _others(columns), _contact_kinds(actor), {one.code for one in columns}
    for row in lists.walk_clients(actor, ask, with_full=FULL in codes, with_addresses=ADDRESSES in codes):
        contacts = [", ".join(one.value for one in row.contacts if one.kind == kind) for kind in kinds]
        yield [row.client.name, *contacts, *(cell_value(row, one, actor, plain=True) for one in others)]


def _contact_kinds(actor: Actor) -> list[str]:
    return [kind for kind in ("phone", "email") if actor.sees(f"client.{kind}")]


def _others(columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.code not in ("phone", "email")]


def _file_heads(actor: Actor, columns: Sequence[Column]) -> list[str]:
    names = {"phone": _("Phone"), "email": _("E-mail")}
    return [_("Name"), *(names[kind] for kind in _contact_kinds(actor)), *(one.name for one in _others(columns))]


def _query_words(address: ListAddress, ask: lists.Ask, known: Mapping[str, facets.Facet]) -> list[str]:
    """Say what was asked for: the search and the filters."""
    found = [_("Search: %(text)s") % {"text": ask.text.strip()}] if ask.text.strip() else []
    return found + [f"{one.name}: {one.value}" for one in address.chips(ask.filters, known, {})]
