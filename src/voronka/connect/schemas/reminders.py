"""What an employee is told: reminders at their time, notices of what concerns him; how he likes it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, GivenMoment, Moment, Named, PublicId, Told, named

if TYPE_CHECKING:
    from voronka.accounts.queries.notices import Shown
    from voronka.work.models import Habit as HabitRow
    from voronka.work.queries.reminders import Told as ToldReminder

ReminderKind = Literal["promise", "deadline", "assigned", "remark", "result", "late", "answer", "own"]
Lead = Literal[0, 5, 10, 15, 30, 60]
MISSED_SECONDS = 3_600


class ReminderTask(Told):
    """The task that a reminder is about; one of the kind `hand` was set by a person and is read by `/assignments`."""

    id: PublicId
    kind: Annotated[str, Field(examples=["call"])]
    title: Annotated[str, Field(examples=["Send the invoice"])]


class Reminder(Told):
    """Something the key's maker is told at `at`, and again until he settles it.

    `moment` is the time it was made for: of a promised call, a deadline. `name` is the client's, or the task's own
    title. `text` holds own words, a remark, a result. `employee`: whose tasks are late, `tasks_late` how many;
    `waited_minutes`: how long a client or a request has waited for an answer. `snoozed` counts its snoozes.
    """

    id: PublicId
    kind: ReminderKind
    at: Moment
    moment: datetime | None
    is_missed: bool
    snoozed: int
    task: ReminderTask | None
    name: Annotated[str, Field(examples=["Anna Smirnova"])]
    text: str
    employee: Named | None
    tasks_late: int | None
    waited_minutes: int | None


class ReminderList(Told):
    """A page of reminders, the oldest first."""

    items: list[Reminder]
    next: str | None


class NewReminder(Given):
    """What to be reminded of, and when."""

    text: Annotated[str, Field(min_length=1, max_length=200, examples=["Call the carrier"])]
    at: GivenMoment


class Snooze(Given):
    """For how long: ten minutes, an hour, or until the morning of the next working day."""

    by: Literal["10m", "1h", "morning"]


class Snoozed(Told):
    """When the reminder comes again."""

    until: Moment


class Settled(Told):
    """How many reminders were due."""

    count: Annotated[int, Field(examples=[4])]


class Habits(Told):
    """How the key's maker likes to be reminded: sound on open pages, a letter each morning, so long before a call.

    With `push_always` his devices are told out of his working hours too, of what colleagues do as well.
    """

    sound: bool
    letter: bool
    push_always: bool
    lead_minutes: Annotated[int, Field(examples=[10])]


class HabitChanges(Given):
    """Only what is sent is changed."""

    sound: bool | None = None
    letter: bool | None = None
    push_always: bool | None = None
    lead_minutes: Lead | None = None


class Notice(Told):
    """Something that concerns the key's maker. `path` is the page that it is about, empty where there is none."""

    id: PublicId
    kind: Annotated[str, Field(examples=["mention"])]
    text: Annotated[str, Field(examples=["Olga Orlova mentioned you"])]
    more: str
    path: Annotated[str, Field(examples=["/clients/k7m2p9x4w3ab/"])]
    by: Named | None
    at: Moment
    read_at: datetime | None


class NoticeList(Told):
    """A page of notices, newest first; `unread` counts no further than a hundred."""

    items: list[Notice]
    next: str | None
    unread: int


class ReadGiven(Given):
    """Which notices were read; all of them where none is named."""

    notices: Annotated[list[PublicId], Field(min_length=1, max_length=100)] | None = None


class ReadDone(Told):
    """How many notices were unread till now."""

    count: Annotated[int, Field(examples=[2])]


def reminder_out(told: "ToldReminder", now: datetime) -> Reminder:
    """Return a reminder as it goes out."""
    row, card = told.reminder, told.card
    task, mate = row.task, row.mate
    count = int(row.text) if row.kind in ("late", "answer") and row.text.isdecimal() else None
    return Reminder(
        id=row.public_id,
        kind=row.kind,
        at=row.due_at,
        moment=row.moment,
        is_missed=(now - row.due_at).total_seconds() > MISSED_SECONDS,
        snoozed=row.snoozed,
        task=ReminderTask(id=task.public_id, kind=task.kind, title=task.title) if task is not None else None,
        name=card.name if card is not None else "",
        text=row.text if row.kind in ("own", "remark", "result") else "",
        employee=named(mate.public_id, mate.name) if mate is not None else None,
        tasks_late=count if row.kind == "late" else None,
        waited_minutes=count if row.kind == "answer" else None,
    )


def habits_out(row: "HabitRow") -> Habits:
    """Return how an employee likes to be reminded."""
    return Habits(sound=row.sound, letter=row.letter, push_always=row.push_always, lead_minutes=row.lead_minutes)


def notice_out(shown: "Shown") -> Notice:
    """Return a notice as it goes out."""
    row, told = shown.notice, shown.told
    return Notice(
        id=row.public_id,
        kind=row.code,
        text=str(told.what),
        more=str(told.more),
        path=told.url,
        by=named(row.by.public_id, row.by.name) if row.by is not None else None,
        at=row.made_at,
        read_at=row.read_at,
    )
