"""Tasks that people set for people: what they ask, by when, of whom, and what came of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, GivenMoment, Moment, Named, PublicId, Told, named
from voronka.work.ports import About as Found

if TYPE_CHECKING:
    from voronka.kit.models import StoredFile
    from voronka.work.models import Assignment as AssignmentRow
    from voronka.work.models import CheckItem, TaskKind
    from voronka.work.models import Remark as RemarkRow
    from voronka.work.queries.tasks import TaskPage

Title = Annotated[str, Field(min_length=1, max_length=200, examples=["Send the invoice"])]
Why = Annotated[str, Field(max_length=5_000, examples=["The customer pays today"])]
Who = Annotated[str, Field(max_length=40, examples=["me"], description="me or an employee.")]
CheckText = Annotated[str, Field(max_length=200, examples=["Ask for the requisites"])]
Requirement = Literal["why", "about", "checklist", "file", "result"]


class About(Told):
    """The client or deal that a task is about."""

    kind: Literal["client", "deal"]
    id: PublicId
    name: Annotated[str, Field(examples=["Anna Smirnova"])]


class Check(Told):
    """A line of a task's checklist."""

    id: PublicId
    text: CheckText
    done_at: datetime | None


class Remark(Told):
    """What somebody wrote in the discussion of a task."""

    id: Annotated[int, Field(examples=[1042])]
    text: Annotated[str, Field(examples=["Sent, they pay tomorrow"])]
    author: Named | None
    at: Moment


class TaskFile(Told):
    """A file kept with a task; its bytes come by `/assignments/{task}/files/{file}`."""

    id: PublicId
    name: Annotated[str, Field(examples=["invoice.pdf"])]
    content_type: Annotated[str, Field(examples=["application/pdf"])]
    size: Annotated[int, Field(examples=[48213], description="In bytes.")]
    added_at: Moment


class Assignment(Told):
    """A task that one person set for another or himself. `about` is told to whom may see that record.

    `state` of one that is no longer open says how it ended; those `binned` went with their deal or client.
    """

    id: PublicId
    title: Title
    why: str
    kind: Named | None
    about: About | None
    employee: Named | None
    author: Named | None
    due_at: Annotated[datetime | None, Field(examples=["2026-11-24T15:00:00Z"])]
    is_overdue: bool
    is_high: bool
    state: Literal["open", "done", "withdrawn", "binned"]
    result: str
    parent: PublicId | None
    made_at: Moment
    closed_at: datetime | None


class AssignmentDetail(Assignment):
    """A task with the answers to its kind's questions, its checklist, the tasks under it, its files and discussion."""

    answers: dict[str, str]
    checks: list[Check]
    subtasks: list[Assignment]
    files: list[TaskFile]
    remarks: list[Remark]


class AssignmentList(Told):
    """A page of tasks: open ones the soonest first, ended ones the latest first. `next` asks for the next page."""

    items: list[Assignment]
    next: str | None


class NewAssignment(Given):
    """A task to be set. What its kind requires has to be there; `answers` are to the questions of the kind."""

    title: Title
    due_at: GivenMoment
    employee: Who = "me"
    why: Why = ""
    client: Annotated[PublicId | None, Field(description="Whom it is about; or else `deal`.")] = None
    deal: PublicId | None = None
    kind: PublicId | None = None
    answers: Annotated[dict[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=2_000)]],
                       Field(max_length=30)] = {}  # fmt: skip
    checks: Annotated[list[CheckText], Field(max_length=50)] = []
    is_high: bool = False
    parent: Annotated[PublicId | None, Field(description="The task that this one is a part of.")] = None


class AssignmentChanges(Given):
    """Only what is sent is changed."""

    title: Title | None = None
    why: Why | None = None
    due_at: GivenMoment | None = None
    employee: Who | None = None
    is_high: bool | None = None


class CheckGiven(Given):
    """A line to be added to the checklist."""

    text: Annotated[str, Field(min_length=1, max_length=200, examples=["Ask for the requisites"])]


class TickGiven(Given):
    """Whether the line is done."""

    done: bool = True


class RemarkGiven(Given):
    """Words for the discussion: those who take part are told."""

    text: Annotated[str, Field(min_length=1, max_length=5_000, examples=["Sent, they pay tomorrow"])]


