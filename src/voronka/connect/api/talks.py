"""Operations on talks of the chat: the list, one with its lines, an answer, a note, handing over, closing."""

import uuid
from typing import Annotated, cast

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import ANY_FILE, operation
from voronka.connect.api.paging import cursor_of, place_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import talks as docs
from voronka.connect.schemas.common import Cursor, IdInPath
from voronka.messaging.queries import talks as queries
from voronka.messaging.services import chat as services

router = Router(tags=["talks"])
READ, WRITE, TALK = scopes.TALKS_READ, scopes.TALKS_WRITE, "messaging.talk"
NAMESPACE = uuid.UUID("9c2b0f5d-5f0e-4f6f-8a6b-7d1c1e0b4a21")


@operation(router, "GET", "", scope=READ, answer=docs.TalkList, right=TALK, summary=gettext_lazy("List the talks"))
def list_talks(
    request: ApiRequest,
    tab: Annotated[
        docs.TalkTab, Query(description="mine, free (nobody's), all that are open, snoozed, closed.")
    ] = "all",
    department: Annotated[str, Query(max_length=40)] = "",
    tag: Annotated[str, Query(max_length=30)] = "",
    cursor: Cursor = "",
) -> docs.TalkList:
    """Return a page of talks within your reach: who is to be answered soonest comes first."""
    asked = {"tab": tab, "department": department, "tag": tag}
    place = place_of(cursor, asked)
    after = int(place) if place.isascii() and place.isdecimal() and len(place) < 7 else 0
    clean = {name: value.replace("\0", "") for name, value in (("department", department), ("tag", tag))}
    page = queries.list_talks(request.auth.actor, tab, now=request.auth.now, after=after, **clean)
    items = [docs.talk_out(one.talk, request.auth.actor) for one in page.rows]
    return docs.TalkList(items=items, next=cursor_of(str(page.after) if page.after else "", asked))


@operation(
    router, "GET", "/{talk}", scope=READ, answer=docs.TalkWithLines, right=TALK,
    summary=gettext_lazy("Show a talk with its lines"),
)  # fmt: skip
def get_talk(
    request: ApiRequest,
    talk: IdInPath,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="The last line that you know.")] = 0,
) -> docs.TalkWithLines:
    """Return a talk and its lines beyond one: asked again with the last number, nothing is missed or doubled."""
    return _whole(request, talk, after)


@operation(
    router, "POST", "/{talk}/answer", scope=WRITE, answer=docs.TalkWithLines, right=TALK,
    summary=gettext_lazy("Answer the visitor"),
)  # fmt: skip
def answer_talk(request: ApiRequest, talk: IdInPath, sent: docs.TalkText) -> docs.TalkWithLines:
    """Answer in your own name; a talk that is nobody's becomes yours. The same Idempotency-Key says it once."""
    draft = services.Reply(_key(request, talk), sent.text, sent.seen, sent.anyway)
    services.reply(actor=request.auth.actor, public_id=talk, draft=draft, now=request.auth.now)
    return _whole(request, talk, sent.seen)


@operation(
    router, "POST", "/{talk}/note", scope=WRITE, answer=docs.TalkWithLines, right=TALK,
    summary=gettext_lazy("Write a note into a talk"),
)  # fmt: skip
def note_talk(request: ApiRequest, talk: IdInPath, sent: docs.NoteText) -> docs.TalkWithLines:
    """Write a note that colleagues see and the visitor does not."""
    draft = services.Reply(_key(request, talk), sent.text)
    services.note(actor=request.auth.actor, public_id=talk, draft=draft, now=request.auth.now)
    return _whole(request, talk)


@operation(
    router, "POST", "/{talk}/assign", scope=WRITE, answer=docs.TalkWithLines, right=TALK,
    summary=gettext_lazy("Hand a talk over"),
)  # fmt: skip
def assign_talk(request: ApiRequest, talk: IdInPath, sent: docs.TalkTo) -> docs.TalkWithLines:
    """Hand a talk over to an employee or a department; the answer has it as it was when it went."""
    actor, now = request.auth.actor, request.auth.now
    row = services.pass_on(actor=actor, public_id=talk, to=sent.to, why=sent.why, now=now)
    return docs.whole_out(row, queries.list_lines(row), actor)


@operation(
    router, "POST", "/{talk}/close", scope=WRITE, answer=docs.TalkWithLines, right=TALK,
    summary=gettext_lazy("Close a talk"),
)  # fmt: skip
def close_talk(request: ApiRequest, talk: IdInPath) -> docs.TalkWithLines:
    """Close a talk; what its visitor writes later opens it again."""
    services.close(actor=request.auth.actor, public_id=talk, now=request.auth.now)
    return _whole(request, talk)


@operation(
    router, "GET", "/{talk}/files/{file_id}", scope=READ, gives_file=True, file_kinds=ANY_FILE, right=TALK,
    summary=gettext_lazy("Take a file of a talk"),
)  # fmt: skip
def get_talk_attachment(request: ApiRequest, talk: IdInPath, file_id: IdInPath) -> HttpResponse:
    """Return the bytes of a file that was sent in a talk."""
    row = queries.get_talk(request.auth.actor, talk)
    return cast("HttpResponse", services.file_answer(row, file_id))  # streamed, but an answer like any other


def _whole(request: ApiRequest, public_id: str, after: int = 0) -> docs.TalkWithLines:
    row = queries.get_talk(request.auth.actor, public_id)
    return docs.whole_out(row, queries.list_lines(row, after=after), request.auth.actor)


def _key(request: ApiRequest, talk: str) -> uuid.UUID:
    """Return the id of what is said: the same for the same request sent again."""
    caller = request.auth
    given = request.headers.get("Idempotency-Key", "") or str(uuid.uuid4())
    return uuid.uuid5(NAMESPACE, f"{caller.actor.company_id}/{caller.name}/{talk}/{given}")
