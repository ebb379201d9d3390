"""Walks through automations, and the log of each."""

import uuid

from django.db import models
from django.db.models import Q

from voronka.flows.models.automations import Automation, AutomationVersion
from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel

INSIDE = ("running", "failed")


class Run(CompanyModel):
    """Somebody on his way through a version of a map: at `node`, to be looked after at `due_at`.

    One record walks an automation once at a time from each of its beginnings: the database holds that. `door` is the
    node by which he came, empty for the map's own beginning; `heard` is the key of the moment that brought him, which
    does so once. `is_armed` tells that the node's wait has begun, `awaits` which event would end it, `has_come` that it
    did; `stays_until` how long he is to stay on `page` (on any, where it is empty). `count` is how much the log holds.
    `claim` is of the worker who is at it until `claimed_until`; whoever finishes writes only if the run stands where he
    found it. `chain` are the automations that brought one another on, up to this one; `goal` is the event that ends it
    at once. `kept` is what steps leave to later ones.
    A scenario's is of a talk, waits for an answer at `node` until `due_at`, and has in `kept` what was answered
    (services.scenes.engine.State).
    """

    keep_history = False

    class State(models.TextChoices):
        """Whether it goes on."""

        RUNNING = "running"
        FAILED = "failed"
        DONE = "done"
        LEFT = "left"
        STOPPED = "stopped"

    public_id = PublicIdField()
    automation = CompanyForeignKey(Automation, on_delete=models.CASCADE, related_name="runs", db_index=False)
    version = CompanyForeignKey(AutomationVersion, related_name="+", db_index=False)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    client_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    why = models.CharField(max_length=20, blank=True)
    node = models.CharField(max_length=8, blank=True)
    door = models.CharField(max_length=8, blank=True, db_default="")
    heard = models.CharField(max_length=64, blank=True, db_default="")
    page = models.CharField(max_length=300, blank=True, db_default="")
    stays_until = models.DateTimeField(null=True)
    is_armed = models.BooleanField(default=False)
    goal = models.CharField(max_length=80, blank=True)
    awaits = models.CharField(max_length=80, blank=True)
    has_come = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    count = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    cause = models.UUIDField(default=uuid.uuid4)
    chain = models.JSONField(default=list)
    kept = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    entered_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "automation", "subject_kind", "subject_id", "door"],
                condition=Q(state__in=INSIDE),
                name="flows_run_once",
            ),
            models.UniqueConstraint(
                fields=["company", "automation", "subject_kind", "subject_id", "door", "heard"],
                condition=~Q(heard=""),
                name="flows_run_heard",
            ),
            models.UniqueConstraint(
                fields=["company", "subject_kind", "subject_id"],
                condition=Q(state__in=INSIDE, subject_kind="talk"),
                name="flows_run_of_talk",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="running"), name="flows_run_due"),
            models.Index(fields=["company", "due_at", "id"], condition=Q(state="running"), name="flows_run_next"),
            models.Index(fields=["company", "automation", "-id"], name="flows_run_list"),
            models.Index(fields=["company", "client_id", "-id"], name="flows_run_client"),
            models.Index(fields=["company", "subject_kind", "subject_id", "-id"], name="flows_run_subject"),
            models.Index(fields=["company", "version", "node"], condition=Q(state__in=INSIDE), name="flows_run_node"),
        ]


class RunStep(CompanyModel):
    """A line of a walk's log, which nobody changes: `code` says what happened, `effects` what steps did.

    `cause` is what the effects of the step carry in the event log: so a chain of automations is followed back.
    """

    keep_history = False
    append_only = True

    run = CompanyForeignKey(Run, on_delete=models.CASCADE, related_name="steps", db_index=False)
    version = CompanyForeignKey(AutomationVersion, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    node = models.CharField(max_length=8, blank=True)
    code = models.CharField(max_length=20)
    way = models.CharField(max_length=8, blank=True)
    about = models.JSONField(default=dict)
    effects = models.JSONField(default=list)
    cause = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "run", "number"], name="flows_step_number")]
        indexes = [
            models.Index(fields=["company", "cause"], condition=Q(cause__isnull=False), name="flows_step_cause"),
            models.Index(fields=["company", "version", "node", "code"], name="flows_step_node"),
        ]


class Sweep(CompanyModel):
    """How far a daily look for somebody's day has come: by automation, clock and day; a list is looked at by no day."""

    keep_history = False

    automation = CompanyForeignKey(Automation, on_delete=models.CASCADE, related_name="+", db_index=False)
    zone = models.CharField(max_length=64, blank=True)
    day = models.DateField()
    after = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "automation", "zone", "day"], name="flows_sweep_once")
        ]


class Matched(CompanyModel):
    """Somebody who matched the list of an automation when it was looked at last."""

    keep_history = False

    automation = CompanyForeignKey(Automation, on_delete=models.CASCADE, related_name="+", db_index=False)
    subject_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "automation", "subject_id"], name="flows_matched_once")
        ]
        indexes = [models.Index(fields=["company", "subject_id"], name="flows_matched_subject")]
