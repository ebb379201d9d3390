"""The list of clients and its file."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from voronka.accounts import services as accounts
from voronka.kit import facets, modules, tables
from voronka.kit.actors import EXPORT, Actor
from voronka.kit.errors import NotFound
from voronka.kit.files import attachment
from voronka.kit.screens import actor_of, place_for, signed_in, wants_fragment
from voronka.people.permissions import CREATE_CLIENTS, EDIT_CLIENTS, IMPORT_CLIENTS, SEE_CLIENTS
from voronka.people.queries import lists
from voronka.people.views.columns import Column, cell_value, columns_of

FILTER = "f."
SHOWN = "columns"
EXPORT_LIMIT = 50_000
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def ask_of(request: HttpRequest) -> lists.Ask:
    """Read what an address asks a list for."""
    filters = {
        name.removeprefix(FILTER): str(value)[:300]
        for name, value in request.GET.items()
        if name.startswith(FILTER) and str(value).strip()
    }
    return lists.Ask(
        text=request.GET.get("q", "")[:500],
        filters=dict(list(filters.items())[:20]),
        sort=request.GET.get("sort", lists.DEFAULT_SORT)[:80],
        after=request.GET.get("after", "")[:1000],
    )


def shown_of(request: HttpRequest) -> str:
    """Return the codes of the chosen columns, with commas: from one value or from ticks."""
    return ",".join(request.GET.getlist(SHOWN))[:2_000]


@signed_in
@require_GET
def client_list(request: HttpRequest) -> HttpResponse:
    """Show clients: search, filters, order and columns all stand in the address."""
    actor = actor_of(request)
    actor.require(SEE_CLIENTS)
    ask = ask_of(request)
    known = facets.facets_of("client", actor)
    page = lists.read_page(actor, ask, known=known)
    columns = columns_of(shown_of(request), known)
    is_asking = bool(ask.text.strip() or ask.filters)
    context: dict[str, Any] = {
        "ask": ask,
        "page": page,
        "rows": [(row, [(column, cell_value(row, column, actor)) for column in columns]) for row in page.rows],
        "heads": [(column, *_sorting(request, ask, column)) for column in columns],
        "name_head": _sorting(request, ask, Column("name", "", "text", True)),
        "chosen": [column.code for column in columns],
        "choices": [(code, str(one.name)) for code, one in known.items() if code != "name"],
        "filters": _filters(request, ask, known, page.problems),
        "addable": [(code, str(one.name)) for code, one in known.items() if code not in ask.filters],
        "adding": _adding(request, known),
        "is_asking": is_asking,
        "is_empty": not page.rows and not is_asking and not ask.after,
        "next_url": _address(request, after=page.after) if page.after else "",
        "first_url": _address(request, after="") if ask.after else "",
        "may_create": actor.may(CREATE_CLIENTS),
        "may_import": actor.may(IMPORT_CLIENTS) and modules.is_on(actor, "import"),
        "may_export": actor.may(EXPORT),
        "may_merge": actor.may(EDIT_CLIENTS),
        "query": _query(request, after=""),
        "walk_url": _walk_url(request, actor),
        "kept_by_search": _kept(request, "q", "after"),
        "kept_by_filter": _kept(request, "add", "after"),
        "kept_by_columns": _kept(request, SHOWN),
    }
    template = "people/_client_rows.html" if wants_fragment(request) else "people/client_list.html"
    response = render(request, template, context, status=422 if page.problems else 200)
    response.headers["Vary"] = "HX-Request"
    return response


@signed_in
@require_GET
def client_count(request: HttpRequest) -> HttpResponse:
    """Tell how many clients the list holds: asked for after the list itself is shown."""
    actor, most = actor_of(request), 10_000
    actor.require(SEE_CLIENTS)
    count = lists.count_clients(actor, ask_of(request), most=most)
    return render(request, "people/_client_count.html", {"count": count, "most": most})


def _walk_url(request: HttpRequest, actor: Actor) -> str:
    """Return the address that begins to call the list through; empty for one who does not call or does not choose."""
    address = place_for(actor, "deals:walk-new")
    if not address or actor.is_led or "deals.press" not in actor.rights:
        return ""
    return f"{address}?{urlencode({'of': 'client', 'query': _query(request, after='')})}"


def _query(request: HttpRequest, **changes: str) -> str:
    query = {name: value for name, value in request.GET.items() if name not in changes and name != "add"}
    if SHOWN in query:
        query[SHOWN] = shown_of(request)
    return urlencode({**query, **{name: value for name, value in changes.items() if value}})


def _address(request: HttpRequest, **changes: str) -> str:
    query = _query(request, **changes)
    return f"{request.path}?{query}" if query else request.path


def _kept(request: HttpRequest, *but: str) -> list[tuple[str, str]]:
    kept = {name: str(value) for name, value in request.GET.items() if name not in but}
    if SHOWN in kept:
        kept[SHOWN] = shown_of(request)
    return list(kept.items())


def _sorting(request: HttpRequest, ask: lists.Ask, column: Column) -> tuple[str, str]:
    """Return the address that sorts by the column, or turns its order, and how it is sorted now."""
    if not column.sorts:
        return "", ""
    now = "ascending" if ask.sort == column.code else "descending" if ask.sort == f"-{column.code}" else ""
    return _address(request, sort=f"-{column.code}" if now == "ascending" else column.code, after=""), now


def _filters(
    request: HttpRequest, ask: lists.Ask, known: Mapping[str, facets.Facet], problems: Mapping[str, str]
) -> list[dict[str, str]]:
    shown = []
    for code, text in ask.filters.items():
        facet, why = known.get(code), problems.get(code, "")
        named = dict(facet.options()) if facet is not None and facet.options is not None else {}
        shown.append(
            {
                "name": str(facet.name) if facet else code,
                "value": str(named.get(text, text)),
                "drop": _address(request, **{FILTER + code: "", "after": ""}),
                "why": _("There is no such filter.") if why == "unknown" else why,
            }
        )
    return shown


def _adding(request: HttpRequest, known: Mapping[str, facets.Facet]) -> dict[str, object] | None:
    """Return the filter that is being added: it asks for its value."""
    code = request.GET.get("add", "")
    facet = known.get(code)
    if facet is None:
        return None
    options = list(facet.options()) if facet.options is not None else []
    return {"code": FILTER + code, "name": str(facet.name), "kind": facet.kind, "options": options}


@signed_in
@require_GET
def client_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give the list as a file, with the filters and columns of its page. The right is its own, the act is logged."""
    actor = actor_of(request)
    if code not in FORMATS:
        raise NotFound(_("There is no such format."))
    ask, known = ask_of(request), facets.facets_of("client", actor)
    accounts.require_list_export(actor=actor)
    accounts.require_list_export(
        actor=actor, rows=lists.count_clients(actor, ask, most=EXPORT_LIMIT + 1), most=EXPORT_LIMIT
    )
    columns = columns_of(shown_of(request), known)
    with tempfile.TemporaryDirectory(prefix="voronka-export-") as folder:
        path = Path(folder) / f"clients.{code}"
        write = tables.write_csv if code == "csv" else tables.write_xlsx
        count = write(path, _file_rows(actor, ask, columns)) - 1
        file = BytesIO(path.read_bytes())
    accounts.log_list_export(
        actor=actor,
        what="client",
        query=_query_words(request, ask, known),
        columns=_file_heads(actor, columns),
        rows=count,
        file_format=code,
        now=timezone.now(),
    )
    name = f"{_('clients')}-{timezone.now().astimezone(actor.zone):%Y-%m-%d}.{code}"
    answer = attachment(file, name, content_type=FORMATS[code])
    return cast("HttpResponse", answer)  # both are answers; the stubs know no common type for views


