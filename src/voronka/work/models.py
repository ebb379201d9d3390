"""The one queue of tasks, and the hours by which it goes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


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
    be called. `is_open` takes part in the key by which a deal holds its one open step.
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
    is_open = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)  # done, withdrawn

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
    -1 for none. Local to the employee's zone (the company's for the company).
    """

    employee = CompanyForeignKey("accounts.Employee", null=True, on_delete=models.CASCADE, related_name="+")
    hours = ArrayField(models.SmallIntegerField(), size=14)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "employee"], name="work_schedule_once", nulls_distinct=False),
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
