"""Operations on talks: the list, one begun by a letter, one with its lines and files, an answer, a note, an end."""

import uuid
from typing import TYPE_CHECKING, Annotated, BinaryIO, cast

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import ANY_FILE, Reply, operation
from voronka.connect.api.paging import cursor_of, place_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import talks as docs
from voronka.connect.schemas.common import Cursor, IdInPath
from voronka.kit.actors import Actor
from voronka.messaging.queries import channels
from voronka.messaging.queries import talks as queries
from voronka.messaging.services import channels as outside
from voronka.messaging.services import chat as services
from voronka.messaging.services.channels import beginning
from voronka.people import queries as people

if TYPE_CHECKING:
    from voronka.messaging.models import Talk as TalkRow

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
    channel: Annotated[docs.TalkChannel | None, Query()] = None,
    cursor: Cursor = "",
) -> docs.TalkList:
    """Return a page of talks within your reach: who is to be answered soonest comes first."""
    asked = {"tab": tab, "department": department, "tag": tag} | ({"channel": channel} if channel else {})
    place = place_of(cursor, asked)
    after = int(place) if place.isascii() and place.isdecimal() and len(place) < 7 else 0
    clean = {name: value.replace("\0", "") for name, value in (("department", department), ("tag", tag))}
    page = queries.list_talks(
        request.auth.actor, tab, now=request.auth.now, after=after, channel=channel or "", **clean
    )
    items = [docs.talk_out(one.talk, request.auth.actor) for one in page.rows]
    return docs.TalkList(items=items, next=cursor_of(str(page.after) if page.after else "", asked))


@operation(
    router, "GET", "/mailboxes", scope=READ, answer=docs.MailboxList, right=TALK,
    summary=gettext_lazy("List the mailboxes that letters begin from"),
)  # fmt: skip
def list_mailboxes(request: ApiRequest) -> docs.MailboxList:
    """Return the shared mailboxes that are on and whose talks you see, by name."""
    found = channels.list_mailboxes(request.auth.actor)
    return docs.MailboxList(items=[docs.mailbox_out(one) for one in found])


@operation(
    router, "POST", "", scope=WRITE, answer=docs.TalkWithLines, status=201, right=TALK,
    summary=gettext_lazy("Begin a thread of letters with a client"),
)  # fmt: skip
def begin_talk(request: ApiRequest, sent: docs.FirstLetter) -> Reply:
    """Write to a client of yours by a shared mailbox, in your own name; the answer comes into this talk.

    What the rules of sending refuse is refused in their words; in the quiet hours of the client the letter waits. The
    same Idempotency-Key writes once.
    """
    return _begun(request, sent, [])


@operation(
    router, "POST", "/letters", scope=WRITE, answer=docs.TalkWithLines, status=201, right=TALK,
    summary=gettext_lazy("Begin a thread of letters with a client, with files"),
)  # fmt: skip
def begin_talk_with_files(request: ApiRequest, sent: Form[docs.FirstLetter], file: File[list[UploadedFile]]) -> Reply:
    """Do as `begin_talk` with up to five files, 15 MB in all: pictures, documents, sounds, films; sent as a form."""
    return _begun(request, sent, file)


def _begun(request: ApiRequest, sent: docs.FirstLetter, files: list[UploadedFile]) -> Reply:
    actor = request.auth.actor
    client = people.get_client(actor, sent.client)
    letter = beginning.FirstLetter(
        sent.mailbox, sent.subject, sent.body, _key(request, f"begin {sent.client}"), sent.address,
        [(cast("BinaryIO", one.file), one.name or "") for one in files],  # the stubs leave it open
    )  # fmt: skip
    talk = beginning.begin_letter(actor=actor, client_id=client.pk, letter=letter, now=request.auth.now)
    return Reply(_whole(request, talk.public_id), headers={"Location": f"/api/v1/talks/{talk.public_id}"})


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
    router, "POST", "/{talk}/file", scope=WRITE, answer=docs.TalkWithLines, status=201, right=TALK,
    summary=gettext_lazy("Answer the visitor with a file"),
)  # fmt: skip
def answer_talk_with_file(
    request: ApiRequest, talk: IdInPath, sent: Form[docs.FileText], file: File[UploadedFile]
) -> docs.TalkWithLines:
    """Answer in your own name with a picture, document, sound or film of at most 10 MB; not by SMS."""
    draft = services.Reply(_key(request, f"{talk} file"), sent.text, sent.seen, sent.anyway)
    source = cast("BinaryIO", file.file)  # the stubs leave it open
    services.send(
        actor=request.auth.actor, public_id=talk, draft=draft, source=source, name=file.name or "",
        now=request.auth.now,
    )  # fmt: skip
    return _whole(request, talk, sent.seen)


@operation(
    router, "POST", "/{talk}/goods", scope=WRITE, answer=docs.TalkWithLines, right=TALK,
    summary=gettext_lazy("Answer the visitor with goods"),
)  # fmt: skip
def answer_talk_with_goods(request: ApiRequest, talk: IdInPath, sent: docs.TalkGoods) -> docs.TalkWithLines:
    """Answer in your own name with goods on sale: a card in the chat of the site, its words by other channels.

    What they cost and where they are is told as it is now.
    """
    draft = services.Reply(_key(request, f"{talk} goods"), sent.text, sent.seen, sent.anyway)
    services.show_goods(
        actor=request.auth.actor, public_id=talk, draft=draft, goods=sent.variant, now=request.auth.now
    )
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
    return _told(row, actor)


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
    """Return the bytes of a file that was sent in the chat, or came or went with a line by another channel."""
    actor = request.auth.actor
    row = queries.get_talk(actor, talk)
    if row.channel == "chat":
        return cast("HttpResponse", services.file_answer(row, file_id))  # streamed, but an answer like any other
    return cast("HttpResponse", outside.give_file(actor=actor, public_id=file_id, talk=row))


def _whole(request: ApiRequest, public_id: str, after: int = 0) -> docs.TalkWithLines:
    row = queries.get_talk(request.auth.actor, public_id)
    return _told(row, request.auth.actor, after)


def _told(row: "TalkRow", actor: Actor, after: int = 0) -> docs.TalkWithLines:
    lines = queries.list_lines(row, after=after)
    return docs.whole_out(row, lines, actor, channels.fates(row, [one.number for one in lines]))


def _key(request: ApiRequest, talk: str) -> uuid.UUID:
    """Return the id of what is said: the same for the same request sent again."""
    caller = request.auth
    given = request.headers.get("Idempotency-Key", "") or str(uuid.uuid4())
    return uuid.uuid5(NAMESPACE, f"{caller.actor.company_id}/{caller.name}/{talk}/{given}")