def _file_rows(actor: Actor, ask: lists.Ask, columns: Sequence[Column]) -> Iterator[list[Any]]:
    others, kinds = _others(columns), _contact_kinds(actor)
    yield _file_heads(actor, columns)
    for row in lists.walk_clients(actor, ask):
        contacts = [", ".join(one.value for one in row.contacts if one.kind == kind) for kind in kinds]
        yield [row.client.name, *contacts, *(cell_value(row, one, actor, plain=True) for one in others)]


def _contact_kinds(actor: Actor) -> list[str]:
    return [kind for kind in ("phone", "email") if actor.sees(f"client.{kind}")]


def _others(columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.code not in ("phone", "email")]


def _file_heads(actor: Actor, columns: Sequence[Column]) -> list[str]:
    names = {"phone": _("Phone"), "email": _("E-mail")}
    return [_("Name"), *(names[kind] for kind in _contact_kinds(actor)), *(one.name for one in _others(columns))]


def _query_words(request: HttpRequest, ask: lists.Ask, known: Mapping[str, facets.Facet]) -> list[str]:
    """Say what was asked for: the search and the filters."""
    found = [_("Search: %(text)s") % {"text": ask.text.strip()}] if ask.text.strip() else []
    return found + [f"{one['name']}: {one['value']}" for one in _filters(request, ask, known, {})]
