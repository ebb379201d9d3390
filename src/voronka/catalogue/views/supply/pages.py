"""Suppliers, their lists, one loading at the step it is at."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.catalogue.models import PriceLoad, PriceSource, Supplier
from voronka.catalogue.queries import supply as queries
from voronka.catalogue.rules.pricelists import Kind, Layout
from voronka.catalogue.rules.pricelists.layouts import Row
from voronka.catalogue.rules.pricelists.values import text_of
from voronka.catalogue.services import lists
from voronka.catalogue.services.lists import reading
from voronka.catalogue.services.lists.starting import MOST_MIB
from voronka.catalogue.views.supply import words
from voronka.kit import files
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.tables import TableError, explain, write_xlsx
from voronka.kit.tables.writers import Writable

_SAMPLES, _MOST_COLUMNS = 3, 60


@signed_in
@require_GET
def supplier_list(request: HttpRequest) -> HttpResponse:
    """Show all suppliers with their last lists and what waits for an answer."""
    rows = queries.list_suppliers(actor_of(request))
    told = [(row, words.state_words(row.last) if row.last else ("", "")) for row in rows]
    return render(request, "catalogue/supply_list.html", {"rows": told})


@signed_in
@require_GET
def supplier_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a supplier's lists; offer to load one."""
    actor = actor_of(request)
    return _supplier(request, lists.get_supplier(actor, public_id))


def _supplier(request: HttpRequest, supplier: Supplier, refusal: Invalid | None = None) -> HttpResponse:
    context = {
        "supplier": supplier,
        "loads": [(one, *words.state_words(one)) for one in queries.list_loads(supplier)],
        "tally": queries.tally_of(supplier),
        "sources": [
            (one, words.source_kind_words(one.source.kind), words.source_place(one.source), *words.source_words(one))
            for one in queries.list_sources(supplier)
        ],
        "refused": queries.list_refused(supplier),
        "source_kinds": [(kind, words.source_kind_words(kind)) for kind in PriceSource.Kind.values],
        "error": refusal.fields.get("file", refusal.message) if refusal else "",
        "most_mib": MOST_MIB,
    }
    return render(request, "catalogue/supply_supplier.html", context, status=refusal.status if refusal else 200)


# Reading a file takes its time: no transaction is open meanwhile.
@transaction.non_atomic_requests
@signed_in
@require_POST
def load_upload(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a file: to its columns, or straight to its loading where they are known from before."""
    actor = actor_of(request)
    upload = request.FILES.get("file")
    try:
        if upload is None:
            message = _("Choose a file.")
            raise Invalid(message, fields={"file": message})
        load = lists.start_load(
            actor=actor, supplier=public_id, source=upload, name=upload.name or "", now=timezone.now()
        )
    except Invalid as refusal:
        with transaction.atomic():
            return _supplier(request, lists.get_supplier(actor, public_id), refusal)
    return redirect("catalogue:supply-load", load.public_id)


@transaction.non_atomic_requests
@signed_in
@require_GET
def load_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a loading at the step it is at."""
    with transaction.atomic():
        load = lists.get_load(actor_of(request), public_id)
        if load.state != "asked":
            return render(request, "catalogue/supply_load.html", _frame(load))
    return _columns(request, load)


def _frame(load: PriceLoad) -> dict[str, Any]:
    said, tone = words.state_words(load)
    counts = load.counts
    return {
        "load": load,
        "supplier": load.supplier,
        "said": said,
        "tone": tone,
        "found": words.found_words(counts),
        "bad": [(one, words.bad_word(one.code)) for one in queries.bad_rows(load, most=20)],
        "is_working": load.state in ("waiting", "running"),
        "total": max(load.total, load.done_rows, 1),
        "asked": counts.get("asked", 0),
    }


def _columns(request: HttpRequest, load: PriceLoad, refusal: Invalid | None = None) -> HttpResponse:
    layout = Layout.from_json(load.layout)
    rows: list[Row] = []
    error = refusal.message if refusal else ""
    try:
        with files.local_path(load.file) as path:
            rows = reading.sample_of(path, layout.sheet or None)[2]
    except TableError as problem:
        error = explain(problem)
    below = [cells for number, cells in rows if number >= layout.header_row + layout.header_rows][:40]
    width = min(max(map(len, (cells for _number, cells in rows)), default=0), _MOST_COLUMNS)
    chosen = {column.index: kind.value for kind, column in layout.columns.items()}
    if refusal:
        chosen = {index: request.POST.get(f"column_{index}", "") for index in range(width)}
    context = {
        **_frame(load),
        "question": words.question_words(load),
        "error": error,
        "choices": [("", _("not needed")), *((kind.value, words.kind_word(kind.value)) for kind in Kind)],
        "columns": [
            {
                "index": index,
                "heading": layout.headings[index] if index < len(layout.headings) else "",
                "samples": [text for cells in below if (text := _at(cells, index))][:_SAMPLES],
                "kind": chosen.get(index, ""),
            }
            for index in range(width)
        ],
    }
    return render(request, "catalogue/supply_columns.html", context, status=refusal.status if refusal else 200)


def _at(cells: Any, index: int) -> str:  # a row of cells of any kind
    return text_of(cells[index])[:80] if index < len(cells) else ""


@transaction.non_atomic_requests
@signed_in
@require_POST
def load_columns(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the meaning of the columns and load the list."""
    actor = actor_of(request)
    columns = {index: request.POST.get(f"column_{index}", "")[:20] for index in range(_MOST_COLUMNS)}
    try:
        lists.confirm_layout(actor=actor, public_id=public_id, columns=columns, now=timezone.now())
    except Invalid as refusal:
        with transaction.atomic():
            load = lists.get_load(actor, public_id)
        return _columns(request, load, refusal)
    return redirect("catalogue:supply-load", public_id)


@signed_in
@require_GET
def load_progress(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer with the moving piece of the page alone."""
    load = lists.get_load(actor_of(request), public_id)
    answer = render(request, "catalogue/_supply_progress.html", _frame(load))
    if load.state not in ("waiting", "running"):
        answer["HX-Refresh"] = "true"
    return answer


@transaction.non_atomic_requests
@signed_in
@require_POST
def load_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the last list back."""
    lists.undo_load(actor=actor_of(request), public_id=public_id, now=timezone.now())
    messages.success(request, _("The list was taken back: lines, bindings and costs are as before it."))
    return redirect("catalogue:supply-load", public_id)


@signed_in
@require_POST
def load_drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Throw away a list that has not been loaded."""
    actor = actor_of(request)
    supplier = lists.get_load(actor, public_id).supplier
    lists.drop_load(actor=actor, public_id=public_id)
    return redirect("catalogue:supply-supplier", supplier.public_id)


@signed_in
@require_GET
def load_bad(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the rows that were not taken as a file, each with its reason."""
    load = lists.get_load(actor_of(request), public_id)
    rows: list[list[Writable]] = [[_("Row"), _("Why it was not taken")]]
    rows += [[one.number, words.bad_word(one.code), *one.cells] for one in queries.bad_rows(load)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{files.clean_name(Path(load.file.name).stem)}-rows.xlsx"
        write_xlsx(path, rows)
        answer = files.attachment(path.open("rb"), path.name)
    return cast("HttpResponse", answer)  # streamed, but an answer like any other
