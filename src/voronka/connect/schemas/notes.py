"""Notes about a client and his timeline."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Named, Told, named

if TYPE_CHECKING:
    from voronka.people.models import Note as NoteRow


class Note(Told):
    """What an employee, or a program in his name, wrote down about a client."""

    id: int
    text: Annotated[str, Field(examples=["Prefers mornings"])]
    author: Named | None
    at: Moment


class NoteGiven(Given):
    """A note."""

    text: Annotated[str, Field(min_length=1, max_length=10_000, examples=["Prefers mornings"])]


class NoteList(Told):
    """A page of notes, newest first."""

    items: list[Note]
    next: str | None


class TimelineEntry(Told):
    """Something that happened with a client, in words; `kind` is the event's name in the log."""

    id: int
    at: Moment
    kind: Annotated[str, Field(examples=["people.NoteAdded"])]
    text: str
    more: str
    who: Named | None


class Timeline(Told):
    """A page of a client's timeline, newest first."""

    items: list[TimelineEntry]
    next: str | None


def note_out(row: "NoteRow") -> Note:
    """Return a note as it goes out."""
    author = named(row.author.public_id, row.author.name) if row.author is not None else None
    return Note(id=row.pk, text=row.text, author=author, at=row.at)
