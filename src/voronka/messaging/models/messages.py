"""The one table of what is said to clients, and the steps of each message."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from voronka.kit.ids import PublicIdField
from voronka.kit.tenancy.fields import CompanyForeignKey
from voronka.kit.tenancy.models import CompanyModel
from voronka.messaging.rules.states import ANSWERS, DUE, DUE_STAGE, GOING, STATES, WENT_STAGE


class Message(CompanyModel):
    """One message to one client by one channel; states in rules.states.

    `planned_for` is when it was meant to go, `due_at` when it is looked at next; `handed_at` the moment it was taken to
    be handed over; `claim` the sender that has it till `claim_until`. `cause_id` is a row of the part that planned it
    (a campaign, `variant` the number of its text), `cause` the press that may call it back. `code` says why it was
    refused or failed.

    No index names what a sender changes while he hands over (state, claim_until, provider), `stage` stands for the
    state there: then such a change is written beside the row (a heap-only update; the table is kept half empty for it).
    """

    keep_history = False

    public_id = PublicIdField()
    channel = models.CharField(max_length=10)
    traffic = models.CharField(max_length=12)
    client_id = models.BigIntegerField(null=True)
    address = models.CharField(max_length=254)
    sender = models.CharField(max_length=100, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    body_html = models.TextField(blank=True)
    cause_kind = models.CharField(max_length=12)  # hand, step, campaign, automation, order, survey, test
    cause_id = models.BigIntegerField(null=True)
    cause = models.UUIDField(null=True)
    variant = models.PositiveSmallIntegerField(default=0)
    author = CompanyForeignKey("accounts.Employee", null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=10, default="planned")
    code = models.CharField(max_length=40, blank=True)
    planned_for = models.DateTimeField()
    due_at = models.DateTimeField()
    claim = models.CharField(max_length=32, blank=True)
    claim_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    provider = models.CharField(max_length=40, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    parts = models.PositiveSmallIntegerField(null=True)
    cost = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    made_at = models.DateTimeField(default=timezone.now)
    handed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    stage = models.GeneratedField(
        expression=models.Case(
            models.When(state__in=DUE, then=models.Value(DUE_STAGE)),
            models.When(state__in=GOING, then=models.Value(WENT_STAGE)),
            default=models.F("state"),
            output_field=models.CharField(max_length=10),
        ),
        output_field=models.CharField(max_length=10),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "cause_kind", "cause_id", "client_id", "channel"],
                condition=models.Q(cause_kind__in=["campaign", "automation"]),
                name="messaging_message_once",
            ),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="messaging_message_state"),
            models.CheckConstraint(
                condition=models.Q(traffic__in=["service", "advertising"]), name="messaging_message_traffic"
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "channel", "due_at", "id"],
                condition=models.Q(stage=DUE_STAGE),
                name="messaging_message_due",
            ),
            models.Index(fields=["company", "client_id", "-id"], name="messaging_message_client"),
            models.Index(
                fields=["company", "client_id", "handed_at"],
                condition=models.Q(traffic="advertising", handed_at__isnull=False),
                name="messaging_message_went",
            ),
            models.Index(
                fields=["company", "channel", "handed_at"],
                condition=models.Q(handed_at__isnull=False),
                name="messaging_message_handed",
            ),
            models.Index(
                fields=["company", "cause"], condition=models.Q(cause__isnull=False), name="messaging_message_cause"
            ),
            models.Index(
                fields=["company", "cause_kind", "cause_id", "stage"],
                condition=models.Q(cause_id__isnull=False),
                name="messaging_message_run",
            ),
        ]


class MessageClaim(CompanyModel):
    """What one sender has taken, till when it is his: gone when all of it is noted, looked at when he is late."""

    keep_history = False

    channel = models.CharField(max_length=10)
    claim = models.CharField(max_length=32)
    until = models.DateTimeField()
    ids = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [models.Index(fields=["company", "channel", "until"], name="messaging_claim_until")]


class MessageStep(CompanyModel):
    """What happened to a message, in the order of the ids. `words` are those of the provider, without the address."""

    append_only = True
    keep_history = False

    message = CompanyForeignKey(Message, on_delete=models.CASCADE, related_name="steps", db_index=False)
    state = models.CharField(max_length=10)
    code = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["company", "message", "id"], name="messaging_step_message"),
            models.Index(
                fields=["company", "message"], condition=models.Q(code__in=ANSWERS), name="messaging_step_answer"
            ),
        ]
