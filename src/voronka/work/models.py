"""The one queue of tasks, and the hours by which it goes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from encrypted_fields.fields import EncryptedCharField, EncryptedTextField

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel

SHELVED = "binned"  # the outcome of a task whose client lies in the recycle bin


class CallWindow(CompanyModel):
    """Hours at which clients of one zone may be called; shared by all tasks with the same hours.

    Minutes of the local day, multiples of 30; 0..1440 means always.
    """

    keep_history = False

    zone = models.CharField(max_length=64)
    opens_minute = models.PositiveSmallIntegerField()
    closes_minute = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "zone", "opens_minute", "closes_minute"], name="work_window_once"
            ),
            models.CheckConstraint(
                condition=models.Q(opens_minute__lt=models.F("closes_minute"), closes_minute__lte=1440),
                name="work_window_hours",
            ),
        ]


class Pool(CompanyModel):
    """Whose turn a task waits for: one employee's own, or the common pool of a pipeline.

    `key` names it for its part: `employee:7`, `pipeline:3`.
    """

    keep_history = False

    key = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="work_pool_key")]


class Task(CompanyModel):
    """One thing to be done, mostly about a client. An open task with a pool stands in the queue.

    `band`: 0 promised, 1 fresh, 2 due, 3 backlog (rules.bands.Band); `priority`: 0 VIP, 1 high, 2 usual. In
    one band and priority the task that has been ready longest comes first. `window` is when its client may
    be called. `is_open` takes part in the key by which a deal holds its one open step. After `due_at` it is
    overdue (rules.bands.due_at_for); None for what has no time. `closed_by` did it, whoever had it.
    """

    keep_history = False

    public_id = PublicIdField()
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=200, blank=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    client_id = models.BigIntegerField(null=True)
    pool = CompanyForeignKey(Pool, related_name="+")
    employee = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    window = CompanyForeignKey(CallWindow, related_name="+")
    band = models.PositiveSmallIntegerField()
    priority = models.PositiveSmallIntegerField(default=2)
    ready_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    closed_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    outcome = models.CharField(max_length=10, blank=True)  # done, withdrawn, binned

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "id", "is_open"], name="work_task_open_key"),
            models.CheckConstraint(condition=models.Q(band__lte=3, priority__lte=2), name="work_task_band"),
            models.CheckConstraint(
                condition=models.Q(is_open=True, closed_at__isnull=True)
                | models.Q(is_open=False, closed_at__isnull=False),
                name="work_task_closed_at",
            ),
        ]
        indexes = [
            # One probe of the feed: the head of one pool, band and call window.
            models.Index(
                fields=["company", "pool", "band", "priority", "window", "ready_at", "id"],
                condition=models.Q(is_open=True),
                name="work_task_queue",
            ),
            models.Index(fields=["company", "subject_kind", "subject_id", "-id"], name="work_task_subject"),
            models.Index(fields=["company", "client_id", "-id"], name="work_task_client"),
            models.Index(
                fields=["company", "employee", "ready_at"],
                condition=models.Q(is_open=True),
                name="work_task_load",
            ),
            models.Index(
                fields=["company", "employee", "due_at"],
                condition=models.Q(is_open=True, due_at__isnull=False),
                name="work_task_due",
            ),
            models.Index(
                fields=["company", "closed_by", "closed_at"],
                condition=models.Q(is_open=False),
                name="work_task_done",
            ),
        ]


class Lease(CompanyModel):
    """A client in somebody's hands: while it lives, nobody else is given any task about that client.

    One row a client, taken over when it has ended; the open page renews it.
    """

    keep_history = False

    client_id = models.BigIntegerField()
    task = CompanyForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    employee = CompanyForeignKey("accounts.Employee", related_name="+")
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "client_id"], name="work_lease_client")]
        indexes = [models.Index(fields=["company", "employee"], name="work_lease_employee")]


class Turn(CompanyModel):
    """How many clients an employee has been given: every tenth turn looks at the oldest of the backlog."""

    keep_history = False

    employee = CompanyForeignKey("accounts.Employee", on_delete=models.CASCADE, related_name="+")
    taken = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "employee"], name="work_turn_employee")]


class Schedule(CompanyModel):
    """Working hours: of one employee, or of the company where `employee` is empty.

    `hours` has seven pairs of minutes from Monday, an empty pair for a day off: flat list of 14 numbers,
    -1 for none. Local to the employee's zone (the company's for the company). Lunch is the same minutes every
    working day, None for none.
    """

    employee = CompanyForeignKey("accounts.Employee", null=True, on_delete=models.CASCADE, related_name="+")
    hours = ArrayField(models.SmallIntegerField(), size=14)
    lunch_starts_minute = models.PositiveSmallIntegerField(null=True)
    lunch_ends_minute = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "employee"], name="work_schedule_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=models.Q(lunch_starts_minute__isnull=True, lunch_ends_minute__isnull=True)
                | models.Q(lunch_starts_minute__lt=models.F("lunch_ends_minute"), lunch_ends_minute__lte=1440),
                name="work_schedule_lunch",
            ),
        ]


class DayOff(CompanyModel):
    """A day nobody works (a public holiday) or one employee does not; `works` turns a weekend into a working day."""

    employee = CompanyForeignKey("accounts.Employee", null=True, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    name = models.CharField(max_length=100, blank=True)
    works = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "on", "employee"], name="work_day_off_once", nulls_distinct=False
            )
        ]


class Leave(CompanyModel):
    """Days in a row on which an employee, or the whole company where `employee` is empty, does not work."""

    class Kind(models.TextChoices):
        """Why."""

        VACATION = "vacation"
        SICK = "sick"
        TRIP = "trip"
        OTHER = "other"

    public_id = PublicIdField()
    employee = CompanyForeignKey("accounts.Employee", null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(starts_on__lte=models.F("ends_on")), name="work_leave_order"),
        ]
        indexes = [models.Index(fields=["company", "employee", "ends_on"], name="work_leave_ends")]


class TaskKind(CompanyModel):
    """A sort of tasks for people, and what one of it cannot be set without.

    `requires` are codes of rules.tasks.REQUIREMENTS; `asks` are questions of the company's own, each answered in
    `Assignment.answers`.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=60)
    requires = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    asks = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="work_kind_name")]


