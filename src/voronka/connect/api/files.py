"""Operations on files: of tasks that people set; of clients and deals in the company's own fields of the kind file."""

from typing import cast

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import File
from ninja.files import UploadedFile

from voronka.connect.api.assignments import router as tasks
from voronka.connect.api.cards import card_reply, stale_copies, version_of
from voronka.connect.api.clients import router as clients
from voronka.connect.api.deals import router as deals
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import ANY_FILE, Reply, operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import assignments as task_docs
from voronka.connect.schemas import clients as client_docs
from voronka.connect.schemas import deals as deal_docs
from voronka.connect.schemas.common import IdInPath
from voronka.deals.queries import desk
from voronka.deals.services import filling
from voronka.kit import files
from voronka.kit.actors import Actor
from voronka.kit.errors import Denied, Invalid
from voronka.kit.models import StoredFile
from voronka.people import queries as people
from voronka.people import services as cards
from voronka.work import services
from voronka.work.queries.tasks import get_task_file


def _answer(file: StoredFile) -> HttpResponse:
    return cast("HttpResponse", files.file_response(file))  # streamed, but an answer like any other


@operation(
    tasks,
    "POST",
    "/{task}/files",
    scope=scopes.TASKS_WRITE,
    answer=task_docs.TaskFile,
    status=201,
    summary=gettext_lazy("Keep a file with a task"),
)
def attach_file(request: ApiRequest, task: IdInPath, file: File[UploadedFile]) -> task_docs.TaskFile:
    """Keep a file of at most 20 MB with a task; thirty of them at most."""
    kept = services.attach(
        actor=request.auth.actor,
        public_id=task,
        source=file,
        name=file.name or "",
        content_type=file.content_type or "",
        now=request.auth.now,
    )
    return task_docs.file_out(kept)


@operation(
    tasks,
    "GET",
    "/{task}/files/{file_id}",
    scope=scopes.TASKS_READ,
    gives_file=True,
    file_kinds=ANY_FILE,
    summary=gettext_lazy("Take a file of a task"),
)
def get_task_attachment(request: ApiRequest, task: IdInPath, file_id: IdInPath) -> HttpResponse:
    """Return the bytes of a file, always as an attachment."""
    return _answer(get_task_file(request.auth.actor, task, file_id))


@operation(
    tasks,
    "DELETE",
    "/{task}/files/{file_id}",
    scope=scopes.TASKS_WRITE,
    status=204,
    summary=gettext_lazy("Remove a file of a task"),
)
def detach_file(request: ApiRequest, task: IdInPath, file_id: IdInPath) -> Reply:
    """Remove a file; its bytes go too."""
    services.detach(actor=request.auth.actor, public_id=task, file_id=file_id)
    return Reply(None)


@operation(
    clients,
    "POST",
    "/{client}/fields/{code}/file",
    scope=scopes.CLIENTS_WRITE,
    answer=client_docs.ClientCard,
    status=201,
    needs_match=True,
    summary=gettext_lazy("Put a file into an own field of a client"),
)
def fill_file(request: ApiRequest, client: IdInPath, code: IdInPath, file: File[UploadedFile]) -> Reply:
    """Keep a file of at most 20 MB and let it stand in a field of the kind file; `fields` with null empties it.

    With If-Match it is refused where somebody has changed the card since it was read.
    """
    caller = request.auth
    row = people.get_client(caller.actor, client)
    _require_file_field(caller.actor, code)
    version = version_of(request, row.version)
    kept = cards.attach_file(
        actor=caller.actor,
        client_id=row.pk,
        source=file,
        name=file.name or "",
        content_type=file.content_type or "",
        now=caller.now,
    )
    with stale_copies(request):
        cards.update_client(
            actor=caller.actor,
            client_id=row.pk,
            changes={"fields": {code: kept}},
            version=version,
            now=caller.now,
        )
    return card_reply(caller.actor, people.get_client(caller.actor, client), 201)


def _require_file_field(actor: Actor, code: str) -> None:
    """Raise Invalid where there is no such field of files, before any bytes are kept."""
    held = next((one for one in people.fields_shown(actor) if one.code == code), None)
    if held is None or held.kind != "file":
        message = _("There is no such field of files.")
        raise Invalid(message, fields={"code": message})
    if held not in people.fields_open(actor):
        raise Denied(_("Your role may not change this field."))


@operation(
    clients,
    "GET",
    "/{client}/files/{file_id}",
    scope=scopes.CLIENTS_READ,
    gives_file=True,
    file_kinds=ANY_FILE,
    summary=gettext_lazy("Take a file of a client"),
)
def get_client_attachment(request: ApiRequest, client: IdInPath, file_id: IdInPath) -> HttpResponse:
    """Return the bytes of a file that stands in an own field of a client."""
    actor = request.auth.actor
    return _answer(people.get_client_file(actor, people.get_client(actor, client), file_id))


@operation(
    deals,
    "POST",
    "/{deal}/fields/{code}/file",
    scope=scopes.DEALS_WRITE,
    answer=deal_docs.Deal,
    status=201,
    summary=gettext_lazy("Put a file into an own field of a deal"),
)
def fill_deal_file(request: ApiRequest, deal: IdInPath, code: IdInPath, file: File[UploadedFile]) -> deal_docs.Deal:
    """Keep a file of at most 20 MB and let it stand in an own field of an open deal; `fields` with null empties it."""
    caller = request.auth
    desk.get_deal(caller.actor, deal)
    try:
        filling.fill_file(
            actor=caller.actor,
            deal_public_id=deal,
            code=f"deal.custom.{code}",
            source=file,
            name=file.name or "",
            content_type=file.content_type or "",
            seen=None,
            now=caller.now,
        )
    except Invalid as wrong:
        raise Invalid(wrong.message, fields={"file": wrong.message}) from wrong
    return deal_docs.deal_out(caller.actor, desk.get_deal_row(deal))


@operation(
    deals,
    "GET",
    "/{deal}/files/{file_id}",
    scope=scopes.DEALS_READ,
    gives_file=True,
    file_kinds=ANY_FILE,
    summary=gettext_lazy("Take a file of a deal"),
)
def get_deal_attachment(request: ApiRequest, deal: IdInPath, file_id: IdInPath) -> HttpResponse:
    """Return the bytes of a file that stands in an own field of a deal."""
    return _answer(desk.get_deal_file(request.auth.actor, deal, file_id))
