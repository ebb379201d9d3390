"""Tables of the kit: the event log, the history of changes, the outbox, files."""

from django.db import models
from django.db.models import F
from django.db.models.fields.json import KT
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.models import CompanyManager


class KitModel(models.Model):
    """A row of one company below the parts: it holds a plain company_id, since companies lie above."""

    append_only = False
    written_by_trigger = False

    id = models.BigAutoField(primary_key=True)
    company_id = models.BigIntegerField()

    objects = CompanyManager()

    class Meta:
        abstract = True


class EventRow(KitModel):
    """One event of the log. `seq` is given after commit by the sequencer, and listeners read by it.

    `cause` is the id of the press or run that brought it about; `payload` holds ids, figures and codes
    only, never personal data. Numbering is the only change a row ever sees.

    Each index is paid by every event twice, when it is written and when it is numbered, so none is kept that hardly
    anybody asks: an unnumbered event stands in none by number, one about a message in none by subject (a campaign tells
    hundreds of thousands of them, and what happened to a message its own steps tell).
    """

    append_only = True

    seq = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)
    employee_id = models.BigIntegerField(null=True)
    cause = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    client_id = models.BigIntegerField(null=True)
    payload = models.JSONField()

    class Meta:
        db_table = "kit_event"
        constraints = [
            models.UniqueConstraint(
                fields=["company_id", "seq"], condition=models.Q(seq__isnull=False), name="kit_event_seq"
            )
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(seq__isnull=True), name="kit_event_unnumbered"),
            models.Index(fields=["company_id", "client_id", "-id"], name="kit_event_client"),
            models.Index(
                fields=["company_id", "subject_kind", "subject_id", "-id"],
                condition=~models.Q(subject_kind="message"),
                name="kit_event_subject",
            ),
        ]


class ListenerPosition(KitModel):
    """How far one listener has read one company's log, and why it stopped if it did."""

    listener = models.CharField(max_length=80)
    seq = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    failed_seq = models.BigIntegerField(null=True)
    parked_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "kit_listener"
        constraints = [models.UniqueConstraint(fields=["company_id", "listener"], name="kit_listener_once")]


class Change(KitModel):
    """What a row held before it was changed or deleted; written by trigger, edited by nobody."""

    append_only = True
    written_by_trigger = True

    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    operation = models.CharField(max_length=6)
    before = models.JSONField()
    actor = models.JSONField(null=True)
    at = models.DateTimeField()
    transaction_id = models.BigIntegerField()

    class Meta:
        db_table = "kit_change"
        indexes = [
            models.Index(fields=["company_id", "table", "row_id", "-id"], name="kit_change_row"),
            # What was deleted with a client is known by its last state alone.
            models.Index(
                F("company_id"), F("table"), KT("before__client_id"), name="kit_change_gone",
                condition=models.Q(operation="delete", before__has_key="client_id"),
            ),
        ]  # fmt: skip


class OutgoingItem(KitModel):
    """Something that is to leave the company: a letter, a webhook call.

    States: waiting (may still be called back), sending (claimed by a worker), sent, failed (given up),
    cancelled, unknown (the hand-over broke in the middle).
    """

    class State(models.TextChoices):
        """Where the item is."""

        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        CANCELLED = "cancelled"
        UNKNOWN = "unknown"

    operation_id = models.UUIDField(unique=True)
    channel = models.CharField(max_length=40)
    payload = models.JSONField()
    cause = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    client_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    send_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kit_outgoing"
        indexes = [
            models.Index(
                fields=["send_after"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="kit_outgoing_due",
            ),
            models.Index(fields=["company_id", "cause"], name="kit_outgoing_cause"),
            models.Index(fields=["company_id", "subject_kind", "subject_id"], name="kit_outgoing_subject"),
        ]


class StoredFile(KitModel):
    """A file that came from a person; its bytes lie in the storage under `key`."""

    public_id = PublicIdField()
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    added_by = models.BigIntegerField(null=True)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "kit_file"
        indexes = [models.Index(fields=["company_id", "subject_kind", "subject_id"], name="kit_file_subject")]
