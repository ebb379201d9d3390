"""What happens in the queue, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class CardTaken(Event):
    """The feed gave an employee a client: the task, its band (0 promised .. 3 backlog) and how late it was."""

    subject: ClassVar = ("task", "task_id")
    task_id: int
    client_id: int
    band: int
    waited_seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskRescheduled(Event):
    """A task was moved to another time (ISO moments); `undone` tells that it went back by the toast."""

    subject: ClassVar = ("task", "task_id")
    task_id: int
    client_id: int | None
    was_at: str
    at: str
    promised: bool
    undone: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskHandedOver(Event):
    """An open task got another executor; None is the common pool."""

    subject: ClassVar = ("task", "task_id")
    task_id: int
    client_id: int | None
    from_employee_id: int | None
    to_employee_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskSet(Event):
    """A person set a task for a person (himself, too), to be done by `due_at` (ISO)."""

    subject: ClassVar = ("task", "task_id")
    task_id: int
    client_id: int | None
    author_id: int | None
    employee_id: int
    due_at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskChanged(Event):
    """A task for a person was changed: the names of what differs (title, why, due_at, executor, checklist, files)."""

    subject: ClassVar = ("task", "task_id")
    task_id: int
    client_id: int | None
    fields: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskDone(Event):
    """A task for a person was done; `late` tells that its deadline had passed."""

    subject: ClassVar = ("task", "task_id")
    task_id: int
    client_id: int | None
    late: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskReopened(Event):
    """A done or withdrawn task for a person was taken up again."""

    subject: ClassVar = ("task", "task_id")
    task_id: int
    client_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskWithdrawn(Event):
    """A task for a person is no longer wanted."""

    subject: ClassVar = ("task", "task_id")
    task_id: int
    client_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskDiscussed(Event):
    """Somebody wrote in the discussion of a task."""

    subject: ClassVar = ("task", "task_id")
    task_id: int
    remark_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderDue(Event):
    """An employee is to be told something now."""

    subject: ClassVar = ("reminder", "reminder_id")
    reminder_id: int
    employee_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderSettled(Event):
    """An employee dealt with a reminder, or put it off till `due_at` (ISO, empty when done)."""

    subject: ClassVar = ("reminder", "reminder_id")
    reminder_id: int
    employee_id: int
    due_at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursChanged(Event):
    """Working hours, days off or leave changed: of an employee, or of the company where `whose` is 0."""

    subject: ClassVar = ("hours", "whose")
    whose: int
