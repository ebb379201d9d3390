"""Tests, their arms, and the looks taken at them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel

KINDS = ("letter", "flow", "widget")


class Trial(CompanyModel):
    """A test of two arms or more of one thing: `kind` and `subject_id`, at a `place` in it (a node of a map).

    Money counts for `window_days` after somebody was shown his arm. `planned` is for how many the band is narrowest,
    `least_effect` the difference by head that matters to nobody (0: any does); neither changes once it runs. `code`
    says how it ended (win, same, unclear, taken; stopped ones changed or by_hand), `winner` is the number of an arm.
    `skewed_at` is when the shares of the arms were found off: then it is judged no more.
    """

    class State(models.TextChoices):
        """How far it is."""

        DRAFT = "draft"
        RUNNING = "running"
        DECIDED = "decided"
        STOPPED = "stopped"

    class Metric(models.TextChoices):
        """What decides."""

        MONEY = "money"
        BUYERS = "buyers"

    public_id = PublicIdField()
    kind = models.CharField(max_length=10)
    subject_id = models.BigIntegerField()
    place = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=150)
    metric = models.CharField(max_length=6, choices=Metric, default=Metric.MONEY)
    currency = models.CharField(max_length=3, default="RUB")
    window_days = models.PositiveSmallIntegerField(default=7)
    most_days = models.PositiveSmallIntegerField(default=60)
    planned = models.PositiveIntegerField(default=10_000)
    least_effect = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    state = models.CharField(max_length=7, choices=State, default=State.DRAFT)
    code = models.CharField(max_length=10, blank=True)
    winner = models.PositiveSmallIntegerField(default=0)
    by = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    skewed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "subject_id", "place"],
                condition=Q(state__in=["draft", "running"]),
                name="trials_trial_open",
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="trials_trial_kind"),
            models.CheckConstraint(
                condition=Q(window_days__gte=1, window_days__lte=90, most_days__gte=1, most_days__lte=180),
                name="trials_trial_days",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(started_at__isnull=False) | Q(state="stopped"),
                name="trials_trial_started",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="trials_trial_last"),
            models.Index(fields=["company", "kind", "subject_id", "-id"], name="trials_trial_subject"),
            models.Index(fields=["company", "id"], condition=Q(state="running"), name="trials_trial_running"),
        ]


class TrialArm(CompanyModel):
    """One of the things compared: its number (1 is A), name, share of those shown. One of them is the control."""

    trial = CompanyForeignKey(Trial, on_delete=models.CASCADE, related_name="arms", db_index=False)
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=150)
    share = models.PositiveSmallIntegerField(default=1)
    is_control = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "trial", "number"], name="trials_arm_number"),
            models.UniqueConstraint(
                fields=["company", "trial"], condition=Q(is_control=True), name="trials_arm_control"
            ),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="trials_arm_share"),
        ]


class Look(CompanyModel):
    """What was seen of an arm so many hours after the start: hour by hour for three days, then the last of each day.

    `low` and `high` are the band of its difference to the control by head, none while too few had bought.
    """

    keep_history = False

    trial = CompanyForeignKey(Trial, on_delete=models.CASCADE, related_name="looks", db_index=False)
    arm = models.PositiveSmallIntegerField()
    hour = models.PositiveIntegerField()
    shown = models.PositiveIntegerField()
    estimate = models.FloatField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "trial", "arm", "hour"], name="trials_look_once")]
