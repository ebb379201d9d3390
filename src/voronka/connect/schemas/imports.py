"""Loading of clients from files."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from voronka.connect.schemas.clients import Client, Contact
from voronka.connect.schemas.common import Given, Moment, Named, PublicId, Told, Values, named

if TYPE_CHECKING:
    from voronka.people.models import ImportRun
    from voronka.people.rules.import_plan import ReadRow

Way = Literal["without", "reject"]
State = Literal["new", "checking", "ready", "running", "paused", "done", "stopped", "failed", "undoing", "undone"]


class Column(Told):
    """A column of the file as it was recognised or chosen: `target` is empty where it is left out."""

    header: str
    target: Annotated[str, Field(examples=["phone"])]
    samples: list[str]


class Options(Given):
    """What is done with doubtful rows: see `POST /imports/{id}/columns`."""

    duplicates: Literal["fill", "overwrite", "skip", "new"] = "fill"
    source: Annotated[str, Field(max_length=200)] = ""
    consents: Annotated[list[Literal["personal_data", "advertising"]], Field(max_length=2)] = []
    consent_source: Annotated[str, Field(max_length=200)] = ""
    bad_phone: Way | None = None
    bad_email: Way | None = None
    bad_messenger: Way | None = None
    bad_inn: Way | None = None
    bad_requisite: Way | None = None
    bad_date: Way | None = None
    bad_sum: Way | None = None
    bad_name: Way | None = None
    bad_field: Way | None = None
    too_long: Way | None = None


class ColumnGiven(Given):
    """What a column means: a target, `custom:CODE`, `new` (with the name and kind of a new field), or nothing."""

    target: Annotated[str, Field(max_length=60, examples=["phone"])] = ""
    name: Annotated[str, Field(max_length=200)] = ""
    kind: Literal["text", "number", "money", "date", "yes_no", "link"] = "text"


class ColumnsGiven(Given):
    """All columns in the order of the file; without them those recognised are taken."""

    columns: Annotated[list[ColumnGiven], Field(max_length=500)] | None = None
    options: Options = Options()


class Import(Told):
    """A loading. new, checking, ready, running, done is the usual way; figures are of rows."""

    id: PublicId
    file: Annotated[str, Field(examples=["clients.xlsx"])]
    state: State
    sheet: str
    columns: list[Column]
    total: int
    checked: int
    done: int
    made: int
    updated: int
    skipped: int
    rejected: int
    asked: int
    error: str
    by: Named | None
    made_at: Moment
    finished_at: datetime | None


class ImportList(Told):
    """The latest loadings, newest first."""

    items: list[Import]


class QuestionRow(Told):
    """What a row says of a client, by the names of a card; only what it holds."""

    number: Annotated[int, Field(examples=[17], description="Of the row in the file.")]
    values: Values
    contacts: list[Contact]


class Question(Told):
    """A row that may be of a client who is there already: the row, and his card as far as one may see it."""

    row: QuestionRow
    client: Client | None


class QuestionList(Told):
    """A page of the rows that wait for an answer, in the order of the file."""

    items: list[Question]
    next: str | None


class AnswerGiven(Given):
    """`same` puts the row into the card, `new` makes another and remembers it, `leave` loads nothing."""

    answer: Literal["same", "new", "leave"]


class SheetGiven(Given):
    """The name of a sheet of the file."""

    sheet: Annotated[str, Field(max_length=100, examples=["Clients"])]


class DealsOffer(Told):
    """How many clients of an import have no deal, and how many deals were opened from it."""

    waiting: int
    opened: int


class DealsGiven(Given):
    """How to put an import's clients into a pipeline: over how many working days, whose they are, what about."""

    pipeline: PublicId
    days: Annotated[int, Field(ge=1, le=60, examples=[5])] = 5
    responsible: Annotated[str, Field(max_length=40, description="pool, me or an employee.")] = "pool"
    title: Annotated[str, Field(max_length=200, examples=["Spring sale"])] = ""


COMPARED = ("name", "birthday", "city", "address", "position", "inn", "purchases_sum", "comment")


def question_out(read: "ReadRow", card: Client | None) -> Question:
    """Return a doubtful row beside the card it may belong to as it goes out."""
    row = QuestionRow(
        number=read.number,
        values={name: read.values[name] for name in COMPARED if read.values.get(name)},
        contacts=[Contact(kind=one.kind, value=one.value, extension=one.extension) for one in read.contacts],
    )
    return Question(row=row, client=card)


def import_out(run: "ImportRun") -> Import:
    """Return a loading as it goes out."""
    layout: dict[str, Any] = run.layout
    samples = layout.get("samples", [])
    columns = [
        Column(
            header=str(header),
            target=str(run.mapping[place].get("target", "")) if place < len(run.mapping) else "",
            samples=[str(one) for one in samples[place]][:5] if place < len(samples) else [],
        )
        for place, header in enumerate(layout.get("headers", []))
    ]
    names = ("state", "sheet", "total", "made", "updated", "skipped", "rejected", "asked", "made_at", "finished_at")
    return Import(
        id=run.public_id,
        file=run.file.name,
        columns=columns,
        checked=int(run.preview.get("checked", 0)),
        done=run.done_rows,
        error=run.error,
        by=named(run.by.public_id, run.by.name) if run.by is not None else None,
        **{name: getattr(run, name) for name in names},
    )
