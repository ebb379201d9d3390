"""Operations on imports: a file is uploaded, its columns named, checked and loaded in the background, taken back."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import File, Router
from ninja.files import UploadedFile

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import imports as docs
from voronka.connect.schemas.common import IdInPath
from voronka.kit import files
from voronka.kit.errors import Invalid
from voronka.people.queries import imports as queries
from voronka.people.services import imports as services
from voronka.people.services.imports.words import explain_error

if TYPE_CHECKING:
    from voronka.people.models import ImportRun

router = Router(tags=["imports"])


def told_import(run: "ImportRun") -> docs.Import:
    """Return an import as it goes out, what went wrong in words."""
    made = docs.import_out(run)
    made.error = explain_error(run.error) if run.error else ""
    return made


def _run(request: ApiRequest, run: str) -> "ImportRun":
    return services.get_run(request.auth.actor, run)


@operation(
    router,
    "GET",
    "",
    scope=scopes.IMPORTS_RUN,
    answer=docs.ImportList,
    summary=gettext_lazy("List the latest imports"),
)
def list_imports(request: ApiRequest) -> docs.ImportList:
    """Return the latest imports, newest first."""
    return docs.ImportList(items=[told_import(one) for one in queries.list_runs(request.auth.actor)])


@operation(
    router,
    "POST",
    "",
    scope=scopes.IMPORTS_RUN,
    answer=docs.Import,
    status=201,
    is_long=True,
    summary=gettext_lazy("Upload a file of clients; its columns are recognised"),
)
def upload_import(request: ApiRequest, file: File[UploadedFile]) -> Reply:
    """Keep a file (CSV, XLSX, XLS, ODS) and recognise its columns; nothing is loaded yet."""
    caller = request.auth
    run = services.start_import(
        actor=caller.actor,
        source=file,
        name=file.name or "",
        content_type=file.content_type or "",
        now=caller.now,
    )
    with transaction.atomic():
        kept = told_import(_run(request, run.public_id))
    return Reply(kept, headers={"Location": f"/api/v1/imports/{run.public_id}"})


@operation(
    router,
    "GET",
    "/{run}",
    scope=scopes.IMPORTS_RUN,
    answer=docs.Import,
    summary=gettext_lazy("Show how far an import has come"),
)
def get_import(request: ApiRequest, run: IdInPath) -> docs.Import:
    """Return an import."""
    return told_import(_run(request, run))


@operation(
    router,
    "POST",
    "/{run}/columns",
    scope=scopes.IMPORTS_RUN,
    answer=docs.Import,
    summary=gettext_lazy("Say what the columns mean; the whole file is then checked"),
)
def choose_columns(request: ApiRequest, run: IdInPath, sent: docs.ColumnsGiven) -> docs.Import:
    """Name the columns and check the file in the background; the state goes from `checking` to `ready`."""
    held = _run(request, run)
    columns = held.mapping if sent.columns is None else [one.model_dump() for one in sent.columns]
    if len(columns) != len(held.layout.get("headers", [])):
        message = _("Name all columns of the file, in their order.")
        raise Invalid(message, fields={"columns": message})
    try:
        services.choose_columns(
            actor=request.auth.actor, public_id=run, mapping=columns, options=_options(sent.options)
        )
    except Invalid as wrong:
        raise _said(wrong) from wrong
    return told_import(_run(request, run))


def _options(sent: docs.Options) -> dict[str, object]:
    return {name: value for name, value in sent.model_dump().items() if value is not None}


def _said(wrong: Invalid) -> Invalid:
    words = {name.replace("column_", "columns."): one for name, one in wrong.fields.items()}
    return Invalid(wrong.message, code=wrong.code, fields=words)


@operation(
    router,
    "POST",
    "/{run}/start",
    scope=scopes.IMPORTS_RUN,
    answer=docs.Import,
    summary=gettext_lazy("Load the checked file in the background"),
)
def start_import(request: ApiRequest, run: IdInPath) -> docs.Import:
    """Begin the loading of a file that is `ready`."""
    caller = request.auth
    services.begin_run(actor=caller.actor, public_id=run, now=caller.now)
    return told_import(_run(request, run))


@operation(
    router,
    "POST",
    "/{run}/pause",
    scope=scopes.IMPORTS_RUN,
    answer=docs.Import,
    summary=gettext_lazy("Stop a loading, to go on later"),
)
def pause_import(request: ApiRequest, run: IdInPath) -> docs.Import:
    """Stop after the chunk that is being written."""
    services.pause_run(actor=request.auth.actor, public_id=run)
    return told_import(_run(request, run))


@operation(
    router,
    "POST",
    "/{run}/resume",
    scope=scopes.IMPORTS_RUN,
    answer=docs.Import,
    summary=gettext_lazy("Go on with a paused or failed loading"),
)
def resume_import(request: ApiRequest, run: IdInPath) -> docs.Import:
    """Go on from the next row."""
    services.resume_run(actor=request.auth.actor, public_id=run, now=request.auth.now)
    return told_import(_run(request, run))


@operation(
    router,
    "POST",
    "/{run}/undo",
    scope=scopes.IMPORTS_RUN,
    answer=docs.Import,
    summary=gettext_lazy("Take a loading back"),
)
def undo_import(request: ApiRequest, run: IdInPath) -> docs.Import:
    """Take the loading back in the background; what was edited since stays."""
    services.undo_run(actor=request.auth.actor, public_id=run)
    return told_import(_run(request, run))


@operation(
    router,
    "DELETE",
    "/{run}",
    scope=scopes.IMPORTS_RUN,
    status=204,
    summary=gettext_lazy("Forget an import that has loaded nothing"),
)
def drop_import(request: ApiRequest, run: IdInPath) -> None:
    """Forget the import and its file."""
    services.drop_run(actor=request.auth.actor, public_id=run)


@operation(
    router,
    "GET",
    "/{run}/rejected",
    scope=scopes.IMPORTS_RUN,
    gives_file=True,
    summary=gettext_lazy("Take the file of rejected rows"),
)
def get_rejected(request: ApiRequest, run: IdInPath) -> HttpResponse:
    """Return the rejected rows with their reasons, as a file like the one uploaded."""
    with tempfile.TemporaryDirectory() as folder:
        path = services.write_rejected(_run(request, run), Path(folder))
        answer = files.attachment(path.open("rb"), path.name)
    return cast("HttpResponse", answer)  # streamed, but an answer like any other
