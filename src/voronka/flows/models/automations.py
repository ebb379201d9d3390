"""Automations and the versions of their maps."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class Automation(CompanyModel):
    """Something that goes by itself. `trigger` and `subject` are those of the live map, to be found by.

    `again` says whether somebody may walk it once more: never, days (`again_days` after he came in last), always.
    What happened before `switched_at` brings nobody in. `ready` names the shipped process it was made of. Where several
    would answer one moment of somebody, that of the lower `position` goes first. `ideas` is what is thought of for it
    (rules.ideas). `hook` is the number of its present address for other programs (services.hooks), 0 where it never had
    one, below 0 where that was taken away.
    """

    class Again(models.TextChoices):
        """Whether the same one may come in again."""

        NEVER = "never"
        DAYS = "days"
        ALWAYS = "always"

    public_id = PublicIdField()
    name = models.CharField(max_length=120)
    is_on = models.BooleanField(default=False)
    switched_at = models.DateTimeField(null=True)
    trigger = models.CharField(max_length=80, blank=True)
    subject = models.CharField(max_length=40, blank=True)
    again = models.CharField(max_length=6, choices=Again, default=Again.NEVER)
    again_days = models.PositiveSmallIntegerField(default=30)
    ready = models.CharField(max_length=40, blank=True)
    position = models.PositiveIntegerField(default=0, db_default=0)
    ideas = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    hook = models.IntegerField(default=0, db_default=0)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(again_days__gte=1), name="flows_automation_days"),
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(removed_at__isnull=True), name="flows_automation_gone"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "trigger"], condition=Q(is_on=True), name="flows_automation_on"),
            models.Index(fields=["company", "-id"], name="flows_automation_new"),
        ]


class AutomationVersion(CompanyModel):
    """A map as it was published, or the one draft that is being drawn. Who came in by a version ends by it.

    `rev` grows with every change of a draft: two people do not overwrite each other.
    """

    keep_history = False  # published versions never change, they are the history; a draft changes with every click

    class State(models.TextChoices):
        """Where a version is in its life."""

        DRAFT = "draft"
        LIVE = "live"
        OLD = "old"

    automation = CompanyForeignKey(Automation, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=5, choices=State)
    map = models.JSONField(default=dict)
    rev = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "automation", "number"], name="flows_version_number"),
            models.UniqueConstraint(
                fields=["company", "automation"], condition=Q(state="draft"), name="flows_version_draft"
            ),
            models.UniqueConstraint(
                fields=["company", "automation"], condition=Q(state="live"), name="flows_version_live"
            ),
        ]
