"""The wizard: one address an import, which shows the step it is at."""

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit import files
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.panels import panels_for
from voronka.kit.screens import actor_of, signed_in
from voronka.people.models import ImportRun
from voronka.people.permissions import MANAGE_FIELDS
from voronka.people.queries import imports as queries
from voronka.people.rules.import_plan import TARGETS
from voronka.people.services import imports as services
from voronka.people.services.imports import words as service_words
from voronka.people.services.imports.mapping import NEW_KINDS, custom_field_names, open_targets
from voronka.people.views.imports import words
from voronka.people.views.imports.forms import read_mapping, read_options


@signed_in
@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    """Offer to choose a file; show the latest imports."""
    return _choose_file(request, actor_of(request))


def _choose_file(request: HttpRequest, actor: Actor, refusal: Invalid | None = None) -> HttpResponse:
    context = {
        "runs": [(run, *words.state_words(run)) for run in queries.list_runs(actor)],
        "error": refusal.fields.get("file", refusal.message) if refusal else "",
        "most_mib": services.most_mib(),
    }
    return render(request, "people/import_list.html", context, status=refusal.status if refusal else 200)


# Reading a large file may take seconds: no transaction is open meanwhile.
@transaction.non_atomic_requests
@signed_in
@require_POST
def import_upload(request: HttpRequest) -> HttpResponse:
    """Take a file and go to its columns, or straight to the check where the columns are known from before."""
    actor = actor_of(request)
    upload = request.FILES.get("file")
    try:
        if upload is None:
            message = _("Choose a file.")
            raise Invalid(message, fields={"file": message})
        run = services.start_import(
            actor=actor,
            source=upload,
            name=upload.name or "",
            content_type=upload.content_type or "",
            now=timezone.now(),
        )
    except Invalid as refusal:
        with transaction.atomic():
            return _choose_file(request, actor, refusal)
    if run.layout.get("remembered"):
        # Columns that do not fit any more, or would make a field that this person may not make, are shown to him.
        with suppress(Invalid):
            services.choose_columns(actor=actor, public_id=run.public_id, mapping=run.mapping, options=run.options)
    return redirect("people:import", run.public_id)


@signed_in
@require_GET
def import_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show an import at the step it is at."""
    actor = actor_of(request)
    run = services.get_run(actor, public_id)
    if run.state == "new" or (run.state == "failed" and not run.done_rows):
        return _columns(request, actor, run)
    if run.state == "ready":
        return _check(request, run)
    if run.state == "checking":
        return render(request, "people/import_checking.html", _frame(run))
    if run.state in ("running", "paused", "failed"):
        return render(request, "people/import_run.html", _progress(run))
    if run.state == "undoing":
        return render(request, "people/import_undoing.html", _frame(run))
    return _result(request, actor, run)


def _frame(run: ImportRun) -> dict[str, object]:
    stages, at = words.stages(run)
    undo = run.preview.get("undo", {})
    return {
        "undo": undo,
        "undo_done": sum(undo.values()),
        "undo_total": run.made + run.updated,
        "run": run,
        "stages": stages,
        "at": at,
        "file_line": words.file_line(run),
        "checked": run.preview.get("checked", 0),
        "error": service_words.explain_error(run.error) if run.error else "",
    }


@signed_in
@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show and take the meaning of the columns."""
    actor = actor_of(request)
    run = services.get_run(actor, public_id)
    if request.method == "GET":
        return _columns(request, actor, run)
    mapping = read_mapping(request.POST, len(run.layout["headers"]))
    options = read_options(request.POST, run.options)
    try:
        services.choose_columns(actor=actor, public_id=public_id, mapping=mapping, options=options)
    except Invalid as refusal:
        return _columns(request, actor, run, mapping, refusal)
    return redirect("people:import", public_id)


def _columns(
    request: HttpRequest,
    actor: Actor,
    run: ImportRun,
    mapping: list[dict[str, object]] | None = None,
    refusal: Invalid | None = None,
) -> HttpResponse:
    custom = custom_field_names()
    chosen = mapping if mapping is not None else run.mapping
    problems = refusal.fields if refusal else {}
    kinds = run.layout.get("kinds", [])
    rows = [
        {
            "index": index,
            "letter": words.letter(index),
            "header": header,
            "samples": run.layout["samples"][index],
            "target": chosen[index].get("target", "") if index < len(chosen) else "",
            "name": chosen[index].get("name") or header,
            "kind": chosen[index].get("kind") or (kinds[index] if index < len(kinds) else "text"),
            "error": problems.get(f"column_{index}", ""),
        }
        for index, header in enumerate(run.layout["headers"])
    ]
    choices = [("", _("do not load"))]
    may_fill = frozenset(open_targets(actor))
    choices += [(one, service_words.target_word(one, custom)) for one in TARGETS if one in may_fill]
    choices += sorted(((code, name) for code, name in custom.items() if code in may_fill), key=lambda one: one[1])
    if actor.may(MANAGE_FIELDS):
        choices.append(("new", _("a new field")))
    context = {
        **_frame(run),
        "at": 1,
        "rows": rows,
        "choices": choices,
        "kinds": [(kind, kind_word(kind)) for kind in NEW_KINDS],
        "sheets": [(one, one) for one in run.layout["sheets"]] if len(run.layout["sheets"]) > 1 else [],
        "refusal": refusal,
    }
    return render(request, "people/import_columns.html", context, status=refusal.status if refusal else 200)


