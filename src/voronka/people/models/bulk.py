"""Many cards changed at once, and what gives them back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel


class BulkRun(CompanyModel):
    """One change of many cards, from the choice of them to its undo.

    The clients are `ids`, or all that the list's address `query` finds among cards with ids up to `up_to`; `last_id` is
    how far it has come. `action` and `field` say what is done, `value` with what; `left` counts the cards left out by
    the code of the reason, `undo` what became of the undo. States: draft, running, done, stopped, failed, undoing,
    undone.
    """

    keep_history = False

    public_id = PublicIdField()
    by = CompanyForeignKey("accounts.Employee", null=True, related_name="+")
    state = models.CharField(max_length=10, default="draft")
    ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    query = models.TextField(blank=True)
    up_to = models.BigIntegerField(default=0)
    last_id = models.BigIntegerField(default=0)
    action = models.CharField(max_length=20, blank=True)
    field = models.CharField(max_length=40, blank=True)
    value = models.JSONField(null=True)
    total = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    left = models.JSONField(default=dict)
    undo = models.JSONField(default=dict)
    error = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "by", "-id"], name="people_bulk_last")]


class BulkRow(CompanyModel):
    """A card that a bulk change changed: `before` holds the replaced values, `written` the new ones, by column.

    The undo gives back each that still holds what was written; `undone` says what became of it.
    """

    keep_history = False

    run = CompanyForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows")
    client = CompanyForeignKey("people.Client", on_delete=models.CASCADE, related_name="+", db_index=False)
    before = models.JSONField()
    written = models.JSONField()
    undone = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "run", "client"], name="people_bulk_row_once")]
        indexes = [
            models.Index(
                fields=["company", "run", "id"], condition=models.Q(undone=""), name="people_bulk_row_waiting"
            ),
            models.Index(fields=["company", "client"], name="people_bulk_row_client"),
        ]