class ResultGiven(Given):
    """What came of the task; some kinds demand it."""

    result: Annotated[str, Field(max_length=5_000, examples=["Paid in full"])] = ""


class Kind(Told):
    """A kind of tasks, what one of it cannot be set (`result`: ended) without, and the company's own questions."""

    id: PublicId
    name: Annotated[str, Field(examples=["Invoice"])]
    requires: list[Requirement]
    asks: Annotated[list[str], Field(examples=[["Number of the order"]])]
    is_active: Annotated[bool, Field(examples=[True])]


class KindList(Told):
    """The kinds in their order."""

    items: list[Kind]


KindName = Annotated[str, Field(min_length=1, max_length=60, examples=["Invoice"])]
Requirements = Annotated[list[Requirement], Field(max_length=5)]
Asks = Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=10, examples=[["Number of the order"]])]


class NewKind(Given):
    """A kind of tasks, what one of it cannot be set (`result`: ended) without, and questions of its own."""

    name: KindName
    requires: Requirements = []
    asks: Asks = []


class KindChanges(Given):
    """Only what is sent is changed; tasks that were set keep what they were asked."""

    name: KindName | None = None
    requires: Requirements | None = None
    asks: Asks | None = None
    is_active: bool | None = None


def _values(row: "AssignmentRow", about: Mapping[tuple[str, int], Found], now: datetime) -> dict[str, Any]:
    task = row.task
    owner, author = task.employee, row.author
    found = about.get((task.subject_kind, task.subject_id))
    return {
        "id": task.public_id,
        "title": task.title,
        "why": row.why,
        "kind": named(row.kind.public_id, row.kind.name) if row.kind is not None else None,
        "about": About(kind=found.kind, id=found.public_id, name=found.name) if found is not None else None,
        "employee": named(owner.public_id, owner.name) if owner is not None else None,
        "author": named(author.public_id, author.name) if author is not None else None,
        "due_at": task.due_at,
        "is_overdue": task.is_open and task.due_at is not None and task.due_at < now,
        "is_high": task.priority < 2,
        "state": "open" if task.is_open else task.outcome,
        "result": row.result,
        "parent": row.parent.public_id if row.parent is not None else None,
        "made_at": task.made_at,
        "closed_at": task.closed_at,
    }


def assignment_out(row: "AssignmentRow", about: Mapping[tuple[str, int], Found], now: datetime) -> Assignment:
    """Return a task as it goes out; `about` holds what the reader may see of the records, by kind and inner id."""
    return Assignment(**_values(row, about, now))


def detail_out(
    row: "AssignmentRow", page: "TaskPage", about: Mapping[tuple[str, int], Found], now: datetime
) -> AssignmentDetail:
    """Return a task with all that hangs on it as it goes out."""
    return AssignmentDetail(
        **_values(row, about, now),
        answers={label: str(text) for label, text in row.answers.items() if text},
        checks=[check_out(one) for one in page.checks],
        subtasks=[assignment_out(one, about, now) for one in page.subtasks],
        files=[file_out(one) for one in page.files],
        remarks=[remark_out(one) for one in page.remarks],
    )


def file_out(row: "StoredFile") -> TaskFile:
    """Return a file of a task as it goes out."""
    names = ("name", "content_type", "size", "added_at")
    return TaskFile(id=row.public_id, **{name: getattr(row, name) for name in names})


def check_out(row: "CheckItem") -> Check:
    """Return a line of a checklist as it goes out."""
    return Check(id=row.public_id, text=row.text, done_at=row.done_at)


def remark_out(row: "RemarkRow") -> Remark:
    """Return a remark as it goes out."""
    who = named(row.author.public_id, row.author.name) if row.author is not None else None
    return Remark(id=row.pk, text=row.text, author=who, at=row.at)


def kind_out(row: "TaskKind") -> Kind:
    """Return a kind of tasks as it goes out."""
    return Kind(
        id=row.public_id, name=row.name, requires=list(row.requires), asks=list(row.asks), is_active=row.is_active
    )


def places_out(fields: Mapping[str, str], asks: Sequence[str], about: str) -> dict[str, str]:
    """Return places of problems as the sender names them: `due` is `due_at`, `ask:0` the question's own answer."""
    renamed = {"due": "due_at", "about": about} | {f"ask:{at}": f"answers.{label}" for at, label in enumerate(asks)}
    return {renamed.get(place, place): words for place, words in fields.items()}