def kind_word(kind: str) -> str:
    """Return what a kind of custom field is called."""
    return {
        "text": _("text"),
        "number": _("number"),
        "money": _("sum"),
        "date": _("date"),
        "yes_no": _("yes or no"),
        "link": _("link"),
    }[kind]


@transaction.non_atomic_requests
@signed_in
@require_POST
def import_sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """Look at another sheet of the file."""
    sheet = request.POST.get("sheet", "")[:100]
    services.choose_sheet(actor=actor_of(request), public_id=public_id, sheet=sheet)
    return redirect("people:import-columns", public_id)


def _check(request: HttpRequest, run: ImportRun, refusal: Invalid | None = None) -> HttpResponse:
    heads, places = words.columns(run, custom_field_names())
    rejected = int(run.preview["rejected"])
    context = {
        **_frame(run),
        "columns": heads,
        "rows": words.check_rows(run.preview["shown"], places),
        "remarks": words.remarks(run),
        "remark_count": words.remark_count(run),
        "fixed": words.fixed_line(run),
        "to_load": run.total - rejected,
        "rejected": rejected,
        "doubles": words.doubles(run) if run.options["duplicates"] in ("fill", "overwrite") else 0,
        "refusal": refusal,
        "options": run.options,
    }
    return render(request, "people/import_check.html", context, status=refusal.status if refusal else 200)


@signed_in
@require_GET
def import_remarks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show all rows with remarks, up to some hundreds."""
    run = services.get_run(actor_of(request), public_id)
    heads, places = words.columns(run, custom_field_names())
    listed = run.preview.get("listed", [])
    context = {**_frame(run), "columns": heads, "rows": words.check_rows(listed, places)}
    return render(request, "people/import_remarks.html", context)


@signed_in
@require_POST
def import_start(request: HttpRequest, public_id: str) -> HttpResponse:
    """Begin the loading with the answers to the remarks."""
    actor = actor_of(request)
    run = services.get_run(actor, public_id)
    options = read_options(request.POST, run.options)
    try:
        services.begin_run(actor=actor, public_id=public_id, options=options, now=timezone.now())
    except Invalid as refusal:
        return _check(request, services.get_run(actor, public_id), refusal)
    return redirect("people:import", public_id)


def _progress(run: ImportRun) -> dict[str, object]:
    now = timezone.now()
    ended = {"running": "", "paused": "stopped"}.get(run.state, "ended")
    return {
        **_frame(run),
        "late": words.late_ticks(run),
        "left": words.left_line(run, now),
        "stats": words.run_stats(run, now),
        "last": words.last_rows(run),
        "state": ended,
    }


@signed_in
@require_GET
def import_progress(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer with the moving piece of the page alone."""
    run = services.get_run(actor_of(request), public_id)
    if run.state in ("running", "paused"):
        return render(request, "people/import_progress.html", _progress(run))
    if run.state in ("checking", "undoing"):
        return render(request, f"people/import_{run.state}_progress.html", _frame(run))
    return render(request, "people/import_progress_ended.html", _frame(run))


@signed_in
@require_POST
def import_pause(request: HttpRequest, public_id: str) -> HttpResponse:
    """Pause the loading."""
    services.pause_run(actor=actor_of(request), public_id=public_id)
    return redirect("people:import", public_id)


@signed_in
@require_POST
def import_resume(request: HttpRequest, public_id: str) -> HttpResponse:
    """Go on with the loading."""
    services.resume_run(actor=actor_of(request), public_id=public_id, now=timezone.now())
    return redirect("people:import", public_id)


@signed_in
@require_POST
def import_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the loading back."""
    services.undo_run(actor=actor_of(request), public_id=public_id)
    return redirect("people:import", public_id)


@signed_in
@require_POST
def import_drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Forget an import that has loaded nothing."""
    services.drop_run(actor=actor_of(request), public_id=public_id)
    messages.success(request, _("The file is put away; nothing was loaded."))
    return redirect("people:imports")


def _result(request: HttpRequest, actor: Actor, run: ImportRun) -> HttpResponse:
    panels = [(panel, panel.address(run.public_id)) for panel in panels_for("import_run", actor, place="main")]
    context = {
        **_frame(run),
        "stats": words.result_stats(run),
        "kept": queries.list_kept(run) if run.state == "undone" else [],
        "panels": panels if run.state == "done" and run.made else [],
        "may_undo": run.state == "done",
    }
    return render(request, "people/import_result.html", context)


@signed_in
@require_GET
def import_rejected(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the file of rejected rows."""
    run = services.get_run(actor_of(request), public_id)
    with tempfile.TemporaryDirectory() as folder:
        path = services.write_rejected(run, Path(folder))
        answer = files.attachment(path.open("rb"), path.name)
    return cast("HttpResponse", answer)  # streamed, but an answer like any other


@signed_in
@require_GET
def import_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give back the file as it was uploaded."""
    actor = actor_of(request)
    run = services.get_run(actor, public_id)
    answer = files.file_response(files.get_file(actor, run.file.public_id))
    return cast("HttpResponse", answer)  # streamed, but an answer like any other