class Assignment(CompanyModel):
    """The particulars of a task that a person set for a person; its deadline is the task's `due_at`."""

    task = CompanyForeignKey(Task, on_delete=models.CASCADE, related_name="assignments")
    kind = CompanyForeignKey(TaskKind, null=True, related_name="+")
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    parent = CompanyForeignKey(Task, null=True, related_name="subtasks")
    why = models.TextField(blank=True)
    answers = models.JSONField(default=dict, blank=True)
    result = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "task"], name="work_assignment_task")]
        indexes = [
            models.Index(fields=["company", "author", "-id"], name="work_assignment_author"),
            models.Index(fields=["company", "parent"], name="work_assignment_parent"),
        ]


class CheckItem(CompanyModel):
    """A line of a task's checklist."""

    keep_history = False

    public_id = PublicIdField()
    task = CompanyForeignKey(Task, on_delete=models.CASCADE, related_name="checks")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=200)
    done_at = models.DateTimeField(null=True)
    done_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["company", "task", "position"], name="work_check_task")]


class Remark(CompanyModel):
    """What somebody wrote in the discussion of a task."""

    task = CompanyForeignKey(Task, on_delete=models.CASCADE, related_name="remarks")
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "task", "id"], name="work_remark_task")]


class Reminder(CompanyModel):
    """Something an employee is told at its time, and again until he has dealt with it.

    `key` names what it is about, so that it is made once. `moment` is the time of the task it was made for: a task
    that has moved makes it void. `announced_at` is when open pages were told; a snooze clears it.
    """

    keep_history = False

    class Kind(models.TextChoices):
        """What it is about."""

        PROMISE = "promise"
        DEADLINE = "deadline"
        ASSIGNED = "assigned"
        REMARK = "remark"
        RESULT = "result"
        LATE = "late"
        ANSWER = "answer"
        OWN = "own"

    public_id = PublicIdField()
    employee = CompanyForeignKey("accounts.Employee", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=80)
    task = CompanyForeignKey(Task, null=True, on_delete=models.CASCADE, related_name="reminders")
    mate = CompanyForeignKey("accounts.Employee", null=True, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=200, blank=True)
    moment = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True)
    snoozed = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "employee", "key"], name="work_reminder_once")]
        indexes = [
            models.Index(
                fields=["company", "employee", "due_at"],
                condition=models.Q(done_at__isnull=True),
                name="work_reminder_due",
            ),
            models.Index(
                fields=["due_at"],
                condition=models.Q(done_at__isnull=True, announced_at__isnull=True),
                name="work_reminder_silent",
            ),
        ]


class Habit(CompanyModel):
    """How one employee likes to be reminded; `site` is the address he last used, for links in his letters.

    His devices are told out of his working hours too where `push_always` is set.
    """

    keep_history = False

    employee = CompanyForeignKey("accounts.Employee", on_delete=models.CASCADE, related_name="+")
    sound = models.BooleanField(default=True)
    letter = models.BooleanField(default=True)
    lead_minutes = models.PositiveSmallIntegerField(default=10)
    push_always = models.BooleanField(default=False)
    site = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "employee"], name="work_habit_once")]


class PushDevice(CompanyModel):
    """A browser that an employee lets the company tell him things through, also while no page is open.

    `endpoint` is a secret: who knows it can call the device's push service; `sign` finds it without reading it. The
    device is told while the sign-in it was given in stands (`sign_in`, accounts.services.sign_ins).
    """

    keep_history = False

    public_id = PublicIdField()
    employee = CompanyForeignKey("accounts.Employee", on_delete=models.CASCADE, related_name="+")
    sign = models.CharField(max_length=64)
    endpoint = EncryptedTextField()
    point = models.CharField(max_length=100)
    secret = EncryptedCharField(max_length=40)
    sign_in = models.CharField(max_length=32)
    agent = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "employee", "sign"], name="work_push_device_once")]


class Digest(CompanyModel):
    """That an employee was sent the letter of a local day; one row a day, whatever the clock does."""

    keep_history = False

    employee = CompanyForeignKey("accounts.Employee", on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    overdue = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "employee", "on"], name="work_digest_once")]


class OverdueRule(CompanyModel):
    """How long a task may be overdue before the head hears of it, in hours; one row a company."""

    hours = models.PositiveSmallIntegerField(default=24)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="work_overdue_rule_once")]
