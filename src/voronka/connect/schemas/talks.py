"""Talks of all channels: who waits, what was said, which files came."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Named, PublicId, Told, named
from voronka.kit.actors import Actor
from voronka.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voronka.messaging.models import ChannelAccount
    from voronka.messaging.models import Talk as TalkRow
    from voronka.messaging.models import TalkLine as LineRow
    from voronka.messaging.queries.channels import Fate

TalkChannel = Literal["chat", "telegram", "email", "sms"]
TalkTab = Literal["mine", "free", "all", "snoozed", "closed"]


class Talk(Told):
    """A talk with a visitor. `waits_since` is since when he waits, `due_at` by when he is to be answered."""

    id: PublicId
    channel: TalkChannel
    subject: Annotated[str, Field(examples=["Order 17"], description="Of a thread of letters.")]
    state: Literal["open", "snoozed", "closed"]
    name: Annotated[str, Field(examples=["Anna"])]
    client: PublicId | None
    owner: Named | None
    department: Named | None
    tags: Annotated[list[str], Field(examples=[["return"]])]
    with_bot: bool
    last_number: Annotated[int, Field(examples=[4])]
    last_at: Moment
    last_text: Annotated[str, Field(examples=["Is the table there?"])]
    waits_since: datetime | None
    due_at: datetime | None
    begun_at: Moment
    rating: Annotated[int | None, Field(examples=[5])]


class TalkFile(Told):
    """A file of a line; it is handed over by `/talks/{talk}/files/{file_id}`."""

    id: PublicId
    name: Annotated[str, Field(examples=["table.png"])]
    size: Annotated[int, Field(examples=[20480])]


class TalkAttached(Told):
    """A file that came, or goes, with a line by another channel. Where it is not kept (yet) `id` is null, and `why`
    says why it will not be; else it is handed over as the files of the chat are.
    """

    id: PublicId | None
    name: Annotated[str, Field(examples=["passport.pdf"])]
    size: Annotated[int, Field(examples=[20480])]
    why: Annotated[str, Field(examples=["the file is too large"])]


class Mailbox(Told):
    """A shared mailbox from which a letter may begin a thread."""

    id: PublicId
    name: Annotated[str, Field(examples=["Sales"])]
    address: Annotated[str, Field(examples=["sales@shop.example"])]


class MailboxList(Told):
    """The mailboxes that are on and whose talks you see."""

    items: list[Mailbox]


class FirstLetter(Given):
    """A letter that begins a thread with a client; subject and text may name fields in Liquid.

    `address` is one of the client's, his first where it is left out.
    """

    client: PublicId
    mailbox: PublicId
    subject: Annotated[str, Field(min_length=1, max_length=200, examples=["Your order"])]
    body: Annotated[str, Field(min_length=1, max_length=20_000, examples=["Good day, {{ client.first_name }}!"])]
    address: Annotated[str, Field(max_length=254, examples=["anna@example.com"])] = ""


class TalkLine(Told):
    """A line. `by` is visitor, operator, bot, note (colleagues see it only) or event (`code` says what happened)."""

    number: Annotated[int, Field(examples=[1])]
    by: Literal["visitor", "operator", "bot", "note", "event"]
    author: Named | None
    code: Annotated[str, Field(examples=["taken"])]
    text: Annotated[str, Field(examples=["Is the table there?"])]
    file: TalkFile | None
    files: list[TalkAttached]
    at: Moment


class TalkWithLines(Talk):
    """A talk with the newest two hundred of the lines beyond `after`, in order."""

    lines: list[TalkLine]


class TalkList(Told):
    """A page of talks: whose time to be answered is over or near come first."""

    items: list[Talk]
    next: str | None


class TalkText(Given):
    """What is said in a talk. `seen` is the last line that its writer knows: where a colleague has answered since, the
    answer is refused as `answered`; `anyway` sends it all the same.
    """

    text: Annotated[str, Field(min_length=1, max_length=2_000, examples=["Yes, it is."])]
    seen: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    anyway: bool = False


class FileText(Given):
    """What goes with a file: a text, none where the file says it all; `seen` and `anyway` as of a text."""

    text: Annotated[str, Field(max_length=2_000, examples=["Here is the plan."])] = ""
    seen: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    anyway: bool = False


class TalkGoods(FileText):
    """Goods that are shown in a talk: `variant` is one that is on sale; a text stands before them, if any."""

    variant: PublicId


class NoteText(Given):
    """A note for colleagues."""

    text: Annotated[str, Field(min_length=1, max_length=2_000, examples=["He asked about a return."])]


class TalkTo(Given):
    """Whom a talk goes to: an employee who answers in chats, or a department; `why` becomes a note."""

    to: PublicId
    why: Annotated[str, Field(max_length=2_000)] = ""


def talk_out(row: "TalkRow", actor: Actor) -> Talk:
    """Return a talk as it goes out."""
    return Talk(**_fields(row, actor))


def whole_out(row: "TalkRow", lines: "list[LineRow]", actor: Actor, fates: "Mapping[int, Fate]") -> TalkWithLines:
    """Return a talk as it goes out, with lines and the files that came with them."""
    files = {number: one.files for number, one in fates.items()}
    return TalkWithLines(**_fields(row, actor), lines=[_line(one, actor, files.get(one.number, ())) for one in lines])


def mailbox_out(row: "ChannelAccount") -> Mailbox:
    """Return a mailbox as it goes out."""
    return Mailbox(id=row.public_id, name=row.name, address=row.settings["address"])


def _fields(row: "TalkRow", actor: Actor) -> dict[str, object]:
    owner, client, department = row.owner, row.client, row.department
    return {
        "id": row.public_id, "channel": row.channel, "subject": row.subject, "state": row.state,
        "name": people.name_shown(actor, client.name if client is not None else row.name),
        "client": client.public_id if client is not None else None,
        "owner": named(owner.public_id, owner.name) if owner is not None else None,
        "department": named(department.public_id, department.name) if department is not None else None,
        "tags": row.tags, "with_bot": row.with_bot, "last_number": row.last_number, "last_at": row.last_at,
        "last_text": row.last_text, "waits_since": row.waits_since, "due_at": row.due_at, "begun_at": row.begun_at,
        "rating": row.rating,
    }  # fmt: skip


def _line(row: "LineRow", actor: Actor, files: "Sequence[Mapping[str, Any]]") -> TalkLine:
    author = row.author
    text = people.name_shown(actor, row.text) if row.code == "bound" else row.text
    return TalkLine(
        number=row.number, by=row.by, code=row.code, text=text, at=row.at,
        author=named(author.public_id, author.name) if author is not None else None,
        file=TalkFile(id=row.file["id"], name=row.file["name"], size=row.file["size"]) if row.file else None,
        files=[TalkAttached(id=one.get("id"), name=one["name"], size=one["size"], why=one["why"]) for one in files],
    )  # fmt: skip
